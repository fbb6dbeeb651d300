"""DuckDB as the backend of a screening: in process, within a memory limit, spilling into a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

# DuckDB keeps some memory outside its limit (readers, writers, the result itself).
DEFAULT_MEMORY = "1500MB"
_BLOCK = 100_000


def connect(
    memory_limit: str = DEFAULT_MEMORY, threads: int | None = None, temp_folder: Path | None = None
) -> ibis.BaseBackend:
    """Open an in-memory database; `temp_folder` takes what does not fit. threads: every core where None."""
    options: dict[str, Any] = {"memory_limit": memory_limit, "preserve_insertion_order": False}
    if threads is not None:
        options["threads"] = threads
    if temp_folder is not None:
        options["temp_directory"] = str(temp_folder)
    return ibis.duckdb.connect(**options)


def read_parquet(backend: ibis.BaseBackend, path: Path | Sequence[Path], name: str) -> ir.Table:
    """Return a Parquet file, a folder of them, or several, as a view; only columns asked for are read."""
    if isinstance(path, Path):
        source: str | list[str] = str(path / "**" / "*.parquet" if path.is_dir() else path)
    else:
        source = [str(each) for each in path]
    # Where a file lies is no column of the table.
    table: ir.Table = backend.read_parquet(source, table_name=f"snapshot_{name}", hive_partitioning=False)
    return table


def materialise(table: ir.Table, name: str, backend: ibis.BaseBackend | None = None) -> ir.Table:
    """Compute a table once and keep it under a name, replacing one of that name."""
    target: Any = backend or table.get_backend()
    release(target, name)
    kept: ir.Table = target.create_table(name, table, temp=True)
    return kept


def release(backend: ibis.BaseBackend, name: str) -> None:
    """Drop a table that `materialise` kept, if there is one."""
    target: Any = backend
    # Ibis's own DROP is rendered without the table's name by SQLGlot 30.30.
    target.raw_sql(f'DROP TABLE IF EXISTS "{name}"')


def write_parquet(table: ir.Table, path: Path) -> int:
    """Write a table in its order into one file, a block at a time; return its rows."""
    target: Any = table.get_backend()
    schema, rows = table.schema().to_pyarrow(), 0
    # Ibis's own batches ask DuckDB 2 for a method that it has renamed.
    batches = target._to_duckdb_relation(table).to_arrow_reader(_BLOCK)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows
