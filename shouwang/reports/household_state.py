"""A household as it is or was on a day (R7), and where each fact comes from (R8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from shouwang.domain.household_changes import LEAVING, change_label
from shouwang.domain.tables import TABLES
from shouwang.records.access import visible
from shouwang.records.models import Household, HouseholdVersion, Member, MemberVersion, Source
from shouwang.records.viewers import Viewer

Version = HouseholdVersion | MemberVersion
HOUSEHOLD_COLUMNS = {column.name: column for column in TABLES["household"].columns}
MEMBER_COLUMNS = {column.name: column for column in TABLES["member"].columns}


@dataclass(frozen=True)
class State:
    """A household on a day; `version` is None before it was known."""

    household: Household
    on: date
    is_now: bool
    versions: list[HouseholdVersion]
    version: HouseholdVersion | None


def household_of(viewer: Viewer, household_id: int) -> Household | None:
    """Return a household that a viewer reaches."""
    rows = visible(Household.objects.select_related("contact"), viewer)
    return rows.filter(pk=household_id).first()


def state_of(household: Household, on: date, today: date) -> State:
    """Return a household on a day: one query."""
    rows = household.versions.select_related("entered_by", "reviewed_by", "load").order_by("from_on", "pk")
    versions = list(rows)
    known = [each for each in versions if each.from_on <= on and (each.to_on is None or each.to_on > on)]
    return State(household, on, on >= today, versions, known[-1] if known else None)


def members_on(household: Household, on: date) -> list[MemberVersion]:
    """Return who belonged to a household on a day, the head first: one query."""
    rows = MemberVersion.objects.filter(Q(to_on=None) | Q(to_on__gt=on), household=household, from_on__lte=on)
    rows = rows.exclude(change__in=LEAVING).select_related("member", "entered_by", "load")
    return sorted(rows, key=lambda each: (each.relation != "户主", each.birth_date or date.max, each.pk))


def members_gone(household: Household) -> list[MemberVersion]:
    """Return those who have left a household, latest first: one query."""
    rows = MemberVersion.objects.filter(household=household, to_on=None, change__in=LEAVING)
    return list(rows.select_related("member").order_by("-from_on", "-pk"))


def member_of(viewer: Viewer, member_id: int) -> Member | None:
    """Return a member that a viewer reaches, with his household."""
    return visible(Member.objects.select_related("household"), viewer).filter(pk=member_id).first()


def sources_of(versions: Iterable[Version]) -> dict[tuple[int, int], Source]:
    """Return the sheets that versions came from, by load and number: one query."""
    keys = {
        (each.load_id, each.source_id) for each in versions if each.load_id and each.source_id is not None
    }
    loads = {load for load, _ in keys}
    found = Source.objects.filter(load_id__in=loads) if loads else Source.objects.none()
    return {(each.load_id, each.number): each for each in found if (each.load_id, each.number) in keys}


def origin_of(
    name: str, version: Version, versions: Sequence[Version], sources: dict[tuple[int, int], Source]
) -> str:
    """Say where a fact comes from: the version that first held its present value, by sheet or person."""
    first = version
    for earlier in reversed(versions[: versions.index(version)] if version in versions else []):
        if getattr(earlier, name) != getattr(first, name):
            break
        first = earlier
    return origin_text(first, sources)


def origin_text(version: Version, sources: dict[tuple[int, int], Source]) -> str:
    """Say who collected, entered and reviewed a version, when, and from which sheet and row."""
    said = [f"{version.from_on} {change_label(version.change)}"]
    source = sources.get((version.load_id, version.source_id)) if version.load_id else None
    if source is not None:
        row = f"第{version.row_no}行" if version.row_no is not None else ""
        said.append(f"《{source.file}》{source.sheet}{row}")
    if version.collected_by:
        said.append(f"采集：{version.collected_by}")
    if version.entered_by_id:
        said.append(f"录入：{version.entered_by.display_name}")
    if getattr(version, "reviewed_by_id", None):
        said.append(f"审核：{version.reviewed_by.display_name}")
    return "；".join(said)


def differences(
    before: Version | None, after: Version, names: Iterable[str]
) -> list[tuple[str, object, object]]:
    """Return the facts in which two versions differ: name, before, after."""
    pairs = ((name, getattr(before, name, None), getattr(after, name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if old != new]
