"""Typer's own words in Chinese, and the root command that ends every failure in one sentence."""

import sys
from datetime import date, datetime, timedelta, timezone
from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

from shouwang.cli.console import people, say
from shouwang.cli.failures import ENVIRONMENT, FINE, PROBLEMS, USAGE, failure, usage_sentence, write_log
from shouwang.cli.places import log_folder

SHANGHAI = timezone(timedelta(hours=8))
_INTERRUPTED = 130

rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.REQUIRED_LONG_STRING = "[必填]"
rich_utils.DEFAULT_STRING = "[默认:{}]"
_HELP = "显示帮助后退出。"


def today() -> date:
    """Return today's civil date in Asia/Shanghai (UTC+8 all year); the only look at the clock for a date."""
    return datetime.now(SHANGHAI).date()


class Command(TyperCommand):
    """A command whose `--help` is described in Chinese."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option


class Group(TyperGroup):
    """A group of commands whose `--help` is described in Chinese."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP
        return option


class Root(Group):
    """The `shouwang` command: every failure becomes a sentence on standard error and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except BaseException as error:
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            code = _ended_badly(error)
        sys.exit(code if isinstance(code, int) else FINE)


def _ended_badly(error: BaseException) -> int:
    console = people(to_stderr=True)
    if isinstance(error, KeyboardInterrupt | Abort):
        say(console, "已中断,没有写出任何结果。")
        return _INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # The reader of our output has left (`| head`): say nothing, and let Python say nothing either.
        # Nothing more may be written once the reader has gone.
        sys.stdout = None  # type: ignore[assignment]
        return PROBLEMS
    if isinstance(error, TyperException):
        if type(error).__name__ == "NoArgsIsHelpError":
            return USAGE
        say(console, f"用法错误:{usage_sentence(error)}", "red")
        context = getattr(error, "ctx", None)
        if context is not None:
            say(console, f"查看用法:{context.command_path} --help")
        return USAGE
    found = failure(error)
    if found is not None:
        sentence, code = found
        say(console, sentence, "red")
        return code
    path = write_log(error, log_folder(), datetime.now(SHANGHAI))
    where = f"技术日志(不含个人信息):{path}" if path else "技术日志未能写出"
    say(console, f"程序出现未预料的错误,没有写出任何结果。{where}。请把日志交给维护人员。", "red")
    return ENVIRONMENT
