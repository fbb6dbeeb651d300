"""The Parquet files of a staging: one part a sheet and table while reading, one file a table at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.tables import TABLES
from shouwang.exchange.normalising import ARROW_TYPES, BadCell

_FLUSH_ROWS = 20_000
ROW_ERRORS = pa.schema([
    ("source_id", pa.int64()), ("row_no", pa.int64()), ("column", pa.string()), ("reason_code", pa.string()),
    ("reason", pa.string()), ("value", pa.string()), ("is_row_refused", pa.bool_()),
])  # fmt: skip
UNMATCHED = pa.schema([
    ("source_id", pa.int64()), ("row_no", pa.int64()), ("feed", pa.string()), ("reason_code", pa.string()),
    ("reason", pa.string()), ("township", pa.string()), ("village", pa.string()),
    ("masked_name", pa.string()),
])  # fmt: skip


def table_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of a canonical table."""
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in TABLES[name].columns])


@dataclass
class Part:
    """The rows of one sheet for one table, in a file of their own until all sheets are read."""

    table: str
    path: Path
    schema: pa.Schema
    source_id: int
    row_count: int = 0
    _writer: pq.ParquetWriter | None = None

    def write(self, columns: Mapping[str, pa.Array], row_no: pa.Array) -> None:
        """Add rows; columns of the schema that are not given are unknown."""
        count = len(row_no)
        if not count:
            return
        given = {
            **columns,
            "row_no": row_no,
            "source_id": pa.repeat(pa.scalar(self.source_id, pa.int64()), count),
        }
        arrays = [
            given[each.name].cast(each.type) if each.name in given else pa.nulls(count, each.type)
            for each in self.schema
        ]
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        self._writer.write_batch(pa.record_batch(arrays, schema=self.schema))
        self.row_count += count

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def drop(self) -> None:
        """Throw the rows away."""
        self.close()
        self.path.unlink(missing_ok=True)
        self.row_count = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows again."""
        if self.row_count:
            with pq.ParquetFile(self.path) as file:
                yield from file.iter_batches(batch_size=_FLUSH_ROWS)

    def largest(self, name: str) -> Any:
        """Return the largest value of a column, None if all are unknown."""
        return (
            pc.max(pq.read_table(self.path, columns=[name]).column(name)).as_py() if self.row_count else None
        )


@dataclass
class RowsWriter:
    """Write plain rows to one Parquet file in the schema's order, a bounded number in memory."""

    path: Path
    schema: pa.Schema
    row_count: int = 0
    _waiting: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._writer = pq.ParquetWriter(self.path, self.schema, compression="zstd")

    def add(self, row: tuple[Any, ...]) -> None:
        """Add one row."""
        self._waiting.append(row)
        self.row_count += 1
        if len(self._waiting) >= _FLUSH_ROWS:
            self._flush()

    def add_bad(self, source_id: int, row_no: pa.Array, bad: list[BadCell], refused: set[int]) -> None:
        """Add bad cells to a file of row errors; `refused` rows are left out, both counted in the batch."""
        for cell in bad:
            row = row_no[cell.row].as_py()
            self.add((source_id, row, cell.column, cell.code, cell.reason, cell.value, cell.row in refused))

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            arrays = [pa.array(values, each.type) for values, each in zip(columns, self.schema, strict=True)]
            self._writer.write_batch(pa.record_batch(arrays, schema=self.schema))
            self._waiting.clear()


def join_parts(name: str, parts: list[Part], months: Mapping[int, date | None], path: Path) -> int:
    """Write the parts of one table into its file, each with its delivered month; return the row count."""
    schema = table_schema(name)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            for batch in part.batches():
                arrays = [batch.column(each.name) for each in schema]
                if "delivered_month" in schema.names:
                    month = pa.scalar(months[part.source_id], pa.date32())
                    arrays[schema.get_field_index("delivered_month")] = pa.repeat(month, batch.num_rows)
                writer.write_batch(pa.record_batch(arrays, schema=schema))
                count += batch.num_rows
            part.drop()
    return count


def have_repeats(parts: list[Part], names: list[str]) -> bool:
    """Say whether two rows of the parts have the same key."""
    tables = [pq.read_table(part.path, columns=names) for part in parts if part.row_count]
    if not tables:
        return False
    keys = pa.concat_tables(tables)
    return keys.num_rows > keys.group_by(names, use_threads=False).aggregate([]).num_rows


def rows_kept(batch: pa.RecordBatch, seen: set[Any], names: list[str]) -> tuple[pa.RecordBatch, list[int]]:
    """Return the batch without the rows whose key was seen before, and the positions of those."""
    repeated = []
    for at, key in enumerate(zip(*(batch.column(name).to_pylist() for name in names), strict=True)):
        if key in seen:
            repeated.append(at)
        else:
            seen.add(key)
    if not repeated:
        return batch, repeated
    gone = pc.is_in(pa.array(range(batch.num_rows), pa.int64()), value_set=pa.array(repeated, pa.int64()))
    return batch.filter(pc.invert(gone)), repeated
