"""calendar.toml: read with its place told, narrower packs first, days that every month has."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.feed_calendar import duties_of
from shouwang.domain.feed_duties import Duty
from shouwang.domain.pack_files import default_packs_folder, load_library, load_pack
from shouwang.domain.policy import PackError
from tests.domain.test_quality_files import HEAD

DUTY = """
[delivery]
label = "部门推送"
giver = "department"
taker = "county_office"
feeds = ["medical"]
day = 5
source = "测试文件"
"""


def pack(folder: Path, calendar: str, name: str = "here-2021", place: str = "") -> Path:
    made = folder / name
    made.mkdir()
    (made / "pack.toml").write_text(HEAD.format(name=name, place=place), encoding="utf-8")
    (made / "calendar.toml").write_text(calendar, encoding="utf-8")
    return made


def test_a_duty_is_read_with_its_defaults(tmp_path: Path) -> None:
    duty = load_pack(pack(tmp_path, DUTY)).calendar["delivery"]

    assert (duty.day, duty.months_after, duty.remind_days, duty.feeds) == (5, 0, 3, ("medical",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("day = 5", "day = 32"), "1 至 31"),
        (("day = 5", ""), "应写且只写一个"),
        (("day = 5", 'day = 5\nday_of = "x"'), "应写且只写一个"),
        (('["medical"]', '["weather"]'), "weather"),
        (('giver = "department"', ""), "由谁"),
        (("day = 5", "day = 5\nmonths_after = 13"), "0 至 12"),
        (("day = 5", "day = 5\ndays = 5"), "days"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(PackError) as told:
        load_pack(pack(tmp_path, DUTY.replace(*change)))

    assert "calendar.toml 中“delivery" in str(told.value)
    assert said in str(told.value)


def test_a_countys_own_day_takes_the_place_of_the_nations(tmp_path: Path) -> None:
    pack(tmp_path, DUTY)
    pack(tmp_path, DUTY.replace("day = 5", "day = 8"), "there-2021", "530521")
    library = load_library(tmp_path)

    def days(county: str) -> list[int | None]:
        return [each.day for each in duties_of(library.resolve(county, date(2022, 1, 1)))]

    assert (days("530521"), days("530522")) == ([8], [5])


def test_shidian_reports_the_month_by_the_tenth_of_the_next_and_the_plan_of_twelve_by_its_days() -> None:
    library = load_library(default_packs_folder())
    found = {each.name: each for each in duties_of(library.resolve("530521", date(2026, 11, 1)))}
    assert found["monthly_report"].due_on(date(2026, 10, 1)) == date(2026, 11, 10)
    assert found["department_delivery"].is_reference
    plan = duties_of(library.resolve_named("example-s3-12", date(2026, 2, 1)))
    assert [each.day for each in plan] == [17, 20, 20, 25, 25, 30]
    assert plan[-1].due_on(date(2026, 2, 1)) == date(2026, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 31), st.integers(0, 12))
def test_a_months_data_are_due_in_the_month_that_they_are_looked_for_in(
    day: date, last: int, after: int
) -> None:
    duty = Duty("d", "d", "department", "county_office", (), last, "", after, 3, "s")
    month = duty.month_due(day)

    assert duty.due_on(month).replace(day=1) == day.replace(day=1)
    assert duty.due_on(month).day == min(last, duty.due_on(month).day)
