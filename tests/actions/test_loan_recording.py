"""Microcredit: asked for, granted, extended, renewed, added to, paid back; each refusal with its reason."""

from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions.acting import Actor
from shouwang.actions.loan_recording import LoanEntry, extend_loan, grant_loan, record_wish, repay_loan
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import enter, entered_system
from shouwang.records.models import Account, Household, Loan, LoanChange
from tests.assistance_world import People, monitored
from tests.audit_coverage import audited
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db
AT: dict[str, Any] = {"on": TODAY, "at": NOW}
GRANTED = date(2026, 3, 1)
ENTRY: dict[str, Any] = {
    "origin": "new",
    "lender": "县农村信用社",
    "amount_fen": 3_000_000,
    "granted_on": GRANTED,
    "due_on": date(2027, 3, 1),
    "purpose": "养牛",
}


@pytest.fixture
def people() -> People:
    with entered_system():
        return {
            "village": account(Role.VILLAGE, VILLAGE),
            "neighbour": account(Role.VILLAGE, NEIGHBOUR),
            "group": account(Role.HOUSEHOLD_GROUP, VILLAGE, group_name="一组"),
            "county": account(Role.COUNTY_OFFICE, COUNTY),
        }


@pytest.fixture
def home() -> Household:
    with entered_system():
        return monitored()


def as_(person: Account) -> Actor:
    acting = actor(person)
    enter(acting.viewer)
    return acting


def granted(people: People, home: Household, **changes: Any) -> Loan:
    entry = LoanEntry(**{**ENTRY, **changes})
    return grant_loan(actor=as_(people["village"]), household_id=home.pk, entry=entry, **AT)


def test_a_wish_is_kept_with_its_day_and_purpose(people: People, home: Household) -> None:
    with audited("loan.wish"):
        wish = record_wish(
            actor=as_(people["village"]), household_id=home.pk, is_wanted=True, amount_fen=2_000_000,
            purpose="种果树", asked_on=TODAY, **AT,
        )  # fmt: skip

    assert (wish.is_wanted, wish.amount_fen, wish.division) == (True, 2_000_000, VILLAGE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"asked_on": TODAY + timedelta(days=1)}, "asked_on"), ({"amount_fen": 0}, "amount_fen")],
)
def test_a_wish_that_cannot_be_is_refused(people: People, home: Household, changes: Any, field: str) -> None:
    given = {"is_wanted": True, "asked_on": TODAY, **changes}
    with pytest.raises(Unfit) as refused:
        record_wish(actor=as_(people["village"]), household_id=home.pk, **given, **AT)

    assert field in refused.value.fields


def test_microcredit_is_for_alleviated_and_monitored_households(people: People) -> None:
    with entered_system():
        other = household(VILLAGE, household_class="ordinary")
    with pytest.raises(Unfit, match="脱贫户和监测对象"):
        record_wish(actor=as_(people["village"]), household_id=other.pk, is_wanted=True, asked_on=TODAY, **AT)
    with pytest.raises(Unfit, match="脱贫户和监测对象"):
        granted(people, other)


def test_a_loan_is_granted_with_one_line_in_the_audit(people: People, home: Household) -> None:
    with audited("loan.grant") as lines:
        loan = granted(people, home)

    assert (loan.state, loan.balance_fen, loan.due_on) == ("running", 3_000_000, date(2027, 3, 1))
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"origin": "?"}, "origin"),
        ({"lender": ""}, "lender"),
        ({"amount_fen": None}, "amount_fen"),
        ({"amount_fen": 0}, "amount_fen"),
        ({"granted_on": TODAY + timedelta(days=1), "due_on": date(2028, 1, 1)}, "granted_on"),
        ({"due_on": GRANTED}, "due_on"),
        ({"amount_fen": 5_000_100}, "reason"),
        ({"due_on": date(2029, 3, 2)}, "reason"),
        ({"origin": "renewal", "reason": "到期仍需周转"}, "origin"),
        ({"origin": "additional", "reason": "受灾需要补栏"}, "origin"),
    ],
)
def test_a_loan_that_cannot_be_is_refused_at_its_field(
    people: People, home: Household, changes: Any, field: str
) -> None:
    with pytest.raises(Unfit) as refused:
        granted(people, home, **changes)

    assert set(refused.value.fields) == {field}


def test_a_loan_beyond_the_policys_bound_needs_its_reason(people: People, home: Household) -> None:
    assert granted(people, home, amount_fen=6_000_000, reason="银行评级授信较高").amount_fen == 6_000_000


def test_a_second_new_loan_is_refused_and_an_additional_one_is_bounded(
    people: People, home: Household
) -> None:
    first = granted(people, home, amount_fen=5_000_000)
    with pytest.raises(Unfit, match="未结清"):
        granted(people, home)
    with pytest.raises(Unfit, match="超过上限100,000元"):
        granted(people, home, origin="additional", amount_fen=5_000_100, reason="水灾后补栏")
    added = granted(people, home, origin="additional", amount_fen=5_000_000, reason="水灾后补栏")

    assert added.follows_id == first.pk
    first.refresh_from_db()
    assert first.state == "running"


def test_a_renewal_takes_the_place_of_the_loan_it_follows(people: People, home: Household) -> None:
    first = granted(people, home)
    again = granted(
        people, home, origin="renewal", follows_id=first.pk, reason="受灾暂时还不上",
        granted_on=TODAY, due_on=date(2027, 11, 1),
    )  # fmt: skip
    first.refresh_from_db()

    assert (first.state, first.balance_fen, again.follows_id) == ("renewed", 0, first.pk)
    assert LoanChange.objects.get(loan=first).kind == "renewed"


def test_a_renewal_names_a_loan_of_the_same_household(people: People, home: Household) -> None:
    with entered_system():
        other = monitored()
    foreign = granted(people, other)

    with pytest.raises(NotThere):
        granted(people, home, origin="renewal", follows_id=foreign.pk, reason="受灾暂时还不上")
    with pytest.raises(NotThere):
        granted(people, home, member_id=other.members.first().pk)  # type: ignore[union-attr]


def test_more_time_is_given_with_its_reason(people: People, home: Household) -> None:
    loan = granted(people, home)
    usual: dict[str, Any] = {"actor": as_(people["village"]), "loan_id": loan.pk, "agreed_on": TODAY, **AT}
    for given, field in (
        ({"due_on": loan.due_on, "reason": "受灾减收"}, "due_on"),
        ({"due_on": date(2027, 9, 1), "reason": "灾"}, "reason"),
        ({"due_on": date(2027, 9, 1), "reason": "受灾减收", "agreed_on": TODAY + timedelta(days=1)}, "on"),
        ({"due_on": date(2027, 9, 1), "reason": "受灾减收", "agreed_on": date(2025, 1, 1)}, "on"),
    ):
        with pytest.raises(Unfit) as refused:
            extend_loan(**{**usual, **given}, version=1)
        assert set(refused.value.fields) == {field}
    with audited("loan.extend"):
        extended = extend_loan(**usual, version=1, due_on=date(2027, 9, 1), reason="受灾减收，银行同意展期")

    assert extended.due_on == date(2027, 9, 1)
    assert extended.changes.get().due_on == date(2027, 9, 1)


def test_the_last_repayment_closes_a_loan(people: People, home: Household) -> None:
    loan = granted(people, home)
    usual: dict[str, Any] = {"actor": as_(people["village"]), "loan_id": loan.pk, **AT}
    for paid, day in ((None, TODAY), (0, TODAY), (3_000_001, TODAY), (1, TODAY + timedelta(days=1))):
        with pytest.raises(Unfit):
            repay_loan(**usual, version=1, amount_fen=paid, paid_on=day)
    with pytest.raises(Unfit, match="早于放款"):
        repay_loan(**usual, version=1, amount_fen=1, paid_on=date(2020, 1, 1))
    assert repay_loan(**usual, version=1, amount_fen=1_000_000, paid_on=TODAY).balance_fen == 2_000_000
    with pytest.raises(Stale):
        repay_loan(**usual, version=1, amount_fen=1_000_000, paid_on=TODAY)
    closed = repay_loan(**usual, version=2, amount_fen=2_000_000, paid_on=TODAY)

    assert (closed.state, closed.closed_on) == ("repaid", TODAY)
    with pytest.raises(Unfit, match="不能再改"):
        repay_loan(**usual, version=3, amount_fen=1, paid_on=TODAY)


def test_neighbours_find_nothing_and_others_may_not(people: People, home: Household) -> None:
    loan = granted(people, home)
    entry = LoanEntry(**ENTRY)
    with pytest.raises(NotThere):
        grant_loan(actor=as_(people["neighbour"]), household_id=home.pk, entry=entry, **AT)
    with pytest.raises(NotThere):
        repay_loan(
            actor=as_(people["neighbour"]), loan_id=loan.pk, version=1, amount_fen=1, paid_on=TODAY, **AT
        )
    for who in ("group", "county"):
        with pytest.raises(NotAllowed):
            grant_loan(actor=as_(people[who]), household_id=home.pk, entry=entry, **AT)
