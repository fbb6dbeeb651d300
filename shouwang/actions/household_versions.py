"""Versions of a household and of a person (R7): the state on any past day reads back.

A change opens a new version and ends the one before. A second change on the same day goes into the version
that the first one opened, since a version holds whole days: the day then reads as it ended, the notes of both
stand in it, and each act with what it changed stands in the audit. Nothing is written for a day before the
last change.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from shouwang.actions.household_names import initials
from shouwang.actions.refusals import Unfit
from shouwang.domain.household_changes import LEAVING, change_label
from shouwang.records.models import Account, Household, HouseholdVersion, Member, MemberVersion
from shouwang.records.models.columns import fact_names
from shouwang.records.models.households import HOUSEHOLD_KEYS
from shouwang.records.models.members import MEMBER_KEYS

HOUSEHOLD_FACTS = fact_names("household", without=(*HOUSEHOLD_KEYS, "division"))
MEMBER_FACTS = fact_names("member", without=(*MEMBER_KEYS, "id_key"))
# What the household's own row says under another name than its versions.
_RENAMED = {
    "member_count": "stated_member_count",
    "identified_on": "identified_month",
    "eliminated_on": "eliminated_month",
}
_REMOVED = "removed"
_IS_ELIMINATED = {"none": None, "monitored": False, "eliminated": True, _REMOVED: None}
_MOST_NOTE = 500
Version = TypeVar("Version", HouseholdVersion, MemberVersion)


def new_version(
    household: Household,
    *,
    on: date,
    at: datetime,
    change: str,
    note: str = "",
    entered_by: Account | int | None = None,
    **columns: Any,
) -> HouseholdVersion:
    """Change a household from a day on, in the running transaction of an act that has locked it.

    `columns` are those of Household or of HouseholdVersion; each is written in both where both have it, the
    household is saved and its `version` counted up. Raises Unfit for a day before its last change or to come.
    """
    before = HouseholdVersion.objects.select_for_update().filter(household=household, to_on=None).first()
    facts = _facts(columns)
    _write_present(household, columns, facts)
    household.version += 1
    household.save()
    opened = _opened(before, HouseholdVersion(household=household), on, at)
    return _written(opened, before, household.division, on, at, change, note, entered_by, facts)


def new_member_version(
    member: Member,
    *,
    on: date,
    at: datetime,
    change: str,
    note: str = "",
    entered_by: Account | int | None = None,
    **columns: Any,
) -> MemberVersion:
    """Change a person from a day on, as `new_version`; a `household` given is where he then belongs."""
    before = MemberVersion.objects.select_for_update().filter(member=member, to_on=None).first()
    for name, value in columns.items():
        if name in _MEMBER_COLUMNS:
            setattr(member, name, ("" if value is None and name in _MEMBER_TEXTS else value))
    if "name" in columns:
        member.pinyin = initials(member.name)
    member.division = member.household.division
    member.is_present = change not in LEAVING
    member.save()
    facts = {name: value for name, value in columns.items() if name in MEMBER_FACTS}
    opened = _opened(before, MemberVersion(member=member), on, at)
    opened.household = member.household
    return _written(opened, before, member.division, on, at, change, note, entered_by, facts)


_MEMBER_COLUMNS = {field.name for field in Member._meta.concrete_fields} - {"id"}
_MEMBER_TEXTS = {"name", "sex", "relation"}
_HOUSEHOLD_COLUMNS = {field.name for field in Household._meta.concrete_fields} - {"id", "version", "division"}
_HOUSEHOLD_TEXTS = {"group_name", "head_name", "household_class", "monitored_class"}


def risk_text(risks: list[str] | None) -> str | None:
    """Write risks as the canonical tables do: codes between bars; empty is none, None unknown."""
    return None if risks is None else f"|{'|'.join(risks)}|" if risks else ""


def risk_list(text: str | None) -> list[str]:
    """Read risks as the canonical tables write them."""
    return [code for code in (text or "").split("|") if code]


def check_day(before: HouseholdVersion | MemberVersion | None, on: date, at: datetime) -> None:
    """Refuse a day to come, or one before the last change."""
    if on > at.date():
        raise Unfit("变动日期不能晚于今天", {"on": "变动日期不能晚于今天"})
    if before is not None and on < before.from_on:
        said = (
            f"变动日期不能早于上一次变动（{before.from_on}，{change_label(before.change)}），请按先后顺序补录"
        )
        raise Unfit(said, {"on": said})


def _facts(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a version that the columns say, under the version's names."""
    unknown = set(columns) - set(HOUSEHOLD_FACTS) - _HOUSEHOLD_COLUMNS
    if unknown:
        raise TypeError(f"no column of a household: {', '.join(sorted(unknown))}")
    facts = {_RENAMED.get(name, name): value for name, value in columns.items()}
    for name in ("identified_month", "eliminated_month"):
        if facts.get(name) is not None:
            facts[name] = facts[name].replace(day=1)
    if isinstance(facts.get("risks"), list | tuple):
        facts["risks"] = risk_text(list(facts["risks"]))
    if "monitoring" in facts:
        facts["is_risk_eliminated"] = _IS_ELIMINATED[facts["monitoring"]]
        if facts["monitoring"] == _REMOVED:
            facts |= {"monitored_class": None, "elimination_mode": _REMOVED}
    return {name: value for name, value in facts.items() if name in HOUSEHOLD_FACTS}


def _write_present(household: Household, columns: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Keep the household's own row in step."""
    named = {name: facts[theirs] for name, theirs in _RENAMED.items() if theirs in facts}
    for name, value in {**facts, **named, **columns}.items():
        if name not in _HOUSEHOLD_COLUMNS:
            continue
        if name == "risks" and not isinstance(value, list | tuple):
            value = risk_list(value)
        setattr(household, name, "" if value is None and name in _HOUSEHOLD_TEXTS else value)
    if "head_name" in columns:
        household.head_pinyin = initials(household.head_name)


def _opened(before: Version | None, fresh: Version, on: date, at: datetime) -> Version:
    """Return the version to write: the one in force where it began the same day, else a copy of its facts."""
    check_day(before, on, at)
    if before is None:
        return fresh
    if before.from_on == on:
        return before
    for name in HOUSEHOLD_FACTS if isinstance(fresh, HouseholdVersion) else MEMBER_FACTS:
        setattr(fresh, name, getattr(before, name))
    type(before).objects.filter(pk=before.pk).update(to_on=on)
    return fresh


def _written(
    version: Version,
    before: Version | None,
    division: str,
    on: date,
    at: datetime,
    change: str,
    note: str,
    entered_by: Account | int | None,
    facts: Mapping[str, Any],
) -> Version:
    if version is before:
        both = f"同日先{change_label(before.change)}" if before.change != change else ""
        note = "；".join(filter(None, (before.note, both, note)))
    version.from_on, version.recorded_at, version.division = on, at, division
    version.change, version.note = change, note[:_MOST_NOTE]
    version.entered_by_id = entered_by.pk if isinstance(entered_by, Account) else entered_by
    for name, value in facts.items():
        setattr(version, name, value)
    version.save()
    return version
