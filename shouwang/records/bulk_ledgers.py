"""Ledgers and department rows into their tables, all at once; a row that is there already is not added again.

A row is known by its sheet (file content, sheet name, feed), its number in it and its item. What a
feed delivers for a month replaces what an earlier load brought for it; a sheet brought again is compared row
by row.
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from shouwang.domain.tables import TABLES
from shouwang.records.bulk import make_temporary, sql_columns
from shouwang.records.bulk_people import HOUSEHOLDS, MEMBERS
from shouwang.records.models import LEDGERS

_KEYS = ("household_id", "person_id", "source_id", "row_no")
_YEARLY = "annual_income"


@dataclass(frozen=True)
class LedgerCounts:
    """How many rows came in, were there already, and were replaced by what came."""

    new: int
    same: int
    replaced: int


def load_sources(cursor: CursorWrapper, load_id: int) -> None:
    """Write the sheets of the load; `incoming_source` holds them."""
    columns = [column.name for column in TABLES["source"].columns if column.name != "source_id"]
    names = ", ".join(columns)
    values = ", ".join(f"coalesce({name}, '')" if name in ("file", "sheet") else name for name in columns)
    cursor.execute(
        f"INSERT INTO records_source (load_id, number, {names}) SELECT %s, source_id, {values} FROM "
        "incoming_source",
        [load_id],
    )


def prepare_sheets(cursor: CursorWrapper, county: str, load_id: int) -> None:
    """Say of every sheet that an earlier load of the county left rows of what this load means for it.

    `known_sheet`: load_id, number, and `now`, the number of the same sheet in this load, NULL where its month
    is delivered anew by other sheets.
    """
    make_temporary(
        cursor,
        "known_sheet",
        "AS SELECT o.load_id, o.number, n.source_id AS now, o.feed, o.month FROM records_source o "
        "JOIN records_load l ON l.id = o.load_id AND l.county = %s AND l.state = 'done' AND l.id <> %s "
        "AND l.kind <> 'delivery' "
        "LEFT JOIN incoming_source n ON n.sha256 = o.sha256 AND coalesce(n.sheet, '') = o.sheet AND n.feed "
        "= o.feed "
        "WHERE n.source_id IS NOT NULL OR EXISTS (SELECT 1 FROM incoming_source s "
        "WHERE s.feed = o.feed AND s.month = o.month)",
        [county, load_id],
    )


def leave_out_delivered(cursor: CursorWrapper, table: str, county: str) -> int:
    """Take from the incoming rows those of a month that a department delivered itself; return how many."""
    cursor.execute(
        f"DELETE FROM incoming_{table} i USING incoming_source s, records_deliverysheet d "
        "WHERE s.source_id = i.source_id AND d.division = rpad(%s, 12, '0') AND d.is_in_force "
        "AND d.feed = s.feed AND d.month = s.month",
        [county],
    )
    return int(cursor.rowcount)


def ledger_columns(table: str) -> list[str]:
    """Return the fact columns of a ledger, as the canonical table and the records both call them."""
    return [column.name for column in TABLES[table].columns if column.name not in _KEYS]


def make_incoming(cursor: CursorWrapper, table: str) -> None:
    """Make the empty temporary table for a canonical table's rows."""
    make_temporary(cursor, f"incoming_{table}", sql_columns(TABLES[table].columns))


def has_known_sheets(cursor: CursorWrapper) -> bool:
    """Tell whether any row of an earlier load may be met again, or replaced."""
    cursor.execute("SELECT EXISTS (SELECT 1 FROM known_sheet)")
    return bool(cursor.fetchone()[0])


def load_ledger(
    cursor: CursorWrapper, table: str, *, county: str, load_id: int, has_earlier: bool
) -> LedgerCounts:
    """Write the incoming rows of a ledger and take away what they replace, with what that was."""
    replaced = same = 0
    if has_earlier:
        replaced, same = _compare(cursor, table, load_id)
    return LedgerCounts(_insert(cursor, table, county, load_id), same, replaced)


def _insert(cursor: CursorWrapper, table: str, county: str, load_id: int) -> int:
    model = LEDGERS[table]
    facts = ledger_columns(table)
    person, joined = "", ""
    if _has_person(table):
        person = ", m.row_id"
        joined = f" LEFT JOIN {MEMBERS.planned} m ON m.key = s.person_id"
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} (household_id, division, load_id, source_no, row_no"
        f"{', member_id' if person else ''}, {', '.join(facts)}) "
        f"SELECT h.row_id, coalesce(h.division, %s), %s, s.source_id, s.row_no{person}, "
        f"{', '.join(f's.{name}' for name in facts)} FROM incoming_{table} s "
        f"LEFT JOIN {HOUSEHOLDS.planned} h ON h.key = s.household_id{joined}",
        [county.ljust(12, "0"), load_id],
    )
    return int(cursor.rowcount)


def _has_person(table: str) -> bool:
    return any(column.name == "person_id" for column in TABLES[table].columns)


def _compare(cursor: CursorWrapper, table: str, load_id: int) -> tuple[int, int]:
    """Take away the rows that are replaced, and from the incoming those that are there already."""
    name = LEDGERS[table]._meta.db_table
    matched = _yearly_match(name) if table == _YEARLY else _sheet_match(name, table)
    make_temporary(
        cursor,
        "known_row",
        f"AS SELECT k.id, k.row, k.is_kept, "
        f"k.row IS NOT NULL AND {_is_same(table)} AS is_same FROM ({matched}) k "
        f"JOIN {name} e ON e.id = k.id LEFT JOIN incoming_{table} s ON s.ctid = k.row "
        f"LEFT JOIN {HOUSEHOLDS.planned} h ON h.key = s.household_id"
        + (f" LEFT JOIN {MEMBERS.planned} m ON m.key = s.person_id" if _has_person(table) else ""),
    )
    cursor.execute(f"DELETE FROM incoming_{table} s USING known_row k WHERE k.is_same AND s.ctid = k.row")
    same = cursor.rowcount
    goes = "e.id = k.id AND NOT k.is_same AND NOT k.is_kept"
    cursor.execute(
        f'INSERT INTO records_loadchange (load_id, "table", row_id, before) '
        f"SELECT %s, %s, e.id, to_jsonb(e) FROM {name} e, known_row k WHERE {goes}",
        [load_id, table],
    )
    cursor.execute(f"DELETE FROM {name} e USING known_row k WHERE {goes}")
    replaced = cursor.rowcount
    return int(replaced), int(same)


def _sheet_match(name: str, table: str) -> str:
    """Pair the rows of known sheets with the same rows now.

    `is_kept`: the sheet is here again but does not tell of this row any more, as the person is no longer
    found in the registry; the row stays.
    """
    item = " AND s.item = e.item" if any(column.name == "item" for column in TABLES[table].columns) else ""
    return (
        f"SELECT e.id, s.ctid AS row, (f.now IS NOT NULL AND s.ctid IS NULL) AS is_kept FROM {name} e "
        "JOIN known_sheet f ON f.load_id = e.load_id AND f.number = e.source_no "
        f"LEFT JOIN incoming_{table} s ON s.source_id = f.now AND s.row_no = e.row_no{item}"
    )


def _yearly_match(name: str) -> str:
    """Pair a household's income of a year with the same now, whichever sheet told it."""
    return (
        f"SELECT e.id, s.ctid AS row, false AS is_kept FROM {name} e "
        f"JOIN {HOUSEHOLDS.planned} h ON h.row_id = e.household_id "
        f"JOIN incoming_{_YEARLY} s ON s.household_id = h.key AND s.year = e.year"
    )


def _is_same(table: str) -> str:
    facts = ledger_columns(table)
    new, old = (", ".join(f"{alias}.{name}" for name in facts) for alias in "se")
    person = (", m.row_id", ", e.member_id") if _has_person(table) else ("", "")
    return f"ROW(h.row_id, {new}{person[0]}) IS NOT DISTINCT FROM ROW(e.household_id, {old}{person[1]})"
