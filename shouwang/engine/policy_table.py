"""Which policy holds for which households, and its rules compiled once: the parameter table of a screening.

A *scope* is a set of divisions that share every pack; a *variant* is one text of one rule (a narrower pack
may replace a wider one's), with the scopes it is asked in. Households of a hundred counties are screened
together by joining the parameters of their scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from shouwang.domain.indicators import indicators
from shouwang.domain.periods import IncomeWindow, Period, income_window
from shouwang.domain.policy import Pack, PackError, PackLibrary, Policy, Rule
from shouwang.engine.expression import ExpressionError, parse
from shouwang.engine.rule_tree import Expression
from shouwang.engine.snapshot import IncomeRegime, income_regime

UNKNOWN_DIVISION = ""


@dataclass(frozen=True)
class Variant:
    """One text of a rule and where it is asked; `column` names its answer in the screened table."""

    column: str
    rule: Rule
    pack: Pack
    expression: Expression
    scopes: tuple[int, ...]


@dataclass(frozen=True)
class NotApplicable:
    """A rule not asked in a scope, because the place has set no value for some parameters."""

    rule: Rule
    scope: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class PolicyTable:
    """The scopes of a screening: `policies[scope]`, and the scope of each division that occurs."""

    policies: tuple[Policy, ...]
    scope_of: Mapping[str, int]
    on: date

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every rule text asked anywhere, each once, in the order of the packs."""
        return _variants(self)[0]

    @cached_property
    def not_applicable(self) -> tuple[NotApplicable, ...]:
        """The rules that a scope cannot ask for want of a parameter."""
        return _variants(self)[1]

    @cached_property
    def regimes(self) -> tuple[IncomeRegime, ...]:
        """The income regime of each scope."""
        return tuple(income_regime(policy, policy_window(policy, self.on)) for policy in self.policies)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The indicators that the variants read, in the order of the catalogue."""
        read = {name for variant in self.variants for name in variant.expression.indicators}
        return tuple(name for name in indicators() if name in read)

    def parameters(self, scope: int) -> dict[str, int | bool | str]:
        """Return the scope's parameter values by name."""
        return {name: resolved.value for name, resolved in self.policies[scope].parameters.items()}


def policy_table(library: PackLibrary, divisions: Iterable[str | None], county: str, on: date) -> PolicyTable:
    """Resolve the policy of every division that occurs; a household without one follows the county.

    Raises NoPolicyError where no pack holds on the day.
    """
    policies: list[Policy] = []
    scope_of: dict[str, int] = {}
    numbers: dict[tuple[str, ...], int] = {}
    # In order, so that the same screening numbers its scopes alike in every process.
    for division in sorted({UNKNOWN_DIVISION, *(d or UNKNOWN_DIVISION for d in divisions)}):
        policy = library.resolve(division or county, on)
        if policy.key not in numbers:
            numbers[policy.key] = len(policies)
            policies.append(policy)
        scope_of[division] = numbers[policy.key]
    return PolicyTable(tuple(policies), scope_of, on)


def single_policy_table(policy: Policy, on: date) -> PolicyTable:
    """Screen every household by one policy, whatever its division (examples whose place is hidden)."""
    return PolicyTable((policy,), {UNKNOWN_DIVISION: 0}, on)


def policy_window(policy: Policy, on: date) -> Period:
    """Return the income window on a day (parameter `income_window`; S1's where none is given)."""
    values = {name: str(p.value) for name, p in policy.parameters.items() if name.startswith("income_window")}
    kind = IncomeWindow(values.get("income_window", "same_month_last_year"))
    fixed = None
    if kind is IncomeWindow.FIXED:
        try:
            start, end = values["income_window_from"], values["income_window_to"]
        except KeyError as error:
            pack = policy.answered_by.id
            raise PackError(f"政策包“{pack}”的收入计算周期为固定周期,但缺少参数{error}。") from None
        fixed = Period(date.fromisoformat(start), date.fromisoformat(end))
    return income_window(kind, on, started_on=on, fixed=fixed)


def compile_rule(rule: Rule, pack: Pack, units: Mapping[str, str]) -> Expression:
    """Parse a rule's `when`; PackError names the pack and the rule where it is refused."""
    try:
        return parse(rule.when, indicators(), units)
    except ExpressionError as error:
        raise PackError(f"政策包“{pack.id}”的规则“{rule.name}”({rule.label}):{error}") from None


def _variants(table: PolicyTable) -> tuple[tuple[Variant, ...], tuple[NotApplicable, ...]]:
    compiled: dict[tuple[str, str], Expression] = {}
    scopes: dict[tuple[str, str], list[int]] = {}
    texts: dict[tuple[str, str], tuple[Rule, Pack]] = {}
    missing: list[NotApplicable] = []
    for scope, policy in enumerate(table.policies):
        units = {name: p.unit for pack in reversed(policy.chain) for name, p in pack.parameters.items()}
        for rule, pack in policy.rules.values():
            key = (rule.name, pack.id)
            if key not in compiled:
                compiled[key] = compile_rule(rule, pack, units)
                texts[key] = (rule, pack)
            absent = tuple(p for p in compiled[key].parameters if p not in policy.parameters)
            if absent:
                missing.append(NotApplicable(rule, scope, absent))
            else:
                scopes.setdefault(key, []).append(scope)
    variants = tuple(
        Variant(f"rule_{number}", *texts[key], compiled[key], tuple(where))
        for number, (key, where) in enumerate(scopes.items())
    )
    return variants, tuple(missing)
