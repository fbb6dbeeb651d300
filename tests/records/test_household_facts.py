"""What the records say of a household when its plan is made."""

from collections.abc import Iterator
from typing import Any

import pytest

from shouwang.records.access import entered_system
from shouwang.records.household_facts import household_facts, household_facts_of
from shouwang.records.models import HouseholdVersion, MemberVersion
from tests.assistance_world import monitored, pay
from tests.world import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _everything() -> Iterator[None]:
    with entered_system():
        yield


def test_labour_work_and_insurance_are_counted() -> None:
    facts = household_facts(monitored(), TODAY)

    assert (facts.has_labour, facts.labour_persons, facts.working_persons, facts.uninsured_persons) == (
        True, 2, 2, 0,
    )  # fmt: skip
    assert facts.risks == frozenset({"income"})
    assert facts.has_contact_person is False


def test_an_uninsured_member_is_counted_and_a_blank_is_unknown() -> None:
    home = monitored()
    MemberVersion.objects.filter(household=home).update(
        has_resident_medical_insurance=False, has_employee_medical_insurance=False
    )
    assert household_facts(home, TODAY).uninsured_persons == 2

    MemberVersion.objects.filter(household=home).update(
        has_resident_medical_insurance=None, has_employee_medical_insurance=False
    )
    assert household_facts(home, TODAY).uninsured_persons is None


def test_risks_never_registered_are_unknown() -> None:
    home = monitored(risks=[])
    HouseholdVersion.objects.filter(household=home).update(risks=None)
    assert household_facts(home, TODAY).risks is None

    HouseholdVersion.objects.filter(household=home).update(risks="")
    assert household_facts(home, TODAY).risks == frozenset()


def test_conditions_are_read_off_the_records_and_wishes_are_not() -> None:
    home = monitored()
    pay(home, 100_000)
    MemberVersion.objects.filter(household=home).update(school_stage="普通高中一年级", workplace="省外广东")

    conditions = household_facts(home, TODAY).conditions

    assert conditions["has_inpatient"] is True
    assert conditions["has_senior_pupil"] is True
    assert conditions["has_preschool_pupil"] is False
    assert conditions["works_outside_county"] is True
    assert not {"wish_to_work", "wish_to_develop"} & set(conditions)


def test_the_queries_do_not_grow_with_the_households(django_assert_num_queries: Any) -> None:
    homes = [monitored() for _ in range(6)]

    for some in (homes[:1], homes):
        with django_assert_num_queries(5):
            household_facts_of(some, TODAY)
