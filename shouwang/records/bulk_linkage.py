"""The persons of a county as matching compares them: numbers and telephones opened, in memory only."""

from collections.abc import Callable

import pyarrow as pa
from django.db import connection

from shouwang.records.sealing import UnsealError, unsealer

_QUERY = (
    "SELECT m.id::text, m.household_id::text, nullif(m.name, ''), m.id_sealed, m.birth_date,"
    " nullif(m.sex, ''), m.division, nullif(h.head_name, ''), m.phone_sealed, h.phone_sealed"
    " FROM records_member m JOIN records_household h ON h.id = m.household_id"
    " WHERE m.is_present AND m.division BETWEEN %s AND %s"
)
_NAMES = (
    "person_id", "household_id", "name", "number", "birth_date", "sex", "division", "head_name", "phone",
)  # fmt: skip
_BLOCK = 20_000


def members_to_compare(county: str) -> pa.Table:
    """Return the members present in a county: person_id and household_id are their rows' ids, as text.

    The telephone is the person's own, or else the household's. What cannot be opened is unknown.
    """
    blocks: list[pa.RecordBatch] = []
    schema = pa.schema([(name, pa.date32() if name == "birth_date" else pa.string()) for name in _NAMES])
    number, own, of_home = (_opener(of) for of in ("member.id_number", "member.phone", "household.phone"))
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [county.ljust(12, "0"), county.ljust(12, "9")])
        while rows := cursor.fetchmany(_BLOCK):
            *columns, home_phones = (list(column) for column in zip(*rows, strict=True))
            columns[3] = [number(each) for each in columns[3]]
            columns[8] = [own(one) or of_home(two) for one, two in zip(columns[8], home_phones, strict=True)]
            arrays = [pa.array(column, each.type) for column, each in zip(columns, schema, strict=True)]
            blocks.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(blocks, schema)


def _opener(of: str) -> Callable[[bytes | None], str | None]:
    """Return what opens the values of one column, None for one that cannot be."""
    unseal = unsealer(of=of)

    def opened(sealed: bytes | None) -> str | None:
        try:
            return None if sealed is None else unseal(bytes(sealed)).decode()
        except UnsealError:
            return None

    return opened
