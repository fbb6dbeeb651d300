"""A rule's tree over the columns of a data frame with three-valued booleans (Polars, nullable pandas)."""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

from shouwang.engine import rule_tree as tree

_COMPARE = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def condition(node: tree.Condition, column: Callable[[str], Any], values: Mapping[str, Any]) -> Any:
    """Return a condition as a column."""
    if isinstance(node, tree.Not):
        return ~condition(node.condition, column, values)
    if isinstance(node, tree.And | tree.Or):
        parts = [condition(part, column, values) for part in node.conditions]
        return reduce(and_ if isinstance(node, tree.And) else or_, parts)
    if isinstance(node, tree.Comparison):
        return _COMPARE[node.operator](_term(node.left, column, values), _term(node.right, column, values))
    assert isinstance(node, tree.Flag)
    return _term(node.term, column, values)


def _term(node: tree.Term, column: Callable[[str], Any], values: Mapping[str, Any]) -> Any:
    if isinstance(node, tree.Name):
        return column(node.name)
    if isinstance(node, tree.Parameter):
        return values[node.name]
    if isinstance(node, tree.Literal):
        return node.value
    left, right = _term(node.left, column, values), _term(node.right, column, values)
    return left + right if node.operator == "+" else left - right if node.operator == "-" else left * right
