"""Turn a case back or end it: send back, reject with the reason (R34), withdraw, tell the outcome."""

from datetime import date, datetime
from functools import partial

from shouwang.actions.acting import Actor
from shouwang.actions.case_frame import Hand, holding
from shouwang.actions.refusals import Unfit
from shouwang.domain import casework
from shouwang.records.models import Case

# Who tells the declaring household (or the source) the outcome.
FEEDBACK_ROLES = ("township", "county_office")


def send_back(
    *, actor: Actor, case_id: int, version: int, to_step: str, reason: str, on: date, at: datetime
) -> Case:
    """Send a case back to a step done before; it and all after it is due again.

    Raises NotThere, NotAllowed, Stale, Unfit.
    """
    with holding(
        actor=actor, action="case.send_back", case_id=case_id, version=version, on=on, at=at
    ) as hand:
        role = hand.role_among(_turn_roles(hand))
        hand.does(partial(casework.send_back, to_step=to_step, role=role, by=hand.by, on=on, reason=reason))
    return hand.case


def reject(*, actor: Actor, case_id: int, version: int, reason: str, on: date, at: datetime) -> Case:
    """End a case without what it asked for, by whose turn it is. Raises as above."""
    with holding(actor=actor, action="case.reject", case_id=case_id, version=version, on=on, at=at) as hand:
        role = hand.role_among(_turn_roles(hand))
        hand.does(partial(casework.reject, role=role, by=hand.by, on=on, reason=reason))
    return hand.case


def withdraw(*, actor: Actor, case_id: int, version: int, reason: str, on: date, at: datetime) -> Case:
    """End a case at the wish of those who asked, before the verdict. Raises as above."""
    with holding(actor=actor, action="case.withdraw", case_id=case_id, version=version, on=on, at=at) as hand:
        role = hand.role_among(("village",))
        hand.does(partial(casework.withdraw, role=role, by=hand.by, on=on, reason=reason))
    return hand.case


def give_feedback(*, actor: Actor, case_id: int, version: int, opinion: str, on: date, at: datetime) -> Case:
    """Record that the household was told the outcome, and how. Raises as above."""
    with holding(actor=actor, action="case.feedback", case_id=case_id, version=version, on=on, at=at) as hand:
        role = hand.role_among(FEEDBACK_ROLES)
        hand.does(partial(casework.give_feedback, role=role, by=hand.by, on=on, opinion=opinion))
    return hand.case


def _turn_roles(hand: Hand) -> list[str]:
    roles = dict.fromkeys(
        role for step in hand.state.open_steps for role in step.roles if role != "household"
    )
    if not roles:
        raise Unfit("本案没有待办理的环节，不能再办理")
    return list(roles)
