"""Numbers of clues, cases, tasks and gifts: county, day and a running count, to be read out by telephone."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

_LETTERS = {"clue": "XS", "case": "GA", "task": "RW", "export": "DC", "offer": "JZ", "gift": "DJ"}


def next_number(*, kind: str, division: str, on: date) -> str:
    """Return the next number of a kind: 361023XS20261123-0007. A refused act leaves a gap, which is no loss.

    The letters stand inside, so that no mask takes the digits for an ID number.
    """
    return next_numbers(kind=kind, divisions=[division], on=on)[0]


def next_numbers(*, kind: str, divisions: Sequence[str], on: date) -> list[str]:
    """Return the next number for each place, in one query."""
    query = "SELECT nextval('shouwang_running_number') FROM generate_series(1, %s)"
    with connection.cursor() as cursor:
        cursor.execute(query, [len(divisions)])
        running = [number for (number,) in cursor.fetchall()]
    return [
        f"{division[:6]}{_LETTERS[kind]}{on:%Y%m%d}-{number:04d}"
        for division, number in zip(divisions, running, strict=True)
    ]
