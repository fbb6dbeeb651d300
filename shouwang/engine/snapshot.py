"""What a screening reads: the canonical tables as Ibis tables on one backend, and the feeds delivered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.domain.periods import Period
from shouwang.domain.policy import Policy
from shouwang.domain.tables import INCOME_ITEMS, TABLES, Table

# A table is one file, a folder of them, or several files.
Paths = Path | Sequence[Path]
_IBIS = {"text": dt.string, "int": dt.int64, "bool": dt.boolean, "date": dt.date, "fen": dt.int64}
_ARROW = {"text": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "date": pa.date32(), "fen": pa.int64()}


class SnapshotError(Exception):
    """The tables are not what a screening needs; the message (Chinese) names the table and the column."""


@dataclass(frozen=True)
class IncomeRegime:
    """How income is counted for some households: the window W, and the items that count.

    `counted` holds names of INCOME_ITEMS that are not costs; business cost is always deducted.
    """

    window: Period
    counted: frozenset[str]


@dataclass(frozen=True)
class Snapshot:
    """Canonical tables by name (one missing from the delivery is empty) and the feeds that were delivered.

    `ledger_totals`, where set, answers from monthly roll-ups what `income_entry` rows would (see `rollups`):
    the totals of all months before a first of month, one row per household with household_id, a fen column
    per income item and months_known. `own_pay_months` likewise replaces `own_pay_entry` by person-month sums.
    """

    backend: ibis.BaseBackend
    tables: Mapping[str, ir.Table]
    feeds: frozenset[str]
    ledger_totals: Callable[[date], ir.Table] | None = None
    own_pay_months: ir.Table | None = None
    sources: Mapping[int, Mapping[str, object]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> ir.Table:
        return self.tables[name]

    def with_tables(self, **tables: ir.Table) -> "Snapshot":
        """Return the snapshot with some tables replaced."""
        return replace(self, tables={**self.tables, **tables})


def ibis_schema(table: Table) -> ibis.Schema:
    """Return the Ibis schema of a canonical table."""
    return ibis.schema({column.name: _IBIS[column.type] for column in table.columns})


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a canonical table, as Parquet files carry it."""
    return pa.schema([(column.name, _ARROW[column.type]) for column in table.columns])


def check_schema(name: str, schema: pa.Schema) -> None:
    """Raise SnapshotError unless `schema` holds every column of the canonical table with its type."""
    for column in TABLES[name].columns:
        if column.name not in schema.names:
            raise SnapshotError(f"数据表 {name} 缺少列 {column.name}({column.label})。")
        found = schema.field(column.name).type
        if found != _ARROW[column.type]:
            raise SnapshotError(
                f"数据表 {name} 的列 {column.name} 类型为 {found},应为 {_ARROW[column.type]}。"
            )


def income_regime(policy: Policy, window: Period) -> IncomeRegime:
    """Return which income items the policy counts over `window` (its parameters `counts_<item>`)."""
    counted = set()
    for item in INCOME_ITEMS.values():
        flag = policy.parameters.get(f"counts_{item.name}")
        if not item.is_cost and (flag is None or flag.value is True):
            counted.add(item.name)
    return IncomeRegime(window, frozenset(counted))


def read_sources(paths: Paths) -> dict[int, dict[str, object]]:
    """Return the rows of `source` Parquet files by source_id."""
    files = [paths] if isinstance(paths, Path) else paths
    return {row["source_id"]: row for file in files for row in pq.read_table(file).to_pylist()}


def open_snapshot(
    backend: ibis.BaseBackend,
    paths: Mapping[str, Path] | Mapping[str, Paths],
    feeds: Iterable[str],
    read: Callable[[ibis.BaseBackend, Any, str], ir.Table],
) -> Snapshot:
    """Open Parquet files as a snapshot; `read` is the backend's own reader (see `duckdb` and `spark`).

    paths: canonical table name → Parquet file (or folder, or several files, as `read` takes them); a table
    without a path is empty.
    """
    tables = {}
    for name, table in TABLES.items():
        if name in paths:
            for file in _files(paths[name]):
                check_schema(name, pq.read_schema(file))
            tables[name] = read(backend, paths[name], name)[[c.name for c in table.columns]]
        else:
            tables[name] = ibis.memtable(arrow_schema(table).empty_table(), schema=ibis_schema(table))
    sources = read_sources(paths["source"]) if "source" in paths else {}
    return Snapshot(backend, tables, frozenset(feeds), sources=sources)


def _files(paths: Paths) -> Sequence[Path]:
    """Return the files that stand for a table; of a folder the first, whose files are of one writer."""
    if not isinstance(paths, Path):
        return paths
    if paths.is_file():
        return [paths]
    files = sorted(paths.glob("**/*.parquet"))
    if not files:
        raise SnapshotError(f"文件夹 {paths.name} 中没有 Parquet 文件。")
    return files[:1]


def first_of_month(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)
