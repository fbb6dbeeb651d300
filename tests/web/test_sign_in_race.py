"""Guessing from twenty sides at once gives no more tries than one after another (T10)."""

import json

from tests.actions.killing import own_database, started


def test_of_twenty_guesses_at_once_five_are_tried() -> None:
    with own_database("guesses") as database:
        said, complaints = started(database, "tests.web.sign_in_race").communicate()

    assert said, complaints[-2000:]
    results = json.loads(said)
    assert (results.count("failed"), results.count("refused")) == (5, 15)
