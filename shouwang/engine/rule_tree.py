"""What a rule means: a small frozen tree of conditions over indicators and parameters.

`expression` reads a rule's text into it, `translation` turns it into Ibis (DuckDB, Spark) and `reference`
answers it in plain Python. A condition is true, false or unknown (Kleene).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Name:
    """The value of an indicator."""

    name: str
    dimension: str


@dataclass(frozen=True)
class Parameter:
    """The value of a `:parameter` of the policy."""

    name: str
    dimension: str


@dataclass(frozen=True)
class Literal:
    """An integer, text or truth value written in the rule."""

    value: int | str | bool
    dimension: str


@dataclass(frozen=True)
class Arithmetic:
    """`left operator right` with + - or *."""

    operator: str
    left: "Term"
    right: "Term"
    dimension: str


Term = Name | Parameter | Literal | Arithmetic


@dataclass(frozen=True)
class Comparison:
    """`left operator right`; unknown when either side is."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True)
class IsUnknown:
    """`term IS NULL`, or IS NOT NULL; never unknown itself."""

    term: Term
    is_negated: bool


@dataclass(frozen=True)
class OneOf:
    """`term IN (…)`; unknown when the term is."""

    term: Term
    choices: tuple[Literal, ...]


@dataclass(frozen=True)
class Flag:
    """A flag indicator, parameter or TRUE/FALSE standing as a condition."""

    term: Term


@dataclass(frozen=True)
class Not:
    """Kleene negation."""

    condition: "Condition"


@dataclass(frozen=True)
class And:
    """Kleene conjunction: false wins over unknown."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Or:
    """Kleene disjunction: true wins over unknown."""

    conditions: tuple["Condition", ...]


Leaf = Comparison | IsUnknown | OneOf | Flag
Condition = Leaf | Not | And | Or


@dataclass(frozen=True)
class Expression:
    """A checked rule expression: its text and its tree."""

    text: str
    tree: Condition

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The conditions without and/or/not inside, in reading order."""
        return tuple(_leaves(self.tree))

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The indicators it reads, in reading order, each once."""
        return tuple(
            dict.fromkeys(t.name for leaf in self.leaves for t in atoms(leaf) if isinstance(t, Name))
        )

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it reads, in reading order, each once."""
        found = (t.name for leaf in self.leaves for t in atoms(leaf) if isinstance(t, Parameter))
        return tuple(dict.fromkeys(found))


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Not):
        yield from _leaves(condition.condition)
    elif isinstance(condition, And | Or):
        for part in condition.conditions:
            yield from _leaves(part)
    else:
        yield condition


def atoms(leaf: Leaf) -> Iterator[Name | Parameter | Literal]:
    """Yield the names, parameters and literals of a leaf in reading order."""
    if isinstance(leaf, Comparison):
        yield from _term_atoms(leaf.left)
        yield from _term_atoms(leaf.right)
    else:
        yield from _term_atoms(leaf.term)


def _term_atoms(term: Term) -> Iterator[Name | Parameter | Literal]:
    if isinstance(term, Arithmetic):
        yield from _term_atoms(term.left)
        yield from _term_atoms(term.right)
    else:
        yield term
