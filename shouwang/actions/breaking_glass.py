"""Break-glass (T08): a look outside one's area for some hours, with a reason, told to the area seen."""

from datetime import datetime, timedelta

from shouwang.actions.acting import Actor, acting
from shouwang.actions.notifying import accounts_with, notify
from shouwang.actions.refusals import NotAllowed, NotThere, Unfit
from shouwang.domain.divisions import DivisionError, find
from shouwang.domain.permissions import Permission
from shouwang.domain.reasons import ReasonError
from shouwang.domain.roles import ROLES, Role, level_of
from shouwang.domain.scope import LONGEST_BREAK_GLASS, Reach, ScopeError, break_glass
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Household, RoleGrant

LONGEST_HOURS = int(LONGEST_BREAK_GLASS.total_seconds() // 3600)
LINK = "/break-glass/"
_TOLD = "有人紧急越界查看了本地数据，请核对"


def open_glass(
    *, actor: Actor, place: str, household_number: str, reason: str, hours: int, at: datetime
) -> RoleGrant:
    """Let the actor read a place, or a household's village, for some hours. Its county office is told."""
    with acting(actor, "break_glass.open", at=at) as act:
        role = _role(actor)
        act.role = role
        where = _village_of(actor, household_number.strip()) if household_number.strip() else place.strip()
        if not _exists(where):
            raise Unfit("没有这个区划，请填县、乡镇或村的区划代码，或户编号", {"place": "没有这个区划"})
        act.division, act.target_kind = where, "division"
        act.target_id = where
        mine = actor.viewer.scope(Permission.SEE_HOUSEHOLDS).reaches
        if any(where.startswith(each.prefix) for each in mine):
            raise Unfit("这个区划在您的工作范围内，无需越界查看")
        try:
            glass = break_glass(Reach(where), reason, from_at=at, until_at=at + timedelta(hours=hours))
        except (ReasonError, ScopeError) as error:
            raise Unfit(str(error)) from None
        grant = RoleGrant.objects.create(
            account_id=actor.viewer.account_id, role=role, place=where, from_at=at, until_at=glass.until_at,
            is_break_glass=True, reason=glass.reason, granted_by_id=actor.viewer.account_id,
        )  # fmt: skip
        act.reason, act.after = glass.reason, {"until_at": str(glass.until_at)}
        owners = accounts_with(roles=[Role.COUNTY_OFFICE], division=where, at=at)
        notify(accounts=owners, kind="break_glass", text=_TOLD, link=LINK, at=at)
    return grant


def close_glass(*, actor: Actor, grant_id: int, at: datetime) -> RoleGrant:
    """End one's own look before its time."""
    with acting(actor, "break_glass.close", at=at) as act:
        grant = (
            RoleGrant.objects.select_for_update()
            .filter(pk=grant_id, account_id=actor.viewer.account_id, is_break_glass=True)
            .first()
        )
        if grant is None:
            raise NotThere
        act.division, act.target_kind, act.target_id = grant.place, "division", grant.place
        if grant.until_at is not None and grant.until_at <= at:
            raise Unfit("这次越界查看已经结束")
        grant.until_at = at
        grant.save(update_fields=["until_at"])
    return grant


def _role(actor: Actor) -> Role:
    """Return the role by which glass may be broken: one held in its own right."""
    own = (each.role for each in actor.viewer.held if actor.viewer.roles and not each.is_break_glass)
    for role in own:
        if Permission.BREAK_GLASS in ROLES[role].permissions:
            return role
    raise NotAllowed("您的角色不能紧急越界查看，确有需要请联系上级主管部门")


def _village_of(actor: Actor, number: str) -> str:
    """Return the village of a household that the actor does not reach yet."""
    with entered_system():
        found = Household.objects.filter(number=number).values_list("division", flat=True).first()
    enter(actor.viewer)
    if found is None:
        raise Unfit("没有这个户编号，请核对", {"household_number": "没有这个户编号"})
    return found


def _exists(place: str) -> bool:
    try:
        return find(place, level_of(place)) is not None
    except DivisionError:
        return False
