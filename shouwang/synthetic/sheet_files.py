"""Writing tables of cells as workbooks and CSV files, the same bytes for the same cells."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

from shouwang.synthetic.cells import Cell

# Workbooks carry this day as their day of making, so that their bytes depend on nothing but their cells.
_MADE_AT = datetime(2000, 1, 1)


@dataclass(frozen=True)
class SheetTable:
    """One sheet: its name, title, header, rows, and the row (from 1) the header stands on."""

    name: str
    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    header_row: int = 1


def write_workbook(path: Path, sheets: Sequence[SheetTable]) -> None:
    """Write an xlsx file: text as text, floats as numbers, blanks left out."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": _MADE_AT, "author": "synthetic"})
    for table in sheets:
        sheet = book.add_worksheet(table.name)
        write_text, write_number = sheet.write_string, sheet.write_number
        if table.header_row > 1:
            write_text(0, 0, table.title)
        for column, name in enumerate(table.header):
            write_text(table.header_row - 1, column, name)
        for number, row in enumerate(table.rows, table.header_row):
            for column, cell in enumerate(row):
                if cell.__class__ is float:
                    write_number(number, column, cell)
                elif cell:
                    write_text(number, column, cell)
    book.close()


def write_csv(path: Path, table: SheetTable, encoding: str) -> None:
    """Write a CSV file; a title and a blank line come first where the header stands lower."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        for number in range(table.header_row - 1):
            writer.writerow([table.title if number == 0 else "", *[""] * (len(table.header) - 1)])
        writer.writerow(table.header)
        writer.writerows(table.rows)
