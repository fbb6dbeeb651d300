"""Months, periods and the four income windows."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.periods import (
    IncomeWindow,
    Month,
    Period,
    PeriodError,
    calendar_year_to,
    half_year_before,
    income_window,
    previous_window,
    same_month_last_year,
    twelve_months_before,
)

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
months = st.builds(Month, st.integers(1950, 2150), st.integers(1, 12))


@pytest.mark.parametrize(
    "written",
    [
        "202305",
        "2023-05",
        "2023-5",
        "2023/5",
        "2023.05",
        "2023年5月",
        "2023年05月份",
        "20230517",
        " 2023 年 5 月 ",
        "２０２３０５",
    ],
)
def test_a_month_is_read_as_people_and_exports_write_it(written: str) -> None:
    assert Month.parse(written) == Month(2023, 5)


@pytest.mark.parametrize("value", [202305, 202305.0, date(2023, 5, 17), datetime(2023, 5, 17, 8)])
def test_a_month_is_read_from_numbers_and_dates(value: object) -> None:
    assert Month.parse(value) == Month(2023, 5)


@pytest.mark.parametrize(
    "value", ["", "2023", "202313", "202300", "2023-13", "五月", None, True, 2023.5, "0202-03", "+20235"]
)
def test_what_is_no_month_is_refused_in_chinese(value: object) -> None:
    with pytest.raises(PeriodError, match="月份"):
        Month.parse(value)


def test_a_month_knows_its_days_codes_and_labels() -> None:
    month = Month(2024, 2)
    assert (month.first_day, month.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (month.code, month.label, str(month)) == ("202402", "2024年2月", "2024-02")
    assert month.period.days == 29


@given(months, st.integers(-600, 600))
def test_adding_months_is_undone_by_subtracting_them(month: Month, count: int) -> None:
    assert (month + count) - month == count
    assert (month + count) - count == month
    assert Month.parse((month + count).code) == month + count


def test_months_from_the_first_to_the_last_include_both() -> None:
    assert [str(month) for month in Month.range(Month(2023, 12), Month(2024, 2))] == [
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    assert Month.range(Month(2024, 2), Month(2023, 12)) == []


def test_the_end_of_a_period_is_not_in_it() -> None:
    period = Period(date(2023, 1, 1), date(2023, 2, 1))
    assert date(2023, 1, 31) in period
    assert date(2023, 2, 1) not in period
    assert period.last_day == date(2023, 1, 31)
    assert list(period) == [date(2023, 1, day) for day in range(1, 32)]
    assert str(period) == "2023-01-01至2023-01-31"


def test_only_whole_months_count_as_months_of_a_period() -> None:
    assert Period(date(2023, 1, 2), date(2023, 3, 31)).months == [Month(2023, 2)]
    assert not Period(date(2023, 1, 2), date(2023, 4, 1)).is_whole_months
    assert Period.of_months(Month(2023, 1), Month(2023, 3)).is_whole_months


def test_periods_that_only_touch_do_not_overlap() -> None:
    january, february = Month(2023, 1).period, Month(2023, 2).period
    assert not january.overlaps(february)
    assert january.overlaps(Period(date(2023, 1, 31), date(2023, 2, 2)))


@pytest.mark.parametrize("last", [date(2023, 1, 1), date(2022, 12, 31)])
def test_an_empty_or_backward_period_is_refused(last: date) -> None:
    with pytest.raises(PeriodError, match="应早于"):
        Period(date(2023, 1, 1), last)


def test_a_period_takes_no_times_of_day() -> None:
    with pytest.raises(PeriodError, match="不带时刻"):
        Period(datetime(2023, 1, 1, 8), date(2023, 2, 1))


@pytest.mark.parametrize("on", [date(2021, 7, 1), date(2021, 7, 15), date(2021, 7, 31)])
def test_identified_in_july_2021_income_counts_from_july_2020_to_june_2021(on: date) -> None:
    assert income_window("same_month_last_year", on) == Period.of_days(date(2020, 7, 1), date(2021, 6, 30))


@given(days)
def test_the_window_of_the_same_month_last_year_is_twelve_whole_months(on: date) -> None:
    window = same_month_last_year(on)
    assert len(window.months) == 12
    assert window.is_whole_months
    assert window.to_date <= on


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2024, 9, 10), date(2023, 9, 10)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 28)),
        (date(2025, 3, 1), date(2024, 3, 1)),
    ],
)
def test_twelve_months_before_a_day_end_on_its_eve_even_around_a_leap_day(day: date, first: date) -> None:
    window = income_window(IncomeWindow.TWELVE_MONTHS_BEFORE_DAY, day)
    assert window == Period(first, day)


def test_the_window_of_the_procedure_counts_from_its_start_not_from_the_day() -> None:
    window = income_window("twelve_months_before_procedure", date(2024, 9, 10), started_on=date(2024, 8, 20))
    assert window == Period(date(2023, 8, 20), date(2024, 8, 20))


def test_a_fixed_window_is_the_one_given() -> None:
    survey = Period.of_days(date(2020, 6, 1), date(2021, 5, 31))
    assert income_window("fixed", date(2021, 7, 1), fixed=survey) == survey
    assert len(survey.months) == 12


@pytest.mark.parametrize(
    ("kind", "words"),
    [("twelve_months_before_procedure", "启动日期"), ("fixed", "起止日期"), ("last_year", "不认识")],
)
def test_a_window_without_what_it_needs_is_refused(kind: str, words: str) -> None:
    with pytest.raises(PeriodError, match=words):
        income_window(kind, date(2021, 7, 1))


def test_every_window_has_a_chinese_name() -> None:
    assert len({window.label for window in IncomeWindow}) == 4


@given(days)
def test_the_previous_window_ends_where_the_window_begins(on: date) -> None:
    for window in (same_month_last_year(on), twelve_months_before(on)):
        before = previous_window(window)
        assert before.to_date == window.from_date
        assert 365 <= before.days <= 366


@given(days)
def test_half_a_year_is_the_six_whole_months_before_the_month(on: date) -> None:
    window = half_year_before(on)
    assert len(window.months) == 6
    assert window.is_whole_months
    assert window.to_date == Month.of(on).first_day


@given(days)
def test_the_calendar_year_runs_up_to_and_includes_the_day(on: date) -> None:
    window = calendar_year_to(on)
    assert window.from_date == date(on.year, 1, 1)
    assert window.last_day == on


def test_a_window_before_the_first_year_is_refused() -> None:
    with pytest.raises(PeriodError, match="超出可计算的年份"):
        same_month_last_year(date(1900, 3, 1))
