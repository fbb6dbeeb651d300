"""Who answers for which household (R42): the households, those without anybody, each person's load."""

from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Account, Contact, Household
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class Load:
    """What one person answers for in the viewer's reach; `is_gone` says that his account is disabled."""

    account_id: int
    name: str
    office: str
    households: int
    monitored: int
    visited_on: object
    is_gone: bool


def contact_list(viewer: Viewer, *, prefix: str = "", is_missing: bool = False) -> QuerySet[Household]:
    """Return the monitored households in reach; or only those without a contact person in office."""
    rows = visible(Household.objects.filter(monitoring="monitored", is_present=True), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    if is_missing:
        rows = rows.filter(Q(contact=None) | Q(contact__is_active=False))
    return rows.select_related("contact").order_by("division", "number")


def loads(viewer: Viewer, *, prefix: str = "") -> list[Load]:
    """Return each person's households in reach, the heaviest load first: one query."""
    rows = visible(Contact.objects.filter(to_on=None), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    added = rows.values(
        "account_id", "account__display_name", "account__office", "account__is_active"
    ).annotate(
        households=Count("household", distinct=True),
        monitored=Count("household", distinct=True, filter=Q(household__monitoring="monitored")),
        visited_on=Max("household__last_visit_on"),
    )
    return [
        Load(
            row["account_id"],
            row["account__display_name"],
            row["account__office"],
            row["households"],
            row["monitored"],
            row["visited_on"],
            not row["account__is_active"],
        )
        for row in added.order_by("-households", "account_id")
    ]


def contacts_of_household(household: Household) -> QuerySet[Contact]:
    """Return everybody who answers or answered for a household, the present ones first."""
    rows = Contact.objects.filter(household=household).select_related("account", "assigned_by")
    return rows.order_by("to_on", "-from_on", "-pk")


def handed_households(viewer: Viewer, account_id: int) -> QuerySet[Household]:
    """Return the households that an account answers for and the viewer may hand over."""
    present = Contact.objects.filter(household=OuterRef("pk"), account_id=account_id, to_on=None)
    rows = visible(Household.objects.all(), viewer, Permission.ASSIGN_CONTACT, is_write=True)
    return rows.filter(Exists(present)).order_by("division", "number")


def account_in_charge(viewer: Viewer, account_id: int) -> Account | None:
    """Return the account that answers for some household the viewer may hand over, else None."""
    if not handed_households(viewer, account_id).exists():
        return None
    return Account.objects.filter(pk=account_id).first()
