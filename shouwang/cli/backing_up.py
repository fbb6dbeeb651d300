"""`shouwang backup` and `shouwang restore`: the whole site in one sealed file, and back."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from shouwang import __version__
from shouwang.cli.chinese import SHANGHAI
from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE, UsageProblem
from shouwang.cli.places import site
from shouwang.records import backup as backups
from shouwang.records.server import using
from shouwang.records.site import KEYS

_VARIABLE = "SHOUWANG_BACKUP_PASSPHRASE"
_FEWEST_SIGNS = 12
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", help=f"写有口令的文件;不写则用环境变量 {_VARIABLE}。", show_default=False
    ),
]


def backup(
    out: Annotated[Path, typer.Option("--out", help="写出的备份文件。", show_default=False)],
    passphrase_file: PassphraseOption = None,
    without_lake: Annotated[
        bool, typer.Option("--without-lake", help="不含部门推送的文件(数据湖由别的办法备份时)。")
    ] = False,
) -> int:
    """备份整个系统(数据库、密钥和部门推送的文件)为一个加密文件,写完后再通读核对一遍。"""
    passphrase = _passphrase(passphrase_file)
    here = site()
    lake = None if without_lake else here.lake_folder
    keys = {f"{name}.key": here.key(name) for name in KEYS}
    header = {"version": __version__, "made_at": datetime.now(SHANGHAI).isoformat(timespec="seconds")}
    with using(here.database_folder, os.environ) as database:
        backups.backup(database, out, passphrase=passphrase, extra=keys, header=header, lake=lake)
    manifest = backups.verify(out, passphrase)
    say(people(), f"已备份并核对:{out},{_counted(manifest)}", "bold")
    say(people(), "请把备份文件和口令分开保管,并定期在另一台机器上试恢复。")
    return FINE


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件。")],
    passphrase_file: PassphraseOption = None,
) -> int:
    """把备份恢复到一个空的数据文件夹(SHOUWANG_VAR),恢复后逐表核对行数。"""
    passphrase = _passphrase(passphrase_file)
    here = site()
    manifest = backups.verify(file, passphrase)
    for name in KEYS:
        path = here.key_path(name)
        if path.exists() and path.read_bytes() != manifest.extra[f"{name}.key"]:
            raise UsageProblem(f"{here.home} 里已有另一套密钥,请换一个空文件夹(SHOUWANG_VAR)再恢复")
    with using(here.database_folder, os.environ) as database:
        manifest = backups.restore(file, passphrase, database, lake=here.lake_folder)
    for name in KEYS:
        here.put_key(name, manifest.extra[f"{name}.key"])
    say(people(), f"已恢复并核对:{_counted(manifest)}", "bold")
    say(people(), "请接着运行 shouwang verify-audit 校验审计日志。")
    return FINE


def _counted(manifest: backups.Manifest) -> str:
    rows = f"{len(manifest.rows)} 张表,{sum(manifest.rows.values())} 行"
    return f"{rows},部门推送文件 {manifest.lake.files} 个" if manifest.lake is not None else rows


def _passphrase(told: Path | None) -> bytes:
    text = told.read_text(encoding="utf-8").strip() if told else os.environ.get(_VARIABLE, "")
    if len(text) < _FEWEST_SIGNS:
        raise UsageProblem(
            f"备份口令至少 {_FEWEST_SIGNS} 个字符:请用 --passphrase-file 指定文件,或设置环境变量 {_VARIABLE}"
        )
    return text.encode()
