"""More than the need (过度帮扶): amounts of a plan against what is due and what the household itself pays."""

from collections.abc import Iterator, Sequence

from shouwang.domain.assistance import Plan, PlannedMeasure, kind_of, label_of
from shouwang.domain.measure_entitlement import Entitlement, entitlement
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark
from shouwang.domain.wording import amount

# 固镇县 names the fault without a figure; what is due, and what was paid, bound it.
OVER_NEED = "固镇县2022年集中排查工作方案（工作计划十六篇之四）（三）“是否存在过度帮扶和福利陷阱等问题”"


def check_amounts(plan: Plan, policy: Policy) -> Iterator[Remark]:
    """Compare each measure's amounts, those for one person together, with its entitlement and its base."""
    groups: dict[tuple[str, str, str], list[PlannedMeasure]] = {}
    for planned in plan.measures:
        key = (planned.name or "", kind_of(planned, policy) or "", planned.person)
        groups.setdefault(key, []).append(planned)
    for group in groups.values():
        yield from _check_group(group, policy)
    yield from _check_own_pay(plan, policy)


def _check_group(group: Sequence[PlannedMeasure], policy: Policy) -> Iterator[Remark]:
    label = label_of(group[0], policy)
    if len(group) > 1:
        text = f"{label}重复列入{len(group)}次，金额合并后核对。"
        yield Remark("measure_repeated", "consider", text, OVER_NEED)
    known = [planned.amount_fen for planned in group if planned.amount_fen is not None]
    if any(each < 0 for each in known):
        yield Remark("amount_negative", "must_fix", f"{label}的金额为负数，请改正。", OVER_NEED)
    measure = policy.measures[group[0].name][0] if group[0].name in policy.measures else None
    has_formula = measure is not None and measure.formula is not None
    if measure is not None and has_formula:
        dues = [entitlement(measure, planned.basis, policy) for planned in group]
        yield from _check_due(label, known, len(group), dues)
    if known:
        yield from _check_base(group, label, sum(known), has_formula)


def _check_due(
    label: str, known: Sequence[int], amounts: int, dues: Sequence[Entitlement]
) -> Iterator[Remark]:
    """Hold the amounts that are known against the greatest of what is due, if all of that can be told."""
    source = "；".join(dues[0].sources)
    if len(known) < amounts:
        text = f"{label}没有写明金额，无法判断是否超出应享数额。"
        yield Remark("amount_unknown", "cannot_tell", text, source)
    missing = next((due.missing for due in dues if due.due is None), None)
    if known and missing is not None:
        text = f"无法判断{label}是否超出应享数额：缺{'、'.join(missing)}。"
        yield Remark("need_unknown", "cannot_tell", text, source)
    elif known:
        most = max(due.due_fen or 0 for due in dues)
        yield from _over(label, "应享数额", sum(known), most, source)


def _check_base(
    group: Sequence[PlannedMeasure], label: str, total: int, has_formula: bool
) -> Iterator[Remark]:
    """Hold an amount against what the household itself spends, where its basis says so."""
    bases = [_base(planned) for planned in group]
    stated = [base for base in bases if base is not None]
    if len(stated) == len(group):
        yield from _over(label, "实际支出", total, max(stated), OVER_NEED)
    elif not has_formula and total > 0:
        text = f"{label}金额{amount(total)}，没有定额，也没有写明实际支出，无法判断是否超出需要。"
        yield Remark("need_unknown", "cannot_tell", text, OVER_NEED)


def _base(planned: PlannedMeasure) -> int | None:
    """Return what the household spends on what the measure pays for, None where the basis is silent."""
    given = (planned.basis.own_pay_fen, planned.basis.cost_fen)
    stated = [max(0, each) for each in given if each is not None]
    return min(stated, default=None)


def _check_own_pay(plan: Plan, policy: Policy) -> Iterator[Remark]:
    """Hold all health measures of one person together against what he paid himself."""
    persons: dict[str, list[PlannedMeasure]] = {}
    for planned in plan.measures:
        if kind_of(planned, policy) == "health" and planned.amount_fen is not None:
            persons.setdefault(planned.person, []).append(planned)
    for group in persons.values():
        stated = [p.basis.own_pay_fen for p in group if p.basis.own_pay_fen is not None]
        if len({planned.name for planned in group}) > 1 and stated:
            total = sum(planned.amount_fen or 0 for planned in group)
            yield from _over("同一人的各项健康帮扶", "个人自付", total, max(stated), OVER_NEED)


def _over(label: str, bound: str, total: int, most: int, source: str) -> Iterator[Remark]:
    if total > most:
        text = f"{label}合计{amount(total)}，超过{bound}{amount(most)}，多出{amount(total - most)}。"
        yield Remark("over_need", "must_fix", text, source)
