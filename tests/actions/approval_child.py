"""Officers at work in a process to be killed: `python -m tests.actions.approval_child FIRST ROUND`.

Prints what is wrong with the cases from number FIRST on that those before it left, as a line of JSON, then
takes up what they left undone, and whole lives of new households, until it is killed. Each act that the
database has confirmed is a line: the case and how many events it then has. ROUND keeps numbers apart.
"""

import json
import os
import sys
from itertools import count
from threading import Lock, Thread
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
OFFICES = 3
NUMBERS = 10_000
LIFE = ("identification", "elimination", "rollback", "removal")
_printing = Lock()


def main(first: int, this_round: int) -> None:
    """Say what was found, wait for the word, work without end."""
    import django

    django.setup()
    from tests import world
    from tests.actions.approval_checks import found
    from tests.actions.case_driver import people_of

    print(json.dumps(found(first), ensure_ascii=False), flush=True)
    world._numbers = count(1 + NUMBERS * this_round)
    offices = [people_of() for _ in range(OFFICES)]
    undone = unfinished()
    print("ready", flush=True)
    sys.stdin.readline()
    for number, people in enumerate(offices):
        Thread(target=work, args=(people, undone[number::OFFICES])).start()


def unfinished() -> list[Any]:
    """Return the households that those before left somewhere in their life."""
    from shouwang.records.access import entered_system
    from shouwang.records.models import Household

    with entered_system():
        return list(Household.objects.exclude(monitoring="removed").order_by("pk"))


def work(people: Any, undone: list[Any]) -> None:
    """Lead the households that are there through the tracks left to them, then one new after another."""
    from tests.actions.case_driver import homed

    for home in undone:
        live(people, home)
    while True:
        live(people, homed(people, LIFE[0]).home)


def live(people: Any, home: Any) -> None:
    """Walk the open case of a household to its end, then every track that it has not been through."""
    from shouwang.records.access import entered_system
    from tests.actions.case_driver import begun, state_of, walked
    from tests.actions.case_walks import Walk

    class Said(Walk):
        """A walk that says each act that is confirmed."""

        def act(self, role: str, action: Any, **words: Any) -> Any:
            done = super().act(role, action, **words)
            case = self.case or done
            say(case.pk, getattr(done, "version", case.version))
            return done

    made = Said(home, people)
    with entered_system():
        cases = list(home.cases.order_by("pk"))
    if cases:
        made.case = cases[-1]
        made.on = state_of(made).events[-1].on
        walked(made)
    for track in LIFE[len(cases) :]:
        made.wait(1)
        walked(begun(made, track))


def say(case_id: int, events: int) -> None:
    """Write a whole line at once."""
    with _printing:
        sys.stdout.write(f"{case_id} {events}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(*map(int, sys.argv[1:]))
    except Exception as error:
        sys.exit(repr(error))
