"""The workbook of rows with errors: corrected and put back into the folder, it is read like any delivery."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import pyarrow.parquet as pq

from shouwang.domain.tables import FEEDS
from shouwang.exchange.headers import read_header
from shouwang.exchange.reading import ReadError, ReaderWorker, SheetBatch, open_book
from shouwang.exchange.recognising import REASON_HEADER
from shouwang.exchange.sources import ERROR_SUMMARY, FOR_REVIEW
from shouwang.exchange.staging import Staged, StagedSource
from shouwang.exchange.writing import (
    BookProperties,
    Cell,
    Column,
    SheetSpec,
    Style,
    StyledRow,
    write_workbook,
)

MOST_ERRORS = 5_000
_HOW_TO = "改正红色单元格后，把本文件放回原文件夹，再次运行即可重新读取"
_USED = "这些行已照原样读取，只供核对；本工作表不会重新读取，数字有误时请重新上传整个文件"
_WIDTH = 14


class OriginalChanged(Exception):
    """A file that was staged is no longer there, or no longer the same, so its rows cannot be shown."""


@dataclass(frozen=True)
class Listing:
    """The errors of a staging and how they are told.

    `headings` are the words above a sheet by source_id, and `names` its name; without them both are made of
    the file's. With `is_split`, rows that were used despite an error stand on sheets that are not read again.
    """

    sources: tuple[StagedSource, ...]
    errors: Path
    unmatched: Path
    on: date
    how_to: str = _HOW_TO
    headings: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    is_split: bool = False


@dataclass
class _SheetErrors:
    """The listed errors of one sheet, of refused or of used rows: by row, the (column, reason) pairs."""

    source: StagedSource
    is_used: bool = False
    rows: dict[int, list[tuple[str, str]]] = field(default_factory=dict)


def write_error_workbook(staged: Staged, path: Path, *, most_errors: int = MOST_ERRORS) -> int:
    """Write the rows with errors, with their original columns and the reason, and the count of every reason.

    Holds the first `most_errors` errors and the rows whose number identifies nobody; returns the number of
    errors listed. Raises OriginalChanged, WriteError.
    """
    return write_listing(
        Listing(staged.sources, staged.errors, staged.unmatched, staged.on), path, most_errors=most_errors
    )


def write_listing(listing: Listing, path: Path, *, most_errors: int = MOST_ERRORS) -> int:
    """Write what `write_error_workbook` does of any staging. Raises OriginalChanged, WriteError."""
    counts: Counter[tuple[int, str, str]] = Counter()
    listed: dict[tuple[int, bool], _SheetErrors] = {}
    total = 0
    sources = {source.source_id: source for source in listing.sources}
    for source_id, row_no, column, reason, is_refused in _errors(listing, sources):
        counts[source_id, column, reason] += 1
        if total < most_errors:
            total += 1
            is_used = listing.is_split and not is_refused
            found = listed.setdefault((source_id, is_used), _SheetErrors(sources[source_id], is_used))
            found.rows.setdefault(row_no, []).append((column, reason))
    with ReaderWorker() as worker:
        specs = [_sheet(found, worker, listing) for _, found in sorted(listed.items())]
    summary = _summary(counts, listed.values(), sources)
    created_at = datetime.combine(listing.on, time())
    write_workbook(path, [*specs, summary], properties=BookProperties("错误数据", created_at))
    return total


def _errors(listing: Listing, sources: dict[int, StagedSource]) -> Iterator[tuple[int, int, str, str, bool]]:
    """Yield (source_id, row_no, column, reason, is refused) of bad cells, then of numbers of nobody."""
    names = ["source_id", "row_no", "column", "reason", "is_row_refused"]
    with pq.ParquetFile(listing.errors) as file:
        for batch in file.iter_batches(columns=names):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
    with pq.ParquetFile(listing.unmatched) as file:
        for batch in file.iter_batches(columns=["source_id", "row_no", "reason_code", "reason"]):
            lines = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            for source_id, row_no, code, reason in lines:
                header = sources[source_id].number_header
                if header is not None and code.startswith("id_"):
                    yield source_id, row_no, header, reason, True


def _sheet(found: _SheetErrors, worker: ReaderWorker, listing: Listing) -> SheetSpec:
    source = found.source
    try:
        book = open_book(source.path, worker=worker)
    except ReadError as error:
        raise OriginalChanged(f"无法列出错误行的原文：{error}") from error
    if book.sha256 != source.sha256:
        raise OriginalChanged(f"文件《{source.path.name}》在读取之后被改动过。请重新运行后再导出错误数据。")
    head = next(head for head in book.sheets if head.sheet == source.sheet)
    headers = [cell or "" for cell in head.head_rows[source.header_row_no - 1]]
    titles = [cell for row in head.head_rows[: source.header_row_no - 1] for cell in row if cell]
    several = len(book.sheets) > 1
    usual = f"{source.path.stem}_{source.sheet}" if several else source.path.stem
    name = listing.names.get(source.source_id, usual)
    heading = listing.headings.get(source.source_id, "")
    words = " ".join(each for each in (heading, source.path.stem, source.sheet, *titles) if each)
    spec = SheetSpec(
        name=f"{FOR_REVIEW}{name}" if found.is_used else name,
        title=f"错误数据：{words}（{_USED if found.is_used else listing.how_to}）",
        columns=[
            *(Column(each, _WIDTH) for each in headers if each != REASON_HEADER),
            Column(REASON_HEADER, 60),
        ],
        rows=[
            _row(cells, headers, found.rows[row_no])
            for batch in book.batches(source.sheet)
            for row_no, cells in _picked(batch, found.rows)
        ],
    )
    book.close()
    return spec


def _picked(batch: SheetBatch, wanted: Mapping[int, object]) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the row number and the cells of the batch's wanted rows."""
    end = batch.first_row_no + batch.table.num_rows
    row_nos = [row_no for row_no in range(batch.first_row_no, end) if row_no in wanted]
    picked = batch.table.take([row_no - batch.first_row_no for row_no in row_nos]) if row_nos else None
    if picked is not None:
        cells = zip(*(column.to_pylist() for column in picked.columns), strict=True)
        yield from ((row_no, list(row)) for row_no, row in zip(row_nos, cells, strict=True))


def _row(cells: Sequence[str | None], headers: Sequence[str], errors: Sequence[tuple[str, str]]) -> StyledRow:
    kept = [at for at, header in enumerate(headers) if header != REASON_HEADER]
    bad = {column for column, _ in errors}
    reasons = "；".join(dict.fromkeys(f"{column}：{reason}" for column, reason in errors))
    red: dict[int, Style] = {
        to: "bad" for to, at in enumerate(kept) if headers[at] and read_header(headers[at]).text in bad
    }
    return StyledRow([*(cells[at] for at in kept), reasons], red)


def _summary(
    counts: Counter[tuple[int, str, str]],
    listed: Iterable[_SheetErrors],
    sources: dict[int, StagedSource],
) -> SheetSpec:
    shown: Counter[tuple[int, str, str]] = Counter(
        (found.source.source_id, column, reason)
        for found in listed
        for errors in found.rows.values()
        for column, reason in errors
    )
    rows: list[list[Cell]] = []
    for key, count in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1])):
        source = sources[key[0]]
        label, _ = FEEDS[source.feed]
        rows.append([source.path.name, source.sheet, label, key[1], key[2], count, shown[key]])
    widths = {"文件": 30, "工作表": 16, "来源": 12, "列": 18, "原因": 60}
    columns = [Column(header, width) for header, width in widths.items()]
    columns += [Column("错误数", 10, "int"), Column("其中列出", 10, "int")]
    return SheetSpec(ERROR_SUMMARY, columns, rows)
