"""Figures that must add up: what the parts come to, what is printed, and by how much the two differ.

Forms and published guides carry slips of addition, and a slip near a line decides about a household. A check
finds nothing where the figures agree, nor where one of them is unknown: that can prove nothing wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shouwang.domain.wording import amount, value

NOTHING: Mapping[str, int | None] = MappingProxyType({})
_YUAN = 100  # fen


@dataclass(frozen=True)
class Discrepancy:
    """A printed amount that is not what its parts come to; `working` is the sum or product in words."""

    label: str
    computed_fen: int
    stated_fen: int
    working: str

    @property
    def difference_fen(self) -> int:
        """How much too much is printed; negative where too little is."""
        return self.stated_fen - self.computed_fen

    @property
    def may_be_rounding(self) -> bool:
        """Say whether the printed amount is whole yuan and less than one yuan off."""
        return abs(self.difference_fen) < _YUAN and self.stated_fen % _YUAN == 0

    @property
    def text(self) -> str:
        """Say in one Chinese sentence what does not add up. It holds amounts only, no personal data."""
        more_or_less = "多" if self.difference_fen > 0 else "少"
        rounding = "(可能是取整到元)" if self.may_be_rounding else ""
        return (
            f"{self.label}对不上:{self.working},应为{amount(self.computed_fen)},"
            f"所填为{amount(self.stated_fen)},{more_or_less}{amount(abs(self.difference_fen))}{rounding}。"
        )


def check_sum(
    parts: Mapping[str, int | None],
    stated_fen: int | None,
    *,
    less: Mapping[str, int | None] = NOTHING,
    label: str = "合计",
    tolerance_fen: int = 0,
) -> Discrepancy | None:
    """Check a printed total against its parts (label → fen) less its deductions."""
    added = {name: fen for name, fen in parts.items() if fen is not None}
    deducted = {name: fen for name, fen in less.items() if fen is not None}
    if stated_fen is None or not added or len(added) < len(parts) or len(deducted) < len(less):
        return None
    working = " - ".join([" + ".join(_in_words(added)), *_in_words(deducted)])
    computed = sum(added.values()) - sum(deducted.values())
    return _differing(label, computed, stated_fen, working, tolerance_fen)


def check_product(
    base_fen: int | None,
    permille: int | None,
    stated_fen: int | None,
    *,
    label: str = "金额",
    base_label: str = "基数",
    tolerance_fen: int = 0,
) -> Discrepancy | None:
    """Check a printed share of an amount; the product is rounded half up to the fen."""
    if base_fen is None or permille is None or stated_fen is None:
        return None
    computed = share(base_fen, permille)
    working = f"{base_label}{amount(base_fen)} × {value(permille, 'permille')}"
    return _differing(label, computed, stated_fen, working, tolerance_fen)


def check_settlement(
    total_fen: int | None,
    basic_fen: int | None,
    critical_fen: int | None,
    aid_fen: int | None,
    own_pay_fen: int | None,
    *,
    tolerance_fen: int = 0,
) -> Discrepancy | None:
    """Check that own pay is what basic and critical-illness insurance and medical aid leave of the bill."""
    payments = {"基本医保支付": basic_fen, "大病保险支付": critical_fen, "医疗救助支付": aid_fen}
    total = {"医疗总费用": total_fen}
    return check_sum(total, own_pay_fen, less=payments, label="个人自付", tolerance_fen=tolerance_fen)


def check_annual_income(
    wage_fen: int | None,
    business_fen: int | None,
    business_cost_fen: int | None,
    property_fen: int | None,
    transfer_fen: int | None,
    net_fen: int | None,
    members: int | None,
    per_capita_fen: int | None,
    *,
    tolerance_fen: int = 0,
) -> tuple[Discrepancy, ...]:
    """Check a household's annual statement: its net income by the parts, and per head by the net income."""
    parts = {
        "工资性收入": wage_fen,
        "生产经营性收入": business_fen,
        "财产性收入": property_fen,
        "转移性收入": transfer_fen,
    }
    cost = {"生产经营性支出": business_cost_fen}
    found = (
        check_sum(parts, net_fen, less=cost, label="家庭纯收入", tolerance_fen=tolerance_fen),
        check_per_capita(net_fen, members, per_capita_fen, tolerance_fen=tolerance_fen),
    )
    return tuple(each for each in found if each is not None)


def check_per_capita(
    net_fen: int | None, members: int | None, per_capita_fen: int | None, *, tolerance_fen: int = 0
) -> Discrepancy | None:
    """Check a printed income per head; rounding to the fen either way agrees, no members prove nothing."""
    if net_fen is None or per_capita_fen is None or not members or members < 0:
        return None
    down, up = net_fen // members, -(-net_fen // members)
    nearest = min(max(per_capita_fen, down), up)
    working = f"家庭纯收入{amount(net_fen)} ÷ {members}人"
    return _differing("人均纯收入", nearest, per_capita_fen, working, tolerance_fen)


def share(base_fen: int, permille: int) -> int:
    """Return a share of an amount in fen, half a fen rounded up."""
    return (base_fen * permille + 500) // 1000


def _in_words(parts: Mapping[str, int]) -> list[str]:
    return [f"{name}{amount(fen)}" for name, fen in parts.items()]


def _differing(
    label: str, computed: int, stated: int, working: str, tolerance_fen: int
) -> Discrepancy | None:
    if abs(stated - computed) <= tolerance_fen:
        return None
    return Discrepancy(label, computed, stated, working)
