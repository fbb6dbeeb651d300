"""`shouwang lake snapshot` writes a county into the lake; `screen --lake` screens all that is there."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shouwang.actions.screening import Engine
from shouwang.actions.screening_lake import LakePlace, screen_lake
from shouwang.cli.arguments import OnOption, day, existing_folder
from shouwang.cli.chinese import SHANGHAI, Command, Group
from shouwang.cli.console import people, say, show_table, steps
from shouwang.cli.failures import FINE, UsageProblem
from shouwang.cli.places import site
from shouwang.records.opening import migrate, opened

if TYPE_CHECKING:
    from shouwang.actions.acting import Actor

app = typer.Typer(cls=Group, help="数据湖:各县每日的快照,供全省一次筛查。", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Hold the group together while it has one command."""


@app.command("snapshot", cls=Command)
def snapshot(
    county: Annotated[
        list[str] | None,
        typer.Option("--county", help="县,6 位代码;可重复;不写则为已导入的各县。", show_default=False),
    ] = None,
    on: OnOption = None,
    lake: Annotated[
        Path | None,
        typer.Option("--lake", help="数据湖文件夹;不写则为本站的(SHOUWANG_LAKE)。", show_default=False),
    ] = None,
    keep: Annotated[int, typer.Option("--keep", min=1, help="每县保留几天的快照。")] = 3,
) -> int:
    """把数据库里各县当日的全部事实写入数据湖,不含姓名和证件号码;要么写全,要么不算数。"""
    home = site().lake_folder if lake is None else existing_folder(lake, "--lake")
    asked_on, at = day(on), datetime.now(SHANGHAI)
    with opened(site()), steps(people(to_stderr=True)) as following:
        migrate()
        from shouwang.actions.lake_snapshot import loaded_counties, snapshot_county

        made = []
        for code in county or loaded_counties():
            following(f"写入 {code}")
            made.append(
                snapshot_county(actor=_system(), county=code, on=asked_on, at=at, lake=home, keep=keep)
            )
    if not made:
        raise UsageProblem("还没有导入任何县的数据,请先运行 shouwang load")
    rows = [
        (each.county, each.rows["household"], each.rows["member"], sum(each.rows.values())) for each in made
    ]
    show_table(people(), f"{asked_on} 的快照", ("县", "农户", "成员", "全部行数"), rows, right=(1, 2, 3))
    say(people(), f"数据湖:{home}", "bold")
    return FINE


def screen_snapshots(
    lake: LakePlace, division: str, on: date, out: Path, packs: Path, engine: Engine, master: str | None
) -> int:
    """Screen the snapshots of a lake and say what came of it."""
    if engine == "duckdb" and (master or lake.shared):
        raise UsageProblem("--master 和 --shared 只用于 --engine spark")
    with steps(people(to_stderr=True)) as following:
        made = screen_lake(
            lake=lake, on=on, out=out, packs=packs, division=division, engine=engine, master=master,
            step=following,
        )  # fmt: skip
    rows = []
    for each in made:
        counts = each.run.header.counts
        counted = (counts["household_rows"], counts.get("finding_rows", 0))
        rows.append((each.run.folder.name, len(each.counties), *counted, "、".join(each.counties)))
    headers = ("运行记录", "县数", "农户", "预警和归类", "县")
    show_table(people(), f"{on} 的筛查", headers, rows, right=(1, 2, 3))
    if len(made) > 1:
        say(people(), "各县部门推送的数据种类不同,种类相同的县合为一轮。")
    say(people(), f"运行记录:{out}(查看一户:shouwang explain 户编号 --run {made[0].run.folder})", "bold")
    return FINE


def refuse_others(reason: str, told: Mapping[str, object]) -> None:
    """Refuse options, named as their parameters, that mean nothing beside another. Raises UsageProblem."""
    found = [f"--{name.removesuffix('_out').replace('_', '-')}" for name, value in told.items() if value]
    if found:
        raise UsageProblem(f"{reason},不能写 {'、'.join(found)}")


def _system() -> "Actor":
    from shouwang.actions.acting import Actor
    from shouwang.records.viewers import Viewer

    return Actor(Viewer(0, "系统", ()))
