"""What is so of each household on the day, counted from the clean facts or from what dirt has left of them.

This is counted here on its own, with no help from the screening it is used to judge. Money is in fen.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from shouwang.synthetic import livelihoods, public_services, surroundings
from shouwang.synthetic.county import County
from shouwang.synthetic.frames import Array, Frame, any_by, month_index, months_of, sum_by, take
from shouwang.synthetic.traits import SKILLED, WEAK

Facts = dict[str, Array]


@dataclass(frozen=True)
class Lost:
    """What can no longer be read: rows of the feeds, members, and household months of the ledger."""

    feeds: dict[str, Array]
    members: Array
    ledger: Array


def nothing_lost(county: County) -> Lost:
    """Return masks that take nothing away."""
    feeds = {name: np.zeros(len(rows["month"]), dtype=bool) for name, rows in county.feeds.items()}
    months = county.income.shape[2]
    return Lost(feeds, np.zeros(county.member_count, bool), np.zeros((county.household_count, months), bool))


def count_facts(county: County, lost: Lost) -> Facts:
    """Return one array a fact, one value a household."""
    kept = {name: take(rows, ~lost.feeds[name]) for name, rows in county.feeds.items()}
    facts = _income_facts(county, lost)
    facts.update(_member_facts(county, lost, kept["disability"]))
    facts.update(_spending_facts(county, kept))
    facts.update(_school_facts(county, kept["education"]))
    facts.update(_event_facts(county, kept))
    facts["per_head"] = facts["net"] // np.maximum(facts["members"], 1)
    facts["rigid"] = facts["own_pay"] + facts["education_own"] + facts["disaster_loss"]
    return facts


def _in_year(county: County, days: Array) -> Array:
    """Say which days lie in the twelve calendar months ending with the month of the day."""
    end = month_index(county.on)
    month = months_of(days)
    inside: Array = (month > end - 12) & (month <= end)
    return inside


def _income_facts(county: County, lost: Lost) -> Facts:
    """Count the income of the twelve months before the day's; where one is lost, the annual statement."""
    end = month_index(county.on) - county.income_first
    years = [_calendar_year(county, county.on.year - back) for back in (1, 2, 3)]

    def over(first: int, last: int, instead: Array) -> Array:
        whole = county.net_income[:, first:last].sum(axis=1)
        return np.where(lost.ledger[:, first:last].any(axis=1), instead, whole)

    fell = years[0] < years[1]
    return {
        "net": over(end - 12, end, years[0]),
        "previous": over(end - 24, end - 12, years[1]),
        "falling_years": fell.astype(np.int64) + (fell & (years[1] < years[2])),
    }


def _calendar_year(county: County, year: int) -> Array:
    first = year * 12 - county.income_first
    total: Array = county.net_income[:, first : first + 12].sum(axis=1)
    return total


def _member_facts(county: County, lost: Lost, certificates: Frame) -> Facts:
    members, homes = county.members, county.household_count
    there = ~lost.members
    owner = members["household"]
    insured = members["is_resident_insured"] | members["is_employee_insured"]
    grave = (members["disability_grade"] > 0) & (members["disability_grade"] <= 2)
    labour = sum_by(owner, there & (members["labour"] <= WEAK), homes)
    count = sum_by(owner, there, homes)
    return {
        "members": count,
        "uninsured": sum_by(owner, there & ~insured, homes),
        "severe": sum_by(owner, there & grave, homes),
        "labour": labour,
        "full_labour": sum_by(owner, there & (members["labour"] <= SKILLED), homes),
        "without_labour": (labour == 0) & (count > 0),
        "seriously_ill": sum_by(owner, there & members["is_serious"], homes),
    }


def _spending_facts(county: County, kept: dict[str, Frame]) -> Facts:
    homes, owner = county.household_count, county.members["household"]
    rows = kept["medical"]
    rows = take(rows, _in_year(county, rows["day"]))
    per_person = sum_by(rows["person"], rows["own"], county.member_count)
    largest = np.zeros(homes, dtype=np.int64)
    np.maximum.at(largest, owner, per_person)
    new = kept["health"]
    new = take(new, new["is_serious"] & _in_year(county, new["day"]))
    persons = np.unique(new["person"])
    hit = kept["disaster"]
    hit = take(hit, _in_year(county, hit["day"]))
    return {
        "own_pay": sum_by(owner, per_person, homes),
        "own_pay_person": largest,
        "new_serious": np.bincount(owner[persons], minlength=homes),
        "disaster_loss": sum_by(hit["household"], np.maximum(hit["direct"], hit["crop"]), homes),
        "disasters": np.bincount(hit["household"], minlength=homes),
        "house_destroyed": any_by(hit["household"], hit["damage"] >= 2, homes),
    }


def latest(rows: Frame, owner: str) -> Frame:
    """Return each person's or household's row of the newest delivery."""
    order = np.lexsort((np.arange(len(rows["month"])), rows["month"], rows[owner]))
    ordered = rows[owner][order]
    is_last = np.r_[ordered[1:] != ordered[:-1], True] if len(ordered) else np.zeros(0, dtype=bool)
    return take(rows, order[is_last])


def ages_on(birth: Array, day: date) -> Array:
    """Return full years of age on a day."""
    months = birth.astype("datetime64[M]")
    day_of_month = (birth - months.astype("datetime64[D]")).astype(np.int64)
    whole = month_index(day) - (months.astype(np.int64) + 1970 * 12)
    years: Array = (whole - (day_of_month > day.day - 1)) // 12
    return years


def _school_facts(county: County, rows: Frame) -> Facts:
    homes, owner = county.household_count, county.members["household"]
    now = latest(rows, "person")
    home = owner[now["person"]]
    age = ages_on(county.members["birth"][now["person"]], county.on)
    gone = (now["status"] == public_services.DROPOUT) & (age >= 6) & (age < 16)
    beyond = (now["status"] == public_services.ENROLLED) & ~np.isin(now["phase"], (1, 2))
    return {
        "dropouts": np.bincount(home[gone], minlength=homes),
        "pupils_beyond": np.bincount(home[beyond], minlength=homes),
        "education_own": sum_by(home, now["own"], homes),
    }


def _event_facts(county: County, kept: dict[str, Frame]) -> Facts:
    homes, owner = county.household_count, county.members["household"]
    work = latest(kept["employment"], "person")
    out = work["status"] == livelihoods.UNEMPLOYED
    farm = take(kept["agriculture"], _in_year(county, kept["agriculture"]["day"]))
    security = take(kept["security"], _in_year(county, kept["security"]["day"]))
    traffic = security["event"] == surroundings.TRAFFIC
    water = take(kept["water"], _in_year(county, kept["water"]["day"]))
    return {
        "unemployed": np.bincount(owner[work["person"][out]], minlength=homes),
        "project_stopped": np.bincount(
            farm["household"][farm["event"] == livelihoods.PROJECT_STOPPED], minlength=homes
        ),
        "farm_loss": sum_by(farm["household"], farm["loss"], homes),
        "grave_accident": any_by(owner[security["person"]], traffic & (security["consequence"] >= 2), homes),
        "accidents": np.bincount(owner[security["person"][traffic]], minlength=homes),
        "housing_unsafe": _unsafe_housing(county, kept["housing"]),
        "water_problems": np.bincount(water["household"], minlength=homes),
    }


def _unsafe_housing(county: County, rows: Frame) -> Array:
    """Judge by the newest appraisal, one treated being safe; without one, by the registry."""
    grade = county.households["registry_grade"].copy()
    order = np.lexsort((np.arange(len(rows["day"])), rows["day"]))
    treated = rows["disposal"][order] == surroundings.TREATED
    grade[rows["household"][order]] = np.where(treated, 0, rows["grade"][order])
    unsafe: Array = grade >= 2
    return unsafe
