"""The list of households: in reach, masked, narrowed by filters that may be kept."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    Household,
    SavedList,
)
from tests.web.household_world import SignIn, _clock, a_case, a_task, as_, home, page_of, phone_of, text_of
from tests.world import (
    NEIGHBOUR,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    household,
)

__all__ = ["_clock", "as_", "home"]
pytestmark = pytest.mark.django_db


def test_the_list_shows_the_households_in_reach_masked(client: Client, as_: SignIn, home: Household) -> None:
    with entered_system():
        other = household(NEIGHBOUR)
    as_(Role.VILLAGE, VILLAGE)
    said = text_of(page_of(client, "households"))

    assert home.head_name in said
    assert other.number not in said
    assert phone_of(home) not in said
    assert re.search(r"\d{3}\*{4}\d{4}|\*{8}\d{3}", said)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"area": VILLAGE}, 2),
        ({"area": NEIGHBOUR}, 1),
        ({"monitoring": "monitored"}, 1),
        ({"risk": "medical"}, 1),
        ({"risk": "school"}, 0),
        ({"grade": "red"}, 1),
        ({"lacks_contact": "on"}, 1),
        ({"group_name": "一组"}, 3),
        ({"name": "wj"}, 3),
        ({"name": "王"}, 3),
        ({"name": "李"}, 0),
        ({"household_class": "alleviated"}, 0),
        ({"is_gone": "on"}, 0),
        ({"sort": "-household"}, 3),
        ({"sort": "nonsense", "page": "99"}, 3),
    ],
)
def test_the_filters_narrow_the_list(
    client: Client, as_: SignIn, home: Household, query: dict[str, str], count: int
) -> None:
    with entered_system():
        household(VILLAGE, monitoring="monitored", risks=["medical"], grade="red")
        household(NEIGHBOUR)
    as_(Role.TOWNSHIP, TOWNSHIP)
    response = page_of(client, "households", **query)

    assert response.status_code == 200
    assert response.context["page"].paginator.count == count


def test_who_is_helped_without_being_monitored_is_found(client: Client, as_: SignIn) -> None:
    with entered_system():
        outside, watched, asked, plain = (household(VILLAGE) for _ in range(4))
        for each in (outside, watched, asked):
            a_task(each, f"RW{each.pk}", account(Role.TOWNSHIP, TOWNSHIP), due_on=TODAY)
        Household.objects.filter(pk=watched.pk).update(monitoring="monitored")
        a_case(asked, "GA1")
    as_(Role.TOWNSHIP, TOWNSHIP)

    found = page_of(client, "households", is_helped_outside="on").context["rows"]

    assert [each["id"] for each in found] == [outside.pk]
    assert "体外循环疑点：未纳入监测，却已有部门帮扶任务" in text_of(page_of(client, "household", outside.pk))
    assert "体外循环疑点" not in text_of(page_of(client, "household", plain.pk))


def test_a_whole_name_is_not_put_into_an_address(client: Client, as_: SignIn, home: Household) -> None:
    as_(Role.VILLAGE, VILLAGE)

    assert page_of(client, "households", name="王小明").status_code == 422
    assert page_of(client, "households", area="999").status_code == 422


def test_the_list_asks_no_more_for_more_households(
    client: Client, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for _ in range(12):
            household(VILLAGE)
    as_(Role.VILLAGE, VILLAGE)
    with django_assert_max_num_queries(16):
        page_of(client, "households")


def test_a_filter_is_kept_by_name_and_forgotten(client: Client, as_: SignIn, home: Household) -> None:
    mine = as_(Role.VILLAGE, VILLAGE)
    asked = {"name": "红色预警", "query": "grade=red&page=3"}
    assert client.post(reverse("saved_lists"), asked).status_code == 303
    saved = SavedList.objects.get(account=mine)
    assert (saved.name, saved.query) == ("红色预警", "grade=red")
    assert "红色预警" in text_of(page_of(client, "households"))
    assert client.post(reverse("saved_lists"), {"name": "", "query": ""}).status_code == 422
    as_(Role.VILLAGE, VILLAGE)
    assert client.post(reverse("saved_lists"), {"drop": saved.pk}).status_code == 404
    client.force_login(mine)
    assert client.post(reverse("saved_lists"), {"drop": saved.pk}).status_code == 303
    assert not SavedList.objects.exists()


def test_nothing_is_shown_to_who_has_not_signed_in(client: Client, home: Household) -> None:
    for name, *args in (("households",), ("household", home.pk), ("search",), ("inbox",), ("notifications",)):
        assert client.get(reverse(name, args=args)).status_code == 302
