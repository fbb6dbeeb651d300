"""Visits (R42): who is to be visited now, what was recorded, and how far each village has come."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from shouwang.domain.household_checks import check_household
from shouwang.domain.permissions import Permission
from shouwang.domain.remarks import Remark
from shouwang.domain.visit_plan import visit_window, visits_per_month
from shouwang.records.access import visible
from shouwang.records.household_facts import household_facts_of
from shouwang.records.models import Household, Visit
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer

_WORK_AND_INSURANCE = {"no_worker", "training_missing", "insurance_missing"}


@dataclass(frozen=True)
class Coverage:
    """One village: its monitored households, and how many have had the visit that is due now."""

    division: str
    households: int
    visited: int

    @property
    def missing(self) -> int:
        """How many are still to be visited."""
        return self.households - self.visited


@dataclass(frozen=True)
class Checked:
    """One household and what it lacks in work and insurance."""

    household: Household
    remarks: tuple[Remark, ...]


def due_visits(viewer: Viewer, on: date, *, prefix: str = "") -> QuerySet[Household]:
    """Return the monitored households not yet visited in the stretch of the month that holds the day."""
    rows = _monitored(viewer, prefix)
    return rows.exclude(_visited(rows, on)).select_related("contact").order_by("last_visit_on", "pk")


def visits_done(
    viewer: Viewer,
    *,
    prefix: str = "",
    kind: str = "",
    by_me: bool = False,
    since: date | None = None,
) -> QuerySet[Visit]:
    """Return the visits recorded in reach, the newest first."""
    rows = visible(Visit.objects.all(), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if kind:
        rows = rows.filter(kind=kind)
    if by_me:
        rows = rows.filter(by_id=viewer.account_id)
    if since:
        rows = rows.filter(visited_on__gte=since)
    return rows.select_related("household", "by").order_by("-visited_on", "-pk")


def coverage(viewer: Viewer, on: date, *, prefix: str = "") -> list[Coverage]:
    """Return each village's visits that are due now, those with most left first."""
    rows = _monitored(viewer, prefix)
    added = rows.values("division").annotate(
        households=Count("pk"), visited=Count("pk", filter=_visited(rows, on))
    )
    found = [Coverage(row["division"], row["households"], row["visited"]) for row in added]
    return sorted(found, key=lambda each: (-each.missing, each.division))


def work_and_insurance(viewer: Viewer, on: date, *, prefix: str = "", most: int) -> list[Checked] | None:
    """Return the households that lack work or insurance (R46, R47); None where the place holds too many."""
    rows = _monitored(viewer, prefix)
    if rows.count() > most:
        return None
    households = list(rows.select_related("contact").order_by("division", "number"))
    facts = household_facts_of(households, on)
    found = []
    for each in households:
        remarks = check_household(policy_at(each.division, on), facts[each.pk])
        lacking = tuple(remark for remark in remarks if remark.code in _WORK_AND_INSURANCE)
        if lacking:
            found.append(Checked(each, lacking))
    return found


def times_a_month(division: str, on: date) -> int:
    """Return how often a month the households of a village are visited."""
    return visits_per_month(policy_at(division, on))


def _monitored(viewer: Viewer, prefix: str) -> QuerySet[Household]:
    rows = Household.objects.filter(monitoring="monitored", is_present=True)
    rows = visible(rows, viewer, Permission.SEE_HOUSEHOLDS)
    return rows.filter(division__startswith=prefix) if prefix else rows


def _visited(rows: QuerySet[Household], on: date) -> Q:
    """Say which households were visited in the stretch that is due; places differ in its length."""
    by_start: dict[date, list[str]] = {}
    for division in rows.order_by("division").values_list("division", flat=True).distinct():
        start = visit_window(on, times_a_month(division, on)).from_date
        by_start.setdefault(start, []).append(division)
    visited = Q(pk__in=[])
    for start, divisions in by_start.items():
        visited |= Q(division__in=divisions, last_visit_on__isnull=False, last_visit_on__gte=start)
    return visited
