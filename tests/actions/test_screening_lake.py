"""A province is screened in one pass as each of its counties would be by itself."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shouwang.actions.screening import OutputError
from shouwang.actions.screening_lake import LakePlace, LakeRun, screen_lake
from shouwang.domain.lake_snapshots import LakeError
from shouwang.domain.pack_files import default_packs_folder
from tests.lake_world import COUNTIES, ON, county_tables, put_county, small_province

TABLES = ("household", "finding", "unknown", "near", "source_row", "source")
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_province(tmp_path_factory.mktemp("province"))


def screened(lake: Path, out: Path, **asked: Any) -> list[LakeRun]:
    packs = default_packs_folder()
    return screen_lake(lake=LakePlace(lake), on=ON, out=out, packs=packs, **asked)


@pytest.fixture(scope="module")
def together(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> list[LakeRun]:
    return screened(lake, tmp_path_factory.mktemp("runs") / "province")


def rows(runs: list[LakeRun], table: str, columns: tuple[str, ...] = ()) -> Rows:
    """Return a table's rows over all runs; columns that only one of the runs has are left out."""
    found = [run.run.table(table) for run in runs]
    kept = [each for each in found if each is not None]
    names = columns or tuple(sorted(set.intersection(*(set(each.column_names) for each in kept))))
    answers = [tuple(row[name] for name in names) for each in kept for row in each.to_pylist()]
    return sorted(answers, key=repr)


def test_one_pass_finds_what_each_county_by_itself_finds(
    lake: Path, together: list[LakeRun], tmp_path: Path
) -> None:
    alone = [run for county in COUNTIES for run in screened(lake, tmp_path / county, division=county)]

    assert [run.counties for run in together] == [COUNTIES[:2], COUNTIES[2:]]
    assert {name.split("-")[0] for run in together for name in run.run.header.packs} >= {"shidian", "yuanmou"}
    for table, columns in (
        ("finding", ("household_id", "rule", "pack")),
        (
            "household",
            ("household_id", "division", "grade", "index", "net_income_fen", "own_pay_household_fen"),
        ),
        ("near", ("household_id", "rule")),
        ("source_row", ("household_id", "row_set", "source_id", "row_no")),
    ):
        assert rows(together, table, columns) == rows(alone, table, columns), table
    assert rows(together, "finding")
    assert [run.run.header.county for run in alone] == list(COUNTIES)


def test_a_feed_that_a_county_never_had_is_unknown_there_and_known_beside_it(
    together: list[LakeRun],
) -> None:
    for run in together:
        paid = {row[0] is None for row in rows([run], "household", ("own_pay_household_fen",))}
        assert paid == {run.counties == COUNTIES[2:]}


def test_sources_of_two_counties_are_told_apart(together: list[LakeRun]) -> None:
    sources = rows(together, "source", ("source_id",))

    assert len(set(sources)) == len(sources)
    assert {str(number)[:6] for (number,) in sources} == set(COUNTIES)


def test_nothing_is_left_beside_the_runs_and_in_the_lake(lake: Path, together: list[LakeRun]) -> None:
    assert [path.name for path in together[0].run.folder.parents[1].iterdir()] == ["province"]
    assert [path.name for path in lake.iterdir()] == ["snapshot"]


def test_a_number_that_two_counties_use_is_refused(tmp_path: Path) -> None:
    tables = county_tables(COUNTIES[0], tmp_path / "tables", households=5)
    for county in COUNTIES[:2]:
        put_county(tmp_path / "lake", county, tables)

    with pytest.raises(LakeError, match="5 个户编号重复"):
        screened(tmp_path / "lake", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_day_or_a_division_without_a_snapshot_is_refused(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"没有 62 2026-06-30 的快照.*lake snapshot"):
        screened(lake, tmp_path / "out", division="62")


def test_an_earlier_result_is_not_written_over(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    with pytest.raises(OutputError, match="已存在"):
        screened(lake, tmp_path / "out")
    with pytest.raises(OutputError, match="不存在"):
        screened(lake, tmp_path / "no" / "out")


MISSING = [
    name
    for name, there in (("Java", shutil.which("java")), ("pyspark", find_spec("pyspark")))
    if there is None
]


@pytest.mark.spark
@pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed")
# Spark's own Python warns of what it will drop one day, and leaves sockets to the collector.
@pytest.mark.filterwarnings("ignore")
def test_duckdb_and_spark_agree_row_for_row_on_a_province(
    lake: Path, together: list[LakeRun], tmp_path: Path
) -> None:
    theirs = screened(lake, tmp_path / "spark", engine="spark")

    assert [run.run.header for run in together] == [run.run.header for run in theirs]
    for mine, other in zip(together, theirs, strict=True):
        for table in TABLES:
            first, second = (run.run.folder / f"{table}.parquet" for run in (mine, other))
            assert first.exists() == second.exists(), table
            if first.exists():
                assert pq.read_table(first).to_pylist() == pq.read_table(second).to_pylist(), table
