"""The departments' monthly files: styled, dirtied, written, and every dirty row noted down."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shouwang.domain.tables import FEEDS
from shouwang.synthetic.calibration import dirt_rates
from shouwang.synthetic.cells import AMOUNT_STYLES, DATE_STYLES, Cell, Style, dirty_number, dirty_value
from shouwang.synthetic.county import County
from shouwang.synthetic.dirt import DirtPlan, owners
from shouwang.synthetic.feed_columns import feed_columns
from shouwang.synthetic.frames import Array, month_text, months_of, random_stream, take
from shouwang.synthetic.identity import check_characters
from shouwang.synthetic.layout import (
    AMOUNT_COLUMNS,
    CODE_COLUMNS,
    DATE_COLUMNS,
    IDENTITY_COLUMN,
    MONEY,
    NAME_COLUMNS,
    feed_header,
)  # fmt: skip
from shouwang.synthetic.sheet_files import SheetTable, write_csv, write_workbook

# Larger files are CSV: a workbook takes ten times as long to write.
WORKBOOK_ROWS = 2500
ENCODINGS = ("gb18030", "utf-8-sig", "utf-8")


@dataclass(frozen=True)
class DirtyRow:
    """One thing wrong: where it stands, what it is, whether the row is beyond repair; row 0 is the file."""

    file: str
    sheet: str
    row_no: int
    column: str
    kind: str
    is_lost: bool


@dataclass(frozen=True)
class _Mark:
    """Dirt on a row of a table not yet laid out in sheets."""

    row: int
    column: str
    kind: str
    is_lost: bool


def draw_style(rng: np.random.Generator, rows: int) -> Style:
    """Draw how a file is written; every draw is made, so that one style does not move the next."""
    is_csv = bool(rng.random() < 0.4) or rows > WORKBOOK_ROWS
    encoding = str(rng.choice(ENCODINGS, p=[0.5, 0.35, 0.15])) if is_csv else ""
    header_row = int(rng.choice([1, 2, 3], p=[0.6, 0.25, 0.15]))
    sheets = 2 if rng.random() < 0.15 and not is_csv and rows >= 2 else 1
    dates = str(rng.choice(DATE_STYLES, p=[0.35, 0.3, 0.15, 0.12, 0.08]))
    amounts = str(rng.choice(AMOUNT_STYLES, p=[0.75, 0.17, 0.08]))
    return Style(
        encoding, header_row, sheets, dates if not is_csv or dates != "serial" else "dashes", amounts
    )


def write_feed_month(county: County, plan: DirtPlan, feed: str, month: int, out: Path) -> Iterator[DirtyRow]:
    """Write one feed of one month under `out`/deliveries, if it has rows, and yield its dirty rows."""
    rows = np.flatnonzero(county.feeds[feed]["month"] == month)
    if not len(rows):
        return
    rng = random_stream(county.seed, f"file {feed} {month}")
    rows = rng.permutation(rows)
    style = draw_style(rng, len(rows))
    if feed == "credit" and style.dates == "serial":
        style = replace(style, dates="dashes")
    columns = feed_columns(county, feed, take(county.feeds[feed], rows), style)
    table = [list(row) for row in zip(*columns, strict=True)]
    marks = list(_dirty_rows(county, plan, feed, rows, table, style))
    marks += _add_strangers(rng, county, plan, feed, rows, table)
    label = FEEDS[feed][0]
    folder = out / "deliveries" / month_text(month)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{label}_{month_text(month)}.{'csv' if style.encoding else 'xlsx'}"
    header = [
        f"{name}(万元)" if style.amounts == "ten_thousands" and name in MONEY else name
        for name in feed_header(feed)
    ]
    yield from _write_table(
        rng, path, out, SheetTable(label, f"{label}数据推送表", header, table, style.header_row), style, marks
    )
    if rng.random() * 1000 < dirt_rates()["file"]["duplicate"]["per_mille"]:
        copy = path.with_stem(f"{path.stem}(1)")
        shutil.copyfile(path, copy)
        yield DirtyRow(
            copy.relative_to(out).as_posix(), "", 0, "", dirt_rates()["file"]["duplicate"]["label"], False
        )


def _dirty_rows(
    county: County, plan: DirtPlan, feed: str, rows: Array, table: list[list[Cell]], style: Style
) -> Iterator[_Mark]:
    """Dirty the table in place."""
    header, frame, rates = feed_header(feed), county.feeds[feed], dirt_rates()
    people = owners(county, frame)
    for number, row in enumerate(rows.tolist()):
        kind = plan.identity[feed][row]
        if kind:
            column = header.index(IDENTITY_COLUMN)
            person = people[row]
            suffix = (
                f"{county.members['disability_kind'][person] + 1}{county.members['disability_grade'][person]}"
            )
            table[number][column] = dirty_number(str(table[number][column]), kind, suffix, not style.encoding)
            known = {**rates["identity"], **rates["certificate"]}[kind]
            yield _Mark(number, IDENTITY_COLUMN, known["label"], known["is_lost"])
        kind = plan.value[feed][row]
        if kind:
            name = value_column(feed, kind)
            table[number][header.index(name)] = dirty_value(
                table[number][header.index(name)], kind, county.on, style
            )
            yield _Mark(number, name, rates["value"][kind]["label"], rates["value"][kind]["is_lost"])
    if "day" in frame and feed in ("medical", "health"):
        late = frame["month"][rows] > months_of(frame["day"][rows])
        known_before = (feed == "health") & (frame["month"][rows] == county.window.start)
        for number in np.flatnonzero(late & ~known_before).tolist():
            yield _Mark(number, DATE_COLUMNS[feed], rates["file"]["late"]["label"], False)


def value_column(feed: str, kind: str) -> str:
    """Name the column of a feed that a kind of dirt falls on."""
    places = {"negative": AMOUNT_COLUMNS, "future_date": DATE_COLUMNS, "unknown_code": CODE_COLUMNS}
    if kind in places:
        return places[kind][feed]
    return next(name for name in feed_header(feed) if name in NAME_COLUMNS)


def _add_strangers(
    rng: np.random.Generator, county: County, plan: DirtPlan, feed: str, rows: Array, table: list[list[Cell]]
) -> list[_Mark]:
    """Append rows about people the registry does not know: valid numbers of a county code nobody has."""
    header, known, marks = feed_header(feed), dirt_rates()["identity"]["not_registered"], []
    for number in np.flatnonzero(plan.strangers[feed][rows]).tolist():
        copy = list(table[number])
        body = 530000 * 10**11 + int(rng.integers(1940, 2015)) * 10**7 + int(rng.integers(1, 10)) * 10**5
        body += int(rng.integers(1, 10)) * 10**4 // 10 + 990 + int(rng.integers(0, 10))
        copy[header.index(IDENTITY_COLUMN)] = f"{body}{check_characters(np.array([body]))[0]}"
        marks.append(_Mark(len(table), IDENTITY_COLUMN, known["label"], known["is_lost"]))
        table.append(copy)
    return marks


def _write_table(
    rng: np.random.Generator, path: Path, out: Path, table: SheetTable, style: Style, marks: list[_Mark]
) -> Iterator[DirtyRow]:
    """Lay the rows out with blank and subtotal rows between, write them, and yield what is dirty where."""
    rows, place = list(table.rows), {}
    laid: list[Sequence[Cell]] = []
    rates = dirt_rates()["sheet"]
    draws = (rng.random(len(rows)) * 1000).tolist()
    blanks: list[tuple[int, str]] = []
    for number, row in enumerate(rows):
        place[number] = len(laid)
        laid.append(row)
        if draws[number] < rates["blank_row"]["per_mille"] and number + 1 < len(rows):
            blanks.append((len(laid), rates["blank_row"]["label"]))
            laid.append([""] * len(table.header))
        elif draws[number] > 1000 - rates["subtotal_row"]["per_mille"]:
            blanks.append((len(laid), rates["subtotal_row"]["label"]))
            laid.append(["小计", *[""] * (len(table.header) - 2), str(number + 1)])
    cut = len(laid) if style.sheets == 1 else len(laid) // 2
    cut += cut < len(laid) and not any(laid[cut - 1])
    names = [table.name] if style.sheets == 1 else ["第一批", "第二批"]
    parts = [replace(table, name=names[0], rows=laid[:cut])]
    if style.sheets == 2:
        parts.append(replace(table, name=names[1], rows=laid[cut:]))
    if style.encoding:
        write_csv(path, parts[0], style.encoding)
    else:
        write_workbook(path, parts)
    file = path.relative_to(out).as_posix()
    wrong = [(place[mark.row], mark.column, mark.kind, mark.is_lost) for mark in marks]
    wrong += [(position, "", kind, False) for position, kind in blanks]
    for position, column, kind, is_lost in wrong:
        sheet = "" if style.encoding else names[position >= cut]
        row_no = table.header_row + 1 + position - (cut if position >= cut else 0)
        yield DirtyRow(file, sheet, row_no, column, kind, is_lost)
