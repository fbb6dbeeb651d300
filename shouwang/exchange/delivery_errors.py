"""The bad rows of a delivery given back: a workbook to mend and hand in again, and what is told on a page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from shouwang.exchange.delivering import StagedDelivery
from shouwang.exchange.errors_workbook import MOST_ERRORS, Listing, write_listing
from shouwang.exchange.staging import StagedSource

MOST_REASONS = 60
FIRST_ROWS = 5
_HOW_TO = "改正红色单元格后，把本文件当作新的文件上传即可；只会补上改正的行，标题行请保留"


@dataclass
class RowReason:
    """One reason for which cells of a column were refused or doubted: how many, and the first rows."""

    sheet: str
    column: str
    reason: str
    count: int
    rows: list[int]
    is_refused: bool


def has_errors(staged: StagedDelivery) -> bool:
    """Tell whether there is a row to give back: a bad cell, or a number that can be nobody's."""
    return bool(staged.error_count) or any(code.startswith("id_") for _, _, code, _ in staged.lost)


def write_delivery_errors(
    staged: StagedDelivery, path: Path, *, number: int, on: date, most_errors: int = MOST_ERRORS
) -> int:
    """Write the workbook of a delivery's bad rows; return how many errors it lists.

    Its title bears the delivery's number and month, by which it is known again. Raises OriginalChanged,
    WriteError.
    """
    sources = tuple(each.source for each in staged.sheets)
    listing = Listing(
        sources=sources,
        errors=staged.folder / "row_errors.parquet",
        unmatched=staged.folder / "unmatched.parquet",
        on=on,
        how_to=_HOW_TO,
        headings={each.source_id: _heading(number, each) for each in sources},
        names={each.source_id: f"第{number}批_{each.source_id}" for each in sources},
        is_split=True,
    )
    return write_listing(listing, path, most_errors=most_errors)


def _heading(number: int, source: StagedSource) -> str:
    month = f"{source.month.year}年{source.month.month}月 " if source.month else ""
    return f"{month}第{number}批"


def row_reasons(staged: StagedDelivery) -> list[dict[str, object]]:
    """Return the errors by column and reason, the most frequent first, as they are recorded and shown."""
    sheets = {each.source.source_id: each.source for each in staged.sheets}
    found: dict[tuple[int, str, str], RowReason] = {}
    for source_id, row_no, column, code, reason, is_refused in _bad_cells(staged.folder):
        key = (source_id, column, code)
        if key not in found:
            found[key] = RowReason(sheets[source_id].sheet, column, reason, 0, [], is_refused)
        _add(found[key], row_no)
    ordered = sorted(found.values(), key=lambda each: -each.count)
    return [asdict(each) for each in ordered[:MOST_REASONS]]


def _bad_cells(folder: Path) -> Iterable[tuple[int, int, str, str, str, bool]]:
    names = ["source_id", "row_no", "column", "reason_code", "reason", "is_row_refused"]
    with pq.ParquetFile(folder / "row_errors.parquet") as file:
        for batch in file.iter_batches(columns=names):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _add(found: RowReason, row_no: int) -> None:
    found.count += 1
    if len(found.rows) < FIRST_ROWS:
        found.rows.append(row_no)


_NUMBER = re.compile(r"第\s*(\d{1,9})\s*批")


def corrected_number(titles: Sequence[str]) -> int | None:
    """Return the number of the delivery that the title of a corrected workbook names, None if none does."""
    return next((int(found[1]) for each in titles if (found := _NUMBER.search(each))), None)
