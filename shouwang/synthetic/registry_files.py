"""The registry folder: persons, households of three years, and the monthly income ledger."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from shouwang.synthetic.calibration import dirt_rates
from shouwang.synthetic.cells import Cell, dirty_number, dirty_value, write_amounts
from shouwang.synthetic.county import County
from shouwang.synthetic.delivery_files import ENCODINGS, DirtyRow, draw_style
from shouwang.synthetic.dirt import DirtPlan
from shouwang.synthetic.frames import Array, month_text, random_stream
from shouwang.synthetic.income import ITEM_NUMBER, ITEMS
from shouwang.synthetic.layout import HOUSEHOLD_HEADER, IDENTITY_COLUMN, LEDGER_HEADER, MEMBER_HEADER
from shouwang.synthetic.registry_columns import household_columns, member_columns
from shouwang.synthetic.sheet_files import SheetTable, write_csv, write_workbook


def registry_numbers(county: County, plan: DirtPlan) -> list[Cell]:
    """Return every person's number as the registry has it, dirt and all."""
    numbers: list[Cell] = county.members["id_number"].tolist()
    for person in np.flatnonzero(plan.member != "").tolist():
        numbers[person] = dirty_number(str(numbers[person]), plan.member[person], "", True)
    return numbers


def write_members(county: County, plan: DirtPlan, out: Path) -> Iterator[DirtyRow]:
    """Write 家庭成员信息.xlsx with its header on row 2, and yield its dirty rows."""
    numbers = registry_numbers(county, plan)
    heads = county.households["head"][county.members["household"]]
    columns = member_columns(county, numbers, [numbers[head] for head in heads.tolist()])
    path = out / "registry" / "家庭成员信息.xlsx"
    rows = zip(*columns, strict=True)
    write_workbook(
        path, [SheetTable("家庭成员信息", f"{county.place_names[2]}家庭成员信息", MEMBER_HEADER, rows, 2)]
    )
    dirty = np.flatnonzero(plan.member != "")
    yield from _identity_dirt(
        "registry/家庭成员信息.xlsx", "家庭成员信息", 3, dirty, plan.member[dirty], IDENTITY_COLUMN
    )


def _identity_dirt(
    file: str, sheet: str, first_row: int, rows: Array, kinds: Array, column: str
) -> Iterator[DirtyRow]:
    known = dirt_rates()["identity"]
    for row, kind in zip(rows.tolist(), kinds.tolist(), strict=True):
        yield DirtyRow(file, sheet, first_row + row, column, known[kind]["label"], known[kind]["is_lost"])


def write_households(county: County, plan: DirtPlan, year: int, out: Path) -> Iterator[DirtyRow]:
    """Write 户信息 of a year, its header on row 1, 2 or 3 by the year, and yield its dirty rows."""
    numbers, heads = registry_numbers(county, plan), county.households["head"]
    columns = household_columns(county, year, [numbers[head] for head in heads.tolist()])
    header_row = 3 - (county.on.year - 1 - year) % 3
    name = f"户信息_{year}年"
    table = SheetTable(
        "户信息",
        f"{county.place_names[2]}{year}年户信息",
        HOUSEHOLD_HEADER,
        zip(*columns, strict=True),
        header_row,
    )
    write_workbook(out / "registry" / f"{name}.xlsx", [table])
    dirty = np.flatnonzero(plan.member[heads] != "")
    kinds = plan.member[heads][dirty]
    yield from _identity_dirt(f"registry/{name}.xlsx", "户信息", header_row + 1, dirty, kinds, "户主证件号码")


def write_ledger_month(county: County, plan: DirtPlan, month: int, out: Path) -> Iterator[DirtyRow]:
    """Write 收支台账 of a month as CSV (a few small ones as workbooks), and yield its dirty rows."""
    rng = random_stream(county.seed, f"ledger {month}")
    style = draw_style(rng, county.household_count)
    encoding = style.encoding or (str(rng.choice(ENCODINGS)) if month % 5 else "")
    amounts = style.amounts if rng.random() < 0.4 else "plain"
    kinds = plan.ledger[:, month - county.window.start]
    columns = _ledger_columns(county, month, amounts)
    is_there = kinds != "row_missing"
    homes = np.flatnonzero(is_there)
    table = [
        list(row) for row, there in zip(zip(*columns, strict=True), is_there.tolist(), strict=True) if there
    ]
    file = f"收支台账_{month_text(month)}.{'csv' if encoding else 'xlsx'}"
    sheet = "" if encoding else "收支台账"
    known = dirt_rates()["ledger"]
    for position in np.flatnonzero(kinds[homes] != "").tolist():
        kind = kinds[homes[position]]
        place = next(number for number, cell in enumerate(table[position]) if number > 2 and cell)
        table[position][place] = dirty_value(table[position][place], kind, county.on, style)
        yield DirtyRow(f"registry/{file}", sheet, style.header_row + 1 + position, LEDGER_HEADER[place],
                       known[kind]["label"], known[kind]["is_lost"])  # fmt: skip
    for home in np.flatnonzero(~is_there).tolist():
        yield DirtyRow(f"registry/{file}", sheet, 0, str(county.households["household_id"][home]),
                       known["row_missing"]["label"], True)  # fmt: skip
    unit = "(万元)" if amounts == "ten_thousands" else ""
    header = [*LEDGER_HEADER[:3], *(name + unit for name in LEDGER_HEADER[3:])]
    written = SheetTable("收支台账", f"{month_text(month)}农户收支台账", header, table, style.header_row)
    if encoding:
        write_csv(out / "registry" / file, written, encoding)
    else:
        write_workbook(out / "registry" / file, [written])


def _ledger_columns(county: County, month: int, amounts: str) -> list[list[Cell]]:
    """Return one column a heading; a household without any income in the month states 0."""
    now = county.income[:, :, month - county.income_first]
    names = county.members["name"][county.households["head"]]
    count = county.household_count
    columns: list[list[Cell]] = [
        county.households["household_id"].tolist(),
        names.tolist(),
        [month_text(month)] * count,
    ]
    empty = ~(now > 0).any(axis=0)
    for number in range(len(ITEMS)):
        column = np.full(count, "", dtype=object)
        there = np.flatnonzero(now[number])
        column[there] = write_amounts(now[number][there], amounts)
        if number == ITEM_NUMBER["other_wage"]:
            column[empty] = "0"
        columns.append(column.tolist())
    return columns
