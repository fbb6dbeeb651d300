"""What became of a delivery: its bad rows to mend, and how it differs from the one before."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from shouwang.actions.delivery_giving_back import give_errors
from shouwang.domain.tables import FEEDS, Column
from shouwang.domain.wording import amount
from shouwang.exchange.layouts import code_words, layouts
from shouwang.records.models import Household
from shouwang.records.viewers import Viewer
from shouwang.reports.delivery_comparison import KINDS, MOST_LISTED, Difference, compare
from shouwang.reports.delivery_list import LOOKERS
from shouwang.web.clock import now
from shouwang.web.columns import Column as ShownColumn
from shouwang.web.page import Request, page
from shouwang.web.present import head_name, masked
from shouwang.web.views.deliveries import found_delivery
from shouwang.web.views.delivery_upload import HANDERS, departments_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    ShownColumn("household", "农户", is_fixed=True),
    ShownColumn("row", "行号"),
    ShownColumn("values", "内容"),
)


@page("deliveries/<int:delivery_id>/errors/", "delivery_errors", HANDERS, methods=("POST",))
def delivery_errors(request: Request, delivery_id: int) -> HttpResponse:
    """Give the workbook of the bad rows, and write that down."""
    found_delivery(request, delivery_id)
    name, content = give_errors(actor=request.actor, delivery_id=delivery_id, at=now())
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page("deliveries/<int:delivery_id>/comparison/", "delivery_comparison", LOOKERS)
def delivery_comparison(request: Request, delivery_id: int) -> HttpResponse:
    """Show what is new, gone and changed against the delivery before."""
    shown = found_delivery(request, delivery_id)
    kind = request.GET.get("kind", "changed")
    kind = kind if kind in KINDS else "changed"
    found = compare(request.viewer, shown, kind)
    is_own = shown.department in dict(departments_of(request.viewer))
    address = reverse("delivery_comparison", args=[delivery_id])
    context = {
        "heading": f"第 {shown.pk} 批与上一批比对",
        "delivery": shown,
        "found": found,
        "feed": FEEDS[found.feed][0] if found else "",
        "columns": COLUMNS,
        "tabs": [
            {
                "label": label,
                "url": f"{address}?kind={key}",
                "is_current": key == kind,
                "count": found.counts[key],
            }
            for key, label in KINDS.items()
        ]
        if found
        else [],
        "rows": [_row(request.viewer, found.feed, each, is_own) for each in found.listed] if found else [],
        "most": MOST_LISTED,
        "breadcrumbs": [
            {"label": "数据推送", "url": reverse("deliveries")},
            {"label": f"第 {shown.pk} 批", "url": reverse("delivery", args=[delivery_id])},
            {"label": "与上一批比对"},
        ],
    }
    return render(request, "deliveries/comparison.html", context)


def _row(viewer: Viewer, feed: str, each: Difference, is_own: bool) -> dict[str, Any]:
    home = each.household
    return {
        "household": home,
        "name": head_name(viewer, home) if home else "",
        "why_not": "不在查看范围" if each.is_matched else "未匹配到户",
        "before": each.row_no_before,
        "now": each.row_no,
        "values": [
            {
                "label": column.label,
                "before": _said(viewer, feed, column, before, home, is_own),
                "now": _said(viewer, feed, column, now_value, home, is_own),
            }
            for column, before, now_value in each.values
        ],
    }


def _said(
    viewer: Viewer, feed: str, column: Column, value: object, home: Household | None, is_own: bool
) -> str:
    """Write a fact as the viewer may read it.

    Of a household out of reach only its department is told what it has said itself, and nothing of health.
    """
    if value is None:
        return "未填"
    if home is None:
        return "***" if column.is_personal or not is_own else _plain(feed, column, value)
    seen = masked(viewer, f"{FEEDS[feed][1]}.{column.name}", _plain(feed, column, value), home)
    return seen or "未填"


def _plain(feed: str, column: Column, value: object) -> str:
    if column.type == "fen" and isinstance(value, int):
        return amount(value)
    if isinstance(value, date):
        return f"{value:%Y-%m}" if column.name.endswith("month") else value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    for each in layouts()[feed].columns.values():
        if each.kind == "code" and any(target.name == column.name for target in each.targets):
            return code_words(each.argument).get(str(value), str(value))
    return str(value)
