"""Working days: weekends, statutory holidays and make-up working days, by the yearly notices.

The table is `data/holidays.toml`. A year without a notice is not guessed: whatever touches it counts weekends
only, is not certain and says so.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

DayKind = Literal["calendar", "working"]
DAY_KINDS: dict[str, str] = {"calendar": "日历日", "working": "工作日"}
_DAY = timedelta(days=1)
_SATURDAY = 5


class WorkdaysError(ValueError):
    """The table of holidays cannot be used, or days cannot be counted as asked."""


@dataclass(frozen=True)
class Deadline:
    """The last day of a period; `note` (Chinese) says why it is not certain, empty where it is."""

    due_on: date
    is_certain: bool = True
    note: str = ""


@dataclass(frozen=True)
class DayCount:
    """Days counted between two days; `note` (Chinese) says why the count is not certain."""

    days: int
    is_certain: bool = True
    note: str = ""


@dataclass(frozen=True)
class Workdays:
    """The notices at hand: `sources` by year, and what they name day by day."""

    sources: Mapping[int, str]
    holidays: frozenset[date]
    make_up_days: frozenset[date]

    def is_working_day(self, day: date) -> bool | None:
        """Tell whether people work on `day`; None where no notice for its year is at hand."""
        return self._is_working(day) if day.year in self.sources else None

    def add_days(self, start: date, days: int, kind: DayKind = "calendar") -> Deadline:
        """Return the last day of a period of `days` after `start`; the first day itself is not counted.

        A calendar period may end on a day off. Raises WorkdaysError for a negative number of days, or where
        the calendar ends.
        """
        if days < 0:
            raise WorkdaysError(f"天数不能为负（{days}）。")
        try:
            return self._working_deadline(start, days) if kind == "working" else Deadline(start + days * _DAY)
        except OverflowError as error:
            raise WorkdaysError(f"自{start:%Y-%m-%d}起{days}天超出日历范围，请核对。") from error

    def days_between(self, start: date, end: date, kind: DayKind = "calendar") -> DayCount:
        """Count the days after `start` up to and including `end`; negative where `end` is the earlier."""
        if kind == "calendar":
            return DayCount((end - start).days)
        first, last = min(start, end), max(start, end)
        days = sum(self._is_working(day) for day in _days(first + _DAY, last)) if first < last else 0
        unknown = self._unknown_years(first, last)
        return DayCount(days if start <= end else -days, not unknown, _note(unknown))

    def _working_deadline(self, start: date, days: int) -> Deadline:
        day = start
        while days:
            day += _DAY
            days -= self._is_working(day)
        unknown = self._unknown_years(start, day)
        return Deadline(day, not unknown, _note(unknown))

    def _is_working(self, day: date) -> bool:
        return day in self.make_up_days or (day.weekday() < _SATURDAY and day not in self.holidays)

    def _unknown_years(self, first: date, last: date) -> list[int]:
        if first == last:
            return []
        return [year for year in range((first + _DAY).year, last.year + 1) if year not in self.sources]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + step * _DAY for step in range((last - first).days + 1))


def _note(years: list[int]) -> str:
    if not years:
        return ""
    span = f"{years[0]}年" if len(years) == 1 else f"{years[0]}年至{years[-1]}年间"
    return f"{span}的节假日安排尚未录入，只按周六、周日休息推算，请以国务院办公厅通知核对。"


@cache
def workdays() -> Workdays:
    """Return the working days of the table that comes with the program."""
    return parse_workdays(files("shouwang.domain").joinpath("data/holidays.toml").read_text(encoding="utf-8"))


def parse_workdays(text: str) -> Workdays:
    """Read the table of holidays; WorkdaysError (Chinese) names the year and the entry that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorkdaysError(f"节假日表不是有效的 TOML：{error}") from error
    sources: dict[int, str] = {}
    holidays: set[date] = set()
    make_up_days: set[date] = set()
    for name, entry in document.items():
        year = _year(name)
        sources[year] = _checked(year, entry)["source"]
        holidays.update(day for pair in entry["holidays"] for day in _break(year, pair))
        make_up_days.update(_make_up_day(year, day) for day in entry["workdays"])
    if both := sorted(holidays & make_up_days):
        raise WorkdaysError(f"节假日表里{both[0]:%Y-%m-%d}既是休息日又是上班日，请删去一处。")
    return Workdays(sources, frozenset(holidays), frozenset(make_up_days))


def _year(name: str) -> int:
    if not (name.isascii() and name.isdigit() and len(name) == 4):
        raise WorkdaysError(f"节假日表的“{name}”应为四位年份，如 [2026]。")
    return int(name)


def _checked(year: int, entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, dict) or set(entry) != {"source", "holidays", "workdays"}:
        raise WorkdaysError(f"节假日表 {year} 年应写且只写 source、holidays、workdays 三项。")
    if not isinstance(entry["source"], str) or not entry["source"].strip():
        raise WorkdaysError(f"节假日表 {year} 年没有写出通知名称（source），请补上。")
    if not isinstance(entry["holidays"], list) or not isinstance(entry["workdays"], list):
        raise WorkdaysError(f"节假日表 {year} 年的 holidays 和 workdays 应为列表。")
    return entry


def _break(year: int, pair: Any) -> Iterator[date]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise WorkdaysError(f"节假日表 {year} 年的每段假期应写首日和末日两个日期，现为“{pair}”。")
    first, last = _day(year, pair[0]), _day(year, pair[1])
    if not first <= last or (last - first).days > 15 or last.year != year:
        raise WorkdaysError(f"节假日表 {year} 年的假期“{first}至{last}”不合理，请核对首日和末日。")
    return _days(first, last)


def _make_up_day(year: int, value: Any) -> date:
    day = _day(year, value)
    if day.weekday() < _SATURDAY:
        raise WorkdaysError(f"节假日表 {year} 年的调休上班日 {day} 不是周六或周日，请核对。")
    return day


def _day(year: int, value: Any) -> date:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise WorkdaysError(f"节假日表 {year} 年的日期“{value}”应写作 {year}-01-01（加引号）。") from error
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise WorkdaysError(f"节假日表 {year} 年的日期 {day} 不属于这一年，请移到它的年份。")
    return day
