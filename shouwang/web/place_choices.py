"""Places to choose from: those of a county by name, a wider administrator writes the code."""

from collections.abc import Iterable
from functools import lru_cache

from django import forms

from shouwang.domain.divisions import children, find

_COUNTY_WIDTH = 6
_CODE_HELP = "填区划代码：省 2 位、市 4 位、县 6 位、乡镇 9 位、村 12 位。"
Choices = list[tuple[str, object]]


def place_field(places: Iterable[str], *, label: str = "区划", required: bool = True) -> forms.Field:
    """Return a field for a division prefix within the places."""
    within = list(places)
    if within and all(len(place) >= _COUNTY_WIDTH for place in within):
        empty: Choices = [("", "请选择" if required else "全部")]
        choices = [choice for place in within for choice in _choices(place)]
        return forms.ChoiceField(label=label, choices=[*empty, *choices], required=required)
    return forms.CharField(label=label, max_length=12, required=required, help_text=_CODE_HELP)


@lru_cache(maxsize=64)
def _choices(place: str) -> Choices:
    """Return a county, its townships and, below each, its villages."""
    found = find(place)
    if found is None:
        return []
    below = children(place)
    if not below:
        return [(place, found.name)]
    upper: Choices = [(place, found.name)]
    if len(place) > _COUNTY_WIDTH:
        return [*upper, *((each.code, each.name) for each in below)]
    upper += [(each.code[:9], each.name) for each in below]
    return [
        *upper,
        *((each.name, [(one.code, one.name) for one in children(each.code[:9])]) for each in below),
    ]
