"""What a screening found, as long tables: true rules, near misses, what is missing, and the source rows.

Each table names households, rules and packs; together with the household's indicator values and the policy's
parameters they are the evidence that `explanation` puts into words. The long tables are plain SQL over the
kept answers, one short SELECT a rule: the same text on DuckDB and Spark.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.engine.indicators import set_rows, source_sets, tables_of
from shouwang.engine.indicators.sources import ROW_SETS
from shouwang.engine.policy_table import Variant
from shouwang.engine.screening import Screened, near_leaves
from shouwang.engine.snapshot import IncomeRegime, Snapshot
from shouwang.engine.worked_out import Statement, fetched, keep, worked_out

_GREAT_TABLES = ("income_entry", "own_pay_entry", "member")
_CHOSEN = ibis.schema({"household_id": "string", "scope": "int64", "chosen": "int64"})
_ASKED = ibis.schema({"row_set_no": "int64", "household_id": "string", "scope": "int64"})
_LABELS = pa.schema(
    [
        ("number", pa.int64()),
        *((name, pa.string()) for name in ("rule", "pack", "kind", "rule_grade", "risk")),
        ("leaf", pa.int64()),
    ]
)

# The sets of rows by number: the same in every screening, as the SQL of a set is kept.
_NUMBERS = {row_set: number for number, row_set in enumerate(ROW_SETS)}
_ROW = "household_id, source_id, row_no, amount_fen"


class _SetOf(NamedTuple):
    """A set of rows as one way to count income has it; `place` numbers these ways."""

    row_set: str
    place: int
    regime: IncomeRegime


def finding_table(screened: Screened) -> ir.Table:
    """Return one row per household and true rule: household_id, scope, rule, pack, kind, rule_grade, risk."""
    variants = screened.table.variants
    found = {number: (variant, 0, variant.column) for number, variant in enumerate(variants)}
    return _long(screened, found).drop("leaf")


def unknown_table(screened: Screened) -> ir.Table:
    """Return one row per household and warning that is unknown to it, with the columns of `finding_table`.

    Rules that nobody's facts could answer are left out: they are a notice of the run, not of a household.
    """
    variants = screened.variants("warning")
    found = {number: (variant, 0, f"{variant.column} IS NULL") for number, variant in enumerate(variants)}
    return _long(screened, found).drop("leaf")


def near_table(screened: Screened) -> ir.Table:
    """Return one row per household and warning it just missed, `leaf` naming the condition that failed.

    leaf: the place of the condition among the rule's leaves (`Expression.leaves`).
    """
    found = {}
    for number, near in enumerate(near_leaves(screened.table)):
        if near.variant.column not in screened.unjudged:
            leaf = near.variant.expression.leaves.index(near.leaf)
            found[number] = (near.variant, leaf, near.column)
    return _long(screened, found)


def _long(screened: Screened, found: Mapping[int, tuple[Variant, int, str]]) -> ir.Table:
    """Return one row per household and condition that holds for it, labelled with the condition's rule."""
    labels = [_label(number, variant, leaf) for number, (variant, leaf, _) in found.items()]
    labelled = ibis.memtable(pa.Table.from_pylist(labels, schema=_LABELS))
    name = screened.answered.get_name()
    selects = [
        f"SELECT household_id, scope, CAST({number} AS BIGINT) AS chosen FROM {name} WHERE {condition}"
        for number, (_, _, condition) in found.items()
    ]
    none = f"SELECT household_id, scope, CAST(-1 AS BIGINT) AS chosen FROM {name} WHERE 1 = 0"
    chosen = screened.snapshot.backend.sql(" UNION ALL ".join([none, *selects]), schema=_CHOSEN)
    return chosen.join(labelled, chosen.chosen == labelled.number).drop("chosen", "number")


def _label(number: int, variant: Variant, leaf: int) -> dict[str, object]:
    rule = variant.rule
    return {
        "number": number,
        "rule": rule.name,
        "pack": variant.pack.id,
        "kind": rule.kind,
        "rule_grade": rule.grade,
        "risk": rule.risk,
        "leaf": leaf,
    }


def source_row_table(screened: Screened) -> ir.Table | None:
    """Return the rows behind the true warnings.

    One row per household, set of rows and source row (a ledger's row once per item): household_id, row_set,
    source_id, row_no, amount_fen.
    """
    table = screened.table
    wanted = _row_sets(screened)
    if not wanted:
        return None
    asked = _asked(screened, wanted)
    snapshot = _narrowed(screened, asked, wanted)
    regimes = dict.fromkeys(table.regimes)
    chosen = [_SetOf(row_set, place, regime) for row_set in wanted for place, regime in enumerate(regimes)]
    if screened.worked_out is not None:
        return _by_statements(screened, snapshot, asked, chosen)
    parts = []
    for each in chosen:
        rows = _rows_of(screened, snapshot, asked, each)
        if rows is not None:
            parts.append(rows.mutate(row_set=ibis.literal(each.row_set)))
    return ibis.union(*parts) if parts else None


def _rows_of(screened: Screened, snapshot: Snapshot, asked: ir.Table, chosen: _SetOf) -> ir.Table | None:
    table = screened.table
    scopes = [scope for scope, other in enumerate(table.regimes) if other == chosen.regime]
    number = _NUMBERS[chosen.row_set]
    of_set = asked.filter((asked.row_set_no == number) & asked.scope.isin(scopes))
    return set_rows(snapshot, chosen.regime, table.on, chosen.row_set, of_set)


def _by_statements(
    screened: Screened, snapshot: Snapshot, asked: ir.Table, chosen: Iterable[_SetOf]
) -> ir.Table | None:
    """Return the rows of sets by their SQL, as far as it is kept."""
    assert screened.worked_out is not None
    known = screened.worked_out.row_sets
    selects: list[str] = []
    memory: dict[str, pa.Table] = {}
    for each in chosen:
        key = (each.row_set, each.place)
        if key not in known:
            rows = _rows_of(screened, snapshot, asked, each)
            known[key] = None if rows is None else worked_out(rows, snapshot.backend)
        statement = known[key]
        if statement is not None:
            memory.update(statement.memory)
            selects.append(f"SELECT {_ROW}, '{each.row_set}' AS row_set FROM ({statement.sql}) AS set_rows")
    whole = Statement(" UNION ALL ".join(selects), memory)
    return keep(whole, "rows_behind", snapshot.backend) if selects else None


def _narrowed(screened: Screened, asked: ir.Table, wanted: Iterable[str]) -> Snapshot:
    """Keep the entries of the asked households once, as several sets read the same great tables."""
    snapshot = screened.snapshot
    tables = {}
    for name in _GREAT_TABLES:
        numbers = [_NUMBERS[row_set] for row_set in wanted if name in tables_of(row_set)]
        if numbers:
            of_table = asked.filter(asked.row_set_no.isin(numbers)).household_id
            kept = snapshot[name].filter(snapshot[name].household_id.isin(of_table))
            tables[name] = screened.materialise(kept, f"asked_{name}")
    return snapshot.with_tables(**tables)


def _row_sets(screened: Screened) -> dict[str, list[str]]:
    """Return each set of rows that a true warning rests on, with the columns of those warnings."""
    variants = screened.variants("warning")
    if not variants:
        return {}
    answered = screened.answered
    counts = fetched(
        screened.worked_out,
        ("true", screened.unjudged),
        lambda: answered.aggregate(**{v.column: answered[v.column].sum() for v in variants}),
        screened.snapshot.backend,
    )
    assert counts is not None
    [true] = counts.to_pylist()
    wanted: dict[str, list[str]] = {}
    for variant in variants:
        sets = {row_set for name in variant.expression.indicators for row_set in source_sets(name)}
        for row_set in sorted(sets) if true[variant.column] else ():
            wanted.setdefault(row_set, []).append(variant.column)
    return wanted


def _asked(screened: Screened, wanted: Mapping[str, list[str]]) -> ir.Table:
    """Keep one row per set and household with a warning that rests on it: row_set_no, household_id, scope."""
    name = screened.answered.get_name()
    selects = [
        f"SELECT CAST({_NUMBERS[row_set]} AS BIGINT) AS row_set_no, household_id, scope FROM {name} "
        f"WHERE {' OR '.join(columns)}"
        for row_set, columns in wanted.items()
    ]
    asked = screened.snapshot.backend.sql(" UNION ALL ".join(selects), schema=_ASKED)
    return screened.materialise(asked, "asked")
