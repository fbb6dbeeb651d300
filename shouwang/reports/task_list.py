"""Tasks of departments in reach, by where they stand."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from shouwang.records.access import visible
from shouwang.records.models import Task
from shouwang.records.viewers import Viewer

TABS = {"open": "待办理", "overdue": "已超期", "answered": "待销号", "closed": "已销号"}
_WAITING = ("sent", "returned")


def task_list(
    viewer: Viewer, on: date, *, tab: str, prefix: str = "", department: str = "", kind: str = ""
) -> QuerySet[Task]:
    """Return the tasks of a tab, soonest due first."""
    rows = _narrowed(viewer, prefix, department, kind).filter(_of_tab(tab, on))
    return rows.select_related("household").order_by("due_on", "pk")


def task_counts(
    viewer: Viewer, on: date, *, prefix: str = "", department: str = "", kind: str = ""
) -> dict[str, int]:
    """Count the tasks of each tab: one query."""
    rows = _narrowed(viewer, prefix, department, kind)
    counts: dict[str, int] = rows.aggregate(**{tab: Count("pk", filter=_of_tab(tab, on)) for tab in TABS})
    return counts


def _narrowed(viewer: Viewer, prefix: str, department: str, kind: str) -> QuerySet[Task]:
    rows = visible(Task.objects.all(), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    given = {"department": department, "kind": kind}
    return rows.filter(**{name: value for name, value in given.items() if value})


def _of_tab(tab: str, on: date) -> Q:
    if tab == "overdue":
        return Q(state__in=_WAITING, due_on__lt=on)
    return Q(state__in=_WAITING) if tab == "open" else Q(state=tab)
