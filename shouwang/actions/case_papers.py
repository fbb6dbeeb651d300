"""Add the papers that steps ask for: what was checked, signed, compared, appraised, put up, filed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shouwang.actions.acting import Actor
from shouwang.actions.case_frame import Hand, holding
from shouwang.actions.case_paper_content import checked_content
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.case_papers import asks_for, step_of_paper
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import Step
from shouwang.records.models import CasePaper
from shouwang.records.models.cases import PAPERS

_P = Permission
# Who may add a paper beside those whose step asks for it.
PERMISSIONS: dict[str, tuple[Permission, ...]] = {
    "household_check": (_P.CHECK_CLUE, _P.PROPOSE_ELIMINATION),
    "authorisation": (_P.RECORD_AUTHORISATION,),
    "comparison": (_P.REQUEST_COMPARISON, _P.ANSWER_COMPARISON),
    "appraisal": (_P.RECORD_APPRAISAL,),
    "notice": (_P.POST_NOTICE,),
    "plan_proposal": (_P.DRAW_UP_PLAN, _P.REVIEW_CASE),
    "announcement": (_P.ANNOUNCE_CASE,),
    "registration": (),
    "request": (_P.REQUEST_ROLLBACK,),
}


def add_paper(
    *, actor: Actor, case_id: int, version: int, kind: str, content: Mapping[str, Any], on: date, at: datetime
) -> CasePaper:
    """Add a paper of a kind; a later one of its kind stands in its place until its step is done.

    `content` is what `case_paper_content` asks of the kind; `on` is the day of the paper. Raises NotThere,
    NotAllowed, Stale, Unfit with the fields that are wrong.
    """
    with holding(actor=actor, action="case.paper", case_id=case_id, version=version, on=on, at=at) as hand:
        step = _step(hand, kind)
        _check_may(hand, kind, step)
        fit = checked_content(kind=kind, content=content, case=hand.case, state=hand.state, on=on)
        paper = CasePaper.objects.create(
            case=hand.case,
            division=hand.case.division,
            kind=kind,
            step_id=step.id,
            on=on,
            content={**fit, "after_event": hand.case.version},
            by_id=actor.viewer.account_id,
            recorded_at=at,
        )
        hand.act.reason = f"登记{PAPERS[kind]}"
    return paper


def _step(hand: Hand, kind: str) -> Step:
    if kind not in PERMISSIONS:
        raise Unfit("请选择材料类别", {"kind": "请选择材料类别"})
    if hand.state.status != "open":
        raise Unfit("本案已经结束，不能再补充材料")
    step = step_of_paper(hand.state, kind)
    if step is None:
        done = asks_for(hand.state.track, kind)
        said = (
            "用到它的环节已经办理，如需更正请先退回"
            if done
            else f"“{hand.state.track.label}”程序不需要这类材料"
        )
        raise Unfit(f"{PAPERS[kind]}：{said}")
    return step


def _check_may(hand: Hand, kind: str, step: Step) -> None:
    household = hand.case.household
    mine: list[str] = hand.roles_among(step.roles)
    for permission in PERMISSIONS[kind]:
        mine += hand.actor.viewer.roles_at(permission, household.division, household.pk, household.group_name)
    if not mine:
        raise NotAllowed(f"您在这里不能登记{PAPERS[kind]}，请由办理“{step.label}”的人员登记")
    hand.act.role = str(mine[0])
