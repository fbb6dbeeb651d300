"""`shouwang serve`: the web application, its database and its daily work, until it is interrupted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from shouwang.cli.console import people, say
from shouwang.cli.failures import FINE, UsageProblem
from shouwang.cli.places import site
from shouwang.records.opening import migrate, opened

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Photos of a notice over a village's line take their time.
_TIMEOUT_SECONDS = 120


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
    with opened(site()):
        migrate()
        with _daily_work():
            _without_owner()
            say(people(), f"网页系统已启动:http://{host}:{port} ,按 Ctrl+C 停止", "bold")
            _listen(host, port, workers)
    return FINE


def _listen(host: str, port: int, workers: int) -> None:
    """Serve until interrupted; the database ends after it."""
    if sys.platform == "win32":
        from django.core.wsgi import get_wsgi_application
        from waitress import serve as listen

        listen(get_wsgi_application(), host=host, port=port, threads=workers * 4)
        return
    from gunicorn.app.wsgiapp import WSGIApplication

    class Served(WSGIApplication):
        def init(self, parser: object, opts: object, args: object) -> None:
            self.cfg.set("bind", f"{host}:{port}")
            self.cfg.set("workers", workers)
            self.cfg.set("timeout", _TIMEOUT_SECONDS)
            self.cfg.set("accesslog", None)
            self.cfg.set("loglevel", "warning")
            self.app_uri = "shouwang.wsgi:application"

        def load_config(self) -> None:
            self.init(None, None, None)

    try:
        Served(prog="shouwang").run()
    except SystemExit as ended:
        if ended.code not in (0, None):
            raise UsageProblem(f"端口 {port} 不能监听,可能已被占用,请换 --port") from None


@contextmanager
def _daily_work() -> Iterator[None]:
    """Keep what is due by the day going beside the server; it looks every hour and does each day once."""
    child = subprocess.Popen([sys.executable, "-m", "shouwang.cli.app", "daily", "--keep-going"])
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def _without_owner() -> None:
    """Leave the owner of the tables out of what the web application knows."""
    named = json.loads(os.environ["SHOUWANG_DATABASE"])
    named.pop("owner", None)
    os.environ["SHOUWANG_DATABASE"] = json.dumps(named)
