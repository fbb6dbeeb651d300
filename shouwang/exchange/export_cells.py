"""The cells of an export: a value in the words, dates and units that a profile asks for."""

from collections.abc import Callable, Mapping
from datetime import date

from shouwang.domain.exporting import SOURCES
from shouwang.domain.field_masks import Value
from shouwang.domain.tables import MEASURES, RISKS
from shouwang.exchange.export_profiles import ExportColumn, Profile
from shouwang.exchange.layouts import code_words
from shouwang.exchange.writing import Cell, CellKind

Write = Callable[[Value], Cell]
_LISTS: dict[str, Mapping[str, str]] = {"risk": RISKS, "measure": MEASURES}
_FEN_PER_WAN = 1_000_000
_NUMBERS: dict[str, CellKind] = {"yuan": "yuan", "wan": "wan", "int": "int"}


def cell_kind(column: ExportColumn, profile: Profile) -> CellKind:
    """Return how a workbook holds a column."""
    return "text" if profile.is_all_text else _NUMBERS.get(column.form, "text")


def cell_writer(column: ExportColumn, profile: Profile) -> Write:
    """Return what writes the values of a column; None is what is not known."""
    write = _WRITERS[column.form](column, profile)
    if not column.source:
        return write if column.form == "fixed" else lambda value: ""
    absent = "" if profile.is_all_text else SOURCES[column.source].absent

    def known(value: Value) -> Cell:
        if value is None or value == "":
            return absent
        return "" if value == column.blank else write(value)

    return known


def plain_amount(fen: int, fen_per_unit: int, places: int) -> str:
    """Write an amount exactly, with so many places and no signs between; what is below them is cut off."""
    sign, rest = ("-" if fen < 0 else ""), abs(fen) * 10**places // fen_per_unit
    whole, part = divmod(rest, 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def _words(name: str) -> Mapping[str, str]:
    return _LISTS.get(name) or code_words(name)


def _code(column: ExportColumn, profile: Profile) -> Write:
    words = _words(column.arguments[0])
    return lambda value: words.get(str(value), str(value))


def _nth(column: ExportColumn, profile: Profile) -> Write:
    words, place = _words(column.arguments[0]), int(column.arguments[1]) - 1

    def write(value: Value) -> Cell:
        codes = _codes(value)
        return words.get(codes[place], codes[place]) if place < len(codes) else ""

    return write


def _all(column: ExportColumn, profile: Profile) -> Write:
    words = _words(column.arguments[0])
    return lambda value: "、".join(words.get(code, code) for code in _codes(value))


def _has(column: ExportColumn, profile: Profile) -> Write:
    return lambda value: "是" if column.arguments[0] in _codes(value) else ""


def _codes(value: Value) -> list[str]:
    return [code for code in str(value).split("|") if code]


def _bool(column: ExportColumn, profile: Profile) -> Write:
    return lambda value: "是" if value else "否"


def _told(column: ExportColumn, profile: Profile) -> Write:
    return lambda value: column.arguments[0] if value else ""


def _denied(column: ExportColumn, profile: Profile) -> Write:
    return lambda value: "" if value else "否"


def _fixed(column: ExportColumn, profile: Profile) -> Write:
    return lambda value: column.arguments[0]


def _dated(pattern: str) -> Write:
    # strftime writes years before 1000 as the platform likes; there are none.
    return lambda value: value.strftime(pattern) if isinstance(value, date) else str(value)


def _int(column: ExportColumn, profile: Profile) -> Write:
    return str if profile.is_all_text else _as_number


def _yuan(column: ExportColumn, profile: Profile) -> Write:
    return (lambda value: plain_amount(int(str(value)), 100, 2)) if profile.is_all_text else _as_number


def _wan(column: ExportColumn, profile: Profile) -> Write:
    if profile.is_all_text:
        return lambda value: plain_amount(int(str(value)), _FEN_PER_WAN, 4)
    return _as_number


def _as_number(value: Value) -> Cell:
    return value if isinstance(value, int) else str(value)


def _text(column: ExportColumn, profile: Profile) -> Write:
    return str


_WRITERS: dict[str, Callable[[ExportColumn, Profile], Write]] = {
    "text": _text, "int": _int, "bool": _bool, "code": _code, "nth": _nth, "all": _all, "has": _has,
    "told": _told, "denied": _denied, "fixed": _fixed, "yuan": _yuan, "wan": _wan,
    "day": lambda column, profile: _dated(profile.day),
    "month": lambda column, profile: _dated(profile.month),
    "year": lambda column, profile: _dated("%Y"),
}  # fmt: skip
