"""Open a foreign spreadsheet or text table and hand out its rows as text, safely.

with ReaderWorker() as worker:
    book = open_book(path, worker=worker)
    for batch in book.batches(book.sheets[0].sheet): ...
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from shouwang.exchange.cells import Kind
from shouwang.exchange.csv_text import read_csv_text
from shouwang.exchange.limits import DEFAULT_LIMITS, Limits, ReadError
from shouwang.exchange.precheck import precheck
from shouwang.exchange.reader_worker import ReaderWorker

__all__ = [
    "DEFAULT_LIMITS",
    "Book",
    "Kind",
    "Limits",
    "ReadError",
    "ReaderWorker",
    "SheetBatch",
    "SheetHead",
    "open_book",
]
HEAD_ROWS = 30
_SHA_BYTES = 1024 * 1024


@dataclass(frozen=True)
class SheetBatch:
    """Hold consecutive rows of one sheet, one table row per sheet row, blank rows between them too.

    `table` has string columns c0..cN, one per sheet column from A; a blank cell is null. `kinds` has the same
    columns and rows as int8 values of `Kind`: `kinds["c3"]` equal to `Kind.LARGE_NUMBER` marks a number of
    more than 15 digits, `Kind.DATE` a native date. Row i of the batch is row `first_row_no + i` of the sheet
    (1-based, as Excel shows it; for a text file the record's number, blank records counted). Blank rows
    between two batches may be left out: trust `first_row_no`, do not count.
    """

    file: str
    sheet: str
    first_row_no: int
    table: pa.Table
    kinds: pa.Table


@dataclass(frozen=True)
class SheetHead:
    """Describe one sheet: `row_count` is its last row that is not blank, `head_rows` its first 30 as text.

    Each head row has `column_count` cells. A sheet without cells has counts of 0. `sheet` is "" for a text
    file.
    """

    file: str
    sheet: str
    row_count: int
    column_count: int
    head_rows: list[list[str | None]]
    is_hidden: bool = False


class Book:
    """A read file: `sheets` in workbook order, `sha256` of its bytes, `encoding` of a text file (else "").

    Its rows lie in the worker's folder: use it before the worker is closed, and `close` it to free the disk.
    """

    def __init__(
        self, path: Path, sha256: str, encoding: str, folder: Path, read: list[dict[str, Any]]
    ) -> None:
        self.file = path.name
        self.sha256 = sha256
        self.encoding = encoding
        self._folder = folder
        self._blocks: dict[str, list[dict[str, Any]]] = {sheet["name"]: sheet["blocks"] for sheet in read}
        self._widths = {name: _width(blocks) for name, blocks in self._blocks.items()}
        self.sheets = [self._head(sheet["name"], is_hidden=sheet["is_hidden"]) for sheet in read]

    def batches(self, sheet_name: str, batch_rows: int = 20_000) -> Iterator[SheetBatch]:
        """Yield the sheet's rows in order, at most `batch_rows` (and at most 10,000) a batch.

        Every batch of a sheet has the same columns. Raises ReadError for a name the book does not have.
        """
        if sheet_name not in self._blocks:
            names = "、".join(name or "（文本）" for name in self._blocks)
            raise ReadError(
                self.file, "no_such_sheet", "没有这个工作表", f"文件中的工作表有：{names}", sheet=sheet_name
            )
        for block in self._blocks[sheet_name]:
            with pa.ipc.open_stream(str(self._folder / block["file"])) as reader:
                read = reader.read_all()
            texts, kinds = self._padded(sheet_name, read, block["columns"])
            for start in range(0, texts.num_rows, batch_rows):
                yield SheetBatch(
                    self.file,
                    sheet_name,
                    block["first_row_no"] + start,
                    texts.slice(start, batch_rows),
                    kinds.slice(start, batch_rows),
                )

    def close(self) -> None:
        """Wipe what was read of this file."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _padded(self, sheet_name: str, read: pa.Table, columns: int) -> tuple[pa.Table, pa.Table]:
        names = [f"c{at}" for at in range(self._widths[sheet_name])]
        missing = len(names) - columns
        blank_texts = [pa.nulls(read.num_rows, pa.string())] * missing
        blank_kinds = [pa.repeat(pa.scalar(int(Kind.BLANK), pa.int8()), read.num_rows)] * missing
        texts = [read.column(at) for at in range(columns)] + blank_texts
        kinds = [read.column(columns + at) for at in range(columns)] + blank_kinds
        return pa.table(texts, names=names), pa.table(kinds, names=names)

    def _head(self, sheet_name: str, *, is_hidden: bool) -> SheetHead:
        blocks = self._blocks[sheet_name]
        last_row = max((block["first_row_no"] + block["rows"] - 1 for block in blocks), default=0)
        width = self._widths[sheet_name]
        head: list[list[str | None]] = [[None] * width for _ in range(min(HEAD_ROWS, last_row))]
        for batch in self.batches(sheet_name, HEAD_ROWS):
            if batch.first_row_no > len(head):
                break
            columns = [column.to_pylist() for column in batch.table.columns]
            for at, row in enumerate(zip(*columns, strict=True), batch.first_row_no - 1):
                if at < len(head):
                    head[at] = list(row)
        return SheetHead(self.file, sheet_name, last_row, width, head, is_hidden)


def open_book(
    path: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    worker: ReaderWorker,
    on_rows: Callable[[str, int], None] | None = None,
) -> Book:
    """Check and read the whole of an .xlsx, .xls or .csv/.txt file; its rows are then streamed from disk.

    `on_rows(sheet, rows)` is told now and then how many rows of a sheet are read. Raises ReadError; then
    nothing of the file stays behind.
    """
    checked = precheck(path, limits)
    folder = worker.new_folder()
    try:
        if checked.kind == "csv":
            encoding, read = read_csv_text(path, folder, limits, on_rows)
        else:
            encoding, read = "", worker.read(path, folder, checked.sheet_parts, on_rows)
        return Book(path, file_sha256(path), encoding, folder, read)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def file_sha256(path: Path) -> str:
    """Answer the file's SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_SHA_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _width(blocks: list[dict[str, Any]]) -> int:
    return max((block["columns"] for block in blocks), default=0)
