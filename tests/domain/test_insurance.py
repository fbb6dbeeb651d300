"""Policies: which days they cover, when two are the same cover, who is owed cover."""

from datetime import date
from functools import cache

import pytest

from shouwang.domain.insurance import CoverPeriod, cover_clause, wrong_cover
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackLibrary

YEAR = CoverPeriod("poverty", date(2026, 1, 1), date(2026, 12, 31))


@cache
def library() -> PackLibrary:
    return load_library(default_packs_folder())


def test_a_policy_covers_its_first_and_last_day_until_it_is_ended() -> None:
    ended = CoverPeriod("poverty", YEAR.starts_on, YEAR.ends_on, ended_on=date(2026, 6, 30))
    assert YEAR.holds_on(date(2026, 1, 1))
    assert YEAR.holds_on(date(2026, 12, 31))
    assert not YEAR.holds_on(date(2027, 1, 1))
    assert not ended.holds_on(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("other", "is_double"),
    [
        (CoverPeriod("poverty", date(2026, 12, 31), date(2027, 12, 30)), True),
        (CoverPeriod("poverty", date(2027, 1, 1), date(2027, 12, 31)), False),
        (CoverPeriod("farm", date(2026, 1, 1), date(2026, 12, 31)), False),
        (CoverPeriod("poverty", date(2026, 1, 1), date(2026, 12, 31), persons=frozenset({1})), True),
    ],
)
def test_the_same_cover_twice_is_told(other: CoverPeriod, is_double: bool) -> None:
    assert bool(wrong_cover(other, "某保险", 100, [YEAR])) is is_double


def test_an_ended_policy_makes_room_and_persons_are_told_apart() -> None:
    ended = CoverPeriod("poverty", YEAR.starts_on, YEAR.ends_on, ended_on=date(2026, 6, 30))
    later = CoverPeriod("poverty", date(2026, 7, 1), date(2027, 6, 30))
    assert wrong_cover(later, "某保险", None, [ended]) == {}
    one, two = (
        CoverPeriod("accident", YEAR.starts_on, YEAR.ends_on, persons=frozenset({each})) for each in (1, 2)
    )
    assert wrong_cover(two, "某保险", None, [one]) == {}


def test_cover_is_owed_where_the_circular_says_so() -> None:
    assert "防贫保险" in (cover_clause(library().resolve("532623100200", date(2021, 6, 1))) or "")
    assert cover_clause(library().resolve("361023100200", date(2026, 11, 23))) is None
