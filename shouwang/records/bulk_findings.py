"""A screening's findings and grades into the records, all rows at once."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
from django.db import connection
from django.db.backends.utils import CursorWrapper

from shouwang.records.bulk import copy_in, expect_whole_tables, make_temporary
from shouwang.records.models import Finding
from shouwang.records.models.runs import FULL

_FOUND = [
    ("number", "text"), ("rule", "text"), ("label", "text"), ("pack", "text"), ("kind", "text"),
    ("risk", "text"),
    ("grade", "text"), ("clause", "text"), ("reason", "text"), ("evidence", "text"),
]  # fmt: skip
FOUND = pa.schema([(name, pa.string()) for name, _ in _FOUND])
GRADED = pa.schema([("number", pa.string()), ("grade", pa.string())])
_FINDING = Finding._meta.db_table
_NAMES = FOUND.names[1:-1]


def store_findings(
    run_id: int,
    found: Iterable[pa.RecordBatch],
    graded: Iterable[pa.RecordBatch],
    county: str,
    *,
    households: Sequence[int] | None = None,
) -> int:
    """Write a run's findings, and the grade of every household it answers for; return how many findings.

    found: batches of FOUND; graded: batches of GRADED, one row a household with a grade. households: the ids
    of those the run answers for, all of the county where None.
    """
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        _read(cursor, found)
        count = _insert(cursor, run_id)
        _grade(cursor, graded, county, households)
    return count


def store_changes(
    run_id: int, found: Iterable[pa.RecordBatch], graded: Iterable[pa.RecordBatch], county: str
) -> tuple[int, list[int]]:
    """Write what a run of all of a county found of those households of which it differs from the last run.

    Return how many findings were written, and the households. There is an earlier full run.
    """
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        _read(cursor, found)
        _compare(cursor, run_id, county)
        cursor.execute("SELECT household_id FROM changed ORDER BY 1")
        households = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(
            "DELETE FROM found f USING records_household h WHERE h.number = f.number "
            "AND h.id NOT IN (SELECT household_id FROM changed)"
        )
        count = _insert(cursor, run_id)
        _grade(cursor, graded, county, None)
    return count, households


def _read(cursor: CursorWrapper, found: Iterable[pa.RecordBatch]) -> None:
    make_temporary(cursor, "found", ", ".join(f"{name} {type_}" for name, type_ in _FOUND))
    copy_in(cursor, "found", FOUND.names, found)
    cursor.execute("ANALYZE found")


def _insert(cursor: CursorWrapper, run_id: int) -> int:
    cursor.execute(
        f"INSERT INTO {_FINDING} (run_id, household_id, division, {', '.join(_NAMES)}, evidence) "
        f"SELECT %s, h.id, h.division, {', '.join(f'f.{name}' for name in _NAMES)}, "
        "f.evidence::jsonb FROM found f JOIN records_household h ON h.number = f.number",
        [run_id],
    )
    return int(cursor.rowcount)


def _compare(cursor: CursorWrapper, run_id: int, county: str) -> None:
    """Make `changed`: the households that are found other than by the last run that answered for each."""
    parameters = {"run": run_id, "county": county, "full": FULL, **_span(county)}
    make_temporary(
        cursor,
        "last_run",
        "AS WITH earlier AS (SELECT id, kind, households FROM records_screeningrun WHERE county = %(county)s "
        "AND id < %(run)s), whole AS (SELECT max(id) AS id FROM earlier WHERE kind = %(full)s) "
        "SELECT household_id, max(run_id) AS run_id FROM (SELECT h.id AS household_id, whole.id AS run_id "
        "FROM records_household h, whole WHERE h.division BETWEEN %(low)s AND %(high)s UNION ALL "
        "SELECT unnest(e.households), e.id FROM earlier e, whole WHERE e.kind <> %(full)s AND e.id > whole.id"
        ") runs GROUP BY household_id",
        parameters,
    )
    make_temporary(
        cursor,
        "changed",
        f"AS SELECT household_id FROM (SELECT o.household_id, {_said('o')} AS said FROM {_FINDING} o "
        "JOIN last_run l ON l.household_id = o.household_id AND l.run_id = o.run_id GROUP BY 1) before "
        f"FULL JOIN (SELECT h.id AS household_id, {_said('n')} AS said FROM found n "
        "JOIN records_household h ON h.number = n.number GROUP BY 1) now USING (household_id) "
        "WHERE before.said IS DISTINCT FROM now.said",
    )


def _said(alias: str) -> str:
    """Return a digest of all that a household was found, whatever the order and the run."""
    row = f"md5(ROW({', '.join(f'{alias}.{name}' for name in _NAMES)}, {alias}.evidence::jsonb)::text)"
    return f"md5(string_agg({row}, '' ORDER BY {row}))"


def _grade(
    cursor: CursorWrapper,
    graded: Iterable[pa.RecordBatch],
    county: str,
    households: Sequence[int] | None,
) -> None:
    reached = "" if households is None else "AND h.id = ANY(%(households)s) "
    make_temporary(cursor, "graded", "number text PRIMARY KEY, grade text")
    copy_in(cursor, "graded", GRADED.names, graded)
    cursor.execute("ANALYZE graded")
    cursor.execute(
        "UPDATE records_household r SET grade = n.grade FROM (SELECT h.id, coalesce(g.grade, '') AS grade "
        "FROM records_household h LEFT JOIN graded g ON g.number = h.number "
        f"WHERE h.division BETWEEN %(low)s AND %(high)s {reached}) n "
        "WHERE n.id = r.id AND n.grade <> r.grade",
        {**_span(county), "households": None if households is None else list(households)},
    )


def _span(county: str) -> dict[str, str]:
    return {"low": county.ljust(12, "0"), "high": county.ljust(12, "9")}
