"""Recognise a sheet: the row of headers, the feed they belong to, and which column is which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

from shouwang.exchange.headers import (
    MONEY_UNITS,
    Header,
    column_letter,
    header_key,
    named_month,
    named_year,
    read_header,
    title_unit,
)
from shouwang.exchange.layouts import Layout, LayoutColumn, layouts
from shouwang.exchange.mapping import HeaderMapping, Section, propose

HEADER_WITHIN_ROWS = 10
REASON_HEADER = "错误原因"
_IN_YUAN = Decimal(MONEY_UNITS["元"])

Row = Sequence[str | None]


class LayoutError(Exception):
    """Say in Chinese why a recognised sheet cannot be used: what was found and what was expected.

    `feed` is what the sheet was taken for, None where that is not told.
    """

    def __init__(
        self, file: str, sheet: str, reason_code: str, what: str, advice: str, feed: str | None = None
    ) -> None:
        self.file = file
        self.sheet = sheet
        self.reason_code = reason_code
        self.feed = feed
        where = f"文件《{file}》" + (f"的工作表“{sheet}”" if sheet else "")
        super().__init__(f"{where}：{what}。{advice}。")


@dataclass(frozen=True)
class BoundColumn:
    """A layout's column found in a sheet at `index`, or given the same `constant` in every row.

    `fen_per_unit` is what an amount counts in; `words` translates cells (keys as `header_key` makes them).
    """

    column: LayoutColumn
    index: int | None
    header: str
    constant: str | None
    fen_per_unit: Decimal
    words: Mapping[str, str]


@dataclass(frozen=True)
class SheetPlan:
    """How a sheet is read: `header_row_no` is 1-based; `unused` are headers without a meaning here.

    `missing` are standard headers that the sheet does not have; `is_correction` marks a corrected error
    workbook.
    """

    file: str
    sheet: str
    layout: Layout
    header_row_no: int
    bound: tuple[BoundColumn, ...]
    headers: tuple[str, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    year: int | None
    month: date | None
    is_correction: bool


@dataclass(frozen=True)
class _Hit:
    index: int
    header: Header
    column: LayoutColumn
    rank: int


@dataclass(frozen=True)
class _Candidate:
    layout: Layout
    row: int
    hits: tuple[_Hit, ...]
    section: Section
    score: float


def plan_sheet(file: str, sheet: str, head_rows: Sequence[Row], mapping: HeaderMapping) -> SheetPlan | None:
    """Return how to read a sheet from its first rows, None if no feed is recognised.

    Raises LayoutError where the feed is recognised but a required header is missing or one stands twice.
    """
    best = max(_candidates(file, sheet, head_rows, mapping), key=lambda found: found.score, default=None)
    if best is None:
        return None
    titles = [cell for row in head_rows[: best.row] for cell in row if cell]
    hits = _one_each(file, sheet, best.hits)
    bound = _bound(best, hits, title_unit(titles))
    headers = [read_header(cell or "").text for cell in head_rows[best.row]]
    used = {column.index for column in bound}
    unused = tuple(header for at, header in enumerate(headers) if header and at not in used)
    _require(file, sheet, best, bound, headers)
    names = [sheet, *titles, file]
    return SheetPlan(
        file=file,
        sheet=sheet,
        layout=best.layout,
        header_row_no=best.row + 1,
        bound=bound,
        headers=tuple(headers),
        unused=tuple(header for header in unused if header != REASON_HEADER),
        missing=tuple(
            name for name in best.layout.columns if name not in {each.column.header for each in bound}
        ),
        year=best.section.year or named_year(names),
        month=best.section.month or named_month(names),
        is_correction=REASON_HEADER in headers,
    )


def expected_headers(feed: str) -> list[str]:
    """Return the headers by which a feed is recognised and those it cannot do without."""
    layout = layouts()[feed]
    required = [column.header for column in layout.columns.values() if column.is_required]
    return list(dict.fromkeys([*required, *(name for name in layout.columns if name in layout.clues)]))


def _candidates(
    file: str, sheet: str, head_rows: Sequence[Row], mapping: HeaderMapping
) -> Iterator[_Candidate]:
    own = mapping.for_sheet(file, sheet)
    names = header_key(f"{file} {sheet}")
    for feed, layout in layouts().items():
        if own.feed not in (None, feed):
            continue
        section = _joined(own, mapping.for_feed(feed))
        constants = {column.header for key in section.constants if (column := layout.column_named(key))}
        for at, row in enumerate(head_rows[:HEADER_WITHIN_ROWS]):
            hits = tuple(_hits(row, layout, section))
            headers = {hit.column.header for hit in hits} | constants
            is_asked = own.feed == feed and len(hits) >= min(2, len(section.columns) or 2)
            if is_asked or (hits and len(headers & layout.clues) >= layout.clues_needed):
                score = sum(_weight(header) for header in headers)
                score += 0.5 * any(header_key(word) in names for word in layout.file_words)
                yield _Candidate(layout, at, hits, section, score)


def _hits(row: Row, layout: Layout, section: Section) -> Iterator[_Hit]:
    index = _index(layout.feed)
    for at, cell in enumerate(row):
        if not cell or len(cell) > 200:
            continue
        header = read_header(cell)
        mapped = section.columns.get(header.key, section.columns.get(header.short_key))
        if mapped is not None:
            column = layout.column_named(mapped) if mapped else None
            if column is not None:
                yield _Hit(at, header, column, 0)
            continue
        for column, rank in index.get(header.key) or index.get(header.short_key) or ():
            yield _Hit(at, header, column, rank)


@cache
def _index(feed: str) -> dict[str, list[tuple[LayoutColumn, int]]]:
    """Return each key's columns with a rank: 0 the header itself, 1 a synonym, 2 a fallback."""
    index: dict[str, list[tuple[LayoutColumn, int]]] = {}
    for column in layouts()[feed].columns.values():
        own = read_header(column.header)
        for key in column.names:
            index.setdefault(key, []).append((column, 0 if key in (own.key, own.short_key) else 1))
    for column in layouts()[feed].columns.values():
        for key in column.fallbacks:
            index.setdefault(key, []).append((column, 2))
    return {
        key: [hit for hit in hits if hit[1] == min(rank for _, rank in hits)] for key, hits in index.items()
    }


@cache
def _weight(header: str) -> float:
    """Return how telling a header is: one over the number of feeds that have it."""
    return 1 / max(1, sum(header in layout.columns for layout in layouts().values()))


def _one_each(file: str, sheet: str, hits: Sequence[_Hit]) -> dict[str, _Hit]:
    """Choose one cell for each column. Raises LayoutError where two cells have the same claim."""
    chosen: dict[str, _Hit] = {}
    for header in dict.fromkeys(hit.column.header for hit in hits):
        claims = sorted((hit for hit in hits if hit.column.header == header), key=lambda hit: hit.rank)
        first = claims[0]
        rivals = [hit for hit in claims[1:] if _is_rival(first, hit)]
        if rivals:
            places = "与".join(
                f"{column_letter(hit.index)} 列“{hit.header.text}”" for hit in (first, *rivals)
            )
            raise LayoutError(
                file, sheet, "duplicate_header", f"表头重复：{places}都表示“{header}”，无法判断用哪一列",
                "请删除或改名其中一列，或在列名对应文件中把不用的一列写作 \"列名\" = \"\"",
            )  # fmt: skip
        chosen[header] = first
    return chosen


def _is_rival(first: _Hit, other: _Hit) -> bool:
    if first.header.key == other.header.key or first.rank == other.rank:
        return True
    return other.rank == 1 and (first.column.is_required or first.column.kind == "identity")


def _bound(found: _Candidate, hits: Mapping[str, _Hit], sheet_unit: str) -> tuple[BoundColumn, ...]:
    section = found.section
    default = Decimal(MONEY_UNITS.get(sheet_unit, MONEY_UNITS["元"]))
    bound = []
    for header, column in found.layout.columns.items():
        hit = hits.get(header)
        constant = next((section.constants[key] for key in column.names if key in section.constants), None)
        if hit is None and constant is None:
            continue
        theirs = hit.header.key if hit else ""
        unit = section.fen_per_unit.get(header_key(header)) or section.fen_per_unit.get(theirs)
        named = hit.header.fen_per_unit if hit else None
        words = section.values.get(header_key(header)) or section.values.get(theirs) or {}
        bound.append(
            BoundColumn(
                column=column,
                index=hit.index if hit and constant is None else None,
                header=hit.header.text if hit else header,
                constant=constant,
                fen_per_unit=unit or (Decimal(named) if named else default),
                words=words,
            )
        )
    return tuple(bound)


def _require(
    file: str, sheet: str, found: _Candidate, bound: Sequence[BoundColumn], headers: Sequence[str]
) -> None:
    have = {each.column.header for each in bound}
    missing = [
        name for name, column in found.layout.columns.items() if column.is_required and name not in have
    ]
    if not missing:
        return
    near = {ours: theirs for theirs, ours in propose(headers, found.layout.feed).items()}
    hints = "；".join(f"“{near[name]}”是否就是“{name}”" for name in missing if name in near)
    seen = "、".join(header for header in headers if header)
    raise LayoutError(
        file, sheet, "missing_header",
        f"按表头判断是“{found.layout.label}”数据（第 {found.row + 1} 行为表头），"
        f"但缺少必需的列：{'、'.join(missing)}。找到的列：{seen}",
        f"应有的列：{'、'.join(expected_headers(found.layout.feed))}。"
        f"请补上该列，或在列名对应文件中写明它叫什么{f'（{hints}）' if hints else ''}", found.layout.feed,
    )  # fmt: skip


def _joined(own: Section, feed: Section) -> Section:
    """Lay the sheet's own section over the feed's."""
    return replace(
        own,
        year=own.year or feed.year,
        month=own.month or feed.month,
        columns={**feed.columns, **own.columns},
        constants={**feed.constants, **own.constants},
        fen_per_unit={**feed.fen_per_unit, **own.fen_per_unit},
        values={**feed.values, **own.values},
    )
