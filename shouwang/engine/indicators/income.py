"""Indicators of income: from the ledger where every month is known, else from the annual statement."""

from itertools import pairwise

import ibis
import ibis.expr.types as ir

from shouwang.engine.indicators.amounts import COST, INCOMES, income_sums
from shouwang.engine.indicators.columns import floor_divide, known_part, newest
from shouwang.engine.indicators.reading import STATEMENT_YEARS, Reading
from shouwang.engine.indicators.row import Formula, Row, unknown

STATED = {**{source: f"{source}_fen" for source in INCOMES}, COST: "business_cost_fen"}


def ledger_parts(reading: Reading) -> list[ir.Table]:
    """Return the counted sums of W, of the twelve months before it and of H."""
    return income_sums(reading.snapshot, reading.regime, reading.income_periods, detailed=("w",))


def statement_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's annual statements side by side; column `net_<n>` is of n years before `on`'s."""
    statements = reading["annual_income"]
    age = reading.on.year - statements.year
    aged = statements.mutate(age=age, net=statement_net(statements)).filter(age >= 0)
    nets = {f"net_{n}": aged.net.max(where=aged.age == n) for n in range(STATEMENT_YEARS)}
    last = {f"stated_{part}": aged[column].max(where=aged.age == 1) for part, column in STATED.items()}
    per_capita = newest(aged.net_per_capita_fen, aged.year)
    return [aged.group_by("household_id").aggregate(**nets, **last, stated_per_capita=per_capita)]


def statement_net(statements: ir.Table) -> ir.Value:
    """Return the net income that a statement gives, from its parts where the total is blank."""
    parts = sum((statements[STATED[source]] for source in INCOMES), start=-statements[STATED[COST]])
    return statements.net_fen.fill_null(parts)


def is_complete(row: Row, period: str) -> ir.Value:
    """Return whether every month of the period has a ledger entry; never unknown."""
    months = row.reading.income_periods.get(period)
    if months is None:
        return ibis.literal(False)
    return row.zero(f"{period}_months_known") == len(months.months)


def _ledger(row: Row, period: str, part: str) -> ir.Value:
    if period not in row.reading.income_periods:
        return unknown()
    return row[f"{period}_{part}"]


def _part(part: str) -> Formula:
    return lambda row: ibis.ifelse(is_complete(row, "w"), _ledger(row, "w", part), row[f"stated_{part}"])


def _net(row: Row) -> ir.Value:
    return ibis.ifelse(is_complete(row, "w"), _ledger(row, "w", "net"), row["net_1"])


def _previous_net(row: Row) -> ir.Value:
    return ibis.ifelse(is_complete(row, "previous"), _ledger(row, "previous", "net"), row["net_2"])


def _half_year_net(row: Row) -> ir.Value:
    return known_part(is_complete(row, "half"), _ledger(row, "half", "net"))


def _is_from_ledger(row: Row) -> ir.Value:
    complete = is_complete(row, "w")
    return known_part(complete | row["net_1"].notnull(), complete)


def _months_known(row: Row) -> ir.Value:
    return row.zero("w_months_known") if "w" in row.reading.income_periods else ibis.literal(0, type="int64")


def _per_capita(name: str) -> Formula:
    return lambda row: floor_divide(row.indicator(name), row.indicator("member_count"))


def _reference_income(row: Row) -> ir.Value:
    claims = row["claims_income_fen"].fill_null(0)
    return row.indicator("net_income_fen") + claims - row.indicator("own_pay_household_fen")


def _fall(row: Row) -> ir.Value:
    return row.indicator("previous_net_income_fen") - row.indicator("net_income_fen")


def _falling_years(row: Row) -> ir.Value:
    """Count the falls before each stated year, oldest first, and give the newest year's."""
    nets = [row[f"net_{n}"] for n in range(STATEMENT_YEARS)]
    falls: ir.Value = ibis.literal(0, type="int64")
    runs = []
    for newer, older in reversed(list(pairwise(nets))):
        falls = ibis.cases((newer < older, falls + 1), else_=ibis.literal(0, type="int64"))
        runs.append(known_part(older.notnull(), falls))
    newest_first = list(zip(nets, reversed(runs), strict=False))
    return ibis.cases(*((net.notnull(), run) for net, run in newest_first), else_=unknown())


FORMULAS: dict[str, Formula] = {
    "income_months_known": _months_known,
    "is_income_from_ledger": _is_from_ledger,
    "net_income_fen": _net,
    "wage_income_fen": _part("wage"),
    "business_income_fen": _part("business"),
    "business_cost_fen": _part("cost"),
    "property_income_fen": _part("property"),
    "transfer_income_fen": _part("transfer"),
    "net_income_per_capita_fen": _per_capita("net_income_fen"),
    "reference_income_fen": _reference_income,
    "reference_income_per_capita_fen": _per_capita("reference_income_fen"),
    "previous_net_income_fen": _previous_net,
    "income_fall_fen": _fall,
    "half_year_net_income_fen": _half_year_net,
    "half_year_income_per_capita_fen": _per_capita("half_year_net_income_fen"),
    "falling_years": _falling_years,
    "stated_income_per_capita_fen": lambda row: row["stated_per_capita"],
}
