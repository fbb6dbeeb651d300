"""Read files and report on them, writing nothing: what each sheet was taken for and what is wrong in it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shouwang.exchange.mapping import HeaderMapping, read_mapping
from shouwang.exchange.reading import Book, ReadError, ReaderWorker, SheetHead, open_book
from shouwang.exchange.recognising import LayoutError, SheetPlan, plan_sheet
from shouwang.exchange.registry import number_problems
from shouwang.exchange.rows import RowReader
from shouwang.exchange.sources import unknown_headers_notice


@dataclass(frozen=True)
class ErrorCount:
    """How often one reason stands in one column, and the first row it stands in."""

    column: str
    reason_code: str
    reason: str
    count: int
    first_row_no: int


@dataclass(frozen=True)
class SheetReport:
    """What a sheet was taken for; `feed` is None and `problem` says why where it is not usable.

    `matched` is our header to theirs, `unused` their headers without a meaning here, `missing` ours not
    found.
    """

    sheet: str
    feed: str | None = None
    label: str = ""
    header_row_no: int | None = None
    month: date | None = None
    year: int | None = None
    matched: Mapping[str, str] | None = None
    unused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    row_count: int = 0
    skipped: Mapping[str, int] | None = None
    errors: tuple[ErrorCount, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class FileReport:
    """What a file is: `problem` says in Chinese why it was not read; `encoding` is that of a text file."""

    path: Path
    encoding: str = ""
    sha256: str = ""
    sheets: tuple[SheetReport, ...] = ()
    problem: str | None = None

    @property
    def is_fine(self) -> bool:
        """Say whether every sheet was recognised and no row has an error."""
        return not self.problem and not any(sheet.problem or sheet.errors for sheet in self.sheets)


def check_files(paths: Iterable[Path], on: date, mapping: Path | None = None) -> list[FileReport]:
    """Report on each file as of a day. Raises MappingError for a mapping that cannot be used."""
    headers = read_mapping(mapping) if mapping else HeaderMapping()
    with ReaderWorker() as worker:
        return [_file_report(path, on, headers, worker) for path in paths]


def _file_report(path: Path, on: date, headers: HeaderMapping, worker: ReaderWorker) -> FileReport:
    try:
        book = open_book(path, worker=worker)
    except ReadError as error:
        return FileReport(path, problem=str(error))
    try:
        sheets = tuple(_sheet_report(path, book, head, on, headers) for head in book.sheets if head.row_count)
    finally:
        book.close()
    problem = None if sheets else f"文件《{path.name}》：没有任何内容。请核对文件。"
    return FileReport(path, book.encoding, book.sha256, sheets, problem)


def _sheet_report(path: Path, book: Book, head: SheetHead, on: date, headers: HeaderMapping) -> SheetReport:
    try:
        plan = plan_sheet(path.name, head.sheet, head.head_rows, headers)
    except LayoutError as error:
        return SheetReport(head.sheet, problem=str(error))
    if plan is None:
        return SheetReport(head.sheet, problem=unknown_headers_notice(path.name, head))
    reader = RowReader(plan, on)
    errors = _errors(plan, reader, book)
    return SheetReport(
        sheet=head.sheet,
        feed=plan.layout.feed,
        label=plan.layout.label,
        header_row_no=plan.header_row_no,
        month=plan.month or (reader.newest.replace(day=1) if reader.newest else None),
        year=plan.year,
        matched={bound.column.header: bound.header for bound in plan.bound if bound.index is not None},
        unused=plan.unused,
        missing=plan.missing,
        row_count=reader.row_count,
        skipped=dict(reader.skipped),
        errors=errors,
    )


def _errors(plan: SheetPlan, reader: RowReader, book: Book) -> tuple[ErrorCount, ...]:
    number = next((bound for bound in plan.bound if bound.column.kind == "identity"), None)
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], int] = {}
    for batch in book.batches(plan.sheet):
        rows = reader.read(batch)
        bad = list(rows.bad)
        if number is not None and number.constant is None:
            bad += number_problems(rows, number.header, is_blank_bad=number.column.is_required)
        for cell in bad:
            reason = (cell.column, cell.code, cell.reason)
            counts[reason] += 1
            row_no = rows.row_no[cell.row].as_py()
            first[reason] = min(row_no, first.get(reason, row_no))
    return tuple(ErrorCount(*reason, count, first[reason]) for reason, count in counts.most_common())
