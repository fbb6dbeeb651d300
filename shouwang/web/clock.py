"""The only place of the web application that looks at the clock."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return this instant, in Asia/Shanghai."""
    return timezone.localtime()


def today() -> date:
    """Return the civil date in Asia/Shanghai."""
    return now().date()
