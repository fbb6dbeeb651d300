"""A look-back's answers are kept, with what follows from them and what was decided (R51)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Household, LookBack
from shouwang.web.clock import today
from tests.assistance_world import People, monitored
from tests.world import COUNTY, NEIGHBOUR, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
WRONG_EXIT = {"was_entry_right": "yes", "was_elimination_right": "no", "has_new_risk": ""}
STEADY = {"was_entry_right": "yes", "was_elimination_right": "yes", "has_new_risk": "no"}
UNASKED = {"was_entry_right": "", "was_elimination_right": "", "has_new_risk": ""}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "city": account(Role.CITY, COUNTY[:4]),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored(monitoring="eliminated", eliminated_on="2025-12-01")


def recorded(client: Client, home: Household, **typed: str) -> Any:
    return client.post(reverse("look_back_record", args=[home.pk]), typed)


def test_answers_suggestion_and_decision_are_kept_and_shown(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])
    asked = client.get(reverse("look_back", args=[home.pk]), WRONG_EXIT).content.decode()
    assert reverse("look_back_record", args=[home.pk]) in asked

    done = recorded(client, home, **WRONG_EXIT, decision="rollback", opinion="")

    assert (done.status_code, done["Location"]) == (303, reverse("look_back", args=[home.pk]))
    with entered_system():
        kept = LookBack.objects.get()
    assert (kept.was_entry_right, kept.was_elimination_right, kept.has_new_risk) == (True, False, None)
    assert (kept.suggested, kept.decision, kept.by_id, kept.on) == (
        "rollback",
        "rollback",
        people["village"].pk,
        today(),
    )
    assert AuditEvent.objects.filter(action="look_back.record", result="done").count() == 1
    page = client.get(reverse("look_back", args=[home.pk])).content.decode()
    assert "建议回退，决定回退" in page
    timeline = client.get(reverse("household", args=[home.pk])).content.decode()
    assert "回头看研判：回退" in timeline


def test_another_way_than_the_suggested_one_needs_its_reason(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])

    silent = recorded(client, home, **STEADY, decision="rollback", opinion="")

    assert silent.status_code == 422
    assert "请写明理由" in silent.content.decode()
    assert recorded(client, home, **STEADY, decision="rollback", opinion="县里另有安排").status_code == 303


def test_what_cannot_be_told_is_kept_as_undecided_only(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])

    early = recorded(client, home, **UNASKED, decision="keep", opinion="先保持不变")

    assert early.status_code == 422
    assert "尚不能决定" in early.content.decode()
    assert recorded(client, home, **UNASKED, decision="", opinion="").status_code == 303
    with entered_system():
        assert LookBack.objects.get().decision == ""


def test_only_eliminated_households_are_looked_back_at(client: Client, people: People) -> None:
    with entered_system():
        watched = monitored()
    client.force_login(people["village"])

    assert recorded(client, watched, **STEADY, decision="keep", opinion="").status_code == 404
    with entered_system():
        assert not LookBack.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("neighbour", 404), ("city", 403)])
def test_who_may_not_look_back_keeps_nothing(
    client: Client, people: People, home: Household, who: str, status: int
) -> None:
    client.force_login(people[who])

    assert recorded(client, home, **STEADY, decision="keep", opinion="").status_code == status
    with entered_system():
        assert not LookBack.objects.exists()


def test_a_decision_that_is_none_is_refused(client: Client, people: People, home: Household) -> None:
    client.force_login(people["village"])

    assert recorded(client, home, **STEADY, decision="forget", opinion="").status_code == 422
