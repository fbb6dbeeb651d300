"""Write workbooks that people open: text stays text, nothing is a formula, the file is whole or absent."""

import datetime as dt
import itertools
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shouwang.exchange.safe_text import clean_text, sheet_name

Cell = str | int | float | dt.date | None
CellKind = Literal["text", "int", "yuan", "wan", "date", "percent"]
Style = Literal["bad", "warn", "good", "strong"]

MOST_ROWS = 1_048_575
NOT_A_NUMBER = "无法计算"
# More cells than these are written as they come, without being held.
_CELLS_HELD = 500_000
_MOST_IN_MARGIN = 200
_EXACT_BELOW = 10**15
_FIRST_DATE = dt.date(1900, 3, 1)
_NUMBER_FORMATS: dict[CellKind, str] = {
    "text": "@", "int": "0", "yuan": "#,##0.00", "wan": "#,##0.0000", "date": "yyyy-mm-dd", "percent": "0.0%"
}  # fmt: skip
_UNITS: dict[CellKind, int] = {"yuan": 100, "wan": 1_000_000}
_FILLS: dict[Style, str] = {"bad": "#F8B4B4", "warn": "#FDE68A", "good": "#BBE5C4", "strong": "#DCE6F2"}


class WriteError(Exception):
    """The workbook could not be written; the target is as it was before."""


@dataclass(frozen=True)
class Column:
    """Describe one column; `yuan` and `wan` (万元) take integer fen, `percent` a fraction.

    `note` shows on the header.
    """

    header: str
    width: float = 12
    kind: CellKind = "text"
    note: str = ""


@dataclass(frozen=True)
class StyledRow:
    """Hold a row's values, the style of some cells by column index, and its height in points if given."""

    values: Sequence[Cell]
    styles: Mapping[int, Style] = field(default_factory=dict)
    height: float | None = None


@dataclass(frozen=True)
class SheetSpec:
    """Describe one sheet: optional title line, header row, and rows of as many cells as there are columns.

    With `is_sparse` empty cells are left out, without their border: half the time for wide tables.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell] | StyledRow]
    title: str = ""
    is_sparse: bool = False


@dataclass(frozen=True)
class BookProperties:
    """Name the workbook; the same properties and rows give the same bytes."""

    title: str
    created_at: dt.datetime
    author: str = "守望 Shouwang"
    subject: str = ""
    keywords: str = ""


def write_workbook(
    path: Path,
    sheets: Sequence[SheetSpec],
    *,
    properties: BookProperties,
    most_rows: int = MOST_ROWS,
    mark: str = "",
) -> None:
    """Write an .xlsx beside `path` and put it in place at once, or leave `path` as it was.

    A sheet of more than `most_rows` rows, title and header counted, goes on in "name (2)". `mark` stands in
    the header and footer of every page. Raises WriteError.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".xlsx")
    except OSError as error:
        raise _write_error(path, error) from None
    os.close(handle)
    try:
        _write(temporary, sheets, properties, most_rows, mark)
        os.replace(temporary, path)
    except (OSError, XlsxWriterException) as error:
        raise _write_error(path, error) from None
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _write_error(path: Path, error: Exception) -> WriteError:
    reason = (
        "没有写入权限，或文件正在被其他程序打开"
        if isinstance(error, PermissionError)
        else "文件夹不存在，或磁盘空间不足"
    )
    return WriteError(
        f"无法写出文件《{path.name}》：{reason}。请关闭已打开的同名文件，检查文件夹和磁盘空间后重试；原有文件未改动。"
    )


def _write(
    temporary: str,
    sheets: Sequence[SheetSpec],
    properties: BookProperties,
    most_rows: int,
    mark: str,
) -> None:
    held, cells = [], 0
    for sheet in sheets:
        # Once it is known to be large nothing more is read ahead: a later sheet may count an earlier one.
        rows, count = _held_rows(sheet) if cells <= _CELLS_HELD else (iter(sheet.rows), 0)
        held.append((sheet, rows))
        cells += count * len(sheet.columns)
    is_large = cells > _CELLS_HELD
    book = xlsxwriter.Workbook(
        temporary,
        {
            "constant_memory": is_large,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    names = ("title", "author", "subject", "keywords")
    texts = {name: clean_text(getattr(properties, name)) for name in names}
    book.set_properties(texts | {"created": properties.created_at})
    formats = _Formats(book)
    used: set[str] = set()
    try:
        for sheet, rows in held:
            _write_sheet(book, formats, sheet, rows, used, most_rows)
        for worksheet in book.worksheets():
            if mark:
                _set_mark(worksheet, mark)
    finally:
        book.close()


def _held_rows(sheet: SheetSpec) -> tuple[Iterator[Sequence[Cell] | StyledRow], int]:
    iterator = iter(sheet.rows)
    first = list(itertools.islice(iterator, _CELLS_HELD // max(len(sheet.columns), 1) + 1))
    return itertools.chain(first, iterator), len(first)


def _set_mark(worksheet: Worksheet, mark: str) -> None:
    """Write the mark into the margins; "&" begins an instruction there unless doubled."""
    text = clean_text(mark).replace("&", "&&")[:_MOST_IN_MARGIN]
    worksheet.set_header(f"&C{text}")
    worksheet.set_footer(f"&L{text}&R第 &P 页 / 共 &N 页")


class _Formats:
    """Make each cell format once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[CellKind, Style | None, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"})
        self.header = book.add_format(
            {"bold": True, "bg_color": "#E5E7EB", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )

    def of(self, kind: CellKind, style: Style | None, *, is_ruled: bool = True) -> Format:
        if (kind, style, is_ruled) not in self._made:
            look: dict[str, object] = {"num_format": _NUMBER_FORMATS[kind], "valign": "top"}
            look |= {"border": int(is_ruled), "border_color": "#D1D5DB", "text_wrap": kind == "text"}
            if style is not None:
                look |= {"bg_color": _FILLS[style], "bold": style == "strong"}
            self._made[kind, style, is_ruled] = self._book.add_format(look)
        return self._made[kind, style, is_ruled]


def _write_sheet(
    book: xlsxwriter.Workbook,
    formats: _Formats,
    sheet: SheetSpec,
    rows: Iterator[Sequence[Cell] | StyledRow],
    used: set[str],
    most_rows: int,
) -> None:
    for part in itertools.count(1):
        worksheet = book.add_worksheet(sheet_name(sheet.name, used, part))
        first_row = _write_head(worksheet, formats, sheet)
        at = first_row
        for row in itertools.islice(rows, most_rows - first_row):
            styled = row if isinstance(row, StyledRow) else StyledRow(row)
            worksheet.set_row(at, styled.height)
            for column_at, (value, column) in enumerate(zip(styled.values, sheet.columns, strict=True)):
                if sheet.is_sparse and value in (None, ""):
                    continue
                form = formats.of(column.kind, styled.styles.get(column_at))
                _write_cell(worksheet, at, column_at, value, column.kind, form)
            at += 1
        _set_up(worksheet, sheet, first_row, at)
        following = next(rows, None)
        if following is None:
            return
        rows = itertools.chain([following], rows)


def _write_head(worksheet: Worksheet, formats: _Formats, sheet: SheetSpec) -> int:
    for at, column in enumerate(sheet.columns):
        worksheet.set_column(at, at, column.width, formats.of(column.kind, None, is_ruled=False))
    header_row = 0
    if sheet.title:
        worksheet.set_row(0, 24)
        worksheet.write_string(0, 0, clean_text(sheet.title), formats.title)
        header_row = 1
    lines = max((math.ceil(2 * len(each.header) / max(each.width, 2)) for each in sheet.columns), default=1)
    worksheet.set_row(header_row, 16 * min(lines, 4))
    for at, column in enumerate(sheet.columns):
        worksheet.write_string(header_row, at, clean_text(column.header), formats.header)
        if column.note:
            worksheet.write_comment(header_row, at, clean_text(column.note), {"x_scale": 2})
    return header_row + 1


def _set_up(worksheet: Worksheet, sheet: SheetSpec, first_row: int, end_row: int) -> None:
    worksheet.freeze_panes(first_row, 0)
    if sheet.columns:
        worksheet.autofilter(first_row - 1, 0, max(end_row - 1, first_row - 1), len(sheet.columns) - 1)
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(first_row - 1)
    worksheet.set_footer("&C第 &P 页 / 共 &N 页")


def _write_cell(
    worksheet: Worksheet, row: int, column: int, value: Cell, kind: CellKind, form: Format
) -> None:
    if value is None or value == "":
        worksheet.write_blank(row, column, None, form)
    elif isinstance(value, bool):
        worksheet.write_string(row, column, "是" if value else "否", form)
    elif isinstance(value, int | float) and kind not in ("text", "date"):
        _write_number(worksheet, row, column, value, kind, form)
    elif isinstance(value, dt.date) and kind == "date" and _is_excel_date(value):
        worksheet.write_datetime(row, column, value, form)
    else:
        worksheet.write_string(row, column, clean_text(_as_text(value)), form)


def _write_number(
    worksheet: Worksheet, row: int, column: int, value: float, kind: CellKind, form: Format
) -> None:
    if not math.isfinite(value):
        worksheet.write_string(row, column, NOT_A_NUMBER, form)
    elif abs(value) >= _EXACT_BELOW:
        worksheet.write_string(row, column, str(value), form)
    else:
        worksheet.write_number(row, column, value / _UNITS.get(kind, 1), form)


def _is_excel_date(value: dt.date) -> bool:
    return (value.date() if isinstance(value, dt.datetime) else value) >= _FIRST_DATE


def _as_text(value: Cell) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, dt.date) else str(value)
