"""The rows of an export as they stand in the records: scoped, in order of place, a chunk at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal

from django.db.models import Case, FilteredRelation, Q, QuerySet, When

from shouwang.domain.permissions import Permission
from shouwang.records.access import visible
from shouwang.records.export_values import Around, reader_of
from shouwang.records.models import LEDGERS, Household, Member
from shouwang.records.viewers import Viewer

_CHUNK = 2000
STANDINGS = {
    "watched": "监测中和已消除",
    "monitored": "监测中（新增和持续）",
    "new": "本期新增",
    "ongoing": "持续监测",
    "eliminated": "本期消除",
    "over": "已消除（不限期间）",
    "removed": "已清退",
    "none": "未纳入监测",
    "all": "全部农户",
}


@dataclass(frozen=True)
class Selection:
    """Which households, or the persons of which; empty narrows nothing.

    `area` is a division prefix, `standing` one of STANDINGS as seen from the period `from_on` to `to_on`,
    `ages` completed years on the day `to_on`, both ends within.
    """

    row: Literal["household", "person"]
    area: str
    from_on: date
    to_on: date
    standing: str = ""
    household_class: str = ""
    monitored_class: str = ""
    risk: str = ""
    grade: str = ""
    group_name: str = ""
    ages: tuple[int, int] | None = None


def selected(
    viewer: Viewer, selection: Selection, permission: Permission = Permission.REQUEST_EXPORT
) -> QuerySet:
    """Return the households, or members, that a viewer reaches with a permission and a selection leaves."""
    is_person = selection.row == "person"
    rows = visible((Member if is_person else Household).objects.filter(is_present=True), viewer, permission)
    low, high = selection.area.ljust(12, "0"), selection.area.ljust(12, "9")
    rows = rows.filter(division__gte=low, division__lte=high)
    prefix = "household__" if is_person else ""
    if is_person:
        rows = rows.filter(household__is_present=True)
    for name in ("household_class", "monitored_class", "grade", "group_name"):
        if wanted := getattr(selection, name):
            rows = rows.filter(**{f"{prefix}{name}": wanted})
    if selection.risk:
        rows = rows.filter(**{f"{prefix}risks__contains": [selection.risk]})
    if selection.standing:
        rows = rows.filter(_standing(selection, prefix))
    if is_person and selection.ages:
        rows = rows.filter(_of_ages(selection.ages, selection.to_on))
    return rows


def _standing(selection: Selection, prefix: str) -> Q:
    """Say when a household is what the selection asks for; a day that is not known is not in a period."""
    period = (selection.from_on, selection.to_on)
    watched = Q(**{f"{prefix}monitoring": "monitored"})
    new = watched & Q(**{f"{prefix}identified_on__range": period})
    over = Q(**{f"{prefix}monitoring": "eliminated"})
    return {
        "watched": watched | over,
        "monitored": watched,
        "new": new,
        "ongoing": watched & ~Q(**{f"{prefix}identified_on__range": period}),
        "eliminated": over & Q(**{f"{prefix}eliminated_on__range": period}),
        "over": over,
        "removed": Q(**{f"{prefix}monitoring": "removed"}),
        "none": Q(**{f"{prefix}monitoring": "none"}),
        "all": Q(),
    }[selection.standing]


def _of_ages(ages: tuple[int, int], on: date) -> Q:
    """Persons of these completed years; who has no birth date is left in, for he may be one of them."""
    youngest, oldest = ages
    latest, earliest = _years_before(on, youngest), _years_before(on, oldest + 1)
    return Q(birth_date=None) | Q(birth_date__lte=latest, birth_date__gt=earliest)


def _years_before(on: date, years: int) -> date:
    is_leap_day = (on.month, on.day) == (2, 29)
    return on.replace(year=on.year - years, day=28 if is_leap_day else on.day)


def export_rows(viewer: Viewer, selection: Selection, sources: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield a tuple of plain values for each row, in the order of `sources`; None is unknown.

    Nothing is masked here. The number of queries grows with the chunks and not with the rows.
    """
    is_person = selection.row == "person"
    readers = [reader_of(source, is_person=is_person) for source in sources]
    household = "household_id" if is_person else "pk"
    paths = list(dict.fromkeys([household, *(path for each in readers for path in each.paths)]))
    at = {path: place for place, path in enumerate(paths)}
    takers = [(each.make, [at[path] for path in each.paths]) for each in readers]
    needs = frozenset(each.needs for each in readers if each.needs)
    rows = _ordered(selected(viewer, selection), is_person).values_list(*paths)
    number = 0
    for chunk in _chunks(rows.iterator(chunk_size=_CHUNK)):
        around = _around([row[0] for row in chunk], needs, selection)
        for row in chunk:
            number += 1
            around.number, around.household_id = number, row[0]
            yield tuple(make(around, *(row[place] for place in places)) for make, places in takers)


def _ordered(rows: QuerySet, is_person: bool) -> QuerySet:
    """Join each row with its version in force, and order by village, household, head first."""
    in_force = {"now": FilteredRelation("versions", condition=Q(versions__to_on__isnull=True))}
    if not is_person:
        return rows.annotate(**in_force).order_by("division", "number")
    home = FilteredRelation("household__versions", condition=Q(household__versions__to_on__isnull=True))
    head_first = Case(When(relation="户主", then=0), default=1)
    return rows.annotate(**in_force, home=home).order_by("division", "household__number", head_first, "code")


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _around(households: Sequence[int], needs: frozenset[str], selection: Selection) -> Around:
    """Read what stands in other tables for the households of a chunk: a query for each kind."""
    around = Around(selection.from_on, selection.to_on)
    if "head" in needs:
        heads = Member.objects.filter(household_id__in=households, relation="户主", is_present=True)
        for household, sealed in heads.order_by("-pk").values_list("household_id", "id_sealed"):
            around.heads[household] = sealed
    if "income" in needs:
        incomes = LEDGERS["annual_income"].objects.filter(household_id__in=households)
        for row in incomes.order_by("year", "load_id").values():
            around.incomes[row["household_id"]] = row
    return around
