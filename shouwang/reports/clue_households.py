"""Which household a clue is about: by number, ID number, or name and village; and those of a pasted list."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shouwang.domain.divisions import VILLAGE, name_path, villages
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Division, Household, Member
from shouwang.records.sealing import id_index
from shouwang.records.viewers import Viewer

_MOST_SHOWN = 20
_BETWEEN = re.compile(r"[\s,，、;；]+")
# A wider reach is a choice of thousands of villages: one looks for the household instead.
_NARROWEST_PREFIX = 6


@dataclass(frozen=True)
class Listed:
    """A pasted list: the households found, and the lines (from 1) that name none within reach."""

    households: tuple[Household, ...]
    missing: tuple[int, ...]


def candidates(
    viewer: Viewer,
    *,
    number: str = "",
    id_number: str = "",
    named: str = "",
    division: str = "",
    permission: Permission = Permission.REPORT_CLUE,
) -> list[Household]:
    """Return the households within reach that an entry can mean: the surest key that is given decides."""
    rows = visible(Household.objects.filter(is_present=True), viewer, permission, is_write=True)
    if number.strip():
        return list(rows.filter(number=number.strip())[:1])
    if id_number.strip():
        key = id_index(id_number.strip().upper())
        held = Member.objects.filter(id_key=key, is_present=True).values("household_id")
        return list(rows.filter(pk__in=held)[:_MOST_SHOWN])
    if not named.strip() or not division:
        return []
    in_village = rows.filter(division=division)
    of_member = Member.objects.filter(division=division, name=named.strip(), is_present=True)
    found = in_village.filter(head_name=named.strip()) | in_village.filter(
        pk__in=of_member.values("household_id")
    )
    return list(found.order_by("number")[:_MOST_SHOWN])


def listed(viewer: Viewer, *, text: str, division: str = "") -> Listed:
    """Return the households of a pasted list of numbers, and all those of a village where one is chosen."""
    numbers = [each for each in _BETWEEN.split(text.strip()) if each]
    rows = visible(Household.objects.filter(is_present=True), viewer, Permission.REPORT_CLUE, is_write=True)
    found = {each.number: each for each in rows.filter(number__in=numbers)}
    missing = tuple(line for line, number in enumerate(numbers, start=1) if number not in found)
    households = {each.pk: each for each in found.values()}
    if division:
        households |= {each.pk: each for each in rows.filter(division=division)}
    return Listed(tuple(sorted(households.values(), key=lambda each: each.number)), missing)


def village_choices(viewer: Viewer, permission: Permission) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the villages where a permission can be used, by township; none for a reach beyond a county."""
    prefixes = {reach.prefix for reach in viewer.scope(permission, is_write=True).reaches}
    return by_township(sorted(each for each in prefixes if len(each) >= _NARROWEST_PREFIX))


def by_township(prefixes: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the villages of divisions, grouped by the township they lie in."""
    grouped: dict[str, dict[str, str]] = {}
    for prefix in prefixes:
        for village in villages(prefix.ljust(12, "0")):
            if village.code.startswith(prefix):
                grouped.setdefault(village.code[:9], {})[village.code] = village.name
    return [(_township(code), list(names.items())) for code, names in sorted(grouped.items())]


def served_villages() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the villages that the site serves, by township, for those who have not signed in."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    rows = Division.objects.filter(level=VILLAGE, is_in_use=True).order_by("code")
    for code, name in rows.values_list("code", "name"):
        grouped.setdefault(code[:9], []).append((code, name))
    return [(_township(prefix), named) for prefix, named in grouped.items()]


def _township(prefix: str) -> str:
    return next(iter(reversed(name_path(prefix))), prefix)
