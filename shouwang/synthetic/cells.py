"""How values are written in cells, style by style: dates, months, amounts, dirty numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from shouwang.synthetic.frames import Array, month_text
from shouwang.synthetic.identity import check_characters

Cell = str | float
DATE_STYLES = ("compact", "dashes", "slashes", "chinese", "serial")
AMOUNT_STYLES = ("plain", "commas", "ten_thousands")
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_EXCEL_EPOCH = np.datetime64("1899-12-30")


@dataclass(frozen=True)
class Style:
    """How one file is written; `encoding` is "" for a workbook."""

    encoding: str
    header_row: int
    sheets: int
    dates: str
    amounts: str


def write_dates(days: Array, style: str) -> list[Cell]:
    """Write dates in one style; an unknown date (NaT) is blank."""
    if style == "serial":
        return [
            float(number) if number > 0 else "" for number in (days - _EXCEL_EPOCH).astype(np.int64).tolist()
        ]
    iso = np.datetime_as_string(days, unit="D").tolist()
    return [_write_date(text, style) for text in iso]


def _write_date(iso: str, style: str) -> str:
    if iso == "NaT":
        return ""
    if style == "compact":
        return iso.replace("-", "")
    if style == "dashes":
        return iso
    year, month, day = iso.split("-")
    return f"{year}/{int(month)}/{int(day)}" if style == "slashes" else f"{year}年{int(month)}月{int(day)}日"


def write_months(months: Array, style: str) -> list[str]:
    """Write month numbers, as YYYYMM or in Chinese; a negative one is blank."""
    if style == "chinese":
        return [f"{month // 12}年{month % 12 + 1}月" if month >= 0 else "" for month in months.tolist()]
    return [month_text(month) if month >= 0 else "" for month in months.tolist()]


def write_amounts(fen: Array, style: str) -> list[str]:
    """Write fen as yuan, with commas, or exactly in ten thousands of yuan."""
    if style == "ten_thousands":
        return [f"{value / 1_000_000:.6f}".rstrip("0").rstrip(".") for value in fen.tolist()]
    if style == "commas":
        return [f"{value / 100:,.2f}" for value in fen.tolist()]
    return [f"{value / 100:.2f}" for value in fen.tolist()]


def yes_no(flags: Array) -> list[str]:
    """Write 是 and 否."""
    return ["是" if flag else "否" for flag in flags.tolist()]


def pick(vocabulary: Array, codes: Array) -> list[Any]:
    """Write codes by their vocabulary."""
    # numpy types a list of any.
    return vocabulary[codes].tolist()  # type: ignore[no-any-return]


def dirty_number(number: str, kind: str, suffix: str, is_workbook: bool) -> Cell:
    """Write an identity number with one kind of dirt; `suffix` is the disability category and grade."""
    if kind == "excel_number":
        rounded = float(number[:15]) * 1000
        return rounded if is_workbook else f"{rounded:.5E}"
    if kind == "wrong_check":
        right = str(check_characters(np.array([int(number[:17])]))[0])
        return number[:17] + ("3" if right != "3" else "5")
    changed = {
        "lower_x": number.lower(),
        "spaces": f"{number[:6]} {number[6:14]} {number[14:]}",
        "full_width": number.translate(_FULL_WIDTH),
        "old_15": number[:6] + number[8:17],
        "placeholder": "999999" + number[6:],
        "missing": "",
        "digits_20": number + suffix,
        "digits_22": number + suffix + "B1",
    }
    return changed.get(kind, number)


def dirty_value(cell: Cell, kind: str, on: date, style: Style) -> Cell:
    """Write a value with one kind of dirt; a future date lies a year and more after the day."""
    text = str(cell)
    if kind == "future_date":
        return write_dates(np.array([on + timedelta(days=400)], dtype="datetime64[D]"), style.dates)[0]
    if kind == "negative":
        return f"-{text}" if text.strip("0.,") else "-100.00"
    changed = {
        "unknown_code": "未填写类别",
        "trailing_space": f"{text}  ",
        "no_break_space": f"{text[:1]}\u00a0{text[1:]}",
        "garbled": "约三千",
    }
    return changed[kind]
