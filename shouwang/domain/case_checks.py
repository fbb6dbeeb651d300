"""What stands against an act in a case, each reason a sentence in Chinese without personal data."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from shouwang.domain.case_deadlines import notice_end
from shouwang.domain.case_state import STATUSES, CaseState
from shouwang.domain.periods import Month
from shouwang.domain.procedure import ACTORS, COUNTS, DAYS, FLAGS, FactValue, Step
from shouwang.domain.workdays import Workdays

Facts = Mapping[str, FactValue]


def entry_reasons(state: CaseState, role: str, by: str, on: date) -> Iterator[str]:
    """Give what is wrong with the entry itself: its role, its person, its day."""
    if role not in ACTORS:
        yield f"不认识的角色“{role}”"
    if not by.strip():
        yield "没有写明办理人"
    if on < state.events[-1].on:
        yield f"办理日期{on:%Y-%m-%d}早于上一环节的{state.events[-1].on:%Y-%m-%d}，请核对"


def end_reasons(state: CaseState, text: str, what: str) -> Iterator[str]:
    """Give what stands against an act that needs an undecided case and words."""
    if state.status != "open":
        yield f"本案{STATUSES[state.status]}，不能再办理"
    elif state.is_decided:
        yield "本案已经审定，如需更正请另走回退或清退程序"
    if not text.strip():
        yield f"没有写明{what}"


def turn_reasons(state: CaseState, step: Step, role: str) -> Iterator[str]:
    """Give what stands against a step now: a closed case, a repetition, the wrong role, steps left out."""
    if state.status != "open":
        yield f"本案{STATUSES[state.status]}，不能再办理"
    if step.id in state.done:
        yield f"“{step.label}”已经办理，不能重复"
    if role not in step.roles:
        may = "、".join(ACTORS[each] for each in step.roles)
        yield f"“{step.label}”由{may}办理，{ACTORS.get(role, role)}不能办理"
    before = state.track.before(step.id)
    for each in state.track.steps:
        if each.id in before and each.id not in state.done:
            yield f"“{each.label}”尚未办理"


def notice_reasons(state: CaseState, step: Step, on: date, table: Workdays) -> Iterator[str]:
    """Give what a notice holds back: days still to run, objections without answer, objections upheld."""
    if not state.notices_before(step):
        return
    end = notice_end(state, step, table)
    if end and on <= end.due_on:
        yield f"公示至{end.due_on:%Y-%m-%d}期满，次日起才能办理“{step.label}”"
    for number in state.standing.open_objections:
        yield f"第{number}条异议尚未答复，须先核查答复"
    for number in state.standing.upheld_objections:
        yield f"第{number}条异议成立，应退回重新评议公示或不予认定"


def person_reasons(state: CaseState, step: Step, by: str) -> Iterator[str]:
    """Give the steps that bar a person from a review: whoever did what it rests on, in whatever role."""
    if not step.is_review:
        return
    before = state.track.before(step.id)
    for each in state.track.steps:
        event = state.done.get(each.id)
        if event is not None and event.by == by and (each.id in before or each.is_review):
            yield f"办理人已办理过“{each.label}”，“{step.label}”须由他人办理"


def fact_reasons(step: Step, facts: Facts) -> Iterator[str]:
    """Give the needs of a step that the facts do not meet; what is not known is not met."""
    lifted = {name for flag, names in step.exempt.items() if facts.get(flag) is True for name in names}
    yield from need_reasons([name for name in step.needs if name not in lifted], facts)
    for name, least in step.least.items():
        value = facts.get(name)
        is_known = isinstance(value, int) and not isinstance(value, bool)
        if name not in lifted and not (is_known and isinstance(value, int) and value >= least):
            now = f"现为{value}" if is_known else "现不清楚，须先核实"
            yield f"{COUNTS[name]}不少于{least}，{now}"
    for name in step.forbids:
        if name not in lifted and facts.get(name) is True:
            yield f"属于“{FLAGS[name]}”，不能办理“{step.label}”"
        elif name not in lifted and facts.get(name) is not False:
            yield f"是否“{FLAGS[name]}”尚不清楚，须先核实"


def need_reasons(needs: Iterable[str], facts: Facts) -> Iterator[str]:
    """Give the flags that are not known to be true."""
    for name in needs:
        if name not in facts:
            yield f"缺少“{FLAGS[name]}”"
        elif facts[name] is not True:
            yield f"“{FLAGS[name]}”{'不具备' if facts[name] is False else '尚不清楚，须先核实'}"


def skip_reasons(step: Step, facts: Facts, on: date) -> Iterator[str]:
    """Give what stands against leaving a step out."""
    if step.skip is None:
        yield f"“{step.label}”不能省略"
        return
    if not any(facts.get(flag) is True for flag in step.skip.flags):
        wanted = "、".join(FLAGS[flag] for flag in step.skip.flags)
        yield f"不属于{wanted}，“{step.label}”不能省略"
    last = facts.get(step.skip.fact)
    if not isinstance(last, date) or isinstance(last, datetime):
        yield f"没有“{DAYS[step.skip.fact]}”，“{step.label}”不能省略"
    elif last > on:
        yield f"{DAYS[step.skip.fact]}{last:%Y-%m-%d}晚于办理日期，请核对"
    elif step.skip.months is not None and last < months_before(on, step.skip.months):
        yield f"{DAYS[step.skip.fact]}{last:%Y-%m-%d}距今已超过{step.skip.months}个月，须重新办理"


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, or the last day of a month that has no such day."""
    month = Month.of(day) - months
    return month.first_day.replace(day=min(day.day, month.last_day.day))
