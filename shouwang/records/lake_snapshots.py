"""Files of a snapshot, from canonical tables: no names, and sources numbered unlike any other county's."""

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from shouwang.domain.lake_snapshots import CountySnapshot, LakeError, snapshot_folder
from shouwang.domain.tables import TABLES

_MEMORY = "512MB"
# Nobody needs them to screen, and the lake holds no names.
_LEFT_OUT = {"household": ("head_name",), "member": ("name",)}
# A county has fewer sheets than this; its code before them makes their numbers unlike any other county's.
_MOST_SOURCES = 1_000_000


def put_files(
    *,
    lake: Path,
    county: str,
    on: date,
    tables: Mapping[str, Path],
    feeds: frozenset[str],
    taken_at: str,
    notices: tuple[str, ...] = (),
    unmatched: int = 0,
    row_errors: int = 0,
) -> CountySnapshot:
    """Write canonical tables, without names, as the files of a snapshot to be committed. Raises LakeError."""
    folder, token = snapshot_folder(lake, on, county), secrets.token_hex(8)
    files = {name: f"{name}-{token}.parquet" for name in tables}
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        rows = {name: _copy(name, path, folder / files[name], county) for name, path in tables.items()}
    except (OSError, duckdb.Error) as error:
        for name in files.values():
            (folder / name).unlink(missing_ok=True)
        raise LakeError(
            f"快照没有写入数据湖“{lake}”:请检查文件夹是否可写、磁盘是否已满。原有快照没有改动。"
        ) from error
    return CountySnapshot(
        county, on, taken_at, tuple(sorted(feeds)), files, rows, notices, unmatched, row_errors, folder
    )


def _copy(name: str, path: Path, target: Path, county: str) -> int:
    """Copy a table without names, its sources numbered unlike those of any other county; return its rows."""
    changed = [f"NULL::VARCHAR AS {column}" for column in _LEFT_OUT.get(name, ())]
    if any(column.name == "source_id" for column in TABLES[name].columns):
        changed.append(f"source_id + {int(county) * _MOST_SOURCES} AS source_id")
    with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(target.parent)}) as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ({', '.join(changed)}) FROM read_parquet($source)) "
            f"TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION zstd)",
            {"source": str(path)},
        )
    return int(pq.read_metadata(target).num_rows)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
