"""Rules answered in plain Python, one household at a time: it exists to disagree with the fast engines."""

from collections.abc import Mapping
from datetime import date

from shouwang.domain.three_valued import all_of, any_of, opposite
from shouwang.engine.rule_tree import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    Flag,
    IsUnknown,
    Literal,
    Name,
    Not,
    OneOf,
    Or,
    Parameter,
    Term,
)

Scalar = int | bool | str | date


def answer(
    condition: Condition, values: Mapping[str, Scalar | None], parameters: Mapping[str, Scalar]
) -> bool | None:
    """Answer a condition with True, False or None (unknown) by Kleene's three-valued logic.

    values: indicator → value, None or absent is unknown. parameters: name → value (fen for yuan).
    """
    if isinstance(condition, Not):
        return opposite(answer(condition.condition, values, parameters))
    if isinstance(condition, And):
        return all_of(answer(part, values, parameters) for part in condition.conditions)
    if isinstance(condition, Or):
        return any_of(answer(part, values, parameters) for part in condition.conditions)
    if isinstance(condition, Comparison):
        left = value_of(condition.left, values, parameters)
        right = value_of(condition.right, values, parameters)
        return None if left is None or right is None else _compare(condition.operator, left, right)
    term = value_of(condition.term, values, parameters)
    if isinstance(condition, IsUnknown):
        return (term is None) != condition.is_negated
    if term is None:
        return None
    if isinstance(condition, OneOf):
        return any(term == choice.value for choice in condition.choices)
    assert isinstance(condition, Flag)
    return bool(term)


def value_of(
    term: Term, values: Mapping[str, Scalar | None], parameters: Mapping[str, Scalar]
) -> Scalar | None:
    """Return a term's value, or None when any indicator in it is unknown."""
    if isinstance(term, Name):
        return values.get(term.name)
    if isinstance(term, Parameter):
        return parameters[term.name]
    if isinstance(term, Literal):
        return term.value
    assert isinstance(term, Arithmetic)
    left = value_of(term.left, values, parameters)
    right = value_of(term.right, values, parameters)
    if left is None or right is None:
        return None
    assert isinstance(left, int)
    assert isinstance(right, int)
    if term.operator == "+":
        return left + right
    return left - right if term.operator == "-" else left * right


def _compare(operator: str, left: Scalar, right: Scalar) -> bool:
    if operator == "=":
        return left == right
    if operator == "<>":
        return left != right
    assert isinstance(left, int)
    assert isinstance(right, int)
    if operator == "<":
        return left < right
    if operator == "<=":
        return left <= right
    return left > right if operator == ">" else left >= right
