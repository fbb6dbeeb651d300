"""Tokens of the interface: made for one's own account, shown once, taken back, checked (T18)."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from shouwang.actions.acting import Actor, acting
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.api_scopes import ApiScope, is_open_to
from shouwang.domain.permissions import Permission
from shouwang.records.account_scope import accounts_of
from shouwang.records.models import Account, ApiToken
from shouwang.records.models.api import METHODS

MOST_DAYS = 366
_MOST_TOKENS = 20
_PREFIX = "sw_"
_SHOWN_SIGNS = 9


@dataclass(frozen=True)
class MadeToken:
    """A token with its text, which can be read nowhere again."""

    token: ApiToken
    text: str


def make_token(
    *,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    methods: Iterable[str],
    addresses: Iterable[str],
    days: int,
    at: datetime,
) -> MadeToken:
    """Make a token of the actor's own account, of no more than the account may do. Raises Unfit."""
    with acting(actor, "api.token", at=at) as act:
        account = Account.objects.get(pk=actor.viewer.account_id)
        wanted, ways = _wanted(actor, scopes), sorted(set(methods))
        if not ways or not set(ways) <= set(METHODS):
            raise Unfit("请至少选择一种方法", {"methods": "请至少选择一种方法"})
        if not 1 <= days <= MOST_DAYS:
            raise Unfit(f"有效天数须在 1 至 {MOST_DAYS} 之间", {"days": f"须在 1 至 {MOST_DAYS} 之间"})
        if ApiToken.objects.filter(account=account, revoked_at=None, until_at__gt=at).count() >= _MOST_TOKENS:
            raise Unfit(f"有效的令牌已有 {_MOST_TOKENS} 个，请先作废不用的")
        text = _PREFIX + secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            account=account, name=name.strip(), start=text[:_SHOWN_SIGNS], digest=digest_of(text=text),
            scopes=wanted, methods=ways, addresses=_networks(addresses), epoch=account.session_epoch,
            from_at=at, until_at=at + timedelta(days=days), created_at=at,
        )  # fmt: skip
        act.about(token)
        act.after = {"scopes": "、".join(wanted), "methods": "、".join(ways), "until_at": str(token.until_at)}
    return MadeToken(token, text)


def revoke_token(*, actor: Actor, token_id: int, at: datetime) -> ApiToken:
    """Take back one's own token, or one of an account that the security administrator answers for.

    Raises NotThere, Unfit.
    """
    with acting(actor, "api.revoke", at=at) as act:
        token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
        if token is None:
            raise NotThere
        mine = token.account_id == actor.viewer.account_id
        if not mine and not _administered(actor, token.account_id):
            raise NotThere
        act.about(token)
        if token.revoked_at is not None:
            raise Unfit("这个令牌已经作废")
        token.revoked_at, token.revoked_by_id = at, actor.viewer.account_id
        token.save(update_fields=["revoked_at", "revoked_by"])
        act.after = {"revoked_at": str(at)}
    return token


def token_of(*, text: str, at: datetime) -> ApiToken | None:
    """Return the token that a text is, if it holds at this instant; why one does not is told to nobody."""
    found = ApiToken.objects.select_related("account").filter(digest=digest_of(text=text)).first()
    if found is None or found.revoked_at is not None or not found.from_at <= at < found.until_at:
        return None
    account = found.account
    holds = account.is_active and account.session_epoch == found.epoch and not account.must_change_password
    return found if holds else None


def is_from_allowed(*, token: ApiToken, address: str) -> bool:
    """Tell whether a token may be used from an address."""
    if not token.addresses:
        return True
    try:
        told = ip_address(address)
    except ValueError:
        return False
    return any(told in ip_network(each) for each in token.addresses)


def digest_of(*, text: str) -> str:
    """Return what is kept of a token; it has 256 random bits, so a plain digest cannot be guessed back."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _wanted(actor: Actor, scopes: Iterable[str]) -> list[str]:
    known = {str(each) for each in ApiScope}
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= known:
        raise Unfit("请至少选择一项范围", {"scopes": "请至少选择一项范围"})
    beyond = [each for each in wanted if not is_open_to(ApiScope(each), actor.viewer.permissions)]
    if beyond:
        labels = "、".join(ApiScope(each).label for each in beyond)
        raise Unfit(f"您的角色不能：{labels}", {"scopes": f"您的角色不能：{labels}"})
    return wanted


def _networks(addresses: Iterable[str]) -> list[str]:
    found = []
    for each in addresses:
        try:
            found.append(str(ip_network(each.strip(), strict=False)))
        except ValueError:
            said = "来源地址请写成 10.1.2.3 或 10.1.2.0/24 的样子，每行一个"
            raise Unfit(said, {"addresses": said}) from None
    return sorted(set(found))


def _administered(actor: Actor, account_id: int) -> bool:
    return accounts_of(actor.viewer, Permission.MANAGE_ROLES).filter(pk=account_id).exists()
