"""Tokens of the interface: one's own, and those of the accounts a security administrator answers for."""

from datetime import datetime

from django.db.models import QuerySet

from shouwang.domain.permissions import Permission
from shouwang.records.account_scope import accounts_of
from shouwang.records.models import ApiToken
from shouwang.records.viewers import Viewer


def own_tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """Return the viewer's own tokens, the newest first."""
    return ApiToken.objects.filter(account_id=viewer.account_id).select_related("account").order_by("-pk")


def administered_tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """Return the tokens of the accounts in the security administrator's place, the newest first."""
    accounts = accounts_of(viewer, Permission.MANAGE_ROLES)
    return ApiToken.objects.filter(account__in=accounts).select_related("account").order_by("-pk")


def state_of(token: ApiToken, at: datetime) -> tuple[str, str]:
    """Return tone and words of whether a token holds."""
    account = token.account
    if token.revoked_at is not None:
        return "stopped", "已作废"
    if not account.is_active:
        return "stopped", "账号已停用"
    if account.session_epoch != token.epoch or account.must_change_password:
        return "stopped", "密码或角色已变，已失效"
    return ("done", "有效") if token.from_at <= at < token.until_at else ("stopped", "已过期")
