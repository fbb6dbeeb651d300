"""Eliminated households and their look-back (R51): who is due, what stands out, and which way to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from shouwang.domain.after_elimination import look_back
from shouwang.domain.periods import Month
from shouwang.domain.remarks import Remark
from shouwang.records.access import visible
from shouwang.records.elimination_facts import elimination_facts_of
from shouwang.records.models import Household, Visit
from shouwang.records.policies import policy_at
from shouwang.records.viewers import Viewer

# S3§4 and §5 look at no less than half a year's income after the elimination.
EVERY_MONTHS = 6
LEVELS = {
    "village": "村",
    "township": "乡镇",
    "county": "县",
    "city": "市",
    "province": "省",
    "state": "国家备案",
}


@dataclass(frozen=True)
class LookBackRow:
    """One eliminated household, its last look-back, and what today's facts say."""

    household: Household
    last_on: date | None
    remarks: tuple[Remark, ...]
    is_due: bool

    @property
    def grave(self) -> tuple[Remark, ...]:
        """What is wrong for certain."""
        return tuple(each for each in self.remarks if each.severity == "must_fix")


def eliminated(
    viewer: Viewer, on: date, *, prefix: str = "", is_due: bool | None = None
) -> QuerySet[Household]:
    """Return the eliminated households in reach, with `last_look_back_on`; only those due, or not."""
    rows = visible(Household.objects.filter(monitoring="eliminated", is_present=True), viewer)
    if prefix:
        rows = rows.filter(division__startswith=prefix)
    rows = rows.annotate(last_look_back_on=Max("visits__visited_on", filter=Q(visits__kind="look_back")))
    if is_due is not None:
        limit = _due_before(on)
        not_seen = Q(last_look_back_on=None) | Q(last_look_back_on__lt=limit)
        not_new = Q(eliminated_on=None) | Q(eliminated_on__lt=limit)
        seen_or_new = Q(last_look_back_on__gte=limit) | Q(eliminated_on__gte=limit)
        rows = rows.filter(not_seen & not_new) if is_due else rows.filter(seen_or_new)
    return rows.order_by("division", "number")


def look_back_rows(households: Sequence[Household], on: date) -> list[LookBackRow]:
    """Look at eliminated households by today's facts; the queries do not grow with their number."""
    facts = elimination_facts_of(households, on)
    last = _last_of(households)
    rows = []
    for each in households:
        policy = policy_at(each.division, on)
        remarks = look_back(facts[each.pk], policy, on, eliminated_on=each.eliminated_on)
        reference = max(filter(None, (last.get(each.pk), each.eliminated_on)), default=None)
        is_due = reference is None or reference < _due_before(on)
        rows.append(LookBackRow(each, last.get(each.pk), tuple(remarks), is_due))
    return rows


def _due_before(on: date) -> date:
    return (Month.of(on) - EVERY_MONTHS).first_day


def _last_of(households: Sequence[Household]) -> Mapping[int, date]:
    rows = Visit.objects.filter(household__in=households, kind="look_back").values("household_id")
    return {row["household_id"]: row["last"] for row in rows.annotate(last=Max("visited_on"))}
