"""How often a token was used this minute: one statement, so that no two requests count as one."""

from datetime import datetime

from django.db import connection

from shouwang.records.models import ApiToken

_COUNT = """
    UPDATE records_apitoken
    SET window_count = CASE WHEN window_at = %(window)s THEN window_count + 1 ELSE 1 END,
        window_at = %(window)s, last_used_at = %(at)s, last_address = %(address)s
    WHERE id = %(token)s
    RETURNING window_count
"""


def counted(token: ApiToken, *, window: datetime, address: str, at: datetime) -> int:
    """Count a request of a token and return how many there were since `window` began."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"window": window, "at": at, "address": address[:64], "token": token.pk})
        (count,) = cursor.fetchone()
    return int(count)
