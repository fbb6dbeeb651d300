"""`shouwang createuser` and `shouwang verify-audit`: the first accounts of a site, and its audit checked."""

from datetime import datetime
from typing import Annotated

import typer

from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE, PROBLEMS, UsageProblem
from shouwang.cli.places import site
from shouwang.domain.departments import department_named
from shouwang.domain.roles import Role
from shouwang.records.opening import migrate, opened


def createuser(
    login: Annotated[str, typer.Argument(help="账号,如本人姓名拼音;不能是默认或共用的名字。")],
    name: Annotated[str, typer.Option("--name", help="使用人姓名。")] = "",
    role: Annotated[str, typer.Option("--role", help="角色代码,如 system_administrator、village。")] = "",
    place: Annotated[
        str, typer.Option("--place", help="区划代码:省2位、市4位、县6位、乡镇9位、村12位。")
    ] = "",
    office: Annotated[str, typer.Option("--office", help="单位。")] = "",
    department: Annotated[
        list[str] | None,
        typer.Option("--department", help="行业部门的代码或名称,如 medical 或 医保,可写多次。"),
    ] = None,
    group: Annotated[str, typer.Option("--group", help="村民小组名,仅村民小组角色。")] = "",
    reset: Annotated[bool, typer.Option("--reset", help="已有账号:重置密码,不改角色。")] = False,
) -> int:
    """建立账号(或重置其密码),临时密码只显示一次,24 小时内有效,首次登录须修改。"""
    _check(name and role and place, role, is_reset=reset)
    with opened(site()):
        migrate()
        from shouwang.actions import first_accounts
        from shouwang.actions.refusals import Refusal

        at = datetime.now(SHANGHAI)
        try:
            if reset:
                made = first_accounts.reset_by_system(login=login, at=at)
            else:
                keys = [department_named(each) or each for each in department or []]
                made = first_accounts.create_with_role(
                    login=login, display_name=name, role=Role(role), place=place, office=office,
                    departments=keys, group_name=group, at=at,
                )  # fmt: skip
        except Refusal as refusal:
            raise UsageProblem(str(refusal)) from None
    say(people(), f"账号:{made.account.login}", "bold")
    say(people(), f"临时密码(只显示这一次):{made.password}", "bold")
    say(people(), "24 小时内有效,只能登录一次,登录后须立即修改。")
    return FINE


def _check(is_complete: object, role: str, *, is_reset: bool) -> None:
    if not is_reset and not is_complete:
        raise UsageProblem("新建账号须写 --name、--role 和 --place;只重置密码请加 --reset")
    if role and role not in set(Role):
        raise UsageProblem(f"没有角色 {role},可用:{'、'.join(Role)}")


def verify_audit() -> int:
    """校验审计日志:逐条核对摘要链和每日锚点,指出第一条不符的记录。"""
    with opened(site()):
        migrate()
        from shouwang.actions.audit_checks import AnchorError, record_system_check

        try:
            check = record_system_check(at=datetime.now(SHANGHAI))
        except AnchorError as error:
            say(people(to_stderr=True), str(error), "bold red")
            return PROBLEMS
    say(people(to_stderr=check.broken is not None), check.message, "bold red" if check.broken else "bold")
    return PROBLEMS if check.broken else FINE
