"""Large canonical tables for measuring speed: a county's shape at any size, without spreadsheets.

Only the sizes, types and orders are like a county's; nothing is planted and nothing is dirty.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.tables import FEEDS, TABLES
from shouwang.synthetic.benchmark_events import EVENT_TABLES, event_columns
from shouwang.synthetic.benchmark_people import (
    HouseholdDraw,
    draw_households,
    household_columns,
    member_columns,
)
from shouwang.synthetic.county import SyntheticError, county_villages
from shouwang.synthetic.frames import Array, first_days, month_index, random_stream
from shouwang.synthetic.income import ITEMS

MONTHS = 24
_TYPES = {"text": pa.string(), "int": pa.int64(), "fen": pa.int64(), "bool": pa.bool_(), "date": pa.date32()}
_MAIN_ITEMS = ("migrant_wage", "crop_sales", "livestock_sales", "pension", "other_wage", "minimum_living")
_SECOND_ITEMS = ("business_cost", "farm_subsidy", "pension", "land_rent", "gift", "trade_sales")
_CHUNK = 1_000_000
_ROW_GROUP = 100_000  # readers share out row groups; a staging writes smaller ones still


def make_benchmark_tables(
    households: int, seed: int, out: Path, *, county: str = "530521", on: date = date(2026, 6, 30)
) -> dict[str, int]:
    """Write every canonical table as `out`/<table>.parquet; return the number of rows of each.

    A household has 30 income entries: one in each of the 24 months before `on`, a second in six of them; rows
    come month by month, as deliveries do.
    """
    if households < 4:
        raise SyntheticError(f"户数应不少于 4，现为 {households}")
    out.mkdir(parents=True, exist_ok=True)
    codes = np.array([each.code for each in county_villages(county)], dtype=object)
    drawn = draw_households(random_stream(seed, "benchmark households"), households, county)
    end = month_index(on)
    counts = {
        "household": _write(out, "household", household_columns(drawn, codes, seed, end)),
        "member": _write(out, "member", member_columns(drawn, seed, on)),
        "annual_income": _write(out, "annual_income", _annual_income(drawn, seed, on.year)),
        "income_entry": _write(out, "income_entry", _income_entries(drawn, seed, end)),
    }
    for name in EVENT_TABLES:
        counts[name] = _write(out, name, event_columns(name, drawn, seed, end))
    counts["source"] = _write(out, "source", iter([_sources(end, counts)]))
    return counts


def schema_of(table: str) -> pa.Schema:
    """Return the Arrow schema of a canonical table."""
    return pa.schema([(column.name, _TYPES[column.type]) for column in TABLES[table].columns])


def source_number(table: str) -> int:
    """Return the number of the one source each table's rows name."""
    return list(TABLES).index(table)


def _write(out: Path, table: str, parts: Iterator[dict[str, Any]]) -> int:
    """Write parts of columns under each other; columns not given are NULL, the provenance is filled in."""
    schema, rows = schema_of(table), 0
    plain = [
        field.name for field in schema if field.name not in ("household_id", "person_id", "id_key", "row_no")
    ]
    with pq.ParquetWriter(
        out / f"{table}.parquet", schema, use_dictionary=plain, compression="snappy"
    ) as writer:
        for part in parts:
            count = len(next(iter(part.values())))
            if "source_id" in schema.names and table != "source":
                part["source_id"] = np.full(count, source_number(table))
                part["row_no"] = np.arange(rows + 2, rows + count + 2)
            writer.write_table(
                pa.table([_column(part.get(each.name), each, count) for each in schema], schema=schema),
                row_group_size=_ROW_GROUP,
            )
            rows += count
    return rows


def _column(values: Any, column: pa.Field, count: int) -> pa.Array:
    if values is None:
        return pa.nulls(count, column.type)
    if isinstance(values, np.ndarray):
        values = pa.array(values)
    return values if values.type == column.type else pc.cast(values, column.type)


def _monthly_fen(drawn: HouseholdDraw) -> Array:
    return drawn.net_yuan * 100 // 12


def _income_entries(drawn: HouseholdDraw, seed: int, end: int) -> Iterator[dict[str, Any]]:
    rng = random_stream(seed, "benchmark income")
    count = len(drawn.number)
    main, second = rng.integers(0, len(_MAIN_ITEMS), count), rng.integers(0, len(_SECOND_ITEMS), count)
    main = np.where(drawn.is_dependent, 5, main)
    main_codes = np.array([ITEMS.index(name) for name in _MAIN_ITEMS], dtype=np.int32)[main]
    second_codes = np.array([ITEMS.index(name) for name in _SECOND_ITEMS], dtype=np.int32)[second]
    usual = _monthly_fen(drawn)
    names = pa.array(list(ITEMS))
    for month in range(end - MONTHS, end):
        again = np.flatnonzero((np.arange(count) + month) % 4 == 0)
        homes = np.sort(np.r_[np.arange(count), again], kind="stable")
        is_second = np.r_[False, homes[1:] == homes[:-1]]
        item = np.where(is_second, second_codes[homes], main_codes[homes])
        level = usual if month >= end - 12 else usual * drawn.previous_percent // 100
        wobble = rng.integers(85, 116, len(homes))
        amount = np.where(is_second, level[homes] // 8, level[homes]) * wobble // 100
        day = first_days(np.array([month]))[0]
        yield {
            "household_id": drawn.ids.take(pa.array(homes)),
            "month": np.full(len(homes), day),
            "item": pa.DictionaryArray.from_arrays(pa.array(item.astype(np.int32)), names).cast(pa.string()),
            "amount_fen": amount,
        }


def _annual_income(drawn: HouseholdDraw, seed: int, year: int) -> Iterator[dict[str, Any]]:
    rng = random_stream(seed, "benchmark years")
    count = len(drawn.number)
    size = np.maximum(drawn.size, 1)
    net = drawn.net_yuan * 100
    for each in (year - 1, year - 2, year - 3):
        gross = net * rng.integers(20, 60, count) // 100
        cost = gross * 36 // 100
        wage, transfer = (net - gross + cost) * 6 // 10, (net - gross + cost) * 3 // 10
        yield {
            "household_id": drawn.ids,
            "year": np.full(count, each),
            "wage_fen": wage,
            "business_fen": gross,
            "business_cost_fen": cost,
            "property_fen": net - gross + cost - wage - transfer,
            "transfer_fen": transfer,
            "net_fen": net,
            "net_per_capita_fen": net // size,
        }
        net = net * rng.integers(88, 108, count) // 100


def _sources(end: int, counts: dict[str, int]) -> dict[str, Any]:
    feed_of = {table: feed for feed, (_, table) in FEEDS.items()}
    tables = [name for name in TABLES if name in counts and name != "source"]
    last = first_days(np.array([end - 1]))[0]
    return {
        "source_id": np.array([source_number(name) for name in tables]),
        "feed": pa.array([feed_of.get(name, "registry_household") for name in tables]),
        "file": pa.array([f"{name}.csv" for name in tables]),
        "sheet": pa.array([""] * len(tables)),
        "month": np.full(len(tables), last),
        "sha256": pa.array([f"{source_number(name):064x}" for name in tables]),
        "row_count": np.array([counts[name] for name in tables]),
    }
