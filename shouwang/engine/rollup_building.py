"""How the files of the roll-ups are made from delivered rows, by DuckDB within a memory limit."""

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb

from shouwang.domain.tables import INCOME_ITEMS
from shouwang.engine.rollup_store import LEDGER, DeliveredMonth

# The columns a roll-up is made of, and the day that says which month a row belongs to.
_READ = {
    "ledger": (("household_id", "item", "amount_fen"), "month"),
    "medical": (
        ("household_id", "person_id", "visit_kind", "own_pay_fen", "compliant_own_pay_fen"),
        "settled_on",
    ),
}


def fingerprints(connection: duckdb.DuckDBPyConnection, feed: str, path: Path) -> list[DeliveredMonth]:
    """Return one DeliveredMonth per source and month of a canonical table, its digest taken from the rows.

    The digest is of the rows as a set with repetitions: their order does not matter.
    """
    columns, day = _READ[feed]
    rows = connection.execute(
        f"""SELECT date_trunc('month', {day})::DATE, source_id, count(*), bit_xor(h), sum(h::HUGEINT)
            FROM (SELECT {day}, source_id, hash({", ".join(columns)}) AS h FROM read_parquet(?))
            WHERE {day} IS NOT NULL GROUP BY ALL ORDER BY ALL""",
        [_files(path)],
    ).fetchall()
    return [
        DeliveredMonth(feed, month, str(source), f"{count}-{xor:x}-{total:x}", path, source)
        for month, source, count, xor, total in rows
    ]


class MonthBuilder:
    """Writes files of sums and totals into a store; a file appears under its name only when it is whole."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, store: Path, scratch: Path) -> None:
        self._connection = connection
        self._store = store
        self._scratch = scratch

    def write_sums(self, feed: str, files: Mapping[date, str], parts: Iterable[DeliveredMonth]) -> None:
        """Write the sums of some months of a feed (month → file) from the delivered rows."""
        wanted = [part for part in parts if part.month in files]
        if not wanted:
            return
        rows = self._sorted_out(feed, wanted)
        for month, file in files.items():
            self._copy(_sums_query(self._connection, feed, rows / f"month={month:%Y-%m-%d}", month), file)

    def write_totals(self, before: str | None, latest: str, file: str) -> None:
        """Write the totals up to a month: those before it (None: it is the first) and the latest."""
        month, items = f"read_parquet({_text(self._store / latest)})", self._items(latest)
        if before is None:
            query = f"SELECT household_id, {_list(items)}1::BIGINT AS months_known FROM {month}"
        else:
            totals, known = f"read_parquet({_text(self._store / before)})", self._items(before)
            sums = _list(
                _added(item, item in known, item in items) for item in INCOME_ITEMS if item in known | items
            )
            query = f"""SELECT household_id, {sums}
                coalesce(a.months_known, 0) + coalesce(b.here, 0) AS months_known
                FROM {totals} AS a
                FULL JOIN (SELECT *, 1::BIGINT AS here FROM {month}) AS b USING (household_id)"""
        self._copy(query, file)

    def _sorted_out(self, feed: str, parts: list[DeliveredMonth]) -> Path:
        """Put the rows that are needed into one folder per month, reading each delivery's file once."""
        columns, day = _READ[feed]
        folder = self._scratch / feed
        folder.mkdir()
        chosen = []
        for path in sorted({part.path for part in parts}):
            of_file = [part for part in parts if part.path == path]
            conditions = sorted({_belongs(part, day) for part in of_file})
            chosen.append(
                f"SELECT {', '.join(columns)}, date_trunc('month', {day})::DATE AS month "
                f"FROM read_parquet({_text(_files(path))}) WHERE {' OR '.join(conditions)}"
            )
        self._connection.execute(
            f"COPY ({' UNION ALL '.join(chosen)}) TO {_text(folder)} "
            "(FORMAT parquet, PARTITION_BY (month), OVERWRITE)"
        )
        return folder

    def _items(self, file: str) -> frozenset[str]:
        found = self._connection.execute(f"DESCRIBE SELECT * FROM read_parquet({_text(self._store / file)})")
        return frozenset(row[0] for row in found.fetchall()) & frozenset(INCOME_ITEMS)

    def _copy(self, query: str, file: str) -> None:
        """Write a query's rows in the order of households, so that one is found in one row group."""
        fresh = self._scratch / file
        self._connection.execute(
            f"COPY ({query} ORDER BY household_id) TO {_text(fresh)} (FORMAT parquet, COMPRESSION zstd)"
        )
        os.replace(fresh, self._store / file)


def _belongs(part: DeliveredMonth, day: str) -> str:
    source = "" if part.source_id is None else f" AND source_id = {part.source_id}"
    month = f"DATE '{part.month:%Y-%m-%d}'"
    return f"({day} >= {month} AND {day} < {month} + INTERVAL 1 MONTH{source})"


def _sums_query(connection: duckdb.DuckDBPyConnection, feed: str, folder: Path, month: date) -> str:
    rows = f"read_parquet({_text(folder / '*.parquet')}, hive_partitioning=false)"
    if feed != LEDGER:
        return f"""SELECT household_id, person_id, DATE '{month:%Y-%m-%d}' AS month, visit_kind,
            coalesce(sum(own_pay_fen), 0)::BIGINT AS own_pay_fen,
            coalesce(sum(compliant_own_pay_fen), 0)::BIGINT AS compliant_own_pay_fen,
            count(*) FILTER (WHERE compliant_own_pay_fen IS NULL) AS compliant_missing
            FROM {rows} GROUP BY household_id, person_id, visit_kind"""
    occurring = {row[0] for row in connection.execute(f"SELECT DISTINCT item FROM {rows}").fetchall()}
    sums = _list(
        f"coalesce(sum(amount_fen) FILTER (WHERE item = '{item}'), 0)::BIGINT AS {item}"
        for item in INCOME_ITEMS
        if item in occurring
    )
    return f"SELECT {sums}household_id FROM {rows} GROUP BY household_id"


def _added(item: str, is_before: bool, is_now: bool) -> str:
    before, now = f"coalesce(a.{item}, 0)", f"coalesce(b.{item}, 0)"
    value = f"{before} + {now}" if is_before and is_now else before if is_before else now
    return f"{value} AS {item}"


def _list(columns: Iterable[str]) -> str:
    """Return columns each followed by a comma, so that there may be none."""
    return "".join(f"{column}, " for column in columns)


def _files(path: Path) -> str:
    return str(path / "**" / "*.parquet" if path.is_dir() else path)


def _text(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"
