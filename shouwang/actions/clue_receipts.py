"""Receipts of declarations: a number to keep, whose last signs are bound to the last digits of the telephone.

So a progress query proves that it comes from whoever declared, and no telephone number has to be looked up.
"""

import base64
import hashlib
import hmac
from datetime import date

from django.conf import settings
from django.db import connection

_SIGNS = 4


def next_receipt(*, phone: str, on: date) -> str:
    """Return the next receipt number: SB26112300042-K3F9; without a telephone it is bound to 0000."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('shouwang_running_number')")
        (running,) = cursor.fetchone()
    body = f"SB{on:%y%m%d}{running:05d}"
    return f"{body}-{_bound(body, tail_of(phone=phone))}"


def is_bound(*, receipt: str, tail: str) -> bool:
    """Tell whether a receipt was given out for a telephone number with these last four digits."""
    body, _, signs = tidied(receipt=receipt).partition("-")
    return hmac.compare_digest(_bound(body, tail).encode(), signs.encode())


def tidied(*, receipt: str) -> str:
    """Return a receipt number as it is kept: capital letters, no spaces."""
    return "".join(receipt.split()).upper()[:20]


def tail_of(*, phone: str) -> str:
    """Return the last four digits of a telephone number, 0000 without one."""
    return "".join(sign for sign in phone if sign.isdigit())[-4:].rjust(4, "0")


def _bound(body: str, tail: str) -> str:
    digest = hmac.new(settings.SITE.key("blind"), f"receipt:{body}:{tail}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:_SIGNS]
