"""Indicators of what a household has to pay: medical own pay month by month, tuition, losses."""

import ibis.expr.types as ir

from shouwang.engine.indicators.amounts import own_pay_months
from shouwang.engine.indicators.columns import known_part, total, within
from shouwang.engine.indicators.reading import Reading
from shouwang.engine.indicators.row import Formula, Row, counted, unknown

OUTPATIENT = ["outpatient", "chronic"]


def own_pay_parts(reading: Reading) -> list[ir.Table]:
    """Return a household's own pay over S, from months to persons to the household."""
    if not reading.has("medical"):
        return []
    persons = _persons(_person_months(reading))
    # Persons of a household whose last settlements fall in the same month, so that the household's last month
    # can be chosen without reading the rows again.
    by_last_month = persons.group_by("household_id", "last_month").aggregate(
        own_pay=total(persons.own_pay),
        own_pay_max=persons.own_pay.max(),
        own_pay_year_max=persons.own_pay_year.max(),
        compliant_max=persons.compliant.max(),
        compliant_missing=persons.compliant_missing.sum(),
        inpatient_year_max=persons.inpatient_year.max(),
        outpatient_max=persons.last_outpatient.max(),
    )
    return [
        by_last_month.group_by("household_id").aggregate(
            own_pay=total(by_last_month.own_pay),
            own_pay_max=by_last_month.own_pay_max.max(),
            own_pay_year_max=by_last_month.own_pay_year_max.max(),
            compliant_max=by_last_month.compliant_max.max(),
            compliant_missing=total(by_last_month.compliant_missing),
            inpatient_year_max=by_last_month.inpatient_year_max.max(),
            outpatient_max=by_last_month.outpatient_max.argmax(by_last_month.last_month),
        )
    ]


def _person_months(reading: Reading) -> ir.Table:
    """Sum the kinds of visit of a person and month; amounts of the running year apart."""
    months = own_pay_months(reading.snapshot)
    months = months.filter(within(months.month, reading.spending))
    paid = months.own_pay_fen
    in_year = within(months.month, reading.year)
    return months.group_by("household_id", "person_id", "month").aggregate(
        own_pay=total(paid),
        own_pay_year=total(paid, in_year),
        inpatient_year=total(paid, in_year & (months.visit_kind == "inpatient")),
        outpatient=total(paid, months.visit_kind.isin(OUTPATIENT)),
        compliant=total(months.compliant_own_pay_fen),
        compliant_missing=total(months.compliant_missing),
    )


def _persons(months: ir.Table) -> ir.Table:
    return months.group_by("household_id", "person_id").aggregate(
        own_pay=total(months.own_pay),
        own_pay_year=total(months.own_pay_year),
        inpatient_year=total(months.inpatient_year),
        compliant=total(months.compliant),
        compliant_missing=total(months.compliant_missing),
        last_month=months.month.max(),
        last_outpatient=months.outpatient.argmax(months.month),
    )


def _compliant_max(row: Row) -> ir.Value:
    if not row.reading.has("medical"):
        return unknown()
    return known_part(row.zero("compliant_missing") == 0, row.zero("compliant_max"))


def _rigid_spending(row: Row) -> ir.Value:
    spending = row.indicator("own_pay_household_fen")
    for name in ("education_own_fen", "disaster_loss_fen"):
        spending = spending + row.indicator(name).fill_null(0)
    return spending


FORMULAS: dict[str, Formula] = {
    "own_pay_person_max_fen": counted("medical", "own_pay_max"),
    "own_pay_household_fen": counted("medical", "own_pay"),
    "own_pay_year_person_max_fen": counted("medical", "own_pay_year_max"),
    "compliant_own_pay_person_max_fen": _compliant_max,
    "inpatient_own_pay_year_max_fen": counted("medical", "inpatient_year_max"),
    "outpatient_own_pay_month_max_fen": counted("medical", "outpatient_max"),
    "education_own_fen": counted("education", "education_own"),
    "disaster_loss_fen": counted("disaster", "disaster_loss"),
    "farm_loss_fen": counted("agriculture", "farm_loss"),
    "rigid_spending_fen": _rigid_spending,
}
