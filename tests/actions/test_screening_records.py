"""Screening the records finds what screening the same files finds, and keeps it with its evidence."""

from pathlib import Path

import pytest

from shouwang.actions.refusals import Unfit
from shouwang.actions.screening import screen_folder
from shouwang.actions.screening_records import screen_records
from shouwang.domain.pack_files import default_packs_folder
from shouwang.engine.results import Results
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Finding, Household, HouseholdVersion
from shouwang.records.site import Site
from tests.actions.loading_world import COUNTY, ON, SYSTEM, county_folder, load
from tests.world import NOW

PLACED = ("file", "sheet", "row_no", "amount_fen")
pytestmark = pytest.mark.django_db


def test_the_records_are_found_what_their_files_were(tmp_path: Path) -> None:
    from django.conf import settings

    folder = county_folder(200)
    site: Site = settings.SITE
    made = screen_folder(
        publish=lambda made, path: path.touch(), registry=folder / "registry",
        deliveries=folder / "deliveries",
        county=COUNTY, on=ON, out=tmp_path / "out.xlsx", key=site.key("blind"), packs=default_packs_folder(),
    )  # fmt: skip
    load(folder)
    run = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)

    results = list(Results(made.run).households())
    expected = {
        (household.household_id, found.rule, found.pack, found.reason, found.source_row_count,
         tuple((row.file, row.sheet, row.row_no, row.amount_fen) for row in found.sources))
        for household in results for found in household.findings
    }  # fmt: skip
    with entered_system():
        kept = {
            (found.household.number, found.rule, found.pack, found.reason, found.evidence["source_row_count"],
             tuple(tuple(row[name] for name in PLACED) for row in found.evidence["sources"]))
            for found in Finding.objects.filter(run=run).select_related("household")
        }  # fmt: skip
        grades = dict(Household.objects.values_list("number", "grade"))
    assert len(expected) > 100
    assert kept == expected
    assert grades == {each.household_id: each.grade or "" for each in results}


def test_the_same_records_give_the_same_run_and_an_edit_another() -> None:
    load(county_folder())
    first = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)
    again = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)
    with entered_system():
        HouseholdVersion.objects.filter(pk=HouseholdVersion.objects.order_by("pk")[0].pk).update(
            has_safe_water=None, housing_grade="D"
        )
    changed = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)

    assert first.pk == again.pk
    assert changed.pk != first.pk
    with entered_system():
        assert AuditEvent.objects.filter(action="screening.run").count() == 3


def test_a_county_without_a_load_is_not_screened() -> None:
    with pytest.raises(Unfit, match="还没有导入"):
        screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)
