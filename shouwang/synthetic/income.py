"""What each household earns, by month and item, in whole fen, from the first of January three years back.

Households are ranked by what they can earn, and the ranking is laid on the published fifths; the four sources
are scaled to their published shares; shocks then take away from the months they strike.
"""

from datetime import date
from itertools import pairwise

import numpy as np

from shouwang.domain.tables import INCOME_ITEMS
from shouwang.synthetic.calibration import calibration, income_calibration, income_level
from shouwang.synthetic.frames import Array, Frame, length, month_index, random_stream, sum_by, yuan
from shouwang.synthetic.shocks import Shocks
from shouwang.synthetic.traits import SKILLED, WEAK

ITEMS = tuple(INCOME_ITEMS)
ITEM_NUMBER = {name: number for number, name in enumerate(ITEMS)}
_UNEVEN = {"crop_sales", "livestock_sales", "trade_sales", "business_cost"}


def income_months(on: date) -> range:
    """Return the months simulated: from January three years before to the month before `on`."""
    return range((on.year - 3) * 12, month_index(on))


def quantile(places: Array) -> Array:
    """Return yearly income per head, 2024 yuan, at places 0..1, with exactly the means of the fifths."""
    facts = income_calibration()["fifths"]
    means = facts["means"]
    between = [(low + high) / 2 for low, high in pairwise(means)]
    lows, highs = np.array([facts["lowest"], *between]), np.array([*between, facts["highest"]])
    power = (highs - lows) / (np.array(means) - lows) - 1
    fifth = np.minimum((places * 5).astype(np.int64), 4)
    within: Array = lows[fifth] + (highs - lows)[fifth] * (places * 5 - fifth) ** power[fifth]
    return within


def make_income(households: Frame, members: Frame, shocks: Shocks, on: date, seed: int) -> Array:
    """Return amounts[item, household, month] in fen as int32; costs are positive."""
    rng, homes, months = random_stream(seed, "income"), length(households), income_months(on)
    per_head = _usual_income(rng, households, members)
    yearly = _yearly_items(rng, households, members, per_head)
    growth = _growth(rng, homes, months)
    cuts = _cuts(households, members, shocks, months)
    patterns = income_calibration()["months"]
    amounts = np.zeros((len(ITEMS), homes, len(months)), dtype=np.int32)
    in_year = np.array([month % 12 for month in months])
    is_fixed = {"minimum_living", "destitute_support", "pension", "public_post_wage"}
    for name, usual in yearly.items():
        weights = np.array(patterns[name], dtype=float)
        spread = usual[:, None] * (weights / weights.sum())[in_year][None, :]
        if name not in is_fixed:
            spread = spread * growth
        if name in _UNEVEN:
            spread = spread * np.exp(rng.normal(-0.005, 0.1, spread.shape))
        if name in cuts:
            spread = spread * cuts[name]
        amounts[ITEM_NUMBER[name]] = yuan(spread)
    return amounts


def _usual_income(rng: np.random.Generator, households: Frame, members: Frame) -> Array:
    """Rank the households by earning power and lay the ranking on the fifths."""
    owner, homes, size = members["household"], length(households), households["size"]
    working = np.where(members["is_worker"], members["months"] / 10 * members["wage"] / 5000, 0.0)
    earned = np.bincount(owner, working, homes) / size
    able = sum_by(owner, members["labour"] <= SKILLED, homes) / size
    grave = sum_by(owner, (members["disability_grade"] > 0) & (members["disability_grade"] <= 2), homes)
    score = 1.9 * earned + 0.7 * able - 0.35 * grave - 0.6 * households["is_alleviated"]
    score = (
        score
        - 1.0 * households["is_supported"]
        - 1.0 * households["is_destitute"]
        + rng.normal(0, 0.55, homes)
    )
    rank = np.empty(homes)
    rank[np.argsort(score, kind="stable")] = (np.arange(homes) + 0.5) / homes
    return quantile(rank)


def _growth(rng: np.random.Generator, homes: int, months: range) -> Array:
    """Return the factor of each household and month: the level of the year and the household's own year."""
    base = income_level(income_calibration()["fifths"]["year"])
    years = sorted({month // 12 for month in months})
    facts = income_calibration()["spread"]
    own = np.exp(rng.normal(0, facts["year_to_year"], (homes, len(years))))
    level = np.array([income_level(year) / base for year in years])
    factor: Array = (own * level)[:, [years.index(month // 12) for month in months]]
    return factor * _bad_spells(rng, homes, len(months))


def _bad_spells(rng: np.random.Generator, homes: int, months: int) -> Array:
    """Give a few households a bad year, beginning in any month."""
    rate = income_calibration()["spread"]["bad_year_percent"] / 100 * months / 12
    struck = np.flatnonzero(rng.random(homes) < rate)
    begin, left = rng.integers(0, months, len(struck)), rng.uniform(0.25, 0.8, len(struck))
    now = np.arange(months)[None, :]
    inside = (now >= begin[:, None]) & (now < begin[:, None] + 12)
    factor = np.ones((homes, months))
    factor[struck] = np.where(inside, left[:, None], 1.0)
    return factor


def _yearly_items(
    rng: np.random.Generator, households: Frame, members: Frame, per_head: Array
) -> dict[str, Array]:
    """Return each item's usual yearly amount in yuan."""
    owner, homes = members["household"], length(households)
    net = per_head * households["size"]
    items = _entitlements(rng, households, members)
    certain = (
        items["pension"]
        + items["minimum_living"]
        + items["destitute_support"]
        + items["farm_subsidy"]
        + items["ecology"]
    )
    weights = _source_weights(rng, households, members)
    wage, business, asset, transfer = (net * part for part in _fitted(weights, net))
    short = np.maximum(certain - transfer, 0)
    kept = 1 - np.minimum(short / np.maximum(wage + business, 1), 0.95)
    wage, business, transfer = wage * kept, business * kept, np.maximum(transfer, certain)
    post = items["public_post_wage"] = np.minimum(
        np.bincount(owner, members["public_post_months"] * 700.0, homes), wage)  # fmt: skip
    workers = np.bincount(owner, members["is_worker"], homes) > 0
    items["migrant_wage"] = (wage - post) * np.where(workers, 0.9, 0.0)
    items["other_wage"] = wage - post - items["migrant_wage"]
    gross = business / (1 - income_calibration()["spread"]["cost_of_sales"])
    parts = rng.dirichlet([1.2, 1.0, 0.5], homes)
    for number, name in enumerate(("crop_sales", "livestock_sales", "trade_sales")):
        items[name] = gross * parts[:, number]
    items["business_cost"] = gross - business
    items["asset_dividend"] = asset * 0.4
    items["land_rent"] = asset * 0.6
    has_children_away = (rng.random(homes) < 0.4) * 0.6
    items["alimony"] = (transfer - certain) * has_children_away
    items["other_transfer"] = (transfer - certain) - items["alimony"]
    return items


def _entitlements(rng: np.random.Generator, households: Frame, members: Frame) -> dict[str, Array]:
    owner, homes = members["household"], length(households)
    facts = calibration()["aid"]

    def for_each(flags: Array, yearly: float) -> Array:
        return sum_by(owner, flags, homes) * float(yearly)

    grave = (members["disability_grade"] > 0) & (members["disability_grade"] <= 2)
    pupils = members["school_stage"] >= 7
    poor = households["is_alleviated"] | households["is_supported"]
    return {
        "pension": for_each(members["has_pension"] & (members["age"] >= 60), 2160),
        "minimum_living": for_each(members["is_supported"], facts["minimum_living_monthly_yuan"] * 12 * 0.62),
        "destitute_support": for_each(members["is_destitute"], facts["destitute_monthly_yuan"] * 12),
        "farm_subsidy": np.where(rng.random(homes) < 0.85, rng.integers(12, 60, homes) * 10.0, 0.0),
        "ecology": np.where(rng.random(homes) < 0.4, rng.integers(10, 60, homes) * 12.0, 0.0),
        "disability_subsidy": for_each(grave, 1080),
        "education_aid": for_each(pupils, 2000) * poor,
        "gift": np.where(poor & (rng.random(homes) < 0.3), 500.0, 0.0),
    }


def _source_weights(rng: np.random.Generator, households: Frame, members: Frame) -> Array:
    """Return raw weights [source, household] of wage, business, property and transfer."""
    owner, homes, size = members["household"], length(households), households["size"]
    workers = np.bincount(owner, members["is_worker"] * members["months"] / 10.0, homes) / size
    able = sum_by(owner, members["labour"] <= WEAK, homes) > 0
    old = sum_by(owner, members["age"] >= 60, homes) / size
    helped = 1.2 * households["is_supported"] + 2.5 * households["is_destitute"]
    weights = np.array([
        (0.12 + 2.0 * workers) * able, rng.lognormal(0, 0.9, homes) * (0.12 + 0.88 * able) * 0.5,
        rng.lognormal(-0.5, 0.9, homes) * 0.06, 0.25 + 0.6 * old + helped * 0.5,
    ])  # fmt: skip
    return weights


def _fitted(weights: Array, net: Array) -> Array:
    """Scale the sources until their totals have the published shares; each household's parts add up to 1."""
    facts = income_calibration()["sources"]
    wanted = np.array([facts[name] for name in ("wage", "business", "property", "transfer")], dtype=float)
    parts = weights / weights.sum(axis=0)
    for _ in range(12):
        totals = parts @ net
        parts = parts * (wanted / wanted.sum() / (totals / totals.sum()))[:, None]
        parts = parts / parts.sum(axis=0)
    fitted: Array = parts
    return fitted


def _cuts(households: Frame, members: Frame, shocks: Shocks, months: range) -> dict[str, Array]:
    """Return, for the items that shocks reach, what share is left in each household and month."""
    shape = (length(households), len(months))
    wage, crops, animals = np.ones(shape), np.ones(shape), np.ones(shape)
    owner = members["household"]
    workers = np.maximum(np.bincount(owner, members["is_worker"], shape[0]), 1)
    share = members["is_worker"] / workers[owner]

    def cut(table: Array, home: int, begin: int, end: int, left: float) -> None:
        table[home, max(begin - months.start, 0) : max(end - months.start, 0)] *= left

    for person, month, until in _rows(shocks.job_loss, "person", "month", "until"):
        cut(wage, owner[person], month, until, 1 - share[person])
    for person, month in _rows(shocks.illness, "person", "month"):
        cut(wage, owner[person], month, month + 10, 0.9 - 0.6 * share[person])
    for person, month, consequence in _rows(shocks.accident, "person", "month", "consequence"):
        cut(
            wage,
            owner[person],
            month,
            month + (4, 999, 999)[consequence],
            1 - share[person] * (0.6, 0.9, 1)[consequence],
        )
    for home, month in _rows(shocks.disaster, "household", "month"):
        cut(crops, home, month, month + 8, 0.55)
    for home, month, event in _rows(shocks.project, "household", "month", "event"):
        cut(crops if event == 2 else animals, home, month, month + 10, (0.15, 0.2, 0.75)[event])
    return {"migrant_wage": wage, "crop_sales": crops, "livestock_sales": animals}


def _rows(frame: Frame, *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(frame[name].tolist() for name in names), strict=True))
