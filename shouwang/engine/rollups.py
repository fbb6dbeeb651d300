"""Monthly roll-ups: a screening reads sums, and never again what has not changed.

For the ledger each month has a file of sums by household and item, and one of totals since the first month,
so that any window is the difference of two totals. For own pay each month has a file of sums by person and
kind of visit. A month is made anew when its deliveries change (late, changed or withdrawn), and the totals
from it on.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir

from shouwang.domain.tables import INCOME_ITEMS
from shouwang.engine.rollup_building import MonthBuilder, fingerprints
from shouwang.engine.rollup_store import (
    LEDGER,
    MEDICAL,
    DeliveredMonth,
    RollupError,
    RollupMonth,
    commit,
    planned_months,
    read_manifest,
    remedy,
)
from shouwang.engine.snapshot import Snapshot

__all__ = [
    "DeliveredMonth",
    "RollupError",
    "RollupMonth",
    "RollupUpdate",
    "delivered_months",
    "read_manifest",
    "rollup_snapshot",
    "update_rollups",
]

DEFAULT_MEMORY = "1500MB"
_TABLES = {LEDGER: "income_entry", MEDICAL: "own_pay_entry"}
_OWN_PAY = {
    "household_id": "string",
    "person_id": "string",
    "month": "date",
    "visit_kind": "string",
    "own_pay_fen": "int64",
    "compliant_own_pay_fen": "int64",
    "compliant_missing": "int64",
}


@dataclass(frozen=True)
class RollupUpdate:
    """What an update did: (feed, month) made anew from deliveries, removed, and totals added up again."""

    rebuilt: tuple[tuple[str, date], ...]
    removed: tuple[tuple[str, date], ...]
    totalled: tuple[date, ...]


def delivered_months(tables: Mapping[str, Path], memory_limit: str = DEFAULT_MEMORY) -> list[DeliveredMonth]:
    """Return what the Parquet files of a staging deliver of each month, with a digest of the rows themselves.

    tables: canonical table name → file. Reads every row once; a delivery that comes with a digest of its own
    needs no reading.
    """
    found = []
    with duckdb.connect(config={"memory_limit": memory_limit}) as connection:
        for feed, table in _TABLES.items():
            if table in tables:
                found += fingerprints(connection, feed, tables[table])
    return found


def update_rollups(
    store: Path, delivered: Iterable[DeliveredMonth], memory_limit: str = DEFAULT_MEMORY
) -> RollupUpdate:
    """Bring the store into line with all deliveries there now are; what is not among them is taken out.

    Only months whose deliveries changed are read. Until the end the store answers as before. Raises
    RollupError.
    """
    parts = sorted(delivered)
    store.mkdir(parents=True, exist_ok=True)
    previous = read_manifest(store)
    planned = planned_months(parts, version=duckdb.__version__)
    scratch = store / ".building"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        rebuilt, totalled = _build(store, scratch, parts, planned, memory_limit)
        commit(store, planned, previous)
    except duckdb.Error as error:
        raise RollupError(
            "生成月度汇总时出错:推送数据无法读取,或磁盘、内存不足。原有汇总没有改动,请检查后重试。"
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    now = {(row.feed, row.month) for row in planned}
    removed = tuple((row.feed, row.month) for row in previous if (row.feed, row.month) not in now)
    return RollupUpdate(tuple((row.feed, row.month) for row in rebuilt), removed, totalled)


def _build(
    store: Path, scratch: Path, parts: list[DeliveredMonth], planned: list[RollupMonth], memory_limit: str
) -> tuple[list[RollupMonth], tuple[date, ...]]:
    """Write the files that are not there yet: sums first, then the ledger's totals, oldest first."""
    config: dict[str, Any] = {"memory_limit": memory_limit, "temp_directory": str(scratch)}
    missing = [row for row in planned if not (store / row.sums).is_file()]
    totalled = []
    with duckdb.connect(config=config) as connection:
        builder = MonthBuilder(connection, store, scratch)
        for feed in _TABLES:
            months = {row.month: row.sums for row in missing if row.feed == feed}
            builder.write_sums(feed, months, [part for part in parts if part.feed == feed])
        before: str | None = None
        for row in planned:
            if row.totals is not None:
                if not (store / row.totals).is_file():
                    builder.write_totals(before, row.sums, row.totals)
                    totalled.append(row.month)
                before = row.totals
    return missing, tuple(totalled)


def rollup_snapshot(snapshot: Snapshot, store: Path) -> Snapshot:
    """Return the snapshot with ledger and own pay answered from the store.

    The store must hold the snapshot's own deliveries (see `update_rollups`). Raises RollupError where it
    holds nothing or a file is gone.
    """
    months = read_manifest(store)
    if not months:
        raise RollupError(f"月度汇总文件夹《{store.name}》中没有汇总。请先由推送数据生成月度汇总。")
    for row in months:
        for file in (row.sums, row.totals):
            if file is not None and not (store / file).is_file():
                raise RollupError(f"月度汇总缺少文件 {file}。{remedy(store)}")
    backend = snapshot.backend
    ledger = [row for row in months if row.feed == LEDGER]

    def ledger_totals(before: date) -> ir.Table:
        return _totals_before(backend, store, ledger, before)

    own_pay = [store / row.sums for row in months if row.feed == MEDICAL]
    return replace(snapshot, ledger_totals=ledger_totals, own_pay_months=_own_pay(backend, own_pay))


def _totals_before(
    backend: ibis.BaseBackend, store: Path, ledger: list[RollupMonth], before: date
) -> ir.Table:
    """Return the totals of the months before a first of month: household_id, items, months_known."""
    earlier = [row.totals for row in ledger if row.month < before and row.totals is not None]
    columns = ("household_id", *INCOME_ITEMS, "months_known")
    if not earlier:
        schema = {name: "string" if name == "household_id" else "int64" for name in columns}
        return ibis.memtable([], schema=ibis.schema(schema))
    totals = backend.read_parquet(str(store / earlier[-1]), table_name=f"rollup_{_name(earlier[-1])}")
    zero = ibis.literal(0, type="int64")
    return totals.select(**{name: totals[name] if name in totals.columns else zero for name in columns})


def _own_pay(backend: ibis.BaseBackend, files: list[Path]) -> ir.Table:
    if not files:
        return ibis.memtable([], schema=ibis.schema(_OWN_PAY))
    return backend.read_parquet([str(file) for file in files], table_name="rollup_own_pay")[list(_OWN_PAY)]


def _name(file: str) -> str:
    return os.path.splitext(file)[0].replace("-", "_")
