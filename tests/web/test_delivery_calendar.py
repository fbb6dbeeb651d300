"""The calendar and the scores: what came when, what lacks, to whom it is shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Load
from tests import world
from tests.actions.delivery_world import handed_in, known_registry, medical_file, officer
from tests.actions.loading_world import COUNTY
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def county(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a county at work for four months, as of the tests' day."""
    known_registry(households=2)
    with entered_system():
        Load.objects.update(started_at=NOW - timedelta(days=120), finished_at=NOW - timedelta(days=120))
    monkeypatch.setattr("shouwang.web.views.delivery_calendar.today", lambda: NOW.date())


def signed_in(client: Client, role: Role, **of: Any) -> None:
    with entered_system():
        client.force_login(world.account(role, COUNTY, **of))


def test_the_calendar_shows_each_feed_and_month_and_by_what_right(client: Client) -> None:
    handed_in(officer(), medical_file(samples.medical(1)))
    signed_in(client, Role.COUNTY_OFFICE)
    text = client.get(reverse("delivery_calendar")).content.decode()

    assert "11-23 迟到" in text
    assert "缺，超期" in text
    assert "不要求" in text
    assert "参考值" in text
    assert "施甸县防止返贫监测月报表" in text


def test_a_month_from_before_the_county_began_is_neither_asked_for_nor_late(client: Client) -> None:
    handed_in(officer(), medical_file(samples.medical(1, 结算日期="2026-06-03")), "医保_2026年6月.xlsx")
    signed_in(client, Role.COUNTY_OFFICE)
    text = client.get(reverse("delivery_calendar")).content.decode()
    page = client.get(reverse("delivery_scores"))

    assert "启用前已有" in text
    assert "迟到" not in text
    (row,) = (each for each in page.context["rows"] if each["department"] == "医保")
    assert (row["score"].came, row["score"].expected) == (0, 4)


def test_a_department_is_shown_its_own_line_alone(client: Client) -> None:
    signed_in(client, Role.DEPARTMENT, departments=["medical"])
    page = client.get(reverse("delivery_calendar"))
    scores = client.get(reverse("delivery_scores"))

    assert [line["feed"] for line in page.context["lines"]] == ["医保"]
    assert [row["department"] for row in scores.context["rows"]] == ["医保"]


def test_the_scores_add_up_what_was_handed_in(client: Client) -> None:
    who = officer()
    handed_in(who, medical_file(samples.medical(1), samples.medical(1, 证件号码="")))
    handed_in(who, b"no workbook", "坏.xlsx")
    signed_in(client, Role.COUNTY_OFFICE)
    page = client.get(reverse("delivery_scores"))

    (row,) = (each for each in page.context["rows"] if each["department"] == "医保")
    score = row["score"]
    assert (score.came, score.in_time, score.committed, score.refused) == (1, 0, 1, 1)
    assert (score.rows, score.unmatched_rows, row["unmatched"]) == (2, 1, "50.0%")
    assert score.expected == 4


def test_another_county_is_not_shown(client: Client) -> None:
    signed_in(client, Role.COUNTY_OFFICE)
    page = client.get(reverse("delivery_calendar"), {"county": "522732"})

    assert page.context["chosen"] == COUNTY


def test_a_village_sees_neither(client: Client) -> None:
    with entered_system():
        client.force_login(world.account(Role.VILLAGE, "530521100001"))

    assert client.get(reverse("delivery_calendar")).status_code == 403
    assert client.get(reverse("delivery_scores")).status_code == 403
