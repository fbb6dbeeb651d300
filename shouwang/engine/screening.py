"""Screen all households at once: indicators, the place's parameters, one answer column per rule, grades."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_
from typing import Any, TypeGuard

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.engine import translation
from shouwang.engine.grading import with_grades, with_standing
from shouwang.engine.indicators import indicator_table
from shouwang.engine.policy_table import UNKNOWN_DIVISION, PolicyTable, Variant
from shouwang.engine.rule_tree import And, Comparison, Condition, Name
from shouwang.engine.snapshot import IncomeRegime, Snapshot
from shouwang.engine.worked_out import WorkedOut, fetched

NEAR_PERMILLE = "near_permille"
DEFAULT_NEAR_PERMILLE = 100

Materialise = Callable[[ir.Table, str], ir.Table]


@dataclass(frozen=True)
class Screened:
    """The answers of a screening.

    `answered` is kept on the backend, one row per household: household_id, division, scope, the indicators
    read, the parameters of the scope (`p_`, where places differ), one boolean column per variant (NULL is
    unknown), `near_<n>` per near leaf, and is_flagged, grade, index, index_<part>. `households` adds
    is_pending and suggested_class. `unjudged` are columns of variants that nobody's facts could answer (a
    feed never delivered).
    """

    snapshot: Snapshot
    table: PolicyTable
    answered: ir.Table
    households: ir.Table
    unjudged: frozenset[str]
    materialise: Materialise
    worked_out: WorkedOut | None = None

    def variants(self, *kinds: str) -> list[Variant]:
        """Return the variants of the given kinds that somebody's facts could answer."""
        return [v for v in self.table.variants if v.rule.kind in kinds and v.column not in self.unjudged]


def screen(
    snapshot: Snapshot,
    table: PolicyTable,
    *,
    materialise: Materialise,
    release: Callable[[str], None] = lambda _: None,
    unjudged: Collection[str] | None = None,
    worked_out: WorkedOut | None = None,
) -> Screened:
    """Answer every rule for every household in one pass and keep the answers.

    materialise: keeps a table expression under a name on the snapshot's backend and returns it; release:
    drops a kept table that is needed no more. unjudged: where the snapshot holds some households of a place,
    the rules (names) that no household of the place could answer. worked_out: the SQL of the screenings of
    this policy table and these feeds, on DuckDB; filled by the first.
    """
    work = partial(_answered, snapshot, table, release)
    if worked_out is None:
        answered = work(materialise)
    elif worked_out.answers:
        answered = worked_out.answered(snapshot.backend)
    else:
        answered = worked_out.recorded(snapshot.backend, work)
    unanswered = _unjudged(answered, table, unjudged, worked_out)
    households = with_standing(answered, table, unanswered)
    return Screened(snapshot, table, answered, households, unanswered, materialise, worked_out)


def _answered(
    snapshot: Snapshot, table: PolicyTable, release: Callable[[str], None], materialise: Materialise
) -> ir.Table:
    parts: list[str] = []

    def keep_part(part: ir.Table, name: str) -> ir.Table:
        parts.append(name)
        return materialise(part, name)

    households = with_answers(with_parameters(facts(snapshot, table, keep_part), table), table)
    answered = materialise(with_near(with_grades(households, table), table), "answered")
    for name in parts:
        release(name)
    return answered


def facts(snapshot: Snapshot, table: PolicyTable, materialise: Materialise | None = None) -> ir.Table:
    """Return one row per household with its scope and the indicators that the rules read."""
    by_regime: dict[IncomeRegime, list[int]] = {}
    for scope, regime in enumerate(table.regimes):
        by_regime.setdefault(regime, []).append(scope)
    if len(by_regime) == 1:
        regime = next(iter(by_regime))
        return _with_scope(indicator_table(snapshot, regime, table.on, table.wanted, materialise), table)
    parts = []
    for regime, scopes in by_regime.items():
        households = _with_scope(snapshot["household"], table)
        chosen = households.filter(households.scope.isin(scopes)).drop("scope")
        of_regime = snapshot.with_tables(household=chosen)
        part = indicator_table(of_regime, regime, table.on, table.wanted, materialise)
        parts.append(_with_scope(part, table))
    return ibis.union(*parts)


def _with_scope(households: ir.Table, table: PolicyTable) -> ir.Table:
    if len(table.policies) == 1:
        return households.mutate(scope=ibis.literal(0, type="int64"))
    rows = [{"scope_division": division, "scope": scope} for division, scope in table.scope_of.items()]
    scopes = _memory_table(rows, {"scope_division": pa.string(), "scope": pa.int64()})
    keyed = households.mutate(scope_key=households.division.fill_null(UNKNOWN_DIVISION))
    return keyed.join(scopes, keyed.scope_key == scopes.scope_division).drop("scope_key", "scope_division")


def with_parameters(households: ir.Table, table: PolicyTable) -> ir.Table:
    """Join the parameters of each household's scope as columns `p_<name>`; one scope needs no join."""
    if len(table.policies) == 1:
        return households
    names = read_parameters(table)
    rows = []
    types = {"parameter_scope": pa.int64()}
    for scope in range(len(table.policies)):
        values = scope_parameters(table, scope)
        rows.append({"parameter_scope": scope, **{f"p_{name}": values.get(name) for name in names}})
        types |= {f"p_{name}": _type(values[name]) for name in names if name in values}
    joined = _memory_table(rows, types)
    return households.join(joined, households.scope == joined.parameter_scope).drop("parameter_scope")


def scope_parameters(table: PolicyTable, scope: int) -> dict[str, int | bool | str]:
    """Return a scope's parameters; how close a near miss is has a value even where no pack gives one."""
    return {NEAR_PERMILLE: DEFAULT_NEAR_PERMILLE, **table.parameters(scope)}


def read_parameters(table: PolicyTable) -> list[str]:
    """Return the names of the parameters that some variant, or the search for near misses, reads."""
    return sorted({NEAR_PERMILLE, *(name for v in table.variants for name in v.expression.parameters)})


def parameter_values(households: ir.Table, table: PolicyTable) -> dict[str, ir.Value]:
    """Return each parameter as a literal (one scope) or as its joined column (several)."""
    if len(table.policies) == 1:
        values = scope_parameters(table, 0)
        return {name: translation.literal(values[name]) for name in read_parameters(table)}
    return {name: households[f"p_{name}"] for name in read_parameters(table)}


def _type(value: object) -> pa.DataType:
    if isinstance(value, bool):
        return pa.bool_()
    return pa.int64() if isinstance(value, int) else pa.string()


def _memory_table(rows: list[dict[str, Any]], types: dict[str, pa.DataType]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema(list(types.items()))))


def with_answers(households: ir.Table, table: PolicyTable) -> ir.Table:
    """Add one boolean column per variant; false where the variant is not asked."""
    parameters = parameter_values(households, table)
    answers = {}
    for variant in table.variants:
        answer = translation.condition(variant.expression.tree, households, parameters)
        answers[variant.column] = _where_asked(households, variant, table, answer)
    return households.mutate(**answers)


@dataclass(frozen=True)
class NearLeaf:
    """A top-level numeric condition of a warning that a small change could turn; `column` says for whom."""

    column: str
    variant: Variant
    leaf: Comparison
    others: tuple[Condition, ...]


def near_leaves(table: PolicyTable) -> list[NearLeaf]:
    """Return the near leaves of every warning, in the order of the variants."""
    found: list[NearLeaf] = []
    for variant in table.variants:
        tree = variant.expression.tree
        parts = tree.conditions if isinstance(tree, And) else (tree,)
        for place, part in enumerate(parts):
            if variant.rule.kind == "warning" and _is_numeric(part):
                others = parts[:place] + parts[place + 1 :]
                found.append(NearLeaf(f"near_{len(found)}", variant, part, others))
    return found


def _is_numeric(part: Condition) -> TypeGuard[Comparison]:
    return (
        isinstance(part, Comparison)
        and part.operator in ("<", "<=", ">", ">=")
        and isinstance(part.left, Name)
    )


def with_near(households: ir.Table, table: PolicyTable) -> ir.Table:
    """Add one boolean column per near leaf.

    Near means: every other condition of the rule holds, and the one number that fails is within the policy's
    `near_permille` of its limit.
    """
    parameters = parameter_values(households, table)
    margin = parameters[NEAR_PERMILLE]
    columns = {}
    for near in near_leaves(table):
        left = translation.term(near.leaf.left, households, parameters)
        right = translation.term(near.leaf.right, households, parameters)
        if near.leaf.operator in ("<", "<="):
            is_close = left * 1000 <= right * (margin + 1000)
        else:
            is_close = left * 1000 >= right * (translation.literal(1000) - margin)
        holds = [translation.condition(part, households, parameters) for part in near.others]
        fails = ~translation.condition(near.leaf, households, parameters)
        is_near = reduce(and_, [*holds, fails, is_close])
        columns[near.column] = _where_asked(households, near.variant, table, is_near)
    return households.mutate(**columns)


def _where_asked(
    households: ir.Table, variant: Variant, table: PolicyTable, answer: ir.BooleanValue
) -> ir.BooleanValue:
    if len(variant.scopes) == len(table.policies):
        return answer
    return ibis.ifelse(households.scope.isin(variant.scopes), answer, ibis.literal(False))


def _unjudged(
    answered: ir.Table, table: PolicyTable, names: Collection[str] | None, worked_out: WorkedOut | None
) -> frozenset[str]:
    """Return the variants (of the rules of these names) whose answer is unknown for every household asked."""
    if not table.variants:
        return frozenset()

    def known() -> ir.Table:
        return answered.aggregate(**{v.column: _asked_and_known(answered, v, table) for v in table.variants})

    counts = fetched(worked_out, "known", known, answered.get_backend())
    assert counts is not None
    [row] = counts.to_pylist()
    asked = {v.column for v in table.variants if names is None or v.rule.name in names}
    return frozenset(column for column, count in row.items() if not count and column in asked)


def _asked_and_known(answered: ir.Table, variant: Variant, table: PolicyTable) -> ir.Value:
    known = answered[variant.column].notnull()
    if len(variant.scopes) < len(table.policies):
        known = known & answered.scope.isin(variant.scopes)
    return known.sum()
