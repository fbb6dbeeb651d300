"""What the cells of a column look like, where its header says nothing: a number, a date, an amount, a word.

From it the standard column is proposed, never decided, and a sample is shown without showing anybody.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from shouwang.domain.masking import mask_id_number, mask_name, mask_phone
from shouwang.exchange.headers import header_key
from shouwang.exchange.layouts import LayoutColumn, code_list, layouts

LOOKED_AT = 20
SHOWN = 3
# So much of a column must look alike before it counts as of a kind.
_MOST = 0.8
# A number so long may be an account.
_LONG_NUMBER = 9
_HAN = r"[\u3400-\u9fff\u3007\U00020000-\U0003134f]"
_PATTERNS = (
    ("identity", re.compile(r"\d{15}|\d{17}[\dXx]|\d{17}[\dXx]\d{2}(?:[A-Za-z0-9]{2})?")),
    ("phone", re.compile(r"1[3-9]\d{9}")),
    ("date", re.compile(r"(?:19|20)\d{2}[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")),
    ("month", re.compile(r"(?:19|20)\d{2}[-/.年]?\d{1,2}月?")),
    ("amount", re.compile(r"[¥￥]?-?[\d,]*\d(?:\.\d+)?(?:元|万元)?")),
    ("name", re.compile(rf"{_HAN}{{2,4}}|{_HAN}+[·•]{_HAN}+")),
)  # fmt: skip
KINDS = {
    "identity": "证件号码",
    "phone": "电话",
    "date": "日期",
    "month": "月份",
    "amount": "数字",
    "name": "姓名或短词",
    "text": "文字",
    "": "空列",
}
_OF_COLUMN = {
    "identity": ("identity",),
    "date": ("date",),
    "past_date": ("date",),
    "month": ("month", "date"),
    "past_month": ("month", "date"),
    "fen": ("amount",),
    "signed_fen": ("amount",),
    "name": ("name",),
}


@dataclass(frozen=True)
class Look:
    """What a column looks like: `kind` of KINDS, the lists of codes its cells are of, a masked sample."""

    kind: str
    codes: tuple[str, ...]
    sample: tuple[str, ...]


def looks_of(headers: Sequence[str], rows: Sequence[Sequence[str | None]]) -> tuple[Look, ...]:
    """Return a look at each column of a sheet's first rows below its headers."""
    taken = rows[:LOOKED_AT]
    return tuple(
        _look([cell for row in taken if at < len(row) and (cell := (row[at] or "").strip())])
        for at in range(len(headers))
    )


def _look(cells: Sequence[str]) -> Look:
    kind = kind_of(cells)
    return Look(kind, _codes(cells), tuple(_masked(each, kind) for each in dict.fromkeys(cells[:SHOWN])))


def kind_of(cells: Sequence[str]) -> str:
    """Return what most cells of a column are, a key of KINDS."""
    plain = [unicodedata.normalize("NFKC", each).strip().lstrip("'") for each in cells]
    if not plain:
        return ""
    for kind, pattern in _PATTERNS:
        if sum(bool(pattern.fullmatch(each)) for each in plain) >= _MOST * len(plain):
            return kind
    return "text"


def _codes(cells: Sequence[str]) -> tuple[str, ...]:
    keys = [header_key(each) for each in cells]
    return tuple(
        name for name in _lists() if keys and sum(key in code_list(name) for key in keys) >= _MOST * len(keys)
    )


@cache
def _lists() -> tuple[str, ...]:
    columns = (column for layout in layouts().values() for column in layout.columns.values())
    return tuple(sorted({each.argument for each in columns if each.kind == "code"}))


def _masked(cell: str, kind: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip()
    if kind == "identity":
        return mask_id_number(text)
    if kind == "phone":
        return mask_phone(text)
    if kind == "amount" and len(re.sub(r"\D", "", text)) < _LONG_NUMBER:
        return text
    if kind in ("date", "month"):
        return text[:4] + re.sub(r"\d", "*", text[4:])
    return mask_name(text)


def propose_by_contents(looks: Mapping[str, Look], feed: str, proposed: Mapping[str, str]) -> dict[str, str]:
    """Return, for headers without a proposal, the one standard column that their cells fit and no other does.

    What is required comes first. Where two headers or two columns would do, nothing is proposed: a person
    knows, a guess does not.
    """
    taken = {each for each in proposed.values() if each}
    found: dict[str, str] = {}
    for is_required in (True, False):
        fitting = {
            name: [
                header
                for header, look in looks.items()
                if not proposed.get(header) and header not in found and _fits(look, column)
            ]
            for name, column in layouts()[feed].columns.items()
            if name not in taken and (column.is_required or not is_required)
        }
        claims = Counter(header for theirs in fitting.values() for header in theirs)
        for name, theirs in fitting.items():
            if len(theirs) == 1 and claims[theirs[0]] == 1:
                found[theirs[0]] = name
                taken.add(name)
    return found


def _fits(look: Look, column: LayoutColumn) -> bool:
    if column.kind == "code":
        return column.argument in look.codes
    if column.kind == "name" and look.codes:
        return False
    return look.kind in _OF_COLUMN.get(column.kind, ())
