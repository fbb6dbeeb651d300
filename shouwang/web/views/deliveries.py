"""Departments' deliveries: handing one in, following it, and what people decide of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.actions.delivery_deciding import accept_rows, refuse_delivery, release_delivery, stop_delivery
from shouwang.actions.delivery_receiving import SENDERS
from shouwang.actions.delivery_withdrawing import withdraw_delivery
from shouwang.actions.refusals import NotThere
from shouwang.domain.deliveries import DeliveryState
from shouwang.domain.departments import department_label
from shouwang.domain.permissions import Permission
from shouwang.domain.tables import FEEDS
from shouwang.exchange.matching import UNMATCHED_REASONS
from shouwang.records.models import Delivery, DeliverySheet
from shouwang.reports.delivery_comparison import delivery_before
from shouwang.reports.delivery_list import (
    LOOKERS,
    TABS,
    deliveries_in_reach,
    delivery_counts,
    delivery_list,
    sheets_of,
    unmatched_reasons,
)
from shouwang.reports.delivery_withdrawal import would_take_back
from shouwang.web.assistance import list_context
from shouwang.web.clock import now
from shouwang.web.columns import Column
from shouwang.web.forms.deliveries import DecisionForm, DeliveryFilter, VersionForm
from shouwang.web.page import PAGES, Request, page
from shouwang.web.posting import answered, see_other
from shouwang.web.views.delivery_upload import HANDERS, departments_of

_P = Permission
TONES = {
    "received": "todo", "reading": "doing", "unmapped": "returned", "waiting": "todo",
    "quarantined": "overdue", "committed": "done", "refused": "stopped", "cancelled": "stopped",
    "withdrawn": "stopped",
}  # fmt: skip
ROW_STATES = {"waiting": "待核", "placed": "已归入", "dropped": "已放弃"}
COLUMNS = (
    Column("number", "批次", is_fixed=True),
    Column("department", "部门"),
    Column("file", "文件"),
    Column("month", "月份"),
    Column("rows", "行数", is_number=True),
    Column("placed", "入库", is_number=True),
    Column("unmatched", "未匹配", is_number=True),
    Column("state", "状态"),
    Column("received", "收到时间"),
    Column("act", "操作", is_fixed=True),
)
SHEET_COLUMNS = (
    Column("sheet", "工作表"), Column("feed", "数据来源"), Column("month", "月份"),
    Column("rows", "行数", is_number=True), Column("refused", "错误", is_number=True),
    Column("unmatched", "未匹配", is_number=True), Column("repeated", "重复推送", is_number=True),
    Column("in_force", "是否生效"),
)  # fmt: skip
ERROR_COLUMNS = (
    Column("column", "列", is_fixed=True), Column("reason", "原因"), Column("count", "个数", is_number=True),
    Column("rows", "行号"), Column("fate", "处理"),
)  # fmt: skip


@page("deliveries/", "deliveries", LOOKERS)
def deliveries(request: Request) -> HttpResponse:
    """List deliveries by where they stand."""
    form = DeliveryFilter(request.GET)
    department = form.cleaned_data["department"] if form.is_valid() else ""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    counts = delivery_counts(request.viewer, department=department)
    tabs = [
        {
            "label": label,
            "url": f"{reverse('deliveries')}?tab={key}&department={department}",
            "is_current": key == tab,
            "count": counts[key],
        }
        for key, (label, _) in TABS.items()
    ]
    rows = delivery_list(request.viewer, tab=tab, department=department)
    context = list_context(
        request, rows, COLUMNS, list_name="deliveries", heading="数据推送", filter_form=form, tabs=tabs
    )
    context["rows"] = [_row(each) for each in context["page"]]
    context["may_hand_in"] = bool(departments_of(request.viewer))
    return render(request, "deliveries/list.html", context)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "department": SENDERS.get(delivery.department, delivery.department),
        "tone": TONES[delivery.state],
        "counts": delivery.counts,
        "month": f"{delivery.month:%Y-%m}" if delivery.month else "",
    }


@page("deliveries/<int:delivery_id>/", "delivery", LOOKERS)
def delivery(request: Request, delivery_id: int) -> HttpResponse:
    """Show a delivery: how far it is, what it holds, and what may be decided."""
    return delivery_page(request, delivery_id)


@page("deliveries/<int:delivery_id>/progress/", "delivery_progress", LOOKERS)
def delivery_progress(request: Request, delivery_id: int) -> HttpResponse:
    """Show how far the reading is; when it has ended, lead the page to be shown anew."""
    shown = found_delivery(request, delivery_id)
    response = render(request, "deliveries/progress.html", {"delivery": shown, "progress": _progress(shown)})
    if shown.state not in (DeliveryState.RECEIVED, DeliveryState.READING):
        response["HX-Refresh"] = "true"
    return response


def found_delivery(request: Request, delivery_id: int) -> Delivery:
    """Return a delivery in reach. Raises NotThere."""
    rows = deliveries_in_reach(request.viewer).select_related(
        "received_by", "decided_by", "load", "screened", "corrects"
    )
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotThere
    return found


def delivery_page(
    request: Request, delivery_id: int, bad: DecisionForm | VersionForm | None = None
) -> HttpResponse:
    """Render the page of a delivery; `bad` is a form that was refused."""
    shown = found_delivery(request, delivery_id)
    version = {"version": shown.version}
    may_act = bool(departments_of(request.viewer))
    is_committed = shown.state == DeliveryState.COMMITTED
    context = {
        "heading": f"推送第 {shown.pk} 批",
        "delivery": shown,
        "row": _row(shown),
        "summary_facts": _facts(shown),
        "progress": _progress(shown),
        "is_running": shown.state in (DeliveryState.RECEIVED, DeliveryState.READING),
        "columns": SHEET_COLUMNS,
        "error_columns": ERROR_COLUMNS,
        "sheets": [_sheet(each) for each in sheets_of(shown)],
        "unmatched": [
            {"reason": UNMATCHED_REASONS.get(code, code), "state": ROW_STATES[state], "count": count}
            for code, state, count in unmatched_reasons(shown)
        ],
        "row_errors": [
            {**each, "places": "、".join(str(row_no) for row_no in each["rows"])} for each in shown.row_errors
        ],
        "corrections": list(shown.corrections.order_by("pk")),
        "before": delivery_before(shown) if is_committed else None,
        "taken_back": would_take_back(shown) if is_committed and may_act else None,
        "matches_url": reverse("matches")
        if "matches" in PAGES and PAGES["matches"].allows(request.viewer)
        else "",
        "may_act": may_act,
        "may_release": bool(request.viewer.roles_at(_P.IMPORT_DATA, shown.division)),
        "decision": bad or DecisionForm(initial=version),
        "version": VersionForm(initial=version),
    }
    return render(request, "deliveries/detail.html", context, status=422 if bad else 200)


def _facts(shown: Delivery) -> list[dict[str, object]]:
    declared = shown.declared
    return [
        {"label": "部门", "value": department_label(shown.department)},
        {"label": "推送单位", "value": shown.sender or "—"},
        {"label": "文件", "value": shown.file_name},
        {"label": "数据来源", "value": "、".join(FEEDS[feed][0] for feed in shown.feeds) or "—"},
        {"label": "月份", "value": f"{shown.month:%Y-%m}" if shown.month else declared.get("month") or "—"},
        {"label": "上传人", "value": shown.received_by.display_name if shown.received_by else "系统"},
        {"label": "收到时间", "value": f"{shown.received_at.astimezone():%Y-%m-%d %H:%M}"},
        {"label": "文件摘要", "value": shown.file_sha256[:16]},
    ]


def _progress(shown: Delivery) -> dict[str, Any]:
    said = shown.progress or {}
    done, total = said.get("done", 0), said.get("total", 0)
    return {"text": said.get("text") or "排队等候读取", "done": done, "total": total or None}


def _sheet(sheet: DeliverySheet) -> dict[str, Any]:
    return {"sheet": sheet, "feed": FEEDS[sheet.feed][0], "name": sheet.sheet or "（文本文件）"}


def _decide(
    request: Request, delivery_id: int, act: Callable[..., Delivery], said: str, *, has_reason: bool
) -> HttpResponse:
    found_delivery(request, delivery_id)
    form = DecisionForm(request.POST) if has_reason else VersionForm(request.POST)
    done = answered(
        request,
        form,
        lambda typed: act(actor=request.actor, delivery_id=delivery_id, at=now(), **typed),
        said=said,
        to=reverse("delivery", args=[delivery_id]),
    )
    return done or delivery_page(request, delivery_id, form)


@page("deliveries/<int:delivery_id>/accept/", "delivery_accept", HANDERS, methods=("POST",))
def delivery_accept(request: Request, delivery_id: int) -> HttpResponse:
    """Let the good rows count."""
    return _decide(request, delivery_id, accept_rows, "已确认，正在入库其余各行", has_reason=False)


@page("deliveries/<int:delivery_id>/release/", "delivery_release", _P.IMPORT_DATA, methods=("POST",))
def delivery_release(request: Request, delivery_id: int) -> HttpResponse:
    """Lift a doubt."""
    return _decide(request, delivery_id, release_delivery, "已放行，正在入库", has_reason=True)


@page("deliveries/<int:delivery_id>/refuse/", "delivery_refuse", HANDERS, methods=("POST",))
def delivery_refuse(request: Request, delivery_id: int) -> HttpResponse:
    """Send a delivery back."""
    return _decide(request, delivery_id, refuse_delivery, "已退回", has_reason=True)


@page("deliveries/<int:delivery_id>/withdraw/", "delivery_withdraw", HANDERS, methods=("POST",))
def delivery_withdraw(request: Request, delivery_id: int) -> HttpResponse:
    """Take a delivery back."""
    return _decide(request, delivery_id, withdraw_delivery, "已撤回，它的数据不再生效", has_reason=True)


@page("deliveries/<int:delivery_id>/stop/", "delivery_stop", HANDERS, methods=("POST",))
def delivery_stop(request: Request, delivery_id: int) -> HttpResponse:
    """Ask for the reading to stop."""
    found_delivery(request, delivery_id)
    stop_delivery(actor=request.actor, delivery_id=delivery_id, at=now())
    return see_other(reverse("delivery", args=[delivery_id]))
