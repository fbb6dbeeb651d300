"""A file of 200,000 rows, each wrong in another way: read, and its bad rows given back as a workbook (T23).

    python -m tests.bench.wrong_rows [ROWS]

Prints seconds of reading and of the workbook, how many errors it lists, and whether it reads back mended.
"""

import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import openpyxl
import pyarrow as pa
import xlsxwriter

from shouwang.domain.divisions import normalise
from shouwang.exchange.delivering import StagedDelivery, stage_delivery
from shouwang.exchange.delivery_errors import row_reasons, write_delivery_errors
from shouwang.exchange.matching import KnownPeople
from shouwang.exchange.persons import PersonIndex
from tests.exchange import samples

ROWS = 200_000


def main(rows: int = ROWS) -> None:
    """Write the file, read it, write its workbook, mend that, and read it again."""
    with TemporaryDirectory() as folder:
        file = wrong_file(Path(folder) / "医保_2026年10月.xlsx", rows)
        begun = time.monotonic()
        staged = read(file, Path(folder) / "out")
        read_seconds = time.monotonic() - begun
        begun = time.monotonic()
        path = Path(folder) / "错误数据.xlsx"
        listed = write_delivery_errors(staged, path, number=1, on=samples.ON)
        book_seconds = time.monotonic() - begun
        reasons = row_reasons(staged)
        again = read(mended(path), Path(folder) / "again")
        refused = sum(each.source.refused_count for each in again.sheets)
    print(
        f"{rows} rows, {staged.error_count} errors of {len(reasons)} reasons: read {read_seconds:.1f} s, "
        f"workbook of {listed} errors {book_seconds:.1f} s; mended, {refused} rows are refused"
    )


def wrong_file(path: Path, rows: int) -> Path:
    """Write a file in which no row is right, and hardly two are wrong alike."""
    some, book = (
        Random(23),
        xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}),
    )
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, samples.MEDICAL_HEADERS)
    for at in range(rows):
        row = samples.medical(at % 900 + 1)
        for column, value in wrong_cells(some, at):
            row[column] = value
        sheet.write_row(at + 1, 0, row)
    book.close()
    return path


def wrong_cells(some: Random, at: int) -> list[tuple[int, str]]:
    """Return one to three cells of a row made wrong in one of many ways."""
    day, paid, kind, total = 2, 5, 3, 4
    ways = [
        (day, f"二〇二六年第{at}天"), (day, f"2026-{some.randint(13, 99)}-01"),
        (day, f"{some.randint(2027, 2200)}-01-01"), (day, ""),
        (paid, f"-{at}"), (paid, f"约{at}元"), (paid, f"{at}e999999"), (paid, "9" * some.randint(30, 60)),
        (kind, f"去了{at}次"), (total, f"{at}.{at}.{at}"),
    ]  # fmt: skip
    return [ways[(at + step) % len(ways)] for step in range(some.randint(1, 3))]


def read(file: Path, out: Path) -> StagedDelivery:
    """Stage a delivery of people whom nobody knows."""
    out.mkdir()
    nobody = KnownPeople(PersonIndex.of([], []), pa.array([], pa.string()))
    return stage_delivery(
        file, known=nobody, county=normalise(samples.COUNTY)[:6], on=samples.ON, out=out, key=samples.KEY
    )


def mended(path: Path) -> Path:
    """Put right every row that the workbook lists."""
    book = openpyxl.load_workbook(path)
    sheet, good = book.worksheets[0], samples.medical(1)
    for row in sheet.iter_rows(min_row=3, max_col=len(good)):
        for cell, value in zip(row, good, strict=True):
            cell.value = value
    there = path.with_name("改好了.xlsx")
    book.save(there)
    return there


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
