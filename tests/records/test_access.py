"""The two walls: the scope function, and row-level security behind it."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered, entered_system, leave, visible
from shouwang.records.models import AuditEvent, Contact, Household, Member, RoleGrant, Task
from tests.world import (
    COUNTY,
    HERE,
    NEIGHBOUR,
    NOW,
    THERE,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
    viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("households")]


@pytest.fixture
def households() -> None:
    with entered_system():
        for village in (*HERE.villages, *THERE.villages):
            household(village, members=2)


def seen() -> set[str]:
    return set(Household.objects.values_list("division", flat=True))


@pytest.mark.parametrize(
    ("role", "place", "villages"),
    [
        (Role.VILLAGE, VILLAGE, {VILLAGE}),
        (Role.TOWNSHIP, TOWNSHIP, set(HERE.villages[:2])),
        (Role.COUNTY_OFFICE, COUNTY, set(HERE.villages)),
        (Role.PROVINCE, "36", {*HERE.villages, *THERE.villages}),
        (Role.SYSTEM_ADMINISTRATOR, COUNTY, set()),
    ],
)
def test_a_forgotten_filter_shows_no_more_than_the_scope(role: Role, place: str, villages: set[str]) -> None:
    with entered_system():
        person = viewer(account(role, place))

    with entered(person):
        assert set(Member.objects.values_list("division", flat=True)) == seen()
        assert seen() == (villages if role is not Role.SYSTEM_ADMINISTRATOR else seen())
        assert set(visible(Household.objects.all(), person).values_list("division", flat=True)) == villages


def test_nobody_sees_anything_until_he_has_entered() -> None:
    leave()

    assert not seen()
    assert not Member.objects.exists()


def test_a_helper_reaches_only_the_households_he_answers_for() -> None:
    with entered_system():
        helper = account(Role.HELPER, VILLAGE)
        mine = household(VILLAGE)
        household(VILLAGE)
        Contact.objects.create(
            household=mine, division=VILLAGE, account=helper, from_on=TODAY, assigned_by=helper
        )
    person = viewer(helper)

    with entered(person):
        assert [each.pk for each in Household.objects.all()] == [mine.pk]
        assert [each.pk for each in visible(Household.objects.all(), person)] == [mine.pk]
        assert set(Member.objects.values_list("household_id", flat=True)) == {mine.pk}


def test_a_group_leader_reaches_his_group() -> None:
    with entered_system():
        leader = account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="二组")
        mine = household(VILLAGE, group_name="二组")
    person = viewer(leader)

    with entered(person):
        assert [each.pk for each in Household.objects.all()] == [mine.pk]
        assert [each.pk for each in visible(Household.objects.all(), person)] == [mine.pk]


def test_a_department_reaches_the_households_of_its_tasks() -> None:
    with entered_system():
        doctor = account(Role.DEPARTMENT, COUNTY, departments=["medical"])
        mine, other = household(VILLAGE), household(NEIGHBOUR)
        for number, (of, department) in enumerate([(mine, "medical"), (other, "education")]):
            Task.objects.create(
                number=f"T{number}", household=of, division=of.division, department=department, kind="help",
                text="核实", state="sent", sent_by=doctor, sent_on=TODAY, due_on=TODAY,
            )  # fmt: skip
    person = viewer(doctor)

    with entered(person):
        assert [each.pk for each in Household.objects.all()] == [mine.pk]
        assert [each.household_id for each in Task.objects.all()] == [mine.pk]
        assert [each.pk for each in visible(Household.objects.all(), person)] == [mine.pk]
        assert [each.household_id for each in visible(Task.objects.all(), person)] == [mine.pk]


def test_two_villages_are_reached_by_one_who_serves_both() -> None:
    with entered_system():
        both = account(Role.VILLAGE, VILLAGE)
        RoleGrant.objects.create(account=both, role="village", place=THERE.villages[0], from_at=NOW)
    person = viewer(both)

    with entered(person):
        assert seen() == {VILLAGE, THERE.villages[0]}


def test_nothing_can_be_written_outside_the_reach() -> None:
    with entered_system():
        person = viewer(account(Role.VILLAGE, VILLAGE))

    with entered(person):
        assert Household.objects.filter(division=NEIGHBOUR).update(head_name="改") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Household.objects.create(number="X1", division=NEIGHBOUR)


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_the_audit(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(AuditEvent._meta.db_table))


def test_entering_takes_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        enter(None)


def test_no_query_behind_the_wall_waits_for_a_compiler() -> None:
    with entered_system(), connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
