"""Each indicator on households made by hand: its value, its zero, and what makes it unknown."""

from functools import cache

import ibis
import pytest

from shouwang.domain.indicators import indicators
from shouwang.domain.tables import FEEDS
from shouwang.engine.indicators import indicator_table
from shouwang.engine.reference_indicators import reference_indicators
from tests.engine.factories import Row, by_household, snapshot_of
from tests.engine.hand_made import ON, REGIME, ROWS

backend = ibis.duckdb.connect()

# Household `full` and household `quiet` with every feed, and `quiet` where no feed was delivered.
EXPECTED: dict[str, tuple[object, object, object]] = {
    "member_count": (5, 1, 1),
    "is_alleviated": (True, False, False),
    "is_ordinary": (False, True, True),
    "is_monitored": (False, False, False),
    "was_monitored": (True, False, False),
    "is_eliminated": (True, False, False),
    "is_naturally_eliminated": (True, False, False),
    "alleviated_year": (2019, None, None),
    "is_relocated": (True, False, False),
    "is_no_labour_guaranteed": (True, False, False),
    "has_contact_person": (True, False, False),
    "months_since_identified": (26, None, None),
    "months_to_elimination": (20, None, None),
    "months_since_elimination": (6, None, None),
    "risk_count": (7, 0, 0),
    **{
        f"has_risk_{risk}": (True, False, False)
        for risk in ("medical", "school", "disability", "labour", "employment", "housing", "water")
    },
    "measure_count": (6, 0, 0),
    "has_development_measure": (True, False, False),
    **{
        f"has_measure_{measure}": (True, False, False)
        for measure in ("health", "education", "security", "housing", "water")
    },
    "income_months_known": (12, 11, 11),
    "is_income_from_ledger": (True, False, False),
    "net_income_fen": (14_760_12, 60_000_00, 60_000_00),
    "wage_income_fen": (12_000_00, 60_000_00, 60_000_00),
    "business_income_fen": (3_600_00, None, None),
    "business_cost_fen": (1_200_00, None, None),
    "property_income_fen": (120_00, None, None),
    "transfer_income_fen": (240_12, None, None),
    "net_income_per_capita_fen": (2_952_02, 60_000_00, 60_000_00),
    "reference_income_fen": (14_760_12 + 500_00 - 492_00, 60_000_00, None),
    "reference_income_per_capita_fen": (2_953_62, 60_000_00, None),
    "previous_net_income_fen": (24_000_00, 50_000_00, 50_000_00),
    "income_fall_fen": (24_000_00 - 14_760_12, -10_000_00, -10_000_00),
    "half_year_net_income_fen": (7_380_06, 300_00, 300_00),
    "half_year_income_per_capita_fen": (1_476_01, 300_00, 300_00),
    "falling_years": (2, 0, 0),
    "stated_income_per_capita_fen": (20, None, None),
    "own_pay_person_max_fen": (485_00, 0, None),
    "own_pay_household_fen": (492_00, 0, None),
    "own_pay_year_person_max_fen": (85_00, 0, None),
    "compliant_own_pay_person_max_fen": (300, 0, None),
    "inpatient_own_pay_year_max_fen": (50_00, 0, None),
    "outpatient_own_pay_month_max_fen": (35_00, 0, None),
    "stated_own_pay_fen": (777_00, None, None),
    "education_own_fen": (8_060_00, 0, None),
    "disaster_loss_fen": (12_00, 0, None),
    "farm_loss_fen": (70_00, 0, None),
    "rigid_spending_fen": (492_00 + 8_060_00 + 12_00, 0, None),
    "serious_illness_persons": (2, 0, 0),
    "new_serious_illness_persons": (2, 0, None),
    "chronic_illness_persons": (1, 0, 0),
    "uninsured_persons": (1, 0, 0),
    "has_uninsured_member": (True, False, False),
    "compulsory_age_persons": (1, 0, 0),
    "pupils": (2, 0, None),
    "noncompulsory_pupils": (1, 0, 0),
    "dropout_persons": (1, 0, None),
    "has_dropout": (True, False, False),
    "disabled_persons": (2, 0, 0),
    "severe_disabled_persons": (1, 0, 0),
    "new_disabled_persons": (2, 0, None),
    "minimum_living_persons": (1, 0, None),
    "destitute_persons": (1, 0, None),
    "new_minimum_living_persons": (1, 0, None),
    "refused_minimum_living_persons": (1, 0, None),
    "stopped_minimum_living_persons": (1, 0, None),
    "temporary_aid_times": (1, 0, None),
    "labour_persons": (3, 0, 0),
    "full_labour_persons": (2, 0, 0),
    "is_without_labour": (False, True, True),
    "migrant_persons": (2, 0, 0),
    "migrant_months_max": (8, 0, 0),
    "employed_persons": (1, 0, None),
    "unemployed_persons": (1, 0, None),
    "job_changes": (2, 0, None),
    "lost_monthly_wage_fen": (4_000_00, 0, None),
    "elderly_persons": (1, 0, 0),
    "is_elderly_only": (False, False, False),
    "children_persons": (2, 0, 0),
    "has_left_behind_children": (True, False, False),
    "is_single_destitute": (False, False, None),
    "housing_grade": ("D", "B", "B"),
    "is_housing_unsafe": (True, False, False),
    "has_water_problem": (True, False, None),
    "water_days_without": (3, 0, None),
    "water_problem_kinds": (2, 0, None),
    "disaster_events": (2, 0, None),
    "is_house_destroyed": (True, False, None),
    "project_stopped_events": (1, 0, None),
    "epidemic_events": (1, 0, None),
    "accident_events": (1, 0, None),
    "has_grave_accident": (True, False, None),
    "labour_deaths": (1, 0, None),
    "petitions": (1, 0, None),
    "overdue_days_max": (31, 0, None),
    "loan_balance_fen": (11_00, 0, None),
}

# What stays known of a household of which the registry says nothing, when every feed or none was delivered.
KNOWN_OF_BARE = {"income_months_known"}


@cache
def values(*, is_fed: bool) -> dict[str, Row]:
    """Return every indicator by household, with every feed or with none."""
    feeds = frozenset(FEEDS) if is_fed else frozenset()
    return by_household(
        backend.to_pyarrow(indicator_table(snapshot_of(backend, ROWS, feeds), REGIME, ON, list(indicators())))
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_an_indicator_has_the_value_the_catalogue_says(name: str) -> None:
    fed, unfed = values(is_fed=True), values(is_fed=False)
    assert (fed["full"][name], fed["quiet"][name], unfed["quiet"][name]) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_indicator_of_which_nothing_is_known_is_unknown(name: str) -> None:
    value = values(is_fed=False)["bare"][name]
    assert value == (0 if name in KNOWN_OF_BARE else None)


def test_every_indicator_of_the_catalogue_is_tried() -> None:
    assert list(EXPECTED) == list(indicators())


@pytest.mark.parametrize("is_fed", [True, False])
@pytest.mark.parametrize("household_id", ["full", "quiet", "bare"])
def test_the_reference_gives_the_same_for_the_households_made_by_hand(
    household_id: str, is_fed: bool
) -> None:
    feeds = FEEDS if is_fed else ()
    slow = reference_indicators(ROWS, household_id, regime=REGIME, on=ON, feeds=feeds)
    fast = values(is_fed=is_fed)[household_id]
    assert {name: slow[name] for name in indicators()} == {name: fast[name] for name in indicators()}
