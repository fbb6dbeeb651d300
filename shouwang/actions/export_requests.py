"""Asking for an export, and a second person's answer (T35)."""

from datetime import date, datetime

from shouwang.actions.acting import Act, Actor, acting, locked, require
from shouwang.actions.export_choice import Choice, Outcome, outcome, roles_for
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.numbering import next_number
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import ReasonError, checked_reason
from shouwang.domain.roles import ROLES
from shouwang.records.access import visible
from shouwang.records.models import ExportRequest
from shouwang.records.models.exports import EXPORT_PURPOSES

APPROVERS = tuple(role for role, entry in ROLES.items() if Permission.APPROVE_EXPORT in entry.permissions)


def request_export(
    *, actor: Actor, choice: Choice, purpose: str, reason: str, on: date, at: datetime
) -> ExportRequest:
    """Ask for an export; one that needs nobody's approval is approved with it. Raises NotThere, Unfit."""
    with acting(actor, "export.request", at=at) as act:
        roles = roles_for(viewer=actor.viewer, area=choice.area)
        found = outcome(viewer=actor.viewer, choice=choice)
        why = _checked(purpose, reason)
        if not found.row_count:
            raise Unfit("按所选条件没有可导出的内容，请调整范围或状态")
        made = _created(actor, choice, found, purpose=purpose, reason=why, on=on, at=at)
        made.chosen["roles"] = [str(each) for each in roles]
        made.save(update_fields=["chosen"])
        act.about(made, "+".join(str(each) for each in roles))
        act.reason = why
        act.after = {"profile": made.profile, "row_count": made.row_count, "state": made.state}
        if made.state == "asked":
            _tell_approvers(made, at)
    return made


def _checked(purpose: str, reason: str) -> str:
    if purpose not in EXPORT_PURPOSES:
        raise Unfit("请选择用途", {"purpose": "请选择用途"})
    try:
        return checked_reason(reason, "用途说明")
    except ReasonError as error:
        raise Unfit(str(error), {"reason": str(error)}) from None


def _created(
    actor: Actor, choice: Choice, found: Outcome, *, purpose: str, reason: str, on: date, at: datetime
) -> ExportRequest:
    division = choice.area.ljust(12, "0")
    return ExportRequest.objects.create(
        number=next_number(kind="export", division=division, on=on),
        division=division,
        area=choice.area,
        profile=choice.profile,
        chosen=choice.as_json(),
        columns=[list(each) for each in found.columns],
        lifted=list(found.lifted),
        has_personal=found.has_personal,
        row_count=found.row_count,
        purpose=purpose,
        reason=reason,
        why_approval="；".join(found.why_approval)[:200],
        state="asked" if found.why_approval else "approved",
        requested_by_id=actor.viewer.account_id,
        requested_at=at,
    )


def _tell_approvers(made: ExportRequest, at: datetime) -> None:
    others = set(accounts_with(roles=APPROVERS, division=made.division, at=at)) - {made.requested_by_id}
    text = f"有一份导出申请待审批（{made.number}，{made.row_count} 行）"
    notify(accounts=others, kind="export", text=text, link=f"/exports/{made.pk}/", at=at)


def approve_export(
    *, actor: Actor, export_id: int, version: int, opinion: str, at: datetime
) -> ExportRequest:
    """Allow an export that somebody else has asked for. Raises NotThere, NotAllowed, Stale, Unfit."""
    with acting(actor, "export.approve", at=at) as act:
        made = _to_decide(actor, export_id, version, act)
        _decide(made, actor, "approved", opinion.strip()[:300], at, act)
        text = f"导出申请 {made.number} 已批准，可以生成文件"
        notify(accounts=[made.requested_by_id], kind="export", text=text, link=f"/exports/{made.pk}/", at=at)
    return made


def refuse_export(*, actor: Actor, export_id: int, version: int, opinion: str, at: datetime) -> ExportRequest:
    """Refuse an export that somebody else has asked for, saying why."""
    with acting(actor, "export.refuse", at=at) as act:
        made = _to_decide(actor, export_id, version, act)
        try:
            why = checked_reason(opinion, "不批准的理由")
        except ReasonError as error:
            raise Unfit(str(error), {"opinion": str(error)}) from None
        _decide(made, actor, "refused", why, at, act)
        text = f"导出申请 {made.number} 未获批准"
        notify(accounts=[made.requested_by_id], kind="export", text=text, link=f"/exports/{made.pk}/", at=at)
    return made


def _to_decide(actor: Actor, export_id: int, version: int, act: Act) -> ExportRequest:
    row = locked(actor, ExportRequest.objects.all(), export_id, Permission.APPROVE_EXPORT, version=version)
    made: ExportRequest = row
    act.about(made, require(actor, Permission.APPROVE_EXPORT, made.division))
    if made.requested_by_id == actor.viewer.account_id:
        raise NotAllowed("不能审批自己的申请，请由另一名有审批权限的人员办理")
    if made.state != "asked":
        raise Stale("这份申请已经办理过，请刷新页面查看结果")
    return made


def _decide(made: ExportRequest, actor: Actor, state: str, opinion: str, at: datetime, act: Act) -> None:
    act.before, act.after = {"state": made.state}, {"state": state}
    act.reason = opinion
    made.state, made.opinion = state, opinion
    made.decided_by_id, made.decided_at = actor.viewer.account_id, at
    made.version += 1
    made.save(update_fields=["state", "opinion", "decided_by", "decided_at", "version"])


def own_request(*, actor: Actor, export_id: int, is_locked: bool = False) -> ExportRequest:
    """Return a request of the actor's own whose place he still exports from. Raises NotThere."""
    rows = visible(
        ExportRequest.objects.filter(pk=export_id, requested_by_id=actor.viewer.account_id),
        actor.viewer,
        Permission.REQUEST_EXPORT,
        is_write=True,
    )
    found = (rows.select_for_update(of=("self",)) if is_locked else rows).first()
    if found is None or not _still_holds(actor, found):
        raise NotThere
    return found


def _still_holds(actor: Actor, made: ExportRequest) -> bool:
    """Tell whether the roles in which it was asked are still held there: the masks rest on them."""
    held = {str(each) for each in actor.viewer.roles_at(Permission.REQUEST_EXPORT, made.division)}
    return held >= set(made.chosen["roles"])
