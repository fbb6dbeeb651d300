"""Screening whole tables: three answers, places with different lines in one pass, grades, index and class."""

from datetime import date

import pytest

from shouwang.domain.policy import NoPolicyError, PackError, PackLibrary
from shouwang.engine.findings import finding_table, near_table, unknown_table
from shouwang.engine.policy_table import policy_table
from tests.engine.small_world import ON, answers, household, pack, parameter, rule, screen_rows

LOW = rule(
    "low_income", "net_income_per_capita_fen < :line", risk="income", grade="red", part="income", points=30
)
HOUSE = rule("house", "is_housing_unsafe", risk="housing", grade="yellow", part="guarantees", points=20)


def national(*rules: object, **more: object) -> PackLibrary:
    parameters = more.pop("parameters", (parameter("line", 600_000),))
    parts = {"income": 40, "guarantees": 25}
    return PackLibrary([pack("nation", "", rules, parameters, index_parts=parts, **more)])  # type: ignore[arg-type]


def statement(household_id: str, net_fen: int | None, year: int = 2024) -> dict[str, object]:
    return {"household_id": household_id, "year": year, "net_fen": net_fen}


def one(screened: object, household_id: str) -> dict[str, object]:
    rows = screened.households.to_pyarrow().to_pylist()  # type: ignore[attr-defined]
    return next(row for row in rows if row["household_id"] == household_id)


def test_a_rule_is_true_false_or_unknown_household_by_household() -> None:
    screened = screen_rows(
        national(LOW),
        household=[household("h1"), household("h2"), household("h3")],
        annual_income=[statement("h1", 1_799_997), statement("h2", 1_800_000)],
    )

    assert answers(screened, "low_income") == {"h1": True, "h2": False, "h3": None}
    assert one(screened, "h1")["is_flagged"] is True
    assert one(screened, "h2")["is_pending"] is False
    assert one(screened, "h3")["is_pending"] is True
    assert one(screened, "h3")["is_flagged"] is False


def test_two_counties_with_different_lines_are_screened_in_one_pass() -> None:
    library = PackLibrary(
        [
            pack("nation", "", [LOW], [parameter("line", 600_000)]),
            pack("county", "340323", [], [parameter("line", 700_000)]),
        ]
    )
    screened = screen_rows(
        library,
        household=[household("h1"), household("h2", "340323100200"), household("h3", None)],
        annual_income=[statement(h, 1_950_000) for h in ("h1", "h2", "h3")],
    )

    assert answers(screened, "low_income") == {"h1": False, "h2": True, "h3": False}


def test_a_narrower_packs_rule_replaces_its_namesake_there_and_only_there() -> None:
    stricter = rule("low_income", "net_income_per_capita_fen <= :line", risk="income", grade="yellow")
    library = PackLibrary(
        [pack("nation", "", [LOW], [parameter("line", 600_000)]), pack("hainan", "46", [stricter], [])]
    )
    screened = screen_rows(
        library,
        household=[household("h1"), household("h2", "460100100200")],
        annual_income=[statement("h1", 1_800_000), statement("h2", 1_800_000)],
    )

    assert answers(screened, "low_income") == {"h1": False, "h2": True}
    assert one(screened, "h2")["grade"] == "yellow"


def test_places_may_count_income_over_different_windows() -> None:
    window = parameter("income_window", "fixed", "text")
    fixed = [
        window,
        parameter("income_window_from", "2020-06-01", "text"),
        parameter("income_window_to", "2021-06-01", "text"),
    ]
    library = PackLibrary(
        [pack("nation", "", [LOW], [parameter("line", 600_000)]), pack("county", "340323", [], fixed)]
    )
    months = [date(2020 + m // 12, m % 12 + 1, 1) for m in range(5, 66)]
    entries = [
        {
            "household_id": h,
            "month": month,
            "item": "migrant_wage",
            "amount_fen": 100_000 if month.year > 2021 else 200_000,
        }
        for h in ("h1", "h2")
        for month in months
    ]
    screened = screen_rows(
        library, household=[household("h1"), household("h2", "340323100200")], income_entry=entries
    )

    assert one(screened, "h1")["net_income_per_capita_fen"] == 400_000
    assert one(screened, "h2")["net_income_per_capita_fen"] == 800_000
    assert answers(screened, "low_income") == {"h1": True, "h2": False}


def test_a_rule_whose_parameter_the_place_never_set_is_not_asked_there() -> None:
    burden = rule("burden", "stated_own_pay_fen > :own_pay_line")
    library = PackLibrary(
        [
            pack("nation", "", [burden], [parameter("own_pay_line", 1_868_400, since=date(2030, 1, 1))]),
            pack("province", "36", [], [parameter("own_pay_line", 1_868_400)]),
        ]
    )
    screened = screen_rows(
        library,
        household=[
            household("h1", compliant_own_pay_fen=2_000_000),
            household("h2", "361023100200", compliant_own_pay_fen=2_000_000),
        ],
    )

    assert one(screened, "h1")["is_flagged"] is False
    assert one(screened, "h1")["is_pending"] is False
    assert one(screened, "h2")["is_flagged"] is True
    assert [(n.rule.name, n.missing) for n in screened.table.not_applicable] == [
        ("burden", ("own_pay_line",))
    ]


def test_what_nobodys_facts_can_answer_is_a_notice_of_the_run_not_of_each_household() -> None:
    illness = rule("illness", "new_serious_illness_persons > 0")
    screened = screen_rows(
        national(LOW, illness), household=[household("h1")], annual_income=[statement("h1", 3_000_000)]
    )

    assert one(screened, "h1")["is_pending"] is False
    assert [v.rule.name for v in screened.table.variants if v.column in screened.unjudged] == ["illness"]
    assert unknown_table(screened).to_pyarrow().num_rows == 0


def test_the_gravest_grade_wins_and_points_are_held_to_each_parts_cap() -> None:
    many = rule("relocated", "is_relocated", grade="blue", part="income", points=30)
    screened = screen_rows(
        national(LOW, HOUSE, many),
        household=[
            household("h1", housing_grade="D", is_relocated=True),
            household("h2", housing_grade="A", is_relocated=False),
        ],
        annual_income=[statement("h1", 100), statement("h2", 9_000_000)],
    )

    found = one(screened, "h1")
    assert (found["grade"], found["index_income"], found["index_guarantees"], found["index"]) == (
        "red",
        40,
        20,
        60,
    )
    assert (one(screened, "h2")["grade"], one(screened, "h2")["index"]) == (None, 0)


def test_the_class_is_the_first_class_rule_that_holds() -> None:
    classes = [
        rule("class_unstable", "is_alleviated AND net_income_per_capita_fen < :line", kind="class"),
        rule("class_borderline", "is_ordinary AND net_income_per_capita_fen < :line", kind="class"),
    ]
    screened = screen_rows(
        national(*classes),
        household=[
            household("h1"),
            household("h2", household_class="alleviated"),
            household("h3", household_class=None),
        ],
        annual_income=[statement(h, 100) for h in ("h1", "h2", "h3")],
    )

    assert {h: one(screened, h)["suggested_class"] for h in ("h1", "h2", "h3")} == {
        "h1": "borderline", "h2": "unstable", "h3": "unknown",
    }  # fmt: skip


def test_findings_name_rule_pack_grade_and_risk_once_per_household() -> None:
    screened = screen_rows(
        national(LOW, HOUSE),
        household=[household("h1", housing_grade="C"), household("h2", housing_grade="B")],
        annual_income=[statement("h1", 100), statement("h2", 100)],
    )

    found = finding_table(screened).order_by("household_id", "rule").to_pyarrow().to_pylist()
    assert [(f["household_id"], f["rule"], f["pack"], f["rule_grade"], f["risk"]) for f in found] == [
        ("h1", "house", "nation", "yellow", "housing"),
        ("h1", "low_income", "nation", "red", "income"),
        ("h2", "low_income", "nation", "red", "income"),
    ]


@pytest.mark.parametrize(
    ("net_fen", "is_near"), [(1_799_999, False), (1_800_000, True), (1_980_000, True), (1_980_300, False)]
)
def test_a_near_miss_fails_one_number_by_a_tenth_at_most(net_fen: int, is_near: bool) -> None:
    both = rule("both", "is_ordinary AND net_income_per_capita_fen < :line")
    screened = screen_rows(
        national(both), household=[household("h1")], annual_income=[statement("h1", net_fen)]
    )

    near = near_table(screened).to_pyarrow().to_pylist()
    assert [(n["rule"], n["leaf"]) for n in near] == ([("both", 1)] if is_near else [])


def test_a_household_that_fails_another_condition_is_not_near() -> None:
    both = rule("both", "is_alleviated AND net_income_per_capita_fen < :line")
    screened = screen_rows(
        national(both), household=[household("h1")], annual_income=[statement("h1", 1_800_000)]
    )

    assert near_table(screened).to_pyarrow().num_rows == 0


def test_a_household_whose_facts_are_missing_is_listed_under_the_rule() -> None:
    screened = screen_rows(
        national(LOW), household=[household("h1"), household("h2")], annual_income=[statement("h2", 100)]
    )

    assert [u["household_id"] for u in unknown_table(screened).to_pyarrow().to_pylist()] == ["h1"]


def test_a_date_before_any_pack_is_refused() -> None:
    with pytest.raises(NoPolicyError, match="最早的政策包自2021-01-01起施行"):
        policy_table(national(LOW), [None], "530521", date(2019, 1, 1))


def test_a_rule_that_cannot_be_read_names_its_pack() -> None:
    with pytest.raises(PackError, match=r"政策包“nation”的规则“bad”.*除法"):
        _ = policy_table(national(rule("bad", "member_count / 2 > 1")), [None], "530521", ON).variants


def test_a_fixed_window_without_its_days_is_refused() -> None:
    library = national(LOW, parameters=(parameter("line", 1), parameter("income_window", "fixed", "text")))

    with pytest.raises(PackError, match="缺少参数"):
        _ = policy_table(library, [None], "530521", ON).regimes


def test_a_share_of_a_high_line_does_not_overflow() -> None:
    share = rule("share", "net_income_per_capita_fen * 1000 < :near_line * :line")
    high = national(
        share, parameters=(parameter("line", 1_956_000), parameter("near_line", 1_200, "permille"))
    )
    screened = screen_rows(high, household=[household("h1")], annual_income=[statement("h1", 3 * 2_347_199)])

    assert answers(screened, "share") == {"h1": True}
