"""The remembered correction: foreign headers, constants, units and words."""

from pathlib import Path

import pytest

from shouwang.exchange.mapping import (
    MAPPING_FILE,
    MappingError,
    find_mapping,
    proposal_text,
    propose,
    read_mapping,
    write_proposal,
)
from tests.exchange import samples

FOREIGN = """
["survey*.csv"]
feed = "registry_household"
year = 2023
"hid" = "户编号"
"hhsize" = "家庭人口数"
"tot_exp" = "家庭纯收入"
"head sex" = ""
["survey*.csv".constants]
"户类型" = "一般农户"
["survey*.csv".units]
"家庭纯收入" = "千元"
["survey*.csv".values."是否解决安全饮用水"]
"Piped" = "是"
"River" = "否"
["survey*.csv".columns]
"water" = "是否解决安全饮用水"
"""


def written(folder: Path, text: str) -> Path:
    """Write a mapping file."""
    path = folder / MAPPING_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_foreign_survey_is_read_as_the_registry(tmp_path: Path) -> None:
    survey = [
        ["hid", "hhsize", "tot_exp", "head sex", "water"],
        ["a1", "2", "11.162", "F", "Piped"],
        ["a2", "4", "7.5", "M", "River"],
    ]
    samples.csv_file(tmp_path / "registry" / "survey_wave1.csv", survey)
    result = samples.staged(tmp_path, mapping=written(tmp_path, FOREIGN))
    households = samples.rows(result, "household")
    incomes = samples.rows(result, "annual_income")
    assert [(row["household_id"], row["stated_member_count"]) for row in households] == [("a1", 2), ("a2", 4)]
    assert {row["household_class"] for row in households} == {"ordinary"}
    assert [row["has_safe_water"] for row in households] == [True, False]
    assert [(row["household_id"], row["year"], row["net_fen"]) for row in incomes] == [
        ("a1", 2023, 1_116_200), ("a2", 2023, 750_000),
    ]  # fmt: skip
    assert result.error_count == 0


def test_members_without_numbers_are_read_when_the_mapping_says_so(tmp_path: Path) -> None:
    samples.csv_file(
        tmp_path / "registry" / "persons.csv",
        [["hid", "idno", "sex"], ["a1", "1", "Female"], ["a1", "2", "Male"]],
    )
    mapping = """
["persons.csv"]
feed = "registry_member"
hid = "户编号"
sex = "性别"
["persons.csv".constants]
"证件号码" = ""
["persons.csv".values."性别"]
Female = "女"
Male = "男"
"""
    result = samples.staged(tmp_path, mapping=written(tmp_path, mapping))
    members = samples.rows(result, "member")
    assert [(row["household_id"], row["sex"], row["id_key"]) for row in members] == [
        ("a1", "female", None),
        ("a1", "male", None),
    ]
    assert len({row["person_id"] for row in members}) == 2
    assert result.error_count == 0
    assert result.row_counts["household"] == 1


def test_a_section_named_after_a_feed_adds_synonyms_for_every_file(tmp_path: Path) -> None:
    samples.registry(tmp_path / "registry")
    headers = ["患者", "证件号码", "出院日", "就医类型", "医疗总费用", "花销"]
    samples.xlsx(tmp_path / "deliveries" / "医保_2026年10月.xlsx", {"S": [headers, samples.medical(1)]})
    written(tmp_path / "deliveries", '[medical]\n"出院日" = "结算日期"\n"花销" = "个人自付"\n')
    result = samples.staged(tmp_path)
    assert [row["own_pay_fen"] for row in samples.rows(result, "own_pay_entry")] == [30_000]


def test_the_mapping_of_the_deliveries_folder_is_remembered(tmp_path: Path) -> None:
    path = written(tmp_path, "[medical]\n")
    assert find_mapping([None, tmp_path / "nothing", tmp_path]) == path
    assert find_mapping([tmp_path / "nothing"]) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[a\n", "不是合格的 TOML"), ('hid = "户编号"\n', "应写在一个"),
        ('[medical]\n"x" = "个人自负"\n', "是否想写“个人自付”"),
        ('["a.csv"]\nfeed = "survey"\n', "数据来源“survey”不认识"), ("[medical]\nyear = 23\n", "四位数字"),
        ('[medical]\nmonth = "2023年"\n', "月份应写作"), ('[credit.units]\n"余额" = "美元"\n', "单位应是"),
        ('[credit.units]\n"余额" = -1\n', "单位应是"), ('[credit]\nunits = 3\n', "应是一个小节"),
        ("[credit]\nother = 3\n", "不认识"),
        ('[credit.values]\n"余额" = 3\n', "取值应是一个小节"),
        ('[medical]\n"a" = "x"\n"a" = "y"\n', "不是合格的 TOML"),
    ],
)  # fmt: skip
def test_a_slip_in_a_mapping_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(MappingError, match=reason) as caught:
        read_mapping(written(tmp_path, text))
    assert MAPPING_FILE in str(caught.value)


def test_a_mapping_that_is_missing_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="打不开"):
        read_mapping(tmp_path / "none.toml")
    path = tmp_path / MAPPING_FILE
    path.write_bytes('["医保"]\n'.encode("gb18030"))
    with pytest.raises(MappingError, match="UTF-8"):
        read_mapping(path)


def test_near_headers_are_proposed_and_far_ones_are_not() -> None:
    headers = ["姓名", "证件号码", "结算的日期", "医疗费总费用", "天气"]
    assert propose(headers, "medical") == {"结算的日期": "结算日期", "医疗费总费用": "医疗总费用"}


def test_a_proposal_is_written_commented_out_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / MAPPING_FILE
    write_proposal(path, "medical", "医保.xlsx", ["姓名", "结算的日期", 'odd "name"\n'])
    text = path.read_text(encoding="utf-8")
    assert '# "结算的日期" = "结算日期"' in text
    assert read_mapping(path).for_sheet("医保.xlsx", "").feed == "medical"
    write_proposal(path, "credit", "银行.xlsx", [])
    assert len(read_mapping(path).sections) == 2
    path.write_text(text.replace('# "结算的', '"结算的'), encoding="utf-8")
    assert list(read_mapping(path).for_sheet("医保.xlsx", "").columns.values()) == ["结算日期"]
    assert "可用的标准列名" in proposal_text("health", "x", [])
