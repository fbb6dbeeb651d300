"""One load of a county at a time; the lock falls with its connection, however the loader ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.utils import DatabaseError

if TYPE_CHECKING:
    from shouwang.records.models import Load

_LOCK = 0x5348_4C44
UNFINISHED = "未完成"


class LoadRunning(Exception):
    """Another load of the county is under way; the message (Chinese) says what to do."""


@contextmanager
def one_load_at_a_time(county: str) -> Iterator[None]:
    """Hold the lock of a county for a block. Raises LoadRunning."""
    _notice_a_lost_client()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, int(county)])
        if not cursor.fetchone()[0]:
            raise LoadRunning(f"县 {county} 正在导入，请等它完成后再试")
    try:
        yield
    finally:
        # A connection that broke has lost the lock with it.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, int(county)])


def is_loading(county: str) -> bool:
    """Tell whether a load of the county is under way now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND classid = %s AND objid = %s "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [_LOCK, int(county)],
        )
        return bool(cursor.fetchone()[0])


def state_label(load: "Load") -> str:
    """Return the state of a load in words; one that says it is running and is not has been cut off."""
    if load.state == "running" and not is_loading(load.county):
        return UNFINISHED
    return str(load.get_state_display())


def _notice_a_lost_client() -> None:
    """Let the server end a long statement whose client has died, and so let go of the lock soon."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('client_connection_check_interval', '1s', false)")
    except DatabaseError:
        # Some systems cannot watch a connection; the lock then falls when the statement ends.
        return
