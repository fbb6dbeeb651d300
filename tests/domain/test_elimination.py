"""Elimination, looking back, and what is done about an elimination that was wrong or did not last."""

from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.after_elimination import (
    REVERSAL_LEVELS,
    ROUTES,
    Findings,
    decide_after_elimination,
    look_back,
)
from shouwang.domain.elimination import EliminationFacts, Proposal, elimination_proposal, months_above
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary, Policy
from shouwang.domain.three_valued import all_of, any_of, opposite

ON = date(2022, 9, 20)
NO_RISK: frozenset[str] = frozenset()
SAFE = EliminationFacts(
    identified_on=date(2022, 3, 15),
    income_per_capita_fen=8_000_00,
    months_above_line=6,
    is_income_stable=True,
    is_spending_settled=True,
    is_insured=True,
    is_schooled=True,
    is_housing_safe=True,
    is_water_safe=True,
    open_risks=NO_RISK,
    new_risks=NO_RISK,
    is_without_labour=False,
    is_natural=False,
    has_measure=True,
)
ELIMINATED = date(2022, 9, 1)


@cache
def packs() -> PackLibrary:
    return load_library(default_packs_folder())


def policy(on: date = ON) -> Policy:
    return packs().resolve("361023", on)


def weigh(**changes: Any) -> Proposal:
    return elimination_proposal(replace(SAFE, **changes), policy(), ON)


def test_a_safe_household_may_be_proposed() -> None:
    found = weigh()

    assert found.answer is True
    assert found.text.startswith("各项条件都具备")
    assert all(condition.source for condition in found.conditions)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"is_without_labour": True}, "has_labour", "整户无劳动力"),
        ({"identified_on": date(2022, 4, 1)}, "waited", "识别至今5个月，不足6个月"),
        ({"has_measure": False}, "helped", "没有落实帮扶措施"),
        ({"income_per_capita_fen": 6_900_00}, "income_above_line", "没有超过监测范围6,900元"),
        ({"months_above_line": 5}, "months_above_line", "收入连续5个月"),
        ({"is_income_stable": False}, "income_stable", "收入不稳定"),
        ({"is_spending_settled": False}, "spending_settled", "大额刚性支出未解决"),
        ({"is_insured": False}, "insured", "基本医疗没有保障"),
        ({"is_schooled": False}, "schooled", "义务教育没有保障"),
        ({"is_housing_safe": False}, "housing_safe", "住房安全没有保障"),
        ({"is_water_safe": False}, "water_safe", "饮水安全没有保障"),
        ({"open_risks": frozenset({"medical"})}, "original_risks_gone", "仍有原风险（因病）"),
        ({"new_risks": frozenset({"disaster"})}, "no_new_risk", "出现新风险（因自然灾害）"),
    ],
)
def test_one_failing_condition_blocks_and_says_why(change: dict[str, Any], code: str, words: str) -> None:
    found = weigh(**change)

    assert found.answer is False
    assert [block.code for block in found.blocks] == [code]
    assert words in found.blocks[0].text
    assert found.text.startswith("不得提请消除风险：")


def test_every_reason_is_given_at_once() -> None:
    found = weigh(is_without_labour=True, is_water_safe=False, months_above_line=None)

    assert {block.code for block in found.blocks} == {"has_labour", "water_safe"}
    assert [missing.code for missing in found.missing] == ["months_above_line"]


@pytest.mark.parametrize("name", [f.name for f in fields(EliminationFacts) if f.name != "is_natural"])
def test_one_unknown_fact_makes_the_whole_unknown(name: str) -> None:
    found = weigh(**{name: None})

    assert found.answer is None
    assert found.missing
    assert found.text.startswith("尚不能判断")
    assert "未知" in found.text


@pytest.mark.parametrize(
    ("months", "count"),
    [
        ([(7, 6)] * 7, 7),
        ([(7, 6)] * 3 + [(6, 6)] + [(7, 6)] * 9, 3),
        ([(7, 6)] * 6 + [(None, 6)], 6),
        ([(7, 6)] * 5 + [(None, 6)], None),
        ([(7, None)], None),
        ([(5, 6)], 0),
        ([(7, 6)] * 3, None),
        ([], None),
    ],
)
def test_months_above_the_line_are_counted_from_the_newest(
    months: list[tuple[int | None, int | None]], count: int | None
) -> None:
    assert months_above(months, enough=6) == count


def test_a_natural_elimination_need_not_wait_but_keeps_every_other_condition() -> None:
    hasty = {"identified_on": date(2022, 9, 1), "months_above_line": 1, "has_measure": False}

    assert weigh(**hasty, is_natural=True).answer is True
    assert weigh(**hasty, is_natural=False).answer is False
    assert weigh(**hasty, is_natural=None).answer is None
    assert weigh(**hasty, is_natural=True, is_insured=False).answer is False
    assert weigh(is_natural=None).answer is True


def test_without_labour_even_a_natural_elimination_is_blocked() -> None:
    assert weigh(is_without_labour=True, is_natural=True).answer is False


def test_a_line_of_an_earlier_year_is_cautioned_about() -> None:
    later = date(2023, 9, 20)
    facts = replace(SAFE, identified_on=date(2023, 1, 1))
    stale = policy(later).parameters["monitoring_line"].is_stale

    found = elimination_proposal(facts, policy(later), later)

    assert bool(found.cautions) is stale is True
    assert "沿用" in found.cautions[0]
    assert weigh().cautions == ()


def test_a_place_without_figures_leaves_the_line_and_the_months_unknown() -> None:
    bare = replace(policy().chain[0], parameters={}, rules={})
    found = elimination_proposal(SAFE, Policy((bare,), ON), ON)

    assert {each.code for each in found.missing} == {"waited", "income_above_line", "months_above_line"}


def test_looking_back_at_a_lasting_elimination_finds_nothing() -> None:
    assert look_back(SAFE, policy(), ON, eliminated_on=date(2022, 9, 15)) == []


@pytest.mark.parametrize(
    ("change", "eliminated_on", "remark"),
    [
        ({"income_per_capita_fen": 1}, ELIMINATED, ("lasting_income_above_line", "must_fix")),
        ({"is_water_safe": None}, ELIMINATED, ("lasting_water_safe", "cannot_tell")),
        ({"open_risks": frozenset({"school"})}, ELIMINATED, ("lasting_original_risks_gone", "must_fix")),
        ({"is_without_labour": True}, ELIMINATED, ("eliminated_without_labour", "must_fix")),
        ({"is_without_labour": None}, ELIMINATED, ("labour_unknown", "cannot_tell")),
        ({}, date(2022, 8, 31), ("eliminated_in_haste", "must_fix")),
        ({"is_natural": None}, date(2022, 8, 31), ("haste_unknown", "cannot_tell")),
        ({}, None, ("haste_unknown", "cannot_tell")),
        ({}, date(2022, 10, 1), ("eliminated_later", "must_fix")),
    ],
)
def test_looking_back_tells_what_did_not_last(
    change: dict[str, Any], eliminated_on: date | None, remark: tuple[str, str]
) -> None:
    found = look_back(replace(SAFE, **change), policy(), ON, eliminated_on=eliminated_on)

    assert [(each.code, each.severity) for each in found] == [remark]
    assert found[0].text.startswith("回头看：")
    assert found[0].source


def test_a_natural_elimination_is_never_hasty() -> None:
    facts = replace(SAFE, is_natural=True)

    assert look_back(facts, policy(), ON, eliminated_on=date(2022, 4, 1)) == []


@pytest.mark.parametrize(
    ("entry", "elimination", "new_risk", "routes"),
    [
        (True, True, False, ("keep",)),
        (True, True, True, ("reidentification",)),
        (True, True, None, ()),
        (True, False, False, ("rollback",)),
        (True, False, True, ("rollback",)),
        (True, False, None, ("rollback",)),
        (True, None, True, ()),
        (False, True, False, ("removal",)),
        (False, False, True, ("removal", "reidentification")),
        (False, None, False, ("removal",)),
        (False, True, None, ()),
        (None, False, True, ()),
        (None, None, None, ()),
    ],
)
def test_what_to_do_after_an_elimination(
    entry: bool | None, elimination: bool | None, new_risk: bool | None, routes: tuple[str, ...]
) -> None:
    decision = decide_after_elimination(Findings(entry, elimination, new_risk))

    assert decision.routes == routes
    assert bool(decision.missing) is not bool(routes)
    assert decision.source
    is_reversal = bool(set(routes) & {"rollback", "removal"})
    assert decision.levels == (REVERSAL_LEVELS if is_reversal else ())
    assert set(routes) <= set(ROUTES)


answers = st.none() | st.booleans()
risks = st.none() | st.frozensets(st.sampled_from(["medical", "water"]))
facts_in_part = st.builds(
    EliminationFacts,
    identified_on=st.none() | st.dates(date(2021, 6, 1), ON),
    income_per_capita_fen=st.none() | st.integers(-(10**6), 2_000_000),
    months_above_line=st.none() | st.integers(0, 24),
    is_income_stable=answers,
    is_spending_settled=answers,
    is_insured=answers,
    is_schooled=answers,
    is_housing_safe=answers,
    is_water_safe=answers,
    open_risks=risks,
    new_risks=risks,
    is_without_labour=answers,
    is_natural=answers,
    has_measure=answers,
)


@given(facts=facts_in_part, name=st.sampled_from([f.name for f in fields(EliminationFacts)]))
def test_forgetting_a_fact_never_makes_an_elimination_possible(facts: EliminationFacts, name: str) -> None:
    before = elimination_proposal(facts, policy(), ON).answer
    after = elimination_proposal(replace(facts, **{name: None}), policy(), ON).answer

    assert after is before or after is None


@given(facts=facts_in_part)
def test_what_may_be_proposed_has_nothing_unknown_but_what_natural_elimination_spares(
    facts: EliminationFacts,
) -> None:
    found = elimination_proposal(facts, policy(), ON)
    spared = {"identified_on", "months_above_line", "has_measure"} if facts.is_natural else {"is_natural"}

    if found.answer:
        assert {f.name for f in fields(facts) if getattr(facts, f.name) is None} <= spared
        assert look_back(facts, policy(), ON, eliminated_on=ON) == []


@given(st.lists(answers))
def test_conclusions_from_unknowns_agree_with_each_other(found: list[bool | None]) -> None:
    assert any_of(found) is opposite(all_of(opposite(answer) for answer in found))
    if None not in found:
        assert (all_of(found), any_of(found)) == (all(found), any(found))
