"""Editing a household: versions, stale pages, refusals."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from shouwang.actions.household_edits import edit_household
from shouwang.actions.household_names import initials
from shouwang.actions.household_versions import new_version
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.models import (
    AuditEvent,
    Household,
    HouseholdVersion,
)
from tests.actions.household_world import NUMBER, acting_as, home
from tests.world import (
    COUNTY,
    NEIGHBOUR,
    NOW,
    TODAY,
    VILLAGE,
)

__all__ = ["home"]
pytestmark = pytest.mark.django_db


def test_the_initials_of_a_name_are_its_letters() -> None:
    assert initials("王小明") == "wxm"
    assert initials("买买提·阿卜杜拉") == "mmtabdl"
    assert initials("") == ""


def test_an_edit_opens_a_version_and_keeps_the_day_before(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        edit_household(
            actor=who,
            household_id=home.pk,
            version=1,
            on=TODAY,
            at=NOW,
            changes={"group_name": "二组", "has_safe_water": False},
            collected_by="村干部甲",
        )
        home.refresh_from_db()
        before, after = HouseholdVersion.objects.filter(household=home).order_by("from_on")

    assert (before.group_name, before.to_on) == ("一组", TODAY)
    assert (after.group_name, after.has_safe_water, after.to_on) == ("二组", False, None)
    assert after.head_name == home.head_name
    assert (home.group_name, home.version, after.collected_by) == ("二组", 2, "村干部甲")
    assert AuditEvent.objects.filter(action="household.edit", result="done").count() == 1


def test_a_second_change_of_a_day_goes_into_the_same_version_with_both_notes(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        for version, group in ((1, "二组"), (2, "三组")):
            edit_household(
                actor=who,
                household_id=home.pk,
                version=version,
                on=TODAY,
                at=NOW,
                note=f"改为{group}",
                changes={"group_name": group},
            )
        now = HouseholdVersion.objects.get(household=home, to_on=None)

        assert HouseholdVersion.objects.filter(household=home).count() == 2
    assert (now.group_name, now.note) == ("三组", "改为二组；改为三组")


def test_a_stale_page_is_told_and_changes_nothing(home: Household) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who:
        given: dict[str, Any] = {"actor": who, "household_id": home.pk, "on": TODAY, "at": NOW}
        edit_household(version=1, changes={"group_name": "二组"}, **given)
        with pytest.raises(Stale):
            edit_household(version=1, changes={"group_name": "三组"}, **given)
        home.refresh_from_db()

    assert home.group_name == "二组"


@pytest.mark.parametrize(
    ("changes", "on", "note", "said"),
    [
        ({"group_name": "一组"}, TODAY, "", "没有任何改动"),
        ({"group_name": "二组"}, TODAY + timedelta(days=1), "", "不能晚于今天"),
        ({"group_name": "二组"}, date(2025, 12, 31), "", "不能早于上一次变动"),
        ({"phone": "12345"}, TODAY, "", "电话号码格式不对"),
        ({"group_name": "二组"}, TODAY, f"号码{NUMBER}", "不能出现证件号码"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_with_its_reason(
    home: Household, changes: Any, on: date, note: str, said: str
) -> None:
    with acting_as(Role.VILLAGE, VILLAGE) as who, pytest.raises(Unfit, match=said):
        edit_household(actor=who, household_id=home.pk, version=1, changes=changes, on=on, at=NOW, note=note)


def test_only_who_may_edit_edits_and_a_neighbour_sees_nothing(home: Household) -> None:
    given: dict[str, Any] = {
        "household_id": home.pk,
        "version": 1,
        "changes": {"group_name": "二组"},
        "on": TODAY,
        "at": NOW,
    }
    with acting_as(Role.RESIDENT_TEAM, VILLAGE) as who, pytest.raises(NotAllowed):
        edit_household(actor=who, **given)
    with acting_as(Role.VILLAGE, NEIGHBOUR) as who, pytest.raises(NotThere):
        edit_household(actor=who, **given)


def test_what_a_case_changes_is_written_in_both_rows(home: Household) -> None:
    with acting_as(Role.COUNTY_OFFICE, COUNTY), transaction.atomic():
        new_version(
            home,
            on=TODAY,
            at=NOW,
            change="identification",
            monitoring="monitored",
            monitored_class="sudden",
            risks=["medical", "school"],
            identified_on=TODAY,
        )
        home.refresh_from_db()
        now = HouseholdVersion.objects.get(household=home, to_on=None)

        assert (home.monitoring, home.risks, home.identified_on) == (
            "monitored",
            ["medical", "school"],
            TODAY,
        )
        assert (now.risks, now.is_risk_eliminated) == ("|medical|school|", False)
        assert now.identified_month == TODAY.replace(day=1)
        with pytest.raises(TypeError):
            new_version(home, on=TODAY, at=NOW, change="edit", nonsense=1)
