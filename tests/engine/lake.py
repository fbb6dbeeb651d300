"""Histories of deliveries for the tests of roll-ups: ledgers and settlements that change step by step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from shouwang.domain.periods import Month, Period
from shouwang.domain.tables import TABLES
from shouwang.engine.snapshot import Snapshot, arrow_schema
from tests.engine.factories import blank

Row = dict[str, Any]
FIRST = Month(2023, 11)
MONTHS = [FIRST + step for step in range(6)]
HOUSEHOLDS = ("h1", "h2", "h3")
ITEMS = ("migrant_wage", "crop_sales", "business_cost", "pension", "unheard_of")
TABLE_OF = {"ledger": "income_entry", "medical": "own_pay_entry"}


@dataclass(frozen=True)
class Delivery:
    """Rows of one feed under a name; sent again under that name, it replaces what was there."""

    feed: str
    name: str
    rows: tuple[tuple[Any, ...], ...]

    @property
    def table_rows(self) -> list[Row]:
        if self.feed == "ledger":
            return [
                blank("income_entry", h, month=m.first_day, item=item, amount_fen=fen)
                for h, m, item, fen in self.rows
            ]
        return [
            blank(
                "own_pay_entry", h, person_id=person, settled_on=day, visit_kind=kind,
                own_pay_fen=fen, compliant_own_pay_fen=compliant,
            )
            for h, person, day, kind, fen, compliant in self.rows
        ]  # fmt: skip


Lake = dict[tuple[str, str], Delivery]

household = st.sampled_from(HOUSEHOLDS)
amount = st.one_of(st.none(), st.integers(-3, 3), st.just(10**12))
ledger_row = st.tuples(household, st.sampled_from(MONTHS), st.sampled_from(ITEMS), amount)
day = st.one_of(st.none(), st.dates(MONTHS[0].first_day, MONTHS[-1].last_day))
medical_row = st.tuples(
    household,
    st.sampled_from(["p1", "p2", None]),
    day,
    st.sampled_from(["inpatient", "outpatient", "chronic", None]),
    amount,
    amount,
)
name = st.sampled_from(["a", "b", "c", "d"])
ledger = st.builds(Delivery, st.just("ledger"), name, st.lists(ledger_row, max_size=8).map(tuple))
medical = st.builds(Delivery, st.just("medical"), name, st.lists(medical_row, max_size=6).map(tuple))
withdrawn = st.tuples(st.sampled_from(["ledger", "medical"]), name)
# A step of history: some deliveries arrive, new, late or again with other rows; some are withdrawn.
step = st.lists(st.one_of(ledger, medical, withdrawn), min_size=1, max_size=4)
history = st.lists(step, min_size=1, max_size=3)
window = st.tuples(st.integers(-2, 7), st.integers(1, 8)).map(
    lambda w: Period.of_months(FIRST + w[0], FIRST + (w[0] + w[1] - 1))
)

backend = ibis.duckdb.connect()


def after(lake: Lake, events: Iterable[Delivery | tuple[str, str]]) -> Lake:
    lake = dict(lake)
    for event in events:
        if isinstance(event, Delivery):
            lake[event.feed, event.name] = event
        else:
            lake.pop(event, None)
    return lake


def write_tables(folder: Path, lake: Lake) -> dict[str, Path]:
    """Write all deliveries of a feed as one canonical table, as a staging does."""
    rows: dict[str, list[Row]] = {"income_entry": [], "own_pay_entry": []}
    for delivery in lake.values():
        source = ord(delivery.name)
        rows[TABLE_OF[delivery.feed]] += [{**row, "source_id": source} for row in delivery.table_rows]
    paths = {}
    for table, found in rows.items():
        paths[table] = folder / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=arrow_schema(TABLES[table])), paths[table])
    return paths


def snapshot_of(paths: Mapping[str, Path]) -> Snapshot:
    tables = {name: ibis.memtable(arrow_schema(table).empty_table()) for name, table in TABLES.items()}
    households = [blank("household", h, division="530521100201") for h in HOUSEHOLDS]
    tables["household"] = ibis.memtable(
        pa.Table.from_pylist(households, schema=arrow_schema(TABLES["household"]))
    )
    for table, path in paths.items():
        tables[table] = ibis.memtable(pq.read_table(path))
    return Snapshot(backend, tables, frozenset({"ledger", "medical"}))


def rows_of(table: ibis.Table) -> list[tuple[Any, ...]]:
    columns = sorted(table.columns)
    return sorted(
        (tuple(row[column] for column in columns) for row in backend.to_pyarrow(table).to_pylist()), key=repr
    )


def whole_history() -> Lake:
    """Return a delivery of the ledger for each of six months, with two items in turn, and one of own pay."""
    lake: Lake = {}
    for number, month in enumerate(MONTHS):
        rows = tuple((h, month, ITEMS[number % 2], 100 + number) for h in HOUSEHOLDS)
        lake["ledger", chr(97 + number)] = Delivery("ledger", chr(97 + number), rows)
    paid = (("h1", "p1", MONTHS[2].first_day, "inpatient", 500, None),)
    lake["medical", "a"] = Delivery("medical", "a", paid)
    return lake
