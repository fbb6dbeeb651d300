"""Small counts stay hidden, whatever is subtracted from whatever (T09)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.small_counts import HIDDEN_BELOW, hidden_places, shown_counts, with_totals

TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=1, max_size=6 // width
    )
)


def possible(table: list[list[int]], shown: list[list[int | None]]) -> list[list[list[int]]]:
    """Return every table, with totals, that agrees with what is shown: what a reader can think."""
    rows, columns = len(table), len(table[0])
    unknown = [(row, at) for row in range(rows) for at in range(columns) if shown[row][at] is None]
    most = max(map(max, table)) + 2
    found = []
    for guess in product(range(most + 1), repeat=len(unknown)):
        tried = [[shown[row][at] or 0 for at in range(columns)] for row in range(rows)]
        for (row, at), value in zip(unknown, guess, strict=True):
            tried[row][at] = value
        whole = with_totals(tried)
        if all(
            said is None or said == whole[row][at]
            for row, values in enumerate(shown)
            for at, said in enumerate(values)
        ):
            found.append(whole)
    return found


@given(TABLES, st.booleans())
def test_no_small_count_follows_from_what_is_shown(table: list[list[int]], shows_row_totals: bool) -> None:
    whole = with_totals(table)
    shown = shown_counts(table, shows_row_totals=shows_row_totals)
    thinkable = possible(table, shown)
    for row, values in enumerate(shown):
        for at in range(len(values)):
            if 0 < whole[row][at] < HIDDEN_BELOW:
                assert values[at] is None
                assert len({each[row][at] for each in thinkable}) > 1


@given(TABLES)
def test_what_is_shown_is_true_and_nothing_is_not_hidden(table: list[list[int]]) -> None:
    whole = with_totals(table)
    for row, values in enumerate(shown_counts(table)):
        for at, said in enumerate(values):
            assert said == whole[row][at] if said is not None else whole[row][at] > 0


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert not hidden_places([[0, 5], [7, 3]])


@pytest.mark.parametrize(
    ("table", "hidden"),
    [
        # One small count: three others hide with it, the totals stay.
        ([[1, 9, 8], [5, 6, 7]], {(0, 0), (0, 2), (1, 0), (1, 2)}),
        # Two in one line hide each other there, and each needs company in its own column.
        ([[1, 2], [9, 9]], {(0, 0), (0, 1), (1, 0), (1, 1)}),
    ],
)
def test_a_small_count_takes_company_and_leaves_the_totals(
    table: list[list[int]], hidden: set[tuple[int, int]]
) -> None:
    assert hidden_places(table) == hidden


def test_a_lone_small_count_takes_its_totals_along() -> None:
    assert shown_counts([[1, 0], [0, 0]]) == [[None, 0, None], [0, 0, 0], [None, 0, None]]


def test_single_columns_need_one_other_count_only() -> None:
    assert shown_counts([[2], [8], [0]], shows_row_totals=False) == [[None], [None], [0], [10]]


def test_an_empty_table_has_a_total_of_nothing() -> None:
    assert shown_counts([]) == [[0]]
