"""In which of a step's roles a person may act: held over the household, with the step's permission."""

from collections.abc import Iterable

from shouwang.domain.permissions import Permission
from shouwang.domain.step_permissions import step_permission
from shouwang.records.access import visible
from shouwang.records.models import Household
from shouwang.records.viewers import Viewer


def acting_roles(viewer: Viewer, household: Household, track: str, roles: Iterable[str]) -> list[str]:
    """Return the roles of a track's step that a viewer holds over a household, in the order given."""
    found = []
    for role in roles:
        permission = step_permission(track, role)
        if permission is None:
            continue
        held = viewer.roles_at(permission, household.division, household.pk, household.group_name)
        if role in held or (role == "department" and _is_asked(viewer, household, permission)):
            found.append(role)
    return found


def _is_asked(viewer: Viewer, household: Household, permission: Permission) -> bool:
    """Tell whether a department reaches the household by a task of its own."""
    return visible(Household.objects.filter(pk=household.pk), viewer, permission, is_write=True).exists()
