"""One worker at a delivery, at a county's deliveries, or at an answer; the lock falls with its connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

READING, COUNTY, SCREENING, ANSWERING = 0x5344_5256, 0x5344_434F, 0x5344_5343, 0x5344_414E


@contextmanager
def held(kind: int, number: int, *, is_patient: bool = False) -> Iterator[bool]:
    """Hold a lock for a block and say whether it is ours; with `is_patient` wait for it."""
    with connection.cursor() as cursor:
        if is_patient:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [kind, number])
            is_ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
            (is_ours,) = cursor.fetchone()
    try:
        yield bool(is_ours)
    finally:
        if is_ours and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])
