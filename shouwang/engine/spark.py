"""Spark as the backend of a screening, for a province that outgrows one machine. Needs pyspark and Java.

The session speaks UTC, so that a date never moves with a time zone, and ANSI SQL: an overflow or an
impossible cast stops the run instead of becoming NULL, which would read as unknown.
"""

import atexit
import shutil
import tempfile
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

_SCRATCH = "spark.shouwang.scratch"
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def connect(
    master: str = "local[2]", settings: dict[str, str] | None = None, temp_folder: Path | None = None
) -> ibis.BaseBackend:
    """Start or join a Spark session; `settings` override the ones above. ImportError without pyspark.

    temp_folder: where `materialise` keeps its tables; on a cluster a folder that every worker reaches.
    """
    from pyspark.sql import SparkSession

    if temp_folder is None:
        temp_folder = Path(tempfile.mkdtemp(prefix="shouwang-spark-"))
        atexit.register(shutil.rmtree, temp_folder, ignore_errors=True)
    builder = SparkSession.builder.master(master).appName("shouwang")
    for name, value in {**_SETTINGS, _SCRATCH: str(temp_folder), **(settings or {})}.items():
        builder = builder.config(name, value)
    return ibis.pyspark.connect(builder.getOrCreate())


def read_parquet(backend: ibis.BaseBackend, path: Path, name: str) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a view."""
    table: ir.Table = backend.read_parquet(str(path), table_name=f"snapshot_{name}")
    return table


def materialise(table: ir.Table, name: str, backend: ibis.BaseBackend | None = None) -> ir.Table:
    """Compute a table once, keep it as Parquet and return it under a name.

    Written and read back rather than cached: a cached table carries the plan that made it, and the plans of
    a screening, nested, outgrow the driver.
    """
    target: Any = backend or table.get_backend()
    session = target._session
    target.create_view(f"{name}_expression", table, overwrite=True)
    path = f"{session.conf.get(_SCRATCH)}/{name}.parquet"
    session.table(f"{name}_expression").write.mode("overwrite").parquet(path)
    session.catalog.dropTempView(f"{name}_expression")
    session.read.parquet(path).createOrReplaceTempView(name)
    kept: ir.Table = target.table(name)
    return kept


def release(backend: ibis.BaseBackend, name: str) -> None:
    """Forget a table that `materialise` kept, if there is one."""
    target: Any = backend
    session = target._session
    if session.catalog.tableExists(name):
        session.catalog.dropTempView(name)
        shutil.rmtree(f"{session.conf.get(_SCRATCH)}/{name}.parquet", ignore_errors=True)
