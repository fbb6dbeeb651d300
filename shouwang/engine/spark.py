"""Spark as the backend of a screening, for a province that outgrows one machine. Needs pyspark and Java.

The session speaks UTC, so that a date never moves with a time zone, and ANSI SQL: an overflow or an
impossible cast stops the run instead of becoming NULL, which would read as unknown.
"""

from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def connect(master: str = "local[2]", settings: dict[str, str] | None = None) -> ibis.BaseBackend:
    """Start or join a Spark session; `settings` override the ones above. ImportError without pyspark."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("shouwang")
    for name, value in {**_SETTINGS, **(settings or {})}.items():
        builder = builder.config(name, value)
    return ibis.pyspark.connect(builder.getOrCreate())


def read_parquet(backend: ibis.BaseBackend, path: Path, name: str) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a view."""
    table: ir.Table = backend.read_parquet(str(path), table_name=f"snapshot_{name}")
    return table


def materialise(table: ir.Table, name: str, backend: ibis.BaseBackend | None = None) -> ir.Table:
    """Compute a table once, keep it in memory (on disk where that is short) and return it under a name."""
    target: Any = backend or table.get_backend()
    target.create_view(f"{name}_expression", table, overwrite=True)
    frame = target._session.table(f"{name}_expression").persist()
    frame.createOrReplaceTempView(name)
    kept: ir.Table = target.table(name)
    return kept


def release(backend: ibis.BaseBackend, name: str) -> None:
    """Forget a table that `materialise` kept, if there is one."""
    target: Any = backend
    if target._session.catalog.tableExists(name):
        target._session.table(name).unpersist()
        target._session.catalog.dropTempView(name)
