"""The newest month that each feed has delivered for a county: what a delivery check is held against."""

from collections.abc import Iterable, Mapping
from datetime import date

from shouwang.domain.quality_facts import MOST_FEED_MONTHS

# County (6 digits) → feed → the newest month, as the date of its first day. A feed not in it is not judged.
FeedMonths = Mapping[str, Mapping[str, date]]


def newest_months(sources: Iterable[Mapping[str, object]], on: date) -> dict[str, date]:
    """Return the newest month of each feed among sheets up to the day, unless it is too old to say anything.

    sources: rows with `feed` and `month` (a date, or None where the sheet did not tell).
    """
    newest: dict[str, date] = {}
    for source in sources:
        feed, month = str(source["feed"]), source["month"]
        if isinstance(month, date) and month <= on:
            newest[feed] = max(month, newest.get(feed, month))
    return {feed: month for feed, month in newest.items() if _months_between(month, on) <= MOST_FEED_MONTHS}


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
