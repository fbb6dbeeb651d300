"""`shouwang explain`: one household, every rule, and why or why not."""

from pathlib import Path
from typing import Annotated

import typer

from shouwang.cli.arguments import JsonOption
from shouwang.cli.console import emit, people, say
from shouwang.cli.failures import FINE, UsageProblem
from shouwang.cli.places import last_run
from shouwang.engine.run import read_run
from shouwang.reports.explanation_text import explain_household, explanation_lines, explanation_record

_STYLES = {
    "title": "bold",
    "head": "bold cyan",
    "true": "red",
    "near": "yellow",
    "unknown": "magenta",
    "false": "green",
    "plain": "",
}


def explain(
    household: Annotated[
        str, typer.Argument(metavar="HOUSEHOLD", help="户编号,见预警名单。", show_default=False)
    ],
    run: Annotated[
        Path | None,
        typer.Option("--run", help="筛查生成的 .run 文件夹;不写则用最近一次。", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """说明一户:哪些规则成立、临近或无法判断,两边的数值、条款和来源行,以及其余规则为什么不成立。"""
    folder = run or last_run()
    if folder is None:
        raise UsageProblem("没有最近一次筛查的记录,请写 --run 文件夹(筛查时与工作簿放在一起,以 .run 结尾)。")
    found = read_run(folder)
    explained = explain_household(found, household.strip())
    if as_json:
        emit(explanation_record(explained))
        return FINE
    console = people()
    for part, line in explanation_lines(explained, found):
        say(console, line, _STYLES[part])
    return FINE
