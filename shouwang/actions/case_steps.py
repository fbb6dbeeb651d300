"""Take the steps of a case (R30, R31, R35): only whoever's turn it is, with everything the step needs."""

from datetime import date, datetime
from functools import partial

from shouwang.actions.acting import Actor
from shouwang.actions.case_frame import Hand, holding
from shouwang.actions.case_outcomes import settle
from shouwang.actions.refusals import Unfit
from shouwang.domain import casework
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import Step
from shouwang.records.case_facts import GREEN_PAPER
from shouwang.records.models import Case, CasePaper


def take_step(
    *, actor: Actor, case_id: int, version: int, step_id: str, opinion: str, on: date, at: datetime
) -> Case:
    """Take one step; the deciding one and the registration also change the household.

    Raises NotThere, NotAllowed, Stale, Unfit with everything that is missing.
    """
    with holding(actor=actor, action="case.step", case_id=case_id, version=version, on=on, at=at) as hand:
        step = _step(hand, step_id)
        role = hand.role_among(step.roles)
        if step.is_review and not opinion.strip():
            raise Unfit(f"没有写明“{step.label}”的意见", {"opinion": "请填写意见"})
        if step.notice:
            _check_first_day(hand, step, on)
        hand.does(
            partial(
                casework.take_step,
                step_id=step_id,
                role=role,
                by=hand.by,
                on=on,
                facts=hand.facts(),
                opinion=opinion,
            )
        )
        settle(hand=hand, step=step)
    return hand.case


def skip_step(
    *, actor: Actor, case_id: int, version: int, step_id: str, opinion: str, on: date, at: datetime
) -> Case:
    """Record that a step done lately is not repeated, where the pack allows it. Raises as `take_step`."""
    with holding(actor=actor, action="case.skip", case_id=case_id, version=version, on=on, at=at) as hand:
        role = hand.role_among(_step(hand, step_id).roles)
        hand.does(
            partial(
                casework.skip_step,
                step_id=step_id,
                role=role,
                by=hand.by,
                on=on,
                facts=hand.facts(),
                opinion=opinion,
            )
        )
    return hand.case


def start_green_channel(
    *,
    actor: Actor,
    case_id: int,
    version: int,
    opinion: str,
    is_sudden_hardship: bool | None,
    is_plainly_true: bool | None,
    on: date,
    at: datetime,
) -> Case:
    """Record help before the procedure (先行救助); every step remains due. Raises as `take_step`."""
    with holding(
        actor=actor, action="case.green_channel", case_id=case_id, version=version, on=on, at=at
    ) as hand:
        role = hand.role_with(Permission.OPEN_GREEN_CHANNEL)
        said = {"is_sudden_hardship": is_sudden_hardship, "is_plainly_true": is_plainly_true}
        facts = {**hand.facts(), **said}
        hand.does(
            partial(casework.start_green_channel, role=role, by=hand.by, on=on, facts=facts, opinion=opinion)
        )
        CasePaper.objects.create(
            case=hand.case,
            division=hand.case.division,
            kind="other",
            step_id=GREEN_PAPER,
            on=on,
            content=said,
            by_id=actor.viewer.account_id,
            recorded_at=at,
        )
    return hand.case


def _step(hand: Hand, step_id: str) -> Step:
    step = hand.state.track.step(step_id)
    if step is None:
        raise Unfit(f"“{hand.state.track.label}”程序没有这个环节，请刷新页面后重试")
    return step


def _check_first_day(hand: Hand, step: Step, on: date) -> None:
    """A notice counts from the day that its sheet says."""
    sheets = [
        paper for paper in hand.case.papers.all() if paper.kind == "notice" and paper.step_id == step.id
    ]
    if sheets and (sheet := max(sheets, key=lambda row: row.pk)).on != on:
        raise Unfit(
            f"公示内容写明自{sheet.on:%Y-%m-%d}起公示，办理日期应填这一天", {"on": "应与公示起始日相同"}
        )
