"""Administrative divisions: 12-digit codes, names, parents and children, and villages found by name.

The table is the one of the National Bureau of Statistics in force on `as_of()`; a province's townships and
villages are read when first asked for. `data/changes.toml` lists dated changes.
"""

import bz2
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from shouwang.domain.division_changes import Change, follow, parse_changes
from shouwang.domain.place_names import township_keys, village_keys

LEVELS = {1: "省", 2: "市", 3: "县", 4: "乡", 5: "村"}
PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE = LEVELS

_WIDTHS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
_LEVEL_OF_WIDTH = {width: level for level, width in _WIDTHS.items()}
_CODE = re.compile(r"[0-9]{12}")
_DATA = files("shouwang.domain").joinpath("data")

# A household's table names a few hundred villages over and over.
_REMEMBERED_NAMES = 65_536


class DivisionError(ValueError):
    """A division code or level cannot be one."""


@dataclass(frozen=True, slots=True)
class Division:
    """One division; four places repeat a code at two levels, so the key is (code, level)."""

    code: str
    name: str
    level: int

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise DivisionError(f"区划层级应为 1（省）至 5（村），现为 {self.level}")
        if not _CODE.fullmatch(self.code):
            raise DivisionError(f"区划代码应为 12 位数字，现为“{self.code}”")
        if self.code[_WIDTHS[self.level] :].strip("0"):
            raise DivisionError(f"区划代码 {self.code} 不是{LEVELS[self.level]}级代码：末尾应为 0")
        if not self.name.strip():
            raise DivisionError(f"区划 {self.code} 缺少名称")

    @property
    def prefix(self) -> str:
        """Give the leading 2, 4, 6, 9 or 12 digits that all divisions within share."""
        return self.code[: _WIDTHS[self.level]]

    @property
    def parent_code(self) -> str | None:
        """Give the 12-digit code one level up; a province has none."""
        if self.level == PROVINCE:
            return None
        return _padded(self.code[: _WIDTHS[self.level - 1]])


def normalise(code: str | int) -> str:
    """Return the 12-digit form of a code of 2, 4, 6, 9 or 12 digits.

    Raises DivisionError; whether the division exists is for `find` to say.
    """
    text = str(code).strip()
    if not (text.isascii() and text.isdigit() and len(text) in _LEVEL_OF_WIDTH):
        raise DivisionError(f"区划代码应为 2、4、6、9 或 12 位数字，现为“{text}”；请核对代码")
    return _padded(text)


def find(code: str | int, level: int | None = None) -> Division | None:
    """Return the division in today's table, or None if it is not there.

    Without a level, a short code means the level of its width, and 12 digits mean the highest level they can.
    """
    full = normalise(code)
    if level is not None and level not in LEVELS:
        raise DivisionError(f"区划层级应为 1（省）至 5（村），现为 {level}")
    width = len(str(code).strip())
    wanted = [level] if level is not None else [_LEVEL_OF_WIDTH[width]] if width < 12 else list(LEVELS)
    for candidate in wanted:
        prefix = full[: _WIDTHS[candidate]]
        if _padded(prefix) == full and (name := _names_around(prefix).get(prefix)) is not None:
            return Division(full, name, candidate)
    return None


def name_path(code: str | int) -> list[str]:
    """Return the names from the province down to the division (省 市 县 乡 村); empty if it is unknown."""
    division = find(code)
    if division is None:
        return []
    prefixes = [division.prefix[:width] for width in _WIDTHS.values() if width <= len(division.prefix)]
    return [name for prefix in prefixes if (name := _names_around(prefix).get(prefix)) is not None]


def children(code: str | int) -> list[Division]:
    """Return the divisions one level down by code; empty for a village or an unknown code."""
    division = find(code)
    if division is None or division.level == VILLAGE:
        return []
    return list(_within(division.prefix, division.level + 1))


def villages(code: str | int) -> list[Division]:
    """Return all villages and communities of a county, township or wider division by code."""
    division = find(code)
    return [] if division is None else list(_within(division.prefix, VILLAGE))


def provinces() -> list[Division]:
    """Return the provinces by code."""
    return list(_within("", PROVINCE))


@lru_cache(maxsize=_REMEMBERED_NAMES)
def resolve_village(county_code: str, township: str, village: str) -> Division | None:
    """Return the village that these names mean in a county; None if there is none, or more than one.

    村, 村委会, 社区, 居委会 and 镇, 乡, 街道, spaces and full-width forms may differ; the closest reading
    wins. With an empty township the village's name must be the only such one in the county.
    """
    index = _villages_by_name(normalise(county_code)[:6])
    town = ""
    if township.strip():
        found = _closest(index.townships, township_keys(township))
        if found is None:
            return None
        town = found
    prefix = _closest(index.villages, tuple(town + key for key in village_keys(village)))
    return None if prefix is None else find(prefix, VILLAGE)


def changes() -> tuple[Change, ...]:
    """Return the shipped dated changes, oldest first."""
    return _shipped_changes()


def successors(code: str | int, on: date) -> tuple[str, ...]:
    """Return the 12-digit codes that a code has become by a day: itself, one, or after a split several."""
    return follow(normalise(code), on, _shipped_changes())


def county_in_year(first_six_digits: str, year: int) -> Division | None:
    """Return the county that the six digits of an ID number meant in a year; None if that is not known.

    None is no ground to refuse a number: numbers keep the code of the place and time of registration, and the
    table holds today's counties and the listed changes only.
    """
    code = normalise(first_six_digits)
    for change in _shipped_changes():
        if change.old_code == code and year <= change.changed_on.year:
            return Division(code, change.old_name, COUNTY)
    return find(first_six_digits[:6])


def is_county_code(first_six_digits: str) -> bool:
    """Say whether the six digits are a county in today's table."""
    return first_six_digits in _county_codes()


def as_of() -> date:
    """Return the day on which the shipped table was in force."""
    return date.fromisoformat(_read("upper").partition("\n")[0].partition("\t")[2])


@dataclass(frozen=True, slots=True)
class _NameIndex:
    """Keys to prefixes; None marks a key that means more than one place."""

    townships: dict[str, str | None]
    villages: dict[str, str | None]


@cache
def _villages_by_name(county: str) -> _NameIndex:
    index = _NameIndex({}, {})
    for town in _within(county, TOWNSHIP):
        for key in township_keys(town.name):
            _add(index.townships, key, town.prefix)
    for village in _within(county, VILLAGE):
        for key in village_keys(village.name):
            _add(index.villages, key, village.prefix)
            _add(index.villages, village.prefix[:9] + key, village.prefix)
    return index


def _add(table: dict[str, str | None], key: str, prefix: str) -> None:
    table[key] = prefix if table.get(key, prefix) == prefix else None


def _closest(table: dict[str, str | None], keys: tuple[str, ...]) -> str | None:
    return next((table[key] for key in keys if key in table), None)


def _within(prefix: str, level: int) -> Iterator[Division]:
    table = prefix[:2] if level >= TOWNSHIP else "upper"
    names, ordered = _names(table), _ordered(table, _WIDTHS[level])
    for position in range(bisect_left(ordered, prefix), len(ordered)):
        found = ordered[position]
        if not found.startswith(prefix):
            return
        yield Division(_padded(found), names[found], level)


@cache
def _ordered(table: str, width: int) -> list[str]:
    return sorted(prefix for prefix in _names(table) if len(prefix) == width)


def _names_around(prefix: str) -> dict[str, str]:
    return _names(prefix[:2] if len(prefix) > 6 else "upper")


def _names(table: str) -> dict[str, str]:
    return _upper() if table == "upper" else _province(table)


@cache
def _upper() -> dict[str, str]:
    lines = _read("upper").split("\n")[1:]
    return dict(line.split("\t") for line in lines)


@cache
def _county_codes() -> frozenset[str]:
    return frozenset(prefix for prefix in _upper() if len(prefix) == 6)


@cache
def _province(province: str) -> dict[str, str]:
    """Read the townships (9 digits) and villages (12 digits) of a province; empty where there is no table."""
    if province not in _upper():
        return {}
    names: dict[str, str] = {}
    county = town = ""
    town_number = village_number = 0
    for line in _read(province).split("\n"):
        if line[0] == ">":
            county, town_number = line[1:], 0
            continue
        number, name = line.split("\t")
        if line[0] == "#":
            town_number = int(number[1:]) if len(number) > 1 else town_number + 1
            town, village_number = f"{county}{town_number:03d}", 0
            names[town] = name
        else:
            village_number = int(number) if number else village_number + 1
            names[f"{town}{village_number:03d}"] = name
    return names


@cache
def _shipped_changes() -> tuple[Change, ...]:
    return parse_changes(_DATA.joinpath("changes.toml").read_text(encoding="utf-8"))


def _read(table: str) -> str:
    return bz2.decompress(_DATA.joinpath("divisions", f"{table}.bz2").read_bytes()).decode()


def _padded(prefix: str) -> str:
    return prefix.ljust(12, "0")
