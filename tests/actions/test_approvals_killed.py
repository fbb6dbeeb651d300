"""Approvals whose process or whose server is killed at any moment: each is done whole or not at all (T30)."""

import json
import os
import random
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from shouwang.records import server
from shouwang.records.server import Database
from tests.actions.killing import (
    DURABLE,
    WAIT_SECONDS,
    begin,
    kill_server,
    own_database,
    started,
    wait_until_gone,
)
from tests.database import make_tables

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
ROUNDS = 100 if IS_SOAK else 4
SERVER_ROUNDS = 100 if IS_SOAK else 1
LONGEST_SECONDS = 1.5


class Office:
    """Officers who are killed again and again, and what was confirmed to them."""

    def __init__(self) -> None:
        self.confirmed: dict[str, int] = {}
        self.first = 0
        self.audited = 0
        self.rounds = 0

    def opened(self, database: Database) -> subprocess.Popen[str]:
        """Let officers come in, look at what is there, and wait for the word."""
        officers = started(database, "tests.actions.approval_child", str(self.first), str(self.rounds))
        self.rounds += 1
        assert officers.stdout
        line = officers.stdout.readline()
        if not line or officers.stdout.readline() != "ready\n":
            raise AssertionError(officers.communicate()[1])
        self.check(json.loads(line))
        return officers

    def check(self, found: dict[str, Any]) -> None:
        """What stands is sound, and nothing that was confirmed is lost."""
        assert found["wrong"] == []
        lost = {
            case: events
            for case, events in self.confirmed.items()
            if int(case) >= self.first and found["events"].get(case, 0) < events
        }
        assert not lost
        self.first, self.audited = found["next"], found["audited"]

    def kept(self, said: str) -> None:
        """Remember what the database confirmed before the end; a line cut short confirms nothing."""
        whole = said[: said.rfind("\n") + 1]
        for case, events in (line.split() for line in whole.splitlines()):
            self.confirmed[case] = max(self.confirmed.get(case, 0), int(events))


def closed(office: Office, database: Database) -> None:
    """Let others look at everything once more; whatever the last kill left, the work goes on."""
    office.first = 0
    officers = office.opened(database)
    assert office.audited >= sum(office.confirmed.values())
    begin(officers)
    assert officers.stdout
    assert officers.stdout.readline()
    officers.kill()
    officers.communicate()
    wait_until_gone(database)


def test_officers_killed_at_any_moment_leave_each_approval_whole_or_undone() -> None:
    office, moments = Office(), random.Random(41)
    with own_database("approvals") as database:
        for _ in range(ROUNDS):
            officers = office.opened(database)
            begin(officers)
            time.sleep(moments.uniform(0, LONGEST_SECONDS))
            officers.send_signal(signal.SIGKILL)
            said, complaints = officers.communicate()
            assert not complaints
            office.kept(said)
            wait_until_gone(database)
        closed(office, database)


def test_a_server_killed_beneath_approvals_keeps_what_it_confirmed(tmp_path: Path) -> None:
    office, moments = Office(), random.Random(42)
    with ExitStack() as stack:
        database = make_tables(stack.enter_context(server.running(tmp_path, settings=DURABLE)))
        for _ in range(SERVER_ROUNDS):
            officers = office.opened(database)
            begin(officers)
            time.sleep(moments.uniform(0, LONGEST_SECONDS))
            kill_server(tmp_path)
            office.kept(officers.communicate(timeout=WAIT_SECONDS)[0])
            database = stack.enter_context(server.running(tmp_path, settings=DURABLE))
        closed(office, database)
