"""A county's findings of data quality into the records, all rows at once: new, still, back, mended, gone."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

import pyarrow as pa
from django.db import connection
from django.db.backends.utils import CursorWrapper

from shouwang.records.bulk import copy_in, expect_whole_tables, make_temporary

FOUND_CHECKS = pa.schema([(name, pa.string()) for name in ("check_name", "number", "code", "shown")])
UNKNOWN_CHECKS = pa.schema([(name, pa.string()) for name in ("check_name", "number", "code")])
_TABLE = "records_qualityfinding"
_META = ("check_name", "pack", "label", "severity", "kind", "feed", "field")
# A finding that stands, and those that were closed and may come back.
_STANDING = "q.state IN ('open', 'explained')"


@dataclass(frozen=True)
class AskedCheck:
    """What a finding says of its check; `is_judged` is false where nobody could answer it this time."""

    check_name: str
    pack: str
    label: str
    severity: str
    kind: str
    feed: str
    field: str
    days: int
    is_judged: bool


@dataclass(frozen=True)
class Stored:
    """What became of the findings of a county."""

    new: int
    still: int
    back: int
    mended: int
    gone: int


def store_checks(
    run_on: date,
    county: str,
    checks: Iterable[AskedCheck],
    found: Iterable[pa.RecordBatch],
    unknown: Iterable[pa.RecordBatch],
) -> Stored:
    """Bring the findings of a county in line with a run.

    found, unknown: batches of FOUND_CHECKS (`shown` is a JSON object) and UNKNOWN_CHECKS. What is unknown
    now, or was not judged, stays as it is.
    """
    values = {"on": run_on, "low": county.ljust(12, "0"), "high": county.ljust(12, "9")}
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        _bring_in(cursor, checks, found, unknown)
        still, back = _update(cursor, values)
        new = _insert(cursor, values)
        gone = _close(cursor, values, "gone", _IS_GONE)
        mended = _close(cursor, values, "mended", _IS_MENDED)
    return Stored(new, still, back, mended, gone)


def _bring_in(
    cursor: CursorWrapper,
    checks: Iterable[AskedCheck],
    found: Iterable[pa.RecordBatch],
    unknown: Iterable[pa.RecordBatch],
) -> None:
    columns = ", ".join(f"{name} text" for name in _META)
    make_temporary(cursor, "asked_check", f"{columns}, days int, is_judged boolean")
    names = (*_META, "days", "is_judged")
    cursor.executemany(
        f"INSERT INTO asked_check ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",
        [[asdict(each)[name] for name in names] for each in checks],
    )
    make_temporary(cursor, "found_check", "check_name text, number text, code text, shown text")
    copy_in(cursor, "found_check", FOUND_CHECKS.names, found)
    make_temporary(
        cursor,
        "met_check",
        "AS SELECT f.check_name, h.id AS household_id, h.division, m.id AS member_id, "
        "f.shown::jsonb AS values, c.pack, c.label, c.severity, c.kind, c.feed, c.field, c.days "
        "FROM found_check f JOIN asked_check c ON c.check_name = f.check_name "
        "JOIN records_household h ON h.number = f.number AND h.is_present "
        "LEFT JOIN records_member m ON m.code = f.code AND m.household_id = h.id AND m.is_present "
        "WHERE f.code IS NULL OR m.id IS NOT NULL",
    )
    make_temporary(cursor, "unknown_check", "check_name text, number text, code text")
    copy_in(cursor, "unknown_check", UNKNOWN_CHECKS.names, unknown)


_SAME = (
    "q.household_id = f.household_id AND q.check_name = f.check_name "
    "AND coalesce(q.member_id, 0) = coalesce(f.member_id, 0)"
)


def _update(cursor: CursorWrapper, values: Mapping[str, object]) -> tuple[int, int]:
    """Renew those found again; an explained one whose values changed, and a closed one, is open anew."""
    is_back = "(q.state IN ('mended', 'gone') OR (q.state = 'explained' AND q.values <> f.values))"
    cursor.execute(f"SELECT count(*) FROM met_check f JOIN {_TABLE} q ON {_SAME} WHERE {is_back}")
    (back,) = cursor.fetchone()
    cursor.execute(
        f"UPDATE {_TABLE} q SET values = f.values, pack = f.pack, label = f.label, severity = f.severity, "
        "kind = f.kind, feed = f.feed, field = f.field, last_seen_on = %(on)s, division = f.division, "
        f"state = CASE WHEN {is_back} THEN 'open' ELSE q.state END, "
        f"due_on = CASE WHEN {is_back} THEN %(on)s::date + f.days ELSE q.due_on END, closed_on = NULL, "
        f"times_back = q.times_back + {is_back}::int, version = q.version + {is_back}::int "
        f"FROM met_check f WHERE {_SAME}",
        values,
    )
    return int(cursor.rowcount) - int(back), int(back)


def _insert(cursor: CursorWrapper, values: Mapping[str, object]) -> int:
    cursor.execute(
        f"INSERT INTO {_TABLE} (household_id, division, member_id, {', '.join(_META)}, values, state, "
        "first_seen_on, last_seen_on, due_on, times_back, explanation, version) "
        f"SELECT f.household_id, f.division, f.member_id, {', '.join(f'f.{name}' for name in _META)}, "
        "f.values, 'open', %(on)s, %(on)s, %(on)s::date + f.days, 0, '', 1 FROM met_check f "
        f"LEFT JOIN {_TABLE} q ON {_SAME} WHERE q.id IS NULL ORDER BY f.division, f.household_id",
        values,
    )
    return int(cursor.rowcount)


# What stands and was not found: the household, the member or the check is no more.
_IS_GONE = (
    "NOT EXISTS (SELECT 1 FROM asked_check c WHERE c.check_name = q.check_name) "
    "OR NOT EXISTS (SELECT 1 FROM records_household h WHERE h.id = q.household_id AND h.is_present) "
    "OR (q.member_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_member m WHERE m.id = q.member_id "
    "AND m.household_id = q.household_id AND m.is_present))"
)
_IS_MENDED = (
    "EXISTS (SELECT 1 FROM asked_check c WHERE c.check_name = q.check_name AND c.is_judged) "
    "AND NOT EXISTS (SELECT 1 FROM unknown_check u JOIN records_household h ON h.number = u.number "
    "LEFT JOIN records_member m ON m.code = u.code WHERE h.id = q.household_id "
    "AND u.check_name = q.check_name AND coalesce(m.id, 0) = coalesce(q.member_id, 0))"
)


def _close(cursor: CursorWrapper, values: Mapping[str, object], state: str, condition: str) -> int:
    cursor.execute(
        f"UPDATE {_TABLE} q SET state = '{state}', closed_on = %(on)s, version = q.version + 1 "
        f"WHERE q.division BETWEEN %(low)s AND %(high)s AND {_STANDING} "
        f"AND NOT EXISTS (SELECT 1 FROM met_check f WHERE {_SAME}) AND ({condition})",
        values,
    )
    return int(cursor.rowcount)


def standing_households(county: str) -> list[str]:
    """Return the numbers of the households of a county with a finding that stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT h.number FROM {_TABLE} q JOIN records_household h ON h.id = q.household_id "
            f"WHERE q.division BETWEEN %s AND %s AND {_STANDING}",
            [county.ljust(12, "0"), county.ljust(12, "9")],
        )
        return [number for (number,) in cursor.fetchall()]
