"""Objections to a notice (R32): recorded, looked into and answered before the review goes on."""

from datetime import date, datetime
from functools import partial

from shouwang.actions.acting import Actor
from shouwang.actions.case_frame import Hand, holding
from shouwang.actions.refusals import NotAllowed
from shouwang.domain import casework
from shouwang.domain.permissions import Permission, excluded_by
from shouwang.domain.procedure import OBJECTION_ANSWERERS
from shouwang.domain.step_permissions import step_permission
from shouwang.records.models import Case


def raise_objection(
    *, actor: Actor, case_id: int, version: int, opinion: str, on: date, at: datetime
) -> Case:
    """Record what somebody objects; village and team take it down, and so does the township he goes to.

    Raises NotThere, NotAllowed, Stale, Unfit.
    """
    with holding(
        actor=actor, action="case.objection", case_id=case_id, version=version, on=on, at=at
    ) as hand:
        _may_record(hand)
        hand.does(partial(casework.raise_objection, by=hand.by, on=on, opinion=opinion))
    return hand.case


def answer_objection(
    *,
    actor: Actor,
    case_id: int,
    version: int,
    number: int,
    opinion: str,
    is_upheld: bool,
    on: date,
    at: datetime,
) -> Case:
    """Answer an objection, as township or county; who held the appraisal does not answer. Raises as above."""
    with holding(actor=actor, action="case.answer", case_id=case_id, version=version, on=on, at=at) as hand:
        held = hand.role_with(Permission.ANSWER_OBJECTION)
        role = held if held in OBJECTION_ANSWERERS else hand.role_among(OBJECTION_ANSWERERS)
        _check_maker(hand)
        hand.does(
            partial(
                casework.answer_objection,
                number=number,
                role=role,
                by=hand.by,
                on=on,
                opinion=opinion,
                is_upheld=is_upheld,
            )
        )
    return hand.case


def _may_record(hand: Hand) -> None:
    try:
        hand.role_with(Permission.RECORD_OBJECTION)
    except NotAllowed:
        hand.role_with(Permission.ANSWER_OBJECTION)


def _check_maker(hand: Hand) -> None:
    mine = [event for event in hand.state.events if event.by == hand.by and event.kind in ("step", "skip")]
    done = [each for event in mine if (each := step_permission(hand.case.track, event.role))]
    if before := excluded_by(done, Permission.ANSWER_OBJECTION):
        raise NotAllowed(f"您在本案办理过“{before.label}”，异议须由他人核查答复")
