"""Insurance in reach (R47): monitored households without cover, policies, those about to end, claims."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shouwang.domain.insurance import GENERAL_KINDS
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Claim, Cover, Household
from shouwang.records.viewers import Viewer

TABS = {"uncovered": "未参保监测户", "held": "在保", "ending": "临近到期", "claims": "理赔"}


@dataclass(frozen=True)
class Coverage:
    """How many monitored households of a place have general cover on a day."""

    households: int
    covered: int

    @property
    def missing(self) -> int:
        """How many have none."""
        return self.households - self.covered


def uncovered(viewer: Viewer, on: date, *, prefix: str = "") -> QuerySet[Household]:
    """Return the monitored households without general cover (防贫保险 or 综合保险) on a day."""
    rows = _monitored(viewer, prefix).exclude(_covered(on))
    return rows.select_related("contact").order_by("division", "number")


def coverage(viewer: Viewer, on: date, *, prefix: str = "") -> Coverage:
    """Count the monitored households and those covered: one query."""
    added = _monitored(viewer, prefix).aggregate(all=Count("pk"), covered=Count("pk", filter=_covered(on)))
    return Coverage(added["all"], added["covered"])


def covers(
    viewer: Viewer, on: date, *, prefix: str = "", kind: str = "", within: int | None = None
) -> QuerySet[Cover]:
    """Return the policies in force on a day; `within` days leaves those that end and have no successor."""
    rows = visible(Cover.objects.filter(_in_force(on)), viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if kind:
        rows = rows.filter(kind=kind)
    if within is not None:
        next_one = Cover.objects.filter(
            household_id=OuterRef("household_id"),
            kind=OuterRef("kind"),
            state="held",
            ends_on__gt=OuterRef("ends_on"),
        )
        rows = rows.filter(~Exists(next_one), ends_on__lte=on + timedelta(days=within))
    rows = rows.select_related("household").annotate(
        person_count=Count("persons", distinct=True), claim_count=Count("claims", distinct=True)
    )
    return rows.order_by("ends_on", "pk")


def claims(viewer: Viewer, *, prefix: str = "", state: str = "") -> QuerySet[Claim]:
    """Return the claims in reach, the newest first."""
    rows = visible(Claim.objects.all(), viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("household", "cover", "member").order_by("-claimed_on", "-pk")


def covers_of(household: Household) -> QuerySet[Cover]:
    """Return a household's policies with their persons and claims, the newest first."""
    rows = Cover.objects.filter(household=household).prefetch_related("persons__member", "claims__member")
    return rows.order_by("-ends_on", "-pk")


def _monitored(viewer: Viewer, prefix: str) -> QuerySet[Household]:
    rows = Household.objects.filter(monitoring="monitored", is_present=True)
    rows = visible(rows, viewer, Permission.SEE_INCOME)
    return rows.filter(division__startswith=prefix) if prefix else rows


def _in_force(on: date) -> Q:
    is_not_ended = Q(ended_on=None) | Q(ended_on__gt=on)
    return is_not_ended & Q(starts_on__lte=on, ends_on__gte=on)


def _covered(on: date) -> Q:
    held = Cover.objects.filter(_in_force(on), household_id=OuterRef("pk"), kind__in=GENERAL_KINDS)
    return Q(Exists(held))
