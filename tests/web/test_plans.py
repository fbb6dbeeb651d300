"""The pages of plans, measures and the calculator, through the real middleware."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.actions.plan_drawing import draw_up_plan
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Household, Plan, PlanMeasure
from tests.assistance_world import DRAFT, People, monitored, pay
from tests.world import (
    COUNTY,
    NEIGHBOUR,
    NOW,
    TODAY,
    TOWNSHIP,
    VILLAGE,
    account,
    actor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "group": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
            "housing": account(Role.DEPARTMENT, COUNTY, departments=["housing"]),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored(head_name="王甲测试")


def drawn(people: People, home: Household) -> Plan:
    acting = actor(people["village"])
    enter(acting.viewer)
    return draw_up_plan(actor=acting, household_id=home.pk, draft=DRAFT, on=TODAY, at=NOW)


def typed(name: str = "industry_support", **columns: str) -> dict[str, str]:
    given: dict[str, Any] = {
        "is_chosen": "on",
        "risk": "income",
        "amount_fen": "2000",
        "starts_on": "2026-04-01",
    }
    return {"aim": "增收", **{f"m-{name}-{key}": value for key, value in (given | columns).items()}}


def test_the_form_offers_what_answers_the_risk_and_says_why(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])

    page = client.get(reverse("plan_new", args=[home.pk]))

    said = page.content.decode()
    assert page.status_code == 200
    assert "产业帮扶" in said
    assert "对应收入偏低" in said
    assert "有产业发展意愿" in said


def test_a_trial_shows_remarks_and_keeps_nothing(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])

    page = client.post(reverse("plan_new", args=[home.pk]), {**typed(), "act": "check"})

    assert page.status_code == 200
    assert "没有监测联系人" in page.content.decode()
    with entered_system():
        assert not Plan.objects.exists()


def test_a_plan_walks_from_the_form_to_the_approval(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])
    saved = client.post(reverse("plan_new", args=[home.pk]), {**typed(), "act": "save"})
    with entered_system():
        plan = Plan.objects.get()
    assert (saved.status_code, saved["Location"]) == (303, reverse("plan", args=[plan.pk]))
    silent = client.post(reverse("plan_submit", args=[plan.pk]), {"version": 1, "answer_to_remarks": ""})
    assert silent.status_code == 422
    answer = {"version": 1, "answer_to_remarks": "联系人正在落实"}
    assert client.post(reverse("plan_submit", args=[plan.pk]), answer).status_code == 303

    client.force_login(people["township"])
    assert "审定结果" in client.get(reverse("plan", args=[plan.pk])).content.decode()
    silent = client.post(reverse("plan_decide", args=[plan.pk]), {"version": 2, "decision": "return"})
    assert silent.status_code == 422
    decision = {"version": 2, "decision": "approve", "opinion": "同意"}
    assert client.post(reverse("plan_decide", args=[plan.pk]), decision).status_code == 303
    assert client.post(reverse("plan_decide", args=[plan.pk]), decision).status_code == 409

    with entered_system():
        measure = PlanMeasure.objects.get()
    client.force_login(people["village"])
    done = {"version": 1, "state": "done", "done_on": TODAY.isoformat(), "paid_fen": "2500", "result": ""}
    over = client.post(reverse("measure_record", args=[measure.pk]), done)
    assert over.status_code == 422
    assert "超过计划金额" in over.content.decode()
    done["result"] = "成本上涨，经研究增加"
    assert client.post(reverse("measure_record", args=[measure.pk]), done).status_code == 303
    assert "超计划" in client.get(reverse("plan", args=[plan.pk])).content.decode()


def test_an_empty_plan_is_refused_on_the_form(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])

    page = client.post(reverse("plan_new", args=[home.pk]), {"aim": "", "act": "save"})

    assert page.status_code == 422
    assert "至少要有一项" in page.content.decode()


def test_a_draft_is_changed_on_its_own_form(client: Client, people: People, home: Household) -> None:
    plan = drawn(people, home)
    client.force_login(people["village"])
    assert "2000" in client.get(reverse("plan_edit", args=[plan.pk])).content.decode()

    changed = {**typed(amount_fen="1500"), "version": "1", "act": "save"}
    assert client.post(reverse("plan_edit", args=[plan.pk]), changed).status_code == 303
    assert client.post(reverse("plan_edit", args=[plan.pk]), changed).status_code == 409

    with entered_system():
        assert PlanMeasure.objects.get().amount_fen == 150_000


@pytest.mark.parametrize("name", ["plan_new", "plan", "plan_edit", "measure_record", "measure_adjust"])
def test_a_neighbour_finds_nothing(client: Client, people: People, home: Household, name: str) -> None:
    plan = drawn(people, home)
    key = {"plan_new": home.pk, "measure_record": plan.measures.get().pk}.get(name, plan.pk)
    key = plan.measures.get().pk if name == "measure_adjust" else key
    client.force_login(people["neighbour"])

    assert client.get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize(("who", "name"), [("group", "plans"), ("housing", "plan_new")])
def test_who_has_no_part_in_plans_is_told_so(
    client: Client, people: People, home: Household, who: str, name: str
) -> None:
    client.force_login(people[who])

    page = client.get(reverse(name, args=[home.pk] if name == "plan_new" else []))

    assert page.status_code == 403


def test_the_list_takes_the_same_queries_for_many_plans(
    client: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        homes = [monitored() for _ in range(6)]
    for each in homes:
        drawn(people, each)
    client.force_login(people["township"])

    with django_assert_max_num_queries(16):
        page = client.get(reverse("plans"))

    assert page.content.decode().count("草稿") >= 6
    assert "没有计划" in client.get(reverse("plans") + "?tab=missing").content.decode()


def test_the_calculator_shows_the_figures_of_xichou_with_their_working(
    client: Client, people: People
) -> None:
    client.force_login(people["village"])
    asked = {"place": "xichou-2021", "cost_fen": "10000", "own_pay_fen": "100000", "persons": "2"}

    said = client.get(reverse("calculator"), asked).content.decode()

    assert "3,000元" in said
    assert "50,000元" in said
    assert "4,000元" in said


def test_the_measures_of_one_person_are_listed(client: Client, people: People, home: Household) -> None:
    with entered_system():
        member = home.members.first()
        pay(home, 100_000)
    client.force_login(people["village"])

    assert client.get(reverse("member_measures", args=[member.pk])).status_code == 200
    client.force_login(people["neighbour"])
    assert client.get(reverse("member_measures", args=[member.pk])).status_code == 404
