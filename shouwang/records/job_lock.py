"""One worker at a delivery, at a county's deliveries, or at an answer; the lock falls with its connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

READING, COUNTY, SCREENING, ANSWERING = 0x5344_5256, 0x5344_434F, 0x5344_5343, 0x5344_414E


@contextmanager
def held(kind: int, number: int, *, is_patient: bool = False) -> Iterator[bool]:
    """Hold a lock for a block and say whether it is ours; with `is_patient` wait for it.

    In a transaction it is held to the transaction's end: what was written under it is seen by then.
    """
    is_kept = connection.in_atomic_block
    with connection.cursor() as cursor:
        is_ours = _taken(cursor, "xact_lock" if is_kept else "lock", kind, number, is_patient=is_patient)
    try:
        yield is_ours
    finally:
        if is_ours and not is_kept and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


def _taken(cursor: CursorWrapper, name: str, kind: int, number: int, *, is_patient: bool) -> bool:
    if is_patient:
        cursor.execute(f"SELECT pg_advisory_{name}(%s, %s)", [kind, number])
        return True
    cursor.execute(f"SELECT pg_try_advisory_{name}(%s, %s)", [kind, number])
    return bool(cursor.fetchone()[0])
