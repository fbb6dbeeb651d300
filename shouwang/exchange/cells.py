"""Every cell as text plus its native kind, in Arrow record batches on disk.

Text forms: dates `YYYY-MM-DD`, instants `YYYY-MM-DD HH:MM:SS`, times `HH:MM:SS`, durations in days as a
number, whole numbers without `.0`, other numbers as Python's shortest exact form, truths `TRUE` / `FALSE`.
A blank cell is null. Text is as it was, untrimmed. Error cells of an .xlsx are text (`#N/A`); those of an
.xls are null.
"""

import datetime as dt
import enum
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

EXACT_BELOW = 1e15
_BLANK_TEXT = pa.scalar("", pa.string())
_NO_TEXT = pa.scalar(None, pa.string())


class Kind(enum.IntEnum):
    """Name what a cell natively was; LARGE_NUMBER has lost digits: an ID number typed as a number."""

    BLANK = 0
    TEXT = 1
    NUMBER = 2
    LARGE_NUMBER = 3
    DATE = 4
    DATETIME = 5
    TIME = 6
    DURATION = 7
    BOOLEAN = 8


_KIND_OF_BLANK = pa.scalar(int(Kind.BLANK), pa.int8())
_KIND_OF_TEXT = pa.scalar(int(Kind.TEXT), pa.int8())


def cell_text(value: object) -> tuple[str | None, Kind]:
    """Answer a native cell's text and kind."""
    if isinstance(value, str):
        return (value, Kind.TEXT) if value else (None, Kind.BLANK)
    if value is None:
        return None, Kind.BLANK
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), Kind.BOOLEAN
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds"), Kind.DATETIME
    if isinstance(value, dt.date):
        return value.isoformat(), Kind.DATE
    if isinstance(value, dt.time):
        return value.isoformat("seconds"), Kind.TIME
    if isinstance(value, dt.timedelta):
        return repr(value / dt.timedelta(days=1)), Kind.DURATION
    raise TypeError(type(value).__name__)


def _number(value: float) -> tuple[str, Kind]:
    if not abs(value) < EXACT_BELOW:
        return repr(float(value)), Kind.LARGE_NUMBER
    return (str(int(value)) if value == int(value) else repr(value)), Kind.NUMBER


def columns_of(values: tuple[Any, ...]) -> tuple[pa.Array, pa.Array]:
    """Answer one column's texts (string) and kinds (int8)."""
    types = set(map(type, values))
    if types <= {str}:
        texts = pa.array(values, pa.string())
        is_blank = pc.equal(texts, _BLANK_TEXT)
        return (
            pc.if_else(is_blank, _NO_TEXT, texts),
            pc.if_else(is_blank, _KIND_OF_BLANK, _KIND_OF_TEXT),
        )
    if len(types - {str}) == 1:
        known = {value: cell_text(value) for value in set(values)}
        pairs = [known[value] for value in values]
    else:
        pairs = [cell_text(value) for value in values]
    return (
        pa.array([text for text, _ in pairs], pa.string()),
        pa.array([kind for _, kind in pairs], pa.int8()),
    )


class BlockWriter:
    """Write the rows of one sheet as Arrow stream files of at most `batch_rows` rows.

    A file has columns c0..cN (string) and k0..kN (int8, `Kind`). `blocks` lists them: `file` name in
    the folder, `first_row_no`, `rows`, `columns`. Rows that are blank at the end of a file are left out, so
    the next file's first row number may jump.
    """

    def __init__(self, folder: Path, number: int, batch_rows: int) -> None:
        self._folder = folder
        self._number = number
        self._batch_rows = batch_rows
        self.blocks: list[dict[str, Any]] = []
        self.last_row_no = 0

    def write(self, rows: Iterator[list[Any]], first_row_no: int, first_column: int) -> None:
        """Write rows from row `first_row_no` on, each padded on the left by `first_column` blanks."""
        while batch := list(islice(rows, self._batch_rows)):
            read = len(batch)
            while batch and not any(value not in ("", None) for value in batch[-1]):
                batch.pop()
            if batch:
                self._write_batch(batch, first_row_no, first_column)
            first_row_no += read

    def _write_batch(self, batch: list[list[Any]], first_row_no: int, first_column: int) -> None:
        count = len(batch)
        columns = [(pa.nulls(count, pa.string()), _blanks(count)) for _ in range(first_column)]
        columns += [columns_of(values) for values in zip(*batch, strict=True)]
        while columns and columns[-1][0].null_count == count:
            columns.pop()
        arrays = [texts for texts, _ in columns] + [kinds for _, kinds in columns]
        names = [f"c{at}" for at in range(len(columns))] + [f"k{at}" for at in range(len(columns))]
        table = pa.record_batch(arrays, names=names)
        file = f"sheet{self._number}-{len(self.blocks)}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        with pa.ipc.new_stream(str(self._folder / file), table.schema, options=options) as writer:
            writer.write_batch(table)
        self.blocks.append(
            {"file": file, "first_row_no": first_row_no, "rows": count, "columns": len(columns)}
        )
        self.last_row_no = first_row_no + count - 1


def _blanks(count: int) -> pa.Array:
    return pa.repeat(_KIND_OF_BLANK, count)
