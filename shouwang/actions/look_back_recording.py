"""Keep what a look-back answered, the way that follows, and the way decided (R51)."""

from dataclasses import asdict
from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.actions.visit_recording import has_confirmed
from shouwang.domain.after_elimination import DECISIONS, Decision, Findings, decide_after_elimination
from shouwang.domain.permissions import Permission
from shouwang.records.models import Household, LookBack

_FEWEST = 4


def record_look_back(
    *,
    actor: Actor,
    household_id: int,
    findings: Findings,
    decision: str,
    opinion: str,
    on: date,
    at: datetime,
) -> LookBack:
    """Record the answers about an eliminated household and what was decided; another way needs its reason."""
    with acting(actor, "look_back.record", at=at) as act:
        household = locked(actor, Household.objects.all(), household_id, Permission.LOOK_BACK)
        if household.monitoring != "eliminated":
            raise Unfit("只对已标注风险消除的户做回头看")
        if has_confirmed(actor=actor, household=household):
            raise NotAllowed("这户的风险消除由您本人确认，回头看须由他人进行")
        suggested = decide_after_elimination(findings)
        if wrong := _wrong(suggested, decision, opinion.strip()):
            raise Unfit(wrong.values(), wrong)
        role = actor.viewer.roles_at(
            Permission.LOOK_BACK, household.division, household.pk, household.group_name
        )[0]
        kept = LookBack.objects.create(
            household=household,
            division=household.division,
            **asdict(findings),
            suggested=suggested.key,
            decision=decision,
            opinion=opinion.strip(),
            on=on,
            by_id=actor.viewer.account_id,
            role=str(role),
            recorded_at=at,
        )
        act.about(kept, role)
        act.after = {**asdict(findings), "suggested": kept.suggested, "decision": kept.decision}
    return kept


def _wrong(suggested: Decision, decision: str, opinion: str) -> dict[str, str]:
    if decision not in DECISIONS:
        return {"decision": "请选择处置决定"}
    if decision and not suggested.routes:
        return {"decision": suggested.text}
    if decision != suggested.key and len(opinion) < _FEWEST:
        return {"opinion": f"决定与建议（{DECISIONS[suggested.key]}）不同，请写明理由（至少4个字）"}
    return {}
