"""The embedded server: its start, its users, its end, and what it says when it cannot."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shouwang.records import server, server_account
from tests import database as databases
from tests.database import one

ROOT = Path(__file__).resolve().parents[2]
QUICK = {"fsync": "off", "shared_buffers": "16MB"}
IS_ROOT = os.geteuid() == 0
PREFACE = (
    "import sys\nfrom pathlib import Path\nfrom shouwang.records import server\nfolder = Path(sys.argv[1])\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("embedded")
    server.start(place, settings=QUICK)
    yield place
    assert server.stop(place)
    assert not server.is_running(place)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    server.stop(tmp_path / "var", is_forced=True)


def process(code: str, folder: Path, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREFACE + textwrap.dedent(code), str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def postmaster(folder: Path) -> int:
    return int((folder / "postgresql/data/postmaster.pid").read_text().splitlines()[0])


def test_the_server_speaks_our_time_and_stores_all_characters(folder: Path) -> None:
    app = server.start(folder).conninfo("app")

    assert one(app, "show timezone") == "Asia/Shanghai"
    assert one(app, "show server_encoding") == "UTF8"
    assert one(app, "select '𠮷' < '龥'") is False
    assert one(app, "show listen_addresses") == ""


def test_the_app_is_neither_owner_nor_above_row_security(folder: Path) -> None:
    with server.running(folder) as database:
        power = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname="

        assert one(database.conninfo("app"), "select current_user") == "shouwang_app"
        assert one(database.conninfo("app"), power + "current_user") is False
        assert one(database.conninfo("owner"), power + "current_user") is False
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
        with psycopg.connect(database.conninfo("app")) as app, refused:
            app.execute("create table mine (n int)")


def test_a_table_of_the_owner_is_the_apps_to_fill(folder: Path) -> None:
    with server.running(folder) as database:
        with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
            owner.execute("create table plots (n bigint generated always as identity, label text)")
        with psycopg.connect(database.conninfo("app"), autocommit=True) as app:
            app.execute("insert into plots (label) values ('甲')")

            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("drop table plots")
        with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
            owner.execute("drop table plots")


def test_nobody_else_reaches_the_socket(folder: Path) -> None:
    home = folder / "postgresql"

    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "data").stat().st_mode & 0o077 == 0


def test_the_log_holds_no_values_of_rows(folder: Path) -> None:
    database = server.start(folder)
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("create table codes (code text primary key)")
        owner.execute("insert into codes values ('秘密值')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("insert into codes values ('秘密值')")
        owner.execute("drop table codes")
    written = (folder / "postgresql/server.log").read_text(encoding="utf-8")

    assert "codes_pkey" in written
    assert "秘密值" not in written


def test_starting_again_only_connects(folder: Path) -> None:
    before = postmaster(folder)

    with server.running(folder) as again:
        assert postmaster(folder) == before
        assert again.settings("app") == {
            "HOST": again.host, "PORT": "5432", "NAME": "shouwang", "USER": "shouwang_app", "PASSWORD": "",
            "OPTIONS": {},
        }  # fmt: skip


def test_a_users_exit_leaves_the_server_to_the_others(folder: Path) -> None:
    before = postmaster(folder)
    done = process("with server.running(folder): print(server.is_running(folder))", folder)

    assert done.communicate(timeout=30)[0] == "True\n"
    assert postmaster(folder) == before
    assert server.is_running(folder)


def test_two_processes_start_one_server_and_the_last_ends_it(fresh: Path) -> None:
    code = """
    with server.running(fresh := folder, settings={"fsync": "off", "shared_buffers": "16MB"}):
        print((folder / "postgresql/data/postmaster.pid").read_text().splitlines()[0], flush=True)
        sys.stdin.readline()
    print(server.is_running(folder))
    """
    pair = [process(code, fresh), process(code, fresh)]
    numbers = [each.stdout.readline() for each in pair if each.stdout]

    assert numbers[0] == numbers[1]
    assert numbers[0].strip().isdigit()
    assert pair[0].communicate("\n", timeout=30)[0] == "True\n"
    assert pair[1].communicate("\n", timeout=30)[0] == "False\n"


def test_a_killed_user_no_longer_counts(fresh: Path) -> None:
    user = process(
        'server.start(folder, settings={"fsync": "off"}); print(1, flush=True); sys.stdin.read()', fresh
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "1\n"
    server.start(fresh)
    assert server.stop(fresh) is False

    user.kill()
    user.communicate()

    assert server.is_running(fresh)
    assert server.stop(fresh) is True
    assert not server.is_running(fresh)


def test_nested_users_of_one_process_are_counted(fresh: Path) -> None:
    with server.running(fresh, settings=QUICK):
        with server.running(fresh):
            pass
        assert server.is_running(fresh)

    assert not server.is_running(fresh)
    assert server.stop(fresh) is True


def test_a_killed_server_starts_again_with_what_was_committed(fresh: Path) -> None:
    database = server.start(fresh, settings={"shared_buffers": "16MB"})
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("create table kept as select 7 as n")
    os.kill(postmaster(fresh), signal.SIGKILL)

    database = server.start(fresh)

    assert one(database.conninfo("app"), "select n from kept") == 7


def test_a_stale_number_that_another_program_now_has_is_forgotten(fresh: Path) -> None:
    server.start(fresh, settings=QUICK)
    server.stop(fresh)
    noted = fresh / "postgresql/data/postmaster.pid"
    noted.write_text(f"{os.getpid()}\n{noted.parent}\n1\n5432\n{fresh / 'postgresql/socket'}\n\n")
    if IS_ROOT:
        server_account.account_for(fresh).owns(noted)

    assert not server.is_running(fresh)
    assert server.start(fresh, settings=QUICK)


def test_an_interrupted_first_start_is_begun_again(fresh: Path) -> None:
    half = fresh / "postgresql/data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert server.start(fresh, settings=QUICK)
    assert not half.exists()


def test_a_folder_too_deep_for_a_socket_gets_a_private_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("数据" * 20) / ("夹" * 20)
    with server.running(deep, settings=QUICK) as database:
        socket = Path(database.host)

        assert not socket.is_relative_to(tmp_path)
        assert socket.stat().st_mode & 0o777 == 0o700
        assert one(database.conninfo("app"), "select 1") == 1
    assert not socket.exists()


def test_without_an_address_the_embedded_server_is_used_for_the_length_of_a_command(fresh: Path) -> None:
    with server.using(fresh, {"DATABASE_URL": " "}) as database:
        assert database.superuser is not None
    assert not server.is_running(fresh)


def test_what_a_killed_test_run_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, used = tmp_path / f"{databases.PREFIX}left", tmp_path / f"{databases.PREFIX}used"
    user = process(
        'server.start(folder, settings={"fsync": "off"}); print(1, flush=True); sys.stdin.read()', left
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "1\n"
    user.kill()
    user.communicate()
    assert server.is_running(left)

    with server.running(used, settings=QUICK):
        databases.sweep()

        assert not left.exists()
        assert server.is_running(used)


def test_a_deleted_folder_needs_no_end(tmp_path: Path) -> None:
    with server.running(tmp_path / "var", settings=QUICK):
        server.stop(tmp_path / "var", is_forced=True)
        shutil.rmtree(tmp_path / "var")

    assert server.stop(tmp_path / "var") is True
    assert not server.is_running(tmp_path / "var")
