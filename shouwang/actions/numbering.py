"""Numbers of clues, cases and tasks: county, day and a running count, which people read out over the telephone."""

from datetime import date

from django.db import connection

_LETTERS = {"clue": "XS", "case": "GA", "task": "RW"}


def next_number(*, kind: str, division: str, on: date) -> str:
    """Return the next number of a kind: XS361023-20261123-0007. A gap is no loss: a refused act leaves one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('shouwang_running_number')")
        (running,) = cursor.fetchone()
    return f"{_LETTERS[kind]}{division[:6]}-{on:%Y%m%d}-{running:04d}"
