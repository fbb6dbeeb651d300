"""How each source of an export is taken from a row of the records and what stands around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Any

from shouwang.domain.divisions import TOWNSHIP, VILLAGE, find, name_path
from shouwang.domain.tables import TABLES
from shouwang.records.models.households import MONITORING
from shouwang.records.sealing import unsealer

_LEVELS = ("province", "city", "county", "township", "village")
# What a row says of its household itself; all else of it stands in the version in force.
_OWN = {
    "number": "number", "member_count": "member_count", "identified_on": "identified_on",
    "eliminated_on": "eliminated_on", "last_visit_on": "last_visit_on",
}  # fmt: skip
_HEALTH = ("has_chronic_illness", "has_serious_illness", "is_disabled")
_HEALTH_WORDS = ("长期慢性病", "患有大病", "残疾")


@dataclass
class Around:
    """What stands around the rows of a chunk: period, running number, heads' sealed numbers, incomes."""

    from_on: date
    to_on: date
    number: int = 0
    household_id: int = 0
    heads: dict[int, bytes | None] = field(default_factory=dict)
    unsealers: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    incomes: dict[int, dict[str, Any]] = field(default_factory=dict)

    def unsealed(self, sealed: bytes | None, column: str) -> str | None:
        """Return a sealed value; the key is looked up once a chunk."""
        if sealed is None:
            return None
        if column not in self.unsealers:
            self.unsealers[column] = unsealer(of=column)
        return self.unsealers[column](sealed).decode()


@dataclass(frozen=True)
class Reader:
    """How a source is read: the columns of the row it takes, what makes the value, what it needs around."""

    paths: tuple[str, ...]
    make: Callable[..., Any]
    needs: str = ""


@cache
def reader_of(source: str, *, is_person: bool) -> Reader:
    """Return the reader of a source of domain.exporting.SOURCES for rows of persons or of households."""
    table, _, name = source.partition(".")
    household, version = ("household__", "home__") if is_person else ("", "now__")
    if table == "row":
        return Reader((), lambda around: around.number)
    if table == "place":
        paths = ("division", f"{version}township", f"{version}village")
        return Reader(paths, _place_reader(_LEVELS.index(name)))
    if table == "head":
        return Reader((), _head_number, "head")
    if table == "annual_income":
        return Reader((), lambda around: around.incomes.get(around.household_id, {}).get(name), "income")
    if table == "household":
        return _of_household(name, household, version)
    return _of_member(name)


def _plain(around: Around, value: Any) -> Any:
    return value


def _of_household(name: str, own: str, version: str) -> Reader:
    if name in _OWN:
        return Reader((f"{own}{_OWN[name]}",), _plain)
    if name == "phone":
        return Reader((f"{own}phone_sealed",), _unsealed("household.phone"))
    if name == "contact_name":
        return Reader((f"{own}contact__display_name", f"{version}has_contact_person"), _contact)
    if name == "standing":
        paths = (f"{own}monitoring", f"{own}identified_on", f"{own}eliminated_on")
        return Reader(paths, _standing)
    TABLES["household"].column(name)
    return Reader((f"{version}{name}",), _plain)


def _of_member(name: str) -> Reader:
    if name == "code":
        return Reader(("code",), _plain)
    if name == "id_number":
        return Reader(("id_sealed",), _unsealed("member.id_number"))
    if name == "phone":
        return Reader(("phone_sealed",), _unsealed("member.phone"))
    if name == "age":
        return Reader(("now__birth_date",), _age)
    if name == "health":
        return Reader(tuple(f"now__{each}" for each in _HEALTH), _health)
    TABLES["member"].column(name)
    return Reader((f"now__{name}",), _plain)


def _unsealed(column: str) -> Callable[[Around, Any], str | None]:
    return lambda around, sealed: around.unsealed(sealed, column)


def _head_number(around: Around) -> str | None:
    return around.unsealed(around.heads.get(around.household_id), "member.id_number")


def _contact(around: Around, name: str | None, is_told: bool | None) -> str | None:
    """Name the contact person of this system; the registry's own is only known to be there."""
    return name or ("已落实" if is_told else None)


def _place_reader(level: int) -> Callable[..., str | None]:
    """Name one level of a place; below what the code says, the registry's own words stand."""

    def read(around: Around, division: str, township: str | None, village: str | None) -> str | None:
        path = _names(division)
        if level < len(path):
            return path[level]
        return {TOWNSHIP - 1: township, VILLAGE - 1: village}.get(level)

    return read


@lru_cache(maxsize=50_000)
def _names(division: str) -> tuple[str, ...]:
    return tuple(name_path(division)) if find(division) else ()


def _standing(around: Around, monitoring: str, identified: date | None, eliminated: date | None) -> str:
    """Say how a household stands in the period: 新增, 持续, 消除 or earlier."""
    if monitoring == "monitored":
        is_new = identified is not None and around.from_on <= identified <= around.to_on
        return "新增" if is_new else "持续监测"
    if monitoring == "eliminated":
        is_now = eliminated is not None and around.from_on <= eliminated <= around.to_on
        return "本期消除" if is_now else "往期消除"
    return MONITORING[monitoring]


def _age(around: Around, birth_date: date | None) -> int | None:
    if birth_date is None:
        return None
    on = around.to_on
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _health(around: Around, *flags: bool | None) -> str | None:
    """Say the set of health states; 健康 only where each of the three is known not to hold."""
    said = [word for word, flag in zip(_HEALTH_WORDS, flags, strict=True) if flag]
    if said:
        return "、".join(said)
    return "健康" if all(flag is False for flag in flags) else None
