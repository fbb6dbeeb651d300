"""Which rows are dirty, and how; decided for the whole county before anything is written.

A row whose number is destroyed, or that says what cannot be, is lost to any careful reader; so is every
row about a person whose number in the registry is destroyed, and every row not yet delivered on the day.
"""

from dataclasses import dataclass

import numpy as np

from shouwang.synthetic.calibration import dirt_rates
from shouwang.synthetic.county import County
from shouwang.synthetic.facts import Lost
from shouwang.synthetic.frames import Array, Frame, length, random_stream
from shouwang.synthetic.layout import AMOUNT_COLUMNS, CODE_COLUMNS, DATE_COLUMNS

CLEAN = ""


@dataclass(frozen=True)
class DirtPlan:
    """Kinds of dirt by row; "" is clean.

    `identity` and `value` are by feed, `member` is of the registry's numbers, `ledger` of household months;
    `strangers` are rows of a feed to be copied under a number nobody has.
    """

    identity: dict[str, Array]
    value: dict[str, Array]
    strangers: dict[str, Array]
    member: Array
    ledger: Array


def owner_column(rows: Frame) -> str:
    """Return whether a feed names persons or households."""
    return "person" if "person" in rows else "household"


def owners(county: County, rows: Frame) -> Array:
    """Return the person each row names; a household is named by its head."""
    if "person" in rows:
        return rows["person"]
    heads: Array = county.households["head"][rows["household"]]
    return heads


def plan_dirt(county: County) -> DirtPlan:
    """Draw all dirt; the same county gives the same dirt."""
    rng = random_stream(county.seed, "dirt")
    rates = dirt_rates()
    born = county.members["birth"].astype("datetime64[Y]").astype(np.int64) + 1970 < 2000
    ends_x = np.char.endswith(county.members["id_number"].astype("U18"), "X")
    fits = {"ends_x": ends_x, "ends_digit": ~ends_x, "born_1900s": born}
    own_kinds = {name: each for name, each in rates["identity"].items() if name != "not_registered"}
    member = _drawn(rng, own_kinds, np.arange(county.member_count), fits)
    identity, value, strangers = {}, {}, {}
    for feed, rows in county.feeds.items():
        people = owners(county, rows)
        kinds = {**(rates["certificate"] if feed == "disability" else {}), **own_kinds}
        identity[feed] = _drawn(rng, kinds if feed != "petitions" else {}, people, fits)
        value[feed] = _drawn(rng, _possible(feed), people, fits)
        rate = rates["identity"]["not_registered"]["per_mille"] / 1000 * (feed != "petitions")
        strangers[feed] = rng.random(length(rows)) < rate
    months = (county.household_count, len(county.window))
    ledger = _drawn(rng, rates["ledger"], np.zeros(months[0] * months[1], dtype=np.int64), {}).reshape(months)
    return DirtPlan(identity, value, strangers, member, ledger)


def _possible(feed: str) -> dict[str, dict[str, float]]:
    needs = {"negative": AMOUNT_COLUMNS, "future_date": DATE_COLUMNS, "unknown_code": CODE_COLUMNS}
    kinds = dirt_rates()["value"]
    return {name: each for name, each in kinds.items() if name not in needs or feed in needs[name]}


def _drawn(
    rng: np.random.Generator, kinds: dict[str, dict[str, float]], people: Array, fits: dict[str, Array]
) -> Array:
    """Draw one kind or none for each row; a kind that needs a fitting number falls on those that have one."""
    chosen = np.full(len(people), CLEAN, dtype=object)
    draw = rng.random(len(people)) * 1000
    bottom = 0.0
    for name, each in kinds.items():
        only = each.get("only")
        hit = (draw >= bottom) & (draw < bottom + each["per_mille"])
        chosen[hit & fits[str(only)][people] if only else hit] = name
        bottom += each["per_mille"]
    return chosen


def is_lost_kind(place: str, kinds: Array) -> Array:
    """Say which rows carry a kind of dirt that loses the row; certificate numbers never do."""
    names = [name for name, each in dirt_rates()[place].items() if each["is_lost"]]
    return np.isin(kinds.astype("U20"), names)


def lost_through(county: County, plan: DirtPlan) -> Lost:
    """Return what the planned dirt takes away.

    A registry row whose number a spreadsheet destroyed is refused whole; one with another unusable number
    still tells of its person, but nothing the departments say can be matched to it.
    """
    unmatched = is_lost_kind("identity", plan.member)
    feeds = {}
    for feed, rows in county.feeds.items():
        undelivered = ~np.isin(rows["month"], np.array(county.window))
        dirty = is_lost_kind("identity", plan.identity[feed]) | is_lost_kind("value", plan.value[feed])
        feeds[feed] = undelivered | dirty | unmatched[owners(county, rows)]
    months = county.income.shape[2]
    ledger = np.ones((county.household_count, months), dtype=bool)
    ledger[:, county.window.start - county.income_first :] = is_lost_kind("ledger", plan.ledger)
    return Lost(feeds, plan.member == "excel_number", ledger)


def why_lost(county: County, plan: DirtPlan, feed: str, home: int) -> set[str]:
    """Return why rows of a feed about a household are lost, in Chinese."""
    rows, members = county.feeds[feed], county.members
    mine = np.flatnonzero(members["household"][owners(county, rows)] == home)
    found = set()
    for row in mine.tolist():
        if int(rows["month"][row]) not in county.window:
            found.add("截至筛查日尚未推送")
        for place, kinds in (("identity", plan.identity), ("value", plan.value)):
            kind = dirt_rates()[place].get(kinds[feed][row])
            if kind and kind["is_lost"]:
                found.add(str(kind["label"]))
    return found
