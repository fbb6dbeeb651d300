"""A county of the records, or some of its households, as the tables a screening reads."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from shouwang.domain.tables import TABLES, Column
from shouwang.records.bulk import copy_out
from shouwang.records.models import LEDGERS

_IN_FORCE = "v.from_on <= %(on)s AND (v.to_on IS NULL OR v.to_on > %(on)s)"
# A source is known by the load that brought it and its number there; a run numbers them anew.
_SOURCES = (
    "(SELECT s.*, row_number() OVER (ORDER BY s.load_id, s.number) AS source_id FROM records_source s "
    "JOIN records_load l ON l.id = s.load_id AND l.county = %(county)s AND l.state = 'done')"
)
_OWN = {
    "household": {
        "household_id": "r.number",
        "division": "v.division",
        # A contact person named in this system counts as one that the registry names.
        "has_contact_person": "CASE WHEN r.contact_id IS NOT NULL THEN true ELSE v.has_contact_person END",
    },
    "member": {"person_id": "r.code", "household_id": "h.number", "id_key": "nullif(r.id_key, '')"},
}
_OWNERS = {"household": "r.id", "member": "r.household_id"}


def export_tables(
    county: str, on: date, folder: Path, *, households: Sequence[int] | None = None
) -> dict[str, Path]:
    """Write every canonical table of a county as it stands on a day; return the files by name.

    households: the ids of those whose rows are wanted, all where None.
    """
    parameters = {"county": county, "on": on, "low": county.ljust(12, "0"), "high": county.ljust(12, "9")}
    if households is not None:
        parameters["households"] = list(households)
    written = {}
    for name, table in TABLES.items():
        query = _query(name, table.columns)
        if households is not None and name != "source":
            query += f" AND {_OWNERS.get(name, 'e.household_id')} = ANY(%(households)s)"
        written[name] = _written(name, copy_out(query, parameters, table.columns), folder)
    return written


def delivered_feeds(county: str) -> frozenset[str]:
    """Return the feeds that some load of the county has brought."""
    query = (
        "SELECT DISTINCT s.feed FROM records_source s JOIN records_load l ON l.id = s.load_id "
        "WHERE l.county = %s AND l.state = 'done'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [county])
        return frozenset(feed for (feed,) in cursor.fetchall())


def household_rows(
    number: str, county: str, on: date, tables: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of one household on a day, as `export_tables` would write them."""
    parameters = {"county": county, "on": on, "low": county.ljust(12, "0"), "high": county.ljust(12, "9")}
    found = {}
    with connection.cursor() as cursor:
        for name in tables:
            columns = TABLES[name].columns
            owner = "r" if name == "household" else "h"
            query = f"{_query(name, columns)} AND {owner}.number = %(number)s"
            cursor.execute(query, {**parameters, "number": number})
            names = [each.name for each in columns]
            found[name] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def delivered_sheets(county: str) -> list[dict[str, object]]:
    """Return feed and month of every sheet that a load of the county has brought."""
    query = (
        "SELECT DISTINCT s.feed, s.month FROM records_source s JOIN records_load l ON l.id = s.load_id "
        "WHERE l.county = %s AND l.state = 'done'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [county])
        return [{"feed": feed, "month": month} for feed, month in cursor.fetchall()]


def _query(name: str, columns: Iterable[Column]) -> str:
    if name == "source":
        return f"SELECT {', '.join(_source_column(each.name) for each in columns)} FROM {_SOURCES} src"
    if name in _OWN:
        return _versions_query(name, columns)
    return _ledger_query(name, columns)


def _source_column(name: str) -> str:
    return f"src.{name}"


def _versions_query(name: str, columns: Iterable[Column]) -> str:
    own = {**_OWN[name], "source_id": "src.source_id"}
    chosen = ", ".join(f"{own.get(each.name, f'v.{each.name}')} AS {each.name}" for each in columns)
    home = "JOIN records_household h ON h.id = v.household_id AND h.is_present" if name == "member" else ""
    return (
        f"SELECT {chosen} FROM records_{name} r JOIN records_{name}version v ON v.{name}_id = r.id AND "
        f"{_IN_FORCE} "
        f"{home} LEFT JOIN {_SOURCES} src ON src.load_id = v.load_id AND src.number = v.source_id "
        "WHERE r.is_present AND v.division BETWEEN %(low)s AND %(high)s"
    )


def _ledger_query(name: str, columns: Iterable[Column]) -> str:
    own = {"household_id": "h.number", "source_id": "src.source_id", "person_id": "m.code"}
    chosen = ", ".join(f"{own.get(each.name, f'e.{each.name}')} AS {each.name}" for each in columns)
    has_person = any(each.name == "person_id" for each in columns)
    person = "LEFT JOIN records_member m ON m.id = e.member_id " if has_person else ""
    return (
        f"SELECT {chosen} FROM {LEDGERS[name]._meta.db_table} e "
        f"JOIN records_household h ON h.id = e.household_id AND h.is_present {person}"
        f"LEFT JOIN {_SOURCES} src ON src.load_id = e.load_id AND src.number = e.source_no "
        "WHERE e.division BETWEEN %(low)s AND %(high)s"
    )


def _written(name: str, batches: Iterator[pa.RecordBatch], folder: Path) -> Path:
    """Write batches into the table's file; one without rows still has its columns."""
    types = {
        "text": pa.string(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "int": pa.int64(),
        "fen": pa.int64(),
    }
    schema = pa.schema([(each.name, types[each.type]) for each in TABLES[name].columns])
    path = folder / f"{name}.parquet"
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    return path
