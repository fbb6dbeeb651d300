"""COPY in and out: what goes in comes out, whatever the text, and unknown stays unknown."""

from datetime import date

import pyarrow as pa
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.tables import Column
from shouwang.records.bulk import bytea, copy_in, copy_out, make_temporary, sql_columns

pytestmark = pytest.mark.django_db
COLUMNS = (
    Column("name", "text", "名"), Column("size", "int", "数"), Column("is_so", "bool", "否"),
    Column("on_day", "date", "日"),
)  # fmt: skip
SCHEMA = pa.schema(
    [("name", pa.string()), ("size", pa.int64()), ("is_so", pa.bool_()), ("on_day", pa.date32())]
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
            "size": st.none() | st.integers(-(2**60), 2**60),
            "is_so": st.none() | st.booleans(),
            "on_day": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
        }
    ),
    max_size=30,
)


def there_and_back(given_rows: list[dict[str, object]]) -> list[dict[str, object]]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            make_temporary(cursor, "there", sql_columns(COLUMNS))
            batch = pa.RecordBatch.from_pylist(given_rows, schema=SCHEMA)
            assert copy_in(cursor, "there", SCHEMA.names, [batch]) == len(given_rows)
        query = 'SELECT "name", "size", "is_so", "on_day" FROM there WHERE %(all)s ORDER BY ctid'
        found = [row for batch in copy_out(query, {"all": True}, COLUMNS) for row in batch.to_pylist()]
        transaction.set_rollback(True)
    return found


@given(rows)
def test_whatever_goes_in_comes_out(given_rows: list[dict[str, object]]) -> None:
    assert there_and_back(given_rows) == given_rows


def test_a_sign_that_the_database_cannot_hold_is_left_out() -> None:
    plain = {"size": None, "is_so": None, "on_day": None}

    assert there_and_back([{"name": "王\x00甲", **plain}]) == [{"name": "王甲", **plain}]


def test_more_than_a_block_comes_out_whole() -> None:
    many: list[dict[str, object]] = [
        {"name": f'"{number},\n' * 9, "size": number, "is_so": None, "on_day": None}
        for number in range(120_000)
    ]

    assert there_and_back(many) == many


def test_bytes_go_in_as_they_are() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        make_temporary(cursor, "sealed", "content bytea")
        values = [b"\x00\xff,\n", b"", None]
        copy_in(cursor, "sealed", ["content"], [pa.record_batch([bytea(values)], names=["content"])])
        cursor.execute("SELECT content FROM sealed ORDER BY ctid")
        assert [None if value is None else bytes(value) for (value,) in cursor.fetchall()] == values
