"""`shouwang serve`: the web application, its database and its daily work, until it is interrupted."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Annotated

import typer

from shouwang.cli.console import people, say
from shouwang.cli.failures import ENVIRONMENT, FINE, UsageProblem
from shouwang.cli.places import site
from shouwang.records import server
from shouwang.records.opening import migrate, opened
from shouwang.records.server_database import Database

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOOK_SECONDS = 2
_AGAIN_SECONDS = 60
_PARENT_DEATH_SIGNAL = 1
# The exit code of the listening process where the port is taken.
_CANNOT_LISTEN = 1
# What the web application has no use for, and whoever broke into it would have.
_NOT_FOR_THE_WEB = ("DATABASE_URL", "DATABASE_APP_URL", "SHOUWANG_BACKUP_PASSPHRASE")


def serve(
    host: Annotated[str, typer.Option("--host", help="监听的地址;默认只在本机。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="监听的端口。")] = 8000,
    workers: Annotated[int, typer.Option("--workers", help="工作进程数。")] = 2,
) -> int:
    """启动网页系统:自带数据库随之启动和停止;设了 DATABASE_URL 则用共享的 PostgreSQL。"""
    if host not in _LOOPBACK and os.environ.get("SHOUWANG_HTTPS") != "1":
        raise UsageProblem(
            "对外提供服务须经 HTTPS:请在前面放反向代理,设置 SHOUWANG_HTTPS=1 和 SHOUWANG_HOSTS,"
            "见 docs/how-to/deploy.md"
        )
    code = FINE
    with opened(site()) as database:
        migrate()
        with _ended_by_signal(), _kept_going("daily", "work") as beside, _web(host, port, workers) as web:
            say(people(), f"网页系统已启动:http://{host}:{port} ,按 Ctrl+C 停止", "bold")
            code = _watch(web, beside, database)
    if code == _CANNOT_LISTEN:
        raise UsageProblem(f"端口 {port} 不能监听,可能已被占用,请换 --port")
    if code:
        say(people(to_stderr=True), f"网页进程意外停止(代码 {code}),原因见上面的日志", "bold red")
    return ENVIRONMENT if code else FINE


class _Ended(Exception):
    """The service was told to end."""


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """End the block in good order when the service is told to stop, or its terminal is closed."""

    def end(number: int, frame: FrameType | None) -> None:
        raise _Ended

    named = (getattr(signal, name, None) for name in ("SIGTERM", "SIGINT", "SIGHUP"))
    before = {each: signal.signal(each, end) for each in named if each is not None}
    try:
        yield
    except _Ended:
        return
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def web_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the web application is told: how the application's role connects, and not the owner."""
    told = {name: value for name, value in environ.items() if name not in _NOT_FOR_THE_WEB}
    connections = json.loads(environ["SHOUWANG_DATABASE"])
    connections.pop("owner", None)
    return told | {"SHOUWANG_DATABASE": json.dumps(connections)}


@contextmanager
def _web(host: str, port: int, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    child = _begun(["shouwang.cli.listening", host, str(port), str(workers)], web_environment(os.environ))
    try:
        yield child
    finally:
        _end(child)


class _Kept:
    """A command that keeps going in a process beside the web application; begun again where it has ended."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._ended_at: float | None = None
        self.process = self._begun()

    def keep(self) -> None:
        """Begin again a minute after it has ended."""
        if self.process.poll() is None:
            return
        self._ended_at = self._ended_at or time.monotonic()
        if time.monotonic() - self._ended_at >= _AGAIN_SECONDS:
            self.process, self._ended_at = self._begun(), None

    def _begun(self) -> subprocess.Popen[bytes]:
        return _begun(["shouwang.cli.app", self._command, "--keep-going"], dict(os.environ))


@contextmanager
def _kept_going(*commands: str) -> Iterator[tuple[_Kept, ...]]:
    kept: list[_Kept] = []
    try:
        for command in commands:
            kept.append(_Kept(command))
        yield tuple(kept)
    finally:
        for each in kept:
            each.process.terminate()
        for each in kept:
            each.process.wait()


def _begun(module: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl+C is for `serve`, which ends the others in order.
    return subprocess.Popen(
        [sys.executable, "-m", *module], env=environ, process_group=0, preexec_fn=_end_with_parent()
    )


def _end_with_parent() -> Callable[[], object] | None:
    """Return what asks the kernel, in a new process, to end it with the present one however that ends."""
    if sys.platform != "linux":
        return None
    return partial(ctypes.CDLL(None).prctl, _PARENT_DEATH_SIGNAL, int(signal.SIGTERM), 0, 0, 0)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a process, and let it finish what it is answering."""
    child.terminate()
    child.wait()


def _watch(web: subprocess.Popen[bytes], beside: tuple[_Kept, ...], database: Database) -> int:
    """Return the web application's exit code; until it ends, start again what has failed beside it."""
    while True:
        try:
            return web.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            for each in beside:
                each.keep()
            _keep_database(database)


def _keep_database(database: Database) -> None:
    """Start the embedded server again where it was killed; a shared one is not ours to start."""
    folder = site().database_folder
    if database.superuser is None or server.is_running(folder):
        return
    try:
        with server.running(folder):
            say(people(to_stderr=True), "数据库意外停止,已重新启动", "yellow")
    except server.ServerError as error:
        say(people(to_stderr=True), str(error), "bold red")
