"""Insurance of monitored households (R47): kinds of cover, and what speaks against a policy or a claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shouwang.domain.policy import Policy
from shouwang.domain.wording import amount

COVER_KINDS = {
    "poverty": "防贫保险",
    "comprehensive": "综合保险",
    "accident": "人身意外保险",
    "critical": "补充医疗保险",
    "farm": "政策性农业保险",
    "house": "农房保险",
    "other": "其他保险",
}
# Either of these is the cover that S4 八、九1 wants for every household at the edge.
GENERAL_KINDS = ("poverty", "comprehensive")
COVER_STATES = {"held": "承保", "ended": "已退保"}
PAYERS = {
    "county": "县级统筹",
    "helping_unit": "挂包帮单位",
    "household": "农户自缴",
    "donor": "社会捐赠",
    "shared": "共同承担",
    "other": "其他",
}
CLAIM_EVENTS = {
    "medical": "疾病",
    "accident": "意外事故",
    "disaster": "自然灾害",
    "school": "就学支出",
    "housing": "住房受损",
    "project": "种养受损",
    "income": "收入下降",
    "other": "其他",
}
CLAIM_STATES = {"filed": "待结案", "paid": "已赔付", "refused": "已拒赔", "withdrawn": "已撤回"}
# The registry's risk that a claim paid for an event helps against.
RISK_OF_EVENT: Mapping[str, str] = {event: event for event in CLAIM_EVENTS if event != "other"}
_FEWEST = 4


@dataclass(frozen=True)
class CoverPeriod:
    """A policy: its kind and days, the last included; `persons` are the insured, none: the household."""

    kind: str
    starts_on: date
    ends_on: date
    insured_fen: int | None = None
    persons: frozenset[int] = frozenset()
    ended_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the policy covers a day."""
        last = self.ends_on if self.ended_on is None else min(self.ends_on, self.ended_on)
        return self.starts_on <= day <= last


def cover_clause(policy: Policy) -> str | None:
    """Return the clause by which a place owes its monitored households cover; None where it says nothing."""
    found = policy.parameters.get("has_poverty_insurance")
    return found.dated.source if found is not None and found.value is True else None


def wrong_cover(
    cover: CoverPeriod, insurer: str, premium_fen: int | None, held: Iterable[CoverPeriod]
) -> dict[str, str]:
    """Return what speaks against entering a policy; `held` are the household's others."""
    wrong = {}
    if cover.kind not in COVER_KINDS:
        wrong["kind"] = "请选择险种"
    if len(insurer.strip()) < 2:
        wrong["insurer"] = "请填写承保机构"
    if cover.ends_on < cover.starts_on:
        wrong["ends_on"] = "到期日期早于起保日期"
    if premium_fen is not None and premium_fen < 0:
        wrong["premium_fen"] = "保费不能为负数"
    twin = next((each for each in held if _is_same(each, cover)), None)
    if twin is not None:
        wrong["starts_on"] = f"同一险种已保到{twin.ends_on:%Y-%m-%d}，不重复投保；续保请从次日起"
    return wrong


def _is_same(one: CoverPeriod, other: CoverPeriod) -> bool:
    """Tell whether two policies of a kind cover the same somebody on the same day; other kinds may repeat."""
    is_shared = not one.persons or not other.persons or bool(one.persons & other.persons)
    last = one.ends_on if one.ended_on is None else min(one.ends_on, one.ended_on)
    overlaps = one.starts_on <= other.ends_on and other.starts_on <= last
    return one.kind == other.kind and one.kind != "other" and is_shared and overlaps


def wrong_claim(
    cover: CoverPeriod,
    event: str,
    happened_on: date,
    claimed_on: date,
    claimed_fen: int | None,
    member_id: int | None,
    on: date,
) -> dict[str, str]:
    """Return what speaks against a claim on a policy."""
    wrong = {}
    if event not in CLAIM_EVENTS:
        wrong["event"] = "请选择出险原因"
    if not cover.holds_on(happened_on):
        wrong["happened_on"] = (
            f"出险日期不在保险期间（{cover.starts_on:%Y-%m-%d}至{cover.ends_on:%Y-%m-%d}）内"
        )
    if happened_on > on:
        wrong["happened_on"] = "出险日期不能晚于今天"
    if claimed_on < happened_on:
        wrong["claimed_on"] = "报案日期早于出险日期"
    elif claimed_on > on:
        wrong["claimed_on"] = "报案日期不能晚于今天"
    if claimed_fen is not None and claimed_fen <= 0:
        wrong["claimed_fen"] = "申请金额须大于零"
    if cover.persons and member_id is not None and member_id not in cover.persons:
        wrong["member"] = "这个人不在保单的被保险人中"
    return wrong


def wrong_settlement(
    cover: CoverPeriod,
    state: str,
    paid_fen: int | None,
    paid_before_fen: int,
    claimed_on: date,
    decided_on: date,
    reason: str,
    on: date,
) -> dict[str, str]:
    """Return what speaks against an insurer's decision; `paid_before_fen` were other claims of the policy."""
    wrong = {}
    if state not in ("paid", "refused", "withdrawn"):
        wrong["state"] = "请选择已赔付、已拒赔或已撤回"
    if decided_on > on:
        wrong["decided_on"] = "结案日期不能晚于今天"
    elif decided_on < claimed_on:
        wrong["decided_on"] = "结案日期早于报案日期"
    if state == "paid" and (paid_fen is None or paid_fen <= 0):
        wrong["paid_fen"] = "请填写赔付金额，须大于零"
    elif state == "paid" and cover.insured_fen is not None and paid_fen is not None:
        if paid_before_fen + paid_fen > cover.insured_fen:
            wrong["paid_fen"] = f"累计赔付超过保险金额{amount(cover.insured_fen)}，请核对"
    elif state != "paid" and paid_fen:
        wrong["paid_fen"] = "没有赔付的，金额请留空"
    if state in ("refused", "withdrawn") and len(reason.strip()) < _FEWEST:
        wrong["reason"] = "请写明拒赔或撤回的原因（至少4个字）"
    return wrong
