"""A county that never existed, on the villages of one that does."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from shouwang.domain.divisions import Division, find, name_path, villages
from shouwang.domain.tables import INCOME_ITEMS
from shouwang.synthetic.calibration import income_calibration
from shouwang.synthetic.frames import Array, Frame, length
from shouwang.synthetic.income import ITEMS


class SyntheticError(ValueError):
    """The county asked for cannot be made."""


@dataclass(frozen=True)
class County:
    """Everything that is true of the county, before any dirt.

    `households` and `members` have one row each; a member's `household`, an event's `person` or `household`
    are row numbers. `income[item, household, month]` is in fen, from `income_first`; `feeds` holds what the
    departments know, by feed name; `window` numbers the months delivered (year × 12 + month − 1).
    """

    code: str
    on: date
    seed: int
    window: range
    villages: tuple[Division, ...]
    households: Frame
    members: Frame
    income: Array
    income_first: int
    feeds: dict[str, Frame] = field(default_factory=dict)

    @property
    def household_count(self) -> int:
        """Count the households."""
        return length(self.households)

    @property
    def member_count(self) -> int:
        """Count the persons."""
        return length(self.members)

    @cached_property
    def place_names(self) -> tuple[str, str, str]:
        """Give the names of province, city and county."""
        names = name_path(self.code)
        return names[0], names[1], names[-1]

    @cached_property
    def townships(self) -> tuple[str, ...]:
        """Give the township's name of each village."""
        names: dict[str, str] = {}
        for village in self.villages:
            key = village.code[:9]
            if key not in names:
                town = find(key)
                names[key] = town.name if town else ""
        return tuple(names[village.code[:9]] for village in self.villages)

    @cached_property
    def net_income(self) -> Array:
        """Give the counted net income [household, month] in fen."""
        return np.tensordot(counted_signs(), self.income.astype(np.int64), axes=1)


def counted_signs() -> Array:
    """Return 1 for each counted income item, −1 for a counted cost, 0 for what does not count."""
    uncounted = set(income_calibration()["uncounted"]["items"])
    return np.array([0 if name in uncounted else -1 if INCOME_ITEMS[name].is_cost else 1 for name in ITEMS])


def county_villages(code: str) -> tuple[Division, ...]:
    """Return the villages of a county; raises SyntheticError if there is none."""
    found = tuple(villages(code)) if len(code) == 6 and code.isdigit() else ()
    if not found:
        raise SyntheticError(f"没有找到县级区划 {code} 的行政村；请用 6 位县级区划代码，例如 530521")
    return found
