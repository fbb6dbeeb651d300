"""Visits are recorded by those who may, and a look-back by another than who confirmed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.actions.visit_recording import VisitEntry, record_visit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Case, CaseEvent, Contact, Household
from tests.assistance_world import monitored
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}
ENTRY = VisitEntry(kind="monthly", visited_on=TODAY, found="家中一切正常", has_new_risk=False)


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


def person(role: Role, place: str = VILLAGE) -> Account:
    with entered_system():
        return account(role, place)


def test_a_visit_keeps_what_was_not_asked_unknown(home: Household) -> None:
    visit = record_visit(actor=as_(person(Role.VILLAGE)), household_id=home.pk, entry=ENTRY, **AT)

    assert (visit.is_income_well, visit.has_new_risk, visit.role) == (None, False, "village")
    assert Household.objects.get(pk=home.pk).last_visit_on == TODAY


def test_an_earlier_visit_entered_later_does_not_move_the_last_visit_back(home: Household) -> None:
    village = person(Role.VILLAGE)
    record_visit(actor=as_(village), household_id=home.pk, entry=ENTRY, **AT)
    before = replace(ENTRY, visited_on=TODAY - timedelta(days=20))
    record_visit(actor=as_(village), household_id=home.pk, entry=before, **AT)

    assert Household.objects.get(pk=home.pk).last_visit_on == TODAY


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"kind": "?"}, "kind"),
        ({"visited_on": date(2027, 1, 1)}, "visited_on"),
        ({"found": "好"}, "found"),
        ({"has_new_risk": True}, "problems"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_at_its_field(home: Household, columns: Any, field: str) -> None:
    entry = replace(ENTRY, **columns)

    with pytest.raises(Unfit) as refused:
        record_visit(actor=as_(person(Role.VILLAGE)), household_id=home.pk, entry=entry, **AT)

    assert field in refused.value.fields


def test_a_helper_visits_only_whom_he_answers_for(home: Household) -> None:
    helper = person(Role.HELPER)
    with pytest.raises(NotThere):
        record_visit(actor=as_(helper), household_id=home.pk, entry=ENTRY, **AT)
    with entered_system():
        Contact.objects.create(
            household=home, division=VILLAGE, account=helper, from_on=TODAY, assigned_by=helper
        )

    visit = record_visit(actor=as_(helper), household_id=home.pk, entry=ENTRY, **AT)

    assert visit.role == "helper"


def test_a_neighbour_finds_nothing(home: Household) -> None:
    with pytest.raises(NotThere):
        record_visit(actor=as_(person(Role.VILLAGE, NEIGHBOUR)), household_id=home.pk, entry=ENTRY, **AT)


def test_a_monitored_household_is_not_looked_back_at(home: Household) -> None:
    entry = replace(ENTRY, kind="look_back")

    with pytest.raises(Unfit, match="风险消除"):
        record_visit(actor=as_(person(Role.VILLAGE)), household_id=home.pk, entry=entry, **AT)


def test_who_confirmed_the_elimination_does_not_look_back() -> None:
    officer = person(Role.COUNTY_OFFICE, COUNTY)
    with entered_system():
        done = monitored(monitoring="eliminated")
        case = Case.objects.create(
            number="GA1", household=done, division=VILLAGE, track="elimination", pack="cn-2021",
            pack_digest="x", status="completed", opened_on=TODAY,
        )  # fmt: skip
        CaseEvent.objects.create(
            case=case, division=VILLAGE, sequence=1, kind="step", role="county_office", by=officer,
            on=TODAY, recorded_at=NOW,
        )  # fmt: skip
    entry = replace(ENTRY, kind="look_back")

    with pytest.raises(NotAllowed, match="须由他人进行"):
        record_visit(actor=as_(officer), household_id=done.pk, entry=entry, **AT)
    other = person(Role.COUNTY_OFFICE, COUNTY)
    assert record_visit(actor=as_(other), household_id=done.pk, entry=entry, **AT).kind == "look_back"
