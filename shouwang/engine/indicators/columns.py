"""Expressions that mean the same on every backend: int64 sums, newest rows, months as bits, floor division.

Backends differ where a value is NULL or nothing was selected, so each helper states what it answers there.
"""

from datetime import date
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from shouwang.domain.periods import Month, Period

# Smaller than any value there can be; they stand for blank while the newest row is sought.
_NO_TEXT = ""
_NO_NUMBER = -(2**62)
_NO_DATE = date(1, 1, 1)
# A day takes 20 bits, so that with these an int64 holds all three; a CSV may have more rows than a sheet.
_SOURCES = 2**16
_ROWS = 2**26
LONGEST_MASK = 62


@ibis.udf.agg.builtin(name="bit_or")
# Ibis reads the signature only, and is untyped.
def _bit_or(bits: int, where: bool = True) -> int:  # type: ignore[empty-body]
    """Name the aggregate that DuckDB and Spark both call bit_or."""


@ibis.udf.scalar.builtin(name="bit_count")
# Ibis reads the signature only, and is untyped.
def _bit_count(bits: int) -> int:  # type: ignore[empty-body]
    """Name the function that DuckDB and Spark both call bit_count."""


def as_int64(value: ir.Value) -> ir.IntegerValue:
    """Return the value as int64 in the backend too (DuckDB sums into 128 bits, which Ibis does not know)."""
    # Ibis reads the signature only, and is untyped.
    return ops.Cast(value, "int64").to_expr()  # type: ignore[no-any-return]


def within(column: ir.Value, period: Period) -> ir.BooleanValue:
    """Return whether a date lies in the period; NULL for a blank."""
    return (column >= ibis.literal(period.from_date)) & (column < ibis.literal(period.to_date))


def is_true(condition: ir.Value) -> ir.BooleanValue:
    """Return the condition with unknown taken as false, for choosing rows."""
    return condition.fill_null(False)


def rows_where(table: ir.Table, condition: ir.Value) -> ir.IntegerScalar:
    """Count the rows of which the condition is known to hold; 0 where there is none."""
    return table.count(where=is_true(condition))


def total(value: ir.Value, where: ir.Value | None = None) -> ir.IntegerScalar:
    """Sum in int64, blanks as 0; 0 where nothing is selected."""
    return as_int64(value.sum(where=where).fill_null(0))


def row_key(table: ir.Table, day: str) -> ir.IntegerValue:
    """Return what orders rows from old to new: the date column, then the source, then the row in it."""
    moment = table[day]
    days = as_int64(moment.year()) * 372 + moment.month() * 31 + moment.day()
    source = table.source_id.fill_null(0) % _SOURCES
    row = table.row_no.fill_null(0) % _ROWS
    return (days * _SOURCES + source) * _ROWS + row


def newest(value: ir.Value, key: ir.Value, where: ir.Value | None = None) -> ir.Value:
    """Return the value of the chosen row with the greatest key; NULL where it is blank or none is chosen."""
    blank: Any = _NO_NUMBER
    if value.type().is_string():
        blank = _NO_TEXT
    elif value.type().is_date():
        blank = _NO_DATE
    marker = ibis.literal(blank, type=value.type())
    return value.fill_null(marker).argmax(key, where=where).nullif(marker)


def month_number(column: ir.Value) -> ir.IntegerValue:
    """Return the months since year 0 of a date."""
    return column.year() * 12 + column.month()


def month_bit(column: ir.Value, first: Month) -> ir.IntegerValue:
    """Return an integer whose only set bit is the number of months from `first` to the column's month.

    The month must be chosen to lie from 0 to 61 after `first`.
    """
    return as_int64(ibis.literal(1)) << (month_number(column) - (first.year * 12 + first.month))


def month_mask(column: ir.Value, period: Period, where: ir.Value | None = None) -> ir.IntegerScalar:
    """Return which months of a period (62 at most) occur among the chosen rows, as bits; 0 where none."""
    months = period.months
    if len(months) > LONGEST_MASK:
        raise ValueError(f"a mask holds {LONGEST_MASK} months, not {len(months)}")
    inside = is_true(within(column, period) if where is None else where & within(column, period))
    return _bit_or(ibis.ifelse(inside, month_bit(column, months[0]), 0)).fill_null(0)


def bits_set(mask: ir.Value) -> ir.IntegerValue:
    """Count the set bits of a mask, as int64."""
    return as_int64(_bit_count(mask))


def slice_mask(mask: ir.Value, offset: int, length: int) -> ir.IntegerValue:
    """Return `length` bits of a mask from bit `offset` on."""
    return (mask >> offset) & (2**length - 1)


def floor_divide(dividend: ir.Value, divisor: ir.Value) -> ir.IntegerValue:
    """Divide rounding down, as Python's `//`; NULL where the divisor is 0.

    Exact for dividends up to 2**53, ninety thousand billion yuan in fen: the backends divide as doubles.
    """
    return as_int64(dividend // divisor.nullif(0))


def known_part(condition: ir.Value, value: ir.Value) -> ir.Value:
    """Return the value where the condition holds, else NULL."""
    return ibis.ifelse(condition, value, ibis.null(value.type()))
