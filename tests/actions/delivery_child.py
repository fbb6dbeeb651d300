"""A worker in a process of its own, to be killed, and a race of two officers over one file.

    python -m tests.actions.delivery_child work SERIAL
    python -m tests.actions.delivery_child race

SHOUWANG_DATABASE names a migrated database. `work` reads what an earlier worker left, hands in file
SERIAL, says ready, waits for a line and reads; `race` prints how many deliveries came of one file.
"""

import os
import sys
from threading import Barrier, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shouwang.actions.acting import Actor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
PEOPLE, ROWS, RACERS = 40, 120, 6


def main(what: str, serial: int) -> None:
    """Do what is asked."""
    import django

    django.setup()
    from shouwang.records.access import entered_system
    from shouwang.records.models import Member
    from tests.actions.delivery_world import hand_in, known_registry, read_all

    with entered_system():
        is_new = not Member.objects.exists()
    if is_new:
        known_registry(PEOPLE)
    who = named_officer(serial)
    if what == "race":
        print(race(who), flush=True)
        return
    read_all()
    hand_in(who, file_of(serial))
    print("ready", flush=True)
    sys.stdin.readline()
    read_all()
    print("done", flush=True)


def named_officer(serial: int) -> "Actor":
    """Return an officer of the county's medical insurance whom no other process has made."""
    from shouwang.domain.roles import Role
    from shouwang.records.access import entered_system
    from tests import world
    from tests.actions.loading_world import COUNTY

    with entered_system():
        made = world.account(Role.DEPARTMENT, COUNTY, departments=["medical"], login=f"officer{serial}")
        return world.actor(made)


def file_of(serial: int) -> bytes:
    """Make a file whose rows no other serial has; it takes the place of the one before."""
    from tests.actions.delivery_world import medical_file
    from tests.exchange import samples

    rows = (samples.medical(at % PEOPLE + 1, 个人自付=str(serial * ROWS + at)) for at in range(ROWS))
    return medical_file(*rows)


def race(who: "Actor") -> str:
    """Let two officers, and each of them several times at once, hand in the same file."""
    from django.db import connection

    from shouwang.records.access import entered_system
    from shouwang.records.models import Delivery
    from tests.actions.delivery_world import hand_in, in_force, read_all

    actors, content, barrier = [who, named_officer(1)], file_of(1), Barrier(RACERS)
    found: list[int] = []

    def run(at: int) -> None:
        barrier.wait()
        found.append(hand_in(actors[at % 2], content).pk)
        connection.close()

    def work() -> None:
        read_all()
        connection.close()

    threads = [Thread(target=run, args=(at,)) for at in range(RACERS)]
    workers = [Thread(target=work) for _ in range(2)]
    for group in (threads, workers):
        for each in group:
            each.start()
        for each in group:
            each.join()
    with entered_system():
        count = Delivery.objects.count()
    return f"{count} {len(set(found))} {len(found)} {len(in_force())}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
