"""Figures that do not add up are read, and told for the department to mend."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shouwang.exchange import adding
from tests.exchange import samples
from tests.exchange.samples import number

PAYMENTS = ["医疗总费用", "基本医保支付", "大病保险支付", "医疗救助支付", "个人自付"]
HEADERS = ["姓名", "证件号码", "结算日期", "就医类型", *PAYMENTS]


def bill(person: int, *amounts: Any) -> list[Any]:
    """Return a settlement: total, basic, critical, aid and own pay in yuan."""
    return ["测试甲", number(person), "2026-10-05", "住院", *amounts]


@pytest.fixture
def county(tmp_path: Path) -> Path:
    samples.registry(tmp_path / "registry")
    return tmp_path


def staged_with(county: Path, *rows: list[Any]) -> tuple[list[dict[str, Any]], tuple[str, ...], int]:
    samples.xlsx(county / "deliveries" / "医保_2026年10月.xlsx", {"Sheet1": [HEADERS, *rows]})
    result = samples.staged(county)
    told = [
        each for each in pq.read_table(result.errors).to_pylist() if each["reason_code"] == adding.REASON_CODE
    ]
    return told, result.notices, result.row_counts["own_pay_entry"]


def test_a_settlement_whose_parts_do_not_make_its_own_pay_is_read_and_told(county: Path) -> None:
    told, notices, count = staged_with(
        county, bill(1, 1000, 600, 0, 100, 350), bill(2, 1000, 600, 0, 100, 300)
    )

    assert [(each["row_no"], each["column"], each["is_row_refused"]) for each in told] == [
        (2, "个人自付", False)
    ]
    assert "应为300元,所填为350元,多50元" in told[0]["reason"]
    assert count == 2
    assert any("有1处金额对不上" in notice for notice in notices)


@pytest.mark.parametrize("own_pay", [300, 300.99, 299, ""])
def test_rounding_to_the_yuan_and_unknown_parts_are_not_told(county: Path, own_pay: Any) -> None:
    told, notices, _ = staged_with(county, bill(1, 1000, 600, 0, 100, own_pay))

    assert told == []
    assert not any("对不上" in notice for notice in notices)


def test_only_so_many_are_listed_and_the_rest_is_counted(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MOST_TOLD", 2)
    told, notices, _ = staged_with(county, *(bill(1, 1000, 600, 0, 100, 400 + n) for n in range(5)))

    assert len(told) == 2
    assert any("有5处金额对不上" in notice and "只列出前2处" in notice for notice in notices)
