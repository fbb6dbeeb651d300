"""When a monitored household is next to be visited: so many times a month, as the place's circular says."""

from datetime import date

from shouwang.domain.periods import Month, Period
from shouwang.domain.policy import Policy
from shouwang.domain.remarks import whole_figure

# 中农组发〔2021〕7号 leaves the number to the places; where none gives one, once a month.
_USUAL = 1


def visits_per_month(policy: Policy) -> int:
    """Return how often a month a monitored household is visited."""
    return max(1, whole_figure(policy, "visits_per_month") or _USUAL)


def visit_window(on: date, times: int) -> Period:
    """Return the stretch of the month that holds a day and in which one of `times` visits is due.

    The month is cut into `times` parts of equal length, the last taking the days left over: for two, 1–15
    and from the 16th on.
    """
    month = Month.of(on)
    length = max(1, 30 // times)
    part = min((on.day - 1) // length, times - 1)
    first = month.first_day.replace(day=part * length + 1)
    last = month.last_day if part == times - 1 else month.first_day.replace(day=(part + 1) * length)
    return Period.of_days(first, last)
