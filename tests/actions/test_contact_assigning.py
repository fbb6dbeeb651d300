"""Contact persons are assigned and handed over, and what they reach follows at once."""

from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.contact_assigning import assign_contact, hand_over_all
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Contact, Household, HouseholdVersion
from tests.assistance_world import People, monitored
from tests.world import NEIGHBOUR, NOW, TODAY, TOWNSHIP, VILLAGE, account, actor, viewer

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "village": account(Role.VILLAGE, VILLAGE),
            "old": account(Role.HELPER, VILLAGE),
            "new": account(Role.HELPER, VILLAGE),
            "stranger": account(Role.HELPER, NEIGHBOUR),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


def assigned(people: People, home: Household, to: str, **columns: Any) -> Contact:
    given: dict[str, Any] = {"kind": "contact", "reason": "", **columns}
    return assign_contact(
        actor=as_(people["township"]), household_id=home.pk, account_id=people[to].pk, **given, **AT
    )


def test_a_contact_person_sees_the_household_at_once(people: People, home: Household) -> None:
    assigned(people, home, "old")

    enter(viewer(people["old"]))
    found = Household.objects.get(pk=home.pk)
    assert found.contact_id == people["old"].pk
    with entered_system():
        assert HouseholdVersion.objects.get(household=home, to_on=None).has_contact_person is True


def test_a_handover_ends_the_one_and_begins_the_other(people: People, home: Household) -> None:
    assigned(people, home, "old")
    assigned(people, home, "new", reason="工作调动")

    with entered_system():
        rows = Contact.objects.filter(household=home).order_by("pk")
        assert [(row.account_id, row.to_on, row.reason) for row in rows] == [
            (people["old"].pk, TODAY, "工作调动"),
            (people["new"].pk, None, ""),
        ]
    enter(viewer(people["old"]))
    assert not Household.objects.filter(pk=home.pk).exists()


def test_a_handover_without_a_reason_is_refused(people: People, home: Household) -> None:
    assigned(people, home, "old")

    with pytest.raises(Unfit) as refused:
        assigned(people, home, "new")

    assert "reason" in refused.value.fields


@pytest.mark.parametrize(("to", "kind"), [("stranger", "contact"), ("old", "nothing")])
def test_one_without_a_role_in_the_village_is_refused(
    people: People, home: Household, to: str, kind: str
) -> None:
    with pytest.raises(Unfit):
        assigned(people, home, to, kind=kind)


def test_a_leader_stands_beside_the_contact_person(people: People, home: Household) -> None:
    assigned(people, home, "old")
    assigned(people, home, "township", kind="leader")

    with entered_system():
        assert Contact.objects.filter(household=home, to_on=None).count() == 2
        assert Household.objects.get(pk=home.pk).contact_id == people["old"].pk


def test_a_village_assigns_nobody(people: People, home: Household) -> None:
    with pytest.raises(NotAllowed):
        assign_contact(
            actor=as_(people["village"]), household_id=home.pk, account_id=people["old"].pk,
            kind="contact", reason="", **AT,
        )  # fmt: skip


def test_all_households_of_one_person_are_handed_over(people: People, home: Household) -> None:
    with entered_system():
        second = monitored()
    assigned(people, home, "old")
    assigned(people, second, "old")

    results = hand_over_all(
        actor=as_(people["township"]),
        from_account_id=people["old"].pk,
        to_account_id=people["new"].pk,
        reason="退休",
        **AT,
    )

    assert [why_not for _, why_not in results] == ["", ""]
    with entered_system():
        assert set(Household.objects.values_list("contact_id", flat=True)) == {people["new"].pk}


def test_a_handover_to_one_who_cannot_take_over_leaves_everything_and_says_so(
    people: People, home: Household
) -> None:
    assigned(people, home, "old")

    results = hand_over_all(
        actor=as_(people["township"]),
        from_account_id=people["old"].pk,
        to_account_id=people["stranger"].pk,
        reason="退休",
        **AT,
    )

    assert "没有可担任联系人的角色" in results[0][1]
    with entered_system():
        assert Household.objects.get(pk=home.pk).contact_id == people["old"].pk


def test_one_who_answers_for_nobody_here_has_nothing_to_hand_over(people: People, home: Household) -> None:
    with pytest.raises(NotThere):
        hand_over_all(
            actor=as_(people["township"]), from_account_id=people["new"].pk,
            to_account_id=people["old"].pk, reason="退休", **AT,
        )  # fmt: skip
