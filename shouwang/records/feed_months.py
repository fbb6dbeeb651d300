"""Which month of which feed a county has, since when, and how that stands to the day it was due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.db.models.functions import Coalesce

from shouwang.domain.feed_duties import Duty
from shouwang.records.models import Load, Source

_SHANGHAI = ZoneInfo("Asia/Shanghai")
# In time, late, due within the days of reminding, past due, not yet due.
DONE, LATE, SOON, OVERDUE, OPEN = "done", "late", "soon", "overdue", "open"
# Of a month before the county began: not there, and there.
UNASKED, BEFORE = "unasked", "before"
LABELS = {
    DONE: "按时", LATE: "迟到", SOON: "快到期", OVERDUE: "超期未到", OPEN: "未到期", UNASKED: "不要求",
    BEFORE: "启用前已有",
}  # fmt: skip


@dataclass(frozen=True)
class FeedMonth:
    """One month of one feed that a duty asks for; `delivered_on` is None while nothing of it is in force."""

    duty: Duty
    feed: str
    month: date
    due_on: date
    delivered_on: date | None
    state: str

    def days_late(self, on: date) -> int:
        """Return by how many days it came, or is, late; 0 in time."""
        return max(0, ((self.delivered_on or on) - self.due_on).days)


def first_month(county: str) -> date | None:
    """Return the month in which a county's work with the system began, None before: nothing was due then."""
    began = Load.objects.filter(county=county).aggregate(first=Min("started_at"))["first"]
    return _day(began).replace(day=1) if began else None


def feed_months(county: str, duties: Iterable[Duty], months: Sequence[date], on: date) -> list[FeedMonth]:
    """Return every feed and month that the duties ask of a county (6 digits), with its state: two queries."""
    came, began = _delivered(county, months), first_month(county)
    found = []
    for duty in duties:
        for feed in duty.feeds:
            for month in months:
                delivered_on, due_on = came.get((feed, month)), duty.due_on(month)
                state = _state(delivered_on, due_on, on, duty.remind_days)
                if began is None or month < began:
                    state = UNASKED if delivered_on is None else BEFORE
                found.append(FeedMonth(duty, feed, month, due_on, delivered_on, state))
    return found


def _delivered(county: str, months: Sequence[date]) -> dict[tuple[str, date], date]:
    """Return when each feed's month first came; of what is no longer in force nothing counts."""
    rows = Source.objects.filter(load__county=county, load__state="done", month__in=months)
    came_at = Min(Coalesce("load__delivery__received_at", "load__finished_at", "load__started_at"))
    return {
        (feed, month): _day(at)
        for feed, month, at in rows.values("feed", "month")
        .annotate(at=came_at)
        .values_list("feed", "month", "at")
    }


def _state(delivered_on: date | None, due_on: date, on: date, remind_days: int) -> str:
    if delivered_on is not None:
        return DONE if delivered_on <= due_on else LATE
    if on > due_on:
        return OVERDUE
    return SOON if (due_on - on).days <= remind_days else OPEN


def months_back(month: date, count: int) -> list[date]:
    """Return a month and those before it, `count` in all, the oldest first."""
    found = []
    for back in range(count - 1, -1, -1):
        year, at = divmod(month.year * 12 + month.month - 1 - back, 12)
        found.append(date(year, at + 1, 1))
    return found


def _day(at: datetime) -> date:
    return at.astimezone(_SHANGHAI).date()
