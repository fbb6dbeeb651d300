"""What is under way for a household: its open clues and cases."""

from dataclasses import dataclass

from shouwang.records.access import visible
from shouwang.records.models import Case, Clue, Household
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class UnderWay:
    """The open clues and cases of a household, the most urgent first."""

    clues: tuple[Clue, ...]
    cases: tuple[Case, ...]


def under_way(viewer: Viewer, household: Household) -> UnderWay:
    """Return what of a household is still to be done, in two queries."""
    clues = Clue.objects.filter(household=household).exclude(state="closed").order_by("due_on", "pk")
    cases = Case.objects.filter(household=household, status="open").order_by("due_on", "pk")
    return UnderWay(tuple(visible(clues, viewer)), tuple(visible(cases, viewer)))
