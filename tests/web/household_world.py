"""What the tests of the household pages share: a stopped clock, a household, signing in, a full life."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouwang.domain.identity import check_digit
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.models import (
    LEDGERS,
    Account,
    Case,
    CaseEvent,
    Clue,
    ClueOrigin,
    Contact,
    Finding,
    Household,
    Load,
    Member,
    Plan,
    ScreeningRun,
    Source,
    Task,
    Visit,
)
from shouwang.records.sealing import unseal
from tests.world import (
    COUNTY,
    NOW,
    TODAY,
    VILLAGE,
    account,
    household,
)

SignIn = Callable[..., Account]
NUMBER = "36102319800101001" + check_digit("36102319800101001")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock where the pages look at it."""
    for name in ("households", "household_edits", "members", "inbox", "search", "attachments", "drafts"):
        module = __import__(f"shouwang.web.views.{name}", fromlist=["x"])
        if hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda: TODAY)
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: NOW)


@pytest.fixture
def home() -> Household:
    with entered_system():
        return household(VILLAGE, members=3)


@pytest.fixture
def as_(client: Client) -> SignIn:
    def sign_in(role: Role, place: str, **grant: Any) -> Account:
        with entered_system():
            made = account(role, place, **grant)
        client.force_login(made)
        return made

    return sign_in


def page_of(client: Client, page_name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(page_name, args=args), query)


def text_of(response: Any) -> str:
    return response.content.decode()


def phone_of(home: Household) -> str:
    return unseal(bytes(home.phone_sealed), of="household.phone")


def number_of(person: Member) -> str:
    return unseal(bytes(person.id_sealed), of="member.id_number")


def a_clue(home: Household, number: str, **columns: Any) -> Clue:
    """Make a clue that waits for the village, or as `columns` say."""
    usual = {"state": "dispatched", "turn": "village", "received_on": TODAY, **columns}
    return Clue.objects.create(number=number, household=home, division=home.division, **usual)


def a_case(home: Household, number: str, **columns: Any) -> Case:
    """Make a case of identification that waits for the village."""
    usual = {
        "track": "identification",
        "pack": "p",
        "pack_digest": "d",
        "status": "open",
        "turn_roles": ["village"],
        "turn_label": "民主评议",
        "opened_on": TODAY,
        **columns,
    }
    return Case.objects.create(number=number, household=home, division=home.division, **usual)


def a_task(home: Household, number: str, by: Account, **columns: Any) -> Task:
    """Make a task that waits for the department of education."""
    usual = {
        "department": "education",
        "kind": "help",
        "text": "核实",
        "state": "sent",
        "sent_on": TODAY,
        **columns,
    }
    return Task.objects.create(number=number, household=home, division=home.division, sent_by=by, **usual)


def lived_in(home: Household, on: date = TODAY, *, is_more: bool = False) -> None:
    """Fill a household with a row of everything."""
    by = account(Role.VILLAGE, VILLAGE)
    _watched(home, on, is_more=is_more)
    _worked_on(home, on, by, is_more=is_more)
    _helped(home, on, by, is_more=is_more)
    _in_ledgers(home, on)


def _watched(home: Household, on: date, *, is_more: bool) -> None:
    run = ScreeningRun.objects.create(identifier=f"run{on}", county=COUNTY, on=on, ran_at=NOW)
    finding = Finding.objects.create(
        run=run,
        household=home,
        division=home.division,
        rule="own_pay",
        label="医疗自付过高",
        pack="p",
        kind="warning",
        risk="medical",
        grade="red",
        clause="第三条",
        reason="一年自付两万元",
        evidence={
            "evidence": [{"text": "自付 20000 ≥ 10000", "holds": True}, "旧式"],
            "sources": [
                {"file": "医保.xlsx", "sheet": "结算", "row_no": 7, "feed": "medical", "amount_fen": 100}
            ],
        },
    )
    closed = {"state": "closed", "closed_on": on} if is_more else {}
    clue = a_clue(home, f"XS{on}", due_on=on, received_on=on, **closed)
    ClueOrigin.objects.create(
        clue=clue, division=home.division, source="screening", finding=finding, received_at=NOW
    )


def _worked_on(home: Household, on: date, by: Account, *, is_more: bool) -> None:
    status = "completed" if is_more else "open"
    case = a_case(home, f"GA{on}", due_on=on, opened_on=on, status=status)
    CaseEvent.objects.create(
        case=case,
        division=home.division,
        sequence=1,
        kind="open",
        role="village",
        by=by,
        on=on,
        recorded_at=NOW,
    )


def _helped(home: Household, on: date, by: Account, *, is_more: bool) -> None:
    plan = Plan.objects.create(
        household=home, division=home.division, state="returned", drawn_up_by=by, drawn_up_on=on
    )
    plan.measures.create(
        household=home, division=home.division, label="公益岗位", kind="public_post", done_on=on
    )
    a_task(home, f"RW{on}", by, due_on=on, sent_on=on)
    Visit.objects.create(
        household=home,
        division=home.division,
        kind="monthly",
        visited_on=on,
        by=by,
        role="village",
        found="一切如常",
        recorded_at=NOW,
    )
    if not is_more:
        Contact.objects.create(
            household=home, division=home.division, account=by, from_on=on, assigned_by=by, reason="新任"
        )


def _in_ledgers(home: Household, on: date) -> None:
    load = Load.objects.create(
        kind="registry", county=COUNTY, on=on, state="done", content_sha256=f"s{on}", started_at=NOW
    )
    Source.objects.create(
        load=load, number=1, feed="medical", file="医保.xlsx", sheet="结算", sha256="x", row_count=1
    )
    head = home.members.first()
    LEDGERS["own_pay_entry"].objects.create(
        household=home,
        division=home.division,
        load=load,
        source_no=1,
        row_no=3,
        member=head,
        settled_on=on,
        own_pay_fen=1_234_500,
        total_fen=2_000_000,
        disease="肺癌",
        visit_kind="inpatient",
    )
    LEDGERS["income_entry"].objects.create(
        household=home,
        division=home.division,
        load=load,
        month=on.replace(day=1) - timedelta(days=1),
        item="migrant_wage",
        amount_fen=500_000,
    )
    LEDGERS["annual_income"].objects.create(
        household=home, division=home.division, load=load, source_no=1, row_no=9, year=2025, net_fen=3_000_000
    )
