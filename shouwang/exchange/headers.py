"""What a header cell means: its key for comparing, its unit, and what a title says about month and unit."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

# How many fen one of the unit is.
MONEY_UNITS = {
    "亿元": 10_000_000_000,
    "万元": 1_000_000,
    "千元": 100_000,
    "百元": 10_000,
    "元": 100,
    "角": 10,
    "分": 1,
}

_BRACKET_AT_END = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]\s*$")
_NOT_A_WORD = re.compile(r"[\W_]+")
_UNIT_IN_TITLE = re.compile(r"单位[::\s]*(亿元|万元|千元|百元|元|角|分)")
_MONTHS = (
    re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年\s*(1[0-2]|0?[1-9])\s*月"),
    re.compile(r"(?<!\d)((?:19|20)\d{2})[-_./](1[0-2]|0?[1-9])(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d{2})(1[0-2]|0[1-9])(?:[0-2]\d|3[01])?(?!\d)"),
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d|[-_./]\d{1,2}(?!\d)|\s*年\s*\d{1,2}\s*月)")


@dataclass(frozen=True)
class Header:
    """One header cell: `key` compares whole, `short_key` without the bracket at its end, which is `unit`."""

    text: str
    key: str
    short_key: str
    unit: str

    @property
    def fen_per_unit(self) -> int | None:
        """Return how many fen one of the header's money unit is, None if it names none."""
        return MONEY_UNITS.get(self.unit)


def header_key(text: str) -> str:
    """Return the text without width, case, spaces and punctuation."""
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=4096)
def read_header(text: str) -> Header:
    """Read a header cell; a bracket at its end is a unit or a note on what the cells may say."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("*").strip()
    bracket = _BRACKET_AT_END.search(plain)
    unit = header_key(bracket.group(1)).removeprefix("单位") if bracket else ""
    short = plain[: bracket.start()] if bracket else plain
    if not bracket:
        for name in MONEY_UNITS:
            if len(name) == 2 and plain.endswith(name):
                unit, short = name, plain.removesuffix(name)
                break
    return Header(text=plain, key=header_key(plain), short_key=header_key(short), unit=unit)


def column_letter(index: int) -> str:
    """Return the letter Excel shows above the column at `index` (0 is A)."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def title_unit(titles: Iterable[str]) -> str:
    """Return the money unit that a title row such as 单位:万元 sets for the sheet, "" if none does."""
    for title in titles:
        found = _UNIT_IN_TITLE.search(unicodedata.normalize("NFKC", title))
        if found:
            return found.group(1)
    return ""


def named_month(texts: Sequence[str]) -> date | None:
    """Return the first month that the names say, in their order: 2023年5月, 2023-05, 202305 or 20230531."""
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        for pattern in _MONTHS:
            found = pattern.search(plain)
            if found:
                return date(int(found.group(1)), int(found.group(2)), 1)
    return None


def named_year(texts: Sequence[str]) -> int | None:
    """Return the first year that stands alone in the names, not as part of a month or day."""
    for text in texts:
        found = _YEAR.search(unicodedata.normalize("NFKC", text))
        if found:
            return int(found.group(1))
    return None
