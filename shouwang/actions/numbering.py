"""Numbers of clues, cases, tasks and gifts: county, day and a running count, to be read out by telephone."""

from datetime import date

from django.db import connection

_LETTERS = {"clue": "XS", "case": "GA", "task": "RW", "export": "DC", "offer": "JZ", "gift": "DJ"}


def next_number(*, kind: str, division: str, on: date) -> str:
    """Return the next number of a kind: 361023XS20261123-0007. A refused act leaves a gap, which is no loss.

    The letters stand inside, so that no mask takes the digits for an ID number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('shouwang_running_number')")
        (running,) = cursor.fetchone()
    return f"{division[:6]}{_LETTERS[kind]}{on:%Y%m%d}-{running:04d}"
