"""A snapshot counts whole or not at all."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shouwang.domain.lake_snapshots import (
    CountySnapshot,
    LakeError,
    commit_snapshot,
    committed_snapshots,
    common_division,
    prune_snapshots,
    shared_feeds,
    snapshot_folder,
)

ON = date(2026, 6, 30)


def made(lake: Path, county: str = "530521", on: date = ON, token: str = "a1", *feeds: str) -> CountySnapshot:
    """Make a snapshot of one table, not committed yet."""
    folder = snapshot_folder(lake, on, county)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"household-{token}.parquet").write_bytes(b"PAR1")
    files = {"household": f"household-{token}.parquet"}
    return CountySnapshot(
        county, on, "2026-06-30T22:00:00+08:00", feeds, files, {"household": 1}, folder=folder
    )


def test_files_without_a_manifest_do_not_count(tmp_path: Path) -> None:
    made(tmp_path)

    with pytest.raises(LakeError, match="没有 2026-06-30 的快照"):
        committed_snapshots(tmp_path, ON)


def test_a_committed_snapshot_is_read_back_as_it_was(tmp_path: Path) -> None:
    snapshot = replace(made(tmp_path, "530521", ON, "a1", "medical"), notices=("一条提示",), unmatched=2)
    commit_snapshot(snapshot)

    [found] = committed_snapshots(tmp_path, ON)
    assert found == snapshot
    assert found.path("household").read_bytes() == b"PAR1"


def test_a_second_snapshot_of_the_day_replaces_the_first(tmp_path: Path) -> None:
    commit_snapshot(made(tmp_path))
    commit_snapshot(made(tmp_path, token="b2"))

    [found] = committed_snapshots(tmp_path, ON)
    assert found.files == {"household": "household-b2.parquet"}
    assert sorted(path.name for path in found.folder.iterdir()) == ["household-b2.parquet", "manifest.json"]


def test_a_snapshot_cut_off_before_its_manifest_leaves_the_earlier_one(tmp_path: Path) -> None:
    commit_snapshot(made(tmp_path))
    made(tmp_path, token="b2")

    [found] = committed_snapshots(tmp_path, ON)
    assert found.files == {"household": "household-a1.parquet"}


@pytest.mark.parametrize(
    ("division", "counties"),
    [("", ["361023", "530521", "530522"]), ("53", ["530521", "530522"]), ("530522", ["530522"])],
)
def test_a_division_chooses_its_counties(tmp_path: Path, division: str, counties: list[str]) -> None:
    for county in ("530522", "361023", "530521"):
        commit_snapshot(made(tmp_path, county))

    assert [each.county for each in committed_snapshots(tmp_path, ON, division)] == counties


def test_the_newest_days_stay(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        commit_snapshot(made(tmp_path, on=date(2026, 6, day)))
    commit_snapshot(made(tmp_path, "361023", date(2026, 6, 1)))

    assert prune_snapshots(tmp_path, "530521", 2) == 1
    assert prune_snapshots(tmp_path, "530521", 2) == 0
    assert [each.county for each in committed_snapshots(tmp_path, date(2026, 6, 1))] == ["361023"]
    assert prune_snapshots(tmp_path, "361023", 0) == 0
    assert len(committed_snapshots(tmp_path, date(2026, 6, 3))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "其他版本"),
        ({"files": {"household": "../../etc/passwd"}}, "缺少文件"),
        ({"files": {"household": "household-ff.parquet"}}, "缺少文件"),
        ({"on": "June"}, "无法读取"),
        ({"what": 1}, "无法读取"),
    ],
)
def test_a_manifest_that_cannot_be_meant_so_is_refused(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    snapshot = made(tmp_path)
    commit_snapshot(snapshot)
    path = snapshot.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(LakeError, match=words):
        committed_snapshots(tmp_path, ON)


def test_a_manifest_that_is_not_one_is_refused(tmp_path: Path) -> None:
    snapshot = made(tmp_path)
    (snapshot.folder / "manifest.json").write_text("{", encoding="utf-8")

    with pytest.raises(LakeError, match="无法读取"):
        committed_snapshots(tmp_path, ON)


def test_counties_with_the_same_feeds_are_one_group(tmp_path: Path) -> None:
    several = [
        made(tmp_path, "530521", ON, "a", "medical", "credit"),
        made(tmp_path, "530522", ON, "a", "credit"),
    ]
    several.append(made(tmp_path, "530523", ON, "a", "credit", "medical"))

    groups = shared_feeds(several)
    assert [[each.county for each in counties] for _, counties in groups] == [
        ["530521", "530523"],
        ["530522"],
    ]


@pytest.mark.parametrize(
    ("counties", "place"),
    [
        (["530521"], "530521"), (["530521", "530522"], "5305"), (["530521", "532328"], "53"),
        (["530521", "361023"], ""),
    ],
)  # fmt: skip
def test_the_common_division_holds_all_counties(counties: list[str], place: str) -> None:
    assert common_division(counties) == place
