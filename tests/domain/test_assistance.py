"""Plans of help: what is offered to whom, and the laws that bind offering and checking."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.domain.assistance import HouseholdFacts, plan_of, propose
from shouwang.domain.measures import CONDITIONS
from shouwang.domain.plan_checks import FIT_CODES, check_plan
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import Remark
from shouwang.domain.tables import RISKS
from tests.domain.assistance_samples import EVERY_CONDITION, IDENTIFIED, KNOWN, ON, nanfeng, packs, xichou


def offered(facts: HouseholdFacts, policy: Policy | None = None) -> dict[str, bool | None]:
    return {each.measure.name: each.answer for each in propose(policy or nanfeng(), facts)}


def test_what_is_offered_answers_the_risk_builds_on_labour_and_is_owed_to_all() -> None:
    found = offered(KNOWN)

    assert found["health_support"] is True
    assert found["industry_support"] is True
    assert found["contact_person"] is True
    assert "water_safety" not in found


def test_development_comes_first_for_a_household_with_labour() -> None:
    fits = propose(nanfeng(), KNOWN)

    assert fits[0].measure.is_development
    assert fits[0].why == "有劳动能力，优先落实开发式帮扶"
    assert fits[-1].measure.is_for_all


def test_the_measures_of_the_place_come_before_the_country_s() -> None:
    fits = propose(xichou(), replace(KNOWN, risks=frozenset({"disaster"})))
    development = [each.measure for each in fits if each.measure.is_development]

    assert {measure.name for measure in development[:4]} == {
        "industry_award", "skill_training", "employment_support", "microcredit",
    }  # fmt: skip
    assert all("西畴县" in measure.source for measure in development[:4])


def test_a_household_without_labour_is_offered_no_development() -> None:
    fits = propose(nanfeng(), replace(KNOWN, has_labour=False, risks=frozenset({"labour", "income"})))

    assert not any(each.measure.is_development for each in fits)
    assert "comprehensive_security" in [each.measure.name for each in fits]


def test_unknown_labour_risks_or_conditions_are_to_be_verified_first() -> None:
    fits = {each.measure.name: each for each in propose(nanfeng(), HouseholdFacts())}

    assert fits["industry_support"].answer is None
    assert fits["industry_support"].to_verify == ("返贫致贫风险", "是否有劳动能力", "有产业发展意愿")
    assert fits["health_support"].answer is None
    assert fits["contact_person"].answer is True


def test_credit_follows_the_wish_to_borrow() -> None:
    taolin = packs().resolve("430682107", date(2025, 1, 1))
    facts = replace(KNOWN, risks=frozenset({"disaster"}))
    hit = {"has_loan": True, "cannot_repay_now": True, "can_repay": False, "wish_to_borrow": False}
    found = offered(replace(facts, conditions=EVERY_CONDITION | hit), taolin)

    assert found["loan_extension"] is True
    assert "additional_loan" not in found
    assert "microcredit" not in found
    assert offered(replace(facts, conditions={}), taolin)["additional_loan"] is None


facts_known = st.builds(
    HouseholdFacts,
    risks=st.frozensets(st.sampled_from(sorted(RISKS))),
    has_labour=st.booleans(),
    conditions=st.fixed_dictionaries({name: st.booleans() for name in CONDITIONS}),
)
facts_in_part = st.builds(
    HouseholdFacts,
    risks=st.none() | st.frozensets(st.sampled_from(sorted(RISKS))),
    has_labour=st.none() | st.booleans(),
    identified_on=st.none() | st.just(IDENTIFIED),
    has_contact_person=st.none() | st.booleans(),
    labour_persons=st.none() | st.integers(0, 3),
    working_persons=st.none() | st.integers(0, 3),
    uninsured_persons=st.none() | st.integers(0, 3),
    conditions=st.dictionaries(st.sampled_from(sorted(CONDITIONS)), st.booleans()),
)


def codes(found: list[Remark], severity: str) -> set[str]:
    return {remark.code for remark in found if remark.severity == severity}


@settings(max_examples=60)
@given(facts=st.one_of(facts_known, facts_in_part))
def test_a_plan_of_what_is_proposed_fits(facts: HouseholdFacts) -> None:
    fits = propose(nanfeng(), facts)
    found = check_plan(plan_of(fits, ON), nanfeng(), facts, ON)
    wanting = {"risk_without_measure", "handout_only"}

    assert not codes(found, "must_fix") & (FIT_CODES | wanting)
    if facts.has_labour and any(each.measure.is_development for each in fits):
        assert "labour_without_development" not in {remark.code for remark in found}


@settings(max_examples=60)
@given(facts=facts_in_part)
def test_what_is_unknown_never_makes_a_measure_sure_nor_passes_in_silence(facts: HouseholdFacts) -> None:
    fits = propose(nanfeng(), facts)
    found = codes(check_plan(plan_of(fits, ON), nanfeng(), facts, ON), "cannot_tell")

    for each in fits:
        assert (each.answer is True) <= all(facts.conditions.get(name) for name in each.measure.needs)
        assert not (each.answer is True and each.measure.for_whom == "labour" and facts.has_labour is None)
        assert bool(each.to_verify) or each.answer is True
    for known, code in (
        (facts.risks, "risks_unknown"),
        (facts.has_labour, "labour_unknown"),
        (facts.identified_on, "identification_unknown"),
        (facts.has_contact_person, "contact_unknown"),
        (facts.uninsured_persons, "insurance_unknown"),
    ):
        assert (known is None) == (code in found)


@settings(max_examples=40)
@given(facts=facts_in_part)
def test_learning_a_fact_never_turns_a_sure_measure_into_none(facts: HouseholdFacts) -> None:
    sure = {name for name, answer in offered(facts).items() if answer}
    learnt = replace(
        facts,
        risks=facts.risks if facts.risks is not None else frozenset({"water"}),
        has_labour=facts.has_labour if facts.has_labour is not None else False,
        conditions={**dict.fromkeys(CONDITIONS, False), **facts.conditions},
    )

    assert sure <= {name for name, answer in offered(learnt).items() if answer}
