"""A worker killed at any moment: none of a delivery's rows or all, and the next ends it (T30, T32)."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from shouwang.records.server import Database
from tests.actions.delivery_child import RACERS, ROWS
from tests.actions.killing import WAIT_SECONDS, begin, own_database, started, wait_until_gone

ROUNDS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4
MODULE = "tests.actions.delivery_child"


@pytest.fixture
def database() -> Iterator[Database]:
    """Give a database of this test's own."""
    with own_database("delivered") as made:
        yield made


def worker(database: Database, serial: int) -> subprocess.Popen[str]:
    """Start a worker and wait until it is about to read file `serial`."""
    child = started(database, MODULE, "work", str(serial))
    assert child.stdout is not None
    if child.stdout.readline() != "ready\n":
        raise AssertionError(child.communicate()[1])
    return child


def asked(database: Database, query: str) -> list[tuple[object, ...]]:
    """Ask as who sees every row."""
    with psycopg.connect(database.reading_conninfo(), autocommit=True) as connection:
        return list(connection.execute(query).fetchall())


def test_a_worker_killed_at_any_moment_leaves_all_or_nothing(database: Database) -> None:
    child = worker(database, 0)
    begun = time.monotonic()
    begin(child)
    out, complaints = child.communicate(timeout=WAIT_SECONDS)
    assert out == "done\n", complaints
    seconds, moments = time.monotonic() - begun, random.Random(30)
    for serial in range(1, ROUNDS + 1):
        child = worker(database, serial)
        # What the killed one left has been read to its end by now.
        assert states(database)[:-1] == ["committed"] * serial
        begin(child)
        time.sleep(moments.uniform(0, seconds))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.communicate()
        wait_until_gone(database)
        assert in_force(database) == (
            (ROWS, serial) if states(database)[-1] == "committed" else (ROWS, serial - 1)
        )
    child = worker(database, ROUNDS + 1)
    begin(child)
    child.communicate(timeout=WAIT_SECONDS)
    assert states(database) == ["committed"] * (ROUNDS + 2)
    assert in_force(database) == (ROWS, ROUNDS + 1)
    assert list((settings.SITE.home / "delivering").iterdir()) == [], "what was read of persons is wiped"


def states(database: Database) -> list[object]:
    """Return the deliveries' states in their order."""
    return [state for (state,) in asked(database, "select state from records_delivery order by id")]


def in_force(database: Database) -> tuple[int, int]:
    """Return how many rows are in force, and of which file they all are."""
    query = f"select own_pay_fen / 100 / {ROWS}, count(*) from records_ownpayentry group by 1"
    (found,) = asked(database, query)
    sheets = asked(database, "select count(*) from records_deliverysheet where is_in_force")
    assert sheets == [(1,)]
    return int(str(found[1])), int(str(found[0]))


def test_one_file_handed_in_by_two_at_once_and_read_by_two_workers_is_one_delivery(
    database: Database,
) -> None:
    out, complaints = started(database, MODULE, "race").communicate(timeout=WAIT_SECONDS)

    assert out.split() == ["1", "1", str(RACERS), str(ROWS)], complaints[-2000:]
