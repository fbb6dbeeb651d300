"""The roles: what each may do, which exclude each other, and who may grant them (R100).

System, security and audit administrators (三员) exclude each other and every other role; a set of roles that
contradicts itself may do nothing at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shouwang.domain.divisions import CITY, COUNTY, LEVELS, PROVINCE, TOWNSHIP, VILLAGE
from shouwang.domain.permissions import Permission

_LEVEL_OF_WIDTH = {2: PROVINCE, 4: CITY, 6: COUNTY, 9: TOWNSHIP, 12: VILLAGE}


class Role(StrEnum):
    """What a person is in one place; one person may be several."""

    HOUSEHOLD_GROUP = "household_group"
    VILLAGE = "village"
    RESIDENT_TEAM = "resident_team"
    TOWNSHIP = "township"
    COUNTY_OFFICE = "county_office"
    DEPARTMENT = "department"
    HELPER = "helper"
    SUPERVISOR = "supervisor"
    CITY = "city"
    PROVINCE = "province"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return ROLES[self].label


class RoleConflictError(ValueError):
    """A person cannot hold these roles together; the message (Chinese) names the first pair."""


@dataclass(frozen=True)
class RoleEntry:
    """One line of the table of roles; `levels` are those of the divisions in which it can be held."""

    label: str
    description: str
    levels: tuple[int, ...]
    permissions: frozenset[Permission]


def _entry(label: str, description: str, levels: Iterable[int], permissions: str) -> RoleEntry:
    return RoleEntry(
        label, description, tuple(levels), frozenset(Permission(name) for name in permissions.split())
    )


_ADMINISTERED = (COUNTY, CITY, PROVINCE)

ROLES = {
    Role.HOUSEHOLD_GROUP: _entry(
        "村民小组", "村民小组长、网格员：只看本组农户，上报线索", [VILLAGE],
        "see_households see_names report_clue",
    ),
    Role.VILLAGE: _entry(
        "行政村", "村两委：本村农户的核查、评议、公示、帮扶和走访", [VILLAGE],
        """see_totals see_households see_names see_child_names see_income see_health
        unmask_id_numbers unmask_phones unmask_accounts unmask_health edit_household
        report_clue check_clue record_authorisation record_appraisal post_notice record_objection
        open_green_channel announce_case draw_up_plan record_measure record_visit propose_elimination
        look_back request_rollback hold_meeting answer_problem print_document request_export""",
    ),
    Role.RESIDENT_TEAM: _entry(
        "驻村工作队", "驻村第一书记和工作队：与村同看同查，不主持评议，不发公示", [VILLAGE],
        """see_totals see_households see_names see_child_names see_income see_health
        unmask_phones unmask_health report_clue check_clue record_authorisation record_objection
        open_green_channel draw_up_plan record_measure record_visit propose_elimination look_back
        hold_meeting print_document""",
    ),
    Role.TOWNSHIP: _entry(
        "乡镇", "乡镇工作站：派发线索、作出结论、审核、审定计划", [TOWNSHIP],
        """see_totals see_households see_names see_child_names see_income see_health see_legal_events
        unmask_id_numbers unmask_phones unmask_accounts unmask_health edit_household move_household
        report_clue dispatch_clue check_clue give_verdict request_comparison answer_objection
        open_green_channel review_case announce_case assign_contact approve_plan send_task record_measure
        record_visit review_elimination look_back review_rollback hold_meeting raise_problem answer_problem
        print_document request_export approve_export import_data""",
    ),
    Role.COUNTY_OFFICE: _entry(
        "县级主管部门", "县农业农村（乡村振兴）部门：筛查、比对、确认、调度", [COUNTY],
        """see_totals see_households see_names see_child_names see_income see_health see_legal_events
        unmask_id_numbers unmask_phones unmask_accounts unmask_health edit_household move_household
        report_clue dispatch_clue give_verdict request_comparison answer_objection open_green_channel
        confirm_case announce_case assign_contact approve_plan send_task confirm_elimination look_back
        confirm_rollback hold_meeting raise_problem answer_problem print_document request_export
        approve_export import_data run_screening break_glass""",
    ),
    Role.DEPARTMENT: _entry(
        "行业部门", "医保、教育、民政等部门：推送本部门数据，反馈比对，办理任务", [COUNTY, CITY, PROVINCE],
        """see_totals see_households see_names see_income see_health see_legal_events report_clue
        answer_comparison answer_task record_measure deliver_data""",
    ),
    Role.HELPER: _entry(
        "帮扶责任人", "帮扶责任人、监测联系人：只看自己联系的农户，走访、登记帮扶", [VILLAGE],
        """see_households see_names see_child_names see_income see_health unmask_phones
        report_clue record_measure record_visit""",
    ),
    Role.SUPERVISOR: _entry(
        "督导", "督导检查人员：只读，提出问题", [COUNTY, CITY, PROVINCE],
        """see_totals see_households see_names see_income see_health raise_problem print_document
        break_glass""",
    ),
    Role.CITY: _entry(
        "市级主管部门", "市级调度和转报", [CITY],
        """see_totals see_households see_income unmask_names dispatch_clue report_clue forward_rollback
        hold_meeting raise_problem print_document request_export approve_export break_glass""",
    ),
    Role.PROVINCE: _entry(
        "省级主管部门", "省级调度和批准", [PROVINCE],
        """see_totals see_households see_income unmask_names dispatch_clue report_clue approve_rollback
        hold_meeting raise_problem print_document request_export approve_export run_screening
        break_glass""",
    ),
    Role.SYSTEM_ADMINISTRATOR: _entry(
        "系统管理员", "账号、设置和备份；不看业务数据，不授角色", _ADMINISTERED,
        "manage_users manage_settings back_up",
    ),
    Role.SECURITY_ADMINISTRATOR: _entry(
        "安全管理员", "授予和收回角色；不建账号，不看业务数据", _ADMINISTERED,
        "manage_roles",
    ),
    Role.AUDIT_ADMINISTRATOR: _entry(
        "审计管理员", "查看和校验审计日志；不做任何修改", _ADMINISTERED,
        "read_audit verify_audit",
    ),
}  # fmt: skip

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})
# Who inspects the work has no part in it.
_ALONE = ADMINISTRATORS | {Role.SUPERVISOR}


def conflicts(roles: Iterable[Role]) -> list[tuple[Role, Role]]:
    """Return the pairs of roles that one person cannot hold together, in the order of the table."""
    named = set(roles)
    held = [role for role in Role if role in named]
    return [
        (first, second)
        for place, first in enumerate(held)
        for second in held[place + 1 :]
        if first in _ALONE or second in _ALONE
    ]


def check_roles(roles: Iterable[Role]) -> None:
    """Raise RoleConflictError for roles that exclude each other."""
    for first, second in conflicts(roles):
        raise RoleConflictError(
            f"“{first.label}”和“{second.label}”不能由同一人担任（三员分立、督导独立），请另行指定人员"
        )


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what the roles allow together; nothing if they exclude each other."""
    held = set(roles)
    if conflicts(held):
        return frozenset()
    return frozenset(permission for role in held for permission in ROLES[role].permissions)


def level_of(place: str) -> int | None:
    """Return the level (1 to 5) of a division prefix by its width; None if it is no prefix."""
    return _LEVEL_OF_WIDTH.get(len(place)) if place.isascii() and place.isdigit() else None


def may_grant(
    grantor_roles: Iterable[Role],
    role: Role,
    *,
    grantor_place: str,
    place: str,
    grantee_roles: Iterable[Role] = (),
    is_self: bool = False,
) -> bool:
    """Tell whether a role may be granted in `place` by one who holds `grantor_roles` in `grantor_place`."""
    return (
        refusal_of_grant(
            grantor_roles,
            role,
            grantor_place=grantor_place,
            place=place,
            grantee_roles=grantee_roles,
            is_self=is_self,
        )
        is None
    )


def refusal_of_grant(
    grantor_roles: Iterable[Role],
    role: Role,
    *,
    grantor_place: str,
    place: str,
    grantee_roles: Iterable[Role] = (),
    is_self: bool = False,
) -> str | None:
    """Return why a role cannot be granted (Chinese), or None if it can.

    Places are division prefixes. A security administrator's authority is his place: he grants nothing outside
    it, and administrators only strictly within it, so that nobody appoints his equal, overseer or himself.
    """
    if Permission.MANAGE_ROLES not in permissions_of(grantor_roles):
        return "只有安全管理员可以授予角色"
    if is_self:
        return "不能给自己授予角色，请由上一级安全管理员办理"
    if level_of(grantor_place) not in ROLES[Role.SECURITY_ADMINISTRATOR].levels:
        return "授权人的管辖区划不是县、市或省，请先核对其角色所在区划"
    level = level_of(place)
    if level is None or level not in ROLES[role].levels:
        levels = "、".join(f"{LEVELS[level]}级" for level in ROLES[role].levels)
        return f"“{role.label}”只能授予在{levels}区划，请改选区划"
    if not place.startswith(grantor_place):
        return "所选区划不在授权人管辖范围内，请由上一级安全管理员办理"
    if role in ADMINISTRATORS and place == grantor_place:
        return f"同级的“{role.label}”由上一级安全管理员授予"
    if pairs := conflicts([*grantee_roles, role]):
        first, second = pairs[0]
        return f"“{first.label}”和“{second.label}”不能由同一人担任，请先收回原有角色"
    return None
