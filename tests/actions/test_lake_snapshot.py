"""A county's facts go into the lake as they stand, without names, and one audit line says so."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from shouwang.actions.lake_snapshot import loaded_counties, snapshot_county
from shouwang.actions.refusals import Unfit
from shouwang.actions.screening_lake import LakePlace, screen_lake
from shouwang.actions.screening_records import screen_records
from shouwang.domain.lake_snapshots import CountySnapshot, LakeError, committed_snapshots
from shouwang.domain.pack_files import default_packs_folder
from shouwang.domain.tables import TABLES
from shouwang.records.access import entered_system
from shouwang.records.models import AuditEvent, Finding, Member
from tests.actions.delivery_world import handed_in, known_registry, medical_file, officer
from tests.actions.loading_world import COUNTY, SYSTEM
from tests.exchange import samples
from tests.world import NOW

pytestmark = pytest.mark.django_db
ON = NOW.date()


@pytest.fixture(autouse=True)
def county() -> None:
    known_registry(households=3)
    handed_in(officer(), medical_file(samples.medical(1), samples.medical(2)))


def taken(lake: Path, later_days: int = 0, keep: int = 3) -> CountySnapshot:
    on = ON + timedelta(days=later_days)
    return snapshot_county(actor=SYSTEM, county=COUNTY, on=on, at=NOW, lake=lake, keep=keep)


def test_every_table_is_there_with_the_rows_in_force_and_no_names(tmp_path: Path) -> None:
    made = taken(tmp_path)

    [found] = committed_snapshots(tmp_path, ON)
    assert found == made
    assert set(found.files) == set(TABLES)
    assert (found.rows["household"], found.rows["member"], found.rows["own_pay_entry"]) == (3, 3, 2)
    assert found.feeds == ("medical",)
    content = b"".join(path.read_bytes() for path in found.folder.iterdir())
    with entered_system():
        names = list(Member.objects.values_list("versions__name", flat=True))
    assert names
    assert pq.read_table(found.path("member"))["name"].null_count == 3
    assert pq.read_table(found.path("household"))["head_name"].null_count == 3
    assert not [name for name in names if name and name.encode() in content]
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot"]


def test_a_source_carries_its_county_in_its_number(tmp_path: Path) -> None:
    found = taken(tmp_path)

    [source] = pq.read_table(found.path("source"))["source_id"].to_pylist()
    assert str(source).startswith(COUNTY)
    assert set(pq.read_table(found.path("own_pay_entry"))["source_id"].to_pylist()) == {source}


def test_one_audit_line_tells_of_it(tmp_path: Path) -> None:
    taken(tmp_path)

    with entered_system():
        event = AuditEvent.objects.get(action="lake.snapshot")
    assert (event.target_id, event.division, event.result) == (COUNTY, COUNTY + "000000", "done")


def test_the_newest_days_stay(tmp_path: Path) -> None:
    for day in range(3):
        taken(tmp_path, later_days=day, keep=2)

    with pytest.raises(LakeError):
        committed_snapshots(tmp_path, ON)
    assert committed_snapshots(tmp_path, ON + timedelta(days=2))


def test_a_county_without_a_load_is_refused(tmp_path: Path) -> None:
    assert loaded_counties() == [COUNTY]
    with pytest.raises(Unfit, match="还没有导入"):
        snapshot_county(actor=SYSTEM, county="361023", on=ON, at=NOW, lake=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lake_that_cannot_be_written_is_told_and_not_audited(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(LakeError, match="不能写入"):
        taken(tmp_path / "file")
    with entered_system():
        assert not AuditEvent.objects.filter(action="lake.snapshot").exists()


def test_the_lake_is_screened_as_the_records_are(tmp_path: Path) -> None:
    taken(tmp_path / "lake")
    run = screen_records(actor=SYSTEM, county=COUNTY, on=ON, at=NOW)
    [lake_run] = screen_lake(
        lake=LakePlace(tmp_path / "lake"), on=ON, out=tmp_path / "out", packs=default_packs_folder()
    )

    with entered_system():
        kept = {(each.household.number, each.rule) for each in Finding.objects.filter(run=run)}
    table = lake_run.run.table("finding")
    found = set() if table is None else {(row["household_id"], row["rule"]) for row in table.to_pylist()}
    assert found == kept
    assert found
