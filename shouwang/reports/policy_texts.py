"""A policy in words: parameters with their citation, and a rule's condition as a Chinese sentence part."""

from datetime import date
from typing import Any

from shouwang.domain import wording
from shouwang.domain.indicators import indicators
from shouwang.domain.policy import Policy, ResolvedParameter, Rule
from shouwang.domain.quality_files import checks_of
from shouwang.engine.expression import parse
from shouwang.engine.rule_tree import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    Flag,
    IsUnknown,
    Leaf,
    Literal,
    Name,
    Not,
    OneOf,
    Or,
    Parameter,
    Term,
)

_SIGNS = {"+": "＋", "-": "－", "*": "×"}


def condition_words(when: str, labels: dict[str, str], units: dict[str, str]) -> str:
    """Write a rule's `when` in Chinese; labels and units are the parameters' by name."""
    return _condition(parse(when, indicators(), units).tree, labels, is_inside=False)


def rule_words(rule: Rule, policy: Policy) -> str:
    """Write a rule's `when` in Chinese with the labels of the policy's parameters."""
    parameters = {n: p for pack in reversed(policy.chain) for n, p in pack.parameters.items()}
    labels = {name: parameter.label for name, parameter in parameters.items()}
    return condition_words(rule.when, labels, {name: p.unit for name, p in parameters.items()})


def _condition(condition: Condition, labels: dict[str, str], *, is_inside: bool) -> str:
    if isinstance(condition, Not):
        return f"并非“{_condition(condition.condition, labels, is_inside=False)}”"
    if isinstance(condition, And | Or):
        word = ",且" if isinstance(condition, And) else ",或"
        joined = word.join(_condition(part, labels, is_inside=True) for part in condition.conditions)
        return f"({joined})" if is_inside else joined
    return _leaf(condition, labels)


def _leaf(leaf: Leaf, labels: dict[str, str]) -> str:
    if isinstance(leaf, Comparison):
        left, right = leaf.left, leaf.right
        if _is_thousandfold(left):
            # `a * 1000 > :share * b` is how a rule without division says "a is more than that share of b".
            left = left.left if isinstance(left, Arithmetic) else left
            return f"{_term(left, labels)}{wording.OPERATORS[leaf.operator]}{_share(right, labels)}"
        unit = left.dimension if right.dimension == "number" else right.dimension
        return f"{_term(left, labels)}{wording.OPERATORS[leaf.operator]}{_term(right, labels, unit)}"
    if isinstance(leaf, IsUnknown):
        return f"{_term(leaf.term, labels)}{'已知' if leaf.is_negated else '未知'}"
    if isinstance(leaf, OneOf):
        return f"{_term(leaf.term, labels)}为{'或'.join(_term(choice, labels) for choice in leaf.choices)}"
    assert isinstance(leaf, Flag)
    return _term(leaf.term, labels)


def _is_thousandfold(term: Term) -> bool:
    return isinstance(term, Arithmetic) and term.operator == "*" and term.right == Literal(1000, "number")


def _share(term: Term, labels: dict[str, str]) -> str:
    if isinstance(term, Arithmetic) and term.operator == "*" and isinstance(term.left, Parameter):
        return f"{_term(term.right, labels)}的{_term(term.left, labels)}"
    return _term(term, labels)


def _term(term: Term, labels: dict[str, str], unit: str | None = None) -> str:
    if isinstance(term, Name):
        return indicators()[term.name].label
    if isinstance(term, Parameter):
        return f"【{labels.get(term.name, term.name)}】"
    if isinstance(term, Literal):
        return wording.value(term.value, unit or term.dimension)
    left, right = (_term(each, labels) for each in (term.left, term.right))
    return f"{left}{_SIGNS[term.operator]}{right}"


def parameter_record(resolved: ResolvedParameter) -> dict[str, Any]:
    """Return a parameter for machines: money is integer fen with unit "fen"; `text` is for people."""
    parameter, dated = resolved.parameter, resolved.dated
    cautions = [
        word for word, holds in (("参考值", dated.is_reference), ("沿用往年", resolved.is_stale)) if holds
    ]
    return {
        "label": parameter.label,
        "value": resolved.value,
        "unit": machine_unit(parameter.unit),
        "text": wording.value(resolved.value, parameter.unit)
        + (f"({'、'.join(cautions)})" if cautions else ""),
        "source": dated.source,
        "url": dated.url,
        "from": f"{dated.from_date}",
        "pack": resolved.pack.id,
        "is_reference": dated.is_reference,
        "is_stale": resolved.is_stale,
        "note": dated.note,
    }


def machine_unit(unit: str) -> str:
    """Return the unit of a parameter's stored value: yuan are kept as fen."""
    return "fen" if unit == "yuan" else unit


def policy_record(policy: Policy, on: date, division: str, names: list[str], remark: str) -> dict[str, Any]:
    """Return the whole policy for machines."""
    return {
        "division": division or None,
        "names": names,
        "on": f"{on}",
        "answered_by": policy.answered_by.id,
        "remark": remark,
        "packs": [
            {"id": p.id, "title": p.title, "issuer": p.issuer, "source": p.source, "place": p.place}
            for p in policy.chain
        ],
        "grade_scale": list(policy.grade_scale),
        "class_names": policy.class_names,
        "parameters": {name: parameter_record(p) for name, p in policy.parameters.items()},
        "rules": [
            {"name": rule.name, "label": rule.label, "kind": rule.kind, "risk": rule.risk,
             "grade": rule.grade, "when": rule.when,
             "words": rule_words(rule, policy), "clause": rule.source, "pack": pack.id}
            for rule, pack in policy.rules.values()
        ],
        "checks": [
            {"name": check.name, "number": check.number, "label": check.label, "subject": check.subject,
             "severity": check.severity, "kind": check.kind, "feed": check.feed or None,
             "when": check.when or None,
             "not_run": check.not_run or None, "mend": check.mend, "field": check.field, "days": check.days,
             "source": check.source, "note": check.note, "pack": pack.id}
            for check, pack in checks_of(policy).values()
        ],
    }  # fmt: skip
