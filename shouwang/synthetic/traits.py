"""What each person is like: health, disability, schooling, ability to work, insurance, minimum living."""

from datetime import date

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, any_by, length, random_stream, sum_by, texts

STAGES = texts(
    "", "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级",
    "普通高中一年级", "普通高中二年级", "普通高中三年级", "中职一年级", "中职二年级", "中职三年级",
    "高职高专一年级", "高职高专二年级", "高职高专三年级",
    "本科一年级", "本科二年级", "本科三年级", "本科四年级", "硕士研究生及以上",
)  # fmt: skip
EDUCATIONS = texts("", "文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上")
LABOURS = texts("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
ORDINARY, SKILLED, WEAK, LOST, NONE = range(5)
AGE_BOUNDS = (15, 25, 35, 45, 55, 65)


def add_traits(households: Frame, members: Frame, on: date, seed: int) -> None:
    """Add the traits of persons, and whether a household is alleviated, relocated, on minimum living."""
    rng = random_stream(seed, "traits")
    _add_health(rng, members, on)
    _add_school(random_stream(seed, "school"), members, on)
    _add_labour(rng, members)
    _add_insurance(rng, members)
    _add_household_class(rng, households)
    _add_aid(random_stream(seed, "aid"), households, members)


def _add_health(rng: np.random.Generator, members: Frame, on: date) -> None:
    facts, people, age = calibration(), length(members), members["age"]
    shape = np.array(facts["health"]["chronic_by_age"], dtype=float)[np.digitize(age, AGE_BOUNDS)]
    target = facts["health"]["chronic_percent"]
    for _ in range(4):
        shape = np.minimum(shape * target / shape.mean(), 95.0)
    members["is_chronic"] = rng.random(people) * 100 < shape
    old = 0.25 + 1.6 * np.clip(age, 0, 80) / 80
    members["is_serious"] = rng.random(people) * 100 < facts["health"]["serious_percent"] * old / old.mean()
    disability = facts["disability"]
    is_disabled = rng.random(people) * 100 < disability["percent"] * old**1.5 / (old**1.5).mean()
    shares = np.array(list(disability["kinds"].values()))
    members["disability_kind"] = np.where(
        is_disabled, rng.choice(len(shares), people, p=shares / shares.sum()), -1
    )
    is_severe = rng.random(people) * 100 < disability["severe_percent"]
    grade = np.where(is_severe, rng.integers(1, 3, people), rng.integers(3, 5, people))
    members["disability_grade"] = np.where(is_disabled, grade, 0)
    newest = disability["new_percent_a_year"] / disability["percent"]
    years = np.minimum(rng.exponential(1 / newest / 4, people), np.maximum(age - 1, 0.2))
    issued = np.datetime64(on, "D") - (years * 360 + 40).astype(np.int64).astype("timedelta64[D]")
    members["disability_issued"] = np.where(
        is_disabled, np.maximum(issued, members["birth"] + 20), np.datetime64("NaT")
    )


def school_ages(birth: Array, on: date) -> Array:
    """Return full years of age on 31 August before the current school year began."""
    cutoff = np.datetime64(f"{on.year if on.month >= 9 else on.year - 1}-08-31")
    years: Array = np.floor((cutoff - birth).astype(np.int64) / 365.2425).astype(np.int64)
    return years


def _add_school(rng: np.random.Generator, members: Frame, on: date) -> None:
    facts, people = calibration()["school"], length(members)
    age = school_ages(members["birth"], on)
    stage = np.zeros(people, dtype=np.int64)
    stage[age < 6] = 1
    stage[(age >= 3) & (age < 6) & (rng.random(people) * 100 < facts["preschool_percent"])] = 2
    stage[(age >= 6) & (age < 12)] = 3
    for year in (12, 13, 14):
        stage[age == year] = year - 8
    goes_on = rng.random(people) * 100 < facts["upper_secondary_percent"]
    is_general = rng.random(people) * 100 < facts["general_percent"]
    for year in (15, 16, 17):
        stage[(age == year) & goes_on] = np.where(is_general, year - 8, year - 5)[(age == year) & goes_on]
    studies = goes_on & (rng.random(people) * 100 < facts["tertiary_percent"])
    for year in (18, 19, 20, 21):
        at_age = (age == year) & studies & (is_general | (year < 21))
        stage[at_age] = np.where(is_general, year - 2, year - 5)[at_age]
    stage[(age >= 22) & (age < 25) & is_general & (rng.random(people) < 0.02)] = 20
    grown_roles = np.isin(members["relation"], (0, 1, 4, 5))
    stage[grown_roles & (age >= 15)] = 0
    dropout = (age >= 8) & (age < 15) & (rng.random(people) * 100 < facts["dropout_percent"])
    stage[dropout] = 0
    members.update(school_age=age, school_stage=stage, is_dropout=dropout)
    members["education"] = np.where(stage > 0, 0, _schooling(rng, age, people))


def _schooling(rng: np.random.Generator, age: Array, people: int) -> Array:
    """Draw what was completed: cumulative per cent for 文盲 … 大专 by age band (assumed)."""
    bands = np.array([
        [2, 45, 99, 100, 100], [1, 6, 56, 82, 94], [1, 14, 72, 90, 97], [4, 36, 88, 96, 99],
        [8, 52, 92, 99, 100], [16, 68, 95, 99, 100], [38, 90, 98, 100, 100],
    ])[np.digitize(age, AGE_BOUNDS)]  # fmt: skip
    done: Array = 1 + (rng.random((people, 1)) * 100 >= bands).sum(axis=1)
    return np.where(age < 6, 1, np.where((age < 15) & (done > 3), 3, done))


def _add_labour(rng: np.random.Generator, members: Frame) -> None:
    people, age = length(members), members["age"]
    draw = rng.random(people)
    labour = np.where((draw < 0.12) & (age < 50), SKILLED, ORDINARY)
    labour = np.where(members["is_chronic"] & (rng.random(people) < 0.10), WEAK, labour)
    labour = np.where(age >= 60, np.where(draw < 0.25, ORDINARY, WEAK), labour)
    labour = np.where(age >= 70, np.where(draw < 0.15, WEAK, NONE), labour)
    gravely = (members["disability_grade"] > 0) & (members["disability_grade"] <= 2) | members["is_serious"]
    labour = np.where(gravely & (labour != NONE), np.where(draw < 0.7, LOST, WEAK), labour)
    members["labour"] = np.where((age < 16) | (members["school_stage"] > 1), NONE, labour)


def _add_insurance(rng: np.random.Generator, members: Frame) -> None:
    facts, people, age = calibration()["insurance"], length(members), members["age"]
    is_employee = (rng.random(people) * 100 < facts["employee_percent"]) & (age >= 20) & (age < 70)
    members["is_employee_insured"] = is_employee
    members["is_resident_insured"] = ~is_employee & (rng.random(people) * 100 >= facts["uninsured_percent"])
    may_join = (age >= 16) & (members["school_stage"] == 0)
    members["has_pension"] = may_join & ~is_employee & (rng.random(people) * 100 < facts["pension_percent"])


def _add_household_class(rng: np.random.Generator, households: Frame) -> None:
    facts, homes = calibration()["registry"], length(households)
    lean = rng.beta(4, 4, int(households["village"].max()) + 1)[households["village"]]
    chance = facts["alleviated_percent"] / 100 * lean / lean.mean()
    households["is_alleviated"] = rng.random(homes) < chance
    years = rng.choice(np.arange(2014, 2021), homes, p=[0.12, 0.12, 0.14, 0.2, 0.22, 0.14, 0.06])
    households["alleviated_year"] = np.where(households["is_alleviated"], years, 0)
    moved = rng.random(homes) * 100 < facts["relocated_percent"] / facts["alleviated_percent"] * 100
    households["is_relocated"] = households["is_alleviated"] & moved
    households["dependence"] = rng.gumbel(0.0, 0.55, homes)


def _add_aid(rng: np.random.Generator, households: Frame, members: Frame) -> None:
    """Choose who is destitute (no labour, no child, old or gravely disabled) and who gets minimum living."""
    facts, owner, homes = calibration()["aid"], members["household"], length(households)
    grave = (members["disability_grade"] > 0) & (members["disability_grade"] <= 2)
    able = any_by(owner, members["labour"] <= WEAK, homes)
    dependent = any_by(owner, ~((members["age"] >= 60) | grave), homes)
    size = households["size"]
    alone = ~able & ~dependent & (size <= 2)
    destitute = chosen_up_to(rng.random(homes) + 2.0 * (size == 1), size, alone, facts["destitute_percent"])
    households["is_destitute"] = destitute
    need = households["dependence"] + 2.0 * ~able + 0.5 * households["is_alleviated"]
    need += 0.9 * sum_by(owner, grave, homes) + 0.9 * sum_by(owner, members["is_serious"], homes)
    households["need"] = need
    supported = chosen_up_to(need, size, ~destitute, facts["minimum_living_percent"])
    households["is_supported"] = supported
    in_part = rng.random(homes) < 0.3
    weak = grave | members["is_serious"] | (members["age"] >= 70)
    has_weak = any_by(owner, weak, homes)
    alone_covered = (in_part & has_weak)[owner]
    members["is_supported"] = supported[owner] & (~alone_covered | weak)
    members["is_destitute"] = destitute[owner]
    people = length(members)
    members["aid_months_ago"] = np.minimum(rng.integers(1, 72, people), rng.integers(1, 150, people))[
        households["head"][owner]
    ]


def chosen_up_to(score: Array, size: Array, allowed: Array, percent: float) -> Array:
    """Choose the highest scores until that share of all persons is reached."""
    order = np.argsort(np.where(allowed, -score, np.inf), kind="stable")
    reached = np.cumsum(size[order]) <= size.sum() * percent / 100
    chosen = np.zeros(len(size), dtype=bool)
    chosen[order[reached]] = True
    return chosen & allowed
