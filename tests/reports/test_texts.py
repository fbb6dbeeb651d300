"""Rules in words, clauses cut short, source rows, and rows high enough for their text."""

from hypothesis import given
from hypothesis import strategies as st

from shouwang.engine.explanation import LeafEvidence
from shouwang.engine.results import SourceRow
from shouwang.exchange.writing import Column
from shouwang.reports.contents import fitted, numbered, risk_names, short_clause, source_lines
from shouwang.reports.policy_texts import condition_words, machine_unit
from shouwang.reports.warning_rows import evidence_line, speaking

LABELS = {"line": "监测范围", "share": "占比"}
UNITS = {"line": "yuan", "share": "permille"}


def words(when: str) -> str:
    return condition_words(when, LABELS, UNITS)


def test_a_comparison_reads_as_a_sentence_part() -> None:
    assert words("net_income_per_capita_fen < :line") == "人均纯收入低于【监测范围】"
    assert words("petitions >= 1") == "信访件数达到1次"
    assert words("housing_grade IN ('C', 'D')") == "住房安全等级为C或D"
    assert words("net_income_fen IS NULL") == "家庭年纯收入未知"


def test_a_share_without_division_reads_as_a_share() -> None:
    assert (
        words("rigid_spending_fen * 1000 >= :share * net_income_fen") == "刚性支出达到家庭年纯收入的【占比】"
    )


def test_and_or_not_keep_their_grouping() -> None:
    assert words("is_alleviated AND (is_relocated OR NOT is_monitored)") == (
        "是脱贫户,且(易地搬迁户,或并非“是未消除风险的监测对象”)"
    )


def test_yuan_are_told_to_machines_as_fen() -> None:
    assert [machine_unit(unit) for unit in ("yuan", "permille")] == ["fen", "permille"]


def test_a_clause_is_cut_to_its_first_document_without_the_quotation() -> None:
    assert short_clause("甲文件（一）“原文……”；乙文件（二）") == "甲文件（一）"
    assert short_clause("甲文件") == "甲文件"


def test_source_rows_are_grouped_by_sheet_ledgers_last_and_the_rest_is_counted() -> None:
    rows = [
        SourceRow("收支台账.csv", "", 5, "ledger", 100), SourceRow("医保.xlsx", "医保", 7, "medical", 9),
        SourceRow("医保.xlsx", "医保", 3, "medical", 8),
    ]  # fmt: skip

    assert source_lines(rows, 3) == "医保.xlsx/医保/第3、7行\n收支台账.csv/第5行"
    assert source_lines(rows, 9, most_files=1) == "医保.xlsx/医保/第3、7行\n……共9行"
    assert source_lines(rows, 9, most_files=1, rest="其余略") == "医保.xlsx/医保/第3、7行\n其余略"


def test_numbering_begins_with_the_second_sentence() -> None:
    assert numbered([]) == ""
    assert numbered(["一。"]) == "一。"
    assert numbered(["一。", "二。"]) == "1. 一。\n2. 二。"


def test_risks_are_named_once() -> None:
    assert risk_names(["medical", None, "medical", "school"]) == "因病、因学"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), max_size=4))
def test_a_row_is_as_high_as_its_longest_text_and_no_higher_than_a_sheet_allows(texts: list[str]) -> None:
    columns = [Column("列", 10) for _ in texts]
    row = fitted(columns, texts)

    assert row.values == texts
    assert row.height is None or 14 < row.height <= 409


def test_a_long_chinese_text_gets_more_height_than_a_short_one() -> None:
    column = [Column("列", 10)]
    short, long = fitted(column, ["短"]), fitted(column, ["很长的一句话" * 5])

    assert short.height is None
    assert long.height is not None
    assert long.height > 80


def leaf(indicator: str, holds: bool | None) -> LeafEvidence:
    return LeafEvidence("甲×1000低于乙", "1", "低于", "2", holds, (indicator,), ())


def test_evidence_keeps_what_holds_and_what_a_not_denies() -> None:
    evidence = [
        leaf("is_alleviated", False),
        leaf("is_monitored", False),
        leaf("petitions", True),
        leaf("pupils", None),
    ]
    kept = speaking(evidence, "(is_alleviated OR petitions >= 1) AND NOT is_monitored")

    assert [each.indicators for each in kept] == [("is_monitored",), ("petitions",)]


def test_evidence_shows_both_sides_without_the_thousandfold() -> None:
    assert evidence_line(leaf("petitions", True)) == "甲低于乙:1 对 2,成立"
    flag = LeafEvidence("是脱贫户为是", "否", "为", "是", False, ("is_alleviated",), ())
    assert evidence_line(flag) == "是脱贫户:否"
