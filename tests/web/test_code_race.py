"""Of those who give one one-time password, or one recovery code, at the same moment one comes in (T17)."""

import json
import os

from tests.actions.killing import own_database, started
from tests.web.code_race import SIDES

ROUNDS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 4


def test_a_code_given_from_several_sides_at_once_opens_the_door_once() -> None:
    with own_database("codes") as database:
        said, complaints = started(database, "tests.web.code_race", str(ROUNDS)).communicate()

    assert said, complaints[-2000:]
    for number, answers in enumerate(json.loads(said)):
        sides = SIDES[number % len(SIDES)]
        assert answers == {"303": 1, "422": sides - 1}, number
