"""What the registry says of monitoring: who is monitored, why, with which measures, whose risk is eliminated.

Most of those who need it are monitored; some are not, some lack fitting measures, some were let go too early.
"""

import numpy as np

from shouwang.domain.tables import MEASURES, RISKS
from shouwang.synthetic.calibration import calibration
from shouwang.synthetic.county import County
from shouwang.synthetic.facts import Facts, count_facts, nothing_lost
from shouwang.synthetic.frames import Array, random_stream
from shouwang.synthetic.thresholds import Thresholds, families_of_need
from shouwang.synthetic.traits import chosen_up_to

CLASSES = np.array(["", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"], dtype=object)
NONE, UNSTABLE, BORDERLINE, SUDDEN = range(4)
DEVELOPMENT = ("industry", "employment", "finance", "public_post")
FITTING = {
    "medical": ("health", "security"), "school": ("education",), "disability": ("security",),
    "disaster": ("social", "living_conditions"), "accident": ("health",), "project": ("industry",),
    "employment": ("employment",), "labour": ("security",), "housing": ("housing",), "water": ("water",),
    "income": ("industry",), "other": ("social",),
}  # fmt: skip


def add_monitoring(county: County) -> None:
    """Add to the households what the registry says of monitoring."""
    rng = random_stream(county.seed, "monitoring")
    homes = county.household_count
    facts = count_facts(county, nothing_lost(county))
    risks = _risks(facts)
    need = families_of_need(facts, county.households, Thresholds())
    monitored, eliminated = _chosen(rng, county, facts, need, risks)
    low = facts["per_head"] < Thresholds().line_yuan * 100
    alleviated = county.households["is_alleviated"]
    settled = np.where(alleviated, UNSTABLE, BORDERLINE)
    kind = np.where(monitored & ~low, SUDDEN, settled)
    kind = np.where(eliminated & (rng.random(homes) < 0.35), SUDDEN, kind)
    known = monitored | eliminated
    county.households["monitored_class"] = np.where(known, kind, NONE)
    county.households["is_eliminated"] = eliminated
    county.households["is_naturally_eliminated"] = eliminated & (rng.random(homes) < 0.12)
    ago = rng.integers(2, 30, homes)
    county.households["identified"] = np.where(known, county.window.stop - ago - 8 * eliminated, -1)
    freed = np.minimum(rng.integers(1, 16, homes), ago + 1)
    county.households["eliminated"] = np.where(eliminated, county.window.stop - freed, -1)
    county.households["has_contact"] = known & (rng.random(homes) < 0.985)
    _add_risks_and_measures(rng, county, facts, risks, monitored, known)


def _risks(facts: Facts) -> dict[str, Array]:
    """Say which registered risks each household has."""
    return {
        "medical": (facts["new_serious"] > 0) | (facts["own_pay"] > 15_000_00),
        "school": facts["education_own"] > 10_000_00,
        "disability": facts["severe"] > 0,
        "disaster": facts["disasters"] > 0,
        "accident": facts["grave_accident"],
        "project": facts["project_stopped"] > 0,
        "employment": facts["unemployed"] > 0,
        "labour": facts["without_labour"],
        "housing": facts["housing_unsafe"],
        "water": facts["water_problems"] > 0,
    }


def _chosen(
    rng: np.random.Generator, county: County, facts: Facts, need: Array, risks: dict[str, Array]
) -> tuple[Array, Array]:
    rates, size = calibration()["registry"], county.households["size"]
    homes = county.household_count
    low = facts["per_head"] < Thresholds().line_yuan * 100
    recent = np.zeros(homes, dtype=bool)
    for name, column in (("health", "person"), ("disaster", "household"), ("security", "person")):
        rows = county.feeds[name]
        fresh = rows["month"] >= county.window.stop - 2
        owner = county.members["household"][rows[column]] if column == "person" else rows[column]
        recent[owner[fresh]] = True
    score = 4.5 * need + 0.8 * low + 0.4 * sum(risks.values()) - 3.0 * recent + rng.gumbel(0, 1.0, homes)
    score = score - 6.0 * county.households["is_destitute"]
    monitored = chosen_up_to(score, size, np.ones(homes, dtype=bool), rates["monitored_percent"])
    troubled = low | facts["housing_unsafe"] | (facts["dropouts"] > 0)
    share = rates["eliminated_percent"] * rates["unsafe_elimination_percent"] / 100
    past = rng.random(homes) + 0.6 * county.households["is_alleviated"]
    unsafe = chosen_up_to(past, size, troubled & ~monitored & ~recent, share)
    safe = chosen_up_to(past, size, ~troubled & ~need & ~monitored, rates["eliminated_percent"] - share)
    return monitored, unsafe | safe


def _add_risks_and_measures(
    rng: np.random.Generator,
    county: County,
    facts: Facts,
    risks: dict[str, Array],
    monitored: Array,
    known: Array,
) -> None:
    homes, rates = county.household_count, calibration()["registry"]
    written = np.empty(homes, dtype=object)
    measures = np.empty(homes, dtype=object)
    written.fill(())
    measures.fill(())
    draws = rng.random(homes) * 100
    extra = rng.random(homes)
    past_risks = rng.choice(
        np.array(["medical", "employment", "school", "disability"]), homes, p=[0.5, 0.2, 0.15, 0.15]
    )
    for home in np.flatnonzero(known).tolist():
        present = [name for name in RISKS if name in risks and risks[name][home]] if monitored[home] else []
        present = (present or [str(past_risks[home])])[:5]
        has_labour = bool(facts["full_labour"][home] > 0)
        written[home] = tuple(present)
        given = _measures(present, has_labour, bool(extra[home] < 0.3))
        fault = draws[home] if monitored[home] else 100.0
        if fault < rates["no_measure_percent"]:
            given = ()
        elif (fault := fault - rates["no_measure_percent"]) < rates["mismatch_percent"]:
            given = tuple(name for name in given if name not in FITTING[present[0]]) or ("social",)
        elif fault - rates["mismatch_percent"] < rates["handout_percent"] and has_labour:
            given = tuple(name for name in given if name not in DEVELOPMENT) or ("security",)
        measures[home] = given
    county.households["risks"], county.households["measures"] = written, measures


def _measures(present: list[str], has_labour: bool, is_generous: bool) -> tuple[str, ...]:
    """Give the measures that answer the risks; a household that can work gets one to work with."""
    given = {name for risk in present for name in FITTING[risk]}
    if has_labour and not given & set(DEVELOPMENT):
        given.add("employment" if is_generous else "industry")
    if is_generous:
        given.add("social")
    return tuple(name for name in MEASURES if name in given)
