"""From weighed pairs to links, questions and nobody; in doubt always a question, never a pick.

The weight alone does not link. Fields of one household lean on each other (brothers share surname, generation
character, village and head), and a model that takes fields as independent would believe them; so a link also
needs what is the person's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

import pyarrow as pa

from shouwang.exchange.linkage.comparisons import COMPARISONS, Comparison

# log2 of the odds: a link must be a hundred times likelier than that the person is not in the registry, and a
# hundred times likelier than the next candidate. Below one in five nobody is proposed.
LINK_WEIGHT, LINK_MARGIN = 6.64, 6.64
ASK_WEIGHT = -2.0
_SHOWN = 5

_SAME_NAME = frozenset({"same", "variant", "homophone"})
_NEAR_NAME = frozenset({"near_sound", "order", "long_form"})
_STRONG_NUMBER = frozenset({"whole", "most_read", "one_slip"})
_SOME_NUMBER = _STRONG_NUMBER | {"some_read", "two_slips"}
_BIRTH = frozenset({"same", "swapped", "year_off"})


class Outcome(StrEnum):
    """What is known of a row: its person, some who may be he, or nobody."""

    LINKED = "linked"
    UNCERTAIN = "uncertain"
    NONE = "none"


class Doubt(StrEnum):
    """Why a row with candidates is not linked."""

    TOO_CLOSE = "too_close"
    NOT_ENOUGH = "not_enough"
    NAME_DIFFERS = "name_differs"
    NUMBER_DIFFERS = "number_differs"
    BIRTH_DIFFERS = "birth_differs"
    SEX_DIFFERS = "sex_differs"
    HOUSEHOLD_ONLY = "household_only"

    @property
    def label(self) -> str:
        """Give the Chinese sentence."""
        return _DOUBTS[self]


_DOUBTS = {
    Doubt.TOO_CLOSE: "有两名以上人员同样可能，不能自动认定",
    Doubt.NOT_ENOUGH: "一致的项目不足以认定是同一人",
    Doubt.NAME_DIFFERS: "姓名不同，须核实是否写错",
    Doubt.NUMBER_DIFFERS: "证件号码与登记的相差较大",
    Doubt.BIRTH_DIFFERS: "出生日期与登记的不一致",
    Doubt.SEX_DIFFERS: "性别与登记的不一致",
    Doubt.HOUSEHOLD_ONLY: "只能认到户，不能认到人",
}


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """One field: its degree of agreement, and its weight (log2 of m/u; positive speaks for)."""

    field: str
    level: str
    weight: float

    def __str__(self) -> str:
        comparison = _FIELDS[self.field]
        label = next(each.label for each in comparison.levels if each.key == self.level)
        return f"{comparison.label}{label}（{self.weight:+.1f}）"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be meant; `weight` is log2 of the odds that he is."""

    person_id: str
    household_id: str
    weight: float
    fields: tuple[FieldWeight, ...]

    @property
    def percent(self) -> float:
        """Return the probability in per cent, were he the only one in question."""
        return 100 / (1 + 2**-self.weight)

    def explanation(self) -> str:
        """Say in Chinese which fields agree and how much each counts; holds no personal data."""
        told = sorted(self.fields, key=lambda each: -abs(each.weight))
        return "；".join(str(each) for each in told) + f"；合计 {self.weight:+.1f}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one row. Linked: the first candidate is the person; uncertain: ranked, best first."""

    row_no: int
    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    doubt: Doubt | None = None


_FIELDS: dict[str, Comparison] = {each.key: each for each in COMPARISONS}


def decisions(pairs: pa.Table, refused: frozenset[tuple[int, str]]) -> Iterator[Decision]:
    """Yield a decision for each row that has a pair (of scoring.scored_pairs, in its order).

    `refused` holds (row_no, person_id) that somebody has said are not the same: never proposed again.
    """
    for row_no, group in groupby(_pairs(pairs), key=lambda each: each[0]):
        kept = [each for _, each in group if (row_no, each.person_id) not in refused]
        yield decided(row_no, kept)


def decided(row_no: int, candidates: list[Candidate]) -> Decision:
    """Decide one row from its candidates, best first."""
    if not candidates:
        return Decision(row_no, Outcome.NONE)
    shown = tuple(candidates[:_SHOWN])
    doubt = _doubt(candidates)
    if doubt is None:
        return Decision(row_no, Outcome.LINKED, shown)
    return Decision(row_no, Outcome.UNCERTAIN, shown, doubt)


def _doubt(candidates: list[Candidate]) -> Doubt | None:
    best = candidates[0]
    if len(candidates) > 1 and best.weight - candidates[1].weight < LINK_MARGIN:
        return Doubt.TOO_CLOSE
    levels = {each.field: each.level for each in best.fields}
    contradiction = _contradiction(levels)
    if contradiction is not None:
        return contradiction
    if best.weight < LINK_WEIGHT:
        return Doubt.NOT_ENOUGH
    return None if _is_own_evidence(levels) else Doubt.HOUSEHOLD_ONLY


def _contradiction(levels: dict[str, str]) -> Doubt | None:
    """Return what speaks against a link however much the rest weighs."""
    is_number_strong = levels.get("number") in _STRONG_NUMBER
    if levels.get("name") not in _SAME_NAME | _NEAR_NAME | {"one_sign"}:
        return Doubt.NAME_DIFFERS
    if "number" in levels and levels["number"] not in _SOME_NUMBER:
        return Doubt.NUMBER_DIFFERS
    if levels.get("birth") == "other" and not is_number_strong:
        return Doubt.BIRTH_DIFFERS
    if levels.get("sex") == "other" and not is_number_strong:
        return Doubt.SEX_DIFFERS
    return None


def _is_own_evidence(levels: dict[str, str]) -> bool:
    """Say whether something that is the person's own agrees, the more the less the name does."""
    name, number = levels["name"], levels.get("number")
    if name == "one_sign":
        # Twins differ in one character, and in no more than the end of the number.
        return number in {"whole", "one_slip"}
    has_birth = levels.get("birth") in _BIRTH
    if name in _NEAR_NAME:
        return number in _STRONG_NUMBER or has_birth
    is_known = number in _SOME_NUMBER or has_birth or levels.get("phone") == "same"
    return is_known or levels.get("home") in {"household", "head_township"}


def _pairs(pairs: pa.Table) -> Iterator[tuple[int, Candidate]]:
    for batch in pairs.to_batches(max_chunksize=20_000):
        for line in batch.to_pylist():
            yield line["row_no"], _candidate(line)


def _candidate(line: dict[str, Any]) -> Candidate:
    fields = []
    for comparison in COMPARISONS:
        level = comparison.level(line[f"{comparison.key}_level"])
        if level is not None:
            fields.append(FieldWeight(comparison.key, level.key, round(line[f"{comparison.key}_weight"], 2)))
    return Candidate(line["person_id"], line["household_id"], round(line["weight"], 2), tuple(fields))
