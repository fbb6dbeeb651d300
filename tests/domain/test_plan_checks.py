"""Checks of a plan at entry: what is wrong with it, and what cannot be told."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shouwang.domain.assistance import HouseholdFacts, Plan, PlannedMeasure
from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.plan_checks import check_plan
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import SEVERITIES
from tests.domain.assistance_samples import (
    GOOD,
    HEALTH,
    INDUSTRY,
    KNOWN,
    ON,
    nanfeng,
    packs,
    xichou,
)


def remarks(
    plan: Plan, facts: HouseholdFacts = KNOWN, on: date = ON, policy: Policy | None = None
) -> set[str]:
    found = check_plan(plan, policy or nanfeng(), facts, on)
    assert all(remark.text.endswith("。") and remark.source for remark in found)
    assert all(remark.severity in SEVERITIES for remark in found)
    return {f"{remark.code}:{remark.severity}" for remark in found}


def test_a_plan_in_order_has_no_remark() -> None:
    assert remarks(GOOD) == set()


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"risks": frozenset({"medical", "water"})}, "risk_without_measure:must_fix"),
        ({"risks": frozenset()}, "no_risk:consider"),
        ({"risks": None}, "risks_unknown:cannot_tell"),
        ({"has_labour": None}, "labour_unknown:cannot_tell"),
        ({"has_labour": False}, "labour_mismatch:must_fix"),
        ({"identified_on": None}, "identification_unknown:cannot_tell"),
        ({"has_contact_person": False}, "no_contact_person:must_fix"),
        ({"has_contact_person": None}, "contact_unknown:cannot_tell"),
        ({"uninsured_persons": 1}, "insurance_missing:must_fix"),
        ({"uninsured_persons": None}, "insurance_unknown:cannot_tell"),
        ({"working_persons": 0}, "no_worker:consider"),
        ({"working_persons": None}, "work_unknown:cannot_tell"),
        ({"conditions": {}}, "condition_unknown:cannot_tell"),
        ({"conditions": {"wish_to_develop": False}}, "condition_not_met:must_fix"),
    ],
)
def test_a_fact_that_is_wrong_or_unknown_is_remarked_upon(change: dict[str, Any], remark: str) -> None:
    assert remark in remarks(GOOD, replace(KNOWN, **change))


def test_nobody_at_work_where_labour_is_unknown_cannot_be_judged() -> None:
    facts = replace(KNOWN, has_labour=None, labour_persons=None, working_persons=0)

    assert "work_unknown:cannot_tell" in remarks(GOOD, facts)


def test_a_household_without_labour_is_not_asked_for_work() -> None:
    facts = replace(KNOWN, has_labour=False, labour_persons=0, working_persons=None)

    assert remarks(Plan((HEALTH,), ON), facts) == set()


def test_xichou_asks_for_one_trained_labourer() -> None:
    assert "training_missing:consider" in remarks(GOOD, replace(KNOWN, trained_persons=0), policy=xichou())
    assert "training_unknown:cannot_tell" in remarks(
        GOOD, replace(KNOWN, trained_persons=None), policy=xichou()
    )


def test_labour_without_development_is_grave_after_half_a_year() -> None:
    plan = Plan((HEALTH,), ON)

    assert remarks(plan) == {"labour_without_development:consider"}
    assert remarks(plan, on=date(2022, 7, 30)) == {"labour_without_development:consider"}
    assert remarks(plan, on=date(2022, 7, 31)) == {"labour_without_development:must_fix"}


def test_nothing_but_handouts_for_a_household_with_labour_is_told() -> None:
    plan = Plan((PlannedMeasure(kind="security", starts_on=ON),), ON)
    facts = replace(KNOWN, risks=frozenset({"income"}))

    assert "handout_only:must_fix" in remarks(plan, facts)
    assert "handout_only:must_fix" not in remarks(plan, replace(facts, has_labour=False))


@pytest.mark.parametrize(
    ("planned", "remark"),
    [
        (PlannedMeasure("water_safety"), "measure_without_risk:must_fix"),
        (PlannedMeasure(kind="water"), "measure_without_risk:must_fix"),
        (PlannedMeasure("water_safety", risk="water"), "measure_without_risk:must_fix"),
        (PlannedMeasure("water_safety", risk="medical"), "measure_beside_risk:must_fix"),
        (PlannedMeasure("castle"), "unknown_measure:must_fix"),
        (PlannedMeasure(), "unknown_measure:must_fix"),
        (
            PlannedMeasure("health_support", starts_on=ON, ends_on=date(2022, 1, 1)),
            "dates_reversed:must_fix",
        ),
    ],
)
def test_a_measure_that_does_not_fit_is_told(planned: PlannedMeasure, remark: str) -> None:
    assert remark in remarks(Plan((*GOOD.measures, planned), ON))


def test_measures_known_by_their_kind_alone_are_checked_too() -> None:
    plan = Plan((PlannedMeasure(kind="health", starts_on=ON), PlannedMeasure(kind="industry")), ON)

    assert remarks(plan) == set()


def test_a_kind_that_the_policy_does_not_list_cannot_be_judged() -> None:
    plan = Plan((PlannedMeasure(kind="relocation", starts_on=ON), INDUSTRY), ON)

    assert remarks(plan) == {"kind_not_listed:cannot_tell", "risk_measure_unknown:cannot_tell"}


def test_a_policy_without_measures_leaves_the_fit_unknown() -> None:
    before = packs().resolve("361023", date(2021, 1, 1))
    plan = Plan((PlannedMeasure(kind="health", starts_on=ON), PlannedMeasure(kind="industry")), ON)

    assert "measure_without_risk:must_fix" not in remarks(plan, policy=before)
    assert "risk_measure_unknown:cannot_tell" in remarks(plan, policy=before)


def test_a_measure_for_another_risk_does_not_answer_this_one() -> None:
    both = replace(KNOWN, risks=frozenset({"disaster", "income"}))
    only = replace(INDUSTRY, risk="income")

    found = check_plan(Plan((only,), ON), nanfeng(), both, ON)

    assert [remark.text for remark in found if remark.code == "risk_without_measure"] == [
        "“因自然灾害”没有对应的帮扶措施，请按缺什么补什么补上。"
    ]


def test_the_plan_is_due_within_its_days() -> None:
    unplanned = Plan(GOOD.measures)

    assert remarks(unplanned, on=date(2022, 2, 10)) == set()
    assert "plan_late:must_fix" in remarks(unplanned, on=date(2022, 2, 11))
    assert remarks(replace(GOOD, agreed_on=date(2022, 2, 11)), on=ON) == {"plan_late:consider"}


def test_help_is_due_within_a_month_which_ends_on_its_last_day() -> None:
    none = Plan((), ON)

    assert "help_late:must_fix" not in remarks(none, on=date(2022, 2, 28))
    assert "help_late:must_fix" in remarks(none, on=date(2022, 3, 1))
    late = Plan(tuple(replace(each, starts_on=date(2022, 3, 1)) for each in GOOD.measures), ON)
    assert remarks(late, on=date(2022, 3, 1)) == {"help_late:consider"}
    undated = Plan(tuple(replace(each, starts_on=None) for each in GOOD.measures), ON)
    assert remarks(undated, on=date(2022, 3, 1)) == {"start_unknown:cannot_tell"}


def test_a_limit_of_the_circular_s_own_is_checked() -> None:
    shidian = packs().resolve("530521", date(2022, 2, 5))
    plan = Plan((HEALTH, replace(INDUSTRY, starts_on=None)), ON)

    assert "measure_late:must_fix" not in remarks(plan, on=date(2022, 4, 30), policy=shidian)
    assert "measure_late:must_fix" in remarks(plan, on=date(2022, 5, 1), policy=shidian)


def amounts(*planned: PlannedMeasure) -> set[str]:
    found = remarks(Plan((*GOOD.measures, *planned), ON), policy=xichou())
    return {each for each in found if each.startswith(("over", "need", "amount", "measure_repeated"))}


AWARD = PlannedMeasure("industry_award", amount_fen=3_000_00, basis=Basis(cost_fen=8_000_00))
AID = PlannedMeasure("own_pay_aid", amount_fen=8_000_00, person="1", basis=Basis(own_pay_fen=10_000_00))


def test_an_amount_up_to_what_is_due_is_in_order() -> None:
    assert amounts(AWARD, AID) == set()


@pytest.mark.parametrize(
    ("planned", "remark"),
    [
        (replace(AWARD, amount_fen=3_000_01), "over_need:must_fix"),
        (replace(AWARD, basis=Basis(cost_fen=5_000_00)), "over_need:must_fix"),
        (replace(AWARD, basis=Basis()), "need_unknown:cannot_tell"),
        (replace(AWARD, amount_fen=None), "amount_unknown:cannot_tell"),
        (replace(AWARD, amount_fen=-1), "amount_negative:must_fix"),
        (PlannedMeasure("housing_safety", amount_fen=1_00), "need_unknown:cannot_tell"),
        (
            PlannedMeasure("housing_safety", amount_fen=2_00, basis=Basis(cost_fen=1_00)),
            "over_need:must_fix",
        ),
    ],
)
def test_more_than_the_need_or_a_need_unknown_is_told(planned: PlannedMeasure, remark: str) -> None:
    assert amounts(planned) == {remark}


def test_one_measure_twice_for_one_person_counts_together() -> None:
    assert amounts(AID, AID) == {"measure_repeated:consider", "over_need:must_fix"}
    assert amounts(AID, replace(AID, person="2")) == set()


def test_all_health_help_of_one_person_stays_within_his_own_pay() -> None:
    more = PlannedMeasure("health_support", amount_fen=3_000_00, person="1", basis=AID.basis)

    assert amounts(AID, more) == {"over_need:must_fix"}
    assert amounts(AID, replace(more, amount_fen=2_000_00)) == set()
