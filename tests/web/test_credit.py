"""The pages of microcredit, through the real middleware."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import LEDGERS, Household, Loan, LoanWish
from tests.assistance_world import People, load, monitored
from tests.audit_coverage import audited
from tests.support_world import a_loan
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, TOWNSHIP, VILLAGE, account, household

pytestmark = pytest.mark.django_db
LOAN = {
    "origin": "new",
    "lender": "县农村信用社",
    "amount_fen": "30000",
    "granted_on": "2026-03-01",
    "due_on": "2027-03-01",
    "purpose": "养牛",
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("shouwang.web.views.credit", "shouwang.web.household_support"):
        monkeypatch.setattr(f"{module}.today", lambda: TODAY)
    monkeypatch.setattr("shouwang.web.views.credit.now", lambda: NOW)


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "township": account(Role.TOWNSHIP, TOWNSHIP),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
            "city": account(Role.CITY, COUNTY[:4]),
            "group": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored(head_name="钱甲试")


def text(client: Client, name: str, *args: int, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def wish(home: Household, people: People, *, is_wanted: bool = True, on: date = TODAY) -> None:
    with entered_system():
        LoanWish.objects.create(
            household=home, division=home.division, asked_on=on, is_wanted=is_wanted,
            asked_by=people["village"], recorded_at=NOW,
        )  # fmt: skip


def bank(home: Household, **columns: Any) -> None:
    given: dict[str, Any] = {
        "loan_kind": "脱贫人口小额信贷",
        "balance_fen": 2_000_000,
        "delivered_month": date(2026, 10, 1),
        "due_on": date(2027, 5, 1),
        "overdue_days": 0,
        **columns,
    }
    with entered_system():
        LEDGERS["credit"].objects.create(household=home, division=home.division, load=load(), **given)


def test_a_wish_without_a_loan_waits_until_the_loan_is_granted(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])
    assert "钱甲试" not in text(client, "credit")
    with audited("loan.wish"):
        sent = client.post(
            reverse("loan_wish_new", args=[home.pk]), {"is_wanted": "yes", "asked_on": TODAY.isoformat()}
        )
    assert sent.status_code == 303
    assert "钱甲试" in text(client, "credit", tab="wish")
    with audited("loan.grant"):
        assert client.post(reverse("loan_new", args=[home.pk]), LOAN).status_code == 303

    assert "钱甲试" not in text(client, "credit", tab="wish")
    assert "钱甲试" in text(client, "credit", tab="running")


def test_the_newest_answer_counts(client: Client, people: People, home: Household) -> None:
    wish(home, people)
    wish(home, people, is_wanted=False)
    client.force_login(people["village"])

    assert "钱甲试" not in text(client, "credit", tab="wish")


def test_what_the_bank_delivers_counts_as_a_loan(client: Client, people: People, home: Household) -> None:
    wish(home, people)
    bank(home)
    client.force_login(people["village"])

    assert "钱甲试" not in text(client, "credit", tab="wish")
    assert "银行推送" in text(client, "credit", tab="running")


def test_only_the_banks_newest_month_tells_what_is_overdue(
    client: Client, people: People, home: Household
) -> None:
    bank(home, overdue_days=40, delivered_month=date(2026, 9, 1))
    client.force_login(people["village"])
    assert "逾期 40 天" in text(client, "credit", tab="overdue")
    bank(home)

    assert "钱甲试" not in text(client, "credit", tab="overdue")


def test_what_falls_due_is_found_within_the_days_asked_for(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        a_loan(home, people["village"], due_on=TODAY + timedelta(days=50))
        late = monitored(head_name="孙乙试")
        a_loan(late, people["village"], due_on=TODAY - timedelta(days=3))
    client.force_login(people["township"])

    assert "钱甲试" not in text(client, "credit", tab="due", within="30")
    assert "钱甲试" in text(client, "credit", tab="due", within="60")
    overdue = text(client, "credit", tab="overdue")
    assert "孙乙试" in overdue
    assert "逾期 3 天" in overdue
    assert "钱甲试" not in overdue
    assert "孙乙试" not in text(client, "credit", tab="overdue", place=NEIGHBOUR)


def test_a_loan_is_extended_and_paid_back_on_its_page(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        loan = a_loan(home, people["village"])
    client.force_login(people["village"])
    assert "登记展期" in text(client, "loan", loan.pk)
    extend, repay = reverse("loan_extend", args=[loan.pk]), reverse("loan_repay", args=[loan.pk])
    given = {"version": "1", "agreed_on": TODAY.isoformat(), "due_on": "2027-12-01", "reason": "灾"}
    assert client.post(extend, given).status_code == 422
    with audited("loan.extend"):
        assert client.post(extend, {**given, "reason": "受灾减收，银行同意"}).status_code == 303
    paid = {"version": "1", "paid_on": TODAY.isoformat(), "amount_fen": "30000"}
    assert client.post(repay, paid).status_code == 409
    assert client.post(repay, {**paid, "version": "2", "amount_fen": "30001"}).status_code == 422
    with audited("loan.repay"):
        assert client.post(repay, {**paid, "version": "2"}).status_code == 303
    with entered_system():
        assert Loan.objects.get().state == "repaid"


def test_a_loan_beyond_the_bound_is_shown_with_its_reason_asked_for(
    client: Client, people: People, home: Household
) -> None:
    client.force_login(people["village"])
    page = client.post(reverse("loan_new", args=[home.pk]), {**LOAN, "amount_fen": "60000"})

    assert page.status_code == 422
    assert "金额超过上限50,000元" in page.content.decode()
    assert "银保监发〔2021〕6号" in text(client, "loan_new", home.pk)


def test_neighbours_find_nothing_and_others_may_not(client: Client, people: People, home: Household) -> None:
    with entered_system():
        loan = a_loan(home, people["village"])
    client.force_login(people["neighbour"])
    assert client.get(reverse("loan", args=[loan.pk])).status_code == 404
    assert client.get(reverse("loan_new", args=[home.pk])).status_code == 404
    assert "钱甲试" not in text(client, "credit", tab="running")
    client.force_login(people["county"])
    assert client.get(reverse("loan", args=[loan.pk])).status_code == 200
    assert client.post(reverse("loan_repay", args=[loan.pk])).status_code == 403
    client.force_login(people["group"])
    assert client.get(reverse("credit")).status_code == 403


def test_a_city_reads_masked_names(client: Client, people: People, home: Household) -> None:
    with entered_system():
        a_loan(home, people["village"])
    client.force_login(people["city"])

    shown = text(client, "credit", tab="running")
    assert "钱甲试" not in shown
    assert "钱**" in shown


def test_the_list_takes_the_same_queries_for_many_households(
    client: Client, people: People, django_assert_max_num_queries: Any
) -> None:
    with entered_system():
        for _ in range(8):
            a_loan(monitored(), people["village"])
    client.force_login(people["township"])

    with django_assert_max_num_queries(16):
        assert client.get(reverse("credit"), {"tab": "running"}).status_code == 200


def test_the_household_page_shows_credit_to_those_who_may_see_money(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        a_loan(home, people["village"], lender="农信社试")
    client.force_login(people["village"])
    shown = text(client, "household", home.pk, tab="support")
    assert "农信社试" in shown
    assert "未参加防贫保险" in shown
    client.force_login(people["group"])
    assert "农信社试" not in text(client, "household", home.pk, tab="support")


def test_a_visit_asks_about_a_loan_where_one_may_be_had(
    client: Client, people: People, home: Household
) -> None:
    with entered_system():
        other = household(VILLAGE)
    client.force_login(people["village"])
    assert "有贷款需求吗" not in text(client, "visit_new", other.pk)
    assert "有贷款需求吗" in text(client, "visit_new", home.pk)
    visited = {"kind": "monthly", "visited_on": "2026-01-05", "found": "家中平稳", "wants_loan": "yes"}
    assert client.post(reverse("visit_new", args=[home.pk]), visited).status_code == 303
    with entered_system():
        answer = LoanWish.objects.get()
    assert (answer.is_wanted, answer.asked_on, answer.visit_id is not None) == (True, date(2026, 1, 5), True)
