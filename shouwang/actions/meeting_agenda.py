"""The agenda of a monthly meeting (R102), read off the data: what is new, undecided, proposed and overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from shouwang.domain.case_state import STATUSES
from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import TRACKS
from shouwang.domain.tables import RISKS
from shouwang.records.access import visible
from shouwang.records.models import Case, Clue, MeetingItem, Plan, Task
from shouwang.records.models.clues import CLUE_STATES
from shouwang.records.models.plans import PLAN_STATES, TASK_STATES
from shouwang.records.viewers import Viewer

_OPEN = next(iter(STATUSES))
_GRADES = {"red": "红色预警", "yellow": "黄色预警", "blue": "蓝色预警", "green": "绿色"}
# What each level talks about: a village everything, those above what waits for them.
_GRADES_OF = {"village": None, "township": ("red", "yellow"), "county_office": ("red",)}
_CLUES_OF = {"village": ("dispatched",), "township": ("checked",), "county_office": ("checked",)}
_PLANS_OF = {
    "village": ("draft", "submitted", "returned"),
    "township": ("submitted",),
    "county_office": ("submitted",),
}
_ENTERING, _LEAVING = ("identification",), ("elimination", "rollback", "removal")


@dataclass(frozen=True)
class Point:
    """One thing to talk about; the household is unknown where a clue has not found it yet."""

    kind: str
    household_id: int | None
    division: str
    text: str


def agenda(*, viewer: Viewer, place: str, level_role: str, since_on: date, on: date) -> list[Point]:
    """Return what a meeting of a place has to talk about; `level_role` says how wide it is."""
    points = [
        *_flagged(_within(Clue.objects.all(), viewer, place), level_role, since_on),
        *_awaiting(_within(Clue.objects.all(), viewer, place), level_role, since_on),
        *_cases(_within(Case.objects.all(), viewer, place), level_role),
        *_overdue(viewer, place, level_role, on),
        *_plans(_within(Plan.objects.all(), viewer, place), level_role),
    ]
    return _one_a_household(points)


def carried(*, previous: QuerySet[MeetingItem], new: list[Point]) -> list[Point]:
    """Return the items that a meeting before left undecided and that are not on the new agenda anyway."""
    there = {(each.kind, each.household_id, each.division) for each in new if each.household_id}
    return [
        Point(each.kind, each.household_id, each.division, _again(each.text))
        for each in previous.filter(verdict="").order_by("pk")
        if (each.kind, each.household_id, each.division) not in there
    ]


def _again(text: str) -> str:
    mark = "（上次会议未议）"
    return text if text.startswith(mark) else f"{mark}{text}"


def _within(queryset: QuerySet, viewer: Viewer, place: str) -> QuerySet:
    return visible(queryset, viewer, Permission.HOLD_MEETING, is_write=True).filter(
        division__startswith=place
    )


def _flagged(clues: QuerySet[Clue], level: str, since_on: date) -> Iterator[Point]:
    grades = _GRADES_OF[level]
    found = clues.exclude(state="closed").filter(received_on__gte=since_on)
    if grades is not None:
        found = found.filter(grade__in=grades)
    for each in found.order_by("division", "number"):
        grade, state = _GRADES.get(each.grade, "未定级"), CLUE_STATES[each.state]
        text = f"线索 {each.number}：{grade}，{_risks(each.risks)}，{state}"
        yield Point("flagged", each.household_id, each.division, text)


def _awaiting(clues: QuerySet[Clue], level: str, since_on: date) -> Iterator[Point]:
    """Give the older clues that still wait; the new ones are listed as such."""
    found = clues.filter(state__in=_CLUES_OF[level])
    grades = _GRADES_OF[level]
    older = Q(received_on__lt=since_on)
    found = found.filter(older) if grades is None else found.filter(older | ~Q(grade__in=grades))
    if level == "county_office":
        found = found.exclude(escalated_to="")
    for each in found.order_by("division", "number"):
        due = f"，{each.due_on} 到期" if each.due_on else ""
        yield Point(
            "clue", each.household_id, each.division, f"线索 {each.number}：{CLUE_STATES[each.state]}{due}"
        )


def _cases(cases: QuerySet[Case], level: str) -> Iterator[Point]:
    found = cases.filter(status=_OPEN)
    if level != "village":
        found = found.filter(turn_roles__contains=[level])
    for each in found.order_by("division", "number"):
        kind = "identification" if each.track in _ENTERING else "elimination"
        text = f"个案 {each.number}：{TRACKS[each.track]}，当前环节“{each.turn_label or '待定'}”"
        yield Point(kind, each.household_id, each.division, text)


def _overdue(viewer: Viewer, place: str, level: str, on: date) -> Iterator[Point]:
    late = Q(due_on__lt=on)
    if level == "county_office":
        late &= ~Q(escalated_to="")
    clues = _within(Clue.objects.exclude(state="closed"), viewer, place).filter(late)
    cases = _within(Case.objects.filter(status=_OPEN), viewer, place).filter(late)
    tasks = _within(Task.objects.filter(state__in=("sent", "returned")), viewer, place).filter(late)
    for each in clues.order_by("due_on"):
        yield _late("线索", each, CLUE_STATES[each.state], on)
    for each in cases.order_by("due_on"):
        yield _late("个案", each, each.turn_label or TRACKS[each.track], on)
    for each in tasks.order_by("due_on"):
        yield _late("部门任务", each, TASK_STATES[each.state], on)


def _late(label: str, row: Clue | Case | Task, state: str, on: date) -> Point:
    days = (on - row.due_on).days if row.due_on else 0
    return Point("overdue", row.household_id, row.division, f"{label} {row.number}：{state}，超期 {days} 天")


def _plans(plans: QuerySet[Plan], level: str) -> Iterator[Point]:
    for each in plans.filter(state__in=_PLANS_OF[level]).order_by("division", "pk"):
        due = f"，{each.due_on} 到期" if each.due_on else ""
        yield Point("plan", each.household_id, each.division, f"帮扶计划：{PLAN_STATES[each.state]}{due}")


def _one_a_household(points: list[Point]) -> list[Point]:
    """Join what is said of one household under one heading."""
    said: dict[tuple[str, object], list[Point]] = {}
    for number, each in enumerate(points):
        said.setdefault((each.kind, each.household_id or -number - 1), []).append(each)
    return [
        Point(found[0].kind, found[0].household_id, found[0].division, "；".join(each.text for each in found))
        for found in said.values()
    ]


def _risks(risks: list[str]) -> str:
    return "、".join(RISKS.get(each, each) for each in risks) or "风险未定"
