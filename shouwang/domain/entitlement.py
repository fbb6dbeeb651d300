"""What a household is due, reckoned as the published examples reckon it, each answer with its working.

Amounts are integer fen, rates are permille; half a fen is rounded up. An amount that no rule makes due is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shouwang.domain.adding_up import share
from shouwang.domain.wording import amount, value


@dataclass(frozen=True)
class Line:
    """One step of a working: what is reckoned, how, and what it comes to."""

    label: str
    formula: str
    amount_fen: int

    @property
    def text(self) -> str:
        """Write the step as it is shown: 起付线以上: 100元 - 20元 = 80元."""
        return f"{self.label}:{self.formula} = {amount(self.amount_fen)}"


@dataclass(frozen=True)
class Due:
    """An amount and the steps that lead to it; the last line is the amount itself."""

    lines: tuple[Line, ...]

    @property
    def amount_fen(self) -> int:
        """The amount due."""
        return self.lines[-1].amount_fen


@dataclass(frozen=True)
class Judgement:
    """An answer (None is unknown) and the steps that lead to it."""

    answer: bool | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Bracket:
    """The part of an amount above `above_fen` that is paid at `rate_permille`; the next bracket ends it."""

    above_fen: int
    rate_permille: int


def fen(yuan: Decimal | int | str) -> int:
    """Return an amount in yuan as fen. Raises ValueError for part of a fen, a float's rounding among them."""
    exact = Decimal(yuan) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"{yuan} yuan is not a whole number of fen")
    return int(exact)


def per_capita(income_fen: int, members: int) -> int:
    """Return an amount per head, rounded down to the fen. Raises ValueError without members."""
    if members < 1:
        raise ValueError("a household has at least one member")
    return income_fen // members


def minimum_living_supplement(standard_month_fen: int, members: int, income_month_fen: int) -> Due:
    """Return the household's monthly 低保补差: standard × members − the household's income.

    Reckoned for the household, never per head and multiplied: 632 × 3 − 1,894 is 2 yuan, while the income per
    head rounded to yuan (631) would make it 3.
    """
    per_capita(income_month_fen, members)
    guaranteed = standard_month_fen * members
    lines = (
        Line("保障标准", f"{amount(standard_month_fen)} × {members}人", guaranteed),
        Line("月补差", _difference(guaranteed, income_month_fen), max(0, guaranteed - income_month_fen)),
    )
    return Due(lines)


def is_below_standard(standard_month_fen: int, members: int, income_month_fen: int) -> Judgement:
    """Say whether the income per head is below the standard, without rounding it."""
    head = per_capita(income_month_fen, members)
    lines = (
        Line("月人均收入", f"{amount(income_month_fen)} ÷ {members}人", head),
        Line("人均差额", _difference(standard_month_fen, head), max(0, standard_month_fen - head)),
    )
    return Judgement(income_month_fen < standard_month_fen * members, lines)


def rigid_share_meets(
    rigid_spending_fen: int | None, income_fen: int | None, share_permille: int | None
) -> Judgement:
    """Say whether rigid spending reaches (达到或超过) a share of income.

    Where there is no income, any spending does.
    """
    if rigid_spending_fen is None or income_fen is None or share_permille is None:
        return Judgement(None, ())
    least = share(max(income_fen, 0), share_permille)
    lines = (Line("刚性支出应达到", f"{amount(income_fen)} × {value(share_permille, 'permille')}", least),)
    if income_fen <= 0:
        return Judgement(rigid_spending_fen > 0, lines)
    return Judgement(rigid_spending_fen * 1000 >= income_fen * share_permille, lines)


def above_deductible(
    label: str, covered_fen: int, *, deductible_fen: int, rate_permille: int, cap_fen: int | None = None
) -> Due:
    """Return a payment at one rate above a deductible, up to a cap: basic insurance, medical aid, a top-up.

    covered_fen: what the payer recognises of the bill (in the catalogue, left by the payer before).
    """
    base = max(0, covered_fen - deductible_fen)
    formula = f"{amount(base)} × {value(rate_permille, 'permille')}"
    lines = [Line("起付线以上", _difference(covered_fen, deductible_fen), base)]
    paid = share(base, rate_permille)
    if cap_fen is not None and paid > cap_fen:
        lines += [Line("按比例计算", formula, paid), Line(label, "按封顶线", cap_fen)]
    else:
        lines.append(Line(label, formula, paid))
    return Due(tuple(lines))


def critical_illness_payment(
    eligible_fen: int, deductible_fen: int, brackets: Sequence[Bracket], *, cap_fen: int | None = None
) -> Due:
    """Return what critical-illness insurance pays of the eligible own pay, bracket by bracket.

    Brackets count from the deductible; they begin at 0 and rise, ValueError otherwise.
    """
    starts = [bracket.above_fen for bracket in brackets]
    if not starts or starts[0] != 0 or sorted(set(starts)) != starts:
        raise ValueError("brackets begin at 0 and rise")
    base = max(0, eligible_fen - deductible_fen)
    lines = [Line("起付线以上", _difference(eligible_fen, deductible_fen), base)]
    segments = []
    for bracket, end in zip(brackets, [*starts[1:], None], strict=True):
        inside = min(base, base if end is None else end) - bracket.above_fen
        if inside > 0:
            paid = share(inside, bracket.rate_permille)
            formula = f"{amount(inside)} × {value(bracket.rate_permille, 'permille')}"
            segments.append(Line(f"超过{amount(bracket.above_fen)}的部分", formula, paid))
    total = sum(line.amount_fen for line in segments)
    lines += segments
    if cap_fen is not None and total > cap_fen:
        return Due(
            (*lines, Line("各段合计", _sum(segments), total), Line("大病保险支付", "按封顶线", cap_fen))
        )
    return Due((*lines, Line("大病保险支付", _sum(segments), total)))


def own_pay(total_fen: int, *payments: Due) -> Due:
    """Return what the patient pays of the bill after all payments, with the working of each."""
    steps = [line for payment in payments for line in payment.lines]
    paid = [payment.amount_fen for payment in payments]
    formula = " - ".join(amount(each) for each in (total_fen, *paid))
    return Due((*steps, Line("个人自付", formula, total_fen - sum(paid))))


def paid(label: str, paid_fen: int) -> Due:
    """Return a payment that a settlement states, so that it can be set against the bill."""
    return Due((Line(label, "结算单所列", paid_fen),))


def _difference(first: int, second: int) -> str:
    return f"{amount(first)} - {amount(second)}"


def _sum(lines: Sequence[Line]) -> str:
    return " + ".join(amount(line.amount_fen) for line in lines) or "无"
