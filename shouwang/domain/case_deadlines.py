"""What is due in a case: each open step with its last day, what is overdue and who above must be told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shouwang.domain.case_state import CaseState
from shouwang.domain.procedure import LEVEL_ABOVE, OBJECTION_ANSWERERS, Step, TimeLimit
from shouwang.domain.workdays import Deadline, Workdays, workdays


@dataclass(frozen=True)
class DueItem:
    """One thing to do, with its time.

    `days_left` is in days of the limit's own kind, negative where overdue, None without a limit. `not_before`
    is the first day on which a running notice lets the step be taken. `escalate_to` names the level above,
    where the item is overdue and there is one.
    """

    what: Literal["step", "objection", "feedback"]
    label: str
    roles: tuple[str, ...]
    step_id: str = ""
    objection: int = 0
    due_on: date | None = None
    days_left: int | None = None
    is_overdue: bool = False
    escalate_to: str | None = None
    source: str = ""
    not_before: date | None = None
    is_certain: bool = True
    note: str = ""


def due(state: CaseState, today: date, table: Workdays | None = None) -> tuple[DueItem, ...]:
    """List what is to be done in a case, the most urgent first, what has no limit last.

    Steps of a green-channel case are due like any other. A closed case may still owe its feedback.
    """
    days = table or workdays()
    items = [_step_item(state, step, today, days) for step in state.open_steps]
    items += _objection_items(state)
    items += _feedback_items(state, today, days)
    return tuple(sorted(items, key=lambda item: (item.due_on is None, item.due_on or today)))


def limit_of(state: CaseState, step: Step, table: Workdays) -> tuple[TimeLimit, Deadline] | None:
    """Return the earliest limit on a step, its own or that of a later step that already runs, or None."""
    found = [
        (limit, table.add_days(start, limit.days, limit.kind))
        for each in state.track.steps
        if each.id in state.track.from_step(step.id)
        for limit in each.limits
        if limit.holds_for(state.traits) and (start := state.day_of(limit.counted_from)) is not None
    ]
    return min(found, key=lambda pair: pair[1].due_on, default=None)


def notice_end(state: CaseState, step: Step, table: Workdays) -> Deadline | None:
    """Return the last day of the notices that a step rests on; the step may be taken from the day after."""
    ends = [
        table.add_days(event.on, each.notice.days, each.notice.kind)
        for each, event in state.notices_before(step)
        if each.notice
    ]
    return max(ends, key=lambda end: end.due_on, default=None)


def _step_item(state: CaseState, step: Step, today: date, table: Workdays) -> DueItem:
    end = notice_end(state, step, table)
    not_before = table.add_days(end.due_on, 1).due_on if end else None
    limited = limit_of(state, step, table)
    if limited is None:
        return DueItem("step", step.label, step.roles, step.id, not_before=not_before)
    return _timed("step", step.label, step.roles, step.id, *limited, today, table, not_before)


def _timed(
    what: Literal["step", "feedback"],
    label: str,
    roles: tuple[str, ...],
    step_id: str,
    limit: TimeLimit,
    end: Deadline,
    today: date,
    table: Workdays,
    not_before: date | None = None,
) -> DueItem:
    is_overdue = today > end.due_on
    return DueItem(
        what=what,
        label=label,
        roles=roles,
        step_id=step_id,
        due_on=end.due_on,
        days_left=table.days_between(today, end.due_on, limit.kind).days,
        is_overdue=is_overdue,
        escalate_to=LEVEL_ABOVE.get(roles[0]) if is_overdue else None,
        source=limit.source,
        not_before=not_before,
        is_certain=end.is_certain,
        note=end.note,
    )


def _objection_items(state: CaseState) -> Iterator[DueItem]:
    if state.status != "open":
        return
    for number in state.standing.open_objections:
        label = f"答复第{number}条异议"
        yield DueItem("objection", label, OBJECTION_ANSWERERS, objection=number)


def _feedback_items(state: CaseState, today: date, table: Workdays) -> Iterator[DueItem]:
    limit = state.track.feedback
    if limit is None or not limit.holds_for(state.traits):
        return
    start = state.day_of(limit.counted_from)
    if start is None or any(event.kind == "feedback" for event in state.events):
        return
    end = table.add_days(start, limit.days, limit.kind)
    yield _timed("feedback", "向申报人反馈结果", ("township",), "", limit, end, today, table)
