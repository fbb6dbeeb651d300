"""A load taken back: every row it wrote goes, every row it changed is as it was."""

from collections.abc import Iterator

from django.apps import apps
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, Model

from shouwang.records.bulk import make_temporary
from shouwang.records.bulk_people import HOUSEHOLDS, MEMBERS, Kind, written_columns
from shouwang.records.models import LEDGERS, Finding, Household, HouseholdVersion, Member, MemberVersion

_MOST_NAMED = 10
_VERSIONS: dict[str, type[Model]] = {"householdversion": HouseholdVersion, "memberversion": MemberVersion}


def mark_new(cursor: CursorWrapper, load_id: int) -> None:
    """Keep the ids of the load's new households and members in `undone_household`, `undone_member`."""
    for kind in (HOUSEHOLDS, MEMBERS):
        make_temporary(
            cursor,
            f"undone_{kind.name}",
            f"AS SELECT DISTINCT {kind.name}_id AS id FROM {kind.versions} WHERE load_id = %s EXCEPT "
            'SELECT row_id FROM records_loadchange WHERE load_id = %s AND "table" = %s',
            [load_id, load_id, kind.name],
        )
        cursor.execute(f"CREATE UNIQUE INDEX ON undone_{kind.name} (id)")


def edited_since(cursor: CursorWrapper, load_id: int) -> tuple[int, list[str]]:
    """Return how many households have changed since the load, with the numbers of the first few."""
    cursor.execute(
        "WITH touched AS ("
        "SELECT v.household_id FROM records_householdversion v JOIN records_load l ON l.id = v.load_id "
        "WHERE l.id = %s AND (v.to_on IS NOT NULL OR v.change <> 'load' OR v.recorded_at <> l.started_at) "
        "UNION SELECT v.household_id FROM records_memberversion v JOIN records_load l ON l.id = v.load_id "
        "WHERE l.id = %s AND (v.to_on IS NOT NULL OR v.change <> 'load' OR v.recorded_at <> l.started_at) "
        "UNION SELECT h.id FROM records_household h JOIN records_loadchange c ON c.row_id = h.id "
        "AND c.load_id = %s AND c.\"table\" = 'household' WHERE h.version <> (c.before->>'version')::int + 1 "
        "UNION SELECT h.id FROM records_household h JOIN undone_household u ON u.id = h.id WHERE h.version "
        "<> 1) "
        "SELECT count(*) OVER (), h.number FROM touched t JOIN records_household h ON h.id = t.household_id "
        "ORDER BY h.number LIMIT %s",
        [load_id, load_id, load_id, _MOST_NAMED],
    )
    rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [number for _, number in rows]


def leaning_on(cursor: CursorWrapper, load_id: int) -> dict[str, int]:
    """Return how many rows of each table, by its Chinese name, are about new households or members."""
    found: dict[str, int] = {}
    for model, column, kind in _references():
        condition = "AND t.load_id IS DISTINCT FROM %s" if _has(model, "load") else ""
        if model is Member:
            condition = (
                "AND t.id NOT IN (SELECT id FROM undone_member) AND t.id NOT IN (SELECT row_id "
                "FROM records_loadchange WHERE load_id = %s AND \"table\" = 'member')"
            )
        cursor.execute(
            f"SELECT count(*) FROM {model._meta.db_table} t JOIN undone_{kind} u ON u.id = t.{column} "
            f"WHERE true {condition}",
            [load_id] if "%s" in condition else [],
        )
        if count := cursor.fetchone()[0]:
            label = str(model._meta.verbose_name)
            found[label] = found.get(label, 0) + count
    return found


def _references() -> Iterator[tuple[type[Model], str, str]]:
    """Yield table, column and what it refers to; findings are no work, and go with their household."""
    kinds = {Household: "household", Member: "member"}
    for model in apps.get_app_config("records").get_models():
        for field in model._meta.fields:
            if isinstance(field, ForeignKey) and field.related_model in kinds and model is not Finding:
                yield model, field.column, kinds[field.related_model]


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.fields)


def moved_back(cursor: CursorWrapper, load_id: int) -> dict[str, list[int]]:
    """Return the households that the load moved, by the village they were in before."""
    cursor.execute(
        "SELECT c.before->>'division', array_agg(r.id) FROM records_loadchange c "
        "JOIN records_household r ON r.id = c.row_id WHERE c.load_id = %s AND c.\"table\" = 'household' "
        "AND c.before->>'division' <> r.division GROUP BY 1",
        [load_id],
    )
    return dict(cursor.fetchall())


def take_back(cursor: CursorWrapper, load_id: int) -> dict[str, int]:
    """Undo every row of the load; return how many were taken away, how many put back."""
    away = back = 0
    for table, model in LEDGERS.items():
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE load_id = %s", [load_id])
        away += cursor.rowcount
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} SELECT "
            f"(jsonb_populate_record(NULL::{model._meta.db_table}, before)).* "
            'FROM records_loadchange WHERE load_id = %s AND "table" = %s',
            [load_id, table],
        )
        back += cursor.rowcount
    for kind in (MEMBERS, HOUSEHOLDS):
        more_away, more_back = _take_back_people(cursor, kind, load_id)
        away, back = away + more_away, back + more_back
    cursor.execute("DELETE FROM records_source WHERE load_id = %s", [load_id])
    cursor.execute("DELETE FROM records_loadchange WHERE load_id = %s", [load_id])
    return {"removed": away, "restored": back}


def _take_back_people(cursor: CursorWrapper, kind: Kind, load_id: int) -> tuple[int, int]:
    version = f"{kind.name}version"
    cursor.execute(
        f"DELETE FROM {kind.versions} v WHERE load_id = %s AND NOT EXISTS (SELECT 1 FROM "
        "records_loadchange c "
        'WHERE c.load_id = %s AND c."table" = %s AND c.row_id = v.id)',
        [load_id, load_id, version],
    )
    away = cursor.rowcount
    back = _put_back(cursor, kind.versions, version, load_id, _columns(_VERSIONS[version]), "c.before ? 'id'")
    back += _put_back(cursor, kind.versions, version, load_id, ["to_on"], "NOT c.before ? 'id'")
    back += _put_back(
        cursor, kind.table, kind.name, load_id, [*written_columns(kind), *_counted(kind)], "true"
    )
    if kind is HOUSEHOLDS:
        cursor.execute("DELETE FROM records_finding WHERE household_id IN (SELECT id FROM undone_household)")
    cursor.execute(f"DELETE FROM {kind.table} r USING undone_{kind.name} u WHERE u.id = r.id")
    return away + cursor.rowcount, back


def _put_back(
    cursor: CursorWrapper, table: str, named: str, load_id: int, columns: list[str], condition: str
) -> int:
    assigned = ", ".join(f"{column} = b.{column}" for column in columns)
    cursor.execute(
        f"UPDATE {table} r SET {assigned} FROM records_loadchange c "
        f"CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, c.before) b "
        f'WHERE c.load_id = %s AND c."table" = %s AND c.row_id = r.id AND {condition}',
        [load_id, named],
    )
    return int(cursor.rowcount)


def _counted(kind: Kind) -> list[str]:
    return ["version"] if kind is HOUSEHOLDS else []


def _columns(model: type[Model]) -> list[str]:
    return [field.column for field in model._meta.fields if not field.primary_key]
