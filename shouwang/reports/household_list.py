"""The list of households: filters that an index serves, a place to look in, and a count with a ceiling."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

from shouwang.domain.divisions import children, find
from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.models import Household, SavedList
from shouwang.records.models.households import MONITORING
from shouwang.records.outside_help import helped_outside
from shouwang.records.prefixes import Prefix as Prefix
from shouwang.records.viewers import Viewer

# A wider list is not counted to its end nor sorted otherwise than by place: nobody reads it to its end.
MOST_COUNTED = 10_000
_BY_PLACE = ("division", "number")
SORTS = {
    "household": ("head_pinyin", "number"),
    "place": _BY_PLACE,
    "members": ("member_count", "number"),
    "visit": ("last_visit_on", "number"),
    "identified": ("identified_on", "number"),
}


@dataclass(frozen=True)
class HouseholdFilter:
    """What the list is narrowed to; empty narrows nothing. `area` is a division prefix."""

    area: str = ""
    group_name: str = ""
    household_class: str = ""
    monitored_class: str = ""
    monitoring: str = ""
    risk: str = ""
    grade: str = ""
    lacks_contact: bool = False
    is_helped_outside: bool = False
    name: str = ""
    is_gone: bool = False


class CappedPaginator(Paginator):
    """Pages of a list that is counted up to MOST_COUNTED only."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most MOST_COUNTED."""
        return min(MOST_COUNTED, int(self.object_list.order_by()[: MOST_COUNTED + 1].count()))


def households(viewer: Viewer, asked: HouseholdFilter) -> QuerySet[Household]:
    """Return the households that a viewer reaches and a filter leaves, unordered."""
    permission = Permission.SEE_NAMES if asked.name else Permission.SEE_HOUSEHOLDS
    rows = visible(Household.objects.filter(is_present=not asked.is_gone), viewer, permission)
    if asked.area:
        low, high = asked.area.ljust(12, "0"), asked.area.ljust(12, "9")
        rows = rows.filter(division=asked.area) if low == high else rows.filter(division__range=(low, high))
    for column in ("group_name", "household_class", "monitored_class", "monitoring", "grade"):
        if wanted := getattr(asked, column):
            rows = rows.filter(**{column: wanted})
    if (asked.risk or asked.monitored_class) and not asked.monitoring:
        rows = rows.filter(monitoring__in=[each for each in MONITORING if each != "none"])
    if asked.risk:
        rows = rows.filter(risks__contains=[asked.risk])
    if asked.lacks_contact:
        rows = rows.filter(monitoring="monitored", contact=None)
    if asked.is_helped_outside:
        rows = helped_outside(rows)
    if asked.name:
        column = "head_pinyin" if asked.name.isascii() else "head_name"
        rows = rows.filter(**{f"{column}__prefix": asked.name.lower()})
    return rows


def by_place(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Order a list by village and number, which an index serves however long it is."""
    return rows.order_by(*_BY_PLACE)


def ordered(rows: QuerySet[Household], sort: str, count: int) -> QuerySet[Household]:
    """Order a list; one too long to be sorted is given by place."""
    columns = SORTS.get(sort.removeprefix("-"), _BY_PLACE) if count < MOST_COUNTED else _BY_PLACE
    sign = "-" if sort.startswith("-") and count < MOST_COUNTED else ""
    return rows.order_by(*(f"{sign}{column}" for column in columns))


def areas(viewer: Viewer, area: str) -> list[tuple[str, str]]:
    """Return the places to look in, prefix and name: from the viewer's own to `area` and what lies below."""
    reaches = viewer.scope(Permission.SEE_HOUSEHOLDS).reaches
    tops = sorted({reach.prefix for reach in reaches})
    if not area or not any(area.startswith(top) for top in tops):
        shown = tops if len(tops) > 1 else [each.prefix for each in children(tops[0])] if tops else []
        return [(prefix, _name(prefix)) for prefix in shown]
    top = max((each for each in tops if area.startswith(each)), key=len)
    path = [area[:width] for width in (2, 4, 6, 9, 12) if len(top) < width <= len(area)]
    below = [each.prefix for each in children(area)]
    named = [(prefix, "　" * step + _name(prefix)) for step, prefix in enumerate(path)]
    return [*named, *((prefix, "　" * len(path) + _name(prefix)) for prefix in below)]


def is_reached(viewer: Viewer, area: str) -> bool:
    """Tell whether a prefix lies in what the viewer reaches."""
    return any(area.startswith(reach.prefix) for reach in viewer.scope(Permission.SEE_HOUSEHOLDS).reaches)


def saved_lists(viewer: Viewer, page: str) -> list[SavedList]:
    """Return the filters that a viewer has kept for a list."""
    return list(SavedList.objects.filter(account_id=viewer.account_id, page=page).order_by("name"))


def _name(prefix: str) -> str:
    found = find(prefix)
    return found.name if found else prefix
