"""Spark as the backend of a screening, for a province that outgrows one machine. Needs pyspark and Java.

The session speaks UTC, so that a date never moves with a time zone, and ANSI SQL: an overflow or an
impossible cast stops the run instead of becoming NULL, which would read as unknown.
"""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

_SCRATCH = "spark.shouwang.scratch"
_SCRATCH_HERE = "spark.shouwang.scratch.here"
_BLOCK = 100_000
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.ui.showConsoleProgress": "false",
}
# On a cluster these are the cluster's own to say (spark-defaults.conf).
_LOCAL = {
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
LOCAL_MASTER = "local[2]"


def connect(
    master: str = LOCAL_MASTER,
    settings: dict[str, str] | None = None,
    temp_folder: Path | None = None,
    shared_folder: str | None = None,
) -> ibis.BaseBackend:
    """Start or join a Spark session; `settings` override the ones above. ImportError without pyspark.

    temp_folder: where `materialise` keeps its tables; on a cluster a folder that every worker reaches.
    shared_folder: how the workers name that folder (a URI), where it is not by the same path.
    """
    from pyspark.sql import SparkSession

    if temp_folder is None:
        temp_folder = Path(tempfile.mkdtemp(prefix="shouwang-spark-"))
        atexit.register(shutil.rmtree, temp_folder, ignore_errors=True)
    builder = SparkSession.builder.master(master).appName("shouwang")
    own = _LOCAL if master.startswith("local") else {}
    scratch = {_SCRATCH: shared_folder or str(temp_folder), _SCRATCH_HERE: str(temp_folder)}
    for name, value in {**_SETTINGS, **own, **scratch, **(settings or {})}.items():
        builder = builder.config(name, value)
    return ibis.pyspark.connect(builder.getOrCreate())


def read_parquet(backend: ibis.BaseBackend, path: Path | Sequence[Path | str], name: str) -> ir.Table:
    """Return a Parquet file, a folder of them, or several (as URIs that the workers know), as a view."""
    target: Any = backend
    sources = [path] if isinstance(path, Path) else path
    found = target._session.read.parquet(*(str(each) for each in sources))
    found.createOrReplaceTempView(f"snapshot_{name}")
    table: ir.Table = target.table(f"snapshot_{name}")
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
        shutil.rmtree(f"{session.conf.get(_SCRATCH_HERE)}/{name}.parquet", ignore_errors=True)


def write_parquet(table: ir.Table, path: Path) -> int:
    """Write a table in its order into one file here, through files of the workers; return its rows.

    Nothing passes through the driver's memory but a block at a time.
    """
    name = f"written_{path.stem}"
    kept = materialise(table, name, table.get_backend())
    session: Any = kept.get_backend()
    folder, rows = Path(session._session.conf.get(_SCRATCH_HERE)) / f"{name}.parquet", 0
    # Parts of a sorted table are numbered in its order.
    parts = sorted(folder.glob("part-*.parquet"))
    schema = table.schema().to_pyarrow()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(_BLOCK):
                writer.write_batch(batch.cast(schema))
                rows += batch.num_rows
    release(session, name)
    return rows
