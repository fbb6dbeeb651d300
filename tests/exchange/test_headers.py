"""Headers: keys, units, and what titles and names say."""

from datetime import date

import pytest

from shouwang.exchange.headers import (
    column_letter,
    header_key,
    named_month,
    named_year,
    read_header,
    title_unit,
)


@pytest.mark.parametrize(
    "text", ["证件号码", " 证件 号码 ", "证件\n号码", "证件\u00a0号码", "【证件号码】", "证件号码*"]
)
def test_spaces_punctuation_and_width_do_not_change_a_header(text: str) -> None:
    assert header_key(text) == "证件号码"


@pytest.mark.parametrize(
    ("text", "short", "fen"),
    [
        ("余额(万元)", "余额", 1_000_000), ("余额（元）", "余额", 100),
        ("余额 【单位:万元】", "余额", 1_000_000),
        ("余额万元", "余额", 1_000_000), ("余额(分)", "余额", 1), ("务工时间(月)", "务工时间", None),
        ("余额", "余额", None),
    ],
)  # fmt: skip
def test_the_unit_at_a_headers_end_is_a_multiplier_and_no_part_of_the_name(
    text: str, short: str, fen: int | None
) -> None:
    header = read_header(text)
    assert (header.short_key, header.fen_per_unit) == (short, fen)


def test_a_title_can_set_the_unit_of_the_sheet() -> None:
    assert title_unit(["某县贷款情况表", "单位：万元"]) == "万元"
    assert title_unit(["某县贷款情况表"]) == ""


@pytest.mark.parametrize(
    "name",
    ["医保_2023年5月.xlsx", "医保2023-05.csv", "医保_202305.xls", "医保20230531.xlsx", "２０２３年５月"],
)
def test_a_name_says_its_month(name: str) -> None:
    assert named_month([name]) == date(2023, 5, 1)


def test_a_name_without_a_month_says_none() -> None:
    assert named_month(["户信息_2023年.xlsx", "Sheet1", "编号202399"]) is None


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("户信息_2023年.xlsx", 2023),
        ("户信息2023.xlsx", 2023),
        ("户信息_2023年5月.xlsx", None),
        ("户信息_2023-05-01", None),
    ],
)
def test_only_a_year_that_stands_alone_is_the_year_of_the_figures(name: str, year: int | None) -> None:
    assert named_year([name]) == year


def test_columns_are_named_as_the_user_sees_them() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 51, 702)] == ["A", "Z", "AA", "AZ", "AAA"]
