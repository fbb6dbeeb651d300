"""A row as its reader's roles may see it: whole, masked, or left out by name."""

from typing import Any

from shouwang.domain.field_masks import Value, Visibility, is_legal, may_read_finding, shown
from shouwang.domain.roles import Role, permissions_of
from shouwang.records.models import Finding, Household
from shouwang.records.viewers import Viewer


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
        return may_read_finding(permissions_of(self.roles), is_legal=is_legal(finding.evidence))


def eyes_on(viewer: Viewer, household: Household) -> Eyes:
    """Return a viewer's eyes on a household."""
    return Eyes(viewer, household.division, household.pk, household.group_name)
