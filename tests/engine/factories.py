"""Rows of canonical tables for tests: blank rows to fill in, and random ones that sit on every edge."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import ibis
import pyarrow as pa

from shouwang.domain.periods import Month, Period, previous_window, same_month_last_year, twelve_months_before
from shouwang.domain.tables import FEEDS, INCOME_ITEMS, MEASURES, RISKS, TABLES
from shouwang.engine.snapshot import IncomeRegime, Snapshot, arrow_schema

Row = dict[str, Any]
Rows = dict[str, list[Row]]
COUNTED = frozenset(item.name for item in INCOME_ITEMS.values() if not item.is_cost)
DAYS = (date(2024, 5, 17), date(2024, 2, 29), date(2023, 1, 31), date(2023, 12, 1))
_STAGES = ("学前教育", "小学", "初中", "普通高中", "中职", "本科")

# The values that coded columns take, beside unknown.
_CODES: dict[str, tuple[Any, ...]] = {
    "household.household_class": ("alleviated", "ordinary"),
    "household.monitored_class": ("unstable", "borderline", "sudden", "none"),
    "household.elimination_mode": ("assisted", "natural"),
    "household.housing_grade": ("A", "B", "C", "D"),
    "household.division": ("530521100201", "530521100202"),
    "member.sex": ("male", "female"),
    "member.labour": ("ordinary", "skilled", "weak", "lost", "none"),
    "member.school_stage": ("", "学龄前儿童", "学前教育", "小学", "七年级", "普通高中一年级"),
    "member.disability_grade": (1, 2, 3, 4),
    "member.migrant_months": (0, 5, 6, 11),
    "own_pay_entry.visit_kind": ("inpatient", "outpatient", "chronic"),
    "diagnosis.severity": ("serious", "chronic"),
    "enrolment.status": ("enrolled", "suspected_dropout", "suspended"),
    "enrolment.stage": _STAGES,
    "social_aid.kind": ("minimum_living", "destitute", "temporary", "marginal"),
    "social_aid.status": ("new", "current", "stopped", "refused"),
    "disability_certificate.grade": (1, 2, 3, 4),
    "housing_check.grade": ("A", "B", "C", "D"),
    "housing_check.disposal": ("treated", "untreated"),
    "water_problem.problem": ("quality", "quantity", "access", "supply"),
    "employment.status": ("employed", "unemployed"),
    "farm_loss.event": ("epidemic", "yield", "project_stopped"),
    "disaster.house_damage": ("collapsed", "severe", "minor", "none"),
    "security_event.event": ("death", "moved_in", "moved_out", "traffic"),
    "security_event.consequence": ("dead", "disabled", "injured", "none"),
    "petition.channel": ("12317", "petition"),
    "income_entry.item": (*INCOME_ITEMS, "unheard_of"),
}


def blank(table: str, household_id: str = "h1", **values: Any) -> Row:
    """Return a row of which all but the values is unknown."""
    known = {"household_id": household_id, "source_id": 1, "row_no": 2, **values}
    return {**{column.name: None for column in TABLES[table].columns}, **known}


def snapshot_of(backend: ibis.BaseBackend, rows: Mapping[str, list[Row]], feeds: Iterable[str]) -> Snapshot:
    """Return a snapshot in memory; a table without rows is empty."""
    tables = {
        name: ibis.memtable(pa.Table.from_pylist(rows.get(name, []), schema=arrow_schema(table)))
        for name, table in TABLES.items()
    }
    return Snapshot(backend, tables, frozenset(feeds))


def by_household(table: pa.Table) -> dict[str, Row]:
    """Return the rows of an indicator table by household."""
    return {row.pop("household_id"): row for row in table.to_pylist()}


def random_feeds(random: Random) -> frozenset[str]:
    """Return most feeds, a few, or none."""
    share = random.choice((0, 0.3, 0.8, 1))
    return frozenset(feed for feed in FEEDS if random.random() < share)


def random_regime(random: Random, on: date) -> IncomeRegime:
    """Return a regime with a window as found in practice or far from the day, and some items counted."""
    window = random.choice(
        (
            same_month_last_year(on),
            twelve_months_before(on),
            Period(date(on.year - 1, 1, 1), date(on.year, 1, 1)),
            Period(date(2014, 1, 1), date(2014, 4, 15)),
            Period(date(2023, 3, 2), date(2023, 3, 30)),
        )
    )
    uncounted = random.sample(sorted(COUNTED), random.choice((0, 5)))
    return IncomeRegime(window, COUNTED - set(uncounted))


def random_rows(random: Random, on: date, regime: IncomeRegime, households: int) -> Rows:
    """Return rows of every table for some households: dates on the edges of windows, blanks everywhere."""
    rows: Rows = {name: [] for name in TABLES if name != "source"}
    days = edge_days(on, regime)
    for number in range(households):
        household_id = f"h{number}"
        people = [f"{household_id}-{n}" for n in range(random.choice((0, 1, 1, 2, 3, 5)))]
        rows["household"].append(_random_row(random, "household", household_id, days))
        for person in people:
            member = _random_row(random, "member", household_id, days)
            rows["member"].append(
                {**member, "person_id": person, "birth_date": random.choice(birth_days(on))}
            )
        for name, table in TABLES.items():
            if name in ("source", "household", "member", "income_entry", "annual_income"):
                continue
            for _ in range(random.choice((0, 0, 1, 2, 5))):
                row = _random_row(random, name, household_id, days)
                if any(column.name == "person_id" for column in table.columns):
                    row["person_id"] = random.choice((*people, f"{household_id}-x", None))
                rows[name].append(row)
        rows["annual_income"] += _statements(random, household_id, on)
        rows["income_entry"] += _ledger(random, household_id, on, regime)
    return {name: _numbered(random, found) for name, found in rows.items()}


def edge_days(on: date, regime: IncomeRegime) -> list[date | None]:
    """Return the first and last days of the windows, the days beside them, and unknown."""
    month = Month.of(on)
    starts = [month - 23, month - 11, month - 6, month, month + 1, Month(on.year, 1)]
    edges = {on, on + timedelta(days=1), regime.window.from_date, regime.window.last_day}
    edges |= {start.first_day for start in starts} | {start.first_day - timedelta(days=1) for start in starts}
    return [*sorted(edges), None]


def birth_days(on: date) -> list[date | None]:
    """Return the birth dates of those who come of an age on the day, the day after or the day before."""
    found: list[date | None] = [None, date(2008, 2, 29), date(1964, 2, 29), on + timedelta(days=20)]
    for years in (6, 16, 60):
        day = date(on.year - years, on.month, min(on.day, 28))
        found += [day + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
    return [*found, date(on.year - 35, 3, 3), date(on.year - 10, 3, 3), date(on.year - 80, 3, 3)]


def _random_row(random: Random, table: str, household_id: str, days: list[date | None]) -> Row:
    row: Row = {}
    for column in TABLES[table].columns:
        if random.random() < 0.2:
            row[column.name] = None
        elif column.type == "date":
            day = random.choice(days)
            row[column.name] = day.replace(day=1) if day and column.name == "delivered_month" else day
        elif f"{table}.{column.name}" in _CODES:
            row[column.name] = random.choice(_CODES[f"{table}.{column.name}"])
        else:
            row[column.name] = _random_value(random, column.name, column.type)
    return {**row, "household_id": household_id}


def _random_value(random: Random, name: str, kind: str) -> Any:
    if name in ("risks", "measures"):
        known = sorted(RISKS if name == "risks" else MEASURES)
        codes = sorted(random.sample(known, random.choice((0, 1, 2))))
        return "".join(f"|{code}" for code in codes) + "|" if codes else ""
    if kind == "bool":
        return random.random() < 0.5
    if kind == "fen":
        return random.choice((0, 1, 99, 100_00, 6_900_00, 123_456_78))
    return random.randrange(5) if kind == "int" else f"{name}{random.randrange(3)}"


def _statements(random: Random, household_id: str, on: date) -> list[Row]:
    years = random.sample(range(on.year - 11, on.year + 2), random.choice((0, 1, 3, 13)))
    found = []
    for year in [*years, *random.choice(((), (None,)))]:
        row = _random_row(random, "annual_income", household_id, [None])
        if random.random() < 0.7:
            row |= {name: random.randrange(-5, 9) * 1000_00 for name in row if name.endswith("_fen")}
        found.append({**row, "year": year})
    return found


def _ledger(random: Random, household_id: str, on: date, regime: IncomeRegime) -> list[Row]:
    """Return a ledger that is often complete, else some months short."""
    window = regime.window
    first = Month.of(min(previous_window(window).from_date, (Month.of(on) - 6).first_day))
    months = Month.range(max(first, Month.of(on) - 40), Month.of(on) + 1)
    if random.random() < 0.3:
        months += Month.range(Month.of(window.from_date) - 13, Month.of(window.to_date))
    for _ in range(random.choice((0, 0, 1, len(months)))):
        months.remove(random.choice(months))
    rows = []
    for month in (month for month in months for _ in range(random.choice((1, 1, 2)))):
        row = _random_row(random, "income_entry", household_id, [None])
        rows.append({**row, "month": month.first_day, "amount_fen": random.choice((None, 0, 77, 35_000_00))})
    return rows


def _numbered(random: Random, rows: list[Row]) -> list[Row]:
    """Give each row a place of its own in one of three sources, in no order."""
    random.shuffle(rows)
    return [{**row, "source_id": random.randrange(1, 4), "row_no": n} for n, row in enumerate(rows, start=2)]
