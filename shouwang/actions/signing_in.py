"""Signing in and out: one answer for every failure, five tries for a name from an address, each audited."""

import hashlib
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.http import HttpRequest

from shouwang.actions.acting import Act, Actor, append_event
from shouwang.domain.audit_chain import Result
from shouwang.records.lock_outs import SIGN_IN, slowed
from shouwang.records.models import Account
from shouwang.records.viewers import Viewer, viewer_of

SIGN_OUT = "account.sign_out"
REFUSED = (
    "账号或密码不对，或者尝试次数过多。请核对后重试；"
    "连续 5 次不对需等待 15 分钟，忘记密码请联系系统管理员重置。"
)
EXPIRED = "临时密码已过期或已使用过。请联系系统管理员重新生成。"
WRONG_CODE = "动态口令不对。请输入手机上最新的 6 位数字，或一个未用过的恢复码。"
_LONGEST_LOGIN = 40
_NOBODY = 0


class SignInRefused(Exception):
    """Nobody is signed in; the message says what is to be said, and no more."""


def check_password(
    *, request: HttpRequest, login: str, password: str, address: str, request_id: str, at: datetime
) -> Account:
    """Return the account whose name and password these are, or raise SignInRefused.

    Unknown, wrong and locked cost one hash and one event alike; it is counted before it is answered.
    """
    name = login.strip().casefold()[:_LONGEST_LOGIN]
    with transaction.atomic():
        _one_at_a_time(name, address)
        account = Account.objects.filter(login=name).first()
        is_locked = _is_locked(request, name, account, at)
        is_right = _is_right(account, password)
        message = _message(account, is_right, is_locked, at)
        if message:
            nobody = Actor(Viewer(0, "", ()), request_id, address)
            _failed(request, nobody, name, account, at, is_locked=is_locked)
    if message or account is None:
        raise SignInRefused(message)
    return account


def sign_in(*, account: Account, address: str, request_id: str, at: datetime) -> Actor:
    """Audit that a person has signed in, and use his temporary password up."""
    actor = Actor(viewer_of(account, at), request_id, address)
    with transaction.atomic():
        if account.must_change_password and account.temporary_until_at:
            Account.objects.filter(pk=account.pk).update(temporary_until_at=at)
        Account.objects.filter(pk=account.pk).update(last_seen_at=at)
        append_event(actor, SIGN_IN, _about(account, "+".join(actor.viewer.roles)), at=at)
    return actor


def code_failed(
    *, request: HttpRequest, account: Account, address: str, request_id: str, at: datetime
) -> None:
    """Count and audit a wrong one-time password as a failed attempt."""
    with transaction.atomic():
        _one_at_a_time(account.login, address)
        actor = Actor(Viewer(0, "", ()), request_id, address)
        _failed(request, actor, account.login, account, at, is_locked=False, why="动态口令不对")


def is_locked_out(*, request: HttpRequest, account: Account, at: datetime) -> bool:
    """Tell whether an account may not try from this address now."""
    return _is_locked(request, account.login, account, at)


def sign_out(*, actor: Actor, at: datetime) -> None:
    """Audit that a person has signed out."""
    account = Account.objects.get(pk=actor.viewer.account_id)
    with transaction.atomic():
        append_event(actor, SIGN_OUT, _about(account, "+".join(actor.viewer.roles)), at=at)


def _one_at_a_time(name: str, address: str) -> None:
    """Let no two attempts on a name from an address run at once: a race must not give a sixth try."""
    key = int.from_bytes(hashlib.sha256(f"sign-in:{name}:{address}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _is_right(account: Account | None, password: str) -> bool:
    if account is None or not account.has_usable_password():
        make_password(password)
        return False
    return account.check_password(password) and account.is_active


def _is_locked(request: HttpRequest, name: str, account: Account | None, at: datetime) -> bool:
    """Ask for both locks whoever it is: a name that nobody has must not be answered sooner."""
    is_locked_here = not AxesProxyHandler.is_allowed(request, {"login": name})
    is_slowed = bool(slowed([account.pk if account else _NOBODY], at))
    return is_locked_here or is_slowed


def _message(account: Account | None, is_right: bool, is_locked: bool, at: datetime) -> str:
    if is_locked or not is_right or account is None:
        return REFUSED
    until = account.temporary_until_at
    return EXPIRED if account.must_change_password and until is not None and at >= until else ""


def _failed(
    request: HttpRequest,
    actor: Actor,
    name: str,
    account: Account | None,
    at: datetime,
    *,
    is_locked: bool,
    why: str = "账号或密码不对",
) -> None:
    _count(request, name, is_kept=not is_locked)
    act = _about(account, "") if account else Act(target_kind="account")
    act.reason = "已锁定" if is_locked else why
    append_event(actor, SIGN_IN, act, at=at, result=Result.REFUSED if is_locked else Result.FAILED)


def _count(request: HttpRequest, name: str, *, is_kept: bool) -> None:
    """Count a failure. During a lock it is taken back: the lock does not grow, and answers no sooner."""
    with transaction.atomic():
        AxesProxyHandler.user_login_failed(sender=None, credentials={"login": name}, request=request)
        if not is_kept:
            transaction.set_rollback(True)


def _about(account: Account, role: str) -> Act:
    return Act(target_kind="account", target_id=str(account.pk), division=account.place, role=role)
