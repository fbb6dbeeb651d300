"""PostgreSQL's own dump and restore as child processes, fed from and read into Python."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouwang.records import server_cluster
from shouwang.records.backup_file import BackupError, SealedReader
from shouwang.records.server_database import Database

READ_BYTES = 1 << 18


@contextmanager
def feeding(reader: SealedReader, sink: IO[bytes]) -> Iterator[None]:
    """Feed what is left of a backup into a program's input while the block reads its output."""
    failures: list[Exception] = []

    def feed() -> None:
        # A program that gave up closes its input; its exit status says so; the reading goes on.
        is_open = True
        try:
            while content := reader.read(READ_BYTES):
                if is_open:
                    try:
                        sink.write(content)
                    except BrokenPipeError:
                        is_open = False
        except Exception as error:
            failures.append(error)
        finally:
            with suppress(BrokenPipeError):
                sink.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    finally:
        feeder.join()
    if failures:
        raise failures[0]


@contextmanager
def program(
    database: Database | None, name: str, arguments: list[str], **pipes: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of PostgreSQL's for a block, killed if the block fails; raise BackupError if it fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [_executable(database, name), *arguments],
            env=_environment(database),
            stderr=said,
            **({"stdin": subprocess.DEVNULL} | pipes),  # type: ignore[call-overload]
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe and not pipe.closed:
                    with suppress(BrokenPipeError):
                        pipe.close()
            status = process.wait()
        if status:
            said.seek(0)
            raise BackupError(_explained(name, said.read(65536).decode("utf-8", errors="replace")))


def _executable(database: Database | None, name: str) -> str:
    # The wheel's programs speak no TLS: a shared server is reached with the machine's own where it has them.
    own = shutil.which(name) if database and not database.superuser else None
    return own or str(server_cluster.binaries() / name)


def address(database: Database) -> list[str]:
    """Return the arguments that name the database, without its password."""
    # Other users see a command's arguments: the password goes by the environment.
    where = conninfo_to_dict(database.reading_conninfo())
    where.pop("password", None)
    return [f"--dbname={make_conninfo('', **where)}", "--no-password"]


def _environment(database: Database | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    password = (database.superuser or database.owner).password if database else ""
    return kept | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})


def _explained(program: str, said: str) -> str:
    reasons = {
        "server version mismatch": "服务器比本机的备份程序新，请安装同版本的 PostgreSQL 客户端。",
        "row-level security": "用户看不到全部行，请以表的属主连接。",
        "permission denied": "用户没有权限读取或建立全部对象，请以数据库的属主连接。",
        "sslmode": "内嵌的备份程序不支持加密连接，请安装 PostgreSQL 客户端（pg_dump、pg_restore）。",
        "SSL": "内嵌的备份程序不支持加密连接，请安装 PostgreSQL 客户端（pg_dump、pg_restore）。",
        "No space left": "磁盘已满，请清理后重试。",
        "already exists": "目标库里已有同名对象，只能恢复到空库。",
        "unsupported version": "备份由更新版本的 PostgreSQL 写成，请升级本程序。",
        "does not exist": "缺少备份所需的角色、扩展或对象，请先由数据库管理员建立。",
        "connection": "数据库连接中断，请确认服务器在运行。",
    }
    found = (reason for mark, reason in reasons.items() if mark in said)
    doing = "备份" if program == "pg_dump" else "恢复"
    return f"{doing}失败：{next(found, 'PostgreSQL 的备份程序报错，数据未改动。')}"
