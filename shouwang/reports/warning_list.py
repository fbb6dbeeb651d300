"""The workbook that a screening ends in: ten sheets from the list of households to what it rests on."""

from dataclasses import replace
from datetime import datetime, time
from functools import partial
from pathlib import Path

from shouwang.exchange.writing import BookProperties, write_workbook
from shouwang.reports.basis_sheet import basis_sheet
from shouwang.reports.contents import Contents, fitted
from shouwang.reports.delivery_sheets import error_sheet, unmatched_sheet
from shouwang.reports.pending_rows import change_sheet, focus_sheet, pending_sheet
from shouwang.reports.place_sheets import village_sheet
from shouwang.reports.warning_rows import detail_sheet, near_sheet, warned, warning_sheet


def write_warning_list(path: Path, contents: Contents) -> None:
    """Write the workbook to `path`; the same run gives the same bytes. Raises exchange.writing.WriteError."""
    households = warned(contents)
    sheets = (
        warning_sheet(contents, households),
        detail_sheet(contents, households),
        focus_sheet(contents),
        pending_sheet(contents),
        near_sheet(contents),
        change_sheet(contents),
        village_sheet(contents),
        unmatched_sheet(contents),
        error_sheet(contents),
        basis_sheet(contents),
    )
    fitting = [replace(sheet, rows=map(partial(fitted, sheet.columns), sheet.rows)) for sheet in sheets]
    title = f"守望预警名单 {contents.title}"
    properties = BookProperties(
        title, datetime.combine(contents.run.on, time()), subject=contents.run.header.id
    )
    write_workbook(path, fitting, properties=properties)
