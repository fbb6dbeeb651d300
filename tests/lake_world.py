"""A small province in a lake: three counties under different packs, whose people were never born."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.lake_snapshots import CountySnapshot, commit_snapshot
from shouwang.domain.tables import FEEDS
from shouwang.records.lake_snapshots import put_files
from shouwang.synthetic.benchmark import make_benchmark_tables

ON = date(2026, 6, 30)
# Two with a pack of their own, and one under the province's.
COUNTIES = ("530521", "532328", "530524")
EVERY_FEED = frozenset(FEEDS)
FEW_FEEDS = EVERY_FEED - {"medical", "petitions"}
_KEYS = ("household_id", "person_id")


def county_tables(county: str, folder: Path, households: int = 60) -> dict[str, Path]:
    """Write a county's canonical tables, whose numbers no other county uses."""
    counts = make_benchmark_tables(households, int(county), folder, county=county, on=ON)
    for name in counts:
        path = folder / f"{name}.parquet"
        table = pq.read_table(path)
        for key in set(_KEYS) & set(table.column_names):
            place = table.schema.get_field_index(key)
            numbered = pc.binary_join_element_wise(pa.scalar(county), table[key], pa.scalar(""))
            table = table.set_column(place, key, numbered)
        pq.write_table(table, path)
    return {name: folder / f"{name}.parquet" for name in counts}


def put_county(
    lake: Path, county: str, tables: Mapping[str, Path], feeds: frozenset[str] = EVERY_FEED, on: date = ON
) -> CountySnapshot:
    """Put a county's tables into a lake, committed."""
    made = put_files(
        lake=lake, county=county, on=on, tables=tables, feeds=feeds, taken_at="2026-06-30T22:00:00+08:00"
    )
    commit_snapshot(made)
    return made


def small_province(folder: Path, few: str = COUNTIES[2]) -> Path:
    """Make a lake of the three counties, one of them with fewer feeds."""
    lake = folder / "lake"
    for county in COUNTIES:
        tables = county_tables(county, folder / county)
        put_county(lake, county, tables, FEW_FEEDS if county == few else EVERY_FEED)
    return lake
