"""The calendar of a county: each duty, and of each feed and month whether it came, and when (R27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shouwang.domain.feed_calendar import duties_of
from shouwang.domain.feed_duties import Duty
from shouwang.domain.policy import PackError
from shouwang.records.feed_months import FeedMonth, feed_months, months_back
from shouwang.records.policies import policy_at

MONTHS = 6


@dataclass(frozen=True)
class Line:
    """A feed's months, the oldest first."""

    feed: str
    duty: Duty
    months: tuple[FeedMonth, ...]


@dataclass(frozen=True)
class Calendar:
    """All duties in force, the months shown, and a line for each feed that is watched."""

    duties: tuple[Duty, ...]
    months: tuple[date, ...]
    lines: tuple[Line, ...]


def calendar_of(county: str, on: date, feeds: Sequence[str] | None = None, count: int = MONTHS) -> Calendar:
    """Return the calendar of a county (6 digits) on a day; `feeds` narrows it to some."""
    try:
        duties = duties_of(policy_at(county.ljust(12, "0"), on))
    except PackError:
        return Calendar((), (), ())
    watched = [each for each in duties if each.feeds]
    newest = max((each.month_due(on) for each in watched), default=on.replace(day=1))
    months = tuple(months_back(newest, count))
    cells: dict[str, list[FeedMonth]] = {}
    for each in feed_months(county, watched, months, on):
        if feeds is None or each.feed in feeds:
            cells.setdefault(each.feed, []).append(each)
    lines = tuple(Line(feed, found[0].duty, tuple(found)) for feed, found in cells.items())
    return Calendar(duties, months, lines)
