"""The whole way for one delivery: rows that found nobody, the registry, and a decision for every row."""

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

from shouwang.domain.identity import IdentityNote, parse_identity
from shouwang.exchange.linkage.deciding import ASK_WEIGHT, Decision, Outcome, decisions
from shouwang.exchange.linkage.preparing import ROWS
from shouwang.exchange.linkage.scoring import Limits, scored_pairs
from shouwang.exchange.linkage.weights import Weights, trained_weights


class LinkageError(ValueError):
    """A row was given that must not be matched by name."""


@dataclass(frozen=True)
class Linkage:
    """One decision per row given, in their order."""

    decisions: tuple[Decision, ...]

    def of(self, outcome: Outcome) -> list[Decision]:
        """Return the rows with one outcome."""
        return [each for each in self.decisions if each.outcome is outcome]


def is_for_linkage(number: str | None) -> bool:
    """Say whether a row with this number may be matched by anything but the number.

    Not if the number is valid: then its bearer is not in the registry, whoever bears the name. A number of 15
    digits has no check digit and proves nothing.
    """
    identity = parse_identity(number)
    return not identity.is_valid or IdentityNote.CONVERTED_FROM_15 in identity.notes


def link(
    rows: pa.Table,
    members: pa.Table,
    *,
    refused: Collection[tuple[int, str]] = (),
    weights: Weights | None = None,
    limits: Limits | None = None,
) -> Linkage:
    """Find the persons of `rows` (preparing.ROWS) among `members` (preparing.MEMBERS).

    `refused` are pairs (row_no, person_id) known not to be the same person. The same input gives the same
    answer. Raises LinkageError for a row with a valid number, or two rows of one row_no.
    """
    rows = rows.select(ROWS.names)
    numbers = rows.column("row_no").to_pylist()
    if len(set(numbers)) != len(numbers):
        raise LinkageError("待比对的行号重复")
    if not all(is_for_linkage(each) for each in rows.column("number").to_pylist()):
        raise LinkageError("有效证件号码的行只按号码匹配，不得按姓名比对")
    if not rows.num_rows or not members.num_rows:
        return Linkage(tuple(Decision(each, Outcome.NONE) for each in numbers))
    pairs = scored_pairs(
        rows, members, weights or trained_weights(), at_least=ASK_WEIGHT, limits=limits or Limits()
    )
    found = {each.row_no: each for each in decisions(pairs, frozenset(refused))}
    return Linkage(tuple(found.get(each) or Decision(each, Outcome.NONE) for each in numbers))
