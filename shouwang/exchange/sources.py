"""The sheets a staging reads: every file opened, recognised, and told apart from its copies."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shouwang.exchange.headers import read_header
from shouwang.exchange.layouts import layouts
from shouwang.exchange.mapping import MAPPING_FILE, HeaderMapping
from shouwang.exchange.reading import Book, ReadError, ReaderWorker, SheetHead, open_book
from shouwang.exchange.recognising import HEADER_WITHIN_ROWS, LayoutError, SheetPlan, plan_sheet

# What looks like a table of a known program: it is opened, or refused with the reader's reason.
TABLE_SUFFIXES = frozenset(
    {".xlsx", ".xls", ".csv", ".txt", ".xlsm", ".xlsb", ".xltx", ".xltm", ".et", ".ods"}
)
# The sheet of counts in a workbook of errors: not a delivery, and no surprise.
ERROR_SUMMARY = "错误统计"
# So begins the name of a sheet there whose rows have been read already.
FOR_REVIEW = "供核对_"


@dataclass
class SourceSheet:
    """One recognised sheet; `source_id` is its key in the table `source`."""

    source_id: int
    path: Path
    book: Book
    head: SheetHead
    plan: SheetPlan

    @property
    def place(self) -> str:
        """Return the file, and the sheet where the file has several."""
        return f"《{self.path.name}》" + (f"的工作表“{self.head.sheet}”" if len(self.book.sheets) > 1 else "")


@dataclass
class Discovery:
    """What the folders hold: recognised sheets, `problems` that stop a strict staging, and notices."""

    sheets: list[SourceSheet] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refused_files: list[str] = field(default_factory=list)


def table_files(folder: Path) -> list[Path]:
    """Return the table files of a folder and the folders within, in order of their names."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path
        for path in files
        if path.suffix.lower() in TABLE_SUFFIXES and not path.name.startswith(("~$", ".", "._"))
    )


def discover(
    files: Iterable[Path],
    mapping: HeaderMapping,
    worker: ReaderWorker,
    on_file: Callable[[str, int, int], None] | None = None,
) -> Discovery:
    """Open and recognise the files; a copy of a file already seen is left out with a notice."""
    found = Discovery()
    seen: dict[tuple[str, str, str, date | None], Path] = {}
    paths = list(files)
    for number, path in enumerate(paths):
        if on_file is not None:
            on_file(f"打开 {path.name}", number, len(paths))
        try:
            book = open_book(path, worker=worker)
        except ReadError as error:
            found.problems.append(str(error))
            found.refused_files.append(path.name)
            continue
        for head in book.sheets:
            _add_sheet(found, seen, path, book, head, mapping)
    return found


def unknown_headers_notice(file: str, head: SheetHead) -> str:
    """Return why a sheet was left out; quotes only cells that are headers somewhere, never data."""
    known = {
        key for layout in layouts().values() for column in layout.columns.values() for key in column.names
    }
    rows = head.head_rows[:HEADER_WITHIN_ROWS]
    headers = [read_header(cell) for row in rows for cell in row if cell and len(cell) <= 200]
    found = dict.fromkeys(
        header.text for header in headers if header.key in known or header.short_key in known
    )
    seen = f"只认出列名：{'、'.join(found)}" if found else "没有认出任何列名"
    where = f"《{file}》" + (f"的工作表“{head.sheet}”" if head.sheet else "")
    return (
        f"{where}未读取：前 {HEADER_WITHIN_ROWS} 行中{seen}，无法判断是哪个部门的数据。"
        f"请核对表头，或在 {MAPPING_FILE} 中写明数据来源和列名。"
    )


def _add_sheet(
    found: Discovery,
    seen: dict[tuple[str, str, str, date | None], Path],
    path: Path,
    book: Book,
    head: SheetHead,
    mapping: HeaderMapping,
) -> None:
    if head.row_count == 0 or head.sheet == ERROR_SUMMARY:
        return
    if head.is_hidden:
        found.notices.append(f"《{path.name}》的隐藏工作表“{head.sheet}”未读取；如需读取，请取消隐藏后重试。")
        return
    try:
        plan = plan_sheet(path.name, head.sheet, head.head_rows, mapping)
    except LayoutError as error:
        found.problems.append(str(error))
        found.refused_files.append(path.name)
        return
    if plan is None:
        found.notices.append(unknown_headers_notice(path.name, head))
        return
    month = plan.month if plan.layout.is_stock else None
    copy_of = seen.setdefault((book.sha256, head.sheet, plan.layout.feed, month), path)
    sheet = SourceSheet(len(found.sheets) + 1, path, book, head, plan)
    if copy_of != path:
        found.notices.append(f"{sheet.place}与《{copy_of.name}》内容完全相同，只读取一次。")
        return
    found.sheets.append(sheet)
