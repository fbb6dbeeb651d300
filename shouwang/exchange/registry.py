"""The columns of the registry's tables from typed rows: households, their annual incomes, members."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shouwang.domain.divisions import normalise, resolve_village
from shouwang.domain.identity import IdentityProblem, Sex, blind_index
from shouwang.exchange.normalising import BadCell
from shouwang.exchange.parts import table_schema
from shouwang.exchange.rows import TypedRows

TEXT, DATE, INT = pa.string(), pa.date32(), pa.int64()
_SEX_CODES = {Sex.MALE: "male", Sex.FEMALE: "female"}
HOUSEHOLD_EXTRAS = [("_order", INT), ("_head_key", TEXT)]
MEMBER_EXTRAS = [("_order", INT), ("_township", TEXT), ("_village", TEXT), ("_head_name", TEXT)]
INCOME_EXTRAS = [("_order", INT)]


def part_schema(table: str, extras: Sequence[tuple[str, pa.DataType]]) -> pa.Schema:
    """Return a canonical table's schema with the columns that only the staging needs."""
    schema = table_schema(table)
    for name, type_ in extras:
        schema = schema.append(pa.field(name, type_))
    return schema


def id_keys(rows: TypedRows, key: bytes) -> list[str | None]:
    """Return each row's blind index, None where the number identifies nobody."""
    if rows.identities is None:
        return [None] * len(rows.row_no)
    return [blind_index(each.number, key) if each.number else None for each in rows.identities]


def number_problems(rows: TypedRows, header: str, *, is_blank_bad: bool) -> list[BadCell]:
    """Return a bad cell for each number that identifies nobody."""
    bad = []
    for at, identity in enumerate(rows.identities or ()):
        problem = identity.problem
        if problem is not None and (is_blank_bad or problem is not IdentityProblem.MISSING):
            bad.append(BadCell(at, header, f"id_{problem}", f"{problem.label}；{problem.advice}", None))
    return bad


def division_code(county: str, township: str | None, village: str | None) -> tuple[str, bool]:
    """Return the village's code, or the county's and False where the names mean none."""
    found = _resolve(county, township or "", village or "")
    return (found, True) if found else (normalise(county), False)


@cache
def _resolve(county: str, township: str, village: str) -> str | None:
    found = resolve_village(county, township, village) if village else None
    return found.code if found else None


def household_columns(
    rows: TypedRows, county: str, order: int | None, head_keys: list[str | None]
) -> dict[str, Any]:
    """Return the columns of the household table's part."""
    places = zip(rows.texts("township"), rows.texts("village"), strict=True)
    codes = [division_code(county, *place)[0] for place in places]
    years = rows.column("@year", INT)
    return {
        **{name: values for name, values in rows.columns.items() if "." not in name},
        "division": pa.array(codes, TEXT),
        "_order": _orders(years, order),
        "_head_key": pa.array(head_keys, TEXT),
    }


def income_columns(
    rows: TypedRows, year: int | None, order: int | None
) -> tuple[dict[str, Any], pa.Array, int]:
    """Return the annual incomes' columns, their row numbers, and how many were dropped for want of a year."""
    prefix = "annual_income."
    amounts = {
        name.removeprefix(prefix): values for name, values in rows.columns.items() if name.startswith(prefix)
    }
    if not amounts:
        return {}, rows.row_no.slice(0, 0), 0
    years = rows.column("@year", INT)
    if year is not None:
        years = pc.fill_null(years, year)
    has_amount = pc.is_valid(pc.coalesce(*amounts.values()))
    keep = pc.and_(has_amount, pc.is_valid(years))
    columns = {
        **amounts,
        "year": years,
        "household_id": rows.columns["household_id"],
        "_order": _orders(rows.column("@year", INT), order),
    }
    dropped = int(pc.sum(pc.and_(has_amount, pc.is_null(years))).as_py() or 0)
    return {name: values.filter(keep) for name, values in columns.items()}, rows.row_no.filter(keep), dropped


def member_columns(rows: TypedRows, order: int | None, keys: list[str | None]) -> dict[str, Any]:
    """Return the columns of the member table's part; a valid number fills what the export leaves blank."""
    identities = rows.identities or []
    born = pa.array([each.birth_date for each in identities], DATE)
    sexes = pa.array([_SEX_CODES[each.sex] if each.sex else None for each in identities], TEXT)
    households = rows.texts("household_id")
    numbers = rows.row_no.to_pylist()
    persons = [
        person or f"{household}-{(key or '')[:12] or number}"
        for person, household, key, number in zip(
            rows.texts("person_id"), households, keys, numbers, strict=True
        )
    ]
    return {
        **rows.columns,
        "person_id": pa.array(persons, TEXT),
        "id_key": pa.array(keys, TEXT),
        "birth_date": pc.coalesce(rows.column("birth_date", DATE), born),
        "sex": pc.coalesce(rows.column("sex", TEXT), sexes),
        "_order": _orders(rows.column("@year", INT), order),
        "_township": rows.column("@township", TEXT),
        "_village": rows.column("@village", TEXT),
        "_head_name": rows.column("@head_name", TEXT),
    }


def _orders(years: pa.Array, order: int | None) -> pa.Array:
    """Return the year each row tells of: its own, else the sheet's."""
    return years if order is None else pc.fill_null(years, order)
