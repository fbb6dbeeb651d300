"""Planted truth against the clean facts, family by family, in plain loops over the same county."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shouwang.synthetic import FAMILIES, County, Thresholds, find_truths
from shouwang.synthetic.dirt import lost_through, plan_dirt
from shouwang.synthetic.facts import ages_on, count_facts, nothing_lost
from shouwang.synthetic.frames import Frame

LINES = Thresholds()
EVERY_FAMILY = tuple(family.code for family in FAMILIES)


def rows_of(frame: Frame) -> Iterator[dict[str, object]]:
    """Yield a frame's rows as dictionaries."""
    names = list(frame)
    for values in zip(*(frame[name].tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


@pytest.fixture(scope="module")
def truth(large: County) -> dict[str, set[int]]:
    """Return the households of each family, without any dirt."""
    number = {name: place for place, name in enumerate(large.households["household_id"])}
    found: dict[str, set[int]] = defaultdict(set)
    for each in find_truths(large, None, LINES):
        assert each.is_findable
        found[each.code].add(number[each.household_id])
    return found


def in_year(day: date) -> bool:
    """Say whether a day lies in July 2025 to June 2026."""
    return date(2025, 7, 1) <= day <= date(2026, 6, 30)


def home(large: County, row: dict[str, object]) -> int:
    """Return the household of a row."""
    return int(row["household"]) if "household" in row else int(large.members["household"][row["person"]])  # type: ignore[call-overload]


def test_every_family_is_planted(truth: dict[str, set[int]]) -> None:
    assert {code for code in EVERY_FAMILY if truth[code]} == set(EVERY_FAMILY)


def test_low_income_and_fall_are_those_of_the_ledger(large: County, truth: dict[str, set[int]]) -> None:
    low, fell = set(), set()
    for each in range(large.household_count):
        months = [int(value) for value in large.net_income[each]]
        now, before = sum(months[-12:]), sum(months[-24:-12])
        if now // int(large.households["size"][each]) < 8700_00:
            low.add(each)
        if before > 0 and (before - now) * 100 >= before * 50:
            fell.add(each)
    assert truth["low_income"] == low
    assert truth["income_fall"] == fell


def test_falling_years_are_those_of_the_annual_statements(large: County, truth: dict[str, set[int]]) -> None:
    years = [large.net_income[:, start : start + 12].sum(axis=1) for start in (0, 12, 24)]
    falling = {
        each for each in range(large.household_count) if years[2][each] < years[1][each] < years[0][each]
    }
    assert truth["falling_years"] == falling


def test_own_pay_is_one_persons_year_against_the_line_of_the_class(
    large: County, truth: dict[str, set[int]]
) -> None:
    paid: dict[int, int] = defaultdict(int)
    for row in rows_of(large.feeds["medical"]):
        if in_year(row["day"]):  # type: ignore[arg-type]
            paid[row["person"]] += row["own"]  # type: ignore[index, operator]
    heavy = set()
    for person, fen in paid.items():
        mine = int(large.members["household"][person])
        line = 1155950 if large.households["is_alleviated"][mine] else 2311900
        if fen > line:
            heavy.add(mine)
    assert truth["own_pay"] == heavy


@pytest.mark.parametrize(
    ("code", "feed", "column", "values"),
    [
        ("serious_illness", "health", "is_serious", (True,)),
        ("project_failure", "agriculture", "event", (0,)),
        ("house_destroyed", "disaster", "damage", (2, 3)),
        ("water", "water", "problem", (0, 1, 2, 3)),
    ],
)
def test_an_event_of_the_year_makes_the_truth(
    large: County, truth: dict[str, set[int]], code: str, feed: str, column: str, values: tuple[object, ...]
) -> None:
    rows = rows_of(large.feeds[feed])
    struck = {home(large, row) for row in rows if row[column] in values and in_year(row["day"])}  # type: ignore[arg-type]
    assert truth[code] == struck


def test_grave_accidents_and_disaster_losses_are_those_of_the_feeds(
    large: County, truth: dict[str, set[int]]
) -> None:
    security = [row for row in rows_of(large.feeds["security"]) if in_year(row["day"])]  # type: ignore[arg-type]
    grave = {home(large, row) for row in security if row["event"] == 3 and row["consequence"] in (2, 3)}
    assert truth["accident"] == grave
    lost: dict[int, int] = defaultdict(int)
    for row in rows_of(large.feeds["disaster"]):
        if in_year(row["day"]):  # type: ignore[arg-type]
            lost[home(large, row)] += max(int(str(row["direct"])), int(str(row["crop"])))
    assert truth["disaster"] == {each for each, fen in lost.items() if fen >= 5000_00}


def _latest(frame: Frame) -> dict[int, dict[str, object]]:
    newest: dict[int, dict[str, object]] = {}
    for row in rows_of(frame):
        person = int(row["person"])  # type: ignore[call-overload]
        if person not in newest or row["month"] >= newest[person]["month"]:  # type: ignore[operator]
            newest[person] = row
    return newest


def test_school_families_are_those_of_the_latest_enrolment(large: County, truth: dict[str, set[int]]) -> None:
    pupils: dict[int, int] = defaultdict(int)
    cost: dict[int, int] = defaultdict(int)
    gone = set()
    ages = ages_on(large.members["birth"], large.on)
    for person, row in _latest(large.feeds["education"]).items():
        mine = int(large.members["household"][person])
        cost[mine] += row["own"]  # type: ignore[operator]
        pupils[mine] += row["status"] == 0 and row["phase"] not in (1, 2)
        if row["status"] == 1 and 6 <= ages[person] < 16:
            gone.add(mine)
    assert truth["dropout"] == gone
    assert truth["many_pupils"] == {each for each, count in pupils.items() if count >= 3}
    assert truth["education_cost"] == {each for each, fen in cost.items() if fen > 10000_00}


def test_lost_work_is_the_latest_word_on_a_worker(large: County, truth: dict[str, set[int]]) -> None:
    out = {home(large, row) for row in _latest(large.feeds["employment"]).values() if row["status"] == 1}
    assert truth["job_loss"] == out


def test_families_of_persons_are_those_of_the_members(large: County, truth: dict[str, set[int]]) -> None:
    uninsured, severe, able = set(), set(), set()
    for row in rows_of(large.members):
        mine = home(large, row)
        if not row["is_resident_insured"] and not row["is_employee_insured"]:
            uninsured.add(mine)
        if row["disability_grade"] in (1, 2):
            severe.add(mine)
        if row["labour"] in (0, 1, 2):
            able.add(mine)
    assert truth["uninsured"] == uninsured
    assert truth["severe_disability"] == severe
    assert truth["no_labour"] == set(range(large.household_count)) - able


def test_unsafe_housing_is_the_newest_appraisal_not_treated(
    large: County, truth: dict[str, set[int]]
) -> None:
    grade = {each: int(large.households["registry_grade"][each]) for each in range(large.household_count)}
    newest: dict[int, object] = {}
    for row in rows_of(large.feeds["housing"]):
        mine = home(large, row)
        if mine not in newest or row["day"] >= newest[mine]:  # type: ignore[operator]
            newest[mine] = row["day"]
            grade[mine] = 0 if row["disposal"] == 1 else int(row["grade"])  # type: ignore[call-overload]
    assert truth["unsafe_housing"] == {each for each, letter in grade.items() if letter >= 2}


def test_rigid_spending_is_spending_against_income(large: County, truth: dict[str, set[int]]) -> None:
    facts = count_facts(large, nothing_lost(large))
    spent = facts["own_pay"] + facts["education_own"] + facts["disaster_loss"]
    assert truth["rigid_spending"] == set(np.flatnonzero(spent * 100 >= facts["net"] * 60).tolist())


def test_families_of_monitoring_are_those_of_the_registry(large: County, truth: dict[str, set[int]]) -> None:
    homes = large.households
    for code in ("no_measure", "mismatch_measure", "handout_only"):
        for each in truth[code]:
            assert homes["monitored_class"][each] > 0
            assert not homes["is_eliminated"][each]
            assert bool(homes["measures"][each]) == (code != "no_measure")
    for each in truth["handout_only"]:
        assert not {"industry", "employment", "finance", "public_post"} & set(homes["measures"][each])
    for each in truth["unsafe_elimination"]:
        assert homes["is_eliminated"][each]
        assert each in truth["low_income"] | truth["unsafe_housing"] | truth["dropout"]
    for each in truth["missed"]:
        assert homes["monitored_class"][each] == 0
        assert (
            each in truth["low_income"] | truth["own_pay"] | truth["house_destroyed"] | truth["income_fall"]
        )


def test_lines_are_arguments(large: County) -> None:
    def low(lines: Thresholds) -> int:
        return sum(each.code == "low_income" for each in find_truths(large, None, lines))

    assert low(replace(LINES, line_yuan=6000)) < low(LINES) < low(replace(LINES, line_yuan=12000))


def test_dirt_hides_only_what_it_names(large: County, truth: dict[str, set[int]]) -> None:
    plan = plan_dirt(large)
    found = list(find_truths(large, plan, LINES))
    assert len(found) == sum(len(homes) for homes in truth.values())
    hidden = [each for each in found if not each.is_findable]
    assert 0 < len(hidden) < len(found) / 10
    assert all(each.hidden_by for each in hidden)
    assert not any(each.hidden_by for each in found if each.is_findable)


def test_a_destroyed_registry_number_hides_what_departments_say_of_its_person(large: County) -> None:
    plan = plan_dirt(large)
    lost = lost_through(large, plan)
    destroyed = np.isin(plan.member.astype("U20"), ["missing", "excel_number", "wrong_check", "placeholder"])
    people = large.feeds["medical"]["person"]
    assert lost.feeds["medical"][destroyed[people]].all()
    assert (lost.members == (plan.member == "excel_number")).all()
