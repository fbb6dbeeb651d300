"""The audit: its events, one event whole, and the check of the chain; the audit administrator's pages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from shouwang.actions.audit_checks import AnchorError, record_check
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ROLES, Role
from shouwang.records.account_scope import accounts_of
from shouwang.records.models import AuditEvent
from shouwang.reports.account_lists import names_of
from shouwang.reports.audit_events import audit_events, last_check
from shouwang.web.clock import now
from shouwang.web.columns import PER_PAGE_CHOICES, Column, per_page
from shouwang.web.forms.audit import AuditFilterForm
from shouwang.web.page import Request, page
from shouwang.web.present import place_name
from shouwang.web.present_audit import (
    ACTIONS,
    RESULT_TONES,
    RESULTS,
    action_label,
    changes,
    target_label,
)

COLUMNS = (
    Column("sequence", "序号", is_fixed=True, is_number=True), Column("at", "时间"),
    Column("actor", "操作人"),
    Column("action", "操作"), Column("target", "对象"), Column("place", "区划"),
    Column("reason", "理由"), Column("address", "来源地址"), Column("result", "结果", is_fixed=True),
)  # fmt: skip


@page("audit/", "audit", Permission.READ_AUDIT)
def audit(request: Request) -> HttpResponse:
    """List the events of the auditor's place."""
    people = accounts_of(request.viewer, Permission.READ_AUDIT).order_by("login")
    actors = [("0", "系统或未登录"), *((str(each.pk), each.display_name) for each in people)]
    form = AuditFilterForm(request.GET, actions=ACTIONS, actors=actors)
    asked = form.cleaned_data if form.is_valid() else {}
    paginator = Paginator(audit_events(request.viewer, **asked), per_page(request.GET.get("per_page")))
    shown = paginator.get_page(request.GET.get("page"))
    names = names_of({each.actor for each in shown})
    check = last_check()
    context = {
        "heading": "操作日志", "list_name": "audit", "columns": COLUMNS, "page": shown, "filter_form": form,
        "page_numbers": paginator.get_elided_page_range(shown.number, on_each_side=2, on_ends=1),
        "per_page_choices": PER_PAGE_CHOICES, "rows": [_row(each, names) for each in shown],
        "check": check, "check_words": _check_words(check),
    }  # fmt: skip
    return render(request, "audit/list.html", context)


@page("audit/<int:sequence>/", "audit_event", Permission.READ_AUDIT)
def audit_event(request: Request, sequence: int) -> HttpResponse:
    """Show one event whole, with what it changed."""
    event = audit_events(request.viewer).filter(sequence=sequence).first()
    if event is None:
        raise NotThere
    row = _row(event, names_of([event.actor]))
    roles = "、".join(ROLES[Role(each)].label for each in event.role.split("+") if each in set(Role))
    facts = [
        {"label": "时间", "value": f"{localtime(event.at):%Y-%m-%d %H:%M:%S}"},
        {"label": "操作人", "value": row["actor"]},
        {"label": "角色", "value": roles or "无"}, {"label": "操作", "value": row["action"]},
        {"label": "对象", "value": row["target"]}, {"label": "区划", "value": row["place"]},
        {"label": "结果", "value": row["result"]}, {"label": "理由", "value": event.reason or "无"},
        {"label": "来源地址", "value": event.address}, {"label": "请求编号", "value": event.request_id},
        {"label": "摘要算法", "value": event.algorithm}, {"label": "摘要", "value": event.digest},
    ]  # fmt: skip
    context = {
        "heading": f"操作日志第 {sequence} 条", "facts": facts,
        "changes": changes(event.target_kind, event.before, event.after),
        "breadcrumbs": [{"label": "操作日志", "url": reverse("audit")}, {"label": f"第 {sequence} 条"}],
    }  # fmt: skip
    return render(request, "audit/event.html", context)


@page("audit/verify/", "audit_verify", Permission.VERIFY_AUDIT, methods=("POST",))
def audit_verify(request: Request) -> HttpResponse:
    """Check the whole chain and say what was found."""
    try:
        check = record_check(actor=request.actor, at=now())
    except AnchorError as error:
        raise Unfit(str(error)) from None
    (messages.error if check.broken else messages.success)(request, check.message)
    return HttpResponseRedirect(reverse("audit"), status=303)


def _row(event: AuditEvent, names: dict[str, str]) -> dict[str, object]:
    return {
        "event": event,
        "actor": names.get(event.actor, "系统或未登录"),
        "action": action_label(event.action),
        "target": target_label(event.target_kind, event.target_id),
        "place": place_name(event.division) if event.division else "不涉及区划",
        "result": RESULTS[event.result],
        "tone": RESULT_TONES[event.result],
    }


def _check_words(check: AuditEvent | None) -> tuple[str, str]:
    """Return tone and words of the last check of the chain."""
    if check is None:
        return "warning", "还没有校验过，请点“校验日志”。"
    said, when = check.after, f"{localtime(check.at):%Y-%m-%d %H:%M}"
    if said.get("is_whole"):
        words = f"{when} 校验 {said.get('rows')} 条，与 {said.get('anchors')} 个锚点相符，日志完整。"
        return "success", words
    words = f"{when} 校验发现第 {said.get('first_broken')} 条起不符，请立即报告并保全现场。"
    return "error", words
