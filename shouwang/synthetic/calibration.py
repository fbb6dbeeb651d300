"""The figures the county is calibrated to, read once from the tables beside this module."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def calibration() -> dict[str, Any]:
    """Return the sections of `calibration.toml`; each names its source."""
    return _read("calibration")


@cache
def income_calibration() -> dict[str, Any]:
    """Return the sections of `income.toml`: levels, fifths, the four sources, months."""
    return _read("income")


@cache
def dirt_rates() -> dict[str, Any]:
    """Return the kinds of dirt with their rates per thousand, by where they are planted."""
    return _read("dirt")


def income_level(year: int) -> float:
    """Return the rural income per head of a year in yuan: published, or carried on at the assumed growth."""
    level = income_calibration()["level"]
    years = {int(each): float(value) for each, value in level["years"].items()}
    newest, oldest = max(years), min(years)
    if year > newest:
        return float(years[newest] * (1 + level["later_growth"]) ** (year - newest))
    return years[max(year, oldest)]
