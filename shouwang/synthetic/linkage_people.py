"""The people of the linkage benchmark: villages of namesakes, twins, and who is not registered."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tomllib import loads
from typing import Any

import numpy as np

from shouwang.synthetic.frames import Array, Frame, length, random_stream, texts
from shouwang.synthetic.identity import check_characters, identity_numbers, numbered
from shouwang.synthetic.population import DAUGHTER, HEAD, SON, make_population

COUNTY = "530521"
_VILLAGES_PER_TOWNSHIP = 10
_MARRIES_IN = (1, 4, 5, 11, 13, 14)


@dataclass(frozen=True)
class LinkagePeople:
    """All persons of a county as they truly are; one entry a person in every array of `people`.

    Columns: person_id, household_id, household, name, number, birth, is_male, division, head (row number of
    the head), head_name, phone, is_registered, twin (row number of the twin, -1 for none).
    """

    people: Frame

    @property
    def count(self) -> int:
        """Count the persons, registered or not."""
        return length(self.people)


@cache
def linkage_rates() -> dict[str, Any]:
    """Read data/linkage.toml."""
    path = Path(__file__).parent / "data" / "linkage.toml"
    return loads(path.read_text(encoding="utf-8"))


def make_linkage_people(persons: int, seed: int, on: date) -> LinkagePeople:
    """Draw a county of about so many persons; the same seed gives the same people."""
    rates = linkage_rates()["people"]
    homes = max(8, round(persons / 3.5))
    villages = max(2, homes // rates["households_per_village"])
    households, members = make_population(homes, on, seed, villages)
    rng = random_stream(seed, "linkage people")
    twin = _make_twins(rng, members)
    owner, count = members["household"], length(members)
    head = np.flatnonzero(members["relation"] == HEAD)[owner]
    name = _names(rng, members, households["village"])
    number = _spread(identity_numbers(COUNTY, members["birth"], members["is_male"]))
    own = numbered("100", rng.integers(0, 10**8, count), 8)
    has_own = (rng.random(count) * 100 < rates["phone_percent"]) & (members["age"] > 14)
    home_ids = numbered(COUNTY, np.arange(1, homes + 1), 7)
    away = rng.random(count) * 100 < rates["unregistered_percent"]
    whole = (rng.random(homes) * 100 < rates["unregistered_homes_percent"])[owner]
    place = np.arange(count) - np.flatnonzero(np.r_[True, np.diff(owner) > 0])[owner] + 1
    people = {
        "person_id": home_ids[owner] + numbered("", place, 2), "household_id": home_ids[owner],
        "household": owner, "name": name, "number": number, "birth": members["birth"],
        "is_male": members["is_male"], "division": village_codes(villages)[households["village"]][owner],
        "head": head, "head_name": name[head], "phone": np.where(has_own, own, own[head]),
        "is_registered": ~whole & (~away | (head == np.arange(count))), "twin": twin,
    }  # fmt: skip
    return LinkagePeople(people)


def village_codes(count: int) -> Array:
    """Return so many village codes, ten to a township; the codes are made up."""
    return np.array(
        [
            f"{COUNTY}{100 + at // _VILLAGES_PER_TOWNSHIP}{200 + at % _VILLAGES_PER_TOWNSHIP}"
            for at in range(count)
        ],
        dtype=object,
    )


def _spread(numbers: Array) -> Array:
    """Spread the sequence codes of each day over all there are, as offices do; pairs stay neighbours."""
    whole = np.array([int(number[:17]) for number in numbers], dtype=np.int64)
    rank, sex = whole % 1000 // 2, whole % 2
    day = whole // 1000
    pair = (rank // 2 * 101 + day * 57 % 249) % 249
    spread = day * 1000 + (pair * 2 + rank % 2) * 2 + sex
    joined: Array = np.char.add(spread.astype("U17"), check_characters(spread)).astype(object)
    return joined


def _make_twins(rng: np.random.Generator, members: Frame) -> Array:
    """Make some neighbouring siblings twins; return each person's twin, -1 for none."""
    child = np.isin(members["relation"], (SON, DAUGHTER))
    beside = child[:-1] & child[1:] & (members["household"][:-1] == members["household"][1:])
    share = linkage_rates()["people"]["twins_percent"] / 100
    first = np.flatnonzero(beside & (rng.random(len(beside)) < share))
    first = first[np.diff(first, prepend=-2) > 1]
    members["birth"][first + 1] = members["birth"][first]
    members["age"][first + 1] = members["age"][first]
    alike = rng.random(len(first)) < 0.7
    members["is_male"][first + 1] = np.where(alike, members["is_male"][first], members["is_male"][first + 1])
    twin = np.full(length(members), -1)
    twin[first], twin[first + 1] = first + 1, first
    return twin


def _names(rng: np.random.Generator, members: Frame, village: Array) -> Array:
    rates, count, owner, homes = (
        linkage_rates()["people"],
        length(members),
        members["household"],
        len(village),
    )
    pairs = re.findall(r"(\D)(\d+)", rates["surnames"])
    surnames, weights = texts(*(sign for sign, _ in pairs)), np.array([float(each) for _, each in pairs])
    at_home = rng.choice(len(surnames), homes, p=weights / weights.sum())
    of_village = rng.choice(len(surnames), int(village.max()) + 1, p=weights / weights.sum())
    is_clan = rng.random(homes) * 100 < rates["clan_percent"]
    surname = np.where(is_clan, of_village[village], at_home)[owner]
    other = rng.choice(len(surnames), count, p=weights / weights.sum())
    surname = np.where(np.isin(members["relation"], _MARRIES_IN), other, surname)
    first, second = _given(rng, members["is_male"]), _given(rng, members["is_male"])
    shared = rng.random(homes) * 100 < rates["generation_percent"]
    # One character a household and generation, men's for all.
    drawn = _given(rng, np.ones(homes * 5, dtype=bool))[owner * 5 + members["generation"]]
    first = np.where(shared[owner], drawn, first)
    is_short = (rng.random(count) * 100 < rates["one_given_percent"]) & ~shared[owner]
    name = surnames[surname] + first + np.where(is_short, "", second)
    is_long = (rng.random(homes) * 100 < rates["long_percent"])[owner]
    long_first = texts(*rates["long_first"])[rng.integers(0, len(rates["long_first"]), count)]
    long_last = texts(*rates["long_last"])[rng.integers(0, len(rates["long_last"]), count)]
    return np.where(is_long, long_first + "·" + long_last, name)


def _given(rng: np.random.Generator, is_male: Array) -> Array:
    """Draw given characters, the earlier in the list the more often (weight 1 / (rank + 8))."""
    drawn = np.empty(len(is_male), dtype=object)
    for flag, key in ((True, "male"), (False, "female")):
        signs = texts(*linkage_rates()["people"][key])
        weights = 1 / (np.arange(len(signs)) + 8)
        at = np.flatnonzero(is_male == flag)
        drawn[at] = signs[rng.choice(len(signs), len(at), p=weights / weights.sum())]
    return drawn
