"""The acts of a case: each returns the case with one more event, or is refused with every reason at once.

There is no clock here: days come in. `table` is the table of holidays, the program's own by default.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from shouwang.domain.case_checks import (
    end_reasons,
    entry_reasons,
    fact_reasons,
    need_reasons,
    notice_reasons,
    person_reasons,
    skip_reasons,
    turn_reasons,
)
from shouwang.domain.case_deadlines import notice_end
from shouwang.domain.case_state import CaseState, Event, EventKind
from shouwang.domain.procedure import ACTORS, FLAGS, OBJECTION_ANSWERERS, TRACKS, FactValue, Procedure, Step
from shouwang.domain.workdays import Workdays, workdays

Facts = Mapping[str, FactValue]


class StepRefused(ValueError):
    """An act is not allowed now; `reasons` (Chinese) are all that stands against it."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = tuple(dict.fromkeys(reasons))
        super().__init__("；".join(self.reasons))


def open_case(
    procedure: Procedure, track_id: str, *, role: str, by: str, on: date, facts: Facts, opinion: str = ""
) -> CaseState:
    """Open a case on a track; the flags that are true now stay with it. Raises StepRefused."""
    track = procedure.tracks.get(track_id)
    if track is None:
        known = "、".join(each.label for each in procedure.tracks.values())
        raise StepRefused([f"本地程序没有“{TRACKS.get(track_id, track_id)}”，现有：{known}"])
    reasons = [] if role in ACTORS else [f"不认识的角色“{role}”"]
    _refuse_if(reasons + ([] if by.strip() else ["没有写明办理人"]))
    traits = frozenset(name for name in FLAGS if facts.get(name) is True)
    return CaseState(track, (Event("open", role, by, on, opinion=opinion),), traits)


def take_step(
    state: CaseState,
    step_id: str,
    *,
    role: str,
    by: str,
    on: date,
    facts: Facts,
    opinion: str = "",
    table: Workdays | None = None,
) -> CaseState:
    """Take one step. Raises StepRefused with everything that is missing or against it."""
    days = table or workdays()
    step = _step(state, step_id)
    reasons = [
        *entry_reasons(state, role, by, on),
        *turn_reasons(state, step, role),
        *notice_reasons(state, step, on, days),
        *fact_reasons(step, facts),
        *person_reasons(state, step, by),
    ]
    _refuse_if(reasons)
    note = "；".join(_notes(state, step, on, days))
    return state.with_event(Event("step", role, by, on, step.id, opinion, note))


def skip_step(
    state: CaseState, step_id: str, *, role: str, by: str, on: date, facts: Facts, opinion: str = ""
) -> CaseState:
    """Record that a step is not repeated, where the pack allows it. Raises StepRefused."""
    step = _step(state, step_id)
    reasons = [
        *entry_reasons(state, role, by, on),
        *turn_reasons(state, step, role),
        *skip_reasons(step, facts, on),
    ]
    _refuse_if(reasons)
    return state.with_event(Event("skip", role, by, on, step.id, opinion))


def start_green_channel(
    state: CaseState, *, role: str, by: str, on: date, facts: Facts, opinion: str
) -> CaseState:
    """Record help before the procedure; every step remains due. Raises StepRefused."""
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, opinion, "救助和帮扶内容")]
    green = state.track.green_channel
    if green is None:
        _refuse_if([*reasons, f"“{state.track.label}”没有绿色通道"])
    else:
        reasons += [] if role in green.roles else [f"绿色通道不由{ACTORS.get(role, role)}启动"]
        reasons += ["已启动绿色通道，不必重复"] if state.is_green_channel else []
        _refuse_if([*reasons, *need_reasons(green.needs, facts)])
    note = "先行救助帮扶，识别程序仍须补齐"
    return state.with_event(Event("green_channel", role, by, on, opinion=opinion, note=note))


def raise_objection(
    state: CaseState, *, by: str, on: date, opinion: str, role: str = "household"
) -> CaseState:
    """Record an objection to a notice that has been put up. Raises StepRefused."""
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, opinion, "异议内容")]
    if not any(step.notice and step.id in state.done for step in state.track.steps):
        reasons.append("还没有公示，不能提出异议")
    _refuse_if(reasons)
    number = 1 + sum(event.kind == "objection" for event in state.events)
    return state.with_event(Event("objection", role, by, on, opinion=opinion, objection=number))


def answer_objection(
    state: CaseState, number: int, *, role: str, by: str, on: date, opinion: str, is_upheld: bool
) -> CaseState:
    """Answer an objection after it was looked into; an upheld one asks for a send-back or a rejection.

    Township or county answer. The village held the appraisal and put up the notice, and would be judge in its
    own cause; it records the objection and helps to look into it.
    """
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, opinion, "答复意见")]
    objection = state.standing.open_objections.get(number)
    if objection is None:
        reasons.append(f"没有待答复的第{number}条异议")
    elif objection.by == by:
        reasons.append("提出异议的人不能答复自己的异议")
    if role not in OBJECTION_ANSWERERS:
        reasons.append(f"异议由乡镇或县级核查答复，{ACTORS.get(role, role)}不能答复")
    _refuse_if(reasons)
    event = Event("answer", role, by, on, opinion=opinion, objection=number, is_upheld=is_upheld)
    return state.with_event(event)


def send_back(state: CaseState, to_step: str, *, role: str, by: str, on: date, reason: str) -> CaseState:
    """Send the case back to a step done before; it and all that rests on it must be done again."""
    step = _step(state, to_step)
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, reason, "退回理由")]
    if to_step not in state.done:
        reasons.append(f"“{step.label}”尚未办理，不能退回到这一步")
    open_here = [each for each in state.open_steps if role in each.roles]
    if not any(to_step in state.track.before(each.id) for each in open_here):
        reasons.append(f"现在轮不到{ACTORS.get(role, role)}办理“{step.label}”之后的环节，不能退回")
    _refuse_if(reasons)
    return state.with_event(Event("send_back", role, by, on, to_step, reason))


def reject(state: CaseState, *, role: str, by: str, on: date, reason: str) -> CaseState:
    """End the case without what it asked for, with the reason (R34). Raises StepRefused."""
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, reason, "不予认定的理由")]
    if state.standing.open_objections:
        reasons.append("还有异议没有答复，须先答复")
    open_here = [step for step in state.open_steps if role in step.roles and role != "household"]
    if not open_here:
        reasons.append(f"现在轮不到{ACTORS.get(role, role)}办理，不能作出不予认定")
    against = [list(person_reasons(state, step, by)) for step in open_here]
    if against and all(against):
        reasons += against[0]
    return _ended(state, "reject", reasons, role, by, on, reason)


def withdraw(state: CaseState, *, role: str, by: str, on: date, reason: str) -> CaseState:
    """End the case at the wish of those who asked for it, before the verdict. Raises StepRefused."""
    reasons = [*entry_reasons(state, role, by, on), *end_reasons(state, reason, "撤回理由")]
    if role not in ("household", "village"):
        reasons.append(f"撤回由农户或村提出，{ACTORS.get(role, role)}不能撤回")
    return _ended(state, "withdraw", reasons, role, by, on, reason)


def give_feedback(state: CaseState, *, role: str, by: str, on: date, opinion: str) -> CaseState:
    """Record that the household or the source of the clue was told the outcome. Raises StepRefused."""
    reasons = list(entry_reasons(state, role, by, on))
    reasons += [] if opinion.strip() else ["没有写明反馈内容，不予受理或认定的须说明理由"]
    reasons += ["还没有结论，不能反馈"] if state.closed_on is None else []
    if any(event.kind == "feedback" for event in state.events):
        reasons.append("已经反馈，不必重复")
    _refuse_if(reasons)
    return state.with_event(Event("feedback", role, by, on, opinion=opinion))


def _ended(
    state: CaseState, kind: EventKind, reasons: list[str], role: str, by: str, on: date, opinion: str
) -> CaseState:
    _refuse_if(reasons)
    return state.with_event(Event(kind, role, by, on, opinion=opinion))


def _step(state: CaseState, step_id: str) -> Step:
    step = state.track.step(step_id)
    if step is None:
        raise StepRefused([f"“{state.track.label}”程序没有“{step_id}”这个环节"])
    return step


def _refuse_if(reasons: list[str]) -> None:
    if reasons:
        raise StepRefused(reasons)


def _notes(state: CaseState, step: Step, on: date, table: Workdays) -> Iterator[str]:
    """Say what a later reader must know: a late step, a notice whose last day is not certain."""
    for limit in step.limits:
        start = state.day_of(limit.counted_from)
        if start is None or not limit.holds_for(state.traits):
            continue
        end = table.add_days(start, limit.days, limit.kind)
        if on > end.due_on:
            yield f"逾期办理：应于{end.due_on:%Y-%m-%d}前办结（{limit.label}）"
        if end.note:
            yield end.note
    ended = notice_end(state, step, table)
    if ended and ended.note:
        yield ended.note
