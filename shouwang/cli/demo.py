"""`python -m shouwang.cli.demo`: a made-up county, screened twice and scored, then at work in the browser."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shouwang.actions.screening import Asked, ScreenedFolder, screen_folder
from shouwang.actions.synthesis import synthesise
from shouwang.cli.arguments import OnOption, day
from shouwang.cli.chinese import Command, Root
from shouwang.cli.console import Steps, people, say, show_table, steps
from shouwang.cli.demo_site import furnish, site_folder, tell_accounts
from shouwang.cli.failures import FINE
from shouwang.cli.places import remember_run, site, var_folder
from shouwang.cli.screen import publisher, tell
from shouwang.cli.serving import serve
from shouwang.domain.pack_files import default_packs_folder
from shouwang.reports.scores import Scores, score
from shouwang.synthetic.writing import WrittenCounty

COUNTY = "530521"
_LOW_PRECISION = 0.9

app = typer.Typer(cls=Root, add_completion=False, pretty_exceptions_enable=False)


@app.command(cls=Command)
def demo(
    households: Annotated[int, typer.Option("--households", help="户数。")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="随机种子。")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个文件夹;不写则为 var/demo。", show_default=False)
    ] = None,
    on: OnOption = None,
    port: Annotated[int, typer.Option("--port", help="网页系统的端口。")] = 8000,
    is_served: Annotated[bool, typer.Option("--serve/--no-serve", help="最后启动网页系统。")] = True,
) -> int:
    """生成一个并不存在的县,按上月和本月各筛查一次,再装入网页系统,带一个月的样例工作。"""
    folder = out or var_folder() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    console = people()
    screened_on = first_of_work(day(on))
    say(
        console,
        f"生成一个并不存在的县:借用施甸县({COUNTY})的村名,{households} 户,筛查日期 {screened_on}",
        "bold",
    )
    with steps(people(to_stderr=True)) as following:
        county = _county(folder / "county", households, seed, screened_on, following)
        made = _screened_twice(folder, county, screened_on, following)
        following("对照已知答案评分")
        scores = score(made.run, county.truth)
        remember_run(made.run.folder)
        home = site_folder(folder)
        furnished = furnish(home, county, COUNTY, screened_on, day(on), following)
    _show_recall(console, scores)
    _show_precision(console, scores)
    _show_steps(console, following)
    tell(console, made)
    tell_accounts(console, furnished, f"http://127.0.0.1:{port}/")
    return serve(port=port) if is_served else FINE


def first_of_work(today: date) -> date:
    """Return the day of the screening: the first of a month, with at least a month of work behind it."""
    return (today - timedelta(days=31)).replace(day=1)


def _county(out: Path, households: int, seed: int, on: date, following: Steps) -> WrittenCounty:
    following("生成人口和收支")
    return synthesise(
        out=out,
        households=households,
        county=COUNTY,
        seed=seed,
        on=on,
        made=lambda _: following("写出各部门表格"),
        detail=following.detail,
    )


def _screened_twice(folder: Path, county: WrittenCounty, on: date, following: Steps) -> ScreenedFolder:
    """Screen with what was known a month before, then with everything, so that changes can be seen."""
    before = (on - timedelta(days=on.day)).replace(day=1)
    earlier = _known_then(county.deliveries, folder / "earlier", before)
    asked: Asked = {
        "registry": county.registry,
        "deliveries": earlier,
        "county": COUNTY,
        "on": before,
        "out": folder / "上期预警.xlsx",
        "key": site().key("blind"),
        "packs": default_packs_folder(),
        # In a small county a dirty file may not hold one usable row.
        "keep_going": True,
    }
    try:
        last = screen_folder(
            publish=publisher(None),
            step=lambda step: following(f"上期:{step}"),
            detail=following.detail,
            **asked,
        )
    finally:
        shutil.rmtree(earlier, ignore_errors=True)
    asked |= {
        "deliveries": county.deliveries,
        "on": on,
        "out": folder / "预警.xlsx",
        "previous": last.run.folder,
    }
    return screen_folder(publish=publisher(None), step=following, detail=following.detail, **asked)


def _known_then(deliveries: Path, folder: Path, day: date) -> Path:
    """Gather the deliveries of the months before the month of a day."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for month in sorted(path for path in deliveries.iterdir() if path.is_dir()):
        if month.name < f"{day:%Y%m}":
            shutil.copytree(month, folder / month.name)
    return folder


def _show_recall(console: Console, scores: Scores) -> None:
    rows = [
        (
            each.label,
            each.planted,
            each.findable,
            each.found,
            each.warned,
            _percent(each.recall),
            _why_not(each.hidden_by, each.has_rule),
        )
        for each in scores.families
        if each.planted
    ]
    headers = ("埋设的风险", "埋设", "可发现", "已发现", "其中预警", "找全率", "不能发现的原因(户)")
    show_table(
        console,
        "找全率:数据足以发现的风险,有多少被同类规则(预警或重点人群)发现",
        headers,
        rows,
        right=(1, 2, 3, 4, 5),
    )
    say(
        console,
        f"埋设风险的农户 {scores.households_planted} 户,数据足以发现的 {scores.households_findable} 户,"
        f"其中得到预警的 {scores.households_warned} 户。",
    )


def _show_precision(console: Console, scores: Scores) -> None:
    ruled = sorted(scores.rules, key=lambda each: (each.precision or 0.0, each.rule))
    precise = [(each.label, each.flagged, each.right, _percent(each.precision)) for each in ruled]
    show_table(
        console,
        "准确率:每条规则预警的农户有多少确属同类风险",
        ("规则", "预警", "属实", "准确率"),
        precise,
        right=(1, 2, 3),
    )
    if any((each.precision or 0.0) < _LOW_PRECISION for each in ruled):
        say(
            console,
            "准确率低的规则多是问了不同的问题(时间段、标准或条件与埋设的风险不同),不是算错;"
            "评分按规则族对照,如实列出。",
        )


def _why_not(hidden_by: dict[str, int], has_rule: bool) -> str:
    if not has_rule:
        return "本地政策没有此类规则"
    return ";".join(f"{why}{count}" for why, count in list(hidden_by.items())[:4])


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _show_steps(console: Console, following: Steps) -> None:
    rows = [(name, f"{seconds:.1f}") for name, seconds in following.taken if seconds >= 0]
    total = sum(seconds for _, seconds in following.taken)
    show_table(console, "用时(秒)", ("步骤", "秒"), [*rows, ("合计", f"{total:.1f}")], right=(1,))


if __name__ == "__main__":
    app()
