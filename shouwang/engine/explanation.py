"""Why a household was found: each condition with both sides, the clause cited, and one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from shouwang.domain import wording
from shouwang.domain.indicators import indicators
from shouwang.engine.expression import NUMBER
from shouwang.engine.reference import Scalar, answer, value_of
from shouwang.engine.rule_tree import (
    Arithmetic,
    Comparison,
    Expression,
    Flag,
    IsUnknown,
    Leaf,
    Literal,
    Name,
    OneOf,
    Parameter,
    Term,
    atoms,
)

_SIGNS = {"+": "＋", "-": "－", "*": "×"}


@dataclass(frozen=True)
class ParameterNote:
    """A parameter as a run used it: value (fen for yuan), label, unit, citation, pack, and its cautions."""

    name: str
    value: int | bool | str
    label: str
    unit: str
    source: str
    pack: str
    from_date: str
    url: str = ""
    note: str = ""
    is_reference: bool = False
    is_stale: bool = False

    @property
    def text(self) -> str:
        """The value in words, with its caution: a reference figure or an earlier year's is said to be one."""
        cautions = [
            word for word, holds in (("参考值", self.is_reference), ("沿用往年", self.is_stale)) if holds
        ]
        return wording.value(self.value, self.unit) + (f"({'、'.join(cautions)})" if cautions else "")


@dataclass(frozen=True)
class LeafEvidence:
    """One condition of a rule for one household: both sides, and whether it holds (None is unknown)."""

    text: str
    left: str
    operator: str
    right: str
    holds: bool | None
    indicators: tuple[str, ...]
    parameters: tuple[str, ...]


def leaf_evidence(
    expression: Expression, values: Mapping[str, Scalar | None], parameters: Mapping[str, ParameterNote]
) -> list[LeafEvidence]:
    """Return every leaf condition of a rule with both sides' values for one household, in reading order."""
    plain = {name: note.value for name, note in parameters.items()}
    return [_leaf(leaf, values, parameters, plain) for leaf in expression.leaves]


def _leaf(
    leaf: Leaf,
    values: Mapping[str, Scalar | None],
    parameters: Mapping[str, ParameterNote],
    plain: Mapping[str, Scalar],
) -> LeafEvidence:
    read = list(atoms(leaf))
    left, operator, right = _sides(leaf, parameters)
    return LeafEvidence(
        text=f"{left}{operator}{right}",
        left=_shown(_in_its_unit(leaf.left, leaf), values, parameters)
        if isinstance(leaf, Comparison)
        else _shown(leaf.term, values, parameters),
        operator=operator,
        right=_shown(_in_its_unit(leaf.right, leaf), values, parameters)
        if isinstance(leaf, Comparison)
        else right,
        holds=answer(leaf, values, plain),
        indicators=tuple(atom.name for atom in read if isinstance(atom, Name)),
        parameters=tuple(atom.name for atom in read if isinstance(atom, Parameter)),
    )


def _sides(leaf: Leaf, parameters: Mapping[str, ParameterNote]) -> tuple[str, str, str]:
    if isinstance(leaf, Comparison):
        left, right = (_label(_in_its_unit(side, leaf), parameters) for side in (leaf.left, leaf.right))
        return left, wording.OPERATORS[leaf.operator], right
    if isinstance(leaf, IsUnknown):
        return _label(leaf.term, parameters), "", "已知" if leaf.is_negated else "未知"
    if isinstance(leaf, OneOf):
        return _label(leaf.term, parameters), "属于", "、".join(str(choice.value) for choice in leaf.choices)
    assert isinstance(leaf, Flag)
    return _label(leaf.term, parameters), "为", "是"


def _label(term: Term, parameters: Mapping[str, ParameterNote]) -> str:
    if isinstance(term, Name):
        return indicators()[term.name].label
    if isinstance(term, Parameter):
        return parameters[term.name].label
    if isinstance(term, Literal):
        return wording.value(term.value, term.dimension)
    left, right = term.left, term.right
    if isinstance(right, Literal) and right.value == 1000 and term.operator == "*":
        return _label(left, parameters)
    return f"{_label(left, parameters)}{_SIGNS[term.operator]}{_label(right, parameters)}"


def _in_its_unit(side: Term, leaf: Comparison) -> Term:
    """Give a bare number the unit of the other side: 0 beside an amount is 0 yuan."""
    other = leaf.right if side is leaf.left else leaf.left
    if isinstance(side, Literal) and side.dimension == NUMBER and other.dimension != NUMBER:
        return Literal(side.value, other.dimension)
    return side


def _shown(term: Term, values: Mapping[str, Scalar | None], parameters: Mapping[str, ParameterNote]) -> str:
    """Write a side's value; a product with a permille share is shown as the amount it comes to."""
    if isinstance(term, Name):
        return wording.value(values.get(term.name), indicators()[term.name].unit)
    if isinstance(term, Parameter):
        return parameters[term.name].text
    if isinstance(term, Literal):
        return wording.value(term.value, term.dimension)
    found = value_of(term, values, {name: note.value for name, note in parameters.items()})
    if isinstance(term, Arithmetic) and _is_scaled(term, parameters) and isinstance(found, int):
        return wording.value(found // 1000, term.dimension)
    return wording.value(found, term.dimension)


def _is_scaled(term: Arithmetic, parameters: Mapping[str, ParameterNote]) -> bool:
    """Tell whether a product carries the thousandfold of a permille share (`a * 1000`, `:share * b`)."""
    if term.operator != "*":
        return False
    sides = (term.left, term.right)
    if any(isinstance(side, Literal) and side.value == 1000 for side in sides):
        return True
    return any(isinstance(side, Parameter) and parameters[side.name].unit == "permille" for side in sides)


def reason(
    template: str,
    label: str,
    evidence: list[LeafEvidence],
    values: Mapping[str, Scalar | None],
    parameters: Mapping[str, ParameterNote],
) -> str:
    """Return one Chinese sentence for a finding: the rule's own template, or its conditions in words.

    A template has places `{indicator}` and `{:parameter}`.
    """
    if not template:
        parts = "、".join(f"{leaf.left}{leaf.operator}{leaf.right}" for leaf in evidence if leaf.holds)
        return f"{label}:{parts}。" if parts else f"{label}。"
    written = []
    for text, place, parameter, _ in Formatter().parse(template):
        written.append(text)
        if parameter:
            written.append(parameters[parameter].text if parameter in parameters else wording.UNKNOWN)
        elif place:
            written.append(wording.value(values.get(place), indicators()[place].unit))
    sentence = "".join(written)
    return sentence if sentence.endswith("。") else f"{sentence}。"
