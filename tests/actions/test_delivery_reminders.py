"""The calendar reminds: before the day, on it, after it, each line once, and only whom it concerns."""

from datetime import date, datetime, timedelta

import pytest

from shouwang.actions.delivery_reminders import KIND, calendar_daily
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Account, Load, Notification, Source
from tests import world
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.world import NOW

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def people() -> dict[str, Account]:
    """Make a county at work since October, its office and two departments; health has delivered October."""
    with entered_system():
        load = Load.objects.create(
            kind="registry", county=COUNTY, on=OCTOBER, state="done", content_sha256="r",
            started_at=NOW.replace(month=10, day=5), finished_at=NOW.replace(month=10, day=5),
        )  # fmt: skip
        Source.objects.create(
            load=load, number=1, feed="health", file="f", sheet="", month=OCTOBER, sha256="s", row_count=1
        )
        return {
            "medical": world.account(Role.DEPARTMENT, COUNTY, departments=["medical"]),
            "health": world.account(Role.DEPARTMENT, COUNTY, departments=["health"]),
            "elsewhere": world.account(Role.DEPARTMENT, "522732", departments=["medical"]),
            "office": world.account(Role.COUNTY_OFFICE, COUNTY),
        }


def told(who: Account) -> list[str]:
    with entered_system():
        rows = Notification.objects.filter(account=who, kind=KIND).order_by("pk")
        return list(rows.values_list("text", flat=True))


def run(on: date) -> int:
    at = datetime.combine(on, NOW.timetz())
    with entered_system():
        return calendar_daily(actor=SYSTEM, on=on, at=at)


def test_a_department_is_reminded_before_on_and_after_the_day_each_once(people: dict[str, Account]) -> None:
    day = date(2026, 11, 5)
    assert run(day) == 0
    while day <= date(2026, 11, 19):
        run(day)
        run(day)
        day += timedelta(days=1)

    assert told(people["medical"]) == [
        "2026年10月的医保数据请于 2026-11-10 前推送",
        "2026年10月的医保数据今天到期，请尽快推送",
        "2026年10月的医保数据应于 2026-11-10 前推送，已超期",
        "2026年10月的医保数据应于 2026-11-10 前推送，已超期 1 周",
    ]
    assert told(people["elsewhere"]) == []


def test_who_has_delivered_is_left_alone_and_the_office_is_told_what_lacks(
    people: dict[str, Account],
) -> None:
    run(date(2026, 11, 12))

    assert told(people["health"]) == []
    (line,) = told(people["office"])
    assert "2026年10月还缺 11 项部门数据" in line
    assert "卫健" not in line


def test_nothing_is_asked_of_months_before_the_county_began(people: dict[str, Account]) -> None:
    run(date(2026, 10, 20))

    assert told(people["medical"]) == []
