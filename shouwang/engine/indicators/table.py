"""The indicator table: parts of each table a household needs, joined once, and one formula per indicator."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

import ibis.expr.types as ir
from ibis.util import gen_name

from shouwang.domain.indicators import Indicator, indicators
from shouwang.engine.indicators import events, household, income, members, persons, spending
from shouwang.engine.indicators.columns import as_int64
from shouwang.engine.indicators.reading import Reading
from shouwang.engine.indicators.row import Formula, Row
from shouwang.engine.snapshot import IncomeRegime, Snapshot

Materialise = Callable[[ir.Table, str], ir.Table]

FORMULAS: dict[str, Formula] = {
    **household.FORMULAS,
    **income.FORMULAS,
    **spending.FORMULAS,
    **members.FORMULAS,
    **persons.FORMULAS,
    **events.FORMULAS,
}

# What a table contributes, one row per household that has any; a feed never delivered contributes nothing.
_PARTS: dict[str, Callable[[Reading], list[ir.Table]]] = {
    "income_entry": income.ledger_parts,
    "annual_income": income.statement_parts,
    "member": members.member_parts,
    "own_pay_entry": spending.own_pay_parts,
    "diagnosis": persons.diagnosis_parts,
    "enrolment": persons.enrolment_parts,
    "social_aid": persons.social_aid_parts,
    "employment": persons.employment_parts,
    "credit": persons.credit_parts,
    "housing_check": events.housing_parts,
    "water_problem": events.water_parts,
    "disaster": events.disaster_parts,
    "farm_loss": events.farm_loss_parts,
    "security_event": events.security_parts,
    "petition": events.petition_parts,
}


def indicator_table(
    snapshot: Snapshot,
    regime: IncomeRegime,
    on: date,
    wanted: Collection[str],
    materialise: Materialise | None = None,
) -> ir.Table:
    """Return one row per household: household_id, division and the wanted indicators, NULL where unknown.

    fen and counts are int64, flags boolean, codes and grades text. Raises KeyError for an indicator that the
    catalogue does not know. `materialise` keeps what each table contributes, under a name of its own, before
    they are joined: a great snapshot is then summed one table at a time, not all at once, which takes a
    fraction of the memory. The caller releases these when the result is kept.
    """
    catalogue = indicators()
    asked = {name: catalogue[name] for name in wanted}
    reading = Reading(snapshot, regime, on, frozenset(asked))
    read = {table for indicator in asked.values() for table in indicator.reads}
    parts = [part for table, make in _PARTS.items() if table in read for part in make(reading)]
    row, result = _answered(reading, asked, parts)
    if materialise is None:
        return result
    used = {"household_id", *row.used}
    kept = [
        materialise(part.select([c for c in part.columns if c in used]), gen_name("indicator_part"))
        for part in parts
    ]
    return _answered(reading, asked, kept)[1]


def _answered(
    reading: Reading, asked: Mapping[str, Indicator], parts: Iterable[ir.Table]
) -> tuple[Row, ir.Table]:
    """Join the parts to the registry's row and compute what is asked; the row knows the columns it used."""
    joined = reading["household"]
    for number, part in enumerate(parts):
        key = f"key_{number}"
        joined = joined.left_join(part.rename({key: "household_id"}), [("household_id", key)])
    row = Row(reading, joined, FORMULAS)
    columns = {name: _typed(row.indicator(name), indicator) for name, indicator in asked.items()}
    return row, joined.select("household_id", "division", **columns)


def _typed(value: ir.Value, indicator: Indicator) -> ir.Value:
    if indicator.unit == "flag":
        return value.cast("boolean")
    return value if indicator.unit in {"code", "grade"} else as_int64(value)
