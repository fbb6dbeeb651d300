"""The main job from end to end on a small synthetic county."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shouwang.engine.difference import difference
from shouwang.reports.contents import Contents
from shouwang.reports.warning_list import write_warning_list
from tests.cli.conftest import Screening
from tests.cli.world import COUNTY, ON, shouwang

SHEETS = [
    "预警名单",
    "预警明细",
    "重点人群",
    "待核实",
    "临近预警",
    "较上期变化",
    "各村统计",
    "未匹配记录",
    "数据问题",
    "依据",
]


@pytest.fixture(scope="module")
def records(screening: Screening) -> list[dict[str, Any]]:
    return [json.loads(line) for line in screening.outcome.stdout.splitlines()]


@pytest.fixture(scope="module")
def book(screening: Screening) -> Any:
    return openpyxl.load_workbook(screening.out)


def rows(book: Any, sheet: str) -> list[tuple[Any, ...]]:
    return list(book[sheet].iter_rows(min_row=3, values_only=True))


def test_each_line_of_json_is_a_household_with_exactly_these_keys(records: list[dict[str, Any]]) -> None:
    assert records
    for record in records:
        assert list(record) == ["household", "village", "grade", "index", "findings", "near", "unknown"]
        assert isinstance(record["household"], str)
        assert isinstance(record["index"], int)
        assert 0 <= record["index"] <= 100
        for finding in record["findings"]:
            assert list(finding) == ["rule", "pack", "risk", "clause", "values", "parameters", "sources"]
            assert all(isinstance(v, int) for name, v in finding["values"].items() if name.endswith("_fen"))
            for parameter in finding["parameters"].values():
                assert set(parameter) == {"value", "unit", "source"}
        for unknown in record["unknown"]:
            assert set(unknown) == {"rule", "missing"}
    assert len({record["household"] for record in records}) == len(records)


def test_money_in_json_is_integer_fen_and_says_so(records: list[dict[str, Any]]) -> None:
    line = next(
        f["parameters"]["monitoring_line"]
        for r in records
        for f in r["findings"]
        if f["rule"] == "low_income"
    )

    assert line == {"value": 870000, "unit": "fen", "source": "测试文件第一条"}


def test_people_read_standard_error_when_a_machine_reads_standard_output(screening: Screening) -> None:
    assert "筛查完成" in screening.outcome.stderr
    assert "筛查完成" not in screening.outcome.stdout


def test_the_workbook_has_its_sheets_with_frozen_headers_and_filters(book: Any) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9


def test_no_cell_of_the_workbook_is_a_formula(book: Any) -> None:
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_list_and_the_json_name_the_same_households(book: Any, records: list[dict[str, Any]]) -> None:
    listed = {row[2]: row for row in rows(book, "预警名单")}

    assert set(listed) == {record["household"] for record in records if record["findings"]}
    for record in records:
        if record["findings"]:
            assert listed[record["household"]][8:10] == (len(record["findings"]), record["index"])


def test_the_list_begins_with_the_gravest_and_colours_the_grade(book: Any) -> None:
    grades = [row[0] for row in rows(book, "预警名单")]
    order = ["红色", "黄色", "蓝色"]

    assert grades == sorted(grades, key=order.index)
    assert book["预警名单"]["A3"].fill.fgColor.rgb == "FFF8B4B4"


def test_every_warning_shows_reason_both_sides_parameter_clause_and_source_row(book: Any) -> None:
    detail = rows(book, "预警明细")

    assert detail
    for row in detail:
        rule, reason, evidence, parameters, clause, pack, sources = row[6], *row[8:]
        assert reason.endswith("。")
        assert "成立" in evidence
        assert clause.startswith("测试文件第")
        assert pack == "small"
        if rule == "人均纯收入低于监测范围":
            assert "8,700元" in evidence
            assert "测试文件第一条" in parameters
        assert "行" in sources


def test_a_reference_figure_is_said_to_be_one(book: Any) -> None:
    assert any("11,559.50元(参考值)" in str(row[2]) for row in rows(book, "依据") if row[0] == "标准参数")


def test_the_villages_add_up(book: Any, screening: Screening) -> None:
    *villages, total = rows(book, "各村统计")
    numbers = [column for column in range(2, len(total)) if isinstance(total[column], int)]

    assert total[0] == "合计"
    assert total[2] == 300
    for column in numbers:
        assert total[column] == sum(row[column] for row in villages)
    warned = sum(len(row) > 0 for row in rows(openpyxl.load_workbook(screening.out), "预警名单"))
    header = [cell.value for cell in book["各村统计"][2]]
    assert total[header.index("预警户")] == warned


def test_rules_without_a_parameter_or_without_facts_are_told_for_all_households(book: Any) -> None:
    everyone = [row for row in rows(book, "待核实") if row[0] == "全部农户"]

    assert any("本地未定参数:unset_line" in row[6] and "未定参数的规则" in row[8] for row in everyone)


def test_the_basis_names_run_pack_rules_and_what_was_delivered(book: Any, screening: Screening) -> None:
    basis = rows(book, "依据")
    kinds = {row[0] for row in basis}

    assert {"本次运行", "政策包", "收入计算", "标准参数", "收入项目", "数据", "规则·预警"} >= kinds - {
        "提示",
        "分级",
        "规则·重点人群",
        "规则·拟归类别",
        "规则·未适用",
    }
    assert any(row[2] == screening.run.header.id for row in basis)
    assert any(
        str(row[1]).startswith("自付过高") and "并非“是未消除风险的监测对象”" in row[2] for row in basis
    )
    assert any(row[0] == "数据" and row[1] == "医保" and "24个月" in row[2] for row in basis)


def test_rows_left_out_are_listed_without_anybodys_name_or_number(book: Any, screening: Screening) -> None:
    unmatched = rows(book, "未匹配记录")

    assert len(unmatched) == screening.run.header.counts["unmatched"] > 0
    assert all(len(row) == 6 and row[1].startswith(row[0]) and isinstance(row[3], int) for row in unmatched)
    assert rows(book, "数据问题")
    assert (screening.out.parent / "错误.xlsx").is_file()


def test_a_run_compared_with_itself_has_only_households_that_are_still_there(
    screening: Screening, tmp_path: Path
) -> None:
    changes = difference(screening.run, screening.run)
    write_warning_list(tmp_path / "a.xlsx", Contents(screening.run, changes=changes, previous=screening.run))
    listed = rows(openpyxl.load_workbook(tmp_path / "a.xlsx"), "较上期变化")

    assert {row[0] for row in listed} == {"仍在"}
    assert all(row[6] == row[7] for row in listed)


def test_the_same_run_gives_the_same_workbook_byte_for_byte(screening: Screening, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_warning_list(tmp_path / name, Contents(screening.run))

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_but_the_outputs_stays_behind(screening: Screening) -> None:
    names = {path.name for path in screening.out.parent.iterdir()}

    assert names == {"county", "packs", "var", "预警.xlsx", "预警.run", "错误.xlsx"}


def test_the_key_of_the_blind_index_is_for_its_owner_only(screening: Screening) -> None:
    key = screening.out.parent / "var" / "blind.key"

    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o777 == 0o600


def test_explain_tells_what_holds_with_sources_and_why_the_rest_does_not(
    screening: Screening, records: list[dict[str, Any]]
) -> None:
    household = next(r["household"] for r in records if any(f["rule"] == "low_income" for f in r["findings"]))
    told = shouwang("explain", household, "--run", screening.run.folder)

    assert told.code == 0
    assert "✓ 人均纯收入低于监测范围" in told.stdout
    assert "条款:测试文件第一条(small)" in told.stdout
    assert "行" in told.stdout
    assert "不成立的规则" in told.stdout


def test_explain_as_json_answers_every_rule(screening: Screening, records: list[dict[str, Any]]) -> None:
    told = shouwang("explain", records[0]["household"], "--run", screening.run.folder, "--json")
    answered = json.loads(told.stdout)

    assert {rule["rule"] for rule in answered["rules"]} == {
        "low_income",
        "own_pay",
        "petitioned",
        "elderly",
        "class_unstable",
    }
    assert {rule["rule"] for rule in answered["rules"] if rule["holds"] and rule["kind"] == "预警"} == {
        finding["rule"] for finding in answered["findings"]
    }


def test_explain_refuses_a_household_or_a_folder_it_does_not_know(
    screening: Screening, tmp_path: Path
) -> None:
    assert "没有这个户编号" in shouwang("explain", "0", "--run", screening.run.folder).stderr
    refused = shouwang("explain", "0", "--run", tmp_path)
    assert refused.code == 1
    assert "run.json" in refused.stderr
    assert shouwang("explain", "0").code == 2


def test_check_reads_and_reports_and_writes_nothing(screening: Screening, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.rglob("*"))
    told = shouwang("check", screening.county / "registry" / "家庭成员信息.xlsx", "--on", ON)

    assert told.code == 1
    assert "家庭成员信息" in told.stdout
    assert "证件号码" in told.stdout
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_pack_by_name_screens_every_household(screening: Screening, tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    told = shouwang(
        "screen",
        "--registry",
        screening.county / "registry",
        "--division",
        COUNTY,
        "--on",
        ON,
        "--out",
        out,
        "--packs",
        screening.packs,
        "--pack",
        "small",
        "--previous",
        screening.run.folder,
    )

    assert told.code == 0, told.stderr
    assert "较上期" in told.stdout
    assert "本次没有的数据:医保" in told.stdout
    assert [row for row in rows(openpyxl.load_workbook(out), "待核实") if row[0] == "全部农户"]
