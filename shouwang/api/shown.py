"""A row as its reader's roles may see it: whole, masked, or left out by name."""

from datetime import date
from typing import Any

from shouwang.domain.field_masks import Value, Visibility, shown
from shouwang.domain.permissions import Permission
from shouwang.domain.roles import Role, permissions_of
from shouwang.records.models import Finding, Household
from shouwang.records.viewers import Viewer

_CHILD_AGE = 14
_LEGAL_FEEDS = {"security", "petitions"}


class Eyes:
    """What a viewer sees of the rows about one household; `hidden` collects the names of what is left out."""

    def __init__(
        self, viewer: Viewer, division: str, household_id: int | None, group_name: str | None = None
    ):
        over = viewer.roles_over(division, household_id, group_name)
        self.roles: tuple[Role, ...] = over or viewer.roles
        self.hidden: list[str] = []

    def see(self, column: str, value: Value, *, is_child: bool | None = False, named: str = "") -> Any:
        """Return a value ("table.column"), its mask, or None with its name among the hidden ones."""
        found = shown(self.roles, column, value, is_child=is_child)
        if found.how is Visibility.HIDDEN:
            self.hidden.append(named or column.partition(".")[2])
            return None
        return None if value is None or value == "" else found.value

    def reads(self, finding: Finding) -> bool:
        """Tell whether what a finding rests on may be read; else only that it exists."""
        held = permissions_of(self.roles)
        evidence = finding.evidence if isinstance(finding.evidence, dict) else {}
        sources = evidence.get("sources") or []
        is_legal = any(isinstance(each, dict) and each.get("feed") in _LEGAL_FEEDS for each in sources)
        needed = {Permission.SEE_INCOME, Permission.SEE_HEALTH}
        return needed <= held and (not is_legal or Permission.SEE_LEGAL_EVENTS in held)


def eyes_on(viewer: Viewer, household: Household) -> Eyes:
    """Return a viewer's eyes on a household."""
    return Eyes(viewer, household.division, household.pk, household.group_name)


def is_child(birth_date: date | None, on: date) -> bool | None:
    """Tell whether a person is under 14; unknown without a birth date."""
    if birth_date is None:
        return None
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (0 if had_birthday else 1) < _CHILD_AGE
