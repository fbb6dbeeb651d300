"""A registry loaded on top of another: what changed has its history, what is known or decided here stands."""

from datetime import date
from pathlib import Path

import pytest

from shouwang.actions.household_versions import new_member_version, new_version
from shouwang.records.access import entered_system
from shouwang.records.models import Household, Member
from tests.actions.loading_small import load_small, people, registry
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a folder for a registry."""
    samples.registry(tmp_path / "registry")
    return tmp_path


def test_a_changed_household_gets_a_version_and_an_unchanged_one_none(small: Path) -> None:
    registry(small, *people(1, 2))
    load_small(small)
    households, members = people(1, 2)
    households[0] = samples.household(1, 监测对象类别="边缘易致贫户")
    registry(small, households, members)

    made = load_small(small, on=date(2026, 12, 1))

    assert {fate: made.counts["household"][fate] for fate in ("new", "changed", "same")} == {
        "new": 0, "changed": 1, "same": 1,
    }  # fmt: skip
    with entered_system():
        changed = Household.objects.get(number="H001")
        assert (changed.monitored_class, changed.monitoring, changed.version) == (
            "borderline",
            "monitored",
            2,
        )
        old, new = changed.versions.order_by("from_on")
        assert (old.to_on, new.from_on, new.to_on) == (date(2026, 12, 1), date(2026, 12, 1), None)
        assert old.monitored_class != new.monitored_class
        assert Household.objects.get(number="H002").versions.count() == 1


def test_who_is_absent_is_counted_and_kept(small: Path) -> None:
    registry(small, *people(1, 2, 3))
    load_small(small)
    registry(small, *people(1, 3))

    made = load_small(small, on=date(2026, 12, 1))

    assert (made.counts["household"]["missing"], made.counts["member"]["missing"]) == (1, 1)
    with entered_system():
        assert Household.objects.filter(is_present=True).count() == 3


def test_a_blank_does_not_wipe_what_is_known(small: Path) -> None:
    registry(small, *people(1, 户类型="脱贫户"))
    load_small(small)
    registry(small, *people(1, 户类型=""))

    assert load_small(small, on=date(2026, 12, 1)).counts["household"]["same"] == 1


def test_what_this_system_decided_stands_before_the_registry(small: Path) -> None:
    registry(small, *people(1))
    load_small(small)
    with entered_system():
        new_version(
            Household.objects.get(), on=samples.ON, at=NOW, change="identification",
            monitoring="monitored", monitored_class="sudden",
            identified_on=date(2026, 11, 23), risks=["medical"],
        )  # fmt: skip
    registry(small, *people(1, 家庭人口数="7"))

    made = load_small(small, on=date(2026, 12, 1))

    with entered_system():
        kept = Household.objects.get()
        assert (kept.monitoring, kept.monitored_class, kept.risks) == ("monitored", "sudden", ["medical"])
        assert (kept.identified_on, kept.member_count) == (date(2026, 11, 23), 7)
    assert made.counts["household"]["held"] == 1
    assert any("以本系统为准" in notice for notice in made.notices)


def test_what_changed_here_after_the_day_of_the_registry_is_not_touched(small: Path) -> None:
    registry(small, *people(1))
    load_small(small, on=date(2026, 11, 1))
    with entered_system():
        new_version(Household.objects.get(), on=date(2026, 11, 20), at=NOW, change="edit", group_name="二组")
    registry(small, *people(1, 家庭人口数="7"))

    made = load_small(small, on=date(2026, 11, 10))

    assert made.counts["household"]["later"] == 1
    with entered_system():
        assert Household.objects.get().group_name == "二组"


def test_who_has_left_is_not_brought_back(small: Path) -> None:
    registry(small, *people(1, 2))
    load_small(small)
    with entered_system():
        new_member_version(Member.objects.get(code="P001"), on=samples.ON, at=NOW, change="death")
    registry(small, *people(1, 2, 家庭人口数="4"))

    made = load_small(small, on=date(2026, 12, 1))

    assert made.counts["member"]["left"] == 1
    with entered_system():
        assert not Member.objects.get(code="P001").is_present
