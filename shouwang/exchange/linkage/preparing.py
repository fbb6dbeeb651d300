"""Rows and members in one shape, ready to be compared; numbers are held in memory only, and only here."""

import pyarrow as pa
import pyarrow.compute as pc

from shouwang.exchange.linkage.names import comparable
from shouwang.exchange.linkage.numbers import birth_digits, readable_number, tail_digits

TEXT, DATE = pa.string(), pa.date32()
# One row per row of a delivery that nobody was found for. `number` is the cell as it was written; `division`
# the 12-digit code of the village, or of the township filled with zeros where no village is known.
ROWS = pa.schema(
    [
        ("row_no", pa.int64()), ("name", TEXT), ("number", TEXT), ("birth_date", DATE), ("sex", TEXT),
        ("division", TEXT), ("head_name", TEXT), ("phone", TEXT),
    ]
)  # fmt: skip
# One row per person of the registry. `number` is his valid number or null; `sex` is male, female or null.
MEMBERS = pa.schema(
    [
        ("person_id", TEXT), ("household_id", TEXT), ("name", TEXT), ("number", TEXT), ("birth_date", DATE),
        ("sex", TEXT), ("division", TEXT), ("head_name", TEXT), ("phone", TEXT),
    ]
)  # fmt: skip
_FORMS = ("text", "plain", "sounds", "near", "sorted", "surname")


def prepared_rows(rows: pa.Table) -> pa.Table:
    """Return rows (ROWS) in the prepared shape; `unique_id` is the row's number.

    A head who is the named person himself says nothing more than the name, and a birth date that the number
    repeats is one fact, not two: both are left out.
    """
    rows = rows.select(ROWS.names).cast(ROWS)
    numbers = [readable_number(each) for each in rows.column("number").to_pylist()]
    told = [birth_digits(each) for each in numbers]
    return _prepared(rows, rows.column("row_no").cast(TEXT), numbers, told)


def prepared_members(members: pa.Table) -> pa.Table:
    """Return members (MEMBERS) in the prepared shape; `unique_id` is person_id."""
    members = members.select(MEMBERS.names).cast(MEMBERS)
    numbers = members.column("number").to_pylist()
    prepared = _prepared(members, members.column("person_id"), numbers, None)
    return prepared.append_column("household_id", members.column("household_id"))


def _prepared(
    table: pa.Table, unique_id: pa.ChunkedArray, numbers: list[str | None], told: list[str | None] | None
) -> pa.Table:
    """Build the columns; `told` are the birth dates that rows' numbers tell (None: members, keep all)."""
    written = pc.strftime(table.column("birth_date"), "%Y%m%d")
    born = pc.coalesce(written, pa.array([birth_digits(each) for each in numbers], TEXT))
    birth = table.column("birth_date")
    head_names = table.column("head_name")
    if told is not None:
        repeats = pc.fill_null(pc.equal(written, pa.array(told, TEXT)), False)
        birth = pc.if_else(repeats, None, birth)
        himself = pc.fill_null(pc.equal(head_names, table.column("name")), False)
        head_names = pc.if_else(himself, None, head_names)
    names, heads = _forms(table.column("name")), _forms(head_names)
    division = table.column("division")
    has_village = pc.fill_null(pc.invert(pc.match_substring_regex(division, "000$")), False)
    has_township = pc.fill_null(pc.invert(pc.match_substring_regex(division, "0{6}$")), False)
    return pa.table(
        {
            "unique_id": unique_id,
            **{f"name_{form}": values for form, values in names.items()},
            "head_near": heads["near"],
            "number": pa.array(numbers, TEXT),
            "born": born,
            "tail": pa.array([tail_digits(each) for each in numbers], TEXT),
            "birth_date": birth,
            "sex": table.column("sex"),
            "village": pc.if_else(has_village, division, None),
            "township": pc.if_else(has_township, pc.utf8_slice_codeunits(division, 0, 9), None),
            "phone": _phones(table.column("phone")),
        }
    )


def _forms(names: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Return each form of the names; every distinct name is worked out once."""
    coded = names.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.unify_dictionaries().combine_chunks()
    known = [comparable(each) for each in coded.dictionary.to_pylist()]
    places = coded.indices
    return {
        form: pa.chunked_array([pa.array([getattr(each, form, None) for each in known], TEXT).take(places)])
        for form in _FORMS
    }


def _phones(phones: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the last eleven digits of each number, null for one too short to tell a person."""
    digits = pc.replace_substring_regex(phones, "[^0-9]", "")
    return pc.if_else(pc.greater_equal(pc.utf8_length(digits), 7), pc.utf8_slice_codeunits(digits, -11), None)
