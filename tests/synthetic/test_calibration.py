"""The made county against the figures it claims to follow."""

import numpy as np
import pytest

from shouwang.synthetic import County
from shouwang.synthetic.calibration import calibration, income_calibration, income_level
from shouwang.synthetic.facts import count_facts, nothing_lost
from shouwang.synthetic.frames import Array
from shouwang.synthetic.income import quantile
from shouwang.synthetic.medical import INPATIENT
from shouwang.synthetic.population import tilted_sizes
from shouwang.synthetic.registry_columns import annual_parts


def _percent(flags: Array) -> float:
    return float(flags.mean() * 100)


def test_every_section_names_its_source() -> None:
    for name, section in {**calibration(), **income_calibration()}.items():
        assert section.get("source") or name == "months", name


def test_household_sizes_follow_the_tilted_census(large: County) -> None:
    facts = calibration()["size"]
    wanted = tilted_sizes(facts["shares"], facts["mean"])
    made = np.bincount(large.households["size"], minlength=11)[1:] / large.household_count
    assert made == pytest.approx(wanted, abs=0.015)
    assert large.member_count / large.household_count == pytest.approx(facts["mean"], abs=0.06)


def test_ages_sexes_and_generations_follow_the_censuses(large: County) -> None:
    age, male = large.members["age"], large.members["is_male"]
    shares = [_percent(age < 15), _percent((age >= 15) & (age < 60)), _percent(age >= 60)]
    assert shares == pytest.approx(calibration()["age"]["shares"], abs=2.5)
    assert male.sum() / (~male).sum() * 100 == pytest.approx(
        calibration()["sex"]["males_per_100_females"], abs=6
    )
    lives = np.zeros((large.household_count, 5), dtype=bool)
    lives[large.members["household"], large.members["generation"]] = True
    made = np.bincount(lives.sum(axis=1), minlength=5)[1:] / large.household_count * 100
    assert made == pytest.approx(calibration()["generations"]["shares"], abs=4)


def test_each_household_has_one_head_who_is_its_first_row(large: County) -> None:
    heads = large.members["relation"] == 0
    assert (np.bincount(large.members["household"][heads]) == 1).all()
    assert (large.members["household"][large.households["head"]] == np.arange(large.household_count)).all()


def test_the_quantiles_have_exactly_the_means_of_the_fifths() -> None:
    places = (np.arange(500_000) + 0.5) / 500_000
    means = quantile(places).reshape(5, -1).mean(axis=1)
    assert means == pytest.approx(income_calibration()["fifths"]["means"], rel=0.01)
    assert (np.diff(quantile(places)) >= 0).all()


def test_incomes_keep_the_spread_of_the_fifths_and_the_shares_of_the_four_sources(large: County) -> None:
    facts = count_facts(large, nothing_lost(large))
    means = np.sort(facts["per_head"])[: large.household_count // 5 * 5].reshape(5, -1).mean(axis=1) / 100
    growth = income_level(2025) / income_level(2024)
    assert means == pytest.approx(np.array(income_calibration()["fifths"]["means"]) * growth, rel=0.12)
    parts = annual_parts(large, 2025)
    net = {"wage": parts["wage"], "business": parts["business"] - parts["cost"], **{
        name: parts[name] for name in ("property", "transfer")}}  # fmt: skip
    total = sum(int(each.sum()) for each in net.values())
    wanted = {name: income_calibration()["sources"][name] for name in net}
    for name, amounts in net.items():
        assert amounts.sum() / total == pytest.approx(wanted[name] / sum(wanted.values()), abs=0.03), name


def test_a_year_of_income_is_the_sum_of_its_parts(large: County) -> None:
    parts = annual_parts(large, 2025)
    net = parts["wage"] + parts["business"] + parts["property"] + parts["transfer"] - parts["cost"]
    first = 2025 * 12 - large.income_first
    assert (net == large.net_income[:, first : first + 12].sum(axis=1)).all()


def test_crops_sell_in_autumn_and_every_household_month_is_stated(large: County) -> None:
    assert (large.income >= 0).all()
    crops = large.income[3, :, 24:36].sum(axis=0, dtype=np.int64)
    assert crops[9] > 5 * crops[1]


def test_illness_follows_its_sources(large: County) -> None:
    health = calibration()["health"]
    assert _percent(large.members["is_chronic"]) == pytest.approx(health["chronic_percent"], abs=1.5)
    rows = large.feeds["medical"]
    stays = rows["kind"] == INPATIENT
    rate = stays.sum() / large.member_count / (len(large.window) / 12) * 100
    assert rate == pytest.approx(health["hospitalised_percent"], abs=2.5)
    assert rows["total"][stays].mean() / 100 == pytest.approx(health["stay_mean_yuan"], rel=0.1)
    inside = rows["basic"] + rows["critical"] + rows["aid"] + rows["compliant"]
    assert rows["basic"].sum() / inside.sum() * 100 == pytest.approx(health["fund_percent"], abs=3)


def test_every_settlement_adds_up_to_the_fen(large: County) -> None:
    rows = large.feeds["medical"]
    assert (rows["basic"] + rows["critical"] + rows["aid"] + rows["own"] == rows["total"]).all()
    assert (rows["compliant"] <= rows["own"]).all()
    assert min(int(rows[name].min()) for name in ("basic", "critical", "aid", "own", "compliant")) >= 0


def test_catastrophic_spending_is_as_frequent_as_its_source_says(large: County) -> None:
    facts, health = count_facts(large, nothing_lost(large)), calibration()["health"]
    can_spend = facts["net"] * health["spending_of_income"] * (1 - health["food_of_spending"])
    share = _percent(facts["own_pay"] >= health["catastrophic_share"] * can_spend)
    assert share == pytest.approx(health["catastrophic_percent"], abs=3)


def test_disability_follows_the_survey_by_share_kind_and_grade(large: County) -> None:
    facts, kind = calibration()["disability"], large.members["disability_kind"]
    assert _percent(kind >= 0) == pytest.approx(facts["percent"], abs=0.6)
    shares = np.bincount(kind[kind >= 0], minlength=7) / (kind >= 0).sum() * 100
    assert shares == pytest.approx(list(facts["kinds"].values()), abs=4)
    severe = (large.members["disability_grade"] > 0) & (large.members["disability_grade"] <= 2)
    assert severe.sum() / (kind >= 0).sum() * 100 == pytest.approx(facts["severe_percent"], abs=4)


def test_migrant_workers_follow_the_survey_by_wage_sex_and_age(large: County) -> None:
    facts, workers = calibration()["work"], large.members["is_worker"]
    wage, age = large.members["wage"][workers], large.members["age"][workers]
    assert wage.mean() == pytest.approx(facts["wage_yuan"], rel=0.01)
    away = large.members["is_away"][workers]
    assert wage[away].mean() / wage[~away].mean() == pytest.approx(
        facts["away_wage_yuan"] / facts["local_wage_yuan"], rel=0.05
    )
    assert _percent(large.members["is_male"][workers]) == pytest.approx(facts["male_percent"], abs=3)
    bands = [_percent(age <= 40), _percent((age > 40) & (age <= 50)), _percent(age > 50)]
    assert bands == pytest.approx(facts["age_percent"], abs=3)


def test_aid_and_monitoring_reach_the_stated_shares(large: County) -> None:
    size, members = large.households["size"], large.members
    assert _percent(members["is_destitute"]) == pytest.approx(
        calibration()["aid"]["destitute_percent"], abs=0.2
    )
    assert _percent(members["is_supported"]) == pytest.approx(
        calibration()["aid"]["minimum_living_percent"], abs=1
    )
    registry = calibration()["registry"]
    assert _percent(large.households["is_alleviated"]) == pytest.approx(registry["alleviated_percent"], abs=3)
    monitored = (large.households["monitored_class"] > 0) & ~large.households["is_eliminated"]
    assert size[monitored].sum() / size.sum() * 100 == pytest.approx(registry["monitored_percent"], abs=0.2)
    assert set(np.unique(large.households["monitored_class"])) == {0, 1, 2, 3}


def test_children_are_at_the_school_of_their_age(large: County) -> None:
    stage, age = large.members["school_stage"], large.members["school_age"]
    compulsory = (age >= 6) & (age < 15) & ~large.members["is_dropout"]
    assert ((stage[compulsory] >= 3) & (stage[compulsory] <= 6)).all()
    assert (stage[(age >= 25)] == 0).all()
    assert (stage[large.members["is_dropout"]] == 0).all()


def test_disasters_strike_few_villages(large: County) -> None:
    struck = np.unique(large.households["village"][large.feeds["disaster"]["household"]])
    assert 1 <= len(struck) <= calibration()["shocks"]["disaster_villages"]
