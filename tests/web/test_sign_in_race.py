"""Guessing from twenty sides at once gives no more tries than one after another (T10)."""

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


@pytest.fixture
def own_database() -> Iterator[Database]:
    """Give an empty database: committed rows of the audit cannot be taken back."""
    made = server.new_database(server.test_server(), f"shouwang_guesses_{server.worker()}")
    yield made
    server.drop_database(made)


def test_of_twenty_guesses_at_once_five_are_tried(own_database: Database) -> None:
    named = {
        "SHOUWANG_DATABASE": json.dumps(connections_of(own_database)),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.web.sign_in_race"],
        env={**os.environ, **named},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout)
    assert (results.count("failed"), results.count("refused")) == (5, 15)
