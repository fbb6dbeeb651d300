"""Granting and taking back roles: the security administrator's, within his place, never to himself (T06)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.departments import DEPARTMENTS
from shouwang.domain.divisions import DivisionError, find
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role, level_of, refusal_of_grant
from shouwang.records.account_scope import accounts_of, places_of
from shouwang.records.models import Account, RoleGrant


def grant_role(
    *,
    actor: Actor,
    account_id: int,
    role: Role,
    place: str,
    from_at: datetime,
    at: datetime,
    until_at: datetime | None = None,
    group_name: str = "",
    departments: Sequence[str] = (),
    reason: str = "",
) -> RoleGrant:
    """Grant a role in a place for a time; the account's sessions end, so that it signs in anew."""
    with acting(actor, "role.grant", at=at) as act:
        account = _account(actor, account_id, act)
        _refuse(actor, account, role, place, _held(account, at))
        check_grant(
            role=role, place=place, group_name=group_name, departments=departments, from_at=from_at,
            until_at=until_at, at=at,
        )  # fmt: skip
        if _running(account, at).filter(role=role, place=place, group_name=group_name.strip()).exists():
            raise Unfit("此人已有同一区划的这个角色，请先收回原授权再改")
        grant = RoleGrant.objects.create(
            account=account,
            role=role,
            place=place,
            group_name=group_name.strip(),
            departments=list(departments),
            from_at=from_at,
            until_at=until_at,
            reason=reason.strip(),
            granted_by_id=actor.viewer.account_id,
        )
        act.after = {"role": str(role), "place": place, "until_at": str(until_at or "")}
        _end_sessions(account)
    return grant


def revoke_role(*, actor: Actor, grant_id: int, reason: str, at: datetime) -> RoleGrant:
    """Take a role back from now on; the grant stays as it was held."""
    with acting(actor, "role.revoke", at=at) as act:
        mine = accounts_of(actor.viewer, Permission.MANAGE_ROLES)
        grant = RoleGrant.objects.select_for_update().filter(pk=grant_id, account__in=mine).first()
        if grant is None:
            raise NotThere
        account = _account(actor, grant.account_id, act)
        if not grant.is_break_glass:
            _refuse(actor, account, Role(grant.role), grant.place, ())
        if grant.until_at is not None and grant.until_at <= at:
            raise Unfit("这项授权已经结束")
        act.before = {"role": grant.role, "place": grant.place, "until_at": str(grant.until_at or "")}
        grant.until_at = max(at, grant.from_at)
        grant.save(update_fields=["until_at"])
        act.after, act.reason = {"until_at": str(grant.until_at)}, reason.strip()
        _end_sessions(account)
    return grant


def _account(actor: Actor, account_id: int, act: Act) -> Account:
    mine = accounts_of(actor.viewer, Permission.MANAGE_ROLES)
    found = mine.select_for_update().filter(pk=account_id).first()
    if found is None:
        raise NotThere
    act.about(found)
    act.division = found.place
    return found


def _running(account: Account, at: datetime) -> QuerySet[RoleGrant]:
    still = Q(until_at=None) | Q(until_at__gt=at)
    return RoleGrant.objects.filter(still, account=account, is_break_glass=False)


def _held(account: Account, at: datetime) -> tuple[Role, ...]:
    """Return the roles held now or later: two that exclude each other must never meet."""
    return tuple(Role(each) for each in _running(account, at).values_list("role", flat=True))


def _refuse(actor: Actor, account: Account, role: Role, place: str, held: Sequence[Role]) -> None:
    """Raise NotAllowed unless one of the actor's places allows the grant."""
    refusals = [
        refusal_of_grant(
            actor.viewer.roles,
            role,
            grantor_place=mine,
            place=place,
            grantee_roles=held,
            is_self=account.pk == actor.viewer.account_id,
        )
        for mine in places_of(actor.viewer, Permission.MANAGE_ROLES)
    ]
    if None not in refusals:
        raise NotAllowed(refusals[0] if refusals and refusals[0] else "只有安全管理员可以授予角色")


def check_grant(
    *,
    role: Role,
    place: str,
    group_name: str,
    departments: Sequence[str],
    from_at: datetime,
    until_at: datetime | None,
    at: datetime,
) -> None:
    """Raise Unfit for a grant that says too little or too much, whoever grants it."""
    problems = []
    if not _exists(place):
        problems.append("没有这个区划，请核对区划代码")
    if (role is Role.HOUSEHOLD_GROUP) != bool(group_name.strip()):
        problems.append("“村民小组”须填写组名，其他角色不填组名")
    if any(each not in DEPARTMENTS for each in departments):
        problems.append("没有这个部门，请重新选择")
    if (role is Role.DEPARTMENT) != bool(departments):
        problems.append("“行业部门”须选择部门，其他角色不选部门")
    if until_at is not None and until_at <= max(from_at, at):
        problems.append("结束时间应晚于开始时间和现在")
    if problems:
        raise Unfit(problems)


def _exists(place: str) -> bool:
    try:
        return find(place, level_of(place)) is not None
    except DivisionError:
        return False


def _end_sessions(account: Account) -> None:
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])
