"""`screen --lake` from the command line, and what it refuses."""

from pathlib import Path

import pytest

from shouwang.engine.run import read_run
from tests.cli.world import COUNTY, shouwang, write_pack
from tests.lake_world import ON, county_tables, put_county


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    put_county(folder / "lake", COUNTY, county_tables(COUNTY, folder / "tables", households=20))
    return folder / "lake"


def test_a_lake_is_screened_into_a_folder_of_runs(lake: Path, tmp_path: Path) -> None:
    packs = write_pack(tmp_path)
    told = shouwang(
        "screen", "--lake", lake, "--on", ON, "--out", tmp_path / "runs", "--packs", packs, "--division", "53"
    )

    assert told.code == 0, told.stderr
    assert "run-1" in told.stdout
    assert COUNTY in told.stdout
    run = read_run(tmp_path / "runs" / "run-1")
    assert (run.header.county, run.header.counts["household_rows"]) == (COUNTY, 20)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--registry", "x"), 2, "不能写 --registry"),
        (("--json",), 2, "不能写 --json"),
        (("--master", "spark://h:7077"), 2, "只用于 --engine spark"),
        (("--shared", "hdfs://h/lake"), 2, "只用于 --engine spark"),
        (("--division", "62"), 1, "没有 62 2026-06-30 的快照"),
    ],
)
def test_what_means_nothing_with_a_lake_is_refused(
    lake: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    told = shouwang("screen", "--lake", lake, "--on", ON, "--out", tmp_path / "runs", *arguments)

    assert (told.code, words in told.stderr) == (code, True), told.stderr
    assert list(tmp_path.glob("runs*")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--lake", "."), "缺少选项 --out"),
        (("--lake", "nowhere", "--out", "x"), "不存在"),
        (("--registry", ".", "--division", COUNTY), "缺少选项 --out"),
        (("--registry", ".", "--out", "x.xlsx"), "缺少选项 --division"),
        (("--registry", ".", "--master", "spark://h:7077"), "不能写 --master"),
    ],
)
def test_options_that_are_missing_are_named(arguments: tuple[str, ...], words: str) -> None:
    told = shouwang("screen", *arguments)

    assert told.code == 2
    assert words in told.stderr


def test_a_lake_that_is_no_folder_is_not_written_to(tmp_path: Path) -> None:
    told = shouwang("lake", "snapshot", "--lake", tmp_path / "nowhere")

    assert told.code == 2
    assert "不存在" in told.stderr
