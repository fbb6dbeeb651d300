"""Findings of data quality of a county: found, mended, back again, gone."""

from datetime import date, timedelta

import pytest

from shouwang.actions.quality_runs import quality_daily, run_quality
from shouwang.actions.refusals import NotAllowed, Unfit
from shouwang.domain.roles import Role
from shouwang.records.access import elevated, entered_system
from shouwang.records.models import (
    AuditEvent,
    Household,
    HouseholdVersion,
    Load,
    QualityFinding,
    QualityRun,
)
from shouwang.records.models.ledgers import LEDGERS
from tests.actions.quality_world import LATER, ask_few_checks, change, home, loaded, names, run
from tests.world import COUNTY, NEIGHBOUR, NOW, TODAY, VILLAGE, account, actor, household

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_few_checks(monkeypatch)


@pytest.fixture
def load() -> Load:
    return loaded()


def test_a_county_is_checked_and_every_finding_says_what_and_by_when(load: Load) -> None:
    with entered_system():
        faulty, sound = home(), home(NEIGHBOUR)
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
        change(faulty, labour=None)
    run()

    assert {"q3_02_002", "q2_01_003"} <= names(faulty)
    assert names(sound) == set()
    with elevated():
        found = QualityFinding.objects.get(household=faulty, check_name="q3_02_002")
        assert (found.severity, found.due_on) == ("error", TODAY + timedelta(days=10))
        assert found.values == {"is_alleviated": "true", "has_safe_water": None}
        assert QualityFinding.objects.filter(household=faulty, check_name="q2_01_003").count() == 2


def test_what_is_mended_closes_on_the_next_run_and_coming_back_is_open_and_due_anew(load: Load) -> None:
    with entered_system():
        faulty = home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
        household(NEIGHBOUR)
        HouseholdVersion.objects.exclude(household=faulty).update(has_safe_water=True)
    run()
    with entered_system():
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=True)
    run(LATER)

    assert names(faulty, "mended") == {"q3_02_002"}
    with entered_system():
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
    run(LATER + timedelta(days=1))
    with elevated():
        back = QualityFinding.objects.get(household=faulty, check_name="q3_02_002")
    assert (back.state, back.times_back, back.first_seen_on) == ("open", 1, TODAY)
    assert back.due_on == LATER + timedelta(days=11)


def test_an_answer_that_has_become_unknown_leaves_its_finding_as_it_is(load: Load) -> None:
    with entered_system():
        faulty, other = home(), home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
    run()
    with entered_system():
        HouseholdVersion.objects.filter(household=faulty).update(household_class=None)
    run(LATER)

    assert names(faulty) == {"q3_02_002"}
    assert names(other) == set()


def test_a_column_that_nobody_has_filled_is_told_once_and_not_for_every_household(load: Load) -> None:
    with entered_system():
        faulty, other = home(), home()
        HouseholdVersion.objects.all().update(has_safe_water=None)
    made = run()

    assert "没有这一列" in made.judged["q3_02_002"]["why_not"]
    assert "q3_02_002" not in names(faulty) | names(other)


def test_a_household_that_is_no_more_takes_its_findings_along(load: Load) -> None:
    with entered_system():
        faulty, _ = home(), home()
        HouseholdVersion.objects.filter(household=faulty).update(has_safe_water=None)
    run()
    with entered_system():
        Household.objects.filter(pk=faulty.pk).update(is_present=False)
    run(LATER)

    assert names(faulty, "gone") == {"q3_02_002"}


def test_what_departments_deliver_is_held_against_the_registry_and_without_delivery_nothing_is_judged(
    load: Load,
) -> None:
    with entered_system():
        registered, paid = home(), home(NEIGHBOUR)
        change(registered, receives_minimum_living=True)
        change(paid, receives_minimum_living=False)
        LEDGERS["social_aid"].objects.create(
            household=paid, member=paid.members.first(), division=paid.division, load=load,
            source_no=1, row_no=2,
            delivered_month=date(2026, 11, 1), kind="minimum_living", status="current",
        )  # fmt: skip
    made = run()

    assert "aid_not_delivered" in names(registered)
    assert "aid_not_registered" in names(paid)
    assert "部门的数据" in made.judged["dead_but_present"]["why_not"]


def test_only_who_may_screen_may_check_a_county_and_a_county_without_load_is_refused(load: Load) -> None:
    with entered_system():
        staff = account(Role.VILLAGE, VILLAGE)
    with pytest.raises(NotAllowed):
        run_quality(actor=actor(staff), county=COUNTY, on=TODAY, at=NOW)
    Load.objects.all().update(state="undone")
    with pytest.raises(Unfit, match="还没有导入"):
        run()


def test_the_day_checks_every_county_once(load: Load) -> None:
    with entered_system():
        staff = account(Role.COUNTY_OFFICE, COUNTY)
        home()
    for _ in range(2):
        assert quality_daily(actor=actor(staff), on=TODAY, at=NOW) == 1

    assert QualityRun.objects.count() == 1
    assert AuditEvent.objects.filter(action="quality.run").count() == 2
