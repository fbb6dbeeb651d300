"""The calculator of entitlements (R43): every measure of a place that has a formula, with its working."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shouwang.domain.measure_entitlement import Basis, Entitlement, entitlement
from shouwang.domain.policy import NoPolicyError, Policy
from shouwang.records.policies import library, policy_at


@dataclass(frozen=True)
class Reckoned:
    """One measure on the figures given; `entitlement` says what is due or what is missing."""

    entitlement: Entitlement
    pack_title: str


def policies_with_formulas(on: date) -> list[tuple[str, str]]:
    """Return the packs whose measures have figures, by id with their title, those in force on a day."""
    return [
        (pack.id, pack.title)
        for pack in library().packs.values()
        if pack.holds_on(on) and any(measure.formula for measure in pack.measures.values())
    ]


def named_policy(key: str, division: str, on: date) -> Policy:
    """Return the policy of a pack by name, or with "" that of a place."""
    if not key:
        return policy_at(division, on)
    try:
        return library().resolve_named(key, on)
    except NoPolicyError:
        return policy_at(division, on)


def reckoned(policy: Policy, basis: Basis) -> Sequence[Reckoned]:
    """Reckon every measure with a formula on the figures given; those that can be told first."""
    rows = [
        Reckoned(entitlement(measure, basis, policy), pack.title)
        for measure, pack in policy.measures.values()
        if measure.formula is not None
    ]
    return sorted(rows, key=lambda row: row.entitlement.due is None)


def without_formula(policy: Policy) -> list[tuple[str, str]]:
    """Return the measures of the place's own packs that have no figure, with their clause."""
    own = policy.answered_by.measures.values()
    return [(measure.label, measure.source) for measure in own if measure.formula is None]
