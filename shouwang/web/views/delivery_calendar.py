"""The calendar of who delivers what by when, and the scores that go back to the departments."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.domain.departments import DEPARTMENTS, department_label
from shouwang.domain.feed_duties import PARTIES, Duty
from shouwang.domain.permissions import Permission
from shouwang.records.feed_months import LABELS, FeedMonth
from shouwang.records.viewers import Viewer
from shouwang.reports.delivery_calendar import Line, calendar_of
from shouwang.reports.delivery_list import LOOKERS
from shouwang.reports.delivery_scores import Score, scores
from shouwang.web.clock import today
from shouwang.web.columns import Column
from shouwang.web.page import Request, page
from shouwang.web.present import place_name
from shouwang.web.views.delivery_upload import departments_of

_P = Permission
TONES = {
    "done": "done",
    "late": "returned",
    "soon": "todo",
    "overdue": "overdue",
    "open": "info",
    "unasked": "draft",
    "before": "draft",
}
DUTY_COLUMNS = (
    Column("label", "事项", is_fixed=True), Column("giver", "由谁"), Column("taker", "报给"),
    Column("day", "每月几日前"), Column("source", "依据"),
)  # fmt: skip
SCORE_COLUMNS = (
    Column("department", "部门", is_fixed=True), Column("expected", "应推送（月）", is_number=True),
    Column("came", "已推送", is_number=True), Column("in_time", "按时", is_number=True),
    Column("complete", "完整率", is_number=True), Column("punctual", "按时率", is_number=True),
    Column("rows", "数据行", is_number=True), Column("bad", "错误行", is_number=True),
    Column("unmatched", "未匹配", is_number=True), Column("refused", "退回批次", is_number=True),
    Column("withdrawn", "撤回批次", is_number=True), Column("last", "最近推送"),
)  # fmt: skip


@page("delivery-calendar/", "delivery_calendar", LOOKERS)
def delivery_calendar(request: Request) -> HttpResponse:
    """Show every duty, and of each feed the last months."""
    chosen, counties = _county(request)
    own = _departments(request.viewer)
    found = calendar_of(chosen, today(), own) if chosen else None
    month_columns = (
        tuple(Column(f"m{at}", f"{each:%Y-%m}") for at, each in enumerate(found.months)) if found else ()
    )
    context = {
        "heading": "推送日历",
        "county": place_name(chosen.ljust(12, "0"), 1) if chosen else "",
        "counties": counties,
        "chosen": chosen,
        "columns": DUTY_COLUMNS,
        "month_columns": (Column("feed", "数据", is_fixed=True), *month_columns),
        "duties": [_duty(each) for each in found.duties] if found else [],
        "lines": [_line(each) for each in found.lines] if found else [],
        "on": today(),
    }
    return render(request, "deliveries/calendar.html", context)


@page("delivery-scores/", "delivery_scores", LOOKERS)
def delivery_scores(request: Request) -> HttpResponse:
    """Show how complete, punctual and clean each department's deliveries were in a year."""
    chosen, counties = _county(request)
    own = _departments(request.viewer) or list(DEPARTMENTS)
    found = scores(request.viewer, chosen, today(), own) if chosen else []
    context = {
        "heading": "推送质量",
        "county": place_name(chosen.ljust(12, "0"), 1) if chosen else "",
        "counties": counties,
        "chosen": chosen,
        "columns": SCORE_COLUMNS,
        "rows": [_score(each) for each in found],
        "on": today(),
        "calendar_url": f"{reverse('delivery_calendar')}?county={chosen}",
    }
    return render(request, "deliveries/scores.html", context)


def _county(request: Request) -> tuple[str, list[tuple[str, str]]]:
    """Return the county asked for, the first in reach by default, and those there are to choose from."""
    prefixes = sorted(
        {
            reach.prefix[:6]
            for permission in LOOKERS
            for reach in request.viewer.scope(permission).reaches
            if len(reach.prefix) >= 6
        }
    )
    asked = request.GET.get("county", "")
    chosen = asked if asked in prefixes else (prefixes[0] if prefixes else "")
    return chosen, [(each, place_name(each.ljust(12, "0"), 1)) for each in prefixes]


def _departments(viewer: Viewer) -> list[str] | None:
    """Return the departments a viewer is shown: his own, or None for all."""
    if any(viewer.scope(each).reaches for each in (_P.IMPORT_DATA, _P.RUN_SCREENING)):
        return None
    return [key for key, _ in departments_of(viewer)]


def _duty(duty: Duty) -> dict[str, Any]:
    when = {0: "当月", 1: "次月"}.get(duty.months_after, f"{duty.months_after} 个月后")
    return {
        "duty": duty,
        "giver": PARTIES[duty.giver],
        "taker": PARTIES[duty.taker],
        "day": f"{when} {duty.day} 日",
        "feeds": "、".join(department_label(each) for each in duty.feeds),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "feed": department_label(line.feed),
        "months": [(f"m{at}", _cell(each, today())) for at, each in enumerate(line.months)],
    }


def _cell(each: FeedMonth, on: date) -> dict[str, str]:
    said = LABELS[each.state]
    if each.delivered_on is not None and each.state != "before":
        said = f"{each.delivered_on:%m-%d} {said}"
    elif each.state == "soon":
        said = f"{each.due_on:%m-%d} 前"
    elif each.state == "overdue":
        said = f"缺，超期 {each.days_late(on)} 天"
    return {"tone": TONES[each.state], "said": said}


def _score(each: Score) -> dict[str, Any]:
    return {
        "score": each,
        "department": department_label(each.department),
        "complete": _percent(each.complete_percent),
        "punctual": _percent(each.punctual_percent),
        "bad": _permille(each.bad_permille),
        "unmatched": _permille(each.unmatched_permille),
        "last": each.last_at,
    }


def _percent(value: int | None) -> str:
    return "—" if value is None else f"{value}%"


def _permille(value: int | None) -> str:
    return "—" if value is None else f"{value / 10:.1f}%"
