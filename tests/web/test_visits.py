"""The pages of visits, through the real middleware."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Household, MemberVersion, Visit
from tests.assistance_world import People, monitored, visit
from tests.world import NEIGHBOUR, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
SEEN = {"kind": "monthly", "visited_on": TODAY.isoformat(), "found": "家中一切正常", "has_new_risk": "no"}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "group": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def test_a_household_is_due_until_it_was_visited(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])
    assert home.head_name in client.get(reverse("visits")).content.decode()

    answer = client.post(reverse("visit_new", args=[home.pk]), SEEN)

    with entered_system():
        found = Visit.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("visit", args=[found.pk]))
    assert (found.is_income_well, found.has_new_risk) == (None, False)
    assert "家中一切正常" in client.get(answer["Location"]).content.decode()


def test_a_visit_of_the_month_before_leaves_the_household_due(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        Household.objects.filter(pk=home.pk).update(last_visit_on=TODAY - timedelta(days=40))
    client.force_login(people["village"])

    assert home.head_name in client.get(reverse("visits")).content.decode()


def test_a_new_risk_offers_to_report_a_clue(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])
    risky = {**SEEN, "has_new_risk": "yes"}
    assert client.post(reverse("visit_new", args=[home.pk]), risky).status_code == 422

    answer = client.post(reverse("visit_new", args=[home.pk]), {**risky, "problems": "新近住院花费很大"})

    said = client.get(answer["Location"]).content.decode()
    assert f"{reverse('clue_new')}?household={home.pk}" in said


def test_a_photo_that_is_none_leaves_the_visit_and_says_so(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])
    photo = SimpleUploadedFile("photo.jpg", b"not a photo", content_type="image/jpeg")

    answer = client.post(reverse("visit_new", args=[home.pk]), {**SEEN, "photos": photo}, follow=True)

    assert "没有保存" in answer.content.decode()
    with entered_system():
        assert Visit.objects.count() == 1


def test_a_neighbour_finds_nothing_and_a_group_leader_does_not_record(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        seen = visit(home, people["village"])
    client.force_login(people["neighbour"])
    assert client.get(reverse("visit_new", args=[home.pk])).status_code == 404
    assert client.get(reverse("visit", args=[seen.pk])).status_code == 404

    client.force_login(people["group"])
    assert client.get(reverse("visit_new", args=[home.pk])).status_code == 403


def test_each_tab_takes_the_same_queries_for_many(
    client: Client, people: People, home: Household, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for _ in range(8):
            visit(monitored(), people["village"])
        MemberVersion.objects.update(migrant_months=0, has_resident_medical_insurance=False)
        MemberVersion.objects.update(public_post_months=0, has_employee_medical_insurance=False)
    client.force_login(people["township"])

    for tab in ("due", "done", "coverage", "checks"):
        with django_assert_max_num_queries(18):
            page = client.get(reverse("visits") + f"?tab={tab}")
        assert page.status_code == 200
    assert "未参加基本医保" in page.content.decode()
