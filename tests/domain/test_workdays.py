"""Working days by the yearly notices; a year without one is never guessed in silence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.workdays import Deadline, WorkdaysError, parse_workdays, workdays

certain_days = st.dates(date(2020, 1, 1), date(2026, 6, 30))
few = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2020, 2, 1), False),  # the prolonged Spring Festival took back a make-up day
        (date(2020, 2, 3), True),
        (date(2022, 12, 31), False),
        (date(2023, 1, 28), True),  # a Saturday made up
        (date(2023, 6, 25), True),
        (date(2024, 2, 9), True),  # New Year's Eve of 2024 was left a working day
        (date(2025, 10, 8), False),
        (date(2026, 2, 23), False),
        (date(2026, 1, 4), True),
        (date(2026, 11, 23), True),
        (date(2019, 12, 31), None),
        (date(2027, 1, 4), None),
    ],
)
def test_a_day_is_working_by_the_notice_of_its_year(day: date, is_working: bool | None) -> None:
    assert workdays().is_working_day(day) is is_working


def test_each_year_has_its_notice_and_nine_weekdays_or_more_off_that_are_not_made_up() -> None:
    table = workdays()
    assert sorted(table.sources) == list(range(2020, 2027))
    for year, source in table.sources.items():
        assert f"国务院办公厅关于{year}年部分节假日安排的通知" in source
        off = [day for day in table.holidays if day.year == year and day.weekday() < 5]
        made_up = [day for day in table.make_up_days if day.year == year]
        assert len(off) - len(made_up) >= 9


def test_the_first_day_is_not_counted() -> None:
    assert workdays().add_days(date(2024, 3, 1), 5) == Deadline(date(2024, 3, 6))
    assert workdays().add_days(date(2024, 3, 1), 5, "working") == Deadline(date(2024, 3, 8))
    assert workdays().add_days(date(2024, 3, 2), 0, "working") == Deadline(date(2024, 3, 2))


def test_working_days_leave_out_the_festival_and_count_the_days_made_up() -> None:
    # 2 February, 4 to 9 February (Sunday the 4th made up), then Sunday the 18th, made up as well.
    assert workdays().add_days(date(2024, 2, 1), 8, "working").due_on == date(2024, 2, 18)


def test_a_period_crosses_the_year_and_the_leap_day() -> None:
    assert workdays().add_days(date(2023, 12, 29), 2, "working") == Deadline(date(2024, 1, 3))
    assert workdays().add_days(date(2024, 2, 28), 1).due_on == date(2024, 2, 29)
    assert workdays().add_days(date(2024, 2, 28), 1, "working").due_on == date(2024, 2, 29)
    assert workdays().add_days(date(2023, 2, 28), 1).due_on == date(2023, 3, 1)


def test_an_unknown_year_is_counted_by_weekends_and_says_so() -> None:
    deadline = workdays().add_days(date(2026, 12, 30), 5, "working")
    assert deadline.due_on == date(2027, 1, 6)
    assert not deadline.is_certain
    assert "2027年的节假日安排尚未录入" in deadline.note
    count = workdays().days_between(date(2018, 12, 1), date(2019, 1, 31), "working")
    assert not count.is_certain
    assert "2018年至2019年" in count.note


def test_calendar_days_need_no_notice() -> None:
    assert workdays().add_days(date(2030, 1, 1), 15) == Deadline(date(2030, 1, 16))
    assert workdays().days_between(date(2030, 1, 16), date(2030, 1, 1)).days == -15


@pytest.mark.parametrize("days", [-1, 10**7])
@pytest.mark.parametrize("kind", ["calendar", "working"])
def test_days_beyond_the_calendar_are_refused(days: int, kind: str) -> None:
    with pytest.raises(WorkdaysError, match=r"天"):
        workdays().add_days(date(9999, 12, 1), days, kind)  # type: ignore[arg-type]


@given(certain_days, few, few)
def test_working_days_add_up(start: date, first: int, second: int) -> None:
    table = workdays()
    middle = table.add_days(start, first, "working").due_on
    whole = table.add_days(start, first + second, "working")
    assert table.add_days(middle, second, "working").due_on == whole.due_on
    assert whole.is_certain
    assert table.days_between(start, whole.due_on, "working").days == first + second


@given(certain_days, certain_days, few)
def test_a_later_start_never_ends_earlier(one: date, other: date, days: int) -> None:
    first, last = sorted((one, other))
    table = workdays()
    assert table.add_days(first, days, "working").due_on <= table.add_days(last, days, "working").due_on
    assert table.add_days(first, days).due_on <= table.add_days(first, days, "working").due_on + timedelta(8)


@given(certain_days, certain_days, certain_days)
def test_counts_between_days_add_up_in_any_direction(one: date, two: date, three: date) -> None:
    def count(start: date, end: date) -> int:
        return workdays().days_between(start, end, "working").days

    assert count(one, two) + count(two, three) == count(one, three)
    assert count(one, two) == -count(two, one)


@given(certain_days, st.integers(1, 60))
def test_a_working_deadline_falls_on_a_working_day(start: date, days: int) -> None:
    assert workdays().is_working_day(workdays().add_days(start, days, "working").due_on)


GOOD = '[2030]\nsource = "某通知"\nholidays = [["2030-01-01", "2030-01-01"]]\nworkdays = ["2030-01-05"]\n'


def test_a_table_of_another_year_can_be_added() -> None:
    table = parse_workdays(GOOD)
    assert table.is_working_day(date(2030, 1, 5)) is True
    assert table.is_working_day(date(2030, 1, 1)) is False


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[2030]", "[", "不是有效的 TOML"),
        ("[2030]", "[year]", "四位年份"),
        ("source", "sauce", "source、holidays、workdays"),
        ("某通知", " ", "没有写出通知名称"),
        ('["2030-01-05"]', '"2030-01-05"', "应为列表"),
        ('["2030-01-01", "2030-01-01"]', '["2030-01-01"]', "首日和末日"),
        ('["2030-01-01", "2030-01-01"]', '["2030-01-03", "2030-01-01"]', "不合理"),
        ('["2030-01-01", "2030-01-01"]', '["2029-12-31", "2029-12-31"]', "不合理"),
        ("2030-01-05", "2030-01-04", "不是周六或周日"),
        ("2030-01-05", "2030-02-30", "应写作"),
        ("2030-01-05", "2031-01-05", "不属于这一年"),
        ('"2030-01-01"]', '"2030-01-05"]', "既是休息日又是上班日"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(WorkdaysError, match=message):
        parse_workdays(GOOD.replace(old, new))
