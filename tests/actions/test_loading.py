"""Loading a county: everything once, nothing twice, and what has changed with its history (T32, T34)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shouwang.actions.loading import county_code
from shouwang.actions.refusals import Unfit
from shouwang.domain.divisions import DivisionError
from shouwang.records.access import entered_system
from shouwang.records.loading_lock import state_label
from shouwang.records.models import (
    LEDGERS,
    AuditEvent,
    Household,
    HouseholdVersion,
    Load,
    LoadChange,
    Member,
    MemberVersion,
    Source,
)
from shouwang.records.sealing import id_index, phone_index, tail_index, unseal
from tests.actions.loading_small import deliver, load_small, people, registry
from tests.actions.loading_world import COUNTY, ON, county_folder, load, state_digest
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
NEXT = date(2025, 8, 1)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a folder whose registry has three households of one person each, and one medical delivery."""
    samples.registry(tmp_path / "registry")
    deliver(tmp_path, samples.medical(1), samples.medical(2))
    return tmp_path


def test_a_county_is_loaded_whole() -> None:
    made = load(county_folder())

    with entered_system():
        assert Household.objects.count() == made.counts["household"]["new"] == 60
        assert HouseholdVersion.objects.filter(from_on=ON, to_on=None, change="load").count() == 60
        assert Member.objects.count() == MemberVersion.objects.count() == made.counts["member"]["new"]
        for table, model in LEDGERS.items():
            assert model.objects.count() == made.counts["ledgers"][table]["new"], table
        assert Load.objects.get().state == "done"
        assert Source.objects.count() > 50
        assert not LoadChange.objects.exists()
        event = AuditEvent.objects.get(action="load.apply")
        assert (event.result, event.actor, event.after["household.new"]) == ("done", "0", 60)


def test_a_number_and_a_telephone_are_sealed_and_found_again(small: Path) -> None:
    households, members = people(1)
    registry(small, households, members, {"户联系电话": "10000000001", "成员联系电话": "1000-000-0002"})
    load_small(small)

    with entered_system():
        person = Member.objects.get()
        number = samples.number(1)
        assert unseal(person.id_sealed, of="member.id_number") == number
        assert (person.id_key, person.id_tail_key) == (id_index(number), tail_index(number))
        assert unseal(person.phone_sealed, of="member.phone") == "1000-000-0002"
        assert person.phone_key == phone_index("10000000002")
        assert unseal(person.household.phone_sealed, of="household.phone") == "10000000001"
        assert (person.pinyin, person.household.head_pinyin) == ("csj", "csj")


def test_no_number_lies_on_the_disk_while_it_is_loaded(small: Path) -> None:
    from django.conf import settings

    seen: list[bytes] = []

    def look(_: str) -> None:
        folder = settings.SITE.home / "loading"
        seen.extend(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    load_small(small, step=look)

    assert seen
    assert not any(samples.number(1).encode() in content for content in seen)
    assert not list((settings.SITE.home / "loading").iterdir())


def test_the_same_content_is_loaded_once(small: Path) -> None:
    first = load_small(small)
    before = state_digest()

    again = load_small(small)
    on_another_day = load_small(small, on=date(2026, 11, 24))

    assert (again.is_repeat, again.load_id) == (True, first.load_id)
    assert on_another_day.is_repeat
    assert state_digest() == before
    with entered_system():
        assert Load.objects.count() == 1


def test_a_reordered_copy_is_the_same_content(small: Path) -> None:
    households, members = people(1, 2, 3)
    registry(small, households, members)
    load_small(small)

    registry(small, households[::-1], members[::-1])
    deliver(small, samples.medical(2), samples.medical(1))

    assert load_small(small).is_repeat


def test_a_delivery_sent_again_for_its_month_replaces_the_earlier(small: Path) -> None:
    load_small(small)
    corrected = samples.medical(1)
    corrected[samples.MEDICAL_HEADERS.index("个人自付")] = "500"
    deliver(small, corrected)

    made = load_small(small, on=date(2026, 12, 1))

    assert made.counts["ledgers"]["own_pay_entry"] == {"new": 1, "same": 0, "replaced": 2}
    assert any("替换" in notice for notice in made.notices)
    with entered_system():
        assert [row.own_pay_fen for row in LEDGERS["own_pay_entry"].objects.all()] == [50_000]


def test_a_further_month_adds_to_what_is_there(small: Path) -> None:
    load_small(small)
    deliver(small, samples.medical(3), name="医保_2026年11月.xlsx")

    made = load_small(small, on=date(2026, 12, 1))

    assert made.counts["ledgers"]["own_pay_entry"] == {"new": 1, "same": 2, "replaced": 0}


def _as_it_was(folder: Path) -> None:
    """Change nothing."""


def _changed(folder: Path) -> None:
    households, members = people(2, 3, 4, 家庭人口数="6")
    registry(folder, households, members)
    deliver(folder, samples.medical(3), name="医保_2026年11月.xlsx")


@pytest.mark.parametrize("before", [None, _as_it_was])
def test_a_preview_counts_what_the_load_then_does(small: Path, before: Callable[[Path], None] | None) -> None:
    if before is not None:
        load_small(small)
        _changed(small)
    was = state_digest()

    preview = load_small(small, on=date(2026, 12, 1), is_preview=True)
    after_preview = state_digest()
    made = load_small(small, on=date(2026, 12, 1))

    assert preview.load_id is None
    assert after_preview == was
    assert preview.counts == made.counts
    with entered_system():
        assert AuditEvent.objects.filter(action="load.apply").count() == (1 if before is None else 2)


def test_a_load_that_was_cut_off_is_said_to_be_unfinished_and_gives_way(small: Path) -> None:
    with entered_system():
        cut = Load.objects.create(
            kind="registry",
            county=COUNTY,
            on=samples.ON,
            state="running",
            content_sha256="0" * 64,
            started_at=NOW,
        )
        assert state_label(cut) == "未完成"

    load_small(small)

    with entered_system():
        assert [state_label(each) for each in Load.objects.all()] == ["已完成"]


def test_a_load_that_fails_leaves_nothing(small: Path) -> None:
    def fail(step: str) -> None:
        if "成员" in step:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        load_small(small, step=fail)

    with entered_system():
        assert not Load.objects.exists()
        assert not Household.objects.exists()


def test_a_number_too_long_for_the_records_is_refused(small: Path) -> None:
    registry(small, [samples.household(1, 户编号="H" * 41)], [samples.member(1, 1, 户编号="H" * 41)])

    with pytest.raises(Unfit, match="户编号超过 40 个字符"):
        load_small(small)


@pytest.mark.parametrize("code", ["53", "5305", "530521101001", "999999"])
def test_only_a_county_is_loaded(code: str) -> None:
    with pytest.raises(DivisionError, match="县级"):
        county_code(county=code)
