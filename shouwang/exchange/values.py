"""What one cell's text means: text, truth, amount, count, grade, day, month, year, code or set of codes.

Every reader takes tidied text that is not blank and raises CellError with a Chinese reason that never quotes
the cell.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from shouwang.exchange.headers import MONEY_UNITS, header_key

_INVISIBLE = {
    code: None
    for code in (
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0xFEFF,
        0x00AD,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
}
_CONTROL = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}
_TIDY = _INVISIBLE | _CONTROL
_WIDE_TO_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x00A0: " "} | _TIDY

BLANKS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "#n/a", "na", "空", "(空)"}
)
TRUE_WORDS = frozenset({
    "是", "√", "✓", "✔", "☑", "1", "有", "y", "yes", "true", "t", "对", "已", "享受", "参加", "已享受",
    "已参加", "已消除", "已实施",
    "已解决", "已落实",
})  # fmt: skip
FALSE_WORDS = frozenset({
    "否", "×", "✗", "✘", "x", "0", "无", "n", "no", "false", "f", "未", "没有", "不是", "不", "☐", "□",
    "未享受", "未参加", "未消除",
    "尚未消除", "未实施", "尚未实施", "未解决", "未落实", "非",
})  # fmt: skip

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.\d{0,20})?(?:e[+-]?\d{1,2})?|[+-]?\.\d{1,20}"
)
_AMOUNT_UNIT = re.compile(r"(万元|千元|百元|元|角|分|万)整?$")
_MOST_FEN = 10**15
_COUNT = re.compile(r"(-?\d{1,9})(?:\.0*)?(?:个月|个|月|人|天|日|次|口|年)?")
_YEAR = re.compile(r"(\d{4})(?:\.0)?年?(?:度)?")
_DAYS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?"),
)
_MONTHS = (re.compile(r"(\d{4})[-/.年](\d{1,2})月?份?"), re.compile(r"(\d{4})(\d{2})(?:\.0)?"))
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
# Day 60 of a spreadsheet is a 29 February 1900 that never was; five-digit serials all lie behind it.
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_GRADE = re.compile(r"(?:残疾)?(?:(一|壹|1|i)|(二|贰|2|ii)|(三|叁|3|iii)|(四|肆|4|iv))(?:\.0)?级?")
_BETWEEN = re.compile(r"[,，、;；/|\s+&]+")
_BRACKET = re.compile(r"[(（\[【].*?[)）\]】]")
_REMARK = re.compile(rf"{_BRACKET.pattern}|[-:：—].*$")


class CellError(Exception):
    """Say in Chinese why a cell cannot be read; `code` is stable for machines."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


def tidy(text: str) -> str:
    """Return the text in NFKC without invisible, control and outer blank characters."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return " ".join(unicodedata.normalize("NFKC", text.translate(_TIDY)).split())


def tidy_name(text: str) -> str:
    """Return a name without blanks and with narrow letters; NFKC would replace rare characters."""
    return "".join(text.translate(_WIDE_TO_NARROW).split())


def is_blank(text: str) -> bool:
    """Say whether tidied text stands for an empty cell."""
    return text.lower() in BLANKS


def read_bool(text: str) -> bool:
    """Read 是/否, √/×, 1/0, 有/无 and their like."""
    word = text.lower().removesuffix(".0")
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise CellError("bad_bool", "应填“是”或“否”")


def read_presence(text: str) -> bool:
    """Read a cell that says something by not being empty: 无, 否 and 0 say no."""
    return text.lower() not in FALSE_WORDS


def read_fen(text: str, fen_per_unit: Decimal, *, is_signed: bool) -> int:
    """Read an amount exactly; a unit in the cell outranks the header's, and parts of a fen round half up."""
    plain = text.lower().replace("¥", "").replace("￥", "").replace("人民币", "").replace(" ", "")
    plain = plain.replace("−", "-").removeprefix("rmb")
    unit = _AMOUNT_UNIT.search(plain)
    if unit:
        plain = plain[: unit.start()]
        fen_per_unit = Decimal(MONEY_UNITS["万元" if unit.group(1) == "万" else unit.group(1)])
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    if not _NUMBER.fullmatch(plain):
        raise CellError("bad_amount", "金额应为数字，如 1234.50")
    amount = Decimal(plain.replace(",", "")) * fen_per_unit
    if abs(amount) > _MOST_FEN:
        raise CellError("amount_too_large", "金额过大，请核对单位")
    fen = amount.quantize(Decimal(1), ROUND_HALF_UP)
    if fen < 0 and not is_signed:
        raise CellError("negative_amount", "金额不应为负数")
    return int(fen)


def read_count(text: str, most: int | None) -> int:
    """Read a whole number from 0 to `most`."""
    found = _COUNT.fullmatch(text.replace(" ", ""))
    if not found:
        raise CellError("bad_count", "应填整数")
    number = int(found.group(1))
    if number < 0:
        raise CellError("negative_count", "不应为负数")
    if most is not None and number > most:
        raise CellError("count_too_large", f"应为 0 至 {most} 的整数")
    return number


def read_grade(text: str) -> int:
    """Read a grade of disability from 1 to 4: 一级, 1, Ⅰ."""
    found = _GRADE.fullmatch(text.lower().replace(" ", ""))
    if not found:
        raise CellError("bad_grade", "等级应为一级至四级")
    return next(number for number, group in enumerate(found.groups(), 1) if group)


def read_date(text: str, on: date | None = None) -> date:
    """Read a day: 20230503, 2023-05-03, 2023/5/3, 2023年5月3日 or a serial number; none later than `on`.

    A month or a year is read as its first day.
    """
    return _not_after(_date(text.lower()), on, "日期")


def read_month(text: str, on: date | None = None) -> date:
    """Read a month as its first day: 202305, 2023-05, 2023年5月 or any day of it; none later than `on`."""
    return _not_after(_date(text.lower()).replace(day=1), on, "月份")


def read_year(text: str) -> int:
    """Read a year of four digits, or of a day."""
    found = _YEAR.fullmatch(text)
    year = int(found.group(1)) if found else _date(text.lower()).year
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CellError("bad_year", "年度应为四位数字，如 2023")
    return year


def read_code(text: str, codes: Mapping[str, str]) -> str | None:
    """Read a word of a closed list, None where the list says that the word means unknown."""
    key = header_key(text)
    code = codes.get(key)
    if code is None:
        code = codes.get(header_key(_REMARK.sub("", text)))
    if code is None:
        raise CellError("unknown_code", "不在可填的内容之内")
    return code or None


def read_set(text: str, codes: Mapping[str, str]) -> list[str]:
    """Read the words of a closed list that stand in one cell in any order, as sorted codes."""
    if header_key(text) in codes:
        words = [text]
    else:
        words = [word for word in _BETWEEN.split(_BRACKET.sub("", text)) if word]
    found = {read_code(word, codes) for word in words}
    return sorted(code for code in found if code)


def _date(text: str) -> date:
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            return _made(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    for pattern in _MONTHS:
        if found := pattern.fullmatch(text):
            return _made(int(found.group(1)), int(found.group(2)), 1)
    if found := _SERIAL.fullmatch(text):
        return _SERIAL_ZERO + timedelta(days=int(found.group(1)))
    if found := _YEAR.fullmatch(text):
        return _made(int(found.group(1)), 1, 1)
    raise CellError("bad_date", "日期应写作 2023-05-03 或 20230503")


def _made(year: int, month: int, day: int) -> date:
    if _FIRST_YEAR <= year <= _LAST_YEAR:
        try:
            return date(year, month, day)
        except ValueError:
            pass
    raise CellError("impossible_date", "没有这一天，请核对年月日")


def _not_after(day: date, on: date | None, what: str) -> date:
    if on is not None and day > on:
        raise CellError("future_date", f"{what}晚于数据日期 {on.isoformat()}")
    return day
