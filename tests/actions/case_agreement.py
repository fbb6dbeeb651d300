"""What tests share that hold the actions on a case against the domain: places, people, rows, undoing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from django.db import connection, transaction

from shouwang.actions.acting import Actor
from shouwang.domain.case_state import CaseState
from shouwang.domain.roles import ROLES, Role
from shouwang.domain.step_permissions import step_permission
from shouwang.records.access import entered_system
from shouwang.records.case_facts import facts_of
from shouwang.records.elimination_facts import elimination_facts
from shouwang.records.models import Case, RoleGrant
from tests.actions.case_driver import people_of
from tests.actions.case_walks import Walk
from tests.world import Place, account, actor

# A county under each procedure: the national one and those of four provinces.
COUNTIES = {
    "cn-2021": "340223",
    "hubei-2022": "420222",
    "henan-2023": "410221",
    "gansu-2023": "620421",
    "jiangxi-2022": "361023",
}
EVERY = [
    *product(["cn-2021"], ["identification", "elimination", "rollback", "removal"]),
    *product(["hubei-2022", "henan-2023", "gansu-2023"], ["identification"]),
    *product(["jiangxi-2022"], ["identification", "rollback", "removal"]),
]
_STORED = """
    SELECT
        (SELECT t::text FROM records_case t WHERE id = %(case)s),
        (SELECT t::text FROM records_household t WHERE id = %(home)s),
        (SELECT count(*) FROM records_householdversion WHERE household_id = %(home)s),
        (SELECT count(*) FROM records_caseevent WHERE case_id = %(case)s),
        (SELECT count(*) FROM records_casepaper WHERE case_id = %(case)s),
        (SELECT count(*) FROM records_notification),
        (SELECT count(*) FROM records_auditevent WHERE result = 'done'),
        (SELECT count(*) FROM records_auditevent WHERE result = 'refused')
"""


class Stored(NamedTuple):
    """The case and its household as they are written, and how many rows there are around them."""

    case: str
    home: str
    versions: int
    events: int
    papers: int
    told: int
    done: int
    refused: int


class Undone(Exception):
    """What was tried is taken back."""


@contextmanager
def undone() -> Iterator[None]:
    """Take back what a block does."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


def everybody(here: Place) -> dict[str, Actor]:
    """One person of every role, one with two, and two whose places lie elsewhere."""
    people = people_of(here)
    with entered_system():
        both = account(Role.VILLAGE, here.villages[0])
        since = RoleGrant.objects.get(account=both).from_at
        RoleGrant.objects.create(
            account=both, role=str(Role.TOWNSHIP), place=here.townships[0], from_at=since
        )
        made = {
            "both": both,
            "neighbour": account(Role.VILLAGE, here.villages[1]),
            "other_township": account(Role.TOWNSHIP, here.townships[1]),
        }
    return {**people, **{name: actor(each) for name, each in made.items()}}


def held_by(who: Actor, village: str) -> list[str]:
    """Return the roles in which somebody may write in a village."""
    reaching = (each for each in who.viewer.held if village.startswith(each.reach.prefix))
    return [str(each.role) for each in reaching if not each.reach.is_read_only]


def acting_role(state: CaseState, who: Actor, village: str, roles: Iterable[str]) -> str | None:
    """Return the first of some roles that somebody holds there with what the track asks of it."""
    held = held_by(who, village)
    for role in roles:
        permission = step_permission(state.track.id, role)
        if role in held and permission in ROLES[Role(role)].permissions:
            return role
    return None


def stored(made: Walk) -> Stored:
    """Return all that an act on the case may change."""
    case, home = made.open_case.pk, made.home.pk
    with entered_system(), connection.cursor() as cursor:
        cursor.execute(_STORED, {"case": case, "home": home})
        return Stored(*cursor.fetchone())


def known_of(state: CaseState) -> list[tuple[Any, ...]]:
    """Return the events without what the program notes."""
    return [(each.kind, each.role, each.by, each.on, each.step_id) for each in state.events]


def facts_now(made: Walk, state: CaseState) -> Any:
    """Return what is known of the case before anything has been brought for its next step."""
    with entered_system():
        case = Case.objects.get(pk=made.open_case.pk)
        return facts_of(case, state, elimination_facts(case.household, made.on))
