"""What the checks of one household read, as the records have it."""

from datetime import date
from typing import Any

from shouwang.records.bulk_screening import delivered_sheets, household_rows
from shouwang.records.models import Household

OWN = ("household", "member")
READ = (
    *OWN, "annual_income", "own_pay_entry", "diagnosis", "enrolment", "social_aid",
    "disability_certificate", "housing_check", "water_problem", "employment", "security_event", "credit",
)  # fmt: skip
COUNTY_WIDTH = 6


def quality_rows(household: Household, on: date) -> dict[str, list[dict[str, Any]]]:
    """Return a household's rows of every table that a check reads."""
    return household_rows(household.number, household.division[:COUNTY_WIDTH], on, READ)


def own_rows(household: Household, on: date) -> dict[str, list[dict[str, Any]]]:
    """Return a household's own row and its members', without what departments delivered."""
    return household_rows(household.number, household.division[:COUNTY_WIDTH], on, OWN)


def sheets_of(household: Household) -> list[dict[str, object]]:
    """Return feed and month of the sheets delivered for the household's county."""
    return delivered_sheets(household.division[:COUNTY_WIDTH])
