"""Numbers, names, and what cannot be made."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.identity import check_digit
from shouwang.synthetic import County, SyntheticError, make_county
from shouwang.synthetic.identity import check_characters, identity_numbers

ON = date(2026, 6, 30)


@given(st.lists(st.integers(10**16, 10**17 - 1), min_size=1, max_size=20))
def test_check_characters_are_those_of_the_standard(numbers: list[int]) -> None:
    made = check_characters(np.array(numbers)).tolist()
    assert made == [check_digit(str(number)) for number in numbers]


def test_clean_numbers_are_valid_unlike_and_tell_birth_and_sex(large: County) -> None:
    numbers = large.members["id_number"].tolist()
    assert len(set(numbers)) == len(numbers)
    births, males = large.members["birth"].astype(str).tolist(), large.members["is_male"].tolist()
    for number, birth, is_male in zip(numbers[:3000], births, males, strict=False):
        assert number[17] == check_digit(number[:17])
        assert number[:6] == "530521"
        assert number[6:14] == birth.replace("-", "")
        assert int(number[16]) % 2 == is_male


def test_people_are_synthetic_at_a_glance(small: County) -> None:
    for name, phone in zip(small.members["name"], small.members["phone"], strict=True):
        assert name[1] in "甲乙丙丁戊己庚辛壬癸"
        assert phone.startswith("1000")
        assert len(phone) == 11


def test_too_many_births_on_a_day_are_refused_with_advice() -> None:
    birth = np.full(500, np.datetime64("1990-01-01"))
    with pytest.raises(ValueError, match="请减少户数"):
        identity_numbers("530521", birth, np.ones(500, dtype=bool))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"county": "999999"}, "没有找到县级区划 999999"),
        ({"county": "53"}, "6 位县级区划代码"),
        ({"households": 3}, "户数应不少于 20"),
        ({"months": 36}, "月数应为 12 至 24"),
        ({"seed": -1}, "随机种子应为非负整数"),
    ],
)
def test_an_impossible_county_is_refused(change: dict[str, object], message: str) -> None:
    wanted: dict[str, object] = {"households": 40, "on": ON, "seed": 1, **change}
    with pytest.raises(SyntheticError, match=message):
        make_county(**wanted)  # type: ignore[arg-type]


def test_another_county_has_its_own_villages_and_numbers() -> None:
    made = make_county(county="361023", households=30, on=ON, seed=1)
    assert made.place_names[2] == "南丰县"
    assert {each.code[:6] for each in made.villages} == {"361023"}
    assert made.members["id_number"][0].startswith("361023")


@pytest.mark.parametrize("on", [date(2025, 1, 1), date(2024, 12, 31), date(2026, 2, 28)])
def test_a_county_can_be_made_on_any_day_and_with_twelve_months(on: date) -> None:
    made = make_county(households=40, on=on, seed=2, months=12)
    assert len(made.window) == 12
    assert made.window[-1] == on.year * 12 + on.month - 2
