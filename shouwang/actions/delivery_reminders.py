"""Departments are reminded of the calendar: before a month's data are due, on the day, and after it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from shouwang.actions.acting import Actor, acting
from shouwang.actions.notifying import accounts_with
from shouwang.domain.departments import department_label
from shouwang.domain.feed_calendar import duties_of
from shouwang.domain.policy import PackError
from shouwang.domain.roles import Role
from shouwang.records.feed_months import OVERDUE, SOON, FeedMonth, feed_months, months_back
from shouwang.records.models import Account, Load, Notification, RoleGrant
from shouwang.records.policies import policy_at

KIND, LINK = "delivery_due", "/delivery-calendar/"
# Older months lack for good reasons or are not to be had any more.
_MONTHS = 3
_DAYS_BETWEEN = 7


def calendar_daily(*, actor: Actor, on: date, at: datetime) -> int:
    """Remind every county's departments and tell its office what lacks; return how many lines were left.

    Each line is left once, however often this runs. Runs inside `entered_system()`; each county is one act.
    """
    counties = Load.objects.order_by("county").values_list("county", flat=True).distinct()
    return sum(_remind(actor, county, on, at) for county in list(counties))


def _remind(actor: Actor, county: str, on: date, at: datetime) -> int:
    waiting = _waiting(county, on)
    lines = [line for each in waiting for line in _to_department(each, county, on, at)]
    lines += _to_county(waiting, county, on, at)
    fresh = _not_told(lines)
    if not fresh:
        return 0
    with acting(actor, "delivery.remind", at=at) as act:
        act.division = county.ljust(12, "0")
        Notification.objects.bulk_create(
            Notification(account_id=account, kind=KIND, text=text, link=LINK, at=at)
            for account, text in fresh
        )
        act.after = {"rows": len(fresh)}
    return len(fresh)


def _waiting(county: str, on: date) -> list[FeedMonth]:
    """Return what is due soon or lacks, of months that are not too old."""
    try:
        policy = policy_at(county.ljust(12, "0"), on)
    except PackError:
        return []
    found = []
    for duty in duties_of(policy):
        found += feed_months(county, [duty], months_back(duty.month_due(on), _MONTHS), on)
    return [each for each in found if each.state in (SOON, OVERDUE)]


def _to_department(each: FeedMonth, county: str, on: date, at: datetime) -> Iterable[tuple[int, str]]:
    data = f"{each.month.year}年{each.month.month}月的{department_label(each.feed)}数据"
    if each.state == SOON:
        text = f"{data}请于 {each.due_on:%Y-%m-%d} 前推送"
        if each.due_on == on:
            text = f"{data}今天到期，请尽快推送"
    else:
        text = f"{data}应于 {each.due_on:%Y-%m-%d} 前推送，{_past(each.days_late(on))}"
    return [(account, text) for account in _officers(each.feed, county, at)]


def _to_county(waiting: list[FeedMonth], county: str, on: date, at: datetime) -> Iterable[tuple[int, str]]:
    """Tell the office what lacks, a line for each month and week."""
    by_month: dict[date, list[FeedMonth]] = {}
    for each in waiting:
        if each.state == OVERDUE:
            by_month.setdefault(each.month, []).append(each)
    office = accounts_with(roles=(Role.COUNTY_OFFICE,), division=county.ljust(12, "0"), at=at)
    for month, late in sorted(by_month.items()):
        names = "、".join(dict.fromkeys(department_label(each.feed) for each in late))
        past = _past(min(each.days_late(on) for each in late))
        text = f"{month.year}年{month.month}月还缺 {len(late)} 项部门数据，{past}：{names}"[:200]
        yield from ((account, text) for account in office)


def _past(days: int) -> str:
    """Say how late it is, so that the words change once a week."""
    weeks = (days - 1) // _DAYS_BETWEEN
    return f"已超期 {weeks} 周" if weeks else "已超期"


def _officers(feed: str, county: str, at: datetime) -> list[int]:
    """Return who hands in a feed for a county or for what it lies in."""
    grants = RoleGrant.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at),
        role=str(Role.DEPARTMENT), place__in=[county[:2], county[:4], county], from_at__lte=at,
        departments__contains=[feed], account__in=Account.objects.filter(is_active=True),
    )  # fmt: skip
    return sorted(set(grants.values_list("account_id", flat=True)))


def _not_told(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    told = set(
        Notification.objects.filter(kind=KIND, account__in={account for account, _ in lines}).values_list(
            "account_id", "text"
        )
    )
    return [each for each in dict.fromkeys(lines) if each not in told]
