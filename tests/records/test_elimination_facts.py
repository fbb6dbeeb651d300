"""What the records say of a household whose elimination is weighed."""

from collections.abc import Iterator
from typing import Any

import pytest

from shouwang.domain.elimination import elimination_proposal
from shouwang.domain.periods import Month
from shouwang.domain.roles import Role
from shouwang.records.access import entered_system
from shouwang.records.elimination_facts import elimination_facts, elimination_facts_of
from shouwang.records.household_facts import household_facts
from shouwang.records.models import Clue, Household, HouseholdVersion, MemberVersion, Plan, PlanMeasure
from shouwang.records.policies import policy_at
from tests.assistance_world import earn, monitored, pay, visit
from tests.world import TODAY, VILLAGE, account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything() -> Iterator[None]:
    with entered_system():
        yield


def helped(of: Household, *, state: str = "done", risk: str = "income") -> Any:
    person = account(Role.VILLAGE, VILLAGE)
    plan = Plan.objects.create(
        household=of, division=of.division, state="approved", drawn_up_by=person, drawn_up_on=TODAY
    )
    return PlanMeasure.objects.create(
        plan=plan, household=of, division=of.division, measure="x", label="帮扶", kind="industry",
        risk=risk, state=state, done_on=TODAY if state == "done" else None,
    )  # fmt: skip


def test_a_household_that_is_well_in_everything_may_be_proposed() -> None:
    well = monitored()
    earn(well, 500_000)
    pay(well, 10_000)
    helped(well)
    visit(well, account(Role.VILLAGE, VILLAGE))

    facts = elimination_facts(well, TODAY)

    assert facts.months_above_line == 6
    assert facts.income_per_capita_fen == 500_000 * 12 // 2
    assert facts.open_risks == frozenset()
    assert elimination_proposal(facts, policy_at(VILLAGE, TODAY), TODAY).answer is True


def test_nothing_recorded_leaves_everything_unknown() -> None:
    bare = monitored()
    HouseholdVersion.objects.filter(household=bare).update(
        housing_grade=None, has_safe_water=None, has_dropout=None
    )
    MemberVersion.objects.filter(household=bare).update(
        birth_date=None,
        labour=None,
        has_resident_medical_insurance=None,
        is_dropout=None,
        migrant_months=None,
    )

    facts = elimination_facts(bare, TODAY)

    known = {name for name, value in vars(facts).items() if value is not None}
    assert known == {"identified_on"}


def test_a_lost_month_makes_the_months_above_the_line_unknown() -> None:
    gap = monitored()
    earn(gap, 500_000, lost=Month.of(TODAY) - 8)

    facts = elimination_facts(gap, TODAY)

    assert facts.months_above_line is None
    assert facts.income_per_capita_fen is None


def test_income_below_the_line_counts_no_month() -> None:
    poor = monitored()
    earn(poor, 50_000)

    facts = elimination_facts(poor, TODAY)

    assert facts.months_above_line == 0
    assert facts.open_risks == frozenset({"income"})


def test_an_open_clue_is_a_new_risk() -> None:
    well = monitored()
    visit(well, account(Role.VILLAGE, VILLAGE))
    Clue.objects.create(
        number="XS1", household=well, division=VILLAGE, risks=["medical"], state="received", received_on=TODAY
    )

    assert elimination_facts(well, TODAY).new_risks == frozenset({"medical"})


def test_a_visit_that_contradicts_the_register_makes_the_guarantees_unknown() -> None:
    doubtful = monitored()
    visit(doubtful, account(Role.VILLAGE, VILLAGE), has_guarantees=False, has_safe_water=False)

    facts = elimination_facts(doubtful, TODAY)

    assert (facts.is_insured, facts.is_housing_safe, facts.is_water_safe) == (None, None, None)


def test_a_household_without_labour_is_told() -> None:
    old = monitored()
    MemberVersion.objects.filter(household=old).update(labour="none")

    assert elimination_facts(old, TODAY).is_without_labour is True
    assert household_facts(old, TODAY).has_labour is False


def test_a_risk_still_being_helped_stands() -> None:
    helped_on = monitored(risks=["accident"])
    helped(helped_on, state="running", risk="accident")

    assert elimination_facts(helped_on, TODAY).open_risks == frozenset({"accident"})


@pytest.mark.parametrize(("paid_fen", "answer"), [(10_000, True), (90_000_00, False)])
def test_spending_is_settled_below_the_line_of_the_pack(paid_fen: int, answer: bool) -> None:
    ill = monitored(risks=["medical"], household_class="alleviated")
    pay(ill, paid_fen if answer else paid_fen * 10)

    assert elimination_facts(ill, TODAY).is_spending_settled is answer


def test_the_queries_do_not_grow_with_the_households(django_assert_num_queries: Any) -> None:
    few = [monitored() for _ in range(2)]
    many = [monitored() for _ in range(12)]
    elimination_facts_of(few, TODAY)

    with django_assert_num_queries(9):
        elimination_facts_of(few, TODAY)
    with django_assert_num_queries(9):
        elimination_facts_of(many, TODAY)


def test_one_and_many_are_told_alike() -> None:
    first, second = monitored(), monitored(risks=["housing"])
    earn(first, 400_000)

    together = elimination_facts_of([first, second], TODAY)

    assert together == {each.pk: elimination_facts(each, TODAY) for each in (first, second)}
