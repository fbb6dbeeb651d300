"""The page of a household: every tab, what is masked on it, and seeing a value whole."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    Account,
    AuditEvent,
    Household,
    HouseholdVersion,
)
from shouwang.web.household_tabs import TABS
from tests.actions.case_walks import at_notice
from tests.web.household_world import (
    SignIn,
    _clock,
    as_,
    home,
    lived_in,
    number_of,
    page_of,
    phone_of,
    text_of,
)
from tests.world import (
    COUNTY,
    NEIGHBOUR,
    TODAY,
    TOWNSHIP,
    VILLAGE,
)

__all__ = ["_clock", "as_", "home"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_and_tells_no_sealed_value(
    client: Client, as_: SignIn, home: Household, tab: str
) -> None:
    with entered_system():
        lived_in(home)
        numbers = [number_of(each) for each in home.members.all()]
    as_(Role.VILLAGE, VILLAGE)
    response = page_of(client, "household", home.pk, tab=tab)
    said = text_of(response)

    assert response.status_code == 200
    assert not any(number in said for number in (*numbers, phone_of(home)))
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_asks_no_more_for_more_rows(
    client: Client, as_: SignIn, home: Household, tab: str, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for day in range(1, 5):
            lived_in(home, TODAY - timedelta(days=day * 7), is_more=day > 1)
    as_(Role.VILLAGE, VILLAGE)
    with django_assert_max_num_queries(41):
        page_of(client, "household", home.pk, tab=tab)


def test_money_needs_the_right_to_it_and_unknown_is_said(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组")
    assert "不能查看这部分" in text_of(page_of(client, "household", home.pk, tab="money"))
    as_(Role.VILLAGE, VILLAGE)
    assert "未知" in text_of(page_of(client, "household", home.pk, tab="money"))


def test_a_warning_is_told_whole_only_to_whom_its_facts_are(
    client: Client, as_: SignIn, home: Household
) -> None:
    with entered_system():
        lived_in(home)
    as_(Role.VILLAGE, VILLAGE)
    said = text_of(page_of(client, "household", home.pk, tab="findings"))
    assert "一年自付两万元" in said
    assert "医保.xlsx" in said
    as_(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组")
    said = text_of(page_of(client, "household", home.pk, tab="findings"))
    assert "无权查看具体内容" in said
    assert "自付" not in said


def test_a_province_sees_no_name(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.PROVINCE, "36")
    said = text_of(page_of(client, "household", home.pk))

    assert home.head_name not in said
    assert "王**" in said
    assert home.head_name not in text_of(page_of(client, "household", home.pk, tab="history"))


def test_a_number_is_unmasked_with_a_reason_and_a_trace(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)
    with entered_system():
        person = home.members.first()
        number = number_of(person)
    address = reverse("unmask", args=["member", person.pk, "id_number"])
    assert number not in text_of(client.get(address))
    refused = client.post(address, {"reason": "看"})
    assert refused.status_code == 422
    assert number not in text_of(refused)
    seen = client.post(address, {"reason": "核对医保参保信息"}, headers={"HX-Request": "true"})
    assert number in text_of(seen)
    assert seen["Cache-Control"] == "no-store"
    event = AuditEvent.objects.filter(action="unmask", result="done").get()
    assert event.reason == "核对医保参保信息"
    assert number not in str(event.after)
    phone = client.post(
        reverse("unmask", args=["household", home.pk, "phone"]), {"reason": "电话联系农户核实"}
    )
    assert phone_of(home) in text_of(phone)


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (Role.RESIDENT_TEAM, VILLAGE, 403),
        (Role.VILLAGE, NEIGHBOUR, 404),
        (Role.HOUSEHOLD_GROUP, VILLAGE, 403),
    ],
)
def test_who_may_not_unmask_learns_nothing(
    client: Client, as_: SignIn, home: Household, role: Role, place: str, status: int
) -> None:
    grant = {"group_name": "一组"} if role is Role.HOUSEHOLD_GROUP else {}
    as_(role, place, **grant)
    with entered_system():
        person = home.members.first()
        number = number_of(person)
    response = client.post(
        reverse("unmask", args=["member", person.pk, "id_number"]), {"reason": "核对医保参保信息"}
    )
    assert response.status_code == status
    assert number not in text_of(response)


def test_a_column_that_is_not_sealed_cannot_be_asked_for(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    for table, name in (("member", "id_key"), ("case", "phone"), ("household", "id_number")):
        address = reverse("unmask", args=[table, home.pk, name])
        assert client.post(address, {"reason": "核对医保参保信息"}).status_code == 404


def test_reading_changes_nothing(client: Client, as_: SignIn, home: Household) -> None:
    with entered_system():
        lived_in(home)
    as_(Role.TOWNSHIP, TOWNSHIP)
    before = AuditEvent.objects.count(), HouseholdVersion.objects.count()
    for tab in TABS:
        page_of(client, "household", home.pk, tab=tab)
    assert (AuditEvent.objects.count(), HouseholdVersion.objects.count()) == before


def test_a_household_leads_to_what_the_viewer_may_begin_there(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    said = text_of(page_of(client, "household", home.pk))
    assert f'href="{reverse("case_open", args=[home.pk])}"' in said
    here = urlencode({"back": reverse("household", args=[home.pk])})
    for name in ("visit_new", "plan_new"):
        assert f'href="{reverse(name, args=[home.pk])}?{here}"' in said
    assert f"{reverse('clue_new')}?household={home.pk}" in said
    assert reverse("task_new", args=[home.pk]) not in said
    assert reverse("contact_assign", args=[home.pk]) not in said

    as_(Role.TOWNSHIP, TOWNSHIP)
    said = text_of(page_of(client, "household", home.pk))
    for name in ("task_new", "contact_assign"):
        assert reverse(name, args=[home.pk]) in said
    assert reverse("plan_new", args=[home.pk]) not in said

    as_(Role.SUPERVISOR, COUNTY)
    assert "办理业务" not in text_of(page_of(client, "household", home.pk))


def test_an_eliminated_household_leads_to_its_look_back_and_a_monitored_one_to_its_elimination(
    client: Client, as_: SignIn, home: Household
) -> None:
    as_(Role.VILLAGE, VILLAGE)
    for monitoring, there, missing in (
        ("monitored", "elimination", "look_back"),
        ("eliminated", "look_back", "elimination"),
    ):
        with entered_system():
            Household.objects.filter(pk=home.pk).update(monitoring=monitoring)
        said = text_of(page_of(client, "household", home.pk))
        assert f'href="{reverse(there, args=[home.pk])}"' in said
        assert f'href="{reverse(missing, args=[home.pk])}"' not in said


def test_the_time_line_and_the_cases_name_the_step_of_each_event(client: Client) -> None:
    walked = at_notice()
    with entered_system():
        staff = Account.objects.get(pk=walked.people["village"].viewer.account_id)
    client.force_login(staff)
    for tab in ("basic", "cases"):
        said = text_of(page_of(client, "household", walked.home.pk, tab=tab))
        assert "办理民主评议" in said
        assert "办理村内公示" in said
