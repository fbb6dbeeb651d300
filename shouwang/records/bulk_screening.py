"""A county of the records as the tables a screening reads, and its findings back, all rows at once."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from shouwang.domain.tables import TABLES, Column
from shouwang.records.bulk import copy_in, copy_out, expect_whole_tables, make_temporary
from shouwang.records.models import LEDGERS, Finding

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
_FOUND = [
    ("number", "text"), ("rule", "text"), ("label", "text"), ("pack", "text"), ("kind", "text"),
    ("risk", "text"),
    ("grade", "text"), ("clause", "text"), ("reason", "text"), ("evidence", "text"),
]  # fmt: skip
FOUND = pa.schema([(name, pa.string()) for name, _ in _FOUND])
GRADED = pa.schema([("number", pa.string()), ("grade", pa.string())])


def export_tables(county: str, on: date, folder: Path) -> dict[str, Path]:
    """Write every canonical table of a county as it stands on a day; return the files by name."""
    parameters = {"county": county, "on": on, "low": county.ljust(12, "0"), "high": county.ljust(12, "9")}
    written = {}
    for name, table in TABLES.items():
        query = _query(name, table.columns)
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


def store_findings(
    run_id: int, found: Iterable[pa.RecordBatch], graded: Iterable[pa.RecordBatch], county: str
) -> int:
    """Write a run's findings, and the grade of every household of the county; return how many findings.

    found: batches of FOUND; graded: batches of GRADED, one row a household with a grade.
    """
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        make_temporary(cursor, "found", ", ".join(f"{name} {type_}" for name, type_ in _FOUND))
        copy_in(cursor, "found", FOUND.names, found)
        names = ", ".join(FOUND.names[1:-1])
        cursor.execute(
            f"INSERT INTO {Finding._meta.db_table} (run_id, household_id, division, {names}, evidence) "
            f"SELECT %s, h.id, h.division, {', '.join(f'f.{name}' for name in FOUND.names[1:-1])}, "
            "f.evidence::jsonb FROM found f JOIN records_household h ON h.number = f.number",
            [run_id],
        )
        count = int(cursor.rowcount)
        make_temporary(cursor, "graded", "number text PRIMARY KEY, grade text")
        copy_in(cursor, "graded", GRADED.names, graded)
        cursor.execute("ANALYZE graded")
        cursor.execute(
            "UPDATE records_household r SET grade = n.grade FROM (SELECT h.id, coalesce(g.grade, '') AS "
            "grade "
            "FROM records_household h LEFT JOIN graded g ON g.number = h.number "
            "WHERE h.division BETWEEN %s AND %s) n WHERE n.id = r.id AND n.grade <> r.grade",
            [county.ljust(12, "0"), county.ljust(12, "9")],
        )
    return count
