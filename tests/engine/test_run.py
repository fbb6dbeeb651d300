"""A run kept in a folder: it explains itself, is reproducible, and is compared with the last."""

import json
from pathlib import Path

import pytest

from shouwang.domain.policy import PackLibrary
from shouwang.engine.difference import difference
from shouwang.engine.results import Results
from shouwang.engine.run import Run, RunError, read_run, write_run
from tests.engine.small_world import COUNTY, household, pack, parameter, rule, screen_rows

LOW = rule(
    "low_income",
    "is_ordinary AND net_income_per_capita_fen < :line",
    risk="income",
    grade="red",
    part="income",
    points=30,
    reason="人均纯收入{net_income_per_capita_fen},低于{:line}",
)
HOUSE = rule(
    "house", "housing_grade IN ('C', 'D')", risk="housing", grade="yellow", part="guarantees", points=20
)
FALL = rule("fall", "income_fall_fen * 1000 >= :share * previous_net_income_fen", risk="income", grade="blue")
LIBRARY = PackLibrary(
    [
        pack(
            "nation",
            "",
            [LOW, HOUSE, FALL],
            [parameter("line", 600_000), parameter("share", 500, "permille")],
            index_parts={"income": 40, "guarantees": 25},
        )
    ]
)


def keep(folder: Path, *households: dict[str, object], incomes: dict[str, int | None]) -> Run:
    """Screen and keep households with last year's net income in fen."""
    statements = [{"household_id": h, "year": 2024, "net_fen": fen} for h, fen in incomes.items()]
    screened = screen_rows(LIBRARY, household=households, annual_income=statements)
    folder.mkdir()
    write_run(screened, folder, county=COUNTY, notices=["测试提示"])
    return read_run(folder)


def test_a_finding_explains_itself_from_the_run_alone(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", household("h1", housing_grade="D"), incomes={"h1": 1_500_000})

    result = Results(run).household("h1")
    low = next(finding for finding in result.findings if finding.rule == "low_income")

    assert low.reason == "人均纯收入5,000元,低于6,000元。"
    assert low.clause == "测试文件一"
    assert low.values == {"is_ordinary": True, "net_income_per_capita_fen": 500_000}
    assert [(p.name, p.text, p.source) for p in low.parameters] == [("line", "6,000元", "测试文件:line")]
    assert [(e.left, e.operator, e.right, e.holds) for e in low.evidence] == [
        ("是", "为", "是", True),
        ("5,000元", "低于", "6,000元", True),
    ]
    assert {(s.file, s.row_no) for s in low.sources} == {("户信息.xlsx", 2)}
    assert (result.grade, result.index, result.parts) == ("red", 50, {"income": 30, "guarantees": 20})
    assert result.risks == ["housing", "income"]


def test_a_share_rule_shows_both_sides_as_amounts(tmp_path: Path) -> None:
    statements = [
        {"household_id": "h1", "year": 2024, "net_fen": 1_000_000},
        {"household_id": "h1", "year": 2023, "net_fen": 4_000_000},
    ]
    screened = screen_rows(LIBRARY, household=[household("h1")], annual_income=statements)
    write_run(screened, tmp_path, county=COUNTY)

    result = Results(read_run(tmp_path)).household("h1")
    fall = next(finding for finding in result.findings if finding.rule == "fall")

    assert [(e.left, e.operator, e.right) for e in fall.evidence] == [("30,000元", "达到", "20,000元")]


def test_unknown_and_near_are_told_apart_from_safe(tmp_path: Path) -> None:
    run = keep(
        tmp_path / "run",
        household("h1"),
        household("h2", housing_grade="A"),
        household("h3", housing_grade="A"),
        incomes={"h2": 1_890_000, "h3": 9_000_000},
    )

    found = {result.household_id: result for result in Results(run).households()}

    assert {u.rule: u.missing for u in found["h1"].unknown} == {
        "low_income": ("net_income_per_capita_fen",), "house": ("housing_grade",),
    }  # fmt: skip
    assert [n.text for n in found["h2"].near] == ["人均纯收入6,300元,未低于6,000元"]
    assert (found["h3"].near, found["h3"].unknown, found["h3"].findings) == ([], [], [])
    assert found["h1"].is_pending
    assert not found["h3"].is_pending


def test_the_same_input_gives_the_same_run(tmp_path: Path) -> None:
    first = keep(tmp_path / "a", household("h1"), household("h2"), incomes={"h1": 1, "h2": 9_000_000})
    second = keep(tmp_path / "b", household("h2"), household("h1"), incomes={"h2": 9_000_000, "h1": 1})

    assert first.header.id == second.header.id
    for name in ("finding", "unknown", "near"):
        assert (tmp_path / "a" / f"{name}.parquet").read_bytes() == (
            tmp_path / "b" / f"{name}.parquet"
        ).read_bytes()


def test_the_difference_names_new_still_gone_and_changed_households(tmp_path: Path) -> None:
    before = keep(
        tmp_path / "before",
        household("stays", housing_grade="A"),
        household("leaves", housing_grade="A"),
        household("worsens", housing_grade="C"),
        household("eases", housing_grade="C"),
        household("moves", housing_grade="D"),
        household("comes", housing_grade="A"),
        incomes={"stays": 1, "leaves": 1, "worsens": 9_000_000, "eases": 1, "moves": 1, "comes": 9_000_000},
    )
    now = keep(
        tmp_path / "now",
        household("stays", housing_grade="A"),
        household("leaves", housing_grade="A"),
        household("worsens", housing_grade="C"),
        household("eases", housing_grade="C"),
        household("comes", housing_grade="D"),
        incomes={"stays": 1, "leaves": 9_000_000, "worsens": 1, "eases": 9_000_000, "comes": 9_000_000},
    )

    changes = {change.household_id: change for change in difference(before, now)}

    assert {h: c.change for h, c in changes.items()} == {
        "stays": "still",
        "leaves": "gone",
        "worsens": "graver",
        "eases": "lighter",
        "moves": "gone",
        "comes": "new",
    }
    assert changes["worsens"].rules_come == ("low_income",)
    assert changes["eases"].rules_gone == ("low_income",)
    assert not changes["moves"].is_in_registry
    assert changes["leaves"].is_in_registry


def test_a_run_is_unchanged_against_itself(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", household("h1"), incomes={"h1": 1})

    assert {change.change for change in difference(run, run)} == {"still"}


def test_a_household_the_run_does_not_hold_is_refused_without_naming_it(tmp_path: Path) -> None:
    run = keep(tmp_path / "run", household("h1"), incomes={"h1": 1})

    with pytest.raises(RunError, match="没有这个户编号"):
        Results(run).household("h9")


@pytest.mark.parametrize("content", ["", "{}", '{"id": "x"}', "[1]"])
def test_a_broken_run_folder_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")

    with pytest.raises(RunError, match="无法读取"):
        read_run(tmp_path)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"缺少 run\.json"):
        read_run(tmp_path)


def test_a_run_of_another_format_is_refused(tmp_path: Path) -> None:
    keep(tmp_path / "run", household("h1"), incomes={"h1": 1})
    path = tmp_path / "run" / "run.json"
    path.write_text(
        json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8"
    )

    with pytest.raises(RunError, match="格式 99"):
        read_run(tmp_path / "run")
