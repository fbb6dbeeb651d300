"""Accounts made on the server itself: the first of a site, and those whom nobody above can help."""

from collections.abc import Sequence
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler

from shouwang.actions.accounts import Opened, new_account
from shouwang.actions.acting import Actor, acting
from shouwang.actions.grants import check_grant
from shouwang.actions.passwords import give_temporary_password
from shouwang.actions.refusals import NotThere, Unfit
from shouwang.domain.divisions import LEVELS
from shouwang.domain.roles import ROLES, Role, level_of
from shouwang.records.models import Account, RoleGrant
from shouwang.records.viewers import Viewer

SYSTEM = Actor(Viewer(0, "", ()))


def create_with_role(
    *,
    login: str,
    display_name: str,
    role: Role,
    place: str,
    office: str = "",
    departments: Sequence[str] = (),
    group_name: str = "",
    at: datetime,
) -> Opened:
    """Make an account with one role. Raises Unfit."""
    with acting(SYSTEM, "account.create", at=at) as act:
        opened = new_account(login=login, display_name=display_name, place=place, office=office, at=at)
        level = level_of(place)
        if level not in ROLES[role].levels:
            levels = "、".join(LEVELS[each] for each in ROLES[role].levels)
            raise Unfit(f"“{role.label}”只能授予在{levels}级区划，请改选区划")
        check_grant(
            role=role,
            place=place,
            group_name=group_name,
            departments=departments,
            from_at=at,
            until_at=None,
            at=at,
        )
        RoleGrant.objects.create(
            account=opened.account, role=role, place=place, group_name=group_name.strip(),
            departments=list(departments), from_at=at, reason="在服务器上建立",
        )  # fmt: skip
        act.about(opened.account)
        act.division = place
        act.after = {"role": str(role), "place": place}
    return opened


def reset_by_system(*, login: str, at: datetime) -> Opened:
    """Give an account a new temporary password, whoever it is."""
    with acting(SYSTEM, "account.reset_password", at=at) as act:
        account = Account.objects.select_for_update().filter(login=login.strip().casefold()).first()
        if account is None:
            raise NotThere
        act.about(account)
        act.division = account.place
        password = give_temporary_password(account=account, at=at)
        account.save()
        AxesProxyHandler.reset_attempts(username=account.login)
    return Opened(account, password)
