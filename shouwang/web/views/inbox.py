"""The inbox: what is to be done, most urgent first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.domain.permissions import Permission
from shouwang.records.models import Notification
from shouwang.reports.inbox import GROUPS, MOST_OF_A_KIND, Inbox, Todo
from shouwang.reports.inbox import inbox as inbox_of
from shouwang.web.clock import today
from shouwang.web.columns import Column
from shouwang.web.household_words import address
from shouwang.web.page import PAGES, Request, page
from shouwang.web.present import head_name, local_place

COLUMNS = (
    Column("what", "事项", is_fixed=True),
    Column("household", "农户"),
    Column("place", "村"),
    Column("due", "期限"),
)
# Where everything of a kind stands.
_LISTS = {
    "clue": ("clues", {"tab": "mine"}),
    "case": ("cases", {}),
    "plan": ("plans", {}),
    "task": ("tasks", {}),
    "visit": ("visits", {}),
    "contact": ("contacts", {"tab": "missing"}),
}
_WAYS = {"农户查询": "households", "线索管理": "clues", "个案办理": "cases", "规则成效": "hit_rates"}
_TILE_TONES = {"overdue": "late", "today": "todo", "week": "", "later": ""}
_WORK = (
    Permission.SEE_HOUSEHOLDS,
    Permission.ANSWER_TASK,
    Permission.DISPATCH_CLUE,
    Permission.RAISE_PROBLEM,
)


@page("inbox/", "inbox", _WORK)
def inbox(request: Request) -> HttpResponse:
    """Show the to-dos of the roles held, narrowed by kind (`?kind=`) and by deadline (`?group=`)."""
    kind, group = request.GET.get("kind", ""), request.GET.get("group", "")
    group = group if group in GROUPS else ""
    found = inbox_of(request.viewer, today(), kind=kind, group=group)
    shown = [
        {
            "key": key,
            "label": GROUPS[key],
            "rows": [_row(request, each) for each in rows],
            "count": found.by_group[key] if not kind else None,
        }
        for key, rows in found.grouped.items()
    ]
    context = {
        "heading": "待办事项",
        "columns": COLUMNS,
        "lists": _lists(request, found, kind),
        "ways": [] if found.total else _ways(request),
        "found": found,
        "groups": shown,
        "most": MOST_OF_A_KIND,
        "tiles": [_tile(key, found.by_group[key], kind, group) for key in GROUPS],
        "tabs": _tabs(found.by_kind, found.labels, kind, found.total),
        "elimination_url": address("eliminations", None) if found.elimination_count else "",
        "notification_count": Notification.objects.filter(
            account_id=request.viewer.account_id, is_read=False
        ).count(),
    }
    return render(request, "inbox/page.html", context)


def _url(**narrowed: str) -> str:
    query = urlencode({name: value for name, value in narrowed.items() if value})
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")


def _tile(key: str, number: int, kind: str, group: str) -> dict[str, Any]:
    tone = _TILE_TONES[key] if number else ""
    return {
        "label": GROUPS[key],
        "number": number,
        "tone": tone,
        "is_current": group == key,
        "url": _url(kind=kind, group="" if group == key else key),
    }


def _tabs(by_kind: dict[str, int], labels: dict[str, str], kind: str, total: int) -> list[dict[str, Any]]:
    first = {"label": "全部", "url": _url(), "is_current": kind == "", "count": total}
    rest = [
        {"label": labels[key], "url": _url(kind=key), "is_current": kind == key, "count": number}
        for key, number in by_kind.items()
    ]
    return [first, *rest]


def _lists(request: Request, found: Inbox, kind: str) -> list[dict[str, Any]]:
    """Return the list where everything of each kind shown stands, as far as the reader may open it."""
    shown = []
    for key, number in found.by_kind.items():
        name, query = _LISTS[key]
        if PAGES[name].allows(request.viewer) and kind in ("", key):
            url = f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)
            shown.append({"label": found.labels[key], "url": url, "count": number})
    return shown


def _ways(request: Request) -> list[dict[str, str]]:
    """Return where to go on for who has nothing to do."""
    return [
        {"label": label, "url": reverse(name)}
        for label, name in _WAYS.items()
        if PAGES[name].allows(request.viewer)
    ]


def _row(request: Request, todo: Todo) -> dict[str, Any]:
    household = todo.household
    days = None if todo.due_on is None else (todo.due_on - today()).days
    return {
        "what": todo.what,
        "url": address(todo.page, todo.page_id),
        "household": head_name(request.viewer, household) if household else "未关联农户",
        "household_url": reverse("household", args=[household.pk]) if household else "",
        "place": local_place(request.viewer, todo.division),
        "days": days,
        "due_on": todo.due_on,
        "note": todo.note,
        "is_escalated": todo.is_escalated,
        "is_returned": todo.is_returned,
    }
