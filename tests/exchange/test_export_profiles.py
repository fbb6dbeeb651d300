"""Export profiles: what the shipped ones hold, what a wrong one is told, how values are written."""

from datetime import date
from typing import Any

import pytest

from shouwang.domain.exporting import IdFormat
from shouwang.domain.field_masks import Value
from shouwang.domain.tables import FEEDS
from shouwang.exchange.export_cells import cell_kind, cell_writer, plain_amount
from shouwang.exchange.export_profiles import ExportColumn, Profile, ProfileError, profiles, read_profiles
from shouwang.exchange.headers import header_key
from shouwang.exchange.layouts import code_words, layouts

GOOD: dict[str, Any] = {
    "label": "名单", "group": "组", "purpose": "work", "about": "说明", "row": "person",
    "columns": [["姓名", "member.name"]],
}  # fmt: skip


@pytest.mark.parametrize("name", ["national_household", "national_member"])
def test_an_upload_table_has_every_header_that_is_read_in(name: str) -> None:
    layout = layouts()[f"registry_{name.removeprefix('national_')}"]
    headers = {header_key(each.header) for each in profiles()[name].columns}

    assert [each.header for each in layout.columns.values() if not headers & set(each.names)] == []


def test_every_department_that_delivers_is_given_a_list() -> None:
    departments = {feed for feed in FEEDS if not feed.startswith("registry_") and feed != "ledger"}

    assert {f"to_{feed}" for feed in departments} <= set(profiles())
    for feed in departments:
        assert profiles()[f"to_{feed}"].status == "watched"


def test_lists_for_people_are_masked_unless_asked_otherwise() -> None:
    for name in ("roster", "monitored_ledger"):
        assert not profiles()[name].id_format.is_whole
    assert profiles()["roster"].has_id_number
    assert not profiles()["summary"].has_id_number


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": [["姓名", "member.nothing"]]}, "不存在的“member.nothing”"),
        ({"columns": [["姓名", "member.name", "shout"]]}, "写法“shout”"),
        ({"columns": [["姓名", "member.name"], ["姓名", "head.id_number"]]}, "列名重复：姓名"),
        ({"row": "village"}, "row 应为"),
        ({"row": "place"}, "blocks"),
        ({"row": "household"}, "一户一行"),
        ({"columns": [["收入", "annual_income.net_fen"]]}, "一人一行"),
        ({"id_format": "17"}, "写错了"),
        ({"extends": "nobody"}, "沿用的“nobody”"),
    ],
)
def test_a_wrong_profile_is_told_where_and_what(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        read_profiles({"mine": GOOD | change}, "mine.toml")


def test_a_profile_without_a_label_is_told() -> None:
    with pytest.raises(ProfileError, match="label"):
        read_profiles({"mine": {key: value for key, value in GOOD.items() if key != "label"}}, "mine.toml")


def profile(*, is_all_text: bool = False) -> Profile:
    return read_profiles({"mine": GOOD | {"is_all_text": is_all_text}}, "mine.toml")["mine"]


@pytest.mark.parametrize(
    ("source", "form", "value", "shown", "uploaded"),
    [
        ("member.sex", "code:sex", "male", "男", "男"),
        ("member.labour", "code:labour", "weak", "弱劳动力或半劳动力", "弱劳动力或半劳动力"),
        ("member.labour", "code:labour", "没有的码", "没有的码", "没有的码"),
        ("household.risks", "nth:risk:2", "|medical|school|", "因学", "因学"),
        ("household.risks", "nth:risk:3", "|medical|school|", "", ""),
        ("household.risks", "all:risk", "|medical|school|", "因病、因学", "因病、因学"),
        ("household.measures", "has:health", "|health|", "是", "是"),
        ("household.measures", "has:water", "|health|", "", ""),
        ("member.is_dropout", "told:原因待核", True, "原因待核", "原因待核"),
        ("member.is_dropout", "told:原因待核", False, "", ""),
        ("member.has_pension", "denied", False, "否", "否"),
        ("member.has_pension", "denied", True, "", ""),
        ("member.has_pension", "bool", None, "未知", ""),
        ("member.birth_date", "day", date(2001, 2, 3), "2001-02-03", "2001-02-03"),
        ("household.identified_month", "month", date(2001, 2, 1), "2001-02", "2001-02"),
        ("member.disability_issued_on", "year", date(2001, 2, 1), "2001", "2001"),
        ("annual_income.net_fen", "yuan", 123450, 123450, "1234.50"),
        ("annual_income.net_fen", "yuan", -5, -5, "-0.05"),
        ("annual_income.net_fen", "wan", 123456789, 123456789, "123.4567"),
        ("member.age", "int", 7, 7, "7"),
        ("household.eliminated_on", "day", None, "", ""),
        ("household.last_visit_on", "day", None, "尚无记录", ""),
        ("member.name", "text", "", "未知", ""),
    ],
)
def test_a_value_is_written_as_people_and_as_systems_read_it(
    source: str, form: str, value: Value, shown: object, uploaded: object
) -> None:
    name, *arguments = form.split(":")
    column = ExportColumn("列", source, name, tuple(arguments), None)

    assert cell_writer(column, profile())(value) == shown
    assert cell_writer(column, profile(is_all_text=True))(value) == uploaded
    assert cell_kind(column, profile(is_all_text=True)) == "text"


def test_a_code_that_stands_for_none_can_go_out_as_a_blank() -> None:
    column = ExportColumn("类别", "household.monitored_class", "code", ("monitored_class",), "none")

    assert cell_writer(column, profile())("none") == ""
    assert cell_writer(column, profile())("sudden") == "突发严重困难户"


def test_a_column_to_be_filled_in_is_empty_and_a_fixed_one_says_its_word() -> None:
    assert cell_writer(ExportColumn("反馈", "", "text", (), None), profile())(None) == ""
    assert cell_writer(ExportColumn("类型", "", "fixed", ("身份证",), None), profile())(None) == "身份证"


def test_the_first_word_of_a_code_is_its_standard_word() -> None:
    assert code_words("household_class")["alleviated"] == "脱贫户"
    assert code_words("sex") == {"male": "男", "female": "女", "": "未知"}


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (7, "0.07"), (100, "1.00"), (-101, "-1.01")])
def test_an_amount_is_written_exactly(fen: int, text: str) -> None:
    assert plain_amount(fen, 100, 2) == text


def test_the_six_ways_to_write_a_number_are_told_apart() -> None:
    assert len({each.label for each in IdFormat}) == 6
