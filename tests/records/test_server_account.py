"""Who the embedded server runs as, under root and under an ordinary user."""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouwang.records import server, server_cluster
from shouwang.records.server import ServerError
from tests.database import one

QUICK = {"fsync": "off", "shared_buffers": "16MB"}
IS_ROOT = os.geteuid() == 0


def postmaster(folder: Path) -> int:
    return int((folder / "postgresql/data/postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def stranger() -> Iterator[tuple[int, Path]]:
    if not IS_ROOT:
        pytest.skip("only root can become somebody else")
    try:
        uid = pwd.getpwnam("nobody").pw_uid
    except KeyError:
        pytest.skip("this machine has no account called nobody")
    place = Path(tempfile.mkdtemp(prefix="shouwang-stranger-"))
    place.chmod(0o755)
    try:
        yield uid, place
    finally:
        shutil.rmtree(place)


def test_an_ordinary_user_starts_it_too(stranger: tuple[int, Path]) -> None:
    uid, place = stranger
    os.chown(place, uid, -1)
    probe = [str(server_cluster.binaries() / "postgres"), "--version"]
    try:
        subprocess.run(probe, user=uid, extra_groups=[], check=True, capture_output=True)
    except OSError:
        pytest.skip("nobody cannot reach the programs of this environment")
    # The interpreter may lie where nobody cannot go, so a copy of this process becomes nobody.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        status = 1
        try:
            with server.running(place, settings=QUICK) as database:
                status = 0 if one(database.conninfo("app"), "select 1") == 1 else 2
        finally:
            os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    assert (place / "postgresql/data").stat().st_uid == uid
    assert not server.is_running(place)


def test_an_ordinary_users_data_stay_theirs_when_root_works_on_them(stranger: tuple[int, Path]) -> None:
    uid, place = stranger
    os.chown(place, uid, -1)
    with server.running(place, settings=QUICK):
        assert os.stat(f"/proc/{postmaster(place)}").st_uid == uid

    owners = {path.stat().st_uid for path in (place / "postgresql").rglob("*")}
    assert owners == {uid}


def test_root_lets_the_servers_account_through_a_closed_folder_and_nobody_else(
    stranger: tuple[int, Path],
) -> None:
    uid, place = stranger
    place.chmod(0o700)
    with server.running(place / "var", settings=QUICK) as database:
        assert one(database.conninfo("app"), "select 1") == 1

    assert place.stat().st_mode & 0o007 == 0
    probe = subprocess.run(["ls", str(place / "var")], user=uid, extra_groups=[], capture_output=True)
    assert probe.returncode != 0


def test_a_file_system_without_access_lists_is_explained(
    stranger: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, place = stranger
    place.chmod(0o700)

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)

    with pytest.raises(ServerError, match=r"chmod o\+x"):
        server.start(place / "var")
