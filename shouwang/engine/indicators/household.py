"""Indicators of the registry's own row of a household (户信息)."""

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from shouwang.domain.periods import Month
from shouwang.engine.indicators.columns import as_int64, known_part, month_number
from shouwang.engine.indicators.row import Formula, Row, stated

_MONITORED = ["unstable", "borderline", "sudden"]
_DEVELOPMENT = ("industry", "employment", "finance", "public_post")


def _is_of_class(value: str) -> Formula:
    return lambda row: row["household_class"] == value


def _was_monitored(row: Row) -> ir.Value:
    return row["monitored_class"].isin(_MONITORED)


def _is_monitored(row: Row) -> ir.Value:
    was = _was_monitored(row)
    return ibis.ifelse(was, ~row["is_risk_eliminated"], was)


def _is_eliminated(row: Row) -> ir.Value:
    was = _was_monitored(row)
    return ibis.ifelse(was, row["is_risk_eliminated"], was)


def _is_naturally_eliminated(row: Row) -> ir.Value:
    eliminated = _is_eliminated(row)
    return ibis.ifelse(eliminated, row["elimination_mode"] == "natural", eliminated)


def _months_since(column: str) -> Formula:
    return lambda row: _month(row.reading.month) - month_number(row[column])


def _months_to_elimination(row: Row) -> ir.Value:
    return month_number(row["eliminated_month"]) - month_number(row["identified_month"])


def _month(month: Month) -> ir.Value:
    return ibis.literal(month.year * 12 + month.month, type="int64")


def _holds(column: str, *codes: str) -> Formula:
    return lambda row: reduce(or_, (row[column].contains(f"|{code}|") for code in codes))


def _code_count(column: str) -> Formula:
    """Count the codes between bars: `|a|b|` has one bar more than codes, and a blank has neither."""

    def formula(row: Row) -> ir.Value:
        bars = as_int64(row[column].length() - row[column].replace("|", "").length())
        return known_part(row[column].notnull(), ibis.ifelse(bars > 0, bars - 1, 0))

    return formula


def _has_development_measure(row: Row) -> ir.Value:
    return ibis.coalesce(row["has_development_measure"], _holds("measures", *_DEVELOPMENT)(row))


FORMULAS: dict[str, Formula] = {
    "is_alleviated": _is_of_class("alleviated"),
    "is_ordinary": _is_of_class("ordinary"),
    "is_monitored": _is_monitored,
    "was_monitored": _was_monitored,
    "is_eliminated": _is_eliminated,
    "is_naturally_eliminated": _is_naturally_eliminated,
    "alleviated_year": stated("alleviated_year"),
    "is_relocated": stated("is_relocated"),
    "is_no_labour_guaranteed": stated("is_no_labour_guaranteed"),
    "has_contact_person": stated("has_contact_person"),
    "months_since_identified": _months_since("identified_month"),
    "months_to_elimination": _months_to_elimination,
    "months_since_elimination": _months_since("eliminated_month"),
    "risk_count": _code_count("risks"),
    **{
        f"has_risk_{risk}": _holds("risks", risk)
        for risk in ("medical", "school", "disability", "labour", "employment", "housing", "water")
    },
    "measure_count": _code_count("measures"),
    "has_development_measure": _has_development_measure,
    "has_measure_health": _holds("measures", "health"),
    "has_measure_education": _holds("measures", "education", "compulsory_education"),
    "has_measure_security": _holds("measures", "security"),
    "has_measure_housing": _holds("measures", "housing", "relocation"),
    "has_measure_water": _holds("measures", "water"),
    "has_uninsured_member": stated("has_uninsured_member"),
    "has_dropout": stated("has_dropout"),
    "stated_own_pay_fen": stated("compliant_own_pay_fen"),
}
