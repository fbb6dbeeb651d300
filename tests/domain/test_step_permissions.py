"""Every step of every shipped procedure can be taken by a role that holds the permission it asks for."""

import pytest

from shouwang.domain.permissions import Permission
from shouwang.domain.procedure import ACTORS, OBJECTION_ANSWERERS, TRACKS, Track
from shouwang.domain.roles import ROLES, Role
from shouwang.domain.step_permissions import STEP_PERMISSIONS, step_permission
from tests.domain.case_samples import shipped_tracks

SHIPPED = shipped_tracks()


@pytest.mark.parametrize(("name", "track"), SHIPPED, ids=[name for name, _ in SHIPPED])
def test_each_step_is_within_somebodys_reach(name: str, track: Track) -> None:
    for step in track.steps:
        able = [
            role
            for role in step.roles
            if role == "household"
            or (
                (permission := step_permission(track.id, role))
                and permission in ROLES[Role(role)].permissions
            )
        ]
        assert able == list(step.roles), f"{name} {step.id}"


def test_a_role_without_a_part_has_no_permission() -> None:
    assert step_permission("elimination", "department") is None
    assert step_permission("nothing", "village") is None


def test_every_permission_of_a_track_is_held_by_its_role() -> None:
    for track, roles in STEP_PERMISSIONS.items():
        assert track in TRACKS
        for role, permission in roles.items():
            assert role in ACTORS
            assert permission in ROLES[Role(role)].permissions


def test_who_answers_objections_may_by_his_role() -> None:
    for role in Role:
        may = Permission.ANSWER_OBJECTION in ROLES[role].permissions
        assert may == (str(role) in OBJECTION_ANSWERERS)
