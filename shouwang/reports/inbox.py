"""What is to be done, by role and deadline: two queries for each kind of work, however much there is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.access import visible
from shouwang.records.models import Case, Clue, Household, Plan, Task
from shouwang.records.models.clues import CLUE_STATES
from shouwang.records.models.plans import TASK_STATES
from shouwang.records.viewers import Viewer

_P = Permission
MOST_OF_A_KIND = 50
GROUPS = {"overdue": "已超期", "today": "今日到期", "week": "七日内到期", "later": "以后到期或无时限"}
_WEEK = timedelta(days=7)
_MONTHS_BEFORE_ELIMINATION = 6
_CLUE_PERMISSIONS = {"received": _P.DISPATCH_CLUE, "dispatched": _P.CHECK_CLUE, "checked": _P.GIVE_VERDICT}


@dataclass(frozen=True)
class Todo:
    """One thing to do; `page` and `page_id` lead to where it is done."""

    kind: str
    what: str
    household: Household | None
    division: str
    due_on: date | None
    page: str
    page_id: int
    is_escalated: bool = False
    is_returned: bool = False
    note: str = ""

    def group(self, today: date) -> str:
        """Return which of GROUPS it belongs to."""
        if self.due_on is None or self.due_on > today + _WEEK:
            return "later"
        return "overdue" if self.due_on < today else "today" if self.due_on == today else "week"


@dataclass(frozen=True)
class Kind:
    """One kind of work: whose it is, and how a row of it is shown. `due` is the column of its last day."""

    key: str
    label: str
    rows: Callable[[Viewer, date], QuerySet[Any]]
    show: Callable[[Any, date], Todo]
    due: str = "due_on"


@dataclass
class Inbox:
    """The to-dos of a viewer, soonest first, with the whole number of each kind and group."""

    todos: list[Todo]
    by_group: dict[str, int]
    by_kind: dict[str, int]
    labels: dict[str, str]
    elimination_count: int | None = None
    grouped: dict[str, list[Todo]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everything that is to be done."""
        return sum(self.by_group.values())


def inbox(viewer: Viewer, today: date, *, kind: str = "", group: str = "") -> Inbox:
    """Return what a viewer has to do; `kind` and `group` narrow the rows and not the numbers."""
    by_group = dict.fromkeys(GROUPS, 0)
    by_kind: dict[str, int] = {}
    todos: list[Todo] = []
    for each in KINDS:
        rows = each.rows(viewer, today)
        numbers = _counted(rows, each.due, today)
        total = sum(numbers.values())
        if not total:
            continue
        by_kind[each.key] = total
        for name, number in numbers.items():
            by_group[name] += number
        if kind in ("", each.key):
            todos += _read(each, rows, today, group)
    todos.sort(key=lambda one: (one.due_on or date.max, one.kind, one.page_id))
    grouped = {name: [one for one in todos if one.group(today) == name] for name in GROUPS}
    labels = {each.key: each.label for each in KINDS if each.key in by_kind}
    ready = _elimination_count(viewer, today)
    return Inbox(
        todos, by_group, by_kind, labels, ready, {name: rows for name, rows in grouped.items() if rows}
    )


def inbox_count(viewer: Viewer, today: date) -> int:
    """Return how many things a viewer has to do."""
    return sum(sum(_counted(each.rows(viewer, today), each.due, today).values()) for each in KINDS)


def _within(due: str, today: date) -> dict[str, Q]:
    return {
        "overdue": Q(**{f"{due}__lt": today}),
        "today": Q(**{due: today}),
        "week": Q(**{f"{due}__gt": today, f"{due}__lte": today + _WEEK}),
        "later": Q(**{f"{due}__gt": today + _WEEK}) | Q(**{f"{due}__isnull": True}),
    }


def _counted(rows: QuerySet[Any], due: str, today: date) -> dict[str, int]:
    if rows.query.is_empty():
        return {}
    if due == "":
        return {"later": rows.count()}
    if due == "month_end":
        name = "week" if _month_end(today) <= today + _WEEK else "later"
        return {"today" if _month_end(today) == today else name: rows.count()}
    return rows.order_by().aggregate(
        **{name: Count("pk", filter=where) for name, where in _within(due, today).items()}
    )


def _read(kind: Kind, rows: QuerySet[Any], today: date, group: str) -> Iterator[Todo]:
    if kind.due in ("", "month_end"):
        shown = rows[:MOST_OF_A_KIND]
    else:
        within = rows.filter(_within(kind.due, today)[group]) if group else rows
        shown = within.order_by(kind.due, "pk")[:MOST_OF_A_KIND]
    todos = (kind.show(row, today) for row in shown)
    return (one for one in todos if group in ("", one.group(today)))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _names(viewer: Viewer) -> list[str]:
    return [str(role) for role in viewer.roles]


def _clues(viewer: Viewer, today: date) -> QuerySet[Clue]:
    """Open clues whose turn is one of the viewer's roles, or that were escalated to one."""
    roles = _names(viewer)
    mine = Q(pk__in=[])
    for state, permission in _CLUE_PERMISSIONS.items():
        if permission in viewer.permissions:
            mine |= Q(state=state) & (Q(turn__in=roles) | Q(turn=""))
    rows = Clue.objects.filter(mine | Q(escalated_to__in=roles)).exclude(state="closed")
    return visible(rows, viewer, is_write=True).select_related("household")


def _show_clue(clue: Clue, today: date) -> Todo:
    what = f"线索{CLUE_STATES[clue.state]}"
    return Todo(
        "clue", what, clue.household, clue.division, clue.due_on, "clue", clue.pk, bool(clue.escalated_to),
        note="紧急" if clue.is_urgent else "",
    )  # fmt: skip


def _cases(viewer: Viewer, today: date) -> QuerySet[Case]:
    roles = _names(viewer)
    mine = Q(turn_roles__overlap=roles) | Q(escalated_to__in=roles)
    if _P.ANSWER_OBJECTION in viewer.permissions:
        mine |= Q(has_open_objection=True)
    rows = Case.objects.filter(mine, status="open")
    return visible(rows, viewer, is_write=True).select_related("household")


def _show_case(case: Case, today: date) -> Todo:
    waits = case.not_before is not None and case.not_before > today
    notes = ["公示中"] if case.is_under_notice else []
    notes += ["绿色通道"] if case.is_green_channel else []
    notes += [f"{case.not_before}起可办"] if waits else []
    what = "答复异议" if case.has_open_objection else case.turn_label or "个案办理"
    return Todo(
        "case", what, case.household, case.division, case.due_on, "case", case.pk, bool(case.escalated_to),
        note="、".join(notes),
    )  # fmt: skip


def _plans(viewer: Viewer, today: date) -> QuerySet[Plan]:
    mine = Q(pk__in=[])
    if _P.APPROVE_PLAN in viewer.permissions:
        mine |= Q(state="submitted")
    if _P.DRAW_UP_PLAN in viewer.permissions:
        mine |= Q(state="returned") | Q(state="draft", drawn_up_by=viewer.account_id)
    return visible(Plan.objects.filter(mine), viewer, is_write=True).select_related("household")


def _show_plan(plan: Plan, today: date) -> Todo:
    what = {"submitted": "审定帮扶计划", "returned": "修改退回的帮扶计划"}.get(plan.state, "完成帮扶计划")
    return Todo(
        "plan", what, plan.household, plan.division, plan.due_on, "plan", plan.pk,
        is_returned=plan.state == "returned",
    )  # fmt: skip


def _tasks(viewer: Viewer, today: date) -> QuerySet[Task]:
    mine = Q(escalated_to__in=_names(viewer)) & ~Q(state="closed")
    if _P.ANSWER_TASK in viewer.permissions:
        mine |= Q(state__in=("sent", "returned"))
    if _P.SEND_TASK in viewer.permissions:
        mine |= Q(state="answered")
    return visible(Task.objects.filter(mine), viewer, is_write=True).select_related("household")


def _show_task(task: Task, today: date) -> Todo:
    what = f"部门任务{TASK_STATES[task.state]}"
    return Todo(
        "task", what, task.household, task.division, task.due_on, "task", task.pk, bool(task.escalated_to),
        is_returned=task.state == "returned", note=task.number,
    )  # fmt: skip


def _without_contact(viewer: Viewer, today: date) -> QuerySet[Household]:
    rows = Household.objects.filter(monitoring="monitored", contact=None, is_present=True)
    return visible(rows, viewer, _P.ASSIGN_CONTACT, is_write=True).order_by("identified_on", "pk")


def _show_without_contact(household: Household, today: date) -> Todo:
    return Todo("contact", "落实监测联系人", household, household.division, None, "household", household.pk)


def _unvisited(viewer: Viewer, today: date) -> QuerySet[Household]:
    """Monitored households not visited this month: of the village or team, or those one is the contact of."""
    first = today.replace(day=1)
    rows = Household.objects.filter(
        Q(last_visit_on=None) | Q(last_visit_on__lt=first), monitoring="monitored", is_present=True
    )
    if not {Role.VILLAGE, Role.RESIDENT_TEAM} & set(viewer.roles):
        rows = rows.filter(contact=viewer.account_id)
    return visible(rows, viewer, _P.RECORD_VISIT, is_write=True).order_by("last_visit_on", "pk")


def _show_unvisited(household: Household, today: date) -> Todo:
    last = f"上次走访 {household.last_visit_on}" if household.last_visit_on else "尚无走访记录"
    return Todo(
        "visit",
        "本月走访",
        household,
        household.division,
        _month_end(today),
        "visit_new",
        household.pk,
        note=last,
    )


def _elimination_count(viewer: Viewer, today: date) -> int | None:
    """Count the households monitored long enough to be looked at for elimination; the facts decide there."""
    if _P.PROPOSE_ELIMINATION not in viewer.permissions:
        return None
    month = today.year * 12 + today.month - 1 - _MONTHS_BEFORE_ELIMINATION
    since = date(month // 12, month % 12 + 1, min(today.day, 28))
    rows = Household.objects.filter(monitoring="monitored", identified_on__lte=since, is_present=True)
    return visible(rows, viewer, _P.PROPOSE_ELIMINATION, is_write=True).count()


KINDS = (
    Kind("clue", "线索", _clues, _show_clue),
    Kind("case", "个案", _cases, _show_case),
    Kind("plan", "帮扶计划", _plans, _show_plan),
    Kind("task", "部门任务", _tasks, _show_task),
    Kind("visit", "走访", _unvisited, _show_unvisited, due="month_end"),
    Kind("contact", "联系人", _without_contact, _show_without_contact, due=""),
)
