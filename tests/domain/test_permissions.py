"""The table of roles and permissions as an auditor reads it, and who may grant what."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.permissions import PERMISSION_LABELS, SEPARATE_STEPS, Permission, excluded_by
from shouwang.domain.roles import (
    ADMINISTRATORS,
    ROLES,
    Role,
    RoleConflictError,
    check_roles,
    conflicts,
    level_of,
    may_grant,
    permissions_of,
    refusal_of_grant,
)

PLACES = {1: "53", 2: "5305", 3: "530521", 4: "530521101", 5: "530521101201"}
roles = st.sampled_from(Role)

# One column a role, in the order of the roles: g村民小组 v行政村 r驻村工作队 t乡镇 c县级主管部门 d行业部门
# h帮扶责任人 s督导 C市级 P省级 S系统管理员 G安全管理员 A审计管理员.
EXPECTED = """
see_totals             . v r t c d . s C P . . .
see_households         g v r t c d h s C P . . .
see_names              g v r t c d h s . . . . .
see_child_names        . v r t c . h . . . . . .
see_income             . v r t c d h s C P . . .
see_health             . v r t c d h s . . . . .
see_legal_events       . . . t c d . . . . . . .
unmask_names           . . . . . . . . C P . . .
unmask_id_numbers      . v . t c . . . . . . . .
unmask_phones          . v r t c . h . . . . . .
unmask_accounts        . v . t c . . . . . . . .
unmask_health          . v r t c . . . . . . . .
edit_household         . v . t c . . . . . . . .
move_household         . . . t c . . . . . . . .
report_clue            g v r t c d h . C P . . .
dispatch_clue          . . . t c . . . C P . . .
check_clue             . v r t . . . . . . . . .
give_verdict           . . . t c . . . . . . . .
record_authorisation   . v r . . . . . . . . . .
request_comparison     . . . t c . . . . . . . .
answer_comparison      . . . . . d . . . . . . .
record_appraisal       . v . . . . . . . . . . .
post_notice            . v . . . . . . . . . . .
record_objection       . v r . . . . . . . . . .
answer_objection       . . . t c . . . . . . . .
open_green_channel     . v r t c . . . . . . . .
review_case            . . . t . . . . . . . . .
confirm_case           . . . . c . . . . . . . .
announce_case          . v . t c . . . . . . . .
assign_contact         . . . t c . . . . . . . .
draw_up_plan           . v r . . . . . . . . . .
approve_plan           . . . t c . . . . . . . .
record_measure         . v r t . d h . . . . . .
record_visit           . v r t . . h . . . . . .
send_task              . . . t c . . . . . . . .
answer_task            . . . . . d . . . . . . .
propose_elimination    . v r . . . . . . . . . .
review_elimination     . . . t . . . . . . . . .
confirm_elimination    . . . . c . . . . . . . .
look_back              . v r t c . . . . . . . .
request_rollback       . v . . . . . . . . . . .
review_rollback        . . . t . . . . . . . . .
confirm_rollback       . . . . c . . . . . . . .
forward_rollback       . . . . . . . . C . . . .
approve_rollback       . . . . . . . . . P . . .
hold_meeting           . v r t c . . . C P . . .
raise_problem          . . . t c . . s C P . . .
answer_problem         . v . t c . . . . . . . .
print_document         . v r t c . . s C P . . .
request_export         . v . t c . . . C P . . .
approve_export         . . . t c . . . C P . . .
deliver_data           . . . . . d . . . . . . .
import_data            . . . t c . . . . . . . .
run_screening          . . . . c . . . . P . . .
break_glass            . . . . c . . s C P . . .
manage_users           . . . . . . . . . . S . .
manage_roles           . . . . . . . . . . . G .
manage_settings        . . . . . . . . . . S . .
back_up                . . . . . . . . . . S . .
read_audit             . . . . . . . . . . . . A
verify_audit           . . . . . . . . . . . . A
"""


def test_the_table_of_roles_and_permissions_is_the_one_agreed() -> None:
    found = [
        f"{permission:22} " + " ".join(
            letter if permission in ROLES[role].permissions else "."
            for letter, role in zip("gvrtcdhsCPSGA", Role, strict=True)
        )
        for permission in Permission
    ]  # fmt: skip
    assert found == EXPECTED.strip().splitlines()


def test_every_permission_has_a_chinese_name_of_its_own_and_somebody_who_holds_it() -> None:
    assert set(PERMISSION_LABELS) == set(Permission)
    assert len({permission.label for permission in Permission}) == len(Permission)
    assert frozenset(Permission) == frozenset().union(*(entry.permissions for entry in ROLES.values()))


def test_every_role_has_a_name_a_description_and_a_level() -> None:
    assert set(ROLES) == set(Role)
    assert len({role.label for role in Role}) == len(Role)
    for entry in ROLES.values():
        assert entry.description
        assert set(entry.levels) <= set(PLACES)
        assert entry.levels


def test_administrators_share_no_permission_with_anybody() -> None:
    for administrator in ADMINISTRATORS:
        for role in set(Role) - {administrator}:
            assert not ROLES[administrator].permissions & ROLES[role].permissions


def test_supervisors_and_audit_administrators_change_nothing_in_a_case() -> None:
    in_a_case = {step for line in SEPARATE_STEPS for step in line} - {Permission.RAISE_PROBLEM}
    assert not in_a_case & ROLES[Role.SUPERVISOR].permissions
    assert not in_a_case & ROLES[Role.AUDIT_ADMINISTRATOR].permissions


@pytest.mark.parametrize(("first", "second"), list(combinations(Role, 2)))
def test_administrators_and_supervisors_exclude_every_other_role_and_no_others_do(
    first: Role, second: Role
) -> None:
    alone = ADMINISTRATORS | {Role.SUPERVISOR}
    excluded = first in alone or second in alone
    assert bool(conflicts([first, second])) == excluded
    assert bool(conflicts([second, first])) == excluded
    if excluded:
        assert permissions_of([first, second]) == frozenset()
        with pytest.raises(RoleConflictError, match=f"“{first.label}”和“{second.label}”"):
            check_roles([second, first])
    else:
        check_roles([first, second])
        assert permissions_of([first, second]) == ROLES[first].permissions | ROLES[second].permissions


@given(held=st.sets(roles), more=roles)
def test_a_further_role_never_takes_a_conflict_away(held: set[Role], more: Role) -> None:
    assert set(conflicts(held)) <= set(conflicts(held | {more}))


def test_nobody_without_a_role_may_do_anything() -> None:
    assert permissions_of([]) == frozenset()


@pytest.mark.parametrize("line", SEPARATE_STEPS)
def test_who_did_a_step_cannot_do_another_of_its_line_in_either_order(line: tuple[Permission, ...]) -> None:
    for first, second in combinations(line, 2):
        assert excluded_by([first], second) is not None
        assert excluded_by([second], first) is not None


@given(done=st.sets(st.sampled_from(Permission)), wanted=st.sampled_from(Permission))
def test_a_step_excludes_only_the_others_of_its_lines(done: set[Permission], wanted: Permission) -> None:
    others = {step for line in SEPARATE_STEPS if wanted in line for step in line} - {wanted}
    found = excluded_by(done, wanted)
    assert (found is None) == (not others & done)
    assert found is None or found in others & done


def test_a_step_sent_back_can_be_done_again_by_the_same_person() -> None:
    assert excluded_by([Permission.REVIEW_CASE], Permission.REVIEW_CASE) is None


@pytest.mark.parametrize("grantor", Role)
@pytest.mark.parametrize("role", Role)
def test_only_a_security_administrator_grants_any_role(grantor: Role, role: Role) -> None:
    place = PLACES[ROLES[role].levels[0]]
    expected = grantor is Role.SECURITY_ADMINISTRATOR
    assert may_grant([grantor], role, grantor_place="53", place=place) == expected


def test_a_security_administrator_with_a_second_role_grants_nothing() -> None:
    held = [Role.SECURITY_ADMINISTRATOR, Role.COUNTY_OFFICE]
    assert not may_grant(held, Role.VILLAGE, grantor_place="530521", place="530521101201")
    assert not may_grant([], Role.VILLAGE, grantor_place="530521", place="530521101201")


# What a security administrator of a level grants in places of his own, by the level of the place.
GRANTED_BY = {
    1: {1: "department supervisor province", 2: "ADMINS department supervisor city", 3: "ADMINS county"},
    2: {1: "", 2: "department supervisor city", 3: "ADMINS county"},
    3: {1: "", 2: "", 3: "county"},
}
ADMINS = "system_administrator security_administrator audit_administrator"
COUNTY_ROLES = "county_office department supervisor"
VILLAGE_ROLES = "household_group village resident_team helper"


@pytest.mark.parametrize("own", [1, 2, 3])
@pytest.mark.parametrize("level", PLACES)
def test_nobody_grants_above_or_beside_his_own_place(own: int, level: int) -> None:
    written = GRANTED_BY[own].get(level) if level <= 3 else {4: "township", 5: VILLAGE_ROLES}[level]
    expected = re.sub(r"\bcounty\b", COUNTY_ROLES, (written or "").replace("ADMINS", ADMINS)).split()
    found = [
        role
        for role in Role
        if may_grant([Role.SECURITY_ADMINISTRATOR], role, grantor_place=PLACES[own], place=PLACES[level])
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("role", "grantor_place", "place", "is_self", "grantee_roles", "why"),
    [
        (Role.PROVINCE, "530521", "53", False, [], "管辖范围"),
        (Role.COUNTY_OFFICE, "530521", "530522", False, [], "管辖范围"),
        (Role.COUNTY_OFFICE, "530521", "5305", False, [], "只能授予在县级"),
        (Role.VILLAGE, "530521", "530521", False, [], "只能授予在村级"),
        (Role.VILLAGE, "530521", "", False, [], "只能授予在村级"),
        (Role.VILLAGE, "", "530521101201", False, [], "授权人的管辖区划"),
        (Role.VILLAGE, "530521101", "530521101201", False, [], "授权人的管辖区划"),
        (Role.AUDIT_ADMINISTRATOR, "530521", "530521", False, [], "上一级安全管理员"),
        (Role.COUNTY_OFFICE, "530521", "530521", True, [], "不能给自己"),
        (Role.SYSTEM_ADMINISTRATOR, "53", "530521", False, [Role.AUDIT_ADMINISTRATOR], "同一人"),
        (Role.SUPERVISOR, "53", "530521", False, [Role.VILLAGE], "同一人"),
    ],
)
def test_a_refused_grant_says_why(
    role: Role, grantor_place: str, place: str, is_self: bool, grantee_roles: list[Role], why: str
) -> None:
    said = refusal_of_grant(
        [Role.SECURITY_ADMINISTRATOR],
        role,
        grantor_place=grantor_place,
        place=place,
        grantee_roles=grantee_roles,
        is_self=is_self,
    )
    assert said is not None
    assert why in said


@given(grantor_place=st.sampled_from(list(PLACES.values())), place=st.text("0135", max_size=13), role=roles)
def test_a_grant_is_always_at_the_roles_level_within_the_grantors_place(
    grantor_place: str, place: str, role: Role
) -> None:
    if may_grant([Role.SECURITY_ADMINISTRATOR], role, grantor_place=grantor_place, place=place):
        assert place.startswith(grantor_place)
        assert level_of(place) in ROLES[role].levels
        assert role not in ADMINISTRATORS or place != grantor_place
