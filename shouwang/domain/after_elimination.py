"""After an elimination: looking back (回头看), and what to do about one that was wrong or did not last."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shouwang.domain.elimination import EliminationFacts, standing_conditions
from shouwang.domain.periods import Month
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark, clause, whole_figure

Route = Literal["keep", "rollback", "removal", "reidentification"]
ROUTES = {"keep": "保持消除", "rollback": "回退", "removal": "清退", "reidentification": "重新识别"}
# What may be decided after a look-back, by the routes in order; "" leaves it open.
DECISIONS: dict[str, str] = {
    "keep": "保持消除",
    "rollback": "回退",
    "removal": "清退",
    "removal+reidentification": "先清退，再重新识别",
    "reidentification": "重新识别",
    "": "暂不决定，继续核实",
}
# Rollback and removal are asked for level by level, then filed with the state; the record number stays.
REVERSAL_LEVELS = ("village", "township", "county", "city", "province", "state")
REVERSAL_CLAUSE = (
    "紫霄镇2022年集中排查实施方案（工作计划十六篇之十五）"
    "“需要对监测对象开展‘风险消除回退’和‘监测对象清退’的，以村为单位向镇级提出申请”，逐级至省，报国家备案"
)
ANEW_CLAUSE = (
    "湖北某县2022年集中排查工作方案（工作计划十六篇之五）（二）2"
    "“对标注风险消除后又出现新返贫致贫风险的，按识别程序重新纳入监测帮扶范围”"
)


def look_back(
    facts: EliminationFacts, policy: Policy, on: date, *, eliminated_on: date | None
) -> list[Remark]:
    """Return what a look-back at an eliminated household finds wrong on a day, or cannot tell.

    Income for at least half a year, guarantees and water, whether the risk is truly gone; whether it was
    eliminated in haste or wholly without labour. An elimination dated after `on` is remarked upon.
    """
    remarks = [
        Remark(
            f"lasting_{condition.code}",
            "must_fix" if condition.answer is False else "cannot_tell",
            f"回头看：{condition.text}，请{'研判处置' if condition.answer is False else '核实'}。",
            condition.source,
        )
        for condition in standing_conditions(facts, policy)
        if condition.answer is not True
    ]
    return [*remarks, *_labour(facts, policy), *_haste(facts, policy, on, eliminated_on)]


def _labour(facts: EliminationFacts, policy: Policy) -> list[Remark]:
    source = clause(policy, rules=("eliminated_no_labour",))
    if facts.is_without_labour is None:
        text = "回头看：是否整户无劳动力未知，请核实。"
        return [Remark("labour_unknown", "cannot_tell", text, source)]
    text = "回头看：整户无劳动力而标注了消除，应综合研判是否回退。"
    return [Remark("eliminated_without_labour", "must_fix", text, source)] if facts.is_without_labour else []


def _haste(facts: EliminationFacts, policy: Policy, on: date, eliminated_on: date | None) -> list[Remark]:
    source = clause(policy, rules=("eliminated_under_six_months",), parameters=("elimination_months_min",))
    least = whole_figure(policy, "elimination_months_min")
    if eliminated_on is not None and eliminated_on > on:
        text = f"回头看：消除日期{eliminated_on:%Y-%m-%d}晚于{on:%Y-%m-%d}，请核对。"
        return [Remark("eliminated_later", "must_fix", text, source)]
    if facts.is_natural:
        return []
    if facts.identified_on is None or eliminated_on is None or least is None:
        text = "回头看：识别或消除日期未知，无法判断是否消除过快，请核实。"
        return [Remark("haste_unknown", "cannot_tell", text, source)]
    months = Month.of(eliminated_on) - Month.of(facts.identified_on)
    if months >= least:
        return []
    if facts.is_natural is None:
        text = f"回头看：识别后{months}个月即消除，是否自然消除未知，请核实。"
        return [Remark("haste_unknown", "cannot_tell", text, source)]
    text = f"回头看：识别后{months}个月即消除，不足{least}个月，且不是自然消除。"
    return [Remark("eliminated_in_haste", "must_fix", text, source)]


@dataclass(frozen=True)
class Findings:
    """What an investigation of an eliminated household found; None is not known.

    was_entry_right: it met the conditions when it was identified. was_elimination_right: the risk was truly
    gone, on all conditions, when it was eliminated. has_new_risk: a risk has come up since.
    """

    was_entry_right: bool | None = None
    was_elimination_right: bool | None = None
    has_new_risk: bool | None = None


@dataclass(frozen=True)
class Decision:
    """What to do, in order; no route at all where it cannot be told, and then `missing` says what is."""

    routes: tuple[Route, ...]
    text: str
    source: str
    missing: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The routes as one of `DECISIONS`."""
        return "+".join(self.routes)


def decide_after_elimination(findings: Findings) -> Decision:
    """Choose between removal, rollback and re-identification.

    A wrong entry is removed, and a new risk then identified on its own; a wrong elimination is rolled back,
    and a new risk joins the case taken up again; a right elimination with a new risk is a new case, earlier
    episodes in view. The first question without an answer leaves the rest undecided.
    """
    if findings.was_entry_right is None:
        return _undecided("当初纳入是否符合条件")
    if not findings.was_entry_right:
        if findings.has_new_risk is None:
            return _undecided("是否出现新的返贫致贫风险")
        if findings.has_new_risk:
            text = "当初误纳，先按程序清退；现有新风险，再按程序识别。保留原编号和历次记录。"
            return Decision(("removal", "reidentification"), text, REVERSAL_CLAUSE, levels=REVERSAL_LEVELS)
        text = "当初误纳，按程序清退，保留原编号和历次记录。"
        return Decision(("removal",), text, REVERSAL_CLAUSE, levels=REVERSAL_LEVELS)
    if findings.was_elimination_right is None:
        return _undecided("标注消除时风险是否确已消除")
    if not findings.was_elimination_right:
        text = "标注消除不当，按程序回退，恢复监测帮扶；有新风险的一并登记。"
        return Decision(("rollback",), text, REVERSAL_CLAUSE, levels=REVERSAL_LEVELS)
    if findings.has_new_risk is None:
        return _undecided("是否出现新的返贫致贫风险")
    if findings.has_new_risk:
        text = "消除后又出现新风险，按识别程序重新识别，保留历次记录。"
        return Decision(("reidentification",), text, ANEW_CLAUSE)
    return Decision(("keep",), "消除稳定，没有新风险，保持消除状态，继续常态化关注。", ANEW_CLAUSE)


def _undecided(missing: str) -> Decision:
    return Decision((), f"尚不能决定，请先核实{missing}。", REVERSAL_CLAUSE, (missing,))
