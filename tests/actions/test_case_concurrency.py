"""Twenty officers approve one case at the same moment: one wins, the others are told who was first (T42)."""

import json
import os

from tests.actions.killing import own_database, started

ROUNDS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4


def test_of_twenty_approvals_at_once_exactly_one_wins() -> None:
    with own_database("race") as database:
        said, complaints = started(database, "tests.actions.case_race", str(ROUNDS)).communicate()

    assert said, complaints[-2000:]
    outcomes = json.loads(said)
    assert len(outcomes) == ROUNDS
    for each in outcomes:
        assert (each["won"], each.get("stale")) == (1, 19), each
        assert (each["events"], each["audited"], each["is_last_audited"]) == (1, 1, True)
        assert each["monitoring"] == "monitored"
        assert all("已由县级" in words for words in each["words"])
