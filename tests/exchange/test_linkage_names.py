"""Chinese names and broken numbers in the forms that are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.exchange.linkage.names import comparable
from shouwang.exchange.linkage.numbers import birth_digits, difference, readable_number, tail_digits


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        ("王建國", "王建国", "plain"),
        ("𠮷川平", "吉川平", "plain"),
        ("阿依古丽·买买提", "阿依古丽•買買提", "plain"),
        (" 王　建国 ", "王建国", "text"),
        ("王建国", "王健国", "sounds"),
        ("陈志平", "陈自平", "near"),
        ("林英", "林音", "near"),
        ("王国建", "王建国", "sorted"),
    ],
)
def test_two_writings_of_one_name_share_a_form(one: str, other: str, form: str) -> None:
    assert getattr(comparable(one), form) == getattr(comparable(other), form)


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [("王建国", "王建军", "sorted"), ("乾隆", "干隆", "plain"), ("王健国", "王建国", "plain")],
)
def test_two_names_stay_two(one: str, other: str, form: str) -> None:
    assert getattr(comparable(one), form) != getattr(comparable(other), form)


def test_a_surname_is_read_as_a_surname() -> None:
    found = comparable("单立人")
    assert found is not None
    assert found.sounds.startswith("shan ")


@pytest.mark.parametrize("name", [None, "", "  ", "***", "王**", "/"])
def test_what_is_no_name_is_not_compared(name: str | None) -> None:
    assert comparable(name) is None


@given(st.text(max_size=12))
def test_any_text_is_read_without_a_fault(name: str) -> None:
    found = comparable(name)
    assert found is None or found.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("53052119900101001", "53052119900101001"),
        ("530521900101001", "53052119900101001_"),
        ("530521199001010000", "530521199001010___"),
        ("5.30521199001010E+17", "530521199001010___"),
        ("530521********1234", "530521________1234"),
        (" 53052119900101001x ", "53052119900101001X"),
        ("5.30521E+17", None),
        ("999999199001010011", None),
        ("无", None),
        (None, None),
        ("53*1234", None),
    ],
)
def test_a_broken_number_tells_the_digits_it_still_shows(written: str | None, read: str | None) -> None:
    assert readable_number(written) == read


def test_birth_and_tail_are_read_only_where_they_are_whole() -> None:
    assert birth_digits("530521199001010___") == "19900101"
    assert birth_digits("530521199013010011") is None
    assert tail_digits("530521199001010___") is None
    assert tail_digits("530521________1234") == "1234"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("530521199101010014", "第 10 位不同"),
        ("530521190901010014", "第 9、10 位颠倒"),
        ("53052119900101001", "少 1 位"),
        ("5305211990010100144", "多 1 位"),
        ("530521********0014", "可读的数字全部一致"),
        ("620521188412319999", "有 12 位不同"),
        (None, None),
    ],
)
def test_the_difference_of_two_numbers_is_told_without_a_digit(written: str | None, said: str | None) -> None:
    assert difference(written, "530521199001010014") == said
