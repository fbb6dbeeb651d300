"""Write a table as CSV: whole or absent, nothing that a program runs, every text read back the same.

`safe_text.csv_safe` says how a text that could run is kept still.
"""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Literal

from shouwang.exchange.safe_text import clean_text, csv_safe
from shouwang.exchange.writing import Cell, WriteError

# UTF-8 with the mark that spreadsheet programs look for, or what older Chinese programs read.
CsvEncoding = Literal["utf-8-sig", "gb18030"]


def write_csv(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: CsvEncoding = "utf-8-sig"
) -> int:
    """Write headers and rows beside `path`, put them in place at once, and return how many rows.

    Raises WriteError; `path` is then as it was.
    """
    count = 0
    fresh = ""
    try:
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".csv")
        with os.fdopen(handle, "w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow([csv_cell(header) for header in headers])
            for row in rows:
                writer.writerow([csv_cell(cell) for cell in row])
                count += 1
        os.replace(fresh, path)
    except OSError as error:
        reason = error.strerror or "磁盘空间不足"
        raise WriteError(
            f"无法写出文件《{path.name}》：{reason}。请检查文件夹和磁盘空间后重试；原有文件未改动。"
        ) from None
    finally:
        with suppress(OSError):
            os.unlink(fresh)
    return count


def csv_cell(cell: Cell) -> str:
    """Answer the text of a cell; a number is no text of anybody and keeps its sign."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, str):
        return csv_safe(clean_text(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)
