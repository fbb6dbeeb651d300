"""A county to check: its load, households in good order, a run of a handful of the checks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shouwang.actions import quality_household, quality_runs
from shouwang.actions.quality_runs import run_quality
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary
from shouwang.domain.roles import Role
from shouwang.records.access import elevated, entered_system
from shouwang.records.models import (
    Household,
    HouseholdVersion,
    Load,
    MemberVersion,
    QualityFinding,
    QualityRun,
    Source,
)
from tests.world import COUNTY, NOW, TODAY, VILLAGE, account, actor, household

BORN = date(1970, 1, 1)
LATER = TODAY + timedelta(days=1)
CHOSEN = (
    "q3_02_002", "q2_01_003", "q2_01_009", "q2_01_004", "aid_not_delivered", "aid_not_registered",
    "dead_but_present",
)  # fmt: skip


def ask_few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a handful of the checks: what is tried here is what becomes of findings."""
    whole = load_library(default_packs_folder())
    packs = [
        replace(pack, checks={name: each for name, each in pack.checks.items() if name in CHOSEN})
        for pack in whole.packs.values()
    ]
    few = PackLibrary(packs)
    monkeypatch.setattr(quality_runs, "library", lambda: few)
    monkeypatch.setattr(quality_household, "library", lambda: few)


def loaded() -> Load:
    """Make a finished load of the county, with a delivery of civil affairs."""
    with entered_system():
        made = Load.objects.create(
            kind="tables", county=COUNTY, on=TODAY, state="done", content_sha256="0" * 64, started_at=NOW
        )
        Source.objects.create(
            load=made, number=1, feed="civil_affairs", file="x", sheet="", month=date(2026, 11, 1),
            sha256="1", row_count=1,
        )  # fmt: skip
    return made


def home(division: str = VILLAGE, **facts: Any) -> Household:
    """Make an alleviated household of a head and his wife, in good order but for `facts`."""
    made = household(division, members=2, household_class="alleviated")
    HouseholdVersion.objects.filter(household=made).update(
        household_class="alleviated", monitored_class="none", has_safe_water=True, **facts
    )
    sound = {"has_chronic_illness": False, "has_serious_illness": False, "is_disabled": False}
    insured = {"has_resident_medical_insurance": True, "has_employee_medical_insurance": False}
    change(made, **sound, **insured, labour="ordinary", sex="male", has_pension=True, birth_date=BORN)
    return made


def change(of: Household, **facts: Any) -> None:
    MemberVersion.objects.filter(household=of, to_on=None).update(**facts)


def run(on: date = TODAY) -> QualityRun:
    with entered_system():
        staff = account(Role.COUNTY_OFFICE, COUNTY)
    return run_quality(actor=actor(staff), county=COUNTY, on=on, at=NOW)


def names(of: Household, *states: str) -> set[str]:
    with elevated():
        rows = QualityFinding.objects.filter(household=of, state__in=states or ("open",))
        return set(rows.values_list("check_name", flat=True))
