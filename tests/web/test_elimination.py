"""The pages of elimination and look-back, through the real middleware."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Household, MemberVersion, Plan, PlanMeasure
from tests.assistance_world import People, earn, monitored, pay, visit
from tests.world import COUNTY, NEIGHBOUR, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
            "helper": account(Role.HELPER, VILLAGE),
        }


def well(people: People, **columns: Any) -> Household:
    home = monitored(**columns)
    earn(home, 500_000)
    pay(home, 10_000)
    visit(home, people["village"])
    plan = Plan.objects.create(
        household=home, division=VILLAGE, state="approved", drawn_up_by=people["village"], drawn_up_on=TODAY
    )
    PlanMeasure.objects.create(
        plan=plan, household=home, division=VILLAGE, label="帮扶", kind="industry", risk="income",
        state="done", done_on=TODAY,
    )  # fmt: skip
    return home


def test_each_household_stands_in_its_group(client: Client, people: People) -> None:
    with entered_system():
        ready, poor, unclear, old = well(people), monitored(), monitored(), monitored()
        earn(poor, 10_000)
        MemberVersion.objects.filter(household=old).update(labour="lost")
    client.force_login(people["village"])

    for group, home in {"ready": ready, "blocked": poor, "unclear": unclear, "no_labour": old}.items():
        said = client.get(reverse("eliminations") + f"?tab={group}").content.decode()
        assert said.count("查看条件") == 1
        assert home.head_name in said


def test_every_condition_is_shown_and_a_ready_household_leads_to_its_case(
    client: Client, people: People
) -> None:
    with entered_system():
        ready, unclear = well(people), monitored()
    client.force_login(people["village"])

    said = client.get(reverse("elimination", args=[ready.pk])).content.decode()

    assert f"{reverse('case_open', args=[ready.pk])}?track=elimination" in said
    assert "固镇县" in said
    other = client.get(reverse("elimination", args=[unclear.pk])).content.decode()
    assert "未知" in other
    assert "track=elimination" not in other


def test_a_neighbour_finds_nothing_and_a_helper_has_no_part(client: Client, people: People) -> None:
    with entered_system():
        home, gone = monitored(), monitored(monitoring="eliminated")
    client.force_login(people["neighbour"])
    assert client.get(reverse("elimination", args=[home.pk])).status_code == 404
    assert client.get(reverse("look_back", args=[gone.pk])).status_code == 404

    client.force_login(people["helper"])
    assert client.get(reverse("eliminations")).status_code == 403
    assert client.get(reverse("look_backs")).status_code == 403


def test_a_place_too_wide_asks_for_a_narrower_one(client: Client, people: People, monkeypatch: Any) -> None:
    monkeypatch.setattr("shouwang.reports.elimination_list.MOST", 1)
    with entered_system():
        monitored()
        monitored()
    client.force_login(people["county"])

    said = client.get(reverse("eliminations")).content.decode()

    assert "请先选择一个地区" in said
    assert f"?place={TOWNSHIP}" in said


def test_the_queries_do_not_grow_with_the_households(
    client: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for _ in range(10):
            monitored()
            monitored(monitoring="eliminated")
    client.force_login(people["township"])

    for name in ("eliminations", "look_backs"):
        with django_assert_max_num_queries(24):
            assert client.get(reverse(name)).status_code == 200


def test_a_look_back_is_recorded_and_its_findings_lead_to_a_route(client: Client, people: People) -> None:
    with entered_system():
        home = monitored(monitoring="eliminated", eliminated_on="2025-12-01")
    client.force_login(people["village"])
    assert "应做回头看" in client.get(reverse("look_backs") + "?due=yes").content.decode()
    page = reverse("look_back", args=[home.pk])
    seen = {"kind": "look_back", "visited_on": TODAY.isoformat(), "found": "收入比消除时下降"}

    done = client.post(reverse("visit_new", args=[home.pk]), seen)

    assert (done.status_code, done["Location"]) == (303, page)
    assert home.head_name not in client.get(reverse("look_backs") + "?due=yes").content.decode()
    wrong = {"was_entry_right": "yes", "was_elimination_right": "no", "has_new_risk": ""}
    said = client.get(page, wrong).content.decode()
    assert f"{reverse('case_open', args=[home.pk])}?track=rollback" in said
    assert "国家备案" in said
    undecided = client.get(page, {"was_entry_right": "", "was_elimination_right": "", "has_new_risk": ""})
    assert "尚不能决定" in undecided.content.decode()
