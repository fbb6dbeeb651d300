"""Months, half-open periods of days, and the income windows found in practice."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import overload

_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MONTH = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<packed>[0-9]{2})(?:[0-9]{2})?|[-/.](?P<parted>[0-9]{1,2})|年(?P<spoken>[0-9]{1,2})月份?)"
)


class PeriodError(ValueError):
    """A month, a period or a window cannot be made from what was given."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (_FIRST_YEAR <= self.year <= _LAST_YEAR and 1 <= self.month <= 12):
            raise PeriodError(f"月份“{self.year}年{self.month}月”不存在或超出 {_FIRST_YEAR}—{_LAST_YEAR} 年")

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, value: object) -> "Month":
        """Read `202305`, `2023-05`, `2023/5`, `2023年5月`, `20230517`, a date, or the number 202305.

        Raises PeriodError.
        """
        if isinstance(value, date):
            return cls.of(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = "".join(unicodedata.normalize("NFKC", str(value)).split())
        found = _MONTH.fullmatch(text)
        # The number 2023.1 may have been October or January.
        if found is None or isinstance(value, float):
            raise PeriodError("月份应写作 202305、2023-05 或 2023年5月")
        return cls(int(found["year"]), int(found["packed"] or found["parted"] or found["spoken"]))

    @classmethod
    def range(cls, first: "Month", last: "Month") -> list["Month"]:
        """Return the months from the first to the last, both included; none if the last is before."""
        return [first + step for step in range(last - first + 1)]

    def __add__(self, months: int) -> "Month":
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    @overload
    def __sub__(self, other: "Month") -> int: ...
    @overload
    def __sub__(self, other: int) -> "Month": ...
    def __sub__(self, other: "Month | int") -> "Month | int":
        if isinstance(other, Month):
            return (self.year - other.year) * 12 + self.month - other.month
        return self + -other

    @property
    def first_day(self) -> date:
        """Give the first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Give the last day of the month."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def period(self) -> "Period":
        """Give the days of the month."""
        return Period(self.first_day, (self + 1).first_day)

    @property
    def code(self) -> str:
        """Give the form of the national exports, `YYYYMM`."""
        return f"{self.year:04d}{self.month:02d}"

    @property
    def label(self) -> str:
        """Give the form people read, `2023年5月`."""
        return f"{self.year}年{self.month}月"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `from_date` up to, and not including, `to_date`; never empty."""

    from_date: date
    to_date: date

    def __post_init__(self) -> None:
        if isinstance(self.from_date, datetime) or isinstance(self.to_date, datetime):
            raise PeriodError("时段的起止应为日期，不带时刻")
        if self.from_date >= self.to_date:
            raise PeriodError(f"时段的起始日 {self.from_date} 应早于截止日 {self.to_date}（截止日不计入）")

    @classmethod
    def of_days(cls, first: date, last: date) -> "Period":
        """Return the period from the first to the last day, both included."""
        return cls(first, last + _DAY)

    @classmethod
    def of_months(cls, first: Month, last: Month) -> "Period":
        """Return the period from the first to the last month, both included."""
        return cls(first.first_day, (last + 1).first_day)

    def __contains__(self, day: date) -> bool:
        return self.from_date <= day < self.to_date

    @property
    def last_day(self) -> date:
        """Give the last day that counts."""
        return self.to_date - _DAY

    @property
    def days(self) -> int:
        """Give the number of days."""
        return (self.to_date - self.from_date).days

    @property
    def months(self) -> list[Month]:
        """Give the months that lie in the period wholly, oldest first."""
        first = Month.of(self.from_date)
        if self.from_date.day > 1:
            first += 1
        return Month.range(first, Month.of(self.to_date) - 1)

    @property
    def is_whole_months(self) -> bool:
        """Say whether the period begins and ends with a month, so that monthly sums can answer for it."""
        return self.from_date.day == 1 and self.to_date.day == 1

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two share a day."""
        return self.from_date < other.to_date and other.from_date < self.to_date

    def __iter__(self) -> Iterator[date]:
        return (self.from_date + _DAY * step for step in range(self.days))

    def __str__(self) -> str:
        return f"{self.from_date}至{self.last_day}"


class IncomeWindow(StrEnum):
    """The four windows over which places count a household's income; a policy pack names one."""

    SAME_MONTH_LAST_YEAR = "same_month_last_year"
    TWELVE_MONTHS_BEFORE_DAY = "twelve_months_before_day"
    TWELVE_MONTHS_BEFORE_PROCEDURE = "twelve_months_before_procedure"
    FIXED = "fixed"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return _WINDOW_LABELS[self]


_WINDOW_LABELS = {
    IncomeWindow.SAME_MONTH_LAST_YEAR: "识别月份的上年当月初至上月末",
    IncomeWindow.TWELVE_MONTHS_BEFORE_DAY: "申报前12个月",
    IncomeWindow.TWELVE_MONTHS_BEFORE_PROCEDURE: "启动认定程序前12个月",
    IncomeWindow.FIXED: "固定计算周期",
}


def income_window(
    kind: IncomeWindow | str, on: date, *, started_on: date | None = None, fixed: Period | None = None
) -> Period:
    """Return the days whose income counts when a household is judged on a day.

    `started_on` is the start of the procedure, `fixed` the survey period; each belongs to one kind and is
    required by it. Raises PeriodError for an unknown kind or a missing argument.
    """
    try:
        window = IncomeWindow(kind)
    except ValueError as error:
        raise PeriodError(f"收入计算周期“{kind}”不认识，应为 {'、'.join(IncomeWindow)} 之一") from error
    match window:
        case IncomeWindow.SAME_MONTH_LAST_YEAR:
            return same_month_last_year(on)
        case IncomeWindow.TWELVE_MONTHS_BEFORE_DAY:
            return twelve_months_before(on)
        case IncomeWindow.TWELVE_MONTHS_BEFORE_PROCEDURE:
            if started_on is None:
                raise PeriodError("按“启动认定程序前12个月”计算收入，需要认定程序的启动日期")
            return twelve_months_before(started_on)
        case IncomeWindow.FIXED:
            if fixed is None:
                raise PeriodError("按固定周期计算收入，需要给出周期的起止日期")
            return fixed


def same_month_last_year(on: date) -> Period:
    """Return the first day of the same month last year to the last day of last month: twelve whole months.

    S1 二(一): 以识别月份的上年当月初作为始点,以识别月份的上月末为终点; Anhui 2020 says the same.
    """
    month = Month.of(on)
    return Period(_month_before(month, 12).first_day, month.first_day)


def twelve_months_before(day: date) -> Period:
    """Return the twelve months that end on the eve of a day.

    定南 2024: 申报前12个月内; other places count from the day the procedure starts (启动认定程序前12个月).
    Where last year has no such day (29 February), its month's last day begins the period, as 民法典 article
    202 ends one.
    """
    return Period(_year_before(day), day)


def previous_window(period: Period) -> Period:
    """Return the twelve months before a window, against which a fall of income is measured (S3§15)."""
    return Period(_year_before(period.from_date), period.from_date)


def half_year_before(on: date) -> Period:
    """Return the six whole months before the month of a day.

    S3§4 and S3§5 look at half a year's income before a risk is eliminated.
    """
    month = Month.of(on)
    return Period(_month_before(month, 6).first_day, month.first_day)


def calendar_year_to(on: date) -> Period:
    """Return 1 January to the day itself, included: a year's running totals."""
    return Period.of_days(date(on.year, 1, 1), on)


def _month_before(month: Month, months: int) -> Month:
    try:
        return month - months
    except PeriodError as error:
        raise PeriodError(f"{month.label}之前的 {months} 个月超出可计算的年份") from error


def _year_before(day: date) -> date:
    month = _month_before(Month.of(day), 12)
    return min(month.last_day, month.first_day + _DAY * (day.day - 1))
