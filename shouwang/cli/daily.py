"""`shouwang daily`: what is due by the day; `serve` keeps it going by itself."""

import time
from datetime import datetime
from typing import Annotated

import typer

from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE
from shouwang.cli.places import site
from shouwang.records.opening import opened
from shouwang.records.server_database import ServerError

_EVERY_SECONDS = 3600


def daily(
    is_kept_going: Annotated[bool, typer.Option("--keep-going", help="每小时办一次,直到停止。")] = False,
) -> int:
    """办理每日事项:超期事项提级、全县筛查、审计日志留存锚点。重复运行不会重复办理。"""
    with opened(site()):
        from django.db import DatabaseError, InterfaceError

        from shouwang.actions.acting import Actor
        from shouwang.actions.daily import daily_work
        from shouwang.records.viewers import Viewer

        while True:
            at = datetime.now(SHANGHAI)
            try:
                done = daily_work(actor=Actor(Viewer(0, "系统", ())), on=at.date(), at=at)
            except (DatabaseError, InterfaceError) as error:
                raise ServerError("每日事项没有办完:数据库报错或连接中断,稍后会再办") from error
            if not is_kept_going:
                break
            time.sleep(_EVERY_SECONDS)
    say(
        people(),
        f"已提级:线索 {done.clues} 条,个案 {done.cases} 件,部门任务 {done.tasks} 项;"
        f"已筛查 {done.counties} 个县",
    )
    return FINE
