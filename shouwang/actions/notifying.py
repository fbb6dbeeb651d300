"""Telling people: a line in their notifications, without anybody's name or number in it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from shouwang.domain.roles import Role
from shouwang.records.models import Account, Notification, RoleGrant


def notify(*, accounts: Iterable[int], kind: str, text: str, link: str, at: datetime) -> None:
    """Leave a line for each account, in the running transaction."""
    Notification.objects.bulk_create(
        Notification(account_id=each, kind=kind, text=text, link=link, at=at)
        for each in sorted(set(accounts))
    )


def accounts_with(*, roles: Iterable[Role | str], division: str, at: datetime) -> list[int]:
    """Return who holds one of the roles over a village at an instant, helpers and departments aside."""
    widths = (2, 4, 6, 9, 12)
    return list(
        RoleGrant.objects.filter(
            Q(until_at=None) | Q(until_at__gt=at),
            role__in=[str(each) for each in roles],
            place__in=[division[:width] for width in widths],
            from_at__lte=at,
            is_break_glass=False,
            account__in=Account.objects.filter(is_active=True),
        ).values_list("account_id", flat=True)
    )
