"""A loader or a database server killed at any moment: all rows or none, and a load again works (T30)."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from shouwang.actions.loading_staging import staged_sealed
from shouwang.records import server
from shouwang.records.models import LEDGERS
from shouwang.records.server import Database
from shouwang.records.site import Site
from tests.actions import killing
from tests.actions.killing import (
    DURABLE,
    WAIT_SECONDS,
    begin,
    kill_server,
    started,
    wait_until_gone,
)
from tests.actions.loading_world import COUNTY, ON, county_folder
from tests.database import make_tables

# What a load writes: counts of these are all nothing, or all of it.
COUNTED = ("household", "member", "householdversion", "memberversion", "source", "incomeentry", "ownpayentry")
ROUNDS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4
SERVER_ROUNDS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stage a county of 60 households once, sealed."""
    import django

    django.setup()
    out = tmp_path_factory.mktemp("staged") / "tables"
    folder = county_folder()
    key = Site.of(os.environ).key("blind")
    staged_sealed(
        registry=folder / "registry", deliveries=folder / "deliveries", county=COUNTY, on=ON, out=out, key=key
    )
    return out


def loader(database: Database, staged: Path) -> subprocess.Popen[str]:
    """Start a loader and wait until it is about to load."""
    child = started(database, "tests.actions.loading_child", str(staged))
    assert child.stdout is not None
    if child.stdout.readline() != "ready\n":
        raise AssertionError(child.communicate()[1])
    return child


def ended(child: subprocess.Popen[str]) -> str:
    """Wait for the loader's end and return what it printed and complained of."""
    out, complaints = child.communicate(timeout=WAIT_SECONDS)
    return out + complaints


def rows(database: Database) -> dict[str, int]:
    """Count what a load writes, as who sees every row."""
    with psycopg.connect(database.reading_conninfo(), autocommit=True) as connection:
        counts = {}
        for name in COUNTED:
            found = connection.execute(f"select count(*) from records_{name}").fetchone()
            counts[name] = found[0] if found else 0
        done = connection.execute("select count(*) from records_load where state = 'done'").fetchone()
    return {**counts, "load": done[0] if done else 0}


def emptied(database: Database) -> None:
    """Take away what a load wrote, but the audit."""
    named = [f"records_{name}" for name in ("load", "household", "member", "source")]
    tables = ", ".join([*named, *(model._meta.db_table for model in LEDGERS.values())])
    with psycopg.connect(database.reading_conninfo(), autocommit=True) as connection:
        connection.execute(f"truncate {tables} cascade")


def whole_load(database: Database, staged: Path) -> tuple[dict[str, int], float]:
    """Load undisturbed; return what it writes and the seconds it takes."""
    child = loader(database, staged)
    begun = time.monotonic()
    begin(child)
    assert ended(child) == "done\n"
    return rows(database), time.monotonic() - begun


@pytest.fixture
def own_database() -> Iterator[Database]:
    """Give a database of this test's own on the run's server."""
    with killing.own_database("killed") as database:
        yield database


def test_a_loader_killed_at_any_moment_leaves_all_or_nothing(own_database: Database, staged: Path) -> None:
    whole, seconds = whole_load(own_database, staged)
    nothing = dict.fromkeys(whole, 0)
    assert all(whole.values())
    emptied(own_database)
    moments = random.Random(30)
    for _ in range(ROUNDS):
        child = loader(own_database, staged)
        begin(child)
        time.sleep(moments.uniform(0, seconds))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.communicate()
        wait_until_gone(own_database)
        found = rows(own_database)
        assert found in (whole, nothing)
        if found == whole:
            emptied(own_database)
    # Whatever the last round left, a load now works, and leaves no row that says it is running.
    assert whole_load(own_database, staged)[0] == whole
    with psycopg.connect(own_database.reading_conninfo()) as connection:
        assert connection.execute("select array_agg(state) from records_load").fetchone() == (["done"],)


def test_a_server_killed_beneath_a_load_comes_back_with_all_or_nothing(tmp_path: Path, staged: Path) -> None:
    with ExitStack() as stack:
        database = make_tables(stack.enter_context(server.running(tmp_path, settings=DURABLE)))
        whole, seconds = whole_load(database, staged)
        nothing = dict.fromkeys(whole, 0)
        moments = random.Random(31)
        for _ in range(SERVER_ROUNDS):
            emptied(database)
            child = loader(database, staged)
            begin(child)
            time.sleep(moments.uniform(0, seconds))
            kill_server(tmp_path)
            ended(child)
            database = stack.enter_context(server.running(tmp_path, settings=DURABLE))
            assert rows(database) in (whole, nothing)
        emptied(database)
        assert whole_load(database, staged)[0] == whole
