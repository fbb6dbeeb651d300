"""A rule's tree as an Ibis expression over a table of indicators: one text for DuckDB and for Spark."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from shouwang.engine.rule_tree import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    IsUnknown,
    Literal,
    Name,
    Not,
    OneOf,
    Or,
    Parameter,
    Term,
)

_OPERATORS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def condition(node: Condition, table: ir.Table, parameters: Mapping[str, ir.Value]) -> ir.BooleanValue:
    """Return a condition as a boolean column; NULL is unknown (SQL's three values are Kleene's)."""
    if isinstance(node, Not):
        return ~condition(node.condition, table, parameters)
    if isinstance(node, And):
        return reduce(and_, (condition(part, table, parameters) for part in node.conditions))
    if isinstance(node, Or):
        return reduce(or_, (condition(part, table, parameters) for part in node.conditions))
    if isinstance(node, Comparison):
        left, right = term(node.left, table, parameters), term(node.right, table, parameters)
        return _OPERATORS[node.operator](left, right)
    column = term(node.term, table, parameters)
    if isinstance(node, IsUnknown):
        return column.notnull() if node.is_negated else column.isnull()
    if isinstance(node, OneOf):
        return column.isin([choice.value for choice in node.choices])
    return column


def term(node: Term, table: ir.Table, parameters: Mapping[str, ir.Value]) -> Any:
    """Return a term as a column or literal of int64, string or boolean."""
    if isinstance(node, Name):
        return table[node.name]
    if isinstance(node, Parameter):
        return parameters[node.name]
    if isinstance(node, Literal):
        return literal(node.value)
    assert isinstance(node, Arithmetic)
    return _OPERATORS[node.operator](term(node.left, table, parameters), term(node.right, table, parameters))


def literal(value: object) -> ir.Value:
    """Return a Python value as a literal; whole numbers are 64 bits wide on every backend.

    A bare number is taken by DuckDB for 32 bits, where a share of a line of 19,560 yuan in fen overflows.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return ibis.literal(str(value)).cast("int64")
    return ibis.literal(value)
