"""Columns of cells into typed columns: every distinct text is read once, then laid back over the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shouwang.domain.masking import contains_personal_number
from shouwang.exchange import values
from shouwang.exchange.headers import header_key
from shouwang.exchange.layouts import Target, code_list
from shouwang.exchange.recognising import BoundColumn
from shouwang.exchange.values import CellError

ARROW_TYPES = {
    "text": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "date": pa.date32(), "fen": pa.int64(),
}  # fmt: skip
_KIND_TYPES = {
    "bool": pa.bool_(), "presence": pa.bool_(), "among": pa.bool_(), "fen": pa.int64(),
    "signed_fen": pa.int64(),
    "count": pa.int64(), "year": pa.int64(), "grade": pa.int64(), "date": pa.date32(),
    "past_date": pa.date32(),
    "month": pa.date32(), "past_month": pa.date32(),
}  # fmt: skip
_REMEMBERED = 50_000
_MEASURE_NO = frozenset({*values.FALSE_WORDS, "尚未落实"})


@dataclass(frozen=True)
class BadCell:
    """One cell that cannot be read: `row` counts in the batch; `value` is None where personal."""

    row: int
    column: str
    code: str
    reason: str
    value: str | None


@dataclass
class ColumnReader:
    """Read one bound column batch after batch, remembering what each distinct text means.

    `on` is the day of the data: later days are refused where the layout says so.
    """

    bound: BoundColumn
    on: date
    _memo: dict[str, tuple[Any, CellError | None]] = field(default_factory=dict)

    @property
    def type(self) -> pa.DataType:
        """Return the Arrow type of the column; the elements of a set are codes between bars."""
        return _KIND_TYPES.get(self.bound.column.kind, pa.string())

    def read(self, cells: pa.Array) -> tuple[dict[Target, pa.Array], list[BadCell]]:
        """Return the typed values for each target of the column, and the cells that could not be read.

        Numbers of persons are read by domain.identity, not here.
        """
        if self.bound.column.kind == "identity":
            return {}, []
        encoded = cells.dictionary_encode()
        words = encoded.dictionary.to_pylist()
        read = [self._value(word) for word in words]
        blank = self._blank_value()
        found = {}
        for target in self.bound.column.targets:
            typed = [_of_target(value, target, self.bound.column.kind) for value, _ in read]
            laid = pa.array(typed, self.type).take(encoded.indices)
            if blank is not None:
                laid = pc.if_else(pc.is_null(cells), pa.scalar(blank, self.type), laid)
            found[target] = laid
        return found, self._bad(encoded.indices, words, [error for _, error in read], cells)

    def _bad(
        self, indices: pa.Array, words: Sequence[str], errors: Sequence[CellError | None], cells: pa.Array
    ) -> list[BadCell]:
        column = self.bound.column
        bad = []
        if any(errors):
            wrong = pc.is_in(
                indices, value_set=pa.array([at for at, error in enumerate(errors) if error], pa.int32())
            )
            for row in pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist():
                at = indices[row].as_py()
                error = errors[at]
                value = _shown(words[at], column.is_personal)
                bad.append(BadCell(row, self.bound.header, error.code if error else "", str(error), value))
        if column.is_filled and self.bound.constant is None:
            blanks = {at for at, word in enumerate(words) if values.is_blank(values.tidy(word))}
            for row, at in enumerate(indices.to_pylist() if blanks or cells.null_count else ()):
                if at is None or at in blanks:
                    bad.append(BadCell(row, self.bound.header, "blank", "必填的单元格为空", None))
        return bad

    def _blank_value(self) -> Any:
        """Return what a blank cell says; None is unknown."""
        column = self.bound.column
        if column.blank is not None:
            return column.blank
        if column.kind == "presence":
            return False
        return "" if column.kind in ("set", "flag") else None

    def _value(self, word: str) -> tuple[Any, CellError | None]:
        known = self._memo.get(word)
        if known is not None:
            return known
        result: tuple[Any, CellError | None]
        try:
            result = (self._read(word), None)
        except CellError as error:
            result = (None, error)
        if self.bound.column.kind in ("text", "name"):
            return result
        if len(self._memo) >= _REMEMBERED:
            self._memo.clear()
        self._memo[word] = result
        return result

    def _read(self, word: str) -> Any:
        kind = self.bound.column.kind
        text = values.tidy_name(word) if kind == "name" else values.tidy(word)
        if self.bound.words:
            text = self.bound.words.get(header_key(text), text)
        if values.is_blank(text):
            return self._blank_value()
        return _READERS[kind](text, self)


def _shown(word: str, is_personal: bool) -> str | None:
    """Return what of a bad cell may be quoted: nothing personal, nor a number that slipped a column."""
    return None if is_personal or contains_personal_number(word) else word[:200]


def _of_target(value: Any, target: Target, kind: str) -> Any:
    """Return what a set's text says about one member of it."""
    if kind != "among" or value is None:
        return value
    return target.member in value


def _bars(codes: Sequence[str]) -> str:
    return f"|{'|'.join(codes)}|" if codes else ""


def _measure(text: str, reader: ColumnReader) -> str:
    return "" if text.lower() in _MEASURE_NO else _bars([reader.bound.column.argument])


def _loose(text: str, reader: ColumnReader) -> str:
    return code_list(reader.bound.column.argument).get(header_key(text)) or text


def _listed(reader: ColumnReader) -> Any:
    return code_list(reader.bound.column.argument)


_READERS: dict[str, Callable[[str, ColumnReader], Any]] = {
    "text": lambda text, reader: text,
    "name": lambda text, reader: text,
    "bool": lambda text, reader: values.read_bool(text),
    "presence": lambda text, reader: values.read_presence(text),
    "fen": lambda text, reader: values.read_fen(text, reader.bound.fen_per_unit, is_signed=False),
    "signed_fen": lambda text, reader: values.read_fen(text, reader.bound.fen_per_unit, is_signed=True),
    "count": lambda text, reader: values.read_count(text, reader.bound.column.most),
    "grade": lambda text, reader: values.read_grade(text),
    "year": lambda text, reader: values.read_year(text),
    "date": lambda text, reader: values.read_date(text),
    "past_date": lambda text, reader: values.read_date(text, reader.on),
    "month": lambda text, reader: values.read_month(text),
    "past_month": lambda text, reader: values.read_month(text, reader.on),
    "code": lambda text, reader: values.read_code(text, _listed(reader)),
    "set": lambda text, reader: _bars(values.read_set(text, _listed(reader))),
    "among": lambda text, reader: values.read_set(text, _listed(reader)),
    "flag": _measure,
    "loose": _loose,
}


def merged(name: str, columns: Sequence[pa.Array]) -> pa.Array:
    """Join the columns that fill one target: truths by "any", unknown where none is true and one unknown;
    sets by union; otherwise the first that is known."""
    if len(columns) == 1:
        return columns[0]
    if pa.types.is_boolean(columns[0].type):
        result = columns[0]
        for column in columns[1:]:
            result = pc.or_kleene(result, column)
        return result
    if name in ("risks", "measures"):
        joined = pc.binary_join_element_wise(*columns, "", null_handling="replace", null_replacement="")
        encoded = joined.dictionary_encode()
        sets = [
            _bars(sorted({code for code in text.split("|") if code}))
            for text in encoded.dictionary.to_pylist()
        ]
        return pa.array(sets, pa.string()).take(encoded.indices)
    return pc.coalesce(*columns)
