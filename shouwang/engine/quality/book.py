"""Which checks are asked where: the checks of each scope's policy, compiled once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache

from shouwang.domain.indicators import Indicator
from shouwang.domain.policy import Pack, PackError, PackLibrary, Policy
from shouwang.domain.quality import Check
from shouwang.domain.quality_facts import facts_of
from shouwang.domain.quality_files import checks_of
from shouwang.engine.expression import ExpressionError, parse
from shouwang.engine.policy_table import PolicyTable, policy_table
from shouwang.engine.rule_tree import Expression, IsUnknown, atoms

# The units of facts as the expression language knows them.
_UNITS = {"month": "items", "grade": "items"}


@dataclass(frozen=True)
class Asked:
    """One text of a check and where it is asked; `column` names its answer."""

    column: str
    check: Check
    pack: Pack
    expression: Expression
    scopes: tuple[int, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """The facts it reads, in reading order; a finding shows their values in this order.

        The day's month is left out: it would make every finding another one each month.
        """
        return tuple(name for name in self.expression.indicators if name != "this_month")

    @property
    def blanks(self) -> tuple[str, ...]:
        """The facts whose being blank it looks for."""
        blank = [leaf for leaf in self.expression.leaves if isinstance(leaf, IsUnknown)]
        names = [atom for leaf in blank if not leaf.is_negated for atom in atoms(leaf)]
        return tuple(dict.fromkeys(getattr(each, "name", "") for each in names))

    @property
    def is_about_members(self) -> bool:
        """Whether a finding names a member."""
        return self.check.subject != "household"


@dataclass(frozen=True)
class Book:
    """The checks of a run, by the scopes of `table` (see `policy_table`)."""

    table: PolicyTable
    is_blocking_only: bool = False

    @property
    def on(self) -> date:
        """The day that is checked."""
        return self.table.on

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Every text of every check that is run, in the order of the packs."""
        asked = _asked(self.table.policies)[0]
        return tuple(each for each in asked if each.check.blocks or not self.is_blocking_only)

    @cached_property
    def lacking(self) -> dict[str, tuple[str, ...]]:
        """The checks that some scope cannot ask for want of a parameter: name → the parameters."""
        return _asked(self.table.policies)[1]

    @cached_property
    def not_run(self) -> dict[str, Check]:
        """The checks that are not run anywhere, each with its reason."""
        found = {
            name: check for policy in self.table.policies for name, (check, _) in checks_of(policy).items()
        }
        return {name: check for name, check in found.items() if check.not_run}

    @cached_property
    def blocking(self) -> "Book":
        """The checks of what cannot be true, which entry by hand refuses."""
        return Book(self.table, is_blocking_only=True)

    def wanted(self) -> frozenset[str]:
        """Return the facts that some check reads."""
        return frozenset(name for each in self.asked for name in each.expression.indicators)

    def parameters(self, scope: int) -> dict[str, int | bool | str]:
        """Return the scope's parameter values by name."""
        return self.table.parameters(scope)

    def parameter_names(self) -> list[str]:
        """Return the parameters that some check reads."""
        return sorted({name for each in self.asked for name in each.expression.parameters})


def book(library: PackLibrary, divisions: Iterable[str | None], county: str, on: date) -> Book:
    """Resolve and compile the checks of every division that occurs. Raises NoPolicyError, PackError."""
    return Book(policy_table(library, divisions, county, on))


def single_book(policy: Policy, on: date) -> Book:
    """Return the checks of one policy, for one household."""
    return Book(PolicyTable((policy,), {"": 0}, on))


@cache
def _readable(subject: str) -> Mapping[str, Indicator]:
    return {
        fact.name: Indicator(fact.name, fact.label, _UNITS.get(fact.unit, fact.unit), (), "", "")  # type: ignore[arg-type]
        for fact in facts_of(subject).values()
    }


def compile_check(check: Check, pack: Pack, units: Mapping[str, str]) -> Expression:
    """Parse a check's `when`; PackError names the pack and the check where it is refused."""
    try:
        return parse(check.when, _readable(check.subject), units)
    except ExpressionError as error:
        raise PackError(f"政策包“{pack.id}”的核查“{check.name}”（{check.label}）：{error}") from None


def _asked(policies: tuple[Policy, ...]) -> tuple[tuple[Asked, ...], dict[str, tuple[str, ...]]]:
    found: dict[tuple[str, str], tuple[Check, Pack, Expression]] = {}
    scopes: dict[tuple[str, str], list[int]] = {}
    lacking: dict[str, tuple[str, ...]] = {}
    for scope, policy in enumerate(policies):
        units = {name: p.unit for pack in reversed(policy.chain) for name, p in pack.parameters.items()}
        for name, (check, pack) in checks_of(policy).items():
            if check.not_run:
                continue
            key = (name, pack.id)
            if key not in found:
                found[key] = (check, pack, compile_check(check, pack, units))
            absent = tuple(p for p in found[key][2].parameters if p not in policy.parameters)
            if absent:
                lacking[name] = absent
            else:
                scopes.setdefault(key, []).append(scope)
    asked = tuple(
        Asked(f"check_{number}", *found[key], tuple(where))
        for number, (key, where) in enumerate(scopes.items())
    )
    return asked, lacking


@lru_cache(maxsize=2048)
def household_book(library: PackLibrary, division: str, on: date) -> Book:
    """Return the checks of a village on a day, compiled once."""
    return single_book(library.resolve(division, on), on)
