"""The `shouwang` command: its groups and commands, one module each."""

from typing import Annotated

import typer

from shouwang import __version__
from shouwang.cli import (
    accounts,
    backing_up,
    checking,
    daily,
    delivering,
    doctor,
    explain,
    lake,
    policy,
    screen,
    serving,
    site,
    synthesise,
)
from shouwang.cli.chinese import Command, Root

app = typer.Typer(
    name="shouwang",
    cls=Root,
    help="守望:把监测系统台账和部门表格变成有依据的预警名单。"
    "退出码:0 正常;1 发现问题;2 用法错误;3 运行环境不满足。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("synthesise", cls=Command)(synthesise.synthesise)
app.command("screen", cls=Command)(screen.screen)
app.command("explain", cls=Command)(explain.explain)
app.add_typer(policy.app, name="policy")
app.add_typer(lake.app, name="lake")
app.command("check", cls=Command)(checking.check)
app.command("doctor", cls=Command)(doctor.doctor)
app.command("createuser", cls=Command)(accounts.createuser)
app.command("verify-audit", cls=Command)(accounts.verify_audit)
app.command("serve", cls=Command)(serving.serve)
app.command("daily", cls=Command)(daily.daily)
app.command("backup", cls=Command)(backing_up.backup)
app.command("restore", cls=Command)(backing_up.restore)
app.command("init", cls=Command)(site.init)
app.command("load", cls=Command)(site.load)
app.command("deliver", cls=Command)(delivering.deliver)
app.command("work", cls=Command)(delivering.work)
app.command("undo-load", cls=Command)(site.undo_load)
app.command("screen-records", cls=Command)(site.screen_records)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"守望 {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """Hold the options of the whole command."""


def main() -> None:
    """Run the `shouwang` command."""
    app()


if __name__ == "__main__":
    main()
