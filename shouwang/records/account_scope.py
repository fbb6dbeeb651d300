"""Which accounts an administrator reaches: those whose office lies within his place."""

from django.db.models import Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.models import Account
from shouwang.records.viewers import Viewer


def places_of(viewer: Viewer, permission: Permission) -> tuple[str, ...]:
    """Return the division prefixes in which a permission is held over whole places."""
    reaches = viewer.scope(permission, is_write=True).reaches
    whole = (each for each in reaches if each.household_ids is None and each.feeds is None)
    return tuple(sorted({each.prefix for each in whole}))


def accounts_of(viewer: Viewer, permission: Permission) -> QuerySet[Account]:
    """Return the accounts that a viewer reaches with a permission; none without it."""
    within = Q(pk__in=[])
    for place in places_of(viewer, permission):
        within |= Q(place__startswith=place)
    return Account.objects.filter(within)
