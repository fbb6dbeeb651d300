"""Who works for wages, where, how long and for how much; and what they lose."""

import numpy as np

from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.frames import Array, Frame, length, random_stream, texts
from shouwang.synthetic.traits import SKILLED

AWAY = texts(
    "广东省东莞市", "浙江省宁波市", "江苏省苏州市", "福建省泉州市", "云南省昆明市", "上海市", "山东省青岛市"
)
NEAR = texts("本县县城", "本乡镇", "本市城区", "邻县")
EMPLOYERS = texts(
    "样例电子厂",
    "样例服装厂",
    "样例建筑队",
    "样例物流站",
    "样例餐饮店",
    "样例家政社",
    "样例果园",
    "样例工业园",
)


def add_work(members: Frame, seed: int) -> None:
    """Add to members who works, for how many months, for how many yuan a month, where, and public posts.

    The workers' sexes and ages follow the survey; their number is a share of the able adults not at school.
    """
    rng, people = random_stream(seed, "work"), length(members)
    facts, age = calibration()["work"], members["age"]
    able = (members["labour"] <= SKILLED) & (age >= 16) & (age <= 68)
    members["is_worker"] = _drawn_workers(rng, able, age, members["is_male"])
    months = rng.choice(
        facts["months"], people, p=np.array(facts["month_weights"]) / sum(facts["month_weights"])
    )
    members["months"] = np.where(members["is_worker"], months, 0)
    members["is_away"] = rng.random(people) * 100 < facts["away_percent"]
    place = np.where(members["is_away"], facts["away_wage_yuan"], facts["local_wage_yuan"])
    fit = np.where(members["is_male"], 1.06, 0.90) * np.where(age > 50, 0.90, np.where(age > 40, 1.0, 1.05))
    spread = facts["wage_spread"]
    wage = place * fit * rng.lognormal(-(spread**2) / 2, spread, people)
    scale = facts["wage_yuan"] / wage[members["is_worker"]].mean() if members["is_worker"].any() else 1.0
    members["wage"] = np.rint(wage * scale / 10) * 10
    members["workplace"] = np.where(
        members["is_away"], AWAY[rng.integers(0, len(AWAY), people)], NEAR[rng.integers(0, len(NEAR), people)]
    )
    members["employer"] = EMPLOYERS[rng.integers(0, len(EMPLOYERS), people)]
    has_post = able & ~members["is_worker"] & (rng.random(people) < 0.05)
    members["public_post_months"] = np.where(has_post, rng.choice([6, 12], people, p=[0.2, 0.8]), 0)


def _drawn_workers(rng: np.random.Generator, able: Array, age: Array, is_male: Array) -> Array:
    facts = calibration()["work"]
    wanted = able.sum() * facts["labour_share_percent"] / 100
    band = np.digitize(age, (41, 51))
    chosen = np.zeros(len(age), dtype=bool)
    for sex, share in ((True, facts["male_percent"]), (False, 100 - facts["male_percent"])):
        for number, part in enumerate(facts["age_percent"]):
            cell = np.flatnonzero(able & (is_male == sex) & (band == number))
            chance = wanted * share / 100 * part / 100 / max(len(cell), 1)
            chosen[cell[rng.random(len(cell)) < min(chance, 0.97)]] = True
    return chosen
