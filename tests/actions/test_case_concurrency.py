"""Twenty officers approve one case at the same moment: one wins, the others are told who was first (T42)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouwang.records.opening import connections_of
from shouwang.records.server import Database
from tests import database as server

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4


@pytest.fixture
def race_database() -> Iterator[Database]:
    """An empty database for the race: the rows of committed work cannot be taken back from the audit."""
    made = server.new_database(server.test_server(), f"shouwang_race_{server.worker()}")
    yield made
    server.drop_database(made)


def test_of_twenty_approvals_at_once_exactly_one_wins(race_database: Database) -> None:
    settings = {
        "SHOUWANG_DATABASE": json.dumps(connections_of(race_database)),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    done = subprocess.run(
        [sys.executable, "-m", "tests.actions.case_race", str(ROUNDS)],
        env={**os.environ, **settings}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == ROUNDS
    for each in outcomes:
        assert (each["won"], each.get("stale")) == (1, 19), each
        assert (each["events"], each["audited"], each["is_last_audited"]) == (1, 1, True)
        assert each["monitoring"] == "monitored"
        assert all("已由县级" in words for words in each["words"])
