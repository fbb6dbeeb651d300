"""The rule language: what it reads, and everything it refuses."""

import pytest

from shouwang.domain.indicators import indicators
from shouwang.engine.expression import ExpressionError, parse
from shouwang.engine.rule_tree import Expression

UNITS = {"monitoring_line": "yuan", "fall_permille": "permille", "pupils_min": "persons", "kind": "text"}


def read(text: str) -> Expression:
    return parse(text, indicators(), UNITS)


def test_indicators_and_parameters_are_listed_in_reading_order() -> None:
    rule = read("is_alleviated AND net_income_per_capita_fen < :monitoring_line AND is_alleviated")

    assert rule.indicators == ("is_alleviated", "net_income_per_capita_fen")
    assert rule.parameters == ("monitoring_line",)
    assert len(rule.leaves) == 3


def test_white_space_and_line_breaks_do_not_change_a_rule() -> None:
    assert read("pupils >= 3\n  AND  has_dropout") == read("pupils >= 3 AND has_dropout")


def test_between_is_two_comparisons() -> None:
    assert read("pupils BETWEEN 1 AND :pupils_min").tree == read("pupils >= 1 AND pupils <= :pupils_min").tree


def test_is_not_null_is_the_negation_of_is_null() -> None:
    assert read("pupils IS NOT NULL").tree == read("NOT pupils IS NULL").tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pupils / 2 > 1", "除法"),
        ("pupils % 2 = 1", "除法"),
        ("pupils // 2 = 1", "写法有误"),
        ("upper(housing_grade) = 'C'", "函数"),
        ("CAST(pupils AS int) > 1", "函数"),
        ("pupils::int > 1", "函数"),
        ("(SELECT 1) > pupils", "函数"),
        ("pupils IN (SELECT 1)", "查询"),
        ("pupils IN (pupils)", "写明的值"),
        ("EXISTS(SELECT 1)", "函数"),
        ("pupils > ALL(SELECT 1)", "函数"),
        ("CASE WHEN has_dropout THEN TRUE END", "函数"),
        ("pupils > 1; DROP TABLE x", "函数"),
        ("pupils || 'x' = 'y'", "函数"),
        ("housing_grade LIKE 'C%'", "函数"),
        ("pupils = member_count = 3", "函数"),
        ("housing_grade = 'C' COLLATE nocase", "函数"),
        ("x.pupils > 1", "没有名为"),
        ("pupil > 1", "没有名为"),
        ("pupils > :nothing", "没有名为"),
        ("pupils > ?", "没有名为"),
        ("pupils > $1", "没有名为"),
        ("pupils > 1.5", "整数"),
        ("pupils > 1e3", "整数"),
        ("pupils", "不是一个条件"),
        ("pupils + 1", "不是一个条件"),
        ("net_income_fen < 6000", "写死的数"),
        ("net_income_fen < pupils", "单位不同"),
        ("net_income_fen + pupils > 0", "单位不同"),
        ("net_income_fen * net_income_fen > 0", "相乘"),
        ("housing_grade + 1 > 0", "文字"),
        ("housing_grade > 'B'", "只能用"),
        ("has_dropout > has_dropout", "只能用"),
        ("housing_grade = 3", "单位不同"),
        ("has_dropout = :kind", "单位不同"),
        ("has_dropout IS TRUE", "IS 之后"),
        ("pupils > ", "写法有误"),
        ("", "写法有误"),
        ("*", "函数"),
        ("(" * 900 + "pupils > 1" + ")" * 900, "嵌套|写法有误"),
        ("pupils > 1" + " AND pupils > 1" * 200, "上限"),
    ],
)
def test_what_is_not_on_the_whitelist_is_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "net_income_fen < 0",
        "income_fall_fen * 1000 >= :fall_permille * previous_net_income_fen",
        "net_income_fen < :monitoring_line * member_count",
        "own_pay_household_fen + education_own_fen > :monitoring_line",
        "housing_grade IN ('C', 'D') OR NOT has_dropout",
        "pupils >= :pupils_min",
        "months_since_identified > 1",
        "pupils > -1 AND TRUE",
        "has_dropout <> is_alleviated",
    ],
)
def test_units_that_fit_are_accepted(text: str) -> None:
    assert read(text).leaves
