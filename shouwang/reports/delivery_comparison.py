"""A delivery beside the one before it of the same feed and sender: rows new, gone, changed, and sums.

Both lie in the lake; a row is known again by the person's blind index and what tells apart the rows of one
person. Equal keys are told apart by their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
from django.db.models import Q

from shouwang.domain.tables import FEEDS, TABLES, Column
from shouwang.exchange.layouts import layouts
from shouwang.records import lake
from shouwang.records.access import visible
from shouwang.records.models import Delivery, DeliverySheet, Household
from shouwang.records.viewers import Viewer

MOST_LISTED = 100
KINDS = {"changed": "变化", "new": "新增", "gone": "消失"}
# What tells apart the rows of one person, or of one household.
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "income_entry": ("month", "item"),
    "own_pay_entry": ("settled_on", "visit_kind"),
    "diagnosis": ("diagnosis",),
    "enrolment": (),
    "social_aid": ("kind",),
    "disability_certificate": (),
    "housing_check": (),
    "water_problem": ("problem", "started_on"),
    "employment": ("start_month",),
    "farm_loss": ("product", "occurred_on"),
    "disaster": ("kind", "occurred_on"),
    "security_event": ("event", "occurred_on"),
    "petition": ("channel", "received_on"),
    "credit": ("loan_kind",),
}
_NO_FACTS = {"household_id", "person_id", "delivered_month", "source_id", "row_no"}


@dataclass(frozen=True)
class Difference:
    """One row that differs: where it stood in either file, its household where it has one the viewer sees.

    `values` lists (column, before, now) of what differs; of a new or gone row all that is filled.
    """

    kind: str
    row_no_before: int | None
    row_no: int | None
    is_matched: bool
    household: Household | None
    values: tuple[tuple[Column, Any, Any], ...]


@dataclass(frozen=True)
class Sum:
    """An amount's sum before and now, fen; None where no row has it."""

    label: str
    before_fen: int | None
    now_fen: int | None

    @property
    def difference_fen(self) -> int:
        """Return how much more it is now."""
        return (self.now_fen or 0) - (self.before_fen or 0)


@dataclass(frozen=True)
class Comparison:
    """What a delivery changed against `before`; `counts` by kind of KINDS and "same"."""

    feed: str
    before: Delivery
    counts: Mapping[str, int]
    rows_before: int
    rows_now: int
    sums: tuple[Sum, ...]
    listed: tuple[Difference, ...]
    notes: tuple[str, ...]


def delivery_before(delivery: Delivery) -> Delivery | None:
    """Return the whole delivery that came into force last before this one, of the same sender."""
    if delivery.committed_at is None:
        return None
    rows = Delivery.objects.filter(
        division=delivery.division, department=delivery.department, sender=delivery.sender, corrects=None,
        feeds__overlap=delivery.feeds,
    ).exclude(pk=delivery.pk)  # fmt: skip
    earlier = rows.filter(
        Q(committed_at__lt=delivery.committed_at) | Q(committed_at=delivery.committed_at, pk__lt=delivery.pk)
    )
    return earlier.exclude(state="withdrawn").order_by("-committed_at", "-pk").first()


def compare(viewer: Viewer, delivery: Delivery, kind: str = "changed") -> Comparison | None:
    """Compare a delivery with the one before; list differences of one kind; None without one before."""
    before = delivery_before(delivery)
    if before is None or not delivery.feeds:
        return None
    feed = delivery.feeds[0]
    now_files, before_files = _files(delivery, feed), _files(before, feed)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as lake_rows:
        _read(lake_rows, feed, "now_row", now_files)
        _read(lake_rows, feed, "before_row", before_files)
        _pair(lake_rows, feed)
        counts = dict(lake_rows.execute("SELECT kind, count(*) FROM pair GROUP BY kind").fetchall())
        sums = _sums(lake_rows, feed)
        totals = [_count(lake_rows, name) for name in ("before_row", "now_row")]
        listed = _listed(lake_rows, viewer, delivery.division[:6], feed, kind if kind in KINDS else "changed")
    found = {each: int(counts.get(each, 0)) for each in (*KINDS, "same")}
    notes = tuple(_notes(delivery, before, feed, found, totals[0]))
    return Comparison(feed, before, found, totals[0], totals[1], sums, listed, notes)


def _files(delivery: Delivery, feed: str) -> list[str]:
    """Return the lake files of a delivery and its corrections in a feed."""
    of = Q(delivery=delivery) | Q(delivery__corrects=delivery, delivery__state="committed")
    sheets = DeliverySheet.objects.filter(of, feed=feed).order_by("delivery_id", "number")
    paths = [
        lake.rows_path(each.division[:6], feed, each.month, each.delivery_id, each.number) for each in sheets
    ]
    return [str(path) for path in paths if path.is_file()]


def _facts(feed: str) -> list[Column]:
    return [each for each in TABLES[FEEDS[feed][1]].columns if each.name not in _NO_FACTS]


def _read(lake_rows: duckdb.DuckDBPyConnection, feed: str, name: str, files: Sequence[str]) -> None:
    """Make a table of the rows with their key and which of equal keys each is."""
    table = FEEDS[feed][1]
    facts = ", ".join(f'"{each.name}"' for each in _facts(feed))
    key = ", ".join(["who", *(f'"{each}"' for each in NATURAL_KEYS[table])])
    columns = TABLES[table].columns
    if files:
        source = "read_parquet($files, union_by_name => true)"
    else:
        types = {"text": "VARCHAR", "bool": "BOOLEAN", "date": "DATE"}
        empty = ", ".join(f'NULL::{types.get(each.type, "BIGINT")} AS "{each.name}"' for each in columns)
        source = f"(SELECT {empty}, NULL::VARCHAR AS id_key LIMIT 0)"
    lake_rows.execute(
        f"CREATE TABLE {name} AS WITH row_of AS ("
        "SELECT coalesce(id_key, household_id, 'row ' || row_no) AS who, "
        f"household_id, row_no, {facts} FROM {source}) SELECT *, row_number() OVER ("
        f"PARTITION BY {key} ORDER BY {facts}, row_no) AS time FROM row_of",
        {"files": list(files)} if files else None,
    )


def _pair(lake_rows: duckdb.DuckDBPyConnection, feed: str) -> None:
    """Make `pair`: the rows of both beside each other, with what became of each."""
    table = FEEDS[feed][1]
    keys = ["who", "time", *NATURAL_KEYS[table]]
    facts = [each.name for each in _facts(feed)]
    same_key = " AND ".join(f'b."{each}" IS NOT DISTINCT FROM n."{each}"' for each in keys)
    differ = " OR ".join(f'b."{each}" IS DISTINCT FROM n."{each}"' for each in facts)
    told = ", ".join(f'b."{each}" AS "before_{each}", n."{each}" AS "now_{each}"' for each in facts)
    lake_rows.execute(
        f"CREATE TABLE pair AS SELECT CASE WHEN b.time IS NULL THEN 'new' WHEN n.time IS NULL THEN 'gone' "
        f"WHEN {differ} THEN 'changed' ELSE 'same' END AS kind, "
        "b.row_no AS before_row_no, n.row_no AS now_row_no, "
        f"coalesce(n.household_id, b.household_id) AS household_id, {told} "
        f"FROM before_row b FULL OUTER JOIN now_row n ON {same_key}"
    )


def _sums(lake_rows: duckdb.DuckDBPyConnection, feed: str) -> tuple[Sum, ...]:
    found = []
    for column in _facts(feed):
        if column.type == "fen":
            before, now = (_total(lake_rows, name, column.name) for name in ("before_row", "now_row"))
            if before is not None or now is not None:
                found.append(Sum(column.label, before, now))
    return tuple(found)


def _total(lake_rows: duckdb.DuckDBPyConnection, name: str, column: str) -> int | None:
    found = lake_rows.execute(f'SELECT sum("{column}") FROM {name}').fetchone()
    return None if found is None or found[0] is None else int(found[0])


def _count(lake_rows: duckdb.DuckDBPyConnection, name: str) -> int:
    found = lake_rows.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(found[0]) if found else 0


def _listed(
    lake_rows: duckdb.DuckDBPyConnection, viewer: Viewer, county: str, feed: str, kind: str
) -> tuple[Difference, ...]:
    order = "coalesce(now_row_no, before_row_no)"
    rows = lake_rows.execute(
        f"SELECT * FROM pair WHERE kind = $kind ORDER BY {order} LIMIT {MOST_LISTED}", {"kind": kind}
    )
    names = [each[0] for each in rows.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    numbers = {row["household_id"] for row in found if row["household_id"]}
    present = Household.objects.filter(is_present=True)
    homes = {
        each.number: each
        for each in visible(present.filter(number__in=numbers, division__startswith=county), viewer)
    }
    return tuple(
        Difference(
            kind,
            row["before_row_no"],
            row["now_row_no"],
            row["household_id"] is not None,
            homes.get(row["household_id"]),
            _values(row, feed, kind),
        )
        for row in found
    )


def _values(row: Mapping[str, Any], feed: str, kind: str) -> tuple[tuple[Column, Any, Any], ...]:
    said = [(each, row[f"before_{each.name}"], row[f"now_{each.name}"]) for each in _facts(feed)]
    if kind == "changed":
        return tuple(each for each in said if each[1] != each[2])
    return tuple(each for each in said if each[1] is not None or each[2] is not None)


def _notes(
    delivery: Delivery, before: Delivery, feed: str, counts: Mapping[str, int], rows_before: int
) -> list[str]:
    """Say what the order of months and the kind of feed make of the figures."""
    notes = []
    if not layouts()[feed].is_stock and rows_before and counts["gone"] == rows_before:
        notes.append("两批没有相同的行：按月推送增量时属正常，上一批的数据仍然有效")
    if delivery.month and before.month:
        missing = _between(before.month, delivery.month)
        if delivery.month < before.month:
            notes.append(
                f"这一批是 {delivery.month:%Y-%m} 的数据，晚于 {before.month:%Y-%m} 的一批到达，是补报"
            )
        elif delivery.month == before.month:
            notes.append(f"与上一批同为 {delivery.month:%Y-%m} 的数据，入库后以这一批为准")
        if missing:
            notes.append("两批之间没有推送的月份：" + "、".join(f"{each:%Y-%m}" for each in missing))
    return notes


def _between(first: date, last: date) -> list[date]:
    """Return the months after the first and before the last."""
    months, at = [], _next(first)
    while at < last:
        months.append(at)
        at = _next(at)
    return months


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
