"""DuckDB as the backend of a screening: in process, within a memory limit, spilling into a folder."""

from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

# DuckDB keeps some memory outside its limit (readers, writers, the result itself).
DEFAULT_MEMORY = "1500MB"


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


def read_parquet(backend: ibis.BaseBackend, path: Path, name: str) -> ir.Table:
    """Return a Parquet file, or a folder of them, as a view; only the columns a query asks for are read."""
    source = path / "**" / "*.parquet" if path.is_dir() else path
    table: ir.Table = backend.read_parquet(str(source), table_name=f"snapshot_{name}")
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
