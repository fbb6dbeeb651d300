"""The rows of a load into the tables, in the running transaction: sheets, people, ledgers."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.backends.utils import CursorWrapper

from shouwang.actions.loading_staging import (
    Brought,
    household_batches,
    member_batches,
    row_count,
    table_batches,
)
from shouwang.actions.refusals import Unfit
from shouwang.domain.tables import TABLES
from shouwang.exchange.identities import SEALED
from shouwang.records import bulk_ledgers, bulk_people
from shouwang.records.bulk import copy_in, expect_whole_tables, make_temporary, sql_columns
from shouwang.records.bulk_counts import count_members, fates
from shouwang.records.bulk_ledgers import LedgerCounts
from shouwang.records.bulk_moves import move_households, moved_by
from shouwang.records.bulk_people import HOUSEHOLDS, MEMBERS
from shouwang.records.models import LEDGERS, Load

_LONGEST_KEY = 40
Step = Callable[[str], None]
Detail = Callable[[str, int, int], None]


def write_rows(*, load: Load, brought: Brought, step: Step, detail: Detail | None) -> dict[str, Any]:
    """Write what was brought and return the counts: by table, then by fate.

    Raises Unfit for a number too long.
    """
    with connection.cursor() as cursor:
        expect_whole_tables(cursor)
        # What refers to what is checked as each statement ends: at the last it would be too much to remember.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _copy(cursor, "incoming_source", sql_columns(TABLES["source"].columns), _sources(brought))
        bulk_ledgers.load_sources(cursor, load.pk)
        counts = _write_people(cursor, load, brought, step)
        bulk_ledgers.prepare_sheets(cursor, load.county, load.pk)
        counts["ledgers"] = {}
        left_out = 0
        has_earlier = bulk_ledgers.has_known_sheets(cursor)
        for done, table in enumerate(LEDGERS):
            if not has_earlier and not row_count(brought=brought, table=table):
                counts["ledgers"][table] = asdict(LedgerCounts(0, 0, 0))
                continue
            label = f"写入{TABLES[table].label}"
            step(label)
            if detail is not None:
                detail(label, done, len(LEDGERS))
            bulk_ledgers.make_incoming(cursor, table)
            _copy_rows(cursor, f"incoming_{table}", table, table_batches(brought=brought, table=table))
            left_out += bulk_ledgers.leave_out_delivered(cursor, table, load.county)
            written = bulk_ledgers.load_ledger(
                cursor, table, county=load.county, load_id=load.pk, has_earlier=has_earlier
            )
            counts["ledgers"][table] = asdict(written)
            make_temporary(cursor, f"incoming_{table}", "nothing int")
    if left_out:
        told = f"有 {left_out} 行属于部门已经推送并生效的月份,以部门推送为准,未导入。"
        load.notices = [*load.notices, told]
    return counts


def _write_people(cursor: CursorWrapper, load: Load, brought: Brought, step: Step) -> dict[str, Any]:
    low, high = load.county.ljust(12, "0"), load.county.ljust(12, "9")
    step("写入农户")
    sealed = ", ".join(f"{name} {'bytea' if pa.types.is_binary(type_) else 'text'}" for name, type_ in SEALED)
    columns = sql_columns(TABLES["household"].columns)
    phones = "phone_sealed bytea, phone_key text"
    _copy(cursor, "incoming_household", f"{columns}, pinyin text", household_batches(brought=brought))
    cursor.execute(f"ALTER TABLE incoming_household ADD COLUMN {phones.replace(', ', ', ADD COLUMN ')}")
    columns = sql_columns(TABLES["member"].columns)
    _copy(cursor, "incoming_member", f"{columns}, pinyin text, {sealed}", member_batches(brought=brought))
    _check_keys(cursor)
    _give_household_phones(cursor)
    bulk_people.plan(cursor, HOUSEHOLDS, load.on)
    bulk_people.apply(cursor, HOUSEHOLDS, load_id=load.pk, on=load.on, at=load.started_at)
    move_households(moved_by(cursor, load.pk))
    step("写入家庭成员")
    bulk_people.plan(cursor, MEMBERS, load.on)
    bulk_people.apply(cursor, MEMBERS, load_id=load.pk, on=load.on, at=load.started_at)
    count_members(cursor)
    return {kind.name: fates(cursor, kind, low, high) for kind in (HOUSEHOLDS, MEMBERS)}


def _sources(brought: Brought) -> Iterator[pa.RecordBatch]:
    return table_batches(brought=brought, table="source")


def _copy(cursor: CursorWrapper, table: str, columns: str, batches: Iterator[pa.RecordBatch]) -> None:
    """Make a temporary table and fill it; the batches have its columns in their order."""
    make_temporary(cursor, table, columns)
    names = [each.split()[0].strip('"') for each in columns.split(", ")]
    copy_in(cursor, table, names, batches)
    cursor.execute(f"ANALYZE {table}")


def _copy_rows(cursor: CursorWrapper, into: str, table: str, batches: Iterator[pa.RecordBatch]) -> None:
    copy_in(cursor, into, [column.name for column in TABLES[table].columns], batches)
    cursor.execute(f"ANALYZE {into}")


def _check_keys(cursor: CursorWrapper) -> None:
    for table, column, label in (
        ("incoming_household", "household_id", "户编号"),
        ("incoming_member", "person_id", "人口编号"),
    ):
        cursor.execute(f"SELECT row_no FROM {table} WHERE length({column}) > %s LIMIT 1", [_LONGEST_KEY])
        row = cursor.fetchone()
        if row is not None:
            raise Unfit(f"第 {row[0]} 行的{label}超过 {_LONGEST_KEY} 个字符,请核对后重新导出")


def _give_household_phones(cursor: CursorWrapper) -> None:
    """Take a household's telephone from its head's row, else from the first member's that has it."""
    cursor.execute(
        "UPDATE incoming_household h SET phone_sealed = m.household_phone_sealed, phone_key = "
        "m.household_phone_key "
        "FROM (SELECT DISTINCT ON (household_id) household_id, household_phone_sealed, household_phone_key "
        "FROM incoming_member WHERE household_phone_key IS NOT NULL "
        "ORDER BY household_id, (relation = '户主') DESC NULLS LAST, row_no) m "
        "WHERE m.household_id = h.household_id"
    )
    cursor.execute("ANALYZE incoming_household")
