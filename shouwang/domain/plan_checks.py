"""Check a plan of help at entry: it answers every risk, builds on labour, is in time and stays in measure.

What is not known gives a remark that it cannot be told; nothing unknown passes in silence.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from shouwang.domain.assistance import (
    HouseholdFacts,
    Plan,
    PlannedMeasure,
    answers_some_risk,
    is_development,
    kind_of,
    label_of,
    labour_answer,
    risks_answered,
)
from shouwang.domain.household_checks import check_household
from shouwang.domain.measures import CONDITIONS, FOR_WHOM, Measure
from shouwang.domain.periods import Month
from shouwang.domain.plan_amounts import check_amounts
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark, clause, whole_figure
from shouwang.domain.tables import RISKS
from shouwang.domain.three_valued import any_of

# Remarks that a measure does not fit the household.
FIT_CODES = frozenset(
    {"unknown_measure", "measure_without_risk", "measure_beside_risk", "labour_mismatch", "condition_not_met"}
)
_HANDOUT_KINDS = {"security"}


def check_plan(plan: Plan, policy: Policy, facts: HouseholdFacts, on: date) -> list[Remark]:
    """Return every remark on the plan as it stands on a day; none where all is known and in order."""
    return [
        *_check_risks(plan, policy, facts),
        *(remark for planned in plan.measures for remark in _check_measure(planned, policy, facts)),
        *_check_labour(plan, policy, facts, on),
        *_check_limits(plan, policy, facts, on),
        *check_amounts(plan, policy),
        *check_household(policy, facts),
    ]


def _check_risks(plan: Plan, policy: Policy, facts: HouseholdFacts) -> Iterator[Remark]:
    if facts.risks is None:
        text = "返贫致贫风险未登记，无法判断措施是否对症，请先登记风险。"
        yield Remark("risks_unknown", "cannot_tell", text, clause(policy))
        return
    if not facts.risks:
        yield Remark("no_risk", "consider", "没有登记任何返贫致贫风险，请核对。", clause(policy))
    for risk in sorted(facts.risks):
        is_met = any_of(_answers(planned, risk, policy) for planned in plan.measures)
        source = clause(policy, rules=(f"mismatch_{risk}", "no_measure"))
        if is_met is None:
            text = f"“{RISKS.get(risk, risk)}”有无对应的帮扶措施无法判断，请写明措施名称。"
            yield Remark("risk_measure_unknown", "cannot_tell", text, source)
        elif not is_met:
            text = f"“{RISKS.get(risk, risk)}”没有对应的帮扶措施，请按缺什么补什么补上。"
            yield Remark("risk_without_measure", "must_fix", text, source)


def _answers(planned: PlannedMeasure, risk: str, policy: Policy) -> bool | None:
    if planned.risk not in (None, risk) or (planned.name is None and planned.kind is None):
        return False
    answered = risks_answered(planned, policy)
    return None if answered is None else risk in answered


def _check_measure(planned: PlannedMeasure, policy: Policy, facts: HouseholdFacts) -> Iterator[Remark]:
    label, source = label_of(planned, policy), clause(policy, rules=("mismatch_medical",))
    if planned.starts_on is not None and planned.ends_on is not None and planned.ends_on < planned.starts_on:
        yield Remark("dates_reversed", "must_fix", f"{label}的结束日期早于开始日期，请改正。", source)
    is_named = planned.name is not None
    if (is_named and planned.name not in policy.measures) or (not is_named and planned.kind is None):
        text = "有一项措施未写明，或不在当地政策的措施之内，请从措施表中选择。"
        yield Remark("unknown_measure", "must_fix", text, source)
        return
    yield from _check_fit(planned, policy, facts, label, source)
    if planned.name is not None:
        yield from _check_conditions(policy.measures[planned.name][0], facts)


def _check_fit(
    planned: PlannedMeasure, policy: Policy, facts: HouseholdFacts, label: str, source: str
) -> Iterator[Remark]:
    """Remark on a measure beside the registered risks; unknown risks have had their own remark."""
    answered = risks_answered(planned, policy)
    if answered is None:
        text = f"当地政策没有列出{label}一类的措施，无法判断是否对症，请核对。"
        yield Remark("kind_not_listed", "cannot_tell", text, source)
    if planned.risk is not None:
        if facts.risks is not None and planned.risk not in facts.risks:
            text = f"{label}所对应的“{RISKS.get(planned.risk, planned.risk)}”不是已登记的风险，请核对。"
            yield Remark("measure_without_risk", "must_fix", text, source)
        elif answered is not None and planned.risk not in answered:
            text = f"{label}不解决“{RISKS.get(planned.risk, planned.risk)}”，措施与风险不符。"
            yield Remark("measure_beside_risk", "must_fix", text, source)
        return
    if planned.name is not None:
        is_called_for = answers_some_risk(policy.measures[planned.name][0], facts)
    else:
        builds = is_development(planned, policy) and facts.has_labour is not False
        is_called_for = answered is None or facts.risks is None or bool(facts.risks & answered) or builds
    if is_called_for is False:
        text = f"{label}与已登记的风险都不对应，请核对措施或补登风险。"
        yield Remark("measure_without_risk", "must_fix", text, source)


def _check_conditions(measure: Measure, facts: HouseholdFacts) -> Iterator[Remark]:
    labour = labour_answer(measure, facts.has_labour)
    if labour is False:
        text = f"{measure.label}只用于{FOR_WHOM[measure.for_whom]}的户，与本户劳动力情况不符。"
        yield Remark("labour_mismatch", "must_fix", text, measure.source)
    for name in measure.needs:
        known = facts.conditions.get(name)
        if known is None:
            text = f"{measure.label}须{CONDITIONS[name]}，本户情况未知，请先核实。"
            yield Remark("condition_unknown", "cannot_tell", text, measure.source)
        elif not known:
            text = f"{measure.label}须{CONDITIONS[name]}，本户不符合。"
            yield Remark("condition_not_met", "must_fix", text, measure.source)


def _check_labour(plan: Plan, policy: Policy, facts: HouseholdFacts, on: date) -> Iterator[Remark]:
    """Labour without development help is grave once the policy's months are over, to be considered before."""
    source = clause(policy, rules=("no_development_measure", "handout_mostly"))
    if facts.has_labour is None:
        text = "有无劳动力未知，无法判断是否应落实开发式帮扶，请先核实。"
        yield Remark("labour_unknown", "cannot_tell", text, source)
    if not facts.has_labour:
        return
    if not any(is_development(planned, policy) for planned in plan.measures):
        due = _due_on(facts.identified_on, whole_figure(policy, "development_months_max"), "months")
        is_over = due is not None and on >= due
        text = "有劳动力而没有产业、就业等开发式帮扶措施，请优先补上。"
        yield Remark("labour_without_development", "must_fix" if is_over else "consider", text, source)
    kinds = {kind_of(planned, policy) for planned in plan.measures} - {None}
    if kinds and kinds <= _HANDOUT_KINDS:
        text = "有劳动力而措施只有综合保障（一兜了之），请补上开发式帮扶。"
        yield Remark("handout_only", "must_fix", text, clause(policy, rules=("handout_only",)))


def _check_limits(plan: Plan, policy: Policy, facts: HouseholdFacts, on: date) -> Iterator[Remark]:
    if facts.identified_on is None:
        text = "识别日期未知，无法判断计划和措施是否按时，请补上识别日期。"
        yield Remark("identification_unknown", "cannot_tell", text, clause(policy, parameters=("plan_days",)))
        return
    due = _due_on(facts.identified_on, whole_figure(policy, "plan_days"), "days")
    if due is not None and (plan.agreed_on or on) > due:
        yield _late("plan_late", "帮扶计划", due, plan.agreed_on, clause(policy, parameters=("plan_days",)))
    due = _due_on(facts.identified_on, whole_figure(policy, Measure.limit), "months")
    source = clause(policy, rules=("no_measure",), parameters=(Measure.limit,))
    first = min((p.starts_on for p in plan.measures if p.starts_on is not None), default=None)
    if due is not None and (first or on) > due:
        if first is None and plan.measures:
            text = f"措施都没有写开始日期，无法判断是否在{due:%Y-%m-%d}前落实，请补上。"
            yield Remark("start_unknown", "cannot_tell", text, source)
        else:
            yield _late("help_late", "帮扶措施", due, first, source)
    for planned in plan.measures:
        yield from _check_own_limit(planned, policy, facts.identified_on, on)


def _check_own_limit(
    planned: PlannedMeasure, policy: Policy, identified_on: date, on: date
) -> Iterator[Remark]:
    """Check a measure whose circular sets a limit of its own."""
    if planned.name not in policy.measures:
        return
    measure = policy.measures[planned.name][0]
    resolved = policy.parameters.get(measure.limit)
    if measure.limit == Measure.limit or resolved is None:
        return
    due = _due_on(identified_on, whole_figure(policy, measure.limit), resolved.parameter.unit)
    if due is not None and (planned.starts_on or on) > due:
        yield _late("measure_late", measure.label, due, planned.starts_on, resolved.dated.source)


def _late(code: str, what: str, due: date, done: date | None, source: str) -> Remark:
    """Remark on a limit: overdue while nothing is done, late where it was done after it."""
    if done is None:
        return Remark(code, "must_fix", f"{what}应在{due:%Y-%m-%d}前落实，现已逾期。", source)
    return Remark(code, "consider", f"{what}应在{due:%Y-%m-%d}前落实，实为{done:%Y-%m-%d}。", source)


def _due_on(identified_on: date | None, limit: int | None, unit: str) -> date | None:
    """Return the last day in time; months end on the same day of the month, or on its last."""
    if identified_on is None or limit is None:
        return None
    if unit == "days":
        return identified_on + timedelta(days=limit)
    month = Month.of(identified_on) + limit
    return date(month.year, month.month, min(identified_on.day, monthrange(month.year, month.month)[1]))
