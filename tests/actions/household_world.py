"""What the tests of changes share: acting in a role, a household, who was in it on a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from shouwang.actions.acting import Actor
from shouwang.domain.household_changes import LEAVING
from shouwang.domain.identity import check_digit
from shouwang.domain.roles import Role
from shouwang.records.access import entered, entered_system
from shouwang.records.models import (
    Household,
    MemberVersion,
)
from tests.world import (
    VILLAGE,
    account,
    actor,
    household,
)

NUMBER = "36102319800101001" + check_digit("36102319800101001")


@contextmanager
def acting_as(role: Role, place: str) -> Iterator[Actor]:
    with entered_system():
        who = actor(account(role, place))
    with entered(who.viewer):
        yield who


@pytest.fixture
def home() -> Household:
    with entered_system():
        return household(VILLAGE, members=3)


def persons_on(home: Household, day: date) -> set[int]:
    rows = MemberVersion.objects.filter(household=home, from_on__lte=day).exclude(to_on__lte=day)
    return {row.member_id for row in rows if row.change not in LEAVING}
