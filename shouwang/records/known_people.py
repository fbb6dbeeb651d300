"""Whom a delivery may be matched to: the present members of a county by blind index, and its households."""

import pyarrow as pa
from django.db import connection

from shouwang.domain.tables import Column
from shouwang.records.bulk import copy_out

_MEMBERS = (
    "SELECT m.id_key, m.code AS person_id, h.number AS household_id FROM records_member m "
    "JOIN records_household h ON h.id = m.household_id "
    "WHERE m.is_present AND h.is_present AND m.id_key <> '' AND m.division BETWEEN %(low)s AND %(high)s"
)
_NEWLY_KNOWN = (
    "SELECT r.delivery_id, r.id, min(m.id) FROM records_deliveryrow r "
    "JOIN records_delivery d ON d.id = r.delivery_id AND d.state = 'committed' "
    "JOIN records_member m ON m.id_key = r.id_key AND m.is_present "
    "AND left(m.division, 6) = left(r.division, 6) "
    "JOIN records_household h ON h.id = m.household_id AND h.is_present "
    "WHERE r.state = 'waiting' AND r.id_key <> '' GROUP BY r.delivery_id, r.id HAVING count(*) = 1 "
    "ORDER BY r.delivery_id, r.id"
)
_HOUSEHOLDS = (
    "SELECT number FROM records_household WHERE is_present AND division BETWEEN %(low)s AND %(high)s"
)


def known_members(county: str) -> pa.Table:
    """Return one row per present member with a number: id_key, person_id, household_id."""
    columns = [Column(name, "text", name) for name in ("id_key", "person_id", "household_id")]
    batches = list(copy_out(_MEMBERS, _span(county), columns))
    schema = pa.schema([(each.name, pa.string()) for each in columns])
    return pa.Table.from_batches(batches, schema)


def known_households(county: str) -> pa.Array:
    """Return the numbers of the present households."""
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, _span(county))
        return pa.array([number for (number,) in cursor.fetchall()], pa.string())


def _span(county: str) -> dict[str, object]:
    return {"low": county.ljust(12, "0"), "high": county.ljust(12, "9")}


def newly_known() -> list[tuple[int, int, int]]:
    """Return delivery, row and member of waiting rows whose number one member of the county has now."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWLY_KNOWN)
        return [(delivery, row, member) for delivery, row, member in cursor.fetchall()]
