"""Every night a county is screened whole, once; what did not change is not kept again."""

from datetime import timedelta
from pathlib import Path

import pytest

from shouwang.actions.screening_nightly import screen_nightly
from shouwang.records import lake
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Clue, Finding, HouseholdVersion, ScreeningRun
from tests.actions.delivery_world import loaded_registry
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.actions.test_delivery_screening import of_a_full_run, standing
from tests.exchange.samples import ON
from tests.world import NOW

pytestmark = pytest.mark.django_db


def night(days: int = 0) -> int:
    return screen_nightly(actor=SYSTEM, on=ON + timedelta(days=days), at=NOW + timedelta(days=days))


def runs() -> list[ScreeningRun]:
    with entered_system():
        return list(ScreeningRun.objects.order_by("pk"))


def flooded(number: str) -> None:
    """Let a household have neither safe water nor a safe house."""
    with entered_system():
        HouseholdVersion.objects.filter(household__number=number).update(
            has_safe_water=False, housing_grade="D"
        )


def test_a_night_screens_each_county_once_and_keeps_only_what_changed(tmp_path: Path) -> None:
    loaded_registry(tmp_path, households=4)
    assert night() == 1
    assert night() == 0
    [first] = runs()
    assert first.kind == "full"
    assert lake.values_path(COUNTY, first.pk).is_file()

    flooded("H002")
    assert night(1) == 1
    changed = runs()[-1]
    assert changed.kind == "nightly"
    with entered_system():
        found = Finding.objects.filter(run=changed)
        assert set(found.values_list("household__number", flat=True)) == {"H002"}
        assert set(Clue.objects.values_list("household__number", flat=True)) >= {"H002"}
        assert AuditEvent.objects.filter(action="screening.run").count() == 2
    assert not lake.values_path(COUNTY, first.pk).exists()
    assert standing() == of_a_full_run()


def test_a_night_without_a_change_keeps_no_finding(tmp_path: Path) -> None:
    loaded_registry(tmp_path, households=3)
    flooded("H001")
    night()
    night(1)

    last = runs()[-1]
    assert (last.kind, last.households, last.counts["findings"]) == ("nightly", [], 0)
    assert standing()[0]


def test_a_night_cut_off_before_its_clues_raises_them_at_the_next_call(tmp_path: Path) -> None:
    loaded_registry(tmp_path, households=3)
    flooded("H001")
    night()
    with entered_system():
        run = ScreeningRun.objects.get()
        run.counts.pop("is_raised")
        run.save()

    assert night() == 1
    assert len(runs()) == 1


def test_nobody_is_screened_where_nothing_was_loaded() -> None:
    assert night() == 0
