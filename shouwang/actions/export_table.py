"""The table of an export: each value masked as the requester gets it, then written as the profile asks."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from shouwang.actions.export_choice import Choice, is_outside, summary_headers
from shouwang.domain.children import is_child
from shouwang.domain.exporting import SOURCES, ColumnView, IdFormat, column_view, id_text
from shouwang.domain.field_masks import Visibility, without_numbers
from shouwang.domain.roles import Role
from shouwang.domain.small_counts import HIDDEN_BELOW, HIDDEN_MARK, shown_counts
from shouwang.exchange.export_cells import cell_kind, cell_writer
from shouwang.exchange.export_profiles import CountBlock, ExportColumn, Profile
from shouwang.exchange.writing import Cell, Column, Style, StyledRow
from shouwang.records.export_counts import place_counts
from shouwang.records.export_rows import export_rows
from shouwang.records.viewers import Viewer

HIDDEN = "无权查看"
# Codes of this system and of places hold digits that are nobody's number.
_CODES = ("household.number", "member.code", "row.number")
_BORN, _KIND, _GRADE = "member.birth_date", "member.disability_kind", "member.disability_grade"
_WIDTHS = {
    "row.number": 6, "member.sex": 6, "member.age": 6, "household.number": 16, "id_number": 22, "code": 18,
    "risks": 18,
    "measures": 30, "phone": 14, "village": 18, "township": 12, "relation": 10, "monitored_class": 14,
    "last_visit_on": 12, "identified_on": 12, "eliminated_on": 12, "birth_date": 12, "health": 14,
}  # fmt: skip
Row = tuple[Any, ...]
Take = Callable[[Row], Cell]


@dataclass(frozen=True)
class ExportTable:
    """The columns of a table and its rows, to be read once."""

    columns: tuple[Column, ...]
    rows: Iterator[list[Cell] | StyledRow]


def export_table(*, viewer: Viewer, choice: Choice, roles: tuple[Role, ...], on: date) -> ExportTable:
    """Return the table of a choice as the roles get it; the rows are read as they are asked for."""
    profile = choice.wanted
    if profile.row == "place":
        return _summary(viewer, choice, profile, roles)
    sources = _needed(profile, choice)
    at = {source: place for place, source in enumerate(sources)}
    takes = [_take(each, profile, choice, roles, at, on) for each in profile.columns]
    raw = export_rows(viewer, choice.selection, sources)
    columns = tuple(Column(each.header, _width(each), cell_kind(each, profile)) for each in profile.columns)
    return ExportTable(columns, ([take(row) for take in takes] for row in raw))


def _needed(profile: Profile, choice: Choice) -> list[str]:
    """Return the sources of the columns, and those by which a column decides how it goes out."""
    sources = list(profile.sources)
    if "member.name" in sources:
        sources.append(_BORN)
    if choice.number_form is IdFormat.CERTIFICATE and "member.id_number" in sources:
        sources += [_KIND, _GRADE]
    return list(dict.fromkeys(sources))


def _take(
    column: ExportColumn,
    profile: Profile,
    choice: Choice,
    roles: tuple[Role, ...],
    at: dict[str, int],
    on: date,
) -> Take:
    """Return what makes a column's cell of a row."""
    write = cell_writer(column, profile)
    if not column.source:
        return lambda row: write(None)
    place, is_whole = at[column.source], choice.is_whole_for(column.source)
    view = column_view(roles, column.source, is_whole=is_whole)
    if view.how is Visibility.HIDDEN:
        return lambda row: HIDDEN
    if column.source.endswith("id_number"):
        return _numbered(column, view, choice.number_form, at, roles)
    if column.source == "member.name":
        child = column_view(roles, column.source, is_whole=is_whole, is_child=True)
        own, young, born = _shown(column, view), _shown(column, child), at[_BORN]
        # One without a birth date counts as a child.
        return lambda row: write((own if is_child(row[born], on) is False else young)(row[place]))
    show = _shown(column, view)
    return lambda row: write(show(row[place]))


def _shown(column: ExportColumn, view: ColumnView) -> Callable[[Any], Any]:
    """Return what a value becomes before it is written; free text loses numbers of persons."""
    if view.how is Visibility.HIDDEN:
        return lambda value: HIDDEN
    if view.how is Visibility.MASKED:
        return lambda value: None if value is None else view.mask(str(value))
    is_free = SOURCES[column.source].type == "text" and not view.is_personal
    if is_free and column.source not in _CODES and not column.source.startswith("place."):
        return lambda value: _clean(value) if isinstance(value, str) else value
    return lambda value: value


@lru_cache(maxsize=20_000)
def _clean(text: str) -> str:
    return without_numbers(text)


def _numbered(
    column: ExportColumn, view: ColumnView, form: IdFormat, at: dict[str, int], roles: tuple[Role, ...]
) -> Take:
    """Write an ID number; what the role gets masked is never more than the mask."""
    place, is_own = at[column.source], column.source == "member.id_number"
    shown = form if view.how is Visibility.CLEAR or not form.is_whole else IdFormat.MASKED
    absent = SOURCES[column.source].absent
    has_certificate = shown is IdFormat.CERTIFICATE and is_own and _KIND in at
    if has_certificate and column_view(roles, _KIND, is_whole=False).how is Visibility.CLEAR:
        kind, grade = at[_KIND], at[_GRADE]
        return lambda row: id_text(row[place], shown, row[kind], row[grade]) if row[place] else absent
    return lambda row: id_text(row[place], shown) if row[place] else absent


def _summary(viewer: Viewer, choice: Choice, profile: Profile, roles: tuple[Role, ...]) -> ExportTable:
    """Return counts by place with their sums; for who looks from outside, without the small ones."""
    places = place_counts(viewer, choice.selection)
    parts = [_counted(block, [counts for _, counts in places], roles) for block in profile.blocks]
    names = [*(name for name, _ in places), "合计"]
    rows: list[list[Cell]] = [
        [name, *(HIDDEN_MARK if value is None else value for part in parts for value in part[at])]
        for at, name in enumerate(names)
    ]
    strong: dict[int, Style] = dict.fromkeys(range(len(rows[-1])), "strong")
    columns = [Column(each, _header_width(each), "int") for each in summary_headers(profile=profile)]
    last = StyledRow(rows[-1], strong)
    return ExportTable((Column("区划", 20), *columns), itertools.chain(rows[:-1], [last]))


def _counted(
    block: CountBlock, places: list[dict[str, int]], roles: tuple[Role, ...]
) -> list[list[int | None]]:
    """Return one block's counts of each place with their sums, None for what is hidden."""
    table = [[counts.get(name, 0) for _, name in block.columns] for counts in places]
    least = HIDDEN_BELOW if is_outside(roles=roles) else 0
    return shown_counts(table, shows_row_totals=bool(block.total), below=least)


def _width(column: ExportColumn) -> float:
    """Return a width that holds the header and, for long values, most of them."""
    least = _WIDTHS.get(column.source, _WIDTHS.get(column.source.rpartition(".")[2], 8))
    return max(least, min(_header_width(column.header), 24))


def _header_width(header: str) -> float:
    """Return the width of a header: a Chinese character takes two signs."""
    return max(6, 2 * len(header) + 2)
