"""Cells: every trait of the files in use, read exactly or refused with a reason."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.exchange import values
from shouwang.exchange.layouts import Target, code_list, layouts
from shouwang.exchange.normalising import BadCell, ColumnReader, merged
from shouwang.exchange.recognising import BoundColumn
from shouwang.exchange.values import CellError

ON = date(2026, 11, 23)
YUAN = Decimal(100)


def read(feed: str, header: str, *cells: str | None) -> tuple[dict[Target, list[Any]], list[BadCell]]:
    """Read cells as the column of a layout does."""
    column = layouts()[feed].columns[header]
    bound = BoundColumn(column, 0, header, None, YUAN, {})
    found, bad = ColumnReader(bound, ON).read(pa.array(cells, pa.string()))
    return {target: values.to_pylist() for target, values in found.items()}, bad


def only(feed: str, header: str, *cells: str | None) -> list[Any]:
    """Read cells without a bad one, for a column with one target."""
    found, bad = read(feed, header, *cells)
    assert bad == []
    (result,) = found.values()
    return result


@pytest.mark.parametrize(
    "text",
    [
        "20230503",
        "2023-05-03",
        "2023/5/3",
        "2023.5.3",
        "2023年5月3日",
        "45049",
        "2023-05-03 00:00:00",
        "20230503.0",
    ],
)
def test_a_day_is_read_in_every_form_in_use(text: str) -> None:
    assert values.read_date(values.tidy(text)) == date(2023, 5, 3)


@pytest.mark.parametrize(
    "text", ["202305", "2023-05", "2023/5", "2023年5月", "2023年05月份", "20230517", "２０２３０５"]
)
def test_a_month_is_read_in_every_form_in_use(text: str) -> None:
    assert values.read_month(values.tidy(text)) == date(2023, 5, 1)


@given(st.dates(date(1927, 5, 19), date(2150, 1, 1)))
def test_a_spreadsheets_serial_is_the_day_it_counts(day: date) -> None:
    assert values.read_date(str((day - date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-02-30", "impossible_date"), ("20231301", "impossible_date"), ("昨天", "bad_date"),
        ("2026-11-24", "future_date"),
        ("1e999999", "bad_date"), ("9" * 1000, "bad_date"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        values.read_date(text, ON)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123_450), ("¥1234.5", 123_450), ("￥ 1,234.5", 123_450), ("1234.5元", 123_450),
        ("0.1234万元", 123_400),
        ("1.2万", 1_200_000), ("１２３", 12_300), ("0.1", 10), ("0.005", 1), ("1E+05", 10_000_000),
        ("33.333333", 3_333), ("0", 0),
    ],
)  # fmt: skip
def test_an_amount_is_exact_fen(text: str, fen: int) -> None:
    assert values.read_fen(values.tidy(text), YUAN, is_signed=False) == fen


@given(st.integers(0, 10**14))
def test_every_amount_of_fen_is_read_back_exactly(fen: int) -> None:
    text = f"{fen // 100:,}.{fen % 100:02d}"
    assert values.read_fen(text, YUAN, is_signed=False) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-5", "negative_amount"), ("(5)", "negative_amount"), ("一百", "bad_amount"), ("1,23", "bad_amount"),
        ("1e999999", "bad_amount"), ("1e30", "amount_too_large"), ("9" * 19, "amount_too_large"),
        ("9" * 100_000, "bad_amount"),
    ],
)  # fmt: skip
def test_an_amount_that_makes_no_sense_is_refused(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        values.read_fen(text, YUAN, is_signed=False)
    assert caught.value.code == code


def test_a_net_income_may_be_negative() -> None:
    assert only("registry_household", "家庭纯收入", "-1200") == [-120_000]


@pytest.mark.parametrize(
    ("cell", "truth"),
    [("是", True), ("√", True), ("1", True), ("有", True), (" 是 ", True), ("否", False), ("×", False),
     ("0", False), ("无", False),
     ("", None), ("-", None), ("/", None), (None, None)],
)  # fmt: skip
def test_a_truth_is_read_and_a_blank_one_is_unknown(cell: str | None, truth: bool | None) -> None:
    assert only("registry_member", "是否享受低保", cell) == [truth]


def test_a_set_is_read_in_any_order_and_any_separator() -> None:
    cells = ["残疾,长期慢性病", "长期慢性病、残疾", "残疾；长期慢性病", "残疾 长期慢性病", "长期慢性病/残疾"]
    found, bad = read("registry_member", "健康状况", *cells, "健康", None)
    by_name = {target.name: result for target, result in found.items()}
    assert bad == []
    assert by_name["is_disabled"] == by_name["has_chronic_illness"] == [True] * 5 + [False, None]
    assert by_name["has_serious_illness"] == [False] * 6 + [None]


def test_risks_become_codes_between_bars() -> None:
    column = "致贫/返贫风险1"
    assert only("registry_household", column, "因自然灾害(洪涝)", "因病、因学", None, "其他") == [
        "|disaster|", "|medical|school|", "", "|other|",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "grade"), [("一级", 1), ("2", 2), ("Ⅲ", 3), ("四级", 4), ("残疾二级", 2), ("1级", 1)]
)
def test_a_grade_is_read_in_every_form_in_use(text: str, grade: int) -> None:
    assert only("disability", "残疾等级", text) == [grade]


def test_a_count_is_whole_and_within_bounds() -> None:
    assert only("registry_member", "务工时间(月)", "6", "6个月", "6.0", " 12 ") == [6, 6, 6, 12]
    _, bad = read("registry_member", "务工时间(月)", "13", "-1", "半年")
    assert [cell.code for cell in bad] == ["count_too_large", "negative_count", "bad_count"]


@pytest.mark.parametrize(
    ("feed", "header", "text", "code"),
    [
        ("registry_household", "户类型", "普通农户", "ordinary"),
        ("registry_household", "监测对象类别", None, "none"),
        ("registry_household", "监测对象类别", "脱贫不稳定户", "unstable"),
        ("registry_member", "劳动技能", "弱劳动力或半劳动力", "weak"),
        ("housing", "鉴定等级", "Ｄ 级", "D"), ("housing", "处置状态", "待改造", "untreated"),
        ("medical", "就医类型", "门特", "chronic"),
        ("education", "学段", "幼儿园", "学前教育"), ("education", "学段", "特教班", "特教班"),
        ("disaster", "房屋受损", None, "none"),
        ("petitions", "来源", "12345", "12345"), ("civil_affairs", "状态", "申请未批", "refused"),
    ],
)  # fmt: skip
def test_a_word_becomes_its_code(feed: str, header: str, text: str | None, code: str) -> None:
    assert only(feed, header, text) == [code]


def test_an_unknown_word_is_a_bad_cell_and_quoted_only_where_not_personal() -> None:
    _, bad = read("registry_household", "户类型", "不知道", "一般农户", "不知道")
    assert [(cell.row, cell.code, cell.value) for cell in bad] == [
        (0, "unknown_code", "不知道"),
        (2, "unknown_code", "不知道"),
    ]
    _, bad = read("registry_member", "出生日期", "某年")
    assert [(cell.code, cell.value) for cell in bad] == [("bad_date", None)]


def test_a_number_that_slipped_into_another_column_is_never_quoted() -> None:
    _, bad = read("registry_household", "户类型", "13900001234")
    assert [cell.value for cell in bad] == [None]


def test_a_blank_cell_that_must_be_filled_is_told() -> None:
    _, bad = read("registry_household", "户编号", "H1", None, " ", "-")
    assert [(cell.row, cell.code) for cell in bad] == [(1, "blank"), (2, "blank"), (3, "blank")]


def test_names_keep_rare_characters_and_lose_blanks() -> None:
    assert only("registry_member", "姓名", " 测\u3000试 甲 ", "测\ufa0e") == ["测试甲", "测\ufa0e"]


@pytest.mark.parametrize("dirt", ["\u200b", "\ufeff", "\u00a0", "\u202e", "\x00", "\t", "\u3000"])
def test_invisible_characters_change_nothing(dirt: str) -> None:
    assert values.tidy(f"{dirt}一般{dirt}农户{dirt}").replace(" ", "") == "一般农户"
    assert values.read_code(values.tidy(f"{dirt}一般农户{dirt}"), code_list("household_class")) == "ordinary"


def test_columns_of_one_target_are_joined_without_inventing_a_no() -> None:
    yes, no, unknown = True, False, None
    first, second = (
        pa.array([yes, no, no, unknown], pa.bool_()),
        pa.array([no, no, unknown, unknown], pa.bool_()),
    )
    assert merged("has_pension", [first, second]).to_pylist() == [True, False, None, None]
    sets = [pa.array(["|medical|", ""]), pa.array(["|disability|medical|", ""])]
    assert merged("risks", sets).to_pylist() == ["|disability|medical|", ""]


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_a_reader(text: str) -> None:
    readers: list[Callable[[str], object]] = [
        values.read_bool, values.read_date, values.read_month, values.read_year, values.read_grade,
        lambda cell: values.read_fen(cell, YUAN, is_signed=True), lambda cell: values.read_count(cell, 12),
        lambda cell: values.read_set(cell, code_list("risk")),
    ]  # fmt: skip
    for reader in readers:
        with suppress(CellError):
            reader(values.tidy(text))


def test_a_column_remembers_each_distinct_text_across_batches() -> None:
    column = layouts()["credit"].columns["到期日"]
    reader = ColumnReader(BoundColumn(column, 0, "到期日", None, YUAN, {}), ON)
    for start in range(3):
        found, bad = reader.read(pa.array([str(ON + timedelta(days=start)), "不详的日子"]))
        assert [result.to_pylist() for result in found.values()] == [[ON + timedelta(days=start), None]]
        assert [cell.code for cell in bad] == ["bad_date"]
