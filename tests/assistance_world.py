"""A monitored household with income, help and visits, for the tests of assistance and elimination."""

from datetime import date
from typing import Any

from shouwang.domain.measure_entitlement import Basis
from shouwang.domain.periods import Month
from shouwang.records.models import LEDGERS, Account, Household, HouseholdVersion, Load, MemberVersion, Visit
from shouwang.records.plan_drafts import MeasureDraft, PlanDraft
from tests.world import NOW, TODAY, VILLAGE, household

# Accounts by the part they play.
People = dict[str, Account]
IDENTIFIED_ON = date(2026, 3, 10)
MEASURE = MeasureDraft(
    measure="industry_support",
    kind="industry",
    label="产业帮扶",
    risk="income",
    department="农业农村",
    amount_fen=200_000,
    starts_on=date(2026, 4, 1),
    ends_on=date(2026, 12, 31),
    basis=Basis(cost_fen=500_000),
)
DRAFT = PlanDraft("年内稳定增收", (MEASURE,), {"wish_to_develop": True})


def monitored(division: str = VILLAGE, **columns: Any) -> Household:
    """Make a monitored household of two labourers who work, are insured and live safely."""
    given = {
        "monitoring": "monitored",
        "monitored_class": "borderline",
        "household_class": "ordinary",
        "risks": ["income"],
        "identified_on": IDENTIFIED_ON,
        "members": 2,
        **columns,
    }
    made = household(division, **given)
    HouseholdVersion.objects.filter(household=made).update(
        risks="|income|", housing_grade="A", has_safe_water=True, has_dropout=False
    )
    MemberVersion.objects.filter(household=made).update(
        birth_date=date(1980, 1, 1),
        labour="ordinary",
        migrant_months=10,
        has_resident_medical_insurance=True,
        is_dropout=False,
    )
    return made


def load() -> Load:
    """Return the load that ledger rows came with."""
    found = Load.objects.first()
    return found or Load.objects.create(
        kind="registry",
        county="361023",
        on=TODAY,
        state="done",
        content_sha256="0" * 64,
        started_at=NOW,
    )


def earn(of: Household, monthly_fen: int, *, months: int = 24, lost: Month | None = None) -> None:
    """Write a wage for each of the last months; one month may be lost."""
    model = LEDGERS["income_entry"]
    last = Month.of(TODAY) - 1
    came_with = load()
    model.objects.bulk_create(
        model(
            household=of,
            division=of.division,
            load=came_with,
            month=(last - back).first_day,
            item="migrant_wage",
            amount_fen=monthly_fen,
        )
        for back in range(months)
        if last - back != lost
    )


def pay(of: Household, fen: int) -> None:
    """Write what the household paid for treatment last month."""
    LEDGERS["own_pay_entry"].objects.create(
        household=of,
        division=of.division,
        load=load(),
        member=of.members.first(),
        settled_on=(Month.of(TODAY) - 1).first_day,
        visit_kind="inpatient",
        own_pay_fen=fen,
    )


def visit(of: Household, by: Any, *, on: date = TODAY, **answers: bool | None) -> Visit:
    """Write a visit at which everything was well, or as the answers say."""
    given: dict[str, Any] = {
        "is_income_well": True,
        "has_guarantees": True,
        "has_safe_water": True,
        "has_new_risk": False,
        "kind": "monthly",
        "found": "家中情况正常",
        **answers,
    }
    return Visit.objects.create(
        household=of, division=of.division, visited_on=on, by=by, role="village", recorded_at=NOW, **given
    )
