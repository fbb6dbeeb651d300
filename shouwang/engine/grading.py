"""From answers to a grade, an index with its parts, and the class a household would fall into.

The household index adds each true rule's points to its part, holds each part to the pack's cap, and adds the
parts: 0 is nothing seen, 100 the most. Grade and index are for ordering visits; they decide nothing.
"""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from shouwang.domain.policy import GRADES
from shouwang.engine.policy_table import PolicyTable, Variant

CLASS_PREFIX = "class_"


def with_grades(answered: ir.Table, table: PolicyTable) -> ir.Table:
    """Add is_flagged (some warning is true), grade, index_<part> and index; unknown is not true."""
    warnings = [v for v in table.variants if v.rule.kind == "warning"]
    graders = [v for v in table.variants if v.rule.kind in ("warning", "grade") and v.rule.grade]
    parts = _index_parts(answered, table)
    return answered.mutate(
        is_flagged=_any(answered[v.column].fill_null(False) for v in warnings),
        grade=_grade(answered, graders),
        **parts,
        index=reduce(add, parts.values(), ibis.literal(0, type="int64")),
    )


def with_standing(graded: ir.Table, table: PolicyTable, unjudged: Collection[str]) -> ir.Table:
    """Add is_pending and suggested_class.

    is_pending: not flagged, and some warning that others' facts could answer is unknown here.
    suggested_class: the first class rule that is true, "unknown" where an earlier one is.
    """
    judged = [v for v in table.variants if v.column not in unjudged]
    is_unknown = _any(graded[v.column].isnull() for v in judged if v.rule.kind == "warning")
    return graded.mutate(
        is_pending=~graded.is_flagged & is_unknown,
        suggested_class=_suggested_class(graded, [v for v in judged if v.rule.kind == "class"]),
    )


def part_names(table: PolicyTable) -> dict[str, str]:
    """Return the index's parts (column → part) over all scopes, in the order of the packs."""
    parts = dict.fromkeys(part for policy in table.policies for part in policy.index_parts)
    return {f"index_{part}": part for part in parts}


def _any(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, conditions, ibis.literal(False))


def _grade(answered: ir.Table, graders: list[Variant]) -> ir.StringValue:
    branches = []
    for grade in GRADES:
        columns = [v.column for v in graders if v.rule.grade == grade]
        if columns:
            branches.append((_any(answered[c].fill_null(False) for c in columns), ibis.literal(grade)))
    missing = ibis.null("string")
    return ibis.cases(*branches, else_=missing) if branches else missing


def _suggested_class(answered: ir.Table, classes: list[Variant]) -> ir.StringValue:
    missing = ibis.null("string")
    branches = []
    for variant in classes:
        name = variant.rule.name.removeprefix(CLASS_PREFIX)
        branches.append((answered[variant.column].fill_null(False), ibis.literal(name)))
        branches.append((answered[variant.column].isnull(), ibis.literal("unknown")))
    return ibis.cases(*branches, else_=missing) if branches else missing


def _index_parts(answered: ir.Table, table: PolicyTable) -> dict[str, ir.IntegerValue]:
    zero = ibis.literal(0, type="int64")
    columns = {}
    for column, part in part_names(table).items():
        points = [
            ibis.ifelse(answered[v.column].fill_null(False), ibis.literal(v.rule.points, type="int64"), zero)
            for v in table.variants
            if v.rule.part == part and v.rule.points
        ]
        columns[column] = ibis.least(reduce(add, points, zero), _cap(answered, table, part))
    return columns


def _cap(answered: ir.Table, table: PolicyTable, part: str) -> ir.IntegerValue:
    caps = [policy.index_parts.get(part, 0) for policy in table.policies]
    if len(set(caps)) == 1:
        return ibis.literal(caps[0], type="int64")
    branches = [(answered.scope == scope, ibis.literal(cap, type="int64")) for scope, cap in enumerate(caps)]
    return ibis.cases(*branches, else_=ibis.literal(0, type="int64"))
