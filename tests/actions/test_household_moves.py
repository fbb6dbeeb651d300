"""Moves, splits and mergers: every row and every right goes along."""

from datetime import timedelta
from typing import Any

import pytest

from shouwang.actions import household_moves
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import (
    Case,
    CaseEvent,
    Contact,
    Household,
    HouseholdVersion,
    Member,
)
from shouwang.records.placing import placed_models
from tests.actions.household_world import acting_as, home, persons_on
from tests.world import (
    FAR_VILLAGE,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
    viewer,
)

__all__ = ["home"]
pytestmark = pytest.mark.django_db


def test_every_placed_table_finds_its_household() -> None:
    names = {model._meta.model_name for model, _ in placed_models()}

    assert {"member", "memberversion", "caseevent", "attachmentcontent", "incomeentry", "cluecheck"} <= names


@pytest.fixture
def _in_mid_case(home: Household) -> None:
    """Give the household an open case and a helper of its village."""
    with entered_system():
        helper = account(Role.HELPER, VILLAGE)
        case = Case.objects.create(
            number="GA1",
            household=home,
            division=VILLAGE,
            track="identification",
            pack="p",
            pack_digest="d",
            status="open",
            opened_on=TODAY,
        )
        CaseEvent.objects.create(
            case=case,
            division=VILLAGE,
            sequence=1,
            kind="opened",
            role="village",
            by=helper,
            on=TODAY,
            recorded_at=NOW,
        )
        Contact.objects.create(
            household=home, division=VILLAGE, account=helper, from_on=TODAY, assigned_by=helper
        )
        Household.objects.filter(pk=home.pk).update(contact=helper)


@pytest.mark.usefixtures("_in_mid_case")
def test_a_move_takes_every_row_and_the_rights_along(home: Household) -> None:
    with acting_as(Role.TOWNSHIP, TOWNSHIP) as who:
        household_moves.move_household(
            actor=who,
            household_id=home.pk,
            version=1,
            division=NEIGHBOUR,
            group_name="四组",
            on=TODAY,
            at=NOW,
        )
    with entered_system():
        home.refresh_from_db()
        assert (home.division, home.group_name, home.contact_id, home.version) == (NEIGHBOUR, "四组", None, 2)
        for model, path in placed_models():
            assert set(model._default_manager.filter(**{path: home}).values_list("division", flat=True)) <= {
                NEIGHBOUR
            }
        old = HouseholdVersion.objects.filter(household=home).order_by("from_on").first()
        assert old.village
        assert old.to_on == TODAY
        there, here = viewer(account(Role.VILLAGE, NEIGHBOUR)), viewer(account(Role.VILLAGE, VILLAGE))
    with entered(there):
        assert Household.objects.filter(pk=home.pk).exists()
        assert HouseholdVersion.objects.filter(household=home).count() == 2
        assert CaseEvent.objects.count() == 1
    with entered(here):
        assert not Household.objects.filter(pk=home.pk).exists()
        assert not HouseholdVersion.objects.filter(household=home).exists()
        assert not CaseEvent.objects.exists()


def test_a_move_needs_the_permission_in_both_places(home: Household) -> None:
    given: dict[str, Any] = {"household_id": home.pk, "version": 1, "on": TODAY, "at": NOW}
    with acting_as(Role.VILLAGE, VILLAGE) as who, pytest.raises(NotAllowed):
        household_moves.move_household(actor=who, division=NEIGHBOUR, **given)
    with acting_as(Role.TOWNSHIP, TOWNSHIP) as who:
        with pytest.raises(NotAllowed, match="不在您的管辖范围"):
            household_moves.move_household(actor=who, division=FAR_VILLAGE, **given)
        for wrong in (VILLAGE, TOWNSHIP, "000000000000"):
            with pytest.raises(Unfit):
                household_moves.move_household(actor=who, division=wrong, **given)


def test_a_household_is_split_and_merged_again(home: Household) -> None:
    with acting_as(Role.TOWNSHIP, TOWNSHIP) as who:
        sons = list(Member.objects.filter(household=home).exclude(relation="户主").order_by("pk"))
        head = Member.objects.get(household=home, relation="户主")
        given: dict[str, Any] = {"actor": who, "household_id": home.pk, "version": 1, "at": NOW}
        for ids, chosen, said in (
            ([each.pk for each in sons] + [head.pk], sons[0].pk, "全部成员"),
            ([head.pk], head.pk, "户主不能分出"),
            ([sons[0].pk], sons[1].pk, "指定新户"),
        ):
            with pytest.raises(Unfit, match=said):
                household_moves.split_household(member_ids=ids, head_id=chosen, on=TODAY, **given)
        founded = household_moves.split_household(
            member_ids=[sons[0].pk], head_id=sons[0].pk, on=TODAY - timedelta(days=5), **given
        )
        home.refresh_from_db()
        assert (founded.member_count, home.member_count, founded.head_name) == (1, 2, sons[0].name)
        assert persons_on(founded, TODAY) == {sons[0].pk}
        assert persons_on(home, TODAY - timedelta(days=6)) == {head.pk, *(each.pk for each in sons)}

        household_moves.merge_households(
            actor=who, household_id=founded.pk, version=founded.version, into_id=home.pk, on=TODAY, at=NOW
        )
        founded.refresh_from_db()
        assert not founded.is_present
        assert persons_on(home, TODAY) == {head.pk, *(each.pk for each in sons)}
        assert persons_on(founded, TODAY - timedelta(days=1)) == {sons[0].pk}


def test_households_are_not_merged_across_villages_or_with_work_open(home: Household) -> None:
    with entered_system():
        other = household(NEIGHBOUR, monitoring="monitored")
        Case.objects.create(
            number="GA2",
            household=other,
            division=NEIGHBOUR,
            track="identification",
            pack="p",
            pack_digest="d",
            status="open",
            opened_on=TODAY,
        )
    with acting_as(Role.TOWNSHIP, TOWNSHIP) as who, pytest.raises(Unfit) as refused:
        household_moves.merge_households(
            actor=who, household_id=other.pk, version=1, into_id=home.pk, on=TODAY, at=NOW
        )
    assert len(refused.value.reasons) == 3
