"""Every past day reads back, whatever came later (T48)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouwang.actions import household_moves, member_changes
from shouwang.actions.acting import Actor
from shouwang.actions.household_edits import edit_household
from shouwang.actions.refusals import Refusal
from shouwang.domain.household_changes import LEAVING
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    Household,
    HouseholdVersion,
    Member,
    MemberVersion,
)
from tests.world import (
    NEIGHBOUR,
    NOW,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
    household,
)

pytestmark = pytest.mark.django_db


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "birth", "death", "enlist", "return", "split", "move", "rename"]),
        st.integers(min_value=0, max_value=20),
        st.integers(min_value=0, max_value=5),
    ),
    max_size=7,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_every_past_day_reads_back_whatever_came_later(steps: list[tuple[str, int, int]]) -> None:
    """T48: a plain list of what each day ended with is the oracle."""
    with transaction.atomic():
        with entered_system():
            home = household(VILLAGE, members=4)
            who = actor(account(Role.TOWNSHIP, TOWNSHIP))
        with entered_system():
            oracle = {date(2026, 1, 1): _as_it_is(home)}
            day = date(2026, 1, 1)
            for kind, later, pick in steps:
                day += timedelta(days=later)
                home.refresh_from_db()
                try:
                    with transaction.atomic():
                        _do(kind, home, who, day, pick)
                except Refusal:
                    continue
                oracle[day] = _as_it_is(home)
            for known, state in oracle.items():
                assert _as_it_was(home, known) == state
                nearest = max(each for each in oracle if each <= known + timedelta(days=1))
                assert _as_it_was(home, known + timedelta(days=1)) == oracle[nearest]
        transaction.set_rollback(True)


def _do(kind: str, home: Household, who: Actor, day: date, pick: int) -> None:
    given: dict[str, Any] = {"actor": who, "on": day, "at": NOW, "version": home.version}
    members = list(Member.objects.filter(household=home).order_by("pk"))
    chosen = members[pick % len(members)]
    if kind == "edit":
        edit_household(household_id=home.pk, changes={"group_name": f"{pick}组"}, **given)
    elif kind == "birth":
        member_changes.add_member(household_id=home.pk, change="birth", facts={"name": f"甲{pick}"}, **given)
    elif kind in ("death", "enlist"):
        change = "death" if kind == "death" else "enlistment"
        member_changes.remove_member(member_id=chosen.pk, change=change, **given)
    elif kind == "return":
        member_changes.return_member(member_id=chosen.pk, **given)
    elif kind == "split":
        household_moves.split_household(
            household_id=home.pk, member_ids=[chosen.pk], head_id=chosen.pk, **given
        )
    elif kind == "move":
        there = NEIGHBOUR if home.division == VILLAGE else VILLAGE
        household_moves.move_household(household_id=home.pk, division=there, group_name="迁入组", **given)
    else:
        now = MemberVersion.objects.get(member=chosen, to_on=None)
        del given["version"]
        member_changes.edit_member(
            member_id=chosen.pk,
            token=member_changes.token_of(version=now),
            changes={"name": f"乙{pick}"},
            **given,
        )


def _as_it_is(home: Household) -> tuple[object, ...]:
    home = Household.objects.get(pk=home.pk)
    persons = Member.objects.filter(household=home, is_present=True)
    return home.group_name, home.head_name, home.member_count, {(each.pk, each.name) for each in persons}


def _as_it_was(home: Household, day: date) -> tuple[object, ...]:
    then = HouseholdVersion.objects.filter(household=home, from_on__lte=day).exclude(to_on__lte=day).get()
    rows = MemberVersion.objects.filter(household=home, from_on__lte=day).exclude(to_on__lte=day)
    persons = {(row.member_id, row.name) for row in rows if row.change not in LEAVING}
    return then.group_name, then.head_name, then.stated_member_count, persons
