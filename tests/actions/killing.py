"""What tests share that kill a process or the database server beneath it: children, databases, the kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from shouwang.records import server, server_cluster
from shouwang.records.server import Database
from tests import database as databases

WAIT_SECONDS = 120
# What is tested where a server is killed is the way back, so what it confirmed must be on the disk.
_NOT_DURABLE = {"fsync", "full_page_writes", "synchronous_commit"}
DURABLE = {name: value for name, value in databases.QUICK.items() if name not in _NOT_DURABLE}


@contextmanager
def own_database(purpose: str) -> Iterator[Database]:
    """Give a database of a test's own on the run's server: committed work cannot be taken back."""
    made = databases.with_tables(databases.test_server(), f"shouwang_{databases.worker()}_{purpose}")
    try:
        yield made
    finally:
        databases.drop_database(made)


def started(database: Database, module: str, *words: str) -> subprocess.Popen[str]:
    """Start a module as a process that works on a database."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *words],
        env=databases.environment(database), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def begin(child: subprocess.Popen[str]) -> None:
    """Give a process that waits at its input the word."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def wait_until_gone(database: Database) -> None:
    """Wait until the server has seen that a killed process is no more."""
    query = "select count(*) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
    for _ in range(WAIT_SECONDS * 20):
        with psycopg.connect(database.reading_conninfo(), autocommit=True) as connection:
            found = connection.execute(query, [database.name]).fetchone()
        if found == (0,):
            return
        time.sleep(0.05)
    raise AssertionError("the killed process's connection is still there")


def kill_server(folder: Path) -> None:
    """Kill the postmaster of an embedded server, and wait until it and its children are gone."""
    pid = int((server_cluster.opened(folder).data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(WAIT_SECONDS * 20):
        if not server.is_running(folder):
            return
        time.sleep(0.05)
    raise AssertionError("the server is still there")
