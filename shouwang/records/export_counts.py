"""Counts of a place's monitored households, by the divisions one level below it: one query, no person."""

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Left

from shouwang.domain.divisions import children, find
from shouwang.domain.tables import RISKS
from shouwang.records.export_rows import Selection, selected
from shouwang.records.models import Household
from shouwang.records.viewers import Viewer

CLASSES = ("unstable", "borderline", "sudden")
_DEEPEST = 12


def place_counts(viewer: Viewer, selection: Selection) -> list[tuple[str, dict[str, int]]]:
    """Return the name of each division below the area, and its counts by the names that profiles use.

    A village stands by itself. Households whose place is known no further than the area come last, if any.
    """
    below = children(selection.area)
    width = len(below[0].prefix) if below else _DEEPEST
    rows = selected(viewer, selection)
    counted = _counted(rows, selection, width)
    nothing = dict.fromkeys(_conditions(selection), 0) | {"persons": 0}
    places = [(each.prefix, each.name) for each in below] or [(selection.area, _name(selection.area))]
    named = [(name, {**nothing, **counted.pop(prefix, {})}) for prefix, name in places]
    rest: dict[str, int] = {}
    for counts in counted.values():
        rest = {name: rest.get(name, 0) + count for name, count in counts.items()}
    return [*named, ("未定到下级", rest)] if any(rest.values()) else named


def _conditions(selection: Selection) -> dict[str, Q]:
    """Return which households each count is of."""
    monitored, over = Q(monitoring="monitored"), Q(monitoring="eliminated")
    period = (selection.from_on, selection.to_on)
    return {
        **{f"class:{each}": monitored & Q(monitored_class=each) for each in CLASSES},
        "class:": monitored & ~Q(monitored_class__in=CLASSES),
        "new": monitored & Q(identified_on__range=period),
        "eliminated": over & Q(eliminated_on__range=period),
        "eliminated_ever": over,
        **{f"risk:{each}": monitored & Q(risks__contains=[each]) for each in RISKS},
    }


def _counted(rows: QuerySet[Household], selection: Selection, width: int) -> dict[str, dict[str, int]]:
    conditions = _conditions(selection)
    # A name of a count may hold what no name of a column may.
    aliases = {f"n{number}": name for number, name in enumerate(conditions)}
    counts = {alias: Count("pk", filter=conditions[name]) for alias, name in aliases.items()}
    persons = Coalesce(Sum("member_count", filter=Q(monitoring="monitored")), 0)
    found = rows.annotate(place=Left("division", width)).values("place").annotate(persons=persons, **counts)
    return {
        str(row.pop("place")): {aliases.get(key, key): value for key, value in row.items()}
        for row in found.order_by("place")
    }


def _name(area: str) -> str:
    found = find(area)
    return found.name if found else area
