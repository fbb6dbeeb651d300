"""The pages of contact persons, through the real middleware."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Contact, Household
from tests.assistance_world import People, monitored
from tests.world import NEIGHBOUR, OTHER_TOWNSHIP, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "other": account(Role.TOWNSHIP, OTHER_TOWNSHIP),
            "village": account(Role.VILLAGE, VILLAGE),
            "old": account(Role.HELPER, VILLAGE),
            "new": account(Role.HELPER, VILLAGE),
            "stranger": account(Role.HELPER, NEIGHBOUR),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def given(people: People, home: Household, kind: str = "contact") -> None:
    with entered_system():
        Contact.objects.create(
            household=home, division=home.division, account=people["old"], kind=kind, from_on=TODAY,
            assigned_by=people["township"],
        )  # fmt: skip
        Household.objects.filter(pk=home.pk).update(contact=people["old"])


def test_a_household_without_a_contact_person_stands_on_its_tab_until_it_has_one(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["township"])
    missing = reverse("contacts") + "?tab=missing"
    assert home.head_name in client.get(missing).content.decode()

    assign = reverse("contact_assign", args=[home.pk])
    assert people["old"].display_name in client.get(assign).content.decode()
    answer = client.post(assign, {"kind": "contact", "account": people["old"].pk, "reason": ""})

    assert answer.status_code == 303
    assert home.head_name not in client.get(missing).content.decode()


@pytest.mark.parametrize(
    ("asked", "is_led_back"),
    [("/households/1/", True), ("https://example.org/", False), ("//example.org/", False), ("", False)],
)
def test_who_came_from_a_household_is_led_back_to_it_and_nowhere_else(
    client: Client, people: People, home: Household, asked: str, is_led_back: bool
) -> None:
    client.force_login(people["township"])
    assign = f"{reverse('contact_assign', args=[home.pk])}?{urlencode({'back': asked})}"

    answer = client.post(assign, {"kind": "contact", "account": people["old"].pk, "reason": ""})

    assert answer["Location"] == (asked if is_led_back else reverse("contacts"))


def test_a_contact_person_sees_his_household_when_he_next_asks(
    client: Client, people: People, home: Household
) -> None:
    given(people, home)
    client.force_login(people["old"])

    assert home.head_name in client.get(reverse("contacts")).content.decode()
    assert client.get(reverse("visit_new", args=[home.pk])).status_code == 200


def test_a_change_without_a_reason_is_shown_on_the_form(
    client: Client, people: People, home: Household
) -> None:
    given(people, home)
    client.force_login(people["township"])

    page = client.post(
        reverse("contact_assign", args=[home.pk]),
        {"kind": "contact", "account": people["new"].pk, "reason": ""},
    )

    assert page.status_code == 422
    assert "变更联系人请选择原因" in page.content.decode()


def test_all_households_of_one_who_leaves_go_to_another(
    client: Client, people: People, home: Household
) -> None:
    given(people, home)
    client.force_login(people["township"])
    handover = reverse("contact_handover", args=[people["old"].pk])
    assert home.head_name in client.get(handover).content.decode()

    assert client.post(handover, {"account": people["new"].pk, "reason": ""}).status_code == 422
    assert client.post(handover, {"account": people["new"].pk, "reason": "退休"}).status_code == 303

    with entered_system():
        assert Household.objects.get(pk=home.pk).contact_id == people["new"].pk
    client.force_login(people["old"])
    assert client.get(reverse("visit_new", args=[home.pk])).status_code == 404


def test_another_township_finds_nothing_and_a_village_may_not_assign(
    client: Client, people: People, home: Household
) -> None:
    given(people, home)
    client.force_login(people["other"])
    assert client.get(reverse("contact_assign", args=[home.pk])).status_code == 404
    assert client.get(reverse("contact_handover", args=[people["old"].pk])).status_code == 404

    client.force_login(people["village"])
    assert client.get(reverse("contact_assign", args=[home.pk])).status_code == 403
    assert client.get(reverse("contacts") + "?tab=loads").status_code == 200


def test_the_lists_take_the_same_queries_for_many(
    client: Client, people: People, home: Household, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        homes = [monitored() for _ in range(8)]
    for each in homes:
        given(people, each)
    client.force_login(people["township"])

    for tab in ("all", "missing", "loads"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse("contacts") + f"?tab={tab}").status_code == 200
