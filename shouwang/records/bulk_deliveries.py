"""The rows of deliveries in and out of force, all at once, in the running transaction.

What is in force is a matter of the manifest alone: of a county's committed deliveries the last that one
sender made of a feed's month, each row once, however often and in whatever order deliveries repeat it. The
lake holds every row; these tables hold those in force. `touched_household` collects whom a change concerns.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from django.db.backends.utils import CursorWrapper

from shouwang.domain.tables import FEEDS, TABLES
from shouwang.records.bulk import copy_in, make_temporary, sql_columns
from shouwang.records.bulk_ledgers import ledger_columns
from shouwang.records.models import LEDGERS, DeliverySheet

_ROWS = 50_000
_TOUCHED = "touched_household"


@dataclass(frozen=True)
class BroughtIn:
    """How many rows of a sheet are in force now, and how many stand in force by another delivery."""

    placed: int
    repeated: int


def watch(cursor: CursorWrapper) -> None:
    """Begin to collect the households that the coming changes concern."""
    make_temporary(cursor, _TOUCHED, "id bigint PRIMARY KEY")


def touched(cursor: CursorWrapper) -> list[int]:
    """Return the households concerned since `watch`."""
    cursor.execute(f"SELECT id FROM {_TOUCHED} ORDER BY id")
    return [pk for (pk,) in cursor.fetchall()]


def bring_in(
    cursor: CursorWrapper, sheet: DeliverySheet, path: Path, load_id: int, *, is_stock: bool
) -> BroughtIn:
    """Put a sheet's rows in force that are not: each to whom it belongs today. Idempotent.

    A row belongs to the one present member who has its number, to whom it was placed by hand or match, or to
    the household that it names. is_stock: each delivery is the whole list of its month, so that the same row
    in another month is another row.
    """
    table = FEEDS[sheet.feed][1]
    _read(cursor, table, path)
    _find_homes(cursor, table, sheet)
    repeated = _leave_out_repeated(cursor, table, load_id, sheet.number, is_stock)
    return BroughtIn(_insert(cursor, table, load_id), repeated)


def take_out(cursor: CursorWrapper, feed: str, load_id: int, source_no: int) -> int:
    """Take a sheet's rows out of force; return how many."""
    name = LEDGERS[FEEDS[feed][1]]._meta.db_table
    cursor.execute(
        f"WITH gone AS (DELETE FROM {name} WHERE load_id = %s AND source_no = %s RETURNING household_id), "
        f"noted AS (INSERT INTO {_TOUCHED} SELECT DISTINCT household_id FROM gone WHERE household_id IS NOT "
        "NULL ON CONFLICT DO NOTHING) SELECT count(*) FROM gone",
        [load_id, source_no],
    )
    return int(cursor.fetchone()[0])


def displace(cursor: CursorWrapper, sheet: DeliverySheet, load_id: int) -> int:
    """Set aside the rows that a loaded folder brought for the same feed and month; return how many.

    They come back when no delivery of that month is in force any more (`restore`).
    """
    table = FEEDS[sheet.feed][1]
    name = LEDGERS[table]._meta.db_table
    make_temporary(
        cursor,
        "displaced",
        f"AS SELECT e.* FROM {name} e JOIN records_source o ON o.load_id = e.load_id "
        "AND o.number = e.source_no AND o.feed = %s AND o.month = %s "
        "JOIN records_load l ON l.id = o.load_id AND l.kind <> 'delivery' AND l.county = %s",
        [sheet.feed, sheet.month, sheet.division[:6]],
    )
    _touch(cursor, "SELECT household_id FROM displaced")
    cursor.execute(
        'INSERT INTO records_loadchange (load_id, "table", row_id, before) '
        "SELECT %s, %s, d.id, to_jsonb(d) FROM displaced d",
        [load_id, table],
    )
    cursor.execute(f"DELETE FROM {name} e USING displaced d WHERE e.id = d.id")
    return int(cursor.rowcount)


def restore(cursor: CursorWrapper, sheet: DeliverySheet) -> int:
    """Put back what deliveries of the sheet's feed and month displaced; return how many rows."""
    table = FEEDS[sheet.feed][1]
    name = LEDGERS[table]._meta.db_table
    make_temporary(
        cursor,
        "put_back",
        "AS SELECT c.id AS change_id, c.before FROM records_loadchange c JOIN records_deliverysheet s "
        "ON s.division = %s AND s.feed = %s AND s.month = %s "
        "JOIN records_delivery d ON d.id = s.delivery_id AND d.load_id = c.load_id "
        'WHERE c."table" = %s',
        [sheet.division, sheet.feed, sheet.month, table],
    )
    cursor.execute(f"INSERT INTO {name} SELECT (jsonb_populate_record(NULL::{name}, before)).* FROM put_back")
    count = int(cursor.rowcount)
    _touch(cursor, "SELECT (before->>'household_id')::bigint AS household_id FROM put_back")
    cursor.execute("DELETE FROM records_loadchange c USING put_back p WHERE c.id = p.change_id")
    return count


def _read(cursor: CursorWrapper, table: str, path: Path) -> None:
    """Read a sheet's rows into `delivered`: the canonical columns and id_key."""
    columns = TABLES[table].columns
    make_temporary(cursor, "delivered", f"{sql_columns(columns)}, id_key text")
    names = [*(each.name for each in columns), "id_key"]
    with pq.ParquetFile(path) as file:
        batches = (each.select(names) for each in file.iter_batches(batch_size=_ROWS, columns=names))
        copy_in(cursor, "delivered", names, batches)
    cursor.execute("ANALYZE delivered")


def _find_homes(cursor: CursorWrapper, table: str, sheet: DeliverySheet) -> None:
    """Make `placed`: the delivered rows with home_id, home_division and home_member_id."""
    span = [sheet.division[:6].ljust(12, "0"), sheet.division[:6].ljust(12, "9")]
    make_temporary(
        cursor,
        "known_key",
        "AS SELECT m.id_key, min(m.id) AS member_id, min(m.household_id) AS household_id "
        "FROM records_member m "
        "JOIN records_household h ON h.id = m.household_id AND h.is_present "
        "WHERE m.is_present AND m.id_key <> '' AND m.division BETWEEN %s AND %s "
        "GROUP BY m.id_key HAVING count(*) = 1",
        span,
    )
    is_theirs = (
        "h.number = s.household_id"
        if table == "income_entry"
        else "h.id = coalesce(r.placed_household_id, k.household_id)"
    )
    make_temporary(
        cursor,
        "placed",
        "AS SELECT s.*, h.id AS home_id, h.division AS home_division, "
        "coalesce(r.placed_member_id, k.member_id) AS home_member_id FROM delivered s "
        "LEFT JOIN known_key k ON k.id_key = s.id_key "
        "LEFT JOIN records_deliveryrow r ON r.delivery_id = %s AND r.source_no = s.source_id "
        "AND r.row_no = s.row_no AND r.state = 'placed' "
        f"JOIN records_household h ON h.is_present AND h.division BETWEEN %s AND %s AND {is_theirs}",
        [sheet.delivery_id, *span],
    )


def _leave_out_repeated(
    cursor: CursorWrapper, table: str, load_id: int, source_no: int, is_stock: bool
) -> int:
    """Take from `placed` the rows in force already; return how many of them are so by another delivery.

    Two equal rows of one sheet are two events; the sheet's third is new only where two are in force.
    """
    name = LEDGERS[table]._meta.db_table
    cursor.execute(
        f"DELETE FROM placed p USING {name} e WHERE e.load_id = %s AND e.source_no = %s "
        "AND e.source_no = p.source_id AND e.row_no = p.row_no" + _same_item(table),
        [load_id, source_no],
    )
    facts = [each for each in ledger_columns(table) if each != "delivered_month" or is_stock]
    said = ", ".join(f"{{0}}.{each}" for each in facts)
    new_member, old_member = (", p.home_member_id", ", e.member_id") if _has_person(table) else ("", "")
    make_temporary(
        cursor,
        "in_force",
        f"AS SELECT ROW(e.household_id{old_member}, {said.format('e')})::text AS said, count(*) AS times "
        f"FROM {name} e WHERE e.load_id <> %s AND e.household_id IN (SELECT home_id FROM placed) GROUP BY 1",
        [load_id],
    )
    cursor.execute(
        "WITH numbered AS (SELECT p.ctid AS at, "
        f"ROW(p.home_id{new_member}, {said.format('p')})::text AS said, row_number() OVER ("
        f"PARTITION BY ROW(p.home_id{new_member}, {said.format('p')})::text ORDER BY p.row_no) AS time "
        "FROM placed p) DELETE FROM placed p USING numbered n, in_force f "
        "WHERE p.ctid = n.at AND f.said = n.said AND n.time <= f.times"
    )
    return int(cursor.rowcount)


def _insert(cursor: CursorWrapper, table: str, load_id: int) -> int:
    name = LEDGERS[table]._meta.db_table
    facts = ", ".join(ledger_columns(table))
    member = (", member_id", ", home_member_id") if _has_person(table) else ("", "")
    cursor.execute(
        f"INSERT INTO {name} (household_id, division, load_id, source_no, row_no{member[0]}, {facts}) "
        f"SELECT home_id, home_division, %s, source_id, row_no{member[1]}, {facts} FROM placed",
        [load_id],
    )
    count = int(cursor.rowcount)
    _touch(cursor, "SELECT home_id FROM placed")
    return count


def _touch(cursor: CursorWrapper, query: str) -> None:
    cursor.execute(
        f"INSERT INTO {_TOUCHED} SELECT DISTINCT t.* FROM ({query}) t(id) WHERE t.id IS NOT NULL "
        "ON CONFLICT DO NOTHING"
    )


def _has_person(table: str) -> bool:
    return any(each.name == "person_id" for each in TABLES[table].columns)


def _same_item(table: str) -> str:
    return " AND e.item = p.item" if any(each.name == "item" for each in TABLES[table].columns) else ""
