"""Staging refused: every reason in Chinese, and nothing written."""

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shouwang.exchange import parts, staging
from shouwang.exchange.staging import StagingError
from tests.exchange import samples
from tests.exchange.samples import MEDICAL_HEADERS, medical


def _deliver(tmp_path: Path, name: str, *rows: list[Any], headers: list[str] | None = None) -> Path:
    return samples.xlsx(tmp_path / "deliveries" / name, {"Sheet1": [headers or MEDICAL_HEADERS, *rows]})


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Give a folder whose registry has three households of one person each."""
    samples.registry(tmp_path / "registry")
    return tmp_path


@pytest.mark.parametrize("registry", ["registry", "missing"])
def test_a_missing_or_empty_folder_is_refused_and_nothing_written(tmp_path: Path, registry: str) -> None:
    (tmp_path / "registry").mkdir()
    with pytest.raises(StagingError, match=r"不存在|没有可读的表格"):
        staging.stage(
            tmp_path / registry,
            None,
            county=samples.COUNTY,
            on=samples.ON,
            out=tmp_path / "out",
            key=samples.KEY,
        )
    assert not (tmp_path / "out").exists()


def test_folders_without_a_recognised_sheet_or_a_registry_are_refused(tmp_path: Path) -> None:
    samples.xlsx(tmp_path / "registry" / "a.xlsx", {"S": [["物资", "数量"], ["大米", "1"]]})
    with pytest.raises(StagingError, match="没有认出任何一张表"):
        samples.staged(tmp_path)
    _deliver(tmp_path, "医保_2026年10月.xlsx", medical(1))
    with pytest.raises(StagingError, match="没有登记库"):
        samples.staged(tmp_path)
    assert not (tmp_path / "out").exists()


def test_every_refused_file_is_named_and_keep_going_lists_them_instead(county: Path) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(1))
    _deliver(county, "卫健.xlsx", ["测试甲", "感冒", "2026-10-01"], headers=["姓名", "诊断", "确诊日期"])
    (county / "deliveries" / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(StagingError) as caught:
        samples.staged(county)
    assert len(caught.value.problems) == 2
    assert "卫健.xlsx" in str(caught.value)
    assert "坏.xlsx" in str(caught.value)
    assert not (county / "out").exists()
    result = samples.staged(county, keep_going=True)
    assert set(result.refused_files) == {"卫健.xlsx", "坏.xlsx"}
    assert result.row_counts["own_pay_entry"] == 1


@pytest.mark.parametrize("change", [{"个人自付": "-5"}, {"结算日期": "2027-01-01"}])
def test_a_sheet_without_one_usable_row_stops_the_staging(county: Path, change: dict[str, str]) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(1, **change))
    with pytest.raises(StagingError, match="1 行全部有错"):
        samples.staged(county)
    assert not (county / "out").exists()


def test_an_earlier_staging_is_replaced_and_a_strangers_folder_is_not(county: Path) -> None:
    samples.staged(county)
    _deliver(county, "医保_2026年10月.xlsx", medical(1))
    assert samples.staged(county).row_counts["own_pay_entry"] == 1
    other = county / "other"
    other.mkdir()
    (other / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StagingError, match="已有其他内容"):
        staging.stage(
            county / "registry", None, county=samples.COUNTY, on=samples.ON, out=other, key=samples.KEY
        )
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


def test_a_full_disk_leaves_the_earlier_staging_and_no_rest(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = samples.staged(county)
    _deliver(county, "医保_2026年10月.xlsx", medical(1))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(parts.Part, "write", full)
    with pytest.raises(StagingError, match="磁盘空间"):
        samples.staged(county)
    assert sorted(path.name for path in county.iterdir()) == ["deliveries", "out", "registry"]
    assert pq.read_table(before.tables["member"]).num_rows == 3


def test_a_bad_mapping_stops_the_staging_with_its_reason(county: Path) -> None:
    mapping = county / "m.toml"
    mapping.write_text('[medical]\n"x" = "没有的列"\n', encoding="utf-8")
    with pytest.raises(StagingError, match=r"m\.toml"):
        samples.staged(county, mapping=mapping)


def test_a_county_that_is_no_code_is_refused(county: Path) -> None:
    with pytest.raises(StagingError, match="区划代码"):
        staging.stage(
            county / "registry", None, county="施甸", on=samples.ON, out=county / "out", key=samples.KEY
        )
    assert not (county / "out").exists()
