"""What a microloan may be: bounds of the policy, months, places."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.credit_support import (
    Grant,
    LoanTerms,
    StandingLoan,
    may_borrow,
    months_after,
    terms_of,
    wrong_grant,
)
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary

ON = date(2026, 11, 23)


@cache
def library() -> PackLibrary:
    return load_library(default_packs_folder())


def test_the_bounds_are_the_nations_and_hold_in_every_place_since_2021() -> None:
    terms = LoanTerms(5_000_000, 10_000_000, 36)
    assert terms_of(library().resolve("361023100200", ON)) == terms
    assert terms_of(library().resolve("", date(2020, 6, 1))) == LoanTerms()


def test_without_bounds_nothing_is_beyond_them() -> None:
    loan = Grant("new", "农信社", 90_000_000, ON, date(2036, 1, 1))
    assert wrong_grant(loan, [], LoanTerms(), ON) == {}


@pytest.mark.parametrize(
    ("household_class", "monitoring", "may"),
    [("alleviated", "none", True), ("ordinary", "monitored", True), ("ordinary", "eliminated", False)],
)
def test_microcredit_is_for_alleviated_and_monitored_households(
    household_class: str, monitoring: str, may: bool
) -> None:
    assert may_borrow(household_class, monitoring) is may


def test_a_renewal_is_not_older_than_its_loan() -> None:
    old = StandingLoan(1_000_000, date(2026, 5, 1), date(2026, 12, 1))
    loan = Grant("renewal", "农信社", 1_000_000, date(2026, 4, 1), date(2027, 4, 1), "受灾减收", old)
    assert set(wrong_grant(loan, [old], LoanTerms(), ON)) == {"granted_on"}


def test_a_month_that_is_shorter_ends_on_its_last_day() -> None:
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
