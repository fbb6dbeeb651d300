"""Conditions on a member's row of which a household fact says whether some member meets it."""

from collections.abc import Callable

import ibis.expr.types as ir

MEMBER_CONDITIONS: dict[str, Callable[[ir.Table], ir.Value]] = {
    "has_labour": lambda m: m.labour.isin(["ordinary", "skilled", "weak"]),
    "has_worker": lambda m: is_working(m),
    "has_work_record": lambda m: (
        m.migrant_months.notnull() | m.public_post_months.notnull() | m.workplace.notnull()
    ),
    "has_dropout_member": lambda m: m.is_dropout,
    "has_severely_disabled": lambda m: m.is_disabled & (m.disability_grade <= 2),
    "has_destitute_member": lambda m: m.is_destitute,
    "has_minimum_living_member": lambda m: m.receives_minimum_living,
}


def is_working(m: ir.Table) -> ir.Value:
    """Return whether a member works away or holds a public post."""
    return (m.migrant_months > 0) | (m.public_post_months > 0)
