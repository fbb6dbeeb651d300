"""Staging: both folders become the canonical tables, all of them or none."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from shouwang.domain.tables import TABLES
from shouwang.exchange.parts import table_schema
from tests.exchange import samples
from tests.exchange.samples import MEDICAL_HEADERS, medical, number


def _deliver(tmp_path: Path, name: str, *rows: list[Any], headers: list[str] | None = None) -> Path:
    return samples.xlsx(tmp_path / "deliveries" / name, {"Sheet1": [headers or MEDICAL_HEADERS, *rows]})


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Give a folder whose registry has three households of one person each."""
    samples.registry(tmp_path / "registry")
    return tmp_path


def test_every_table_is_written_with_its_exact_schema(county: Path) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(1))
    result = samples.staged(county)
    assert set(result.tables) == set(TABLES)
    for name, path in result.tables.items():
        found = pq.read_table(path)
        assert found.schema.equals(table_schema(name)), name
        assert found.num_rows == result.row_counts[name]
    assert result.feeds == {"registry_household", "registry_member", "medical"}
    assert sorted(path.name for path in result.folder.iterdir()) == sorted(
        [f"{name}.parquet" for name in [*TABLES, "row_errors", "unmatched"]]
    )


def test_a_row_carries_whom_it_is_about_and_where_it_came_from(county: Path) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(2))
    result = samples.staged(county)
    (row,) = samples.rows(result, "own_pay_entry")
    assert (row["household_id"], row["person_id"], row["own_pay_fen"], row["total_fen"]) == (
        "H002",
        "P002",
        30_000,
        100_000,
    )
    assert (row["settled_on"], row["delivered_month"], row["row_no"]) == (
        date(2026, 10, 5),
        date(2026, 10, 1),
        2,
    )
    source = {each["source_id"]: each for each in samples.rows(result, "source")}[row["source_id"]]
    assert (source["feed"], source["file"], source["row_count"]) == ("medical", "医保_2026年10月.xlsx", 1)


def test_titles_totals_blank_rows_and_repeated_headers_are_left_out_and_counted(county: Path) -> None:
    dirty = [
        ["某县医保数据"],
        [],
        MEDICAL_HEADERS,
        medical(1),
        ["", " "],
        ["小 计", "", "", "", "1", "2"],
        MEDICAL_HEADERS,
    ]
    dirty += [medical(2), ["合计"], ["填表人：测试乙"]]
    samples.xlsx(county / "deliveries" / "医保_2026年10月.xlsx", {"S": dirty})
    result = samples.staged(county)
    assert [row["row_no"] for row in samples.rows(result, "own_pay_entry")] == [4, 8]
    assert result.skipped == {"blank": 1, "total": 2, "header": 1, "note": 1}
    assert any("已略过" in notice and "合计行 2 行" in notice for notice in result.notices)


def test_a_row_that_cannot_be_matched_is_set_aside_with_its_reason(county: Path) -> None:
    rows = [
        medical(77), medical(1, 证件号码=""), medical(1, 证件号码="999999198001010011"),
        medical(1, 证件号码=1.10105e17),
        medical(1, 证件号码=number(1)[:-1] + "*"), medical(1),
    ]  # fmt: skip
    _deliver(county, "医保_2026年10月.xlsx", *rows)
    result = samples.staged(county)
    unmatched = samples.rows(result, "unmatched")
    assert [row["reason_code"] for row in unmatched] == [
        "not_in_registry", "id_missing", "id_placeholder_999999", "id_destroyed_by_spreadsheet", "id_masked",
    ]  # fmt: skip
    assert {row["masked_name"] for row in unmatched} == {"测**"}
    assert result.row_counts["own_pay_entry"] == 1


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: f" {text} ", lambda text: f"{text}41", lambda text: f"{text}41B1"]
)
def test_a_number_is_matched_in_every_form_in_use(county: Path, change: Callable[[str], str]) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(1, 证件号码=change(number(1))))
    assert samples.staged(county).row_counts["own_pay_entry"] == 1


def test_a_household_feed_is_matched_by_its_heads_number(county: Path) -> None:
    headers = ["户主姓名", "证件号码", "鉴定等级", "鉴定日期", "处置状态"]
    _deliver(
        county, "住建_2026年9月.xlsx", ["测试甲", number(3), "D级", "2026/9/1", "未处置"], headers=headers
    )
    result = samples.staged(county)
    (row,) = samples.rows(result, "housing_check")
    assert (row["household_id"], row["grade"], row["disposal"]) == ("H003", "D", "untreated")


def test_petitions_without_numbers_are_set_aside(county: Path) -> None:
    headers = ["来源", "诉求人", "联系电话", "乡", "村", "内容", "日期"]
    _deliver(
        county, "信访.xlsx", ["12345", "测试丙", "0", "某乡", "某村", "缺水", "2026-10-01"], headers=headers
    )
    (row,) = samples.rows(samples.staged(county), "unmatched")
    assert (row["feed"], row["reason_code"], row["township"], row["village"]) == (
        "petitions",
        "id_missing",
        "某乡",
        "某村",
    )


def test_a_ledger_becomes_one_row_for_each_filled_item(county: Path) -> None:
    headers = ["户编号", "户主姓名", "月份", "务工收入(万元)", "低保金", "专项补助(搬迁、危改、圈舍)"]
    rows = [["H001", "测试甲", "202609", "0.35", "0", ""], ["H999", "测试丁", "202609", "1", "", ""]]
    _deliver(county, "收支台账.xlsx", *rows, headers=headers)
    result = samples.staged(county)
    entries = samples.rows(result, "income_entry")
    assert [(row["item"], row["amount_fen"], row["month"]) for row in entries] == [
        ("migrant_wage", 350_000, date(2026, 9, 1)), ("minimum_living", 0, date(2026, 9, 1)),
    ]  # fmt: skip
    assert [row["reason_code"] for row in samples.rows(result, "unmatched")] == ["household_not_in_registry"]


def test_a_bad_cell_refuses_the_event_and_is_told_in_place(county: Path) -> None:
    _deliver(
        county, "医保_2026年10月.xlsx", medical(1), medical(2, 个人自付="-1"),
        medical(3, 结算日期="2026-11-24"), medical(1, 结算日期=""),
    )  # fmt: skip
    result = samples.staged(county)
    errors = samples.rows(result, "row_errors")
    assert [(row["row_no"], row["column"], row["reason_code"]) for row in errors] == [
        (3, "个人自付", "negative_amount"), (4, "结算日期", "future_date"), (5, "结算日期", "blank"),
    ]  # fmt: skip
    assert all(row["is_row_refused"] for row in errors)
    assert result.row_counts["own_pay_entry"] == 1


def test_the_month_of_a_delivery_is_its_names_else_that_of_its_newest_day(county: Path) -> None:
    _deliver(county, "医保.xlsx", medical(1, 结算日期="2026-08-03"), medical(2, 结算日期="2026-09-09"))
    result = samples.staged(county)
    assert {row["delivered_month"] for row in samples.rows(result, "own_pay_entry")} == {date(2026, 9, 1)}


def test_a_file_delivered_twice_is_read_once(county: Path) -> None:
    first = _deliver(county, "医保_2026年10月.xlsx", medical(1))
    (county / "deliveries" / "医保_2026年10月 - 副本.xlsx").write_bytes(first.read_bytes())
    result = samples.staged(county)
    assert result.row_counts["own_pay_entry"] == 1
    assert any("内容完全相同，只读取一次" in notice for notice in result.notices)


def test_the_same_rows_in_another_order_are_read_once(county: Path) -> None:
    _deliver(county, "医保_2026年10月.xlsx", medical(1), medical(2))
    samples.csv_file(
        county / "deliveries" / "医保再报.csv", [["说明"], MEDICAL_HEADERS, medical(2), medical(1)], "gb18030"
    )
    _deliver(county, "医保_2026年9月.xlsx", medical(1), medical(3))
    result = samples.staged(county)
    assert result.row_counts["own_pay_entry"] == 4
    assert any("仅行的顺序不同" in notice for notice in result.notices)


def test_a_list_that_did_not_change_is_news_in_its_new_month(county: Path) -> None:
    headers = ["姓名", "证件号码", "类别", "状态", "起始月", "月金额"]
    row = ["测试甲", number(1), "低保", "在享", "202401", "300"]
    for month in (9, 10):
        _deliver(county, f"民政_2026年{month}月.xlsx", row, headers=headers)
    result = samples.staged(county)
    assert sorted(row["delivered_month"] for row in samples.rows(result, "social_aid")) == [
        date(2026, 9, 1),
        date(2026, 10, 1),
    ]


def test_what_is_not_recognised_is_told_without_showing_its_content(county: Path) -> None:
    _deliver(county, "物资.xlsx", ["测试甲", number(1), "大米"], headers=["姓名", "身份证号", "物资"])
    result = samples.staged(county)
    (notice,) = [notice for notice in result.notices if "未读取" in notice]
    assert "姓名、身份证号" in notice
    assert "测试甲" not in notice
    assert number(1) not in notice


def test_progress_runs_to_the_end(county: Path) -> None:
    told: list[tuple[str, int, int]] = []
    samples.staged(county, progress=lambda *args: told.append(args))
    assert told[0][0].startswith("打开")
    assert told[-1][1] == told[-1][2] > 0


def test_no_personal_data_is_in_errors_or_unmatched(county: Path) -> None:
    _deliver(
        county,
        "医保_2026年10月.xlsx",
        medical(2, 姓名="张三丰测试", 个人自付="x"),
        medical(78, 姓名="张三丰测试"),
    )
    result = samples.staged(county)
    text = str([samples.rows(result, name) for name in ("row_errors", "unmatched")])
    assert "张三丰" not in text
    assert number(2) not in text
    assert number(78) not in text
