"""Small workbooks of people who never were, for the tests of staging."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from shouwang.domain.identity import check_digit
from shouwang.exchange.staging import Staged, stage

KEY = b"a key for tests only, 32 bytes!!"
ON = date(2026, 11, 23)
COUNTY = "530521"

MEMBER_HEADERS = ["户编号", "人口编号", "姓名", "证件号码", "与户主关系", "健康状况", "乡", "村"]
HOUSEHOLD_HEADERS = [
    "户编号",
    "户主姓名",
    "户主证件号码",
    "乡",
    "村",
    "户类型",
    "监测对象类别",
    "家庭人口数",
    "家庭纯收入",
]
MEDICAL_HEADERS = ["姓名", "证件号码", "结算日期", "就医类型", "医疗总费用", "个人自付"]


def number(serial: int, born: str = "19800101", county: str = COUNTY) -> str:
    """Return a valid number of nobody."""
    first = f"{county}{born}{serial:03d}"
    return first + check_digit(first)


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """Write a workbook; text as text, numbers as numbers, dates as dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return path


def csv_file(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig") -> Path:
    """Write a text table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def member(household: int, person: int, **changes: Any) -> list[Any]:
    """Return a row of MEMBER_HEADERS: person `person` of household `household`."""
    row = {
        "户编号": f"H{household:03d}", "人口编号": f"P{person:03d}", "姓名": "测试甲",
        "证件号码": number(person),
        "与户主关系": "户主", "健康状况": "健康", "乡": "", "村": "",
    } | changes  # fmt: skip
    return [row[header] for header in MEMBER_HEADERS]


def household(serial: int, **changes: Any) -> list[Any]:
    """Return a row of HOUSEHOLD_HEADERS, whose head is person `serial`."""
    row = {
        "户编号": f"H{serial:03d}", "户主姓名": "测试甲", "户主证件号码": number(serial), "乡": "", "村": "",
        "户类型": "一般农户", "监测对象类别": "", "家庭人口数": "3", "家庭纯收入": "20000",
    } | changes  # fmt: skip
    return [row[header] for header in HOUSEHOLD_HEADERS]


def medical(person: int, **changes: Any) -> list[Any]:
    """Return a row of MEDICAL_HEADERS about person `person`."""
    row = {
        "姓名": "测试甲", "证件号码": number(person), "结算日期": "2026-10-05", "就医类型": "住院",
        "医疗总费用": "1,000.00", "个人自付": "300",
    } | changes  # fmt: skip
    return [row[header] for header in MEDICAL_HEADERS]


def registry(folder: Path, households: int = 3) -> Path:
    """Write a registry of households of one person each."""
    xlsx(
        folder / "户信息_2025年.xlsx",
        {"户信息": [HOUSEHOLD_HEADERS, *(household(n + 1) for n in range(households))]},
    )
    xlsx(
        folder / "家庭成员信息.xlsx",
        {"成员": [MEMBER_HEADERS, *(member(n + 1, n + 1) for n in range(households))]},
    )
    return folder


def staged(tmp_path: Path, **options: Any) -> Staged:
    """Stage tmp_path/registry and tmp_path/deliveries into tmp_path/out."""
    deliveries = tmp_path / "deliveries"
    return stage(
        tmp_path / "registry",
        deliveries if deliveries.exists() else None,
        county=COUNTY, on=ON, out=tmp_path / "out", key=KEY, **options,
    )  # fmt: skip


def rows(result: Staged, table: str) -> list[dict[str, Any]]:
    """Return the rows of a staged table, or of row_errors or unmatched."""
    import pyarrow.parquet as pq

    path = result.folder / f"{table}.parquet"
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found
