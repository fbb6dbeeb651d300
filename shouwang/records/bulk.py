"""Columns in and out of the records by COPY: Arrow batches to a table, and a query to Arrow tables."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from shouwang.domain.tables import Column

_SQL_TYPES = {"text": "text", "int": "bigint", "bool": "boolean", "date": "date", "fen": "bigint"}
_ARROW_TYPES = {
    "text": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "date": pa.date32(), "fen": pa.int64(),
}  # fmt: skip
_BLOCK_BYTES = 1 << 20
_JOIN_MEMORY = "128MB"
# A text field of PostgreSQL cannot hold it, and no spreadsheet means anything by it.
_NUL = "\x00"


def expect_whole_tables(cursor: CursorWrapper) -> None:
    """Prepare the running transaction for joins of whole tables.

    The planner cannot know how far the row policies reach and reckons with one row, so that it would look up
    each row of one table in another.
    """
    cursor.execute(f"SET LOCAL work_mem = '{_JOIN_MEMORY}'")
    cursor.execute("SET LOCAL enable_nestloop = off")


def sql_columns(columns: Iterable[Column]) -> str:
    """Return the columns of a canonical table as CREATE TABLE wants them."""
    return ", ".join(f'"{column.name}" {_SQL_TYPES[column.type]}' for column in columns)


def make_temporary(
    cursor: CursorWrapper,
    table: str,
    content: str,
    parameters: Sequence[object] | Mapping[str, object] = (),
) -> None:
    """Make a table of the running transaction, in place of its namesake, from columns or `AS SELECT`."""
    cursor.execute(f'DROP TABLE IF EXISTS pg_temp."{table}"')
    if content.startswith("AS "):
        cursor.execute(f'CREATE TEMPORARY TABLE "{table}" ON COMMIT DROP {content}', parameters)
        cursor.execute(f'ANALYZE "{table}"')
        return
    cursor.execute(f'CREATE TEMPORARY TABLE "{table}" ({content}) ON COMMIT DROP')


def copy_in(
    cursor: CursorWrapper, table: str, columns: Sequence[str], batches: Iterable[pa.RecordBatch]
) -> int:
    """Copy batches whose columns are in the order of `columns` into a table; return the number of rows."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), names)
    count = 0
    with cursor.cursor.copy(statement) as copy:
        for batch in batches:
            if batch.num_rows:
                copy.write(_csv(batch))
                count += batch.num_rows
    return count


def _csv(batch: pa.RecordBatch) -> bytes:
    arrays = [
        pc.replace_substring(column, _NUL, "") if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    stream = io.BytesIO()
    cleaned = pa.record_batch(arrays, names=batch.schema.names)
    pa_csv.write_csv(cleaned, stream, pa_csv.WriteOptions(include_header=False))
    return stream.getvalue()


def bytea(values: Iterable[bytes | None]) -> pa.Array:
    """Write bytes as COPY reads them into a column of bytes."""
    return pa.array([None if each is None else "\\x" + each.hex() for each in values], pa.string())


class _Blocks(io.RawIOBase):
    """The bytes of a COPY as a file to read from."""

    def __init__(self, blocks: Iterator[memoryview | bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub names no buffer type
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def copy_out(
    query: str, parameters: Mapping[str, object], columns: Sequence[Column]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query, whose columns are `columns` in their order, in batches of Arrow columns."""
    schema = pa.schema([(column.name, _ARROW_TYPES[column.type]) for column in columns])
    convert = pa_csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    read = pa_csv.ReadOptions(column_names=schema.names, block_size=_BLOCK_BYTES * 4)
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    with connection.cursor() as cursor:
        # Of the texts only the empty one need be quoted, to differ from NULL; FORCE_QUOTE * quotes them all.
        texts = ", ".join(f'"{column.name}"' for column in columns if column.type == "text")
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv, FORCE_QUOTE ({texts}))"
        with cursor.cursor.copy(statement, parameters) as copy:
            blocks = _gathered(copy)
            first = next(blocks, None)
            if first is None:
                return
            stream = io.BufferedReader(_Blocks(_again(first, blocks)), _BLOCK_BYTES)
            with pa_csv.open_csv(stream, read, parse, convert) as reader:
                yield from reader


def _gathered(rows: Iterable[memoryview | bytes]) -> Iterator[bytes]:
    """Join what comes row by row into blocks worth a step of their own."""
    gathered = bytearray()
    for row in rows:
        gathered += row
        if len(gathered) >= _BLOCK_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def refresh_statistics() -> None:
    """Let the database count its rows anew after many came in, as the owner of the tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
