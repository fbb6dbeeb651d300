"""`shouwang synthesise`: a county that never existed, for trials and training."""

from pathlib import Path
from typing import Annotated

import typer

from shouwang.actions import synthesis
from shouwang.cli.arguments import OnOption, day
from shouwang.cli.console import people, say, steps
from shouwang.cli.failures import FINE


def synthesise(
    out: Annotated[
        Path, typer.Option("--out", help="写到哪个文件夹(台账、部门推送和已知答案)。", show_default=False)
    ],
    households: Annotated[int, typer.Option("--households", help="户数,不少于 20。")] = 20_000,
    county: Annotated[str, typer.Option("--county", help="借用哪个县的行政村名称:6 位区划代码。")] = "530521",
    seed: Annotated[int, typer.Option("--seed", help="随机种子;相同的参数得到相同的文件。")] = 1,
    on: OnOption = None,
) -> int:
    """生成一个并不存在的县:人口、两年收支、各部门表格、常见的脏数据,以及埋设的风险(truth 文件夹)。"""
    with steps(people(to_stderr=True)) as following:
        following("生成人口和收支")
        made = synthesis.synthesise(
            out=out,
            households=households,
            county=county.strip(),
            seed=seed,
            on=day(on),
            made=lambda _: following("写出表格"),
            detail=following.detail,
        )
    console = people()
    say(
        console,
        f"已生成 {len(made.files)} 个文件,埋设风险 {len(made.truths)} 处,脏数据 {len(made.dirty_rows)} 行。",
    )
    say(console, f"台账:{made.registry}")
    say(console, f"部门推送:{made.deliveries}")
    say(console, f"已知答案:{made.truth}")
    return FINE
