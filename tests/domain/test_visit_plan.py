"""When a household is next to be visited, and which department a circular means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.departments import DEPARTMENTS, department_label, department_named
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.visit_plan import visit_window, visits_per_month

LIBRARY = load_library(default_packs_folder())


@pytest.mark.parametrize(("division", "times"), [("532623101201", 2), ("361023100001", 1)])
def test_a_place_without_a_figure_of_its_own_visits_once_a_month(division: str, times: int) -> None:
    assert visits_per_month(LIBRARY.resolve(division, date(2026, 11, 23))) == times


@pytest.mark.parametrize(
    ("on", "times", "first", "last"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 11, 15), 2, date(2026, 11, 1), date(2026, 11, 15)),
        (date(2026, 2, 28), 2, date(2026, 2, 16), date(2026, 2, 28)),
    ],
)
def test_a_month_is_cut_into_as_many_stretches_as_visits(
    on: date, times: int, first: date, last: date
) -> None:
    window = visit_window(on, times)

    assert (window.from_date, window.last_day) == (first, last)


@given(on=st.dates(date(2021, 1, 1), date(2030, 12, 31)), times=st.integers(1, 4))
def test_every_day_lies_in_its_own_stretch_within_its_month(on: date, times: int) -> None:
    window = visit_window(on, times)

    assert on in window
    assert {window.from_date.month, window.last_day.month} == {on.month}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("县人社局", "employment"),
        ("县水务局", "water"),
        ("医保、卫健", "medical"),
        ("乡镇", None),
        ("", None),
    ],
)
def test_the_department_that_a_circular_names_first_is_meant(words: str, key: str | None) -> None:
    assert department_named(words) == key


def test_every_department_has_a_name() -> None:
    assert all(department_label(key) == label for key, label in DEPARTMENTS.items())
    assert department_label("elsewhere") == "elsewhere"
