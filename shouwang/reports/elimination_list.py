"""Monitored households and whether the elimination of their risk may be proposed (R50)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from shouwang.domain.elimination import EliminationFacts, Proposal, elimination_proposal
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.elimination_facts import elimination_facts_of
from shouwang.records.models import Case, Household
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer

# More households than a large township monitors; a county is looked at township by township.
MOST = 800


class Group(StrEnum):
    """Where a household stands on the way to elimination."""

    READY = "ready"
    BLOCKED = "blocked"
    UNCLEAR = "unclear"
    NO_LABOUR = "no_labour"


GROUPS = {
    Group.READY: "可提出",
    Group.BLOCKED: "条件未满足",
    Group.UNCLEAR: "情况不明",
    Group.NO_LABOUR: "整户无劳动力",
}


@dataclass(frozen=True)
class EliminationRow:
    """One household with its facts, the proposal, and the open case that stands in the way of another."""

    household: Household
    facts: EliminationFacts
    proposal: Proposal
    group: Group
    has_open_case: bool


@dataclass(frozen=True)
class EliminationList:
    """The rows of a place; empty with `is_too_wide` where there are more than can be weighed at once."""

    rows: tuple[EliminationRow, ...]
    total: int
    is_too_wide: bool = False

    @property
    def counts(self) -> Counter[Group]:
        """Count the rows of each group."""
        return Counter(row.group for row in self.rows)


def monitored(viewer: Viewer, prefix: str = "") -> QuerySet[Household]:
    """Return the monitored households in reach of a place."""
    rows = visible(Household.objects.filter(monitoring="monitored", is_present=True), viewer)
    return rows.filter(division__startswith=prefix) if prefix else rows


def elimination_list(viewer: Viewer, on: date, *, prefix: str = "") -> EliminationList:
    """Weigh the elimination of every monitored household of a place."""
    households = monitored(viewer, prefix)
    total = households.count()
    if total > MOST:
        return EliminationList((), total, is_too_wide=True)
    return EliminationList(rows_of(list(households.order_by("division", "number")), on), total)


def elimination_row(viewer: Viewer, household_id: int, on: date) -> EliminationRow | None:
    """Weigh the elimination of one household; None out of reach or where it is not monitored."""
    rows = rows_of(list(monitored(viewer).filter(pk=household_id)), on)
    return rows[0] if rows else None


def rows_of(households: Sequence[Household], on: date) -> tuple[EliminationRow, ...]:
    """Weigh households; the queries do not grow with their number."""
    facts = elimination_facts_of(households, on)
    cases = Case.objects.filter(household__in=households, status="open").values_list(
        "household_id", flat=True
    )
    in_case = set(cases)
    return tuple(_row(each, facts[each.pk], on, each.pk in in_case) for each in households)


def _row(household: Household, facts: EliminationFacts, on: date, has_open_case: bool) -> EliminationRow:
    proposal = elimination_proposal(facts, policy_at(household.division, on), on)
    return EliminationRow(household, facts, proposal, _group(facts, proposal), has_open_case)


def _group(facts: EliminationFacts, proposal: Proposal) -> Group:
    if facts.is_without_labour:
        return Group.NO_LABOUR
    if proposal.blocks:
        return Group.BLOCKED
    return Group.UNCLEAR if proposal.missing else Group.READY


def may_propose(viewer: Viewer, household: Household) -> bool:
    """Tell whether a viewer may open an elimination case for a household."""
    return bool(viewer.roles_at(Permission.PROPOSE_ELIMINATION, household.division))
