"""What each department delivered in a year: how complete, how punctual, how clean."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from shouwang.domain.deliveries import DeliveryState
from shouwang.records.feed_months import DONE, LATE, OVERDUE
from shouwang.records.models import Delivery
from shouwang.records.viewers import Viewer
from shouwang.reports.delivery_calendar import calendar_of
from shouwang.reports.delivery_list import deliveries_in_reach

MONTHS = 12
_YEAR = timedelta(days=365)
_READ = (DeliveryState.COMMITTED, DeliveryState.WITHDRAWN)


@dataclass(frozen=True)
class Score:
    """One department's year: months expected, come and in time; deliveries by fate; rows by fate."""

    department: str
    expected: int
    came: int
    in_time: int
    committed: int
    refused: int
    withdrawn: int
    rows: int
    bad_rows: int
    unmatched_rows: int
    last_at: datetime | None

    @property
    def complete_percent(self) -> int | None:
        """Return the share of expected months that came, None where none was expected."""
        return _percent(self.came, self.expected)

    @property
    def punctual_percent(self) -> int | None:
        """Return the share of expected months that came in time."""
        return _percent(self.in_time, self.expected)

    @property
    def bad_permille(self) -> int | None:
        """Return the share of rows that could not be read, in thousandths."""
        return _share(self.bad_rows, self.rows)

    @property
    def unmatched_permille(self) -> int | None:
        """Return the share of rows whose person was not found by number, in thousandths."""
        return _share(self.unmatched_rows, self.rows)


def scores(viewer: Viewer, county: str, on: date, departments: list[str]) -> list[Score]:
    """Return the score of each department in a county (6 digits) over the year to a day: a few queries."""
    due = {line.feed: line.months for line in calendar_of(county, on, departments, MONTHS).lines}
    handed = _handed(deliveries_in_reach(viewer).filter(division=county.ljust(12, "0")), on)
    rows = _rows(viewer, county, on)
    found = []
    for department in departments:
        months = [each for each in due.get(department, ()) if each.state in (DONE, LATE, OVERDUE)]
        counts = handed.get(department, {})
        total, bad, unmatched = rows.get(department, (0, 0, 0))
        found.append(
            Score(
                department,
                len(months),
                sum(each.state in (DONE, LATE) for each in months),
                sum(each.state == DONE for each in months),
                counts.get("committed", 0),
                counts.get("refused", 0),
                counts.get("withdrawn", 0),
                total,
                bad,
                unmatched,
                counts.get("last"),
            )
        )
    return found


def _handed(rows: QuerySet[Delivery], on: date) -> dict[str, dict]:
    """Count each department's deliveries of the year by their fate."""
    year = rows.filter(received_at__date__gt=on - _YEAR)
    states = (DeliveryState.COMMITTED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN)
    wanted = {str(each): Count("pk", filter=Q(state=each)) for each in states}
    counted = year.values("department").annotate(last=Max("received_at"), **wanted)
    return {each["department"]: each for each in counted}


def _rows(viewer: Viewer, county: str, on: date) -> dict[str, tuple[int, int, int]]:
    """Add up the rows of each department's deliveries of the year that were put in force."""
    year = deliveries_in_reach(viewer).filter(
        division=county.ljust(12, "0"), state__in=_READ,
        received_at__date__gt=on - _YEAR,
    )  # fmt: skip
    found: dict[str, tuple[int, int, int]] = {}
    for department, counts in year.values_list("department", "counts"):
        total, bad, unmatched = found.get(department, (0, 0, 0))
        found[department] = (
            total + counts.get("rows", 0),
            bad + counts.get("refused", 0),
            unmatched + counts.get("unmatched", 0),
        )
    return found


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _share(part: int, whole: int) -> int | None:
    return round(1000 * part / whole) if whole else None
