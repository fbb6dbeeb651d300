"""`shouwang check`: read files and say what is in them and what is wrong; nothing is written."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shouwang.actions.checking import FileReport, SheetReport, check_files
from shouwang.cli.arguments import MappingOption, OnOption, day
from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE, PROBLEMS, UsageProblem


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="要检查的表格(.xlsx、.xls、.csv),可写多个。", show_default=False
        ),
    ],
    on: OnOption = None,
    mapping: MappingOption = None,
) -> int:
    """只读取并报告:认出是哪个部门的数据、用了哪些列、哪些行有错。不写任何文件。有问题时退出码为 1。"""
    for path in files:
        if not path.is_file():
            raise UsageProblem(f"文件“{path}”{'是文件夹' if path.is_dir() else '不存在'}。请核对路径。")
    reports = check_files(files=files, on=day(on), mapping=mapping)
    console = people()
    for report in reports:
        _show(console, report)
    bad = sum(1 for report in reports if not report.is_fine)
    say(console, f"检查 {len(reports)} 个文件,{f'{bad} 个有问题' if bad else '没有发现问题'}。", "bold")
    return PROBLEMS if bad else FINE


def _show(console: Console, report: FileReport) -> None:
    say(console, f"《{report.path.name}》", "bold")
    if report.problem:
        say(console, f"  ✗ {report.problem}", "red")
    for sheet in report.sheets:
        _show_sheet(console, sheet)


def _show_sheet(console: Console, sheet: SheetReport) -> None:
    name = f"工作表“{sheet.sheet}”:" if sheet.sheet else ""
    if sheet.problem:
        say(console, f"  ✗ {name}{sheet.problem}", "red")
        return
    month = f",{sheet.month:%Y年%m月}" if sheet.month else ""
    say(console, f"  {name}{sheet.label}{month},表头在第{sheet.header_row_no}行,数据{sheet.row_count}行")
    say(console, f"    用到的列:{'、'.join(sheet.matched or ())}")
    if sheet.unused:
        say(console, f"    没有用到的列:{'、'.join(sheet.unused)}")
    if sheet.missing:
        say(console, f"    没有找到的列:{'、'.join(sheet.missing)}", "yellow")
    for error in sheet.errors:
        say(
            console,
            f"    ✗ “{error.column}”{error.count}处:{error.reason}(第一处在第{error.first_row_no}行)",
            "red",
        )
