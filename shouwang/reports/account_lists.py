"""Accounts, what they hold, who is signed in, and who looked where he does not work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Prefetch, Q, QuerySet

from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role
from shouwang.records.account_scope import accounts_of
from shouwang.records.models import Account, RoleGrant
from shouwang.records.viewers import Viewer


@dataclass(frozen=True)
class Online:
    """One session that is still good: whose, since when, last used when, and from where."""

    account: Account
    started_at: datetime | None
    last_seen_at: datetime | None
    address: str


def accounts(
    viewer: Viewer, permission: Permission, *, words: str = "", place: str = "", state: str = ""
) -> QuerySet[Account]:
    """Return the accounts that an administrator reaches, with every grant of each."""
    found = accounts_of(viewer, permission)
    if words:
        found = found.filter(
            Q(login__icontains=words) | Q(display_name__icontains=words) | Q(office__icontains=words)
        )
    if place:
        found = found.filter(place__startswith=place)
    if state in ("active", "disabled"):
        found = found.filter(is_active=state == "active")
    ordered = RoleGrant.objects.order_by("-from_at", "-pk")
    return found.prefetch_related(Prefetch("grants", queryset=ordered)).order_by("place", "login")


def grants(
    viewer: Viewer, at: datetime, *, words: str = "", role: str = "", state: str = ""
) -> QuerySet[RoleGrant]:
    """Return the grants of the accounts that a security administrator reaches, break-glass aside."""
    found = RoleGrant.objects.filter(
        account__in=accounts_of(viewer, Permission.MANAGE_ROLES), is_break_glass=False
    ).select_related("account", "granted_by")
    if words:
        found = found.filter(Q(account__login__icontains=words) | Q(account__display_name__icontains=words))
    if role in set(Role):
        found = found.filter(role=role)
    if state == "ended":
        found = found.filter(until_at__lte=at)
    elif state == "running":
        found = found.filter(Q(until_at=None) | Q(until_at__gt=at))
    return found.order_by("account__place", "account__login", "-from_at", "-pk")


def is_running(grant: RoleGrant, at: datetime) -> bool:
    """Tell whether a grant holds at an instant."""
    return grant.from_at <= at and (grant.until_at is None or grant.until_at > at)


def own_glass(viewer: Viewer) -> QuerySet[RoleGrant]:
    """Return the looks outside his area that a person has taken, latest first."""
    mine = RoleGrant.objects.filter(account_id=viewer.account_id, is_break_glass=True)
    return mine.order_by("-from_at", "-pk")


def glass_into(viewer: Viewer) -> QuerySet[RoleGrant]:
    """Return the looks that others took into the areas a viewer answers for, latest first."""
    touching = Q(pk__in=[])
    for reach in viewer.scope(Permission.BREAK_GLASS).reaches:
        if not reach.is_read_only:
            wider = [reach.prefix[:width] for width in (6, 9, 12) if width <= len(reach.prefix)]
            touching |= Q(place__startswith=reach.prefix) | Q(place__in=wider)
    others = RoleGrant.objects.filter(touching, is_break_glass=True).exclude(account_id=viewer.account_id)
    return others.select_related("account").order_by("-from_at", "-pk")


def online(viewer: Viewer, at: datetime) -> list[Online]:
    """Return the sessions of the accounts that a system administrator reaches, last used first."""
    read = [each.get_decoded() for each in Session.objects.filter(expire_date__gt=at).iterator()]
    keys = {int(each["_auth_user_id"]) for each in read if "_auth_user_id" in each}
    reached = {each.pk: each for each in accounts_of(viewer, Permission.MANAGE_USERS).filter(pk__in=keys)}
    found = [one for each in read if (one := _online(each, reached)) is not None]
    return sorted(found, key=lambda one: (one.last_seen_at is not None, one.last_seen_at), reverse=True)


def _online(session: dict[str, str], reached: dict[int, Account]) -> Online | None:
    account = reached.get(int(session.get("_auth_user_id", 0)))
    # A session of an earlier epoch is dead already.
    if account is None or session.get("_auth_user_hash") != account.get_session_auth_hash():
        return None
    started, seen = session.get("started_at"), session.get("last_seen")
    return Online(account, _instant(started), _instant(seen), session.get("address", ""))


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the display names of accounts by key, in one query."""
    numbers = {int(each) for each in keys if each.isdigit()}
    found = Account.objects.filter(pk__in=numbers).values_list("pk", "display_name")
    return {str(key): name for key, name in found}
