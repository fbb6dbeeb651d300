"""Social help in reach (R47): offers, the households they fit, and what became of each gift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from shouwang.domain.donations import STANDING_GIFTS, Match, Offer, matches, place_prefix
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.donation_needs import needs_of, offer_of
from shouwang.records.models import DonationOffer, Gift, Household
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer

OFFER_TABS = {"open": "对接中", "closed": "已结束"}
GIFT_TABS = {
    "proposed": "待确认",
    "accepted": "待交付",
    "delivered": "已交付",
    "ended": "未接受或取消",
}
# More households than this are not weighed at once; the page asks for a place.
MOST = 400


@dataclass(frozen=True)
class Proposed:
    """One household that an offer fits, with the match."""

    household: Household
    match: Match


def offers(viewer: Viewer, *, tab: str, kind: str = "") -> QuerySet[DonationOffer]:
    """Return the offers of a tab with their gifts, the soonest to end first."""
    rows = visible(DonationOffer.objects.filter(state=tab), viewer, Permission.SEND_TASK)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.prefetch_related("gifts").order_by("until_on", "-offered_on", "-pk")


def offers_for(viewer: Viewer, household: Household, on: date) -> list[DonationOffer]:
    """Return the open offers in reach whose place holds a household."""
    rows = visible(DonationOffer.objects.filter(state="open"), viewer, Permission.SEND_TASK)
    rows = rows.filter(Q(until_on=None) | Q(until_on__gte=on)).order_by("-offered_on", "-pk")
    return [each for each in rows if household.division.startswith(place_prefix(each.division))]


def gifts(viewer: Viewer, *, tab: str, prefix: str = "") -> QuerySet[Gift]:
    """Return the gifts of a tab in reach, the oldest open ones or the newest ended ones first."""
    states = ("declined", "cancelled") if tab == "ended" else (tab,)
    rows = visible(Gift.objects.filter(state__in=states), viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    order = ("proposed_on", "pk") if tab in ("proposed", "accepted") else ("-proposed_on", "-pk")
    return rows.select_related("household").order_by(*order)


def gift_counts(viewer: Viewer, *, prefix: str = "") -> dict[str, int]:
    """Count the gifts of each tab: one query."""
    rows = visible(Gift.objects.all(), viewer, Permission.SEE_INCOME)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    ended = Q(state__in=("declined", "cancelled"))
    found: dict[str, int] = rows.aggregate(
        **{tab: Count("pk", filter=ended if tab == "ended" else Q(state=tab)) for tab in GIFT_TABS}
    )
    return found


def fitting(
    viewer: Viewer, offer: DonationOffer, on: date, *, prefix: str = "", only: Sequence[int] | None = None
) -> list[Proposed] | None:
    """Return the households an offer fits, those in gravest want first; None where there are too many.

    `only` names households; those out of reach or of another place are left out.
    """
    rows = Household.objects.filter(
        monitoring="monitored", is_present=True, division__startswith=place_prefix(offer.division)
    )
    rows = visible(rows, viewer, Permission.SEND_TASK)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if offer.risks:
        rows = rows.filter(risks__overlap=offer.risks)
    taken = Gift.objects.filter(offer=offer, state__in=STANDING_GIFTS).values("household_id")
    rows = rows.exclude(pk__in=taken) if only is None else rows.exclude(pk__in=taken).filter(pk__in=only)
    if rows.count() > MOST:
        return None
    households = {each.pk: each for each in rows.select_related("contact")}
    needs = needs_of(list(households.values()), on)
    policies = {pk: policy_at(each.division, on) for pk, each in households.items()}
    found = matches(left_of(offer), needs.values(), policies)
    return [Proposed(households[each.household_id], each) for each in found]


def left_of(offer: DonationOffer) -> Offer:
    """Return what is left of an offer."""
    return offer_of(offer)


def gifts_of(household: Household) -> QuerySet[Gift]:
    """Return what a household was offered or given, the newest first."""
    rows = Gift.objects.filter(household=household).select_related("household")
    return rows.order_by("-proposed_on", "-pk")
