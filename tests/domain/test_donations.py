"""Matching donors' offers to needs: by risk, by want, never above the need."""

from dataclasses import replace
from datetime import date
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.donations import (
    Giving,
    HouseholdNeeds,
    Offer,
    RiskNeed,
    fitting_risks,
    match,
    matches,
    place_prefix,
    social_risks,
    wrong_gift,
)
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import Policy

ON = date(2026, 11, 23)
CASH = Offer("cash", left_fen=1_000_000, per_household_fen=300_000)
NEED = RiskNeed("medical", 500_000, "近12个月医疗自付")
HOME = HouseholdNeeds(1, "red", True, {"medical": NEED}, frozenset({"medical"}))


@cache
def policy() -> Policy:
    return load_library(default_packs_folder()).resolve("361023100200", ON)


def test_social_help_answers_what_the_policy_says() -> None:
    assert "medical" in social_risks(policy())
    assert "water" not in social_risks(policy())


def test_what_lacks_most_is_answered_and_the_bounds_hold() -> None:
    school = RiskNeed("school", 900_000, "学年自付")
    found = match(CASH, replace(HOME, needs={"medical": NEED, "school": school}), policy())

    assert found is not None
    assert (found.need.risk, found.amount_fen) == ("school", 300_000)
    assert found.reason == "因学，学年自付9,000元，仍缺9,000元"


def test_what_helps_already_is_said_and_counted() -> None:
    found = match(
        CASH, replace(HOME, needs={"medical": replace(NEED, helped_fen=300_000, given_fen=100_000)}), policy()
    )

    assert found is not None
    assert found.amount_fen == 100_000
    assert "已有措施和理赔3,000元，已对接捐赠1,000元，仍缺1,000元，帮扶计划中没有对应措施" in found.reason


def test_a_met_need_a_spent_offer_and_a_foreign_purpose_match_nothing() -> None:
    met = replace(HOME, needs={"medical": replace(NEED, helped_fen=500_000)})
    assert match(CASH, met, policy()) is None
    assert match(replace(CASH, left_fen=0), HOME, policy()) is None
    assert match(replace(CASH, is_open=False), HOME, policy()) is None
    assert match(replace(CASH, risks=frozenset({"school"})), HOME, policy()) is None


def test_an_unknown_need_is_left_to_a_person() -> None:
    found = match(CASH, replace(HOME, needs={"accident": RiskNeed("accident")}), policy())

    assert found is not None
    assert not found.is_ready
    assert "须核实后填写" in found.reason


def test_jobs_go_to_labour_and_answer_work() -> None:
    job = Offer("job", unit="个岗位", left_quantity=3)
    worker = replace(HOME, needs={"employment": RiskNeed("employment"), "medical": NEED})
    assert fitting_risks(job, worker, policy()) == ["employment"]
    assert fitting_risks(job, replace(worker, has_labour=False), policy()) == []
    found = match(job, worker, policy())
    assert found is not None
    assert (found.quantity, found.amount_fen) == (1, None)


def test_goods_are_given_up_to_what_they_are_worth_to_the_need() -> None:
    goods = Offer("goods", left_quantity=9, per_household_quantity=5, worth_fen=200_000)
    found = match(goods, HOME, policy())
    assert found is not None
    assert (found.quantity, found.amount_fen) == (2, 400_000)
    assert match(replace(goods, worth_fen=600_000), HOME, policy()) is None


def test_the_gravest_want_comes_first() -> None:
    blue = replace(HOME, household_id=2, grade="blue")
    helped = replace(HOME, household_id=3, gifts=1)
    planned = replace(HOME, household_id=4, unanswered=frozenset())
    homes = [blue, planned, helped, HOME]

    found = matches(CASH, homes, dict.fromkeys((1, 2, 3, 4), policy()))
    assert [each.household_id for each in found] == [1, 3, 4, 2]


def test_a_place_is_a_county_or_a_township() -> None:
    assert place_prefix("361020000000") == "361020"
    assert place_prefix("361023100000") == "361023100"


def test_an_offer_past_its_day_gives_nothing() -> None:
    late = replace(CASH, until_on=date(2026, 11, 22))
    assert set(wrong_gift(late, Giving(100_000), NEED, policy(), ON)) == {"offer"}


@given(
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.integers(1, 2_000_000),
)
def test_no_gift_is_let_through_beyond_the_need(cost: int, helped: int, given_fen: int, money: int) -> None:
    need = RiskNeed("medical", cost, "", helped, given_fen)
    wrong = wrong_gift(Offer("cash"), Giving(money), need, policy(), ON)

    assert bool(wrong) == (given_fen + money > max(0, cost - helped))


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_what_is_proposed_is_never_refused(cost: int, helped: int, given_fen: int) -> None:
    need = RiskNeed("medical", cost, "", helped, given_fen)
    found = match(CASH, replace(HOME, needs={"medical": need}), policy())

    if found is not None:
        assert not wrong_gift(CASH, Giving(found.amount_fen), need, policy(), ON)
