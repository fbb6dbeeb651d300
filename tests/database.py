"""One PostgreSQL for a whole test run: a server shared by its worker processes, a database for each."""

import atexit
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from shouwang.records import server, server_cluster
from shouwang.records.opening import connections_of
from shouwang.records.server import Database

# Nothing a test writes needs to outlive a power cut.
QUICK = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
    "shared_buffers": "128MB", "max_connections": "100",
}  # fmt: skip
TEMPLATE = "shouwang_tables"
ROOT = Path(__file__).resolve().parents[1]
PREFIX = f"shouwang-tests-{os.geteuid()}-"


@cache
def test_server() -> Database:
    """Return this process's own database, with its tables, on the run's shared server; both end with the run.

    The server ends, and its folder goes, with the last process of the run, however the others ended.
    """
    folder = _folder()
    sweep()
    stack = ExitStack()
    stack.callback(remove, folder)
    base = stack.enter_context(server.running(folder, settings=QUICK))
    atexit.register(stack.close)
    return with_tables(base, f"shouwang_{worker()}")


def _folder() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return Path(tempfile.gettempdir()) / f"{PREFIX}{run[:16]}"


def worker() -> str:
    """Return the name of this process among those of the run, for the names of its databases."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def new_database(base: Database, name: str, like: str = "template1") -> Database:
    """Make a database beside another, in place of one of that name, with the same roles and grants.

    It is empty, or as the database `like`, to which nobody is connected.
    """
    database = replace(base, name=name)
    names = {
        "name": sql.Identifier(name),
        "owner": sql.Identifier(base.owner.user),
        "like": sql.Identifier(like),
    }
    drop_database(database)
    with superuser(base) as connection:
        statement = sql.SQL("create database {name} owner {owner} template {like}")
        connection.execute(statement.format(**names))
    server.prepare(database)
    return database


def with_tables(base: Database, name: str) -> Database:
    """Make a database with the current tables: a copy of the one that a run makes once, by the migrations."""
    with (_folder() / "tables.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with superuser(base) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone()
        if found is None:
            make_tables(new_database(base, f"{TEMPLATE}_begun"))
            with superuser(base) as connection:
                connection.execute(f"alter database {TEMPLATE}_begun rename to {TEMPLATE}".encode())
        return new_database(base, name, like=TEMPLATE)


def environment(database: Database) -> dict[str, str]:
    """Return the environment of a child that works on a database."""
    return {
        **os.environ,
        "SHOUWANG_DATABASE": json.dumps(connections_of(database)),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
    }


def make_tables(database: Database) -> Database:
    """Make the tables, in a child: this process's Django has its own database."""
    code = "import django; django.setup(); from shouwang.records.opening import migrate; migrate()"
    subprocess.run([sys.executable, "-c", code], env=environment(database), check=True)
    return database


def drop_database(database: Database) -> None:
    """Drop a database with whoever is connected to it."""
    with superuser(database) as connection:
        statement = sql.SQL("drop database if exists {} with (force)")
        connection.execute(statement.format(sql.Identifier(database.name)))


def superuser(base: Database) -> psycopg.Connection:
    """Connect past every permission, to the database that belongs to nobody."""
    return psycopg.connect(replace(base, name="postgres").reading_conninfo(), autocommit=True)


def one(conninfo: str, query: str) -> object:
    """Return the first value of a query's first row."""
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def sweep() -> None:
    """End and remove the servers of earlier runs whose every process has ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, server.ServerError):
            remove(folder)


def remove(folder: Path) -> None:
    """End the server of a run and remove its folder, unless a process still uses it or is starting it."""
    home = folder / "postgresql"
    if not home.is_dir():
        return
    with suppress(FileNotFoundError, BlockingIOError), (home / "start.lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with (home / "users.lock").open("ab") as users:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            server_cluster.halt(server_cluster.opened(folder))
            shutil.rmtree(folder, ignore_errors=True)
