"""Ledgers (R4–R6) and department rows: one table for each canonical table, with its columns and no others."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from shouwang.domain.tables import TABLES
from shouwang.records.models.columns import division_field, fact_fields
from shouwang.records.models.households import Household
from shouwang.records.models.loads import Load
from shouwang.records.models.members import Member

_NOT_LEDGERS = {"source", "household", "member"}
_KEYS = ("household_id", "person_id", "source_id", "row_no")


def _ledger(table: str) -> type[models.Model]:
    """Make the model of a canonical table."""
    has_person = any(column.name == "person_id" for column in TABLES[table].columns)
    name = "".join(part.capitalize() for part in table.split("_"))
    fields: dict[str, object] = {
        # `set_references` keeps these: a constraint of the database would ask for each of millions of rows.
        "household": models.ForeignKey(
            Household, models.PROTECT, related_name=f"{table}_rows", null=True, db_constraint=False
        ),
        "division": division_field(),
        "load": models.ForeignKey(Load, models.PROTECT, related_name="+", db_constraint=False),
        "source_no": models.IntegerField("来源编号", null=True),
        "row_no": models.IntegerField("来源行号", null=True),
        **(
            {
                "member": models.ForeignKey(
                    Member, models.PROTECT, null=True, related_name="+", db_constraint=False
                )
            }
            if has_person
            else {}
        ),
        **fact_fields(table, without=_KEYS),
        "__module__": __name__,
        "__doc__": f"{TABLES[table].label}: {TABLES[table].grain}.",
        "Meta": type("Meta", (), {"verbose_name": TABLES[table].label, "indexes": [_by_place(table)]}),
    }
    return type(name, (models.Model,), fields)


def _by_place(table: str) -> models.Index:
    """Index the rows by county at next to no cost: a load lays a county's rows side by side (ADR 0016)."""
    return BrinIndex(fields=["division"], name=f"{table}_place")


LEDGERS: dict[str, type[models.Model]] = {
    table: _ledger(table) for table in TABLES if table not in _NOT_LEDGERS
}
globals().update({model.__name__: model for model in LEDGERS.values()})
