"""What the packs hold: labelled, sourced and dated, every rule tried, every seed's figure in place."""

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from shouwang.domain.pack_files import FAMILIES, default_packs_folder, load_library
from shouwang.domain.policy import Pack, PackLibrary, Rule
from shouwang.domain.tables import INCOME_ITEMS, RISKS

INCOME_WINDOWS = {
    "same_month_last_year",
    "twelve_months_before_day",
    "twelve_months_before_procedure",
    "fixed",
}


@cache
def library() -> PackLibrary:
    return load_library(default_packs_folder())


PACKS = sorted(library().packs.values(), key=lambda pack: pack.id)
RULES = [
    pytest.param(pack, rule, id=f"{pack.id}:{rule.name}") for pack in PACKS for rule in pack.rules.values()
]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_parameter_has_label_source_and_dates(pack: Pack) -> None:
    assert pack.source
    assert pack.parameters
    for parameter in pack.parameters.values():
        assert parameter.label
        for value in parameter.values:
            assert value.source, parameter.name
            assert value.from_date >= pack.in_force_from, parameter.name
            assert pack.in_force_to is None or value.from_date <= pack.in_force_to, parameter.name
            assert not value.is_reference or value.note or value.source, parameter.name


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_no_pack_is_older_than_the_first_national_opinion(pack: Pack) -> None:
    assert pack.in_force_from >= date(2020, 3, 20)
    assert all(value.from_date >= date(2020, 1, 1) for p in pack.parameters.values() for value in p.values)


@pytest.mark.parametrize(("pack", "rule"), RULES)
def test_every_rule_is_tried_true_false_and_unknown(pack: Pack, rule: Rule) -> None:
    expected = {case.expect for case in pack.cases if case.rule == rule.name}
    assert expected == {True, False, None}
    assert len({case.title for case in pack.cases if case.rule == rule.name}) >= 3


@pytest.mark.parametrize(("pack", "rule"), RULES)
def test_every_rule_has_a_source_and_a_warning_its_reason_and_codes(pack: Pack, rule: Rule) -> None:
    assert rule.source
    if rule.kind == "warning":
        assert rule.risk in RISKS
        assert rule.grade in library().resolve_named(pack.id, pack.in_force_from).grade_scale
        assert rule.reason
        assert not rule.reason.endswith("。"), "the sentence is joined to others"
        assert rule.part is not None
    if rule.kind in ("focus", "class"):
        assert (rule.risk, rule.grade, rule.points) == (None, None, 0)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_warning_that_holds_has_a_grade_of_the_scale(pack: Pack) -> None:
    policy = library().resolve_named(pack.id, pack.in_force_from)
    for rule, giver in policy.rules.values():
        assert rule.kind != "warning" or rule.grade in policy.grade_scale, (giver.id, rule.name)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_titles_of_a_rules_cases_differ(pack: Pack) -> None:
    seen = defaultdict(list)
    for case in pack.cases:
        seen[case.rule, case.on].append(case.title)
    for titles in seen.values():
        assert len(titles) == len(set(titles)), titles


def test_the_national_pack_has_rules_of_every_family_and_enough_of_them() -> None:
    rules = library().packs["cn-2021"].rules.values()
    warnings = [rule for rule in rules if rule.kind == "warning"]
    assert len(warnings) >= 60
    assert {rule.family for rule in warnings} >= set(FAMILIES)
    assert [rule.name for rule in rules if rule.kind == "class"] == [
        "class_unstable",
        "class_borderline",
        "class_sudden",
    ]


def test_red_is_kept_for_the_grave() -> None:
    warnings = [rule for rule in library().packs["cn-2021"].rules.values() if rule.kind == "warning"]
    assert sum(rule.grade == "red" for rule in warnings) * 4 <= len(warnings)


@pytest.mark.parametrize("day", [date(2020, 3, 20), date(2021, 6, 1), date(2026, 11, 1)])
def test_the_nation_says_what_the_engine_itself_asks(day: date) -> None:
    parameters = library().resolve("", day).parameters
    wanted = {f"counts_{item.name}" for item in INCOME_ITEMS.values() if not item.is_cost}
    assert wanted <= set(parameters)
    assert not {name for name in parameters if name.startswith("counts_")} - wanted
    assert parameters["income_window"].value in INCOME_WINDOWS
    assert parameters["near_permille"].value == 100
    assert sum(library().resolve("", day).index_parts.values()) == 100


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_income_windows_are_known_and_a_fixed_one_says_from_when_to_when(pack: Pack) -> None:
    parameters = library().resolve_named(pack.id, pack.in_force_from).parameters
    assert parameters["income_window"].value in INCOME_WINDOWS
    if parameters["income_window"].value == "fixed":
        first, last = (str(parameters[f"income_window_{end}"].value) for end in ("from", "to"))
        assert date.fromisoformat(first) < date.fromisoformat(last)


@pytest.mark.parametrize(
    ("division", "day", "line"),
    [
        ("530521", date(2020, 4, 1), 6000),
        ("431002", date(2020, 6, 1), 5000),
        ("431002", date(2021, 6, 1), 6000),
        ("520621", date(2020, 6, 1), 4000),
        ("610824", date(2021, 6, 1), 6000),
        ("632801", date(2021, 6, 1), 6000),
        ("460105", date(2021, 6, 1), 6500),
        ("620702", date(2021, 6, 1), 6500),
        ("620702", date(2022, 6, 1), 6500),
        ("620702", date(2023, 6, 1), 7200),
        ("620702", date(2024, 6, 1), 7800),
        ("340323", date(2022, 6, 30), 7000),
        ("421223", date(2022, 6, 30), 6900),
        ("361023", date(2022, 6, 30), 6900),
        ("410581", date(2023, 6, 30), 7500),
        ("410581", date(2024, 6, 30), 8300),
        ("532328", date(2023, 6, 30), 8050),
        ("532328", date(2025, 6, 30), 8700),
        ("350121", date(2023, 6, 30), 10560),
        ("350526", date(2024, 6, 30), 19560),
        ("530521", date(2025, 6, 30), 8700),
        ("620171", date(2025, 6, 30), 8600),
        ("430682107001", date(2024, 9, 3), 6000),
    ],
)
def test_the_monitoring_line_of_a_place_and_day(division: str, day: date, line: int) -> None:
    assert library().resolve(division, day).parameters["monitoring_line"].value == line * 100


@pytest.mark.parametrize(
    ("pack", "day", "line"),
    [
        ("s1-subdistrict-2021", date(2021, 7, 1), 6500),
        ("example-s3-11", date(2021, 6, 1), 6000),
        ("example-s3-13", date(2020, 6, 1), 5000),
        ("example-line-8800-2024", date(2024, 3, 14), 8800),
    ],
)
def test_the_monitoring_line_of_a_hidden_place(pack: str, day: date, line: int) -> None:
    assert library().packs[pack].is_hidden_place
    assert library().resolve_named(pack, day).parameters["monitoring_line"].value == line * 100


def test_jiangxi_2022_gives_its_three_figures() -> None:
    parameters = library().resolve("361023", date(2022, 6, 30)).parameters
    names = ("monitoring_line", "own_pay_line_ordinary", "own_pay_line_alleviated")
    assert [parameters[name].value for name in names] == [690000, 1868400, 934200]
    assert all(parameters[name].pack.id == "jiangxi-2022" for name in names)
    assert not any(parameters[name].dated.is_reference for name in names)


def test_hainan_compares_with_at_most() -> None:
    rules = library().resolve("46", date(2021, 6, 1)).rules
    assert rules["low_income"][0].when == "net_income_per_capita_fen <= :monitoring_line"
    assert library().resolve("53", date(2021, 6, 1)).rules["low_income"][0].when.count("<=") == 0


def test_the_national_own_pay_lines_are_the_whole_and_the_half_of_last_years_income_for_reference() -> None:
    for year in range(2021, 2026):
        parameters = library().resolve("", date(year, 6, 1)).parameters
        income = parameters["rural_disposable_income"].value
        assert parameters["own_pay_line_ordinary"].value == income
        assert parameters["own_pay_line_alleviated"].value * 2 == income  # type: ignore[operator]
        assert parameters["own_pay_line_ordinary"].dated.is_reference
    assert library().resolve("", date(2026, 6, 1)).parameters["own_pay_line_ordinary"].is_stale


def test_the_calendar_and_the_green_grade_of_the_examples() -> None:
    day = date(2020, 6, 1)
    calendar = library().resolve_named("example-s3-12", day).parameters
    names = ("group_survey_day", "village_report_day", "helper_unit_report_day", "township_report_day")
    assert [calendar[name].value for name in names] == [17, 20, 25, 30]
    colours = library().resolve_named("example-s3-13", day)
    assert colours.grade_scale == ("red", "yellow", "green")
    assert [rule.grade for rule, _ in colours.rules.values() if rule.kind == "grade"] == [
        "red",
        "yellow",
        "green",
    ]
    assert colours.parameters["has_public_notice"].value is False
