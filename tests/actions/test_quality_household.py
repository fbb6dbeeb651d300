"""Findings of data quality of one household: explained, checked alone, refused at entry."""

from datetime import date
from typing import Any

import pytest

from shouwang.actions.household_edits import edit_household
from shouwang.actions.member_changes import add_member
from shouwang.actions.quality_explaining import explain_finding
from shouwang.actions.quality_household import recheck_household
from shouwang.actions.refusals import NotAllowed, NotThere, Stale, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import elevated, entered, entered_system
from shouwang.records.models import (
    AuditEvent,
    HouseholdVersion,
    Load,
    Member,
    MemberVersion,
    QualityFinding,
)
from tests.actions.quality_world import LATER, ask_few_checks, change, home, loaded, names, run
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, VILLAGE, account, actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_few_checks(monkeypatch)


@pytest.fixture
def load() -> Load:
    return loaded()


def test_a_doubt_is_explained_and_stays_so_until_its_values_change(load: Load) -> None:
    with entered_system():
        doubtful, _ = home(), home()
        change(doubtful, has_employee_medical_insurance=True)
        staff = account(Role.VILLAGE, VILLAGE)
    run()
    village = actor(staff)
    with entered(village.viewer):
        found = QualityFinding.objects.filter(household=doubtful, check_name="q2_01_009").first()
        assert found is not None
        explain_finding(
            actor=village,
            finding_id=found.pk,
            version=1,
            explanation="年中换了单位，正在办理",
            on=TODAY,
            at=NOW,
        )
    run(LATER)

    assert names(doubtful, "explained") == {"q2_01_009"}
    event = AuditEvent.objects.filter(action="quality.explain").last()
    assert event is not None
    assert event.reason == "年中换了单位，正在办理"


def test_an_error_is_mended_and_not_explained_and_other_refusals(load: Load) -> None:
    with entered_system():
        faulty, _ = home(), home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
        change(faulty, has_employee_medical_insurance=True)
        staff, neighbour = account(Role.VILLAGE, VILLAGE), account(Role.VILLAGE, NEIGHBOUR)
        supervisor = account(Role.SUPERVISOR, COUNTY)
    run()
    with elevated():
        error = QualityFinding.objects.get(household=faulty, check_name="q3_02_002")
        doubt = QualityFinding.objects.filter(household=faulty, check_name="q2_01_009")[0]

    def explain(by: Any, finding: QualityFinding, **changed: Any) -> None:
        given = {"version": 1, "explanation": "已向本人核实无误", **changed}
        who = actor(by)
        with entered(who.viewer):
            explain_finding(actor=who, finding_id=finding.pk, on=TODAY, at=NOW, **given)

    with pytest.raises(Unfit, match="要改正数据"):
        explain(staff, error)
    with pytest.raises(Unfit, match="至少 4 个字"):
        explain(staff, doubt, explanation="好")
    with pytest.raises(Stale):
        explain(staff, doubt, version=2)
    with pytest.raises(NotThere):
        explain(neighbour, doubt)
    with pytest.raises(NotAllowed):
        explain(supervisor, doubt)
    explain(staff, doubt)
    with pytest.raises(Unfit, match="已说明"):
        explain(staff, doubt, version=2)


def test_one_household_checked_alone_has_the_findings_of_the_county_run(load: Load) -> None:
    with entered_system():
        faulty, _ = home(), home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
        change(faulty, labour=None, has_employee_medical_insurance=True)
        staff = account(Role.VILLAGE, VILLAGE)
    run()
    with elevated():
        of_county = {
            (each.check_name, each.member_id): each.values
            for each in QualityFinding.objects.filter(household=faulty)
        }
        QualityFinding.objects.all().delete()
    village = actor(staff)
    with entered(village.viewer):
        standing = recheck_household(actor=village, household_id=faulty.pk, on=TODAY, at=NOW)
        alone = {
            (each.check_name, each.member_id): each.values
            for each in QualityFinding.objects.filter(household=faulty)
        }
    assert alone == of_county
    assert standing == len(alone)


def test_mending_is_seen_at_once_when_the_household_is_checked_again(load: Load) -> None:
    with entered_system():
        faulty = home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
        staff = account(Role.VILLAGE, VILLAGE)
    village = actor(staff)
    with entered(village.viewer):
        assert recheck_household(actor=village, household_id=faulty.pk, on=TODAY, at=NOW) == 1
        edit_household(
            actor=village,
            household_id=faulty.pk,
            version=1,
            changes={"has_safe_water": True},
            on=TODAY,
            at=NOW,
        )
        assert recheck_household(actor=village, household_id=faulty.pk, on=TODAY, at=NOW) == 0

    assert names(faulty, "mended") == {"q3_02_002"}


def test_what_cannot_be_true_is_not_taken_and_what_was_so_before_does_not_stand_in_the_way() -> None:
    with entered_system():
        made = home()
        staff = account(Role.VILLAGE, VILLAGE)
    village = actor(staff)
    facts = {"name": "王丙", "relation": "之女", "sex": "male", "birth_date": date(2000, 1, 1)}
    with entered(village.viewer):
        with pytest.raises(Unfit, match="性别"):
            add_member(
                actor=village, household_id=made.pk, version=1, change="birth", facts=facts, on=TODAY, at=NOW
            )
        assert Member.objects.filter(household=made).count() == 2
    with entered_system():
        change(made, relation="之女")
        MemberVersion.objects.filter(household=made, member=made.members.first()).update(relation="户主")
    with entered(village.viewer):
        facts |= {"relation": "之子"}
        add_member(
            actor=village, household_id=made.pk, version=1, change="birth", facts=facts, on=TODAY, at=NOW
        )
        assert Member.objects.filter(household=made).count() == 3
