"""What a measure of the policy entitles a household or person to, with its working and its clauses.

The arithmetic is `entitlement`'s; here a measure's shape meets the policy's figures and the household's.
An amount that lacks a fact or a figure is unknown and says what is missing; it is never 0 for want of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shouwang.domain.adding_up import share
from shouwang.domain.entitlement import Bracket, Due, Line, above_deductible, critical_illness_payment
from shouwang.domain.measures import SHAPES, Measure
from shouwang.domain.policy import Policy, Value
from shouwang.domain.wording import amount, value

_WHOLE = 1000  # permille


@dataclass(frozen=True)
class CriticalTerms:
    """The general terms of critical-illness insurance at a place, before any tilt."""

    deductible_fen: int
    brackets: tuple[Bracket, ...]
    cap_fen: int | None = None


@dataclass(frozen=True)
class Basis:
    """The household's figures an entitlement is reckoned on; None is unknown. Amounts are of one year.

    own_pay_fen: what one person paid himself. eligible_fen: what critical-illness insurance recognises of it.
    persons: how many the measure is for. premium_fen: the premium of one person.
    """

    cost_fen: int | None = None
    own_pay_fen: int | None = None
    eligible_fen: int | None = None
    persons: int | None = None
    premium_fen: int | None = None
    critical_terms: CriticalTerms | None = None


@dataclass(frozen=True)
class Entitlement:
    """What a measure gives on a basis: `due` (None is unknown, `missing` says for want of what).

    is_ceiling: the amount is the most that may be given (不超过), no fixed right. sources: the clauses of the
    figures used. A measure without a formula has neither amount nor anything missing.
    """

    measure: Measure
    due: Due | None
    missing: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    is_ceiling: bool = False

    @property
    def due_fen(self) -> int | None:
        """The amount due, None where it cannot be told."""
        return None if self.due is None else self.due.amount_fen

    @property
    def text(self) -> str:
        """Say in one Chinese sentence what is due, or why that cannot be told."""
        if self.due is not None:
            most = "最高" if self.is_ceiling else "应享"
            return f"{self.measure.label}{most}{amount(self.due.amount_fen)}。"
        if self.missing:
            return f"{self.measure.label}的金额算不出：缺{'、'.join(self.missing)}。"
        return f"{self.measure.label}没有定额，按实际需要落实。"


_FACTS = {
    "cost_fen": "产业发展成本",
    "own_pay_fen": "个人自付费用",
    "eligible_fen": "纳入大病保险的自付费用",
    "persons": "享受人数",
    "premium_fen": "每人参保费用",
    "critical_terms": "当地大病保险起付线和分段比例",
}
_SHAPE_FACTS = {
    "share_with_cap": ("cost_fen",),
    "own_pay_share_with_cap": ("own_pay_fen",),
    "per_person": ("persons",),
    "full_premium": ("premium_fen", "persons"),
    "critical_illness_tilt": ("eligible_fen", "critical_terms"),
}


def entitlement(measure: Measure, basis: Basis, policy: Policy) -> Entitlement:
    """Reckon what the measure gives on the basis by the policy's figures."""
    formula = measure.formula
    if formula is None:
        return Entitlement(measure, None, sources=(measure.source,))
    figures: dict[str, Value] = {}
    missing = [_FACTS[name] for name in _SHAPE_FACTS[formula.shape] if getattr(basis, name) is None]
    sources = [measure.source]
    for role, name in formula.parameters.items():
        resolved = policy.parameters.get(name)
        if resolved is None:
            missing.append(f"政策数字“{name}”")
            continue
        figures[role] = resolved.value
        sources.append(resolved.dated.source)
    is_ceiling = SHAPES[formula.shape].is_ceiling
    if missing:
        return Entitlement(measure, None, tuple(missing), tuple(dict.fromkeys(sources)), is_ceiling)
    due = _reckon(measure, basis, {role: int(figure) for role, figure in figures.items()})
    return Entitlement(measure, due, (), tuple(dict.fromkeys(sources)), is_ceiling)


def _reckon(measure: Measure, basis: Basis, figures: dict[str, int]) -> Due:
    """Reckon with everything known; the loader has checked the unit of each figure."""
    shape = measure.formula.shape if measure.formula else ""
    if shape == "share_with_cap":
        return _share(measure.label, basis.cost_fen or 0, figures)
    if shape == "own_pay_share_with_cap":
        return _share(measure.label, basis.own_pay_fen or 0, figures)
    if shape == "critical_illness_tilt" and basis.critical_terms is not None:
        terms, cut = tilted(
            basis.critical_terms,
            threshold_cut_permille=figures["threshold_cut"],
            rate_gain_permille=figures["rate_gain"],
            has_cap=bool(figures["has_cap"]),
        )
        payment = critical_illness_payment(
            max(0, basis.eligible_fen or 0), terms.deductible_fen, terms.brackets, cap_fen=terms.cap_fen
        )
        return Due((cut, *payment.lines))
    each = figures["amount"] if shape == "per_person" else basis.premium_fen or 0
    return per_person(measure.label, each, basis.persons or 0)


def _share(label: str, base_fen: int, figures: dict[str, int]) -> Due:
    due = above_deductible(
        label, max(0, base_fen), deductible_fen=0, rate_permille=figures["share"], cap_fen=figures["cap"]
    )
    return Due(due.lines[1:])  # there is no deductible to show


def per_person(label: str, each_fen: int, persons: int) -> Due:
    """Return a fixed amount for each of so many persons."""
    count = max(0, persons)
    return Due((Line(label, f"{amount(each_fen)} × {count}人", max(0, each_fen) * count),))


def tilted(
    terms: CriticalTerms, *, threshold_cut_permille: int, rate_gain_permille: int, has_cap: bool
) -> tuple[CriticalTerms, Line]:
    """Return the terms for those whom policy favours, and the line that shows the lowered deductible.

    The deductible falls by a share of itself (not rounded to yuan), each rate rises by points up to the
    whole, and the cap goes where policy has none.
    """
    cut = share(terms.deductible_fen, min(threshold_cut_permille, _WHOLE))
    lowered = terms.deductible_fen - cut
    formula = f"{amount(terms.deductible_fen)} × (1 - {value(threshold_cut_permille, 'permille')})"
    return (
        CriticalTerms(
            lowered, _raised(terms.brackets, rate_gain_permille), terms.cap_fen if has_cap else None
        ),
        Line("降低后的起付线", formula, lowered),
    )


def _raised(brackets: Sequence[Bracket], gain_permille: int) -> tuple[Bracket, ...]:
    return tuple(
        replace(bracket, rate_permille=min(_WHOLE, bracket.rate_permille + gain_permille))
        for bracket in brackets
    )
