"""Say why a suspicious finding is right as it is; an error is mended, not explained (R80)."""

from datetime import date, datetime

from shouwang.actions.acting import Actor, acting, locked
from shouwang.actions.refusals import Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import ReasonError, checked_reason
from shouwang.records.models import QualityFinding


def explain_finding(
    *, actor: Actor, finding_id: int, version: int, explanation: str, on: date, at: datetime
) -> QualityFinding:
    """Keep a finding as explained until its values change. Raises Unfit, Stale, NotAllowed, NotThere."""
    with acting(actor, "quality.explain", at=at) as act:
        finding: QualityFinding = locked(
            actor, QualityFinding.objects.all(), finding_id, Permission.EDIT_HOUSEHOLD, version=version
        )
        if finding.severity == "error":
            raise Unfit("程度为“错误”的问题要改正数据，不能只作说明")
        if finding.state != "open":
            raise Unfit(f"这个问题{finding.get_state_display()}，不需要说明")
        act.about(finding)
        act.before = {"state": finding.state}
        finding.explanation = _checked(explanation)
        finding.state = "explained"
        finding.explained_by_id, finding.explained_at = actor.viewer.account_id, at
        finding.version += 1
        finding.save()
        act.after = {"state": finding.state, "on": on}
        act.reason = finding.explanation
    return finding


def _checked(text: str) -> str:
    try:
        return checked_reason(text, "情况说明")
    except ReasonError as error:
        raise Unfit(str(error), {"explanation": str(error)}) from None
