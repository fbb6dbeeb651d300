"""Households made by hand: one to whom everything happened, one to whom nothing did, one unknown."""

from datetime import date
from typing import Any

from shouwang.domain.periods import Month, same_month_last_year
from shouwang.engine.snapshot import IncomeRegime
from tests.engine.factories import COUNTED, Row, Rows, blank

ON = date(2024, 5, 17)  # W is May 2023 to April 2024, S June 2023 to May 2024, H November to April
REGIME = IncomeRegime(same_month_last_year(ON), COUNTED - {"gift"})
MAY = date(2024, 5, 1)


def ledger(household_id: str, first: Month, last: Month, **amounts: int) -> list[Row]:
    """Return the same entries, by item, for every month."""
    return [
        blank("income_entry", household_id, month=month.first_day, item=item, amount_fen=amount)
        for month in Month.range(first, last)
        for item, amount in amounts.items()
    ]


def person_rows(table: str, *rows: dict[str, Any]) -> list[Row]:
    """Return event rows of household `full`, numbered, delivered in May unless they say otherwise."""
    return [
        blank(table, "full", **{"delivered_month": MAY, "person_id": "p1", "row_no": number, **row})
        for number, row in enumerate(rows, start=2)
    ]


def member_rows() -> list[Row]:
    """Return five members: an old one, a couple, a pupil of ten and a baby."""
    stated = {"has_chronic_illness": False, "has_serious_illness": False, "is_disabled": False}
    insured = {"has_resident_medical_insurance": True, "has_employee_medical_insurance": False}
    uninsured = {**insured, "has_resident_medical_insurance": False}
    away = {"labour": "ordinary", "migrant_months": 8}
    return [
        blank("member", "full", person_id="p1", birth_date=date(1964, 5, 17), labour="weak", **insured)
        | {"has_chronic_illness": True, "disability_grade": 1, "is_disabled": True},
        blank("member", "full", person_id="p2", birth_date=date(1985, 1, 1), **away, **stated, **insured),
        blank("member", "full", person_id="p3", birth_date=date(1986, 1, 1), **stated, **uninsured)
        | {"labour": "skilled", "migrant_months": 6, "disability_issued_on": date(2022, 6, 1)},
        blank("member", "full", person_id="p4", birth_date=date(2014, 1, 1), **stated, **insured),
        blank("member", "full", person_id="p5", birth_date=date(2023, 9, 1), **stated, **insured),
    ]


FULL = blank(
    "household", "full", household_class="alleviated", monitored_class="unstable", is_risk_eliminated=True,
    elimination_mode="natural", identified_month=date(2022, 3, 1), eliminated_month=date(2023, 11, 1),
    risks="|disability|employment|housing|labour|medical|school|water|",
    measures="|education|health|housing|industry|security|water|", alleviated_year=2019, is_relocated=True,
    is_no_labour_guaranteed=True, has_contact_person=True, stated_member_count=9, has_uninsured_member=True,
    has_dropout=True, housing_grade="A", has_safe_water=True, compliant_own_pay_fen=777_00,
    claims_income_fen=500_00,
)  # fmt: skip

QUIET = blank(
    "household", "quiet", household_class="ordinary", monitored_class="none", is_risk_eliminated=False,
    risks="", measures="", is_relocated=False, is_no_labour_guaranteed=False, has_contact_person=False,
    stated_member_count=2, has_uninsured_member=False, has_dropout=False, housing_grade="B",
)  # fmt: skip

QUIET_MEMBER = blank(
    "member", "quiet", person_id="q1", birth_date=date(1990, 1, 1), labour="none", migrant_months=0,
    has_chronic_illness=False, has_serious_illness=False, is_disabled=False, has_pension=True,
    has_resident_medical_insurance=True, has_employee_medical_insurance=False,
)  # fmt: skip

ROWS: Rows = {
    "household": [FULL, QUIET, blank("household", "bare")],
    "member": [*member_rows(), QUIET_MEMBER],
    "income_entry": [
        *ledger("full", Month(2022, 5), Month(2023, 4), migrant_wage=2000_00),
        *ledger("full", Month(2023, 5), Month(2024, 4), migrant_wage=1000_00, crop_sales=300_00),
        *ledger("full", Month(2023, 5), Month(2024, 4), business_cost=100_00, gift=999_00),
        *ledger("full", Month(2023, 5), Month(2024, 4), land_rent=10_00, pension=20_01),
        *ledger("quiet", Month(2023, 6), Month(2024, 4), other_wage=50_00),
    ],
    "annual_income": [
        blank("annual_income", "full", year=2024, net_fen=100, net_per_capita_fen=20),
        blank("annual_income", "full", year=2023, net_fen=200, net_per_capita_fen=40),
        blank("annual_income", "full", year=2022, wage_fen=300, business_fen=9, business_cost_fen=9)
        | {"property_fen": 0, "transfer_fen": 0},
        blank("annual_income", "full", year=2021, net_fen=250),
        blank("annual_income", "quiet", year=2023, net_fen=60_000_00, wage_fen=60_000_00),
        blank("annual_income", "quiet", year=2022, net_fen=50_000_00),
    ],
    "own_pay_entry": person_rows(
        "own_pay_entry",
        dict(settled_on=date(2023, 5, 31), own_pay_fen=9_999_00, visit_kind="inpatient"),
        dict(
            settled_on=date(2023, 6, 1), own_pay_fen=400_00, visit_kind="inpatient", compliant_own_pay_fen=100
        ),
        dict(
            settled_on=date(2024, 2, 1), own_pay_fen=50_00, visit_kind="inpatient", compliant_own_pay_fen=200
        ),
        dict(settled_on=MAY, own_pay_fen=30_00, visit_kind="outpatient", compliant_own_pay_fen=0),
        dict(settled_on=ON, own_pay_fen=5_00, visit_kind="chronic", compliant_own_pay_fen=0),
        dict(
            settled_on=ON, own_pay_fen=7_00, visit_kind="outpatient", compliant_own_pay_fen=0, person_id="p2"
        ),
    ),
    "diagnosis": person_rows(
        "diagnosis",
        dict(severity="serious", diagnosed_on=date(2020, 1, 1)),
        dict(severity="serious", diagnosed_on=date(2023, 6, 1), person_id="p3"),
        dict(severity="serious", diagnosed_on=date(2024, 5, 18), person_id="p4"),
        dict(severity="chronic", diagnosed_on=date(2023, 7, 1), person_id="p2"),
    ),
    "enrolment": person_rows(
        "enrolment",
        dict(person_id="p4", status="enrolled", stage="小学", delivered_month=date(2024, 4, 1)),
        dict(person_id="p4", status="suspected_dropout", stage="小学", year_own_fen=60_00),
        dict(person_id="p3", status="enrolled", stage="本科", year_own_fen=8_000_00),
        dict(person_id="p2", status="enrolled", stage="小学"),
        dict(person_id="p2", status="suspended", delivered_month=date(2024, 6, 1)),
    ),
    "social_aid": person_rows(
        "social_aid",
        dict(
            kind="minimum_living",
            status="new",
            start_month=date(2022, 6, 1),
            delivered_month=date(2022, 7, 1),
        ),
        dict(kind="minimum_living", status="stopped", delivered_month=date(2024, 3, 1)),
        dict(kind="minimum_living", status="current", person_id="p2"),
        dict(kind="minimum_living", status="refused", person_id="p3", delivered_month=date(2023, 1, 1)),
        dict(kind="destitute", status="current"),
        dict(kind="temporary", status="new", start_month=date(2023, 6, 1)),
        dict(kind="temporary", status="new", start_month=date(2023, 6, 1)),
        dict(kind="temporary", status="new", start_month=date(2023, 5, 1)),
    ),
    "disability_certificate": person_rows(
        "disability_certificate",
        dict(grade=3, issued_on=date(2010, 1, 1)),
        dict(grade=2, person_id="p4", issued_on=date(2024, 1, 1)),
    ),
    "housing_check": person_rows(
        "housing_check",
        dict(grade="C", checked_on=date(2023, 1, 1)),
        dict(grade="D", checked_on=date(2023, 2, 1)),
        dict(grade="A", checked_on=date(2024, 5, 18)),
    ),
    "water_problem": person_rows(
        "water_problem",
        dict(problem="quality", started_on=date(2023, 6, 1), days_without=3),
        dict(problem="supply", started_on=ON),
        dict(problem="access", started_on=date(2023, 5, 31), days_without=90),
    ),
    "employment": person_rows(
        "employment",
        dict(person_id="p2", status="employed", monthly_wage_fen=4_000_00, delivered_month=date(2024, 4, 1)),
        dict(person_id="p2", status="unemployed", start_month=date(2023, 9, 1)),
        dict(person_id="p3", status="unemployed", start_month=date(2023, 9, 1)),
        dict(person_id="p3", status="employed", start_month=date(2023, 5, 1)),
    ),
    "farm_loss": person_rows(
        "farm_loss",
        dict(event="project_stopped", loss_fen=70_00, occurred_on=date(2024, 1, 1)),
        dict(event="epidemic", occurred_on=date(2024, 1, 1)),
        dict(event="epidemic", loss_fen=8_00, occurred_on=date(2023, 5, 31)),
    ),
    "disaster": person_rows(
        "disaster",
        dict(occurred_on=date(2023, 6, 1), house_damage="severe", direct_loss_fen=10_00, crop_loss_fen=4_00),
        dict(occurred_on=date(2023, 7, 1), house_damage="minor", crop_loss_fen=2_00),
    ),
    "security_event": person_rows(
        "security_event",
        dict(event="traffic", consequence="disabled", occurred_on=ON),
        dict(event="death", occurred_on=date(2023, 6, 1)),
        dict(event="death", occurred_on=date(2023, 6, 1), person_id="p4"),
    ),
    "petition": person_rows("petition", dict(received_on=ON), dict(received_on=date(2023, 5, 31))),
    "credit": person_rows(
        "credit",
        dict(overdue_days=400, balance_fen=9_00, delivered_month=date(2024, 4, 1)),
        dict(overdue_days=31, balance_fen=5_00),
        dict(balance_fen=6_00),
    ),
}
for table in ("housing_check", "water_problem", "farm_loss", "disaster", "petition"):
    ROWS[table] = [{k: v for k, v in row.items() if k != "person_id"} for row in ROWS[table]]
