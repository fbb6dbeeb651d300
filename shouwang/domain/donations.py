"""Social help matched to needs (R47): which household an offer fits, with what reason, and how much at most.

What is given never goes beyond the need: what the trouble costs the household, less what else helps. Where
nobody knows the need, a person states it with its ground.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shouwang.domain.assistance import Plan, PlannedMeasure
from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.plan_amounts import check_amounts
from shouwang.domain.policy import Policy
from shouwang.domain.tables import RISKS
from shouwang.domain.wording import amount

DONOR_KINDS = {
    "enterprise": "企业",
    "organisation": "社会组织",
    "institution": "机关事业单位",
    "individual": "个人",
    "other": "其他",
}
OFFER_KINDS = {
    "cash": "资金",
    "goods": "物资",
    "service": "志愿服务",
    "job": "就业岗位",
    "training": "技能培训",
    "sales": "消费帮扶",
}
OFFER_STATES = {"open": "对接中", "closed": "已结束"}
GIFT_STATES = {
    "proposed": "待确认",
    "accepted": "待交付",
    "declined": "未接受",
    "cancelled": "已取消",
    "delivered": "已交付",
}
# Gifts that take from an offer and count against a need.
STANDING_GIFTS = ("proposed", "accepted", "delivered")
_FOR_LABOUR = frozenset({"job", "training"})
_WORK = frozenset({"employment", "income", "labour", "project", "disaster"})
_ANSWERS = {"job": _WORK, "training": _WORK, "sales": frozenset({"income", "project", "disaster"})}
_GRADES = ("red", "yellow", "blue", "green")
_FEWEST = 4


def place_prefix(division: str) -> str:
    """Return the prefix of the county or township that a 12-digit code of an offer stands for."""
    return division[:6] if division.endswith("000000") else division[:9]


@dataclass(frozen=True)
class Offer:
    """What is left of an offer; None where it is not counted. risks: what it is for, none: whatever fits."""

    kind: str
    unit: str = ""
    risks: frozenset[str] = frozenset()
    left_fen: int | None = None
    left_quantity: int | None = None
    per_household_fen: int | None = None
    per_household_quantity: int | None = None
    worth_fen: int | None = None
    until_on: date | None = None
    is_open: bool = True


@dataclass(frozen=True)
class RiskNeed:
    """What one risk costs a household in a year (None: nobody knows), and what helps already.

    helped_fen: measures and insurance. given_fen: gifts that stand.
    """

    risk: str
    cost_fen: int | None = None
    cost_words: str = ""
    helped_fen: int = 0
    given_fen: int = 0

    @property
    def gap_fen(self) -> int | None:
        """What is still needed."""
        return None if self.cost_fen is None else max(0, self.cost_fen - self.helped_fen - self.given_fen)


@dataclass(frozen=True)
class HouseholdNeeds:
    """One household: its needs by registered risk, and those no measure of a plan is aimed at."""

    household_id: int
    grade: str = ""
    has_labour: bool | None = None
    needs: Mapping[str, RiskNeed] = field(default_factory=dict)
    unanswered: frozenset[str] = frozenset()
    gifts: int = 0


@dataclass(frozen=True)
class Match:
    """One household an offer fits: the risk, how much, and why; an unknown need must be stated."""

    household_id: int
    need: RiskNeed
    amount_fen: int | None
    quantity: int | None
    reason: str

    @property
    def is_ready(self) -> bool:
        """Tell whether it can be proposed as it stands."""
        return self.amount_fen is not None or self.quantity is not None


def social_risks(policy: Policy) -> frozenset[str]:
    """Return the risks that the policy lets social help answer (R40)."""
    return frozenset(
        risk for each, _ in policy.measures.values() if each.kind == "social" for risk in each.risks
    )


def fitting_risks(offer: Offer, needs: HouseholdNeeds, policy: Policy) -> list[str]:
    """Return the household's risks that an offer may answer and whose need is not met, in the usual order."""
    if offer.kind in _FOR_LABOUR and needs.has_labour is False:
        return []
    allowed = social_risks(policy) & (offer.risks or frozenset(RISKS))
    allowed &= _ANSWERS.get(offer.kind, frozenset(RISKS))
    return [risk for risk in RISKS if risk in allowed and risk in needs.needs and _lacks(needs.needs[risk])]


def _lacks(need: RiskNeed) -> bool:
    return need.gap_fen is None or need.gap_fen > 0


def match(offer: Offer, needs: HouseholdNeeds, policy: Policy) -> Match | None:
    """Return how an offer fits a household: at the risk that lacks most; None where it does not."""
    risks = fitting_risks(offer, needs, policy)
    if not offer.is_open or not risks or _is_spent(offer):
        return None
    chosen = max(risks, key=lambda risk: (needs.needs[risk].gap_fen or 0, risk in needs.unanswered))
    need = needs.needs[chosen]
    if offer.kind == "cash":
        bounds = (need.gap_fen, offer.per_household_fen, offer.left_fen)
        money = None if need.gap_fen is None else min(each for each in bounds if each is not None)
        return Match(needs.household_id, need, money, None, _reason(needs, need))
    portions = _portions(offer, need)
    if portions == 0:
        return None
    # What a portion is worth counts where the need is known; else the portion itself is what is lacking.
    is_counted = offer.worth_fen is not None and need.gap_fen is not None
    worth = (offer.worth_fen or 0) * portions if is_counted else None
    return Match(needs.household_id, need, worth, portions, _reason(needs, need))


def matches(
    offer: Offer, households: Iterable[HouseholdNeeds], policies: Mapping[int, Policy]
) -> list[Match]:
    """Return the households an offer fits, those in gravest want first."""
    by_id = {each.household_id: each for each in households}
    found = [match(offer, each, policies[pk]) for pk, each in by_id.items()]

    def rank(each: Match) -> tuple[int, bool, int, int, int]:
        needs = by_id[each.household_id]
        grade = _GRADES.index(needs.grade) if needs.grade in _GRADES else len(_GRADES)
        is_answered = each.need.risk not in needs.unanswered
        return (grade, is_answered, needs.gifts, -(each.need.gap_fen or 0), each.household_id)

    return sorted((each for each in found if each is not None), key=rank)


def _is_spent(offer: Offer) -> bool:
    return offer.left_fen == 0 if offer.kind == "cash" else offer.left_quantity == 0


def _portions(offer: Offer, need: RiskNeed) -> int:
    """Return how many portions one household is given, at most what its need is worth."""
    bounds = [offer.per_household_quantity or 1]
    if offer.left_quantity is not None:
        bounds.append(offer.left_quantity)
    if offer.worth_fen and need.gap_fen is not None:
        bounds.append(need.gap_fen // offer.worth_fen)
    return min(bounds)


def need_words(need: RiskNeed) -> str:
    """Say what a risk costs, what helps already and what is lacking, or that nobody knows."""
    parts = [RISKS[need.risk]]
    if need.cost_fen is None:
        return f"{parts[0]}，需要多少尚无数据，须核实后填写"
    parts.append(f"{need.cost_words}{amount(need.cost_fen)}")
    if need.helped_fen:
        parts.append(f"已有措施和理赔{amount(need.helped_fen)}")
    if need.given_fen:
        parts.append(f"已对接捐赠{amount(need.given_fen)}")
    return "，".join((*parts, f"仍缺{amount(need.gap_fen or 0)}"))


def _reason(needs: HouseholdNeeds, need: RiskNeed) -> str:
    is_unanswered = need.risk in needs.unanswered
    return f"{need_words(need)}{'，帮扶计划中没有对应措施' if is_unanswered else ''}"


@dataclass(frozen=True)
class Giving:
    """A gift about to be proposed or delivered; `stated_fen` is the need a person vouches for by `ground`."""

    amount_fen: int | None = None
    quantity: int | None = None
    stated_fen: int | None = None
    ground: str = ""


def wrong_gift(
    offer: Offer, giving: Giving, need: RiskNeed | None, policy: Policy, on: date
) -> dict[str, str]:
    """Return what speaks against a gift of an offer for a need; None: the household has no such risk."""
    wrong = _wrong_measure(offer, giving)
    if not offer.is_open or (offer.until_on is not None and on > offer.until_on):
        wrong["offer"] = "这项捐赠意向已经结束或过期"
    if need is None or need.risk not in social_risks(policy) or need.risk not in (offer.risks or RISKS):
        wrong["risk"] = "请选择这户已登记、且符合捐赠用途的风险"
        return wrong
    if need.risk not in _ANSWERS.get(offer.kind, RISKS):
        wrong["risk"] = f"{OFFER_KINDS[offer.kind]}不能解决“{RISKS[need.risk]}”"
    if not wrong:
        wrong |= wrong_amount(giving, need, policy)
    return wrong


def _wrong_measure(offer: Offer, giving: Giving) -> dict[str, str]:
    wrong = {}
    if offer.kind == "cash" and (giving.amount_fen is None or giving.amount_fen <= 0):
        wrong["amount_fen"] = "请填写金额，须大于零"
    if offer.kind != "cash" and (giving.quantity is None or giving.quantity <= 0):
        wrong["quantity"] = "请填写数量，须大于零"
    bounds = (
        ("amount_fen", giving.amount_fen, offer.left_fen, "超过这项捐赠的剩余金额"),
        ("amount_fen", giving.amount_fen, offer.per_household_fen, "超过捐赠方规定的每户金额"),
        ("quantity", giving.quantity, offer.left_quantity, "超过这项捐赠的剩余数量"),
        ("quantity", giving.quantity, offer.per_household_quantity, "超过捐赠方规定的每户数量"),
    )
    for name, given, most, text in bounds:
        if given is not None and most is not None and given > most:
            said = amount(most) if name == "amount_fen" else f"{most}{offer.unit}"
            wrong.setdefault(name, f"{text}{said}")
    return wrong


def wrong_amount(giving: Giving, need: RiskNeed, policy: Policy) -> dict[str, str]:
    """Return what speaks against an amount: more than the need (过度帮扶), or a need without ground."""
    if not giving.amount_fen:
        return {}
    cost = giving.stated_fen if need.cost_fen is None else need.cost_fen
    if cost is None:
        return {"stated_fen": "这项风险需要多少没有数据，请核实后填写需要金额"}
    if need.cost_fen is None and len(giving.ground.strip()) < _FEWEST:
        return {"ground": "请写明需要金额的依据（至少4个字）"}
    basis = Basis(cost_fen=max(0, cost - need.helped_fen))
    amounts = (need.given_fen, giving.amount_fen)
    measures = tuple(
        PlannedMeasure(kind="social", risk=need.risk, amount_fen=each, basis=basis) for each in amounts
    )
    over = [each.text for each in check_amounts(Plan(measures), policy) if each.code == "over_need"]
    return {"amount_fen": over[0]} if over else {}
