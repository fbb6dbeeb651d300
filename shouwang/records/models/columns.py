"""Fields that several tables share, and those made from the canonical tables: no fact is named twice."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models

from shouwang.domain.tables import TABLES, Column

_KINDS: dict[str, type[models.Field]] = {
    "text": models.TextField,
    "int": models.IntegerField,
    "bool": models.BooleanField,
    "date": models.DateField,
    "fen": models.BigIntegerField,
}


def division_field(**options: object) -> models.CharField:
    """Return the column that says where a row belongs: a 12-digit code, by which scope is asked."""
    return models.CharField(max_length=12, **options)


def words_field() -> ArrayField:
    """Return a list of short codes; empty is known to be none."""
    return ArrayField(models.CharField(max_length=40), default=list, blank=True)


def fact_field(column: Column) -> models.Field:
    """Return the field of one canonical column; unknown is NULL."""
    return _KINDS[column.type](column.label, null=True, blank=True)


def fact_fields(table: str, *, without: Iterable[str]) -> dict[str, models.Field]:
    """Return the fields of a canonical table by name, in its order."""
    left_out = set(without)
    return {each.name: fact_field(each) for each in TABLES[table].columns if each.name not in left_out}


def fact_names(table: str, *, without: Iterable[str]) -> tuple[str, ...]:
    """Return the names of those fields."""
    return tuple(fact_fields(table, without=without))
