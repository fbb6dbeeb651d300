"""The pages of insurance, through the real middleware."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import Claim, Cover, Household
from tests.assistance_world import People, monitored
from tests.audit_coverage import audited
from tests.support_world import a_claim, a_cover
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, TOWNSHIP, VILLAGE, account

pytestmark = pytest.mark.django_db
COVER = {
    "kind": "poverty",
    "insurer": "某财产保险县支公司",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "payer": "county",
    "premium_fen": "100",
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("shouwang.web.views.insurance", "shouwang.web.household_support"):
        monkeypatch.setattr(f"{module}.today", lambda: TODAY)
    monkeypatch.setattr("shouwang.web.views.insurance.now", lambda: NOW)


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
            "city": account(Role.CITY, COUNTY[:4]),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored(head_name="钱甲试")


def text(client: Client, name: str, *args: int, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_a_monitored_household_is_listed_until_it_is_covered(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])
    shown = text(client, "insurance")
    assert "钱甲试" in shown
    assert "监测对象 1 户，已参保 0 户" in shown
    with audited("cover.take_out"):
        assert client.post(reverse("cover_new", args=[home.pk]), COVER).status_code == 303

    assert "钱甲试" not in text(client, "insurance")
    assert "某财产保险县支公司" in text(client, "insurance", tab="held")
    assert client.post(reverse("cover_new", args=[home.pk]), COVER).status_code == 422


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "farm"},
        {"ends_on": TODAY - timedelta(days=1)},
        {"starts_on": TODAY + timedelta(days=1)},
        {"state": "ended", "ended_on": TODAY},
    ],
)
def test_other_kinds_and_other_days_are_no_cover(
    client: Client, people: People, home: Household, columns: Any
) -> None:
    with entered_system():
        a_cover(home, people["village"], **columns)
    client.force_login(people["village"])

    assert "钱甲试" in text(client, "insurance")


def test_a_policy_about_to_end_is_renewed_from_the_next_day(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        cover = a_cover(home, people["village"], ends_on=date(2026, 12, 31))
    client.force_login(people["village"])
    assert "钱甲试" not in text(client, "insurance", tab="ending", within="30")
    assert "续保" in text(client, "insurance", tab="ending", within="60")
    form = text(client, "cover_new", home.pk, renew=str(cover.pk))
    assert 'value="2027-01-01"' in form
    assert 'value="2027-12-31"' in form
    renewed = {**COVER, "starts_on": "2027-01-01", "ends_on": "2027-12-31"}
    assert client.post(reverse("cover_new", args=[home.pk]), renewed).status_code == 303

    assert "钱甲试" not in text(client, "insurance", tab="ending", within="60")


def test_a_claim_walks_from_filing_to_its_end(client: Client, people: People, home: Household) -> None:
    with entered_system():
        cover = a_cover(home, people["village"], insured_fen=1_000_000)
    client.force_login(people["village"])
    new = reverse("claim_new", args=[cover.pk])
    given = {
        "event": "medical",
        "happened_on": "2026-10-01",
        "claimed_on": "2026-10-08",
        "claimed_fen": "5000",
    }
    assert client.post(new, {**given, "happened_on": "2025-10-01"}).status_code == 422
    with audited("claim.file"):
        assert client.post(new, given).status_code == 303
    with entered_system():
        claim = Claim.objects.get()
    settle = reverse("claim_settle", args=[claim.pk])
    decided = {"version": "1", "state": "refused", "decided_on": TODAY.isoformat()}
    assert client.post(settle, decided).status_code == 422
    with audited("claim.settle"):
        assert client.post(settle, {**decided, "reason": "不属保险责任"}).status_code == 303

    assert client.post(settle, {**decided, "reason": "不属保险责任"}).status_code == 409
    assert "不属保险责任" in text(client, "cover", cover.pk)
    assert "已拒赔" in text(client, "insurance", tab="claims", state="refused")


def test_a_policy_is_ended_with_its_reason(client: Client, people: People, home: Household) -> None:
    with entered_system():
        cover = a_cover(home, people["village"])
    client.force_login(people["village"])
    end = reverse("cover_end", args=[cover.pk])
    given = {"version": "1", "ended_on": TODAY.isoformat(), "reason": "退"}
    assert client.post(end, given).status_code == 422
    with audited("cover.end"):
        assert client.post(end, {**given, "reason": "户主要求退保"}).status_code == 303
    with entered_system():
        assert Cover.objects.get().state == "ended"


def test_what_a_claim_is_about_is_for_those_who_may_see_health(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        a_claim(a_cover(home, people["village"]), people["village"], text="住院手术")
    client.force_login(people["city"])
    shown = text(client, "insurance", tab="claims")
    assert "疾病" not in shown
    assert "无权查看" in shown
    client.force_login(people["township"])
    assert "疾病" in text(client, "insurance", tab="claims")


def test_neighbours_find_nothing_and_the_county_does_not_record(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        cover = a_cover(home, people["village"])
        claim = a_claim(cover, people["village"])
    client.force_login(people["neighbour"])
    assert client.get(reverse("cover", args=[cover.pk])).status_code == 404
    assert client.get(reverse("claim_settle", args=[claim.pk])).status_code == 404
    assert client.get(reverse("cover_new", args=[home.pk])).status_code == 404
    client.force_login(people["county"])
    assert client.get(reverse("cover", args=[cover.pk])).status_code == 200
    assert client.get(reverse("claim_new", args=[cover.pk])).status_code == 403


def test_the_lists_take_the_same_queries_for_many_rows(
    client: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for _ in range(8):
            a_claim(a_cover(monitored(), people["village"]), people["village"])
            monitored()
    client.force_login(people["township"])

    for tab in ("uncovered", "held", "ending", "claims"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse("insurance"), {"tab": tab}).status_code == 200
