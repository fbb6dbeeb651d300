"""Accounts (R100): made for one person each, with a password that is shown once; disabled, never deleted."""

from dataclasses import dataclass
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler

from shouwang.actions.acting import Act, Actor, acting
from shouwang.actions.passwords import give_temporary_password
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.divisions import DivisionError, find
from shouwang.domain.password_rules import login_problem
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import ADMINISTRATORS
from shouwang.records.account_scope import accounts_of, places_of
from shouwang.records.models import Account, RoleGrant


@dataclass(frozen=True)
class Opened:
    """An account with the password that was made for it; it can be read nowhere again."""

    account: Account
    password: str


def create_account(
    *, actor: Actor, login: str, display_name: str, place: str, office: str = "", at: datetime
) -> Opened:
    """Make an account in the administrator's place; roles are granted by the security administrator."""
    with acting(actor, "account.create", at=at) as act:
        if not any(place.startswith(each) for each in places_of(actor.viewer, Permission.MANAGE_USERS)):
            raise NotAllowed("所选区划不在您的管辖范围内，请由上一级系统管理员建立账号")
        opened = new_account(login=login, display_name=display_name, place=place, office=office, at=at)
        _say(act, opened.account)
        act.after = {"place": place, "office": office}
    return opened


def new_account(*, login: str, display_name: str, place: str, office: str, at: datetime) -> Opened:
    """Make an account in the running transaction. Raises Unfit."""
    name = login.strip().casefold()
    problems = [found] if (found := login_problem(name, display_name)) else []
    if not _exists(place):
        problems.append("没有这个区划，请填 2、4、6、9 或 12 位区划代码")
    if not problems and Account.objects.filter(login=name).exists():
        problems.append("这个账号名已有人使用，请另取一个")
    if problems:
        raise Unfit(problems)
    account = Account(
        login=name, display_name=display_name.strip(), place=place, office=office.strip(), created_at=at
    )
    password = give_temporary_password(account=account, at=at)
    account.session_epoch = 0
    account.save()
    return Opened(account, password)


def disable_account(*, actor: Actor, account_id: int, at: datetime) -> Account:
    """Disable an account; its sessions end at once, its work stays under its name."""
    with acting(actor, "account.disable", at=at) as act:
        account = _administered(actor, account_id, act)
        if not account.is_active:
            raise Unfit("这个账号已经停用")
        act.before, act.after = {"is_active": True}, {"is_active": False}
        account.is_active = False
        account.session_epoch += 1
        account.save(update_fields=["is_active", "session_epoch"])
    return account


def enable_account(*, actor: Actor, account_id: int, at: datetime) -> Account:
    """Enable a disabled account again."""
    with acting(actor, "account.enable", at=at) as act:
        account = _administered(actor, account_id, act)
        if account.is_active:
            raise Unfit("这个账号正在使用，无需启用")
        act.before, act.after = {"is_active": False}, {"is_active": True}
        account.is_active = True
        account.save(update_fields=["is_active"])
    return account


def reset_password(*, actor: Actor, account_id: int, at: datetime) -> Opened:
    """Give an account a new temporary password; its sessions end at once."""
    with acting(actor, "account.reset_password", at=at) as act:
        account = _administered(actor, account_id, act)
        password = give_temporary_password(account=account, at=at)
        account.save()
        AxesProxyHandler.reset_attempts(username=account.login)
    return Opened(account, password)


def unlock_account(*, actor: Actor, account_id: int, at: datetime) -> Account:
    """Let an account try to sign in again after too many failures."""
    with acting(actor, "account.unlock", at=at) as act:
        account = _administered(actor, account_id, act)
        AxesProxyHandler.reset_attempts(username=account.login)
    return account


def end_sessions(*, actor: Actor, account_id: int, at: datetime) -> Account:
    """End every session of an account at once."""
    with acting(actor, "account.end_sessions", at=at) as act:
        account = _administered(actor, account_id, act)
        account.session_epoch += 1
        account.save(update_fields=["session_epoch"])
    return account


def clear_codes(*, actor: Actor, account_id: int, reason: str, at: datetime) -> Account:
    """Take one-time passwords off an account whose telephone is lost.

    The security administrator's act: who resets passwords must not also take the second factor away.
    """
    with acting(actor, "account.clear_totp", at=at) as act:
        account = _administered(actor, account_id, act, Permission.MANAGE_ROLES)
        if not account.is_totp_confirmed:
            raise Unfit("这个账号没有启用动态口令")
        act.reason = reason
        account.totp_secret_sealed, account.totp_last_step = None, None
        account.is_totp_confirmed, account.recovery_hashes = False, []
        account.session_epoch += 1
        account.save()
    return account


def _administered(
    actor: Actor, account_id: int, act: Act, permission: Permission = Permission.MANAGE_USERS
) -> Account:
    """Lock and return an account of the actor's place; an administrator's only from above, never his own."""
    account = accounts_of(actor.viewer, permission).select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotThere
    _say(act, account)
    if account.pk == actor.viewer.account_id:
        raise NotAllowed("不能对自己的账号做这项操作，请由上一级管理员办理")
    places = places_of(actor.viewer, permission)
    held = RoleGrant.objects.filter(account=account, role__in=list(ADMINISTRATORS), is_break_glass=False)
    if any(not _is_below(grant.place, places) for grant in held):
        raise NotAllowed(
            "同级和上级管理员的账号由上一级管理员办理，或在服务器上用 shouwang createuser --reset 重置"
        )
    return account


def _is_below(place: str, places: tuple[str, ...]) -> bool:
    return any(place.startswith(each) and place != each for each in places)


def _say(act: Act, account: Account) -> None:
    act.about(account)
    act.division = account.place


def _exists(place: str) -> bool:
    try:
        return find(place) is not None
    except DivisionError:
        return False
