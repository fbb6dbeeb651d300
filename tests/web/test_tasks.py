"""The pages of departments' tasks, through the real middleware."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Household, Plan, PlanMeasure, Task
from tests.assistance_world import People, monitored
from tests.world import COUNTY, NEIGHBOUR, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
LATER = (TODAY + timedelta(days=400)).isoformat()
SENDING = {"department": "housing", "kind": "help", "due_on": LATER, "text": "请鉴定住房安全"}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "housing": account(Role.DEPARTMENT, COUNTY, departments=["housing"]),
            "water": account(Role.DEPARTMENT, COUNTY, departments=["water"]),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def made(people: People, home: Household, state: str = "sent") -> Task:
    with entered_system():
        return Task.objects.create(
            number=f"T{Task.objects.count()}", household=home, division=VILLAGE, department="housing",
            kind="help", text="请鉴定住房安全", state=state, sent_by=people["township"], sent_on=TODAY,
            due_on=TODAY,
        )  # fmt: skip


def test_a_task_walks_from_the_township_to_the_department_and_back(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["township"])
    sent = client.post(reverse("task_new", args=[home.pk]), SENDING)
    assert sent.status_code == 303
    with entered_system():
        task = Task.objects.get()

    client.force_login(people["housing"])
    assert task.number in client.get(reverse("tasks")).content.decode()
    answer = reverse("task_answer", args=[task.pk])
    assert client.post(answer, {"version": 1, "answer": "好"}).status_code == 422
    assert client.post(answer, {"version": 1, "answer": "鉴定为B级"}).status_code == 303
    assert client.post(answer, {"version": 1, "answer": "鉴定为B级"}).status_code == 409

    client.force_login(people["township"])
    close = reverse("task_close", args=[task.pk])
    assert client.post(close, {"version": 2, "decision": "return"}).status_code == 422
    assert client.post(close, {"version": 2, "decision": "close"}).status_code == 303
    with entered_system():
        assert Task.objects.get().state == "closed"


def test_a_task_for_a_measure_is_filled_in_for_its_department(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        plan = Plan.objects.create(
            household=home,
            division=VILLAGE,
            state="approved",
            drawn_up_by=people["village"],
            drawn_up_on=TODAY,
        )
        measure = PlanMeasure.objects.create(
            plan=plan,
            household=home,
            division=VILLAGE,
            label="危房改造",
            kind="housing",
            department="县住建局",
        )
    client.force_login(people["township"])

    said = client.get(reverse("task_new", args=[home.pk]) + f"?measure={measure.pk}").content.decode()

    assert '<option value="housing" selected>' in said
    assert "危房改造" in said
    assert client.get(reverse("task_new", args=[home.pk]) + "?measure=999999").status_code == 404


def test_a_sending_that_cannot_be_is_shown_on_the_form(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["township"])

    page = client.post(reverse("task_new", args=[home.pk]), {**SENDING, "due_on": "2020-01-01"})

    assert page.status_code == 422
    assert "不能早于今天" in page.content.decode()


@pytest.mark.parametrize("who", ["neighbour", "water"])
def test_whom_a_task_is_not_about_finds_nothing(
    client: Client, people: People, home: Household, who: str
) -> None:
    task = made(people, home)
    client.force_login(people[who])

    assert client.get(reverse("task", args=[task.pk])).status_code == 404


def test_a_village_reads_and_does_not_send(client: Client, people: People, home: Household) -> None:
    task = made(people, home)
    client.force_login(people["village"])

    assert client.get(reverse("task", args=[task.pk])).status_code == 200
    assert client.get(reverse("task_new", args=[home.pk])).status_code == 403
    assert client.post(reverse("task_answer", args=[task.pk])).status_code == 403


def test_the_list_takes_the_same_queries_for_many_tasks(
    client: Client, people: People, home: Household, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        made(people, home)
    client.force_login(people["township"])

    with django_assert_max_num_queries(15):
        assert client.get(reverse("tasks")).status_code == 200
    for tab in ("overdue", "answered", "closed"):
        assert client.get(reverse("tasks") + f"?tab={tab}").status_code == 200
