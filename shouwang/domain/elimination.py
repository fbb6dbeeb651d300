"""Elimination of risk (风险消除): whether it may be proposed, with every condition and its clause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shouwang.domain.periods import Month
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import clause, whole_figure
from shouwang.domain.tables import RISKS
from shouwang.domain.three_valued import all_of, any_of
from shouwang.domain.wording import amount

CLAUSE = (
    "湖北某县2022年集中排查工作方案（工作计划十六篇之五）（三）5“收入已稳定超过监测范围半年以上、‘三保障’及饮水安全持续巩固、"
    "返贫致贫风险经帮扶后稳定消除的监测对象，或返贫致贫风险自然消除的，按程序标注风险消除”"
)


@dataclass(frozen=True)
class EliminationFacts:
    """What is known of a monitored household when its elimination is weighed; None is unknown.

    months_above_line: full months in a row, up to now, with income above the line. open_risks: the registered
    risks that still stand; new_risks: risks seen since. is_natural: the risk went without help (自然消除).
    is_spending_settled: large rigid spending is over or can be borne.
    """

    identified_on: date | None = None
    income_per_capita_fen: int | None = None
    months_above_line: int | None = None
    is_income_stable: bool | None = None
    is_spending_settled: bool | None = None
    is_insured: bool | None = None
    is_schooled: bool | None = None
    is_housing_safe: bool | None = None
    is_water_safe: bool | None = None
    open_risks: frozenset[str] | None = None
    new_risks: frozenset[str] | None = None
    is_without_labour: bool | None = None
    is_natural: bool | None = None
    has_measure: bool | None = None


@dataclass(frozen=True)
class Condition:
    """One condition of an elimination: whether it holds (None is unknown), in words, and its clause."""

    code: str
    label: str
    answer: bool | None
    text: str
    source: str


@dataclass(frozen=True)
class Proposal:
    """Whether an elimination may be proposed: every condition, and what a reader must mind besides."""

    conditions: tuple[Condition, ...]
    cautions: tuple[str, ...] = ()

    @property
    def answer(self) -> bool | None:
        """Yes where every condition holds, no where one fails, None where it cannot be told."""
        return all_of(condition.answer for condition in self.conditions)

    @property
    def blocks(self) -> tuple[Condition, ...]:
        """The conditions that fail."""
        return tuple(condition for condition in self.conditions if condition.answer is False)

    @property
    def missing(self) -> tuple[Condition, ...]:
        """The conditions that cannot be told."""
        return tuple(condition for condition in self.conditions if condition.answer is None)

    @property
    def text(self) -> str:
        """Say in Chinese what may be done and why not otherwise."""
        if self.blocks:
            return "不得提请消除风险：" + "；".join(condition.text for condition in self.blocks) + "。"
        if self.missing:
            return "尚不能判断，请先核实：" + "；".join(condition.text for condition in self.missing) + "。"
        return "各项条件都具备，可以提请消除风险，按程序入户核实、评议公示、审核审批。"


def months_above(incomes_and_lines: Iterable[tuple[int | None, int | None]], *, enough: int) -> int | None:
    """Count the months in a row, the newest first, whose income per head is above the line of that month.

    An unknown month, or the end of what is given, ends the count; before `enough` months are reached that
    makes the answer unknown.
    """
    count = 0
    for income_fen, line_fen in incomes_and_lines:
        if income_fen is None or line_fen is None:
            break
        if income_fen <= line_fen:
            return count
        count += 1
    return count if count >= enough else None


def elimination_proposal(facts: EliminationFacts, policy: Policy, on: date) -> Proposal:
    """Weigh an elimination on a day; a natural one need not wait, and nothing else is spared it."""
    return Proposal(
        (
            _labour(facts, policy),
            _waiting(facts, policy, on),
            _helped(facts, policy),
            *standing_conditions(facts, policy),
        ),
        _cautions(policy),
    )


def standing_conditions(facts: EliminationFacts, policy: Policy) -> tuple[Condition, ...]:
    """Return the conditions that must hold at the elimination and ever after."""
    return (
        _income(facts, policy),
        _months(facts, policy),
        _plain("income_stable", "收入稳定", facts.is_income_stable, CLAUSE, "收入不稳定"),
        _plain(
            "spending_settled", "大额刚性支出已解决", facts.is_spending_settled, CLAUSE, "大额刚性支出未解决"
        ),
        _guarantee(policy, "insured", "基本医疗有保障", facts.is_insured, "uninsured"),
        _guarantee(policy, "schooled", "义务教育有保障", facts.is_schooled, "dropout"),
        _guarantee(policy, "housing_safe", "住房安全有保障", facts.is_housing_safe, "housing"),
        _guarantee(policy, "water_safe", "饮水安全有保障", facts.is_water_safe, "water"),
        _risks("original_risks_gone", "原有风险已消除", facts.open_risks, "仍有原风险"),
        _risks("no_new_risk", "没有新增风险", facts.new_risks, "出现新风险"),
    )


def _labour(facts: EliminationFacts, policy: Policy) -> Condition:
    source = clause(policy, rules=("eliminated_no_labour",))
    answer = None if facts.is_without_labour is None else not facts.is_without_labour
    failing = "整户无劳动力，落实兜底保障后标为兜底保障户，继续跟踪监测，不标注消除"
    return _plain("has_labour", "不是整户无劳动力", answer, source, failing)


def _waiting(facts: EliminationFacts, policy: Policy, on: date) -> Condition:
    """Measure the time since identification in calendar months, as the rule on hasty eliminations does."""
    source = clause(policy, rules=("eliminated_under_six_months",), parameters=("elimination_months_min",))
    least, waited = whole_figure(policy, "elimination_months_min"), None
    if facts.identified_on is not None:
        waited = Month.of(on) - Month.of(facts.identified_on)
    long_enough = None if least is None or waited is None else waited >= least
    return _plain(
        "waited",
        "识别后已满规定月数（自然消除除外）",
        any_of((facts.is_natural, long_enough)),
        source,
        f"识别至今{waited}个月，不足{least}个月，且不是自然消除",
    )


def _helped(facts: EliminationFacts, policy: Policy) -> Condition:
    source = clause(policy, rules=("eliminated_without_measure",))
    answer = any_of((facts.is_natural, facts.has_measure))
    return _plain("helped", "已落实帮扶措施（自然消除除外）", answer, source, "没有落实帮扶措施")


def _income(facts: EliminationFacts, policy: Policy) -> Condition:
    source = clause(policy, parameters=("monitoring_line",))
    line, income = whole_figure(policy, "monitoring_line"), facts.income_per_capita_fen
    if line is None or income is None:
        missing = "当年监测范围" if line is None else "人均纯收入"
        return Condition("income_above_line", "收入超过监测范围", None, f"{missing}未知", source)
    relation = "超过" if income > line else "没有超过"
    text = f"人均纯收入{amount(income)}，{relation}监测范围{amount(line)}"
    return Condition("income_above_line", "收入超过监测范围", income > line, text, source)


def _months(facts: EliminationFacts, policy: Policy) -> Condition:
    source = clause(policy, parameters=("elimination_months_min",))
    least, months = whole_figure(policy, "elimination_months_min"), facts.months_above_line
    long_enough = None if least is None or months is None else months >= least
    return _plain(
        "months_above_line",
        "收入持续超过监测范围满规定月数（自然消除除外）",
        any_of((facts.is_natural, long_enough)),
        source,
        f"收入连续{months}个月超过监测范围，不足{least}个月",
    )


def _guarantee(policy: Policy, code: str, label: str, answer: bool | None, rule: str) -> Condition:
    return _plain(
        code, label, answer, clause(policy, rules=(f"eliminated_{rule}",)), label.replace("有", "没有")
    )


def _risks(code: str, label: str, risks: Iterable[str] | None, failing: str) -> Condition:
    if risks is None:
        return _plain(code, label, None, CLAUSE, "")
    names = "、".join(RISKS.get(risk, risk) for risk in sorted(risks))
    return _plain(code, label, not names, CLAUSE, f"{failing}（{names}）")


def _plain(code: str, label: str, answer: bool | None, source: str, failing: str) -> Condition:
    """Build a condition whose text is its label where it holds, and what is unknown where it is."""
    text = label if answer else (failing if answer is False else f"是否{label}未知")
    return Condition(code, label, answer, text, source)


def _cautions(policy: Policy) -> tuple[str, ...]:
    """Say where the line is of an earlier year, or stands in for the place's own."""
    line = policy.parameters.get("monitoring_line")
    if line is None:
        return ()
    cautions = []
    if line.is_stale:
        cautions.append(f"监测范围沿用{line.dated.from_date.year}年的数，请核对本年公布数。")
    if line.dated.is_reference:
        cautions.append("监测范围为参考值，请核对本地公布数。")
    return tuple(cautions)
