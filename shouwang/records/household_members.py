"""What the members of households add up to on a day: labour, work, insurance, school."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from shouwang.domain.three_valued import any_of
from shouwang.records.models import HouseholdVersion, MemberVersion

_ABLE = {"ordinary", "skilled", "weak"}
_WORKING_AGE = range(16, 60)
_SCHOOL_AGE = range(6, 16)


@dataclass(frozen=True)
class MemberCounts:
    """Counts of one household's members; None is unknown."""

    members: int | None = None
    labour_persons: int | None = None
    working_persons: int | None = None
    uninsured_persons: int | None = None
    has_dropout: bool | None = None


def versions_of(households: Collection[int], on: date) -> dict[int, HouseholdVersion]:
    """Return the version of each household in force on a day: one query."""
    rows = HouseholdVersion.objects.filter(_in_force(on), household_id__in=households)
    return {row.household_id: row for row in rows}


def members_of(households: Collection[int], on: date) -> dict[int, list[MemberVersion]]:
    """Return the versions of those who belong to each household on a day: one query."""
    rows = MemberVersion.objects.filter(_in_force(on), household_id__in=households, member__is_present=True)
    found: dict[int, list[MemberVersion]] = defaultdict(list)
    for row in rows.order_by("member_id"):
        found[row.household_id].append(row)
    return found


def counts(members: Sequence[MemberVersion], version: HouseholdVersion | None, on: date) -> MemberCounts:
    """Add up one household's members; what no member tells, its own version may."""
    if not members:
        return MemberCounts(
            members=version.stated_member_count if version else None,
            labour_persons=0 if version and version.is_no_labour_guaranteed else None,
            uninsured_persons=0 if version and version.has_uninsured_member is False else None,
            has_dropout=version.has_dropout if version else None,
        )
    return MemberCounts(
        members=len(members),
        labour_persons=_labour(members, on),
        working_persons=_working(members),
        uninsured_persons=_uninsured(members),
        has_dropout=_dropout(members, version, on),
    )


def age(birth_date: date | None, on: date) -> int | None:
    """Return completed years; unknown without a birth date."""
    if birth_date is None:
        return None
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _in_force(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(to_on=None) | Q(to_on__gt=on))


def _labour(members: Iterable[MemberVersion], on: date) -> int | None:
    able = 0
    for each in members:
        if each.labour in _ABLE:
            able += 1
        elif not each.labour and age(each.birth_date, on) in (None, *_WORKING_AGE):
            return None
    return able


def is_at_work(member: MemberVersion) -> bool | None:
    """Tell whether a person earns a wage: months away at work, or in a public post."""
    months = (member.migrant_months, member.public_post_months)
    return any_of(None if each is None else each > 0 for each in months)


def _working(members: Iterable[MemberVersion]) -> int | None:
    answers = [is_at_work(each) for each in members]
    at_work = sum(answer is True for answer in answers)
    return at_work if at_work or None not in answers else None


def is_insured(member: MemberVersion) -> bool | None:
    """Tell whether a person has joined either medical insurance."""
    return any_of((member.has_resident_medical_insurance, member.has_employee_medical_insurance))


def _uninsured(members: Iterable[MemberVersion]) -> int | None:
    """Count those known to have joined neither; none known of, and one not known at all: unknown."""
    answers = [is_insured(each) for each in members]
    without = sum(answer is False for answer in answers)
    return without if without or None not in answers else None


def _dropout(members: Iterable[MemberVersion], version: HouseholdVersion | None, on: date) -> bool | None:
    children = [each for each in members if age(each.birth_date, on) in (None, *_SCHOOL_AGE)]
    said = any_of(each.is_dropout for each in children)
    return (version.has_dropout if version else None) if said is None else said
