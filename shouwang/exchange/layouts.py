"""The layouts of the feeds, read from data/<feed>.toml: which header fills which canonical column."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from shouwang.domain.tables import FEEDS, INCOME_ITEMS
from shouwang.exchange.headers import header_key

_DATA = Path(__file__).parent / "data"

Subject = Literal["member", "registry", "ledger", "person", "household"]


@dataclass(frozen=True)
class Target:
    """Where a cell goes: a column of the feed's table, `@role` for matching, `item:x` for an income item.

    `table` is "" for the feed's own table; `member` is the element looked for where the cell is a set.
    """

    name: str
    table: str = ""
    member: str = ""


@dataclass(frozen=True)
class LayoutColumn:
    """One header of a layout.

    `kind` says how a cell is read and `argument` with which list (see normalising); `is_required` that the
    sheet is refused without the header; `is_filled` that the row is refused when the cell is blank. `names`
    are the keys of the header and its synonyms, `fallbacks` the keys that count only where no name was found.
    """

    header: str
    targets: tuple[Target, ...]
    kind: str
    argument: str
    is_required: bool
    is_filled: bool
    is_personal: bool
    blank: str | None
    most: int | None
    names: tuple[str, ...]
    fallbacks: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """One feed's layout.

    `subject` says what a row is about and so how it is matched; `bad_cell` whether a cell that cannot be read
    refuses the row or only becomes unknown; `is_stock` that each delivery is the whole list of its month.
    """

    feed: str
    label: str
    table: str
    subject: Subject
    bad_cell: Literal["row", "cell"]
    is_stock: bool
    clues: frozenset[str]
    clues_needed: int
    file_words: tuple[str, ...]
    columns: Mapping[str, LayoutColumn]

    def column_named(self, header: str) -> LayoutColumn | None:
        """Return the column that a standard header or one of its synonyms names, None if there is none."""
        key = header_key(header)
        for column in self.columns.values():
            if key in column.names:
                return column
        return next((column for column in self.columns.values() if key in column.fallbacks), None)


@cache
def layouts() -> Mapping[str, Layout]:
    """Return the layout of every feed of domain.tables.FEEDS."""
    synonyms = {header: tuple(names) for header, names in _read("synonyms").items()}
    return MappingProxyType({feed: _layout(feed, _read(feed), synonyms) for feed in FEEDS})


@cache
def code_list(name: str) -> Mapping[str, str]:
    """Return what a cell may say and the code it stands for, keys as `header_key` makes them."""
    return MappingProxyType({header_key(label): code for label, code in _read("codes")[name].items()})


@cache
def code_words(name: str) -> Mapping[str, str]:
    """Return the standard word of each code of a list, the first that the list gives for it."""
    words: dict[str, str] = {}
    for word, code in _read("codes")[name].items():
        words.setdefault(code, word)
    return MappingProxyType(words)


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _layout(feed: str, raw: Mapping[str, Any], synonyms: Mapping[str, tuple[str, ...]]) -> Layout:
    label, table = FEEDS[feed]
    entries: dict[str, Any] = dict(raw["columns"])
    if raw.get("has_income_items"):
        for item in INCOME_ITEMS.values():
            entries[item.label] = {"to": f"item:{item.name}", "kind": "fen"}
    columns = {header: _column(header, entry, synonyms) for header, entry in entries.items()}
    return Layout(
        feed=feed,
        label=label,
        table=table,
        subject=raw["subject"],
        bad_cell=raw["bad_cell"],
        is_stock=raw.get("is_stock", False),
        clues=frozenset(raw["clues"]),
        clues_needed=raw["clues_needed"],
        file_words=tuple(raw["file_words"]),
        columns=MappingProxyType(columns),
    )


def _column(header: str, entry: Mapping[str, Any], synonyms: Mapping[str, tuple[str, ...]]) -> LayoutColumn:
    targets = [entry["to"]] if isinstance(entry["to"], str) else entry["to"]
    kind, _, argument = str(entry["kind"]).partition(":")
    names = [header, *synonyms.get(header, ())]
    fallbacks = [name for word in entry.get("fallbacks", ()) for name in (word, *synonyms.get(word, ()))]
    return LayoutColumn(
        header=header,
        targets=tuple(_target(target) for target in targets),
        kind=kind,
        argument=argument,
        is_required=entry.get("required", False),
        is_filled=entry.get("filled", False),
        is_personal=entry.get("personal", False),
        blank=entry.get("blank"),
        most=entry.get("most"),
        names=tuple(dict.fromkeys(_keys(names))),
        fallbacks=tuple(dict.fromkeys(_keys(fallbacks))),
    )


def _keys(names: list[str]) -> list[str]:
    """Return the keys of the names, whole and, where a bracket only explains, without it."""
    keys = [header_key(name) for name in names]
    keys += [header_key(name[: name.rfind("(")]) for name in names if name.endswith(")") and "(" in name]
    return keys


def _target(text: str) -> Target:
    path, _, member = text.partition("=")
    table, dot, name = path.rpartition(".")
    return Target(name=name if dot else path, table=table, member=member)
