"""What became of a registry's rows, counted, and the sizes that it does not state."""

from django.db.backends.utils import CursorWrapper

from shouwang.records.bulk_people import FATES, HOUSEHOLDS, MEMBERS, Kind


def fates(cursor: CursorWrapper, kind: Kind, low: str, high: str) -> dict[str, int]:
    """Return how many rows have each fate, how many were held back in part, how many the registry lacks."""
    cursor.execute(
        f"SELECT fate, count(*), count(*) FILTER (WHERE is_held) FROM {kind.planned} GROUP BY fate"
    )
    rows = cursor.fetchall()
    found = {fate: 0 for fate in FATES} | {fate: count for fate, count, _ in rows}
    cursor.execute(
        f"SELECT count(*) FROM {kind.table} r WHERE r.division BETWEEN %s AND %s AND r.is_present "
        f"AND NOT EXISTS (SELECT 1 FROM {kind.planned} p WHERE p.key = r.{kind.key})",
        [low, high],
    )
    return {**found, "held": sum(held for _, _, held in rows), "missing": cursor.fetchone()[0]}


def count_members(cursor: CursorWrapper) -> None:
    """Fill the size of a new household that the registry does not state with the number of its members."""
    cursor.execute(
        f"UPDATE {HOUSEHOLDS.table} r SET member_count = c.size FROM (SELECT p.row_id, count(m.key) AS size "
        f"FROM {HOUSEHOLDS.planned} p JOIN {MEMBERS.planned} m ON m.home_id = p.row_id WHERE p.fate = 'new' "
        "AND p.stated_member_count IS NULL GROUP BY p.row_id) c WHERE r.id = c.row_id"
    )
