"""`shouwang deliver` hands a department's file in; `shouwang work` reads what waits, as `serve` does."""

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shouwang.cli.arguments import existing_file
from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE, PROBLEMS, UsageProblem
from shouwang.cli.places import site
from shouwang.domain.departments import DEPARTMENTS
from shouwang.records.opening import opened
from shouwang.records.server_database import ServerError

if TYPE_CHECKING:
    from shouwang.actions.acting import Actor
    from shouwang.records.models import Delivery

_LOOK_SECONDS = 1
FileArgument = Annotated[Path, typer.Argument(help="部门的表格(.xlsx、.xls、.csv)。", show_default=False)]


def deliver(
    file: FileArgument,
    county: Annotated[str, typer.Option("--county", help="县级行政区划代码,6 位。", show_default=False)],
    department: Annotated[str, typer.Option("--department", help="部门:" + "、".join(DEPARTMENTS.values()))],
    accept: Annotated[bool, typer.Option("--accept", help="有错误行时,其余的行照常入库。")] = False,
    sender: Annotated[str, typer.Option("--sender", help="推送单位,同一部门有几家时写明。")] = "",
) -> int:
    """推送一个部门的一个文件:读取、核对、匹配到户、入库并筛查涉及的农户;要么全部入库,要么不留痕迹。"""
    path = existing_file(file, "FILE")
    keys = {label: key for key, label in DEPARTMENTS.items()} | {key: key for key in DEPARTMENTS}
    if department not in keys:
        raise UsageProblem(f"没有“{department}”这个部门;可选:{'、'.join(DEPARTMENTS.values())}")
    with opened(site()):
        from shouwang.actions.delivery_reading import ERRORS
        from shouwang.actions.delivery_receiving import receive_delivery
        from shouwang.records.access import entered_system
        from shouwang.records.models import Delivery

        with entered_system():
            made, is_new = receive_delivery(
                actor=_system(), county=county, department=keys[department], file_name=path.name,
                content=path.read_bytes(), at=_now(), sender=sender, accepted=(ERRORS,) if accept else (),
            )  # fmt: skip
        _work_off()
        with entered_system():
            made = Delivery.objects.get(pk=made.pk)
    _tell(made, is_new)
    return FINE if made.state == "committed" else PROBLEMS


def work(
    is_kept_going: Annotated[bool, typer.Option("--keep-going", help="不断查看,直到停止。")] = False,
) -> int:
    """读取已收到的部门文件,入库并筛查涉及的农户;`serve` 会自动进行。"""
    with opened(site()):
        from django.db import DatabaseError, InterfaceError

        while True:
            try:
                count = _work_off()
            except (DatabaseError, InterfaceError) as error:
                raise ServerError("推送没有处理完:数据库报错或连接中断,稍后会再处理") from error
            if not is_kept_going:
                break
            time.sleep(_LOOK_SECONDS)
    say(people(), f"已处理推送 {count} 批")
    return FINE


def _work_off() -> int:
    """Read and match what was delivered, screen whom it touches, make exports; return how many were read."""
    from shouwang.actions.delivery_reading import read_next
    from shouwang.actions.delivery_screening import screen_next
    from shouwang.actions.export_making import make_due_exports
    from shouwang.actions.matching_rows import match_delivery

    count = 0
    while (at := _now()) and (read := read_next(actor=_system(), on=at.date(), at=at)) is not None:
        count += 1
        if read.state == "committed":
            match_delivery(actor=_system(), delivery_id=read.pk, at=_now())
    while (at := _now()) and screen_next(actor=_system(), on=at.date(), at=at) is not None:
        pass
    make_due_exports(at=_now())
    return count


def _system() -> "Actor":
    from shouwang.actions.acting import Actor
    from shouwang.records.viewers import Viewer

    return Actor(Viewer(0, "系统", ()))


def _now() -> datetime:
    return datetime.now(SHANGHAI)


def _tell(made: "Delivery", is_new: bool) -> None:
    if not is_new:
        say(people(), f"这个文件已经推送过:第 {made.pk} 批", "yellow")
    label = str(made.get_state_display())
    counts = made.counts
    said = f",{counts['rows']} 行" if counts else ""
    say(people(), f"第 {made.pk} 批:{label}{said}", "bold" if made.state == "committed" else "yellow")
    if made.state == "committed":
        say(
            people(),
            f"入库 {counts['placed']} 行,未匹配 {counts['unmatched']} 行,错误 {counts['refused']} 行,"
            f"重复推送 {counts['repeated']} 行,涉及 {counts['households']} 户",
        )
    for text in (*made.problems, *made.suspicions, *made.notices):
        say(people(), text, "yellow")
    for sheet in made.unknown_sheets:
        say(people(), sheet["reason"], "yellow")
