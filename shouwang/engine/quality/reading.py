"""What the facts of data quality are read from: the snapshot, the day and the newest month of each feed."""

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shouwang.domain.quality_facts import facts
from shouwang.engine.indicators.columns import as_int64, known_part
from shouwang.engine.quality.months import FeedMonths
from shouwang.engine.snapshot import Snapshot

COUNTY_WIDTH = 6
PERSON = ("household_id", "person_id")


@dataclass(frozen=True)
class QualityReading:
    """One pass: `wanted` are the facts that some check reads."""

    snapshot: Snapshot
    on: date
    months: FeedMonths
    wanted: frozenset[str]

    def __getitem__(self, table: str) -> ir.Table:
        return self.snapshot[table]

    def wants(self, *names: str) -> bool:
        """Tell whether some check reads one of the facts."""
        return bool(self.wanted & set(names))

    def day(self) -> ir.Value:
        """Return the day as a literal."""
        return ibis.literal(self.on)

    def feed_table(self) -> ir.Table:
        """Return one row a county: `feed_county` and, for each feed of a fact, `m_<feed>` (NULL: none)."""
        feeds = sorted({fact.feed for fact in facts().values() if fact.feed})
        schema = pa.schema([("feed_county", pa.string()), *((f"m_{feed}", pa.date32()) for feed in feeds)])
        rows = [
            {"feed_county": county, **{f"m_{feed}": months.get(feed) for feed in feeds}}
            for county, months in self.months.items()
        ]
        return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))


def month_as_number(column: ir.Value) -> ir.IntegerValue:
    """Write the month of a date as a number: 202304."""
    return as_int64(column.year()) * 100 + as_int64(column.month())


def months_between(earlier: ir.Value, later: ir.Value) -> ir.IntegerValue:
    """Return the calendar months from one date to another."""
    return (as_int64(later.year()) * 12 + as_int64(later.month())) - (
        as_int64(earlier.year()) * 12 + as_int64(earlier.month())
    )


def level(column: ir.Value, levels: tuple[tuple[str, str], ...]) -> ir.Value:
    """Return the level that a word means by how it begins; NULL for another word or a blank."""
    branches = [(column.startswith(beginning), ibis.literal(name)) for beginning, name in levels]
    return ibis.cases(*branches, else_=ibis.null("string"))


def any_of(yes: ir.Value, unknown: ir.Value) -> ir.Value:
    """Say whether some row holds, from the numbers of rows that do and that may."""
    return ibis.cases(
        (yes > 0, ibis.literal(True)),
        (unknown > 0, ibis.null("boolean")),
        (yes == 0, ibis.literal(False)),
        else_=ibis.null("boolean"),
    )


def if_delivered(month: ir.Value, value: ir.Value, otherwise: ir.Value | None = None) -> ir.Value:
    """Return a value where the feed is delivered, `otherwise` where it has no row, NULL if it is not."""
    filled = value if otherwise is None else value.fill_null(otherwise)
    return known_part(month.notnull(), filled)
