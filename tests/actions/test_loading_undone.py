"""A load taken back: the records are what they were; later work stands in its way and is named (T33)."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.actions.household_versions import new_member_version, new_version
from shouwang.actions.loading_staging import Brought
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.actions.undoing_load import undo_load
from shouwang.domain.divisions import villages
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Clue, Household, Load, Member
from tests.actions.loading_tables import brought, load_tables
from tests.actions.loading_world import COUNTY, SYSTEM, county_folder, load, state_digest
from tests.world import NOW

pytestmark = pytest.mark.django_db
# Each is three loads and an undo.
EXAMPLES = 400 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6
FIRST, SECOND = date(2026, 10, 1), date(2026, 11, 1)
VILLAGES = [each.code for each in villages(COUNTY)[:3]]


def undo(load_id: int | None) -> Load:
    assert load_id is not None
    return undo_load(actor=SYSTEM, load_id=load_id, at=NOW)


def test_a_first_load_is_undone_to_nothing() -> None:
    before = state_digest()
    made = load(county_folder())

    undo(made.load_id)

    assert state_digest() == before
    with entered_system():
        assert Load.objects.get().state == "undone"
        assert AuditEvent.objects.filter(action="load.undo", result="done").count() == 1


def test_what_was_undone_can_be_loaded_again() -> None:
    undo(load(county_folder()).load_id)

    assert not load(county_folder()).is_repeat


persons = st.fixed_dictionaries(
    {
        "home": st.integers(0, 3),
        "name": st.sampled_from(["王甲", "王乙", None]),
        "labour": st.sampled_from(["ordinary", "weak", None]),
    }
)
homes = st.fixed_dictionaries(
    {
        "division": st.sampled_from([*VILLAGES, f"{COUNTY}000000"]),
        "monitored_class": st.sampled_from(["none", "unstable", None]),
        "risks": st.sampled_from(["", "|medical|", "|medical|school|", None]),
        "stated_member_count": st.sampled_from([None, 2, 3]),
    }
)
payments = st.tuples(st.integers(0, 7), st.integers(1, 3), st.integers(2, 6), st.integers(0, 2))
counties = st.fixed_dictionaries(
    {
        "homes": st.dictionaries(st.integers(0, 3), homes, min_size=1),
        "persons": st.dictionaries(st.integers(0, 7), persons),
        "payments": st.lists(payments, unique_by=lambda each: each[1:3]),
        "edition": st.integers(0, 1),
    }
)


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=counties, second=counties, is_same_day=st.booleans())
def test_any_load_on_top_of_any_other_is_undone_exactly(first: Any, second: Any, is_same_day: bool) -> None:
    with transaction.atomic(), TemporaryDirectory() as folder:
        load_tables(brought(Path(folder) / "1", first), FIRST)
        before = state_digest()
        on = FIRST if is_same_day else SECOND
        tables = brought(Path(folder) / "2", second)
        preview = load_tables(tables, on, is_preview=True)
        assert state_digest() == before
        made = load_tables(tables, on)
        assert made.counts == preview.counts
        if not made.is_repeat:
            undo(made.load_id)
        assert state_digest() == before
        transaction.set_rollback(True)


@pytest.fixture
def loaded(tmp_path: Path) -> int:
    """Load two households of one person each; return the load."""
    home = {"division": VILLAGES[0], "monitored_class": "none", "risks": "", "stated_member_count": 1}
    person = {"name": "王甲", "labour": "ordinary"}
    made = load_tables(
        _plain(tmp_path / "first", {0: home, 1: home}, {0: {**person, "home": 0}, 1: {**person, "home": 1}}),
        FIRST,
    )
    assert made.load_id is not None
    return made.load_id


def _plain(folder: Path, homes: dict[int, Any], persons: dict[int, Any]) -> Brought:
    return brought(folder / "plain", {"homes": homes, "persons": persons, "payments": [], "edition": 0})


def _edit() -> None:
    new_version(Household.objects.get(number="H0"), on=SECOND, at=NOW, change="edit", group_name="二组")


def _edit_the_same_day() -> None:
    new_version(Household.objects.get(number="H0"), on=FIRST, at=NOW, change="edit", group_name="二组")


def _edit_a_member() -> None:
    new_member_version(Member.objects.get(code="P0"), on=SECOND, at=NOW, change="edit", labour="weak")


def _open_a_clue() -> None:
    household = Household.objects.get(number="H0")
    Clue.objects.create(
        number="XS1", household=household, division=household.division, state="received", received_on=SECOND
    )


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (_edit, "户编号 H0"),
        (_edit_the_same_day, "户编号 H0"),
        (_edit_a_member, "户编号 H0"),
        (_open_a_clue, "“线索” 1 条"),
    ],
)
def test_later_work_is_listed_and_stands_in_the_way(loaded: int, act: Callable[[], None], said: str) -> None:
    with entered_system():
        act()
    before = state_digest()

    with pytest.raises(Unfit, match=said):
        undo(loaded)

    assert state_digest() == before
    with entered_system():
        assert Load.objects.get().state == "done"
        assert AuditEvent.objects.filter(action="load.undo", result="refused").count() == 1


def test_loads_are_undone_from_the_last(loaded: int, tmp_path: Path) -> None:
    home = {"division": VILLAGES[0], "monitored_class": "unstable", "risks": "", "stated_member_count": 1}
    later = load_tables(_plain(tmp_path / "later", {0: home}, {}), FIRST + timedelta(days=3))

    with pytest.raises(Unfit, match=f"批次 {later.load_id}"):
        undo(loaded)
    undo(later.load_id)
    undo(loaded)

    with entered_system():
        assert not Household.objects.exists()


def test_an_undone_load_is_not_undone_again(loaded: int) -> None:
    undo(loaded)

    with pytest.raises(Unfit, match="已撤销"):
        undo(loaded)
    with pytest.raises(NotThere):
        undo(loaded + 1)
