"""What a rule may read: every indicator's name, unit, meaning and what makes it unknown.

The engine computes these (one row per household); rules, cases and documents name them. `on` is the day of
the screening. Windows: W is the income window of the household's policy; S (spending) is the twelve calendar
months ending with the month of `on`; H is the six full months before the month of `on`; "latest" is the
newest `delivered_month` of the feed that names the household (or person). A feed never delivered makes what
depends on it unknown; a feed delivered without a row for a household means zero.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

Unit = Literal[
    "fen",
    "persons",
    "households",
    "months",
    "days",
    "years",
    "year",
    "times",
    "items",
    "flag",
    "code",
    "grade",
]


@dataclass(frozen=True)
class Indicator:
    """One indicator: `reads` are the tables it is computed from, `unknown` says when it is NULL."""

    name: str
    label: str
    unit: Unit
    reads: tuple[str, ...]
    meaning: str
    unknown: str

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise ValueError(f"indicator {self.name}: unit {self.unit!r} is not known")


def _parse(text: str) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, label, unit, reads, meaning, unknown = (part.strip() for part in line.split("|"))
        if name in found:
            raise ValueError(f"indicator {name} is written twice")
        # The unit is checked by the class itself.
        found[name] = Indicator(name, label, unit, tuple(reads.split()), meaning, unknown)  # type: ignore[arg-type]
    return found


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator by name, in the order of the catalogue `data/indicators.txt`."""
    return _parse((files(__package__) / "data" / "indicators.txt").read_text(encoding="utf-8"))
