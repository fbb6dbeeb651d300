"""Masks are total, idempotent, and keep no more than they say; the scanner finds what they hide."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.identity import check_digit
from shouwang.domain.masking import (
    Audience,
    contains_personal_number,
    mask_bank_account,
    mask_id_number,
    mask_name,
    mask_phone,
    mask_text,
)
from shouwang.domain.personal_numbers import FoundNumber, NumberKind, find_personal_numbers

# The example that GB 11643-1999 itself prints; its person is nobody.
SAMPLE = "11010519491231002X"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

Mask = Callable[[str | None], str]
MASKS: list[Mask] = [
    mask_id_number,
    lambda text: mask_id_number(text, Audience.NOTICE),
    mask_phone,
    mask_name,
    mask_bank_account,
    mask_text,
]
written_texts = st.one_of(st.text(), st.text(alphabet="0123456789Xx*-+、, １Ｘ", max_size=40))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(date(1930, 1, 1), date(1999, 12, 31)))
    first17 = f"530521{day:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return draw(st.sampled_from([first17 + check_digit(first17), first17[:6] + first17[8:]]))


mobiles = st.builds("1{}{:09d}".format, st.integers(3, 9), st.integers(0, 999_999_999))


@st.composite
def spaced(draw: st.DrawFn, number: str) -> str:
    gaps = draw(
        st.lists(st.sampled_from(["", "", " ", "\u3000", "\xa0", "\n", "-"]), min_size=18, max_size=18)
    )
    text = "".join(character + gap for character, gap in zip(number, gaps, strict=False)).strip()
    return text.translate(WIDE) if draw(st.booleans()) else text


@pytest.mark.parametrize("mask", MASKS)
@given(text=written_texts)
def test_a_mask_takes_any_text_and_is_its_own_mask(mask: Mask, text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize("mask", MASKS)
def test_a_mask_of_nothing_is_nothing(mask: Mask) -> None:
    assert mask(None) == mask("") == ""


@given(numbers())
def test_of_an_id_number_three_and_four_remain_on_screen_and_two_in_a_notice(number: str) -> None:
    on_screen, in_notice = mask_id_number(number), mask_id_number(number, Audience.NOTICE)
    assert (on_screen[:3], on_screen[-4:], on_screen.count("*")) == (number[:3], number[-4:], len(number) - 7)
    assert (in_notice[-2:], in_notice.count("*")) == (number[-2:], len(number) - 2)
    assert not contains_personal_number(on_screen)
    assert mask_id_number(on_screen, Audience.NOTICE) == in_notice


@given(st.text(max_size=30))
def test_what_is_no_id_number_shows_no_more_than_one_would(text: str) -> None:
    assert sum(character != "*" for character in mask_id_number(text)) <= 7
    assert sum(character != "*" for character in mask_id_number(text, Audience.NOTICE)) <= 2


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (SAMPLE, "110***********002X"),
        ("11010519491231002x", "110***********002X"),
        (" １１０１０５ 19491231 002Ｘ", "110***********002X"),
        ("110105491231002", "110********1002"),
        (SAMPLE + "43", "110***********002X**"),
        (SAMPLE + "43B1", "110***********002X****"),
        ("1101051949123100", "*" * 16),
        ("甲乙丙丁", "****"),
    ],
)
def test_id_numbers_of_every_form_are_masked(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("008613800138000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("13800138000，13900139000", "138****8000、139****9000"),
        ("0875-8121234", "********234"),
        ("12345", "*****"),
        ("分机八", "***"),
    ],
)
def test_phones_of_every_form_are_masked(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@given(mobiles)
def test_of_a_mobile_number_seven_digits_remain(number: str) -> None:
    masked = mask_phone(number)
    assert masked == f"{number[:3]}****{number[-4:]}"
    assert not contains_personal_number(masked)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王", "*"),
        ("张某", "张*"),
        ("张某某", "张**"),
        ("张 某", "张*"),
        ("欧阳某", "欧**"),
        ("欧阳某某", "欧**"),
        ("买某提·阿某拉", "买**"),
        ("𠮷某", "𠮷*"),
        ("䶮", "*"),
        ("葛\U000e0100某", "葛*"),
        ("\ue170某", "\ue170*"),
        ("Sample Person", "S**"),
    ],
)
def test_of_a_name_only_the_first_character_of_the_family_name_remains(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=1))
def test_of_any_name_at_most_one_character_remains(name: str) -> None:
    assert sum(character != "*" for character in mask_name(name)) <= 1


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("6222021234567890123", "***************0123"),
        ("6222 0212 3456 7890 123", "***************0123"),
        ("12345", "*****"),
        ("农商行六二", "*****"),
    ],
)
def test_of_a_bank_account_four_digits_remain(account: str, masked: str) -> None:
    assert mask_bank_account(account) == masked


@given(st.data(), numbers(), st.text(alphabet="公示户主，。 abc"), st.text(alphabet="号 xyz，。"))
def test_an_id_number_is_found_in_any_spacing_and_width(
    data: st.DataObject, number: str, before: str, after: str
) -> None:
    text = before + data.draw(spaced(number)) + after
    assert contains_personal_number(text)
    assert not contains_personal_number(mask_text(text))


@given(mobiles)
def test_a_mobile_number_is_found_in_one_piece_and_in_the_usual_groups(number: str) -> None:
    grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
    for text in (
        number,
        grouped,
        grouped.replace(" ", "-"),
        number.translate(WIDE),
        " ".join(number),
        f"+86{number}",
    ):
        assert contains_personal_number(f"电话{text}。")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SAMPLE, NumberKind.ID_NUMBER),
        ("110105194912310021", NumberKind.ID_NUMBER),
        ("1101051949123100211", NumberKind.ID_NUMBER),
        ("53052119900101001", NumberKind.ID_NUMBER),
        (f"12345{SAMPLE}", NumberKind.ID_NUMBER),
        ("6222021234567890123", NumberKind.BANK_CARD),
        ("6222 0212 3456 7890 123", NumberKind.BANK_CARD),
        ("4111 1111 1111 1111", NumberKind.BANK_CARD),
        ("13800138000X", NumberKind.MOBILE),
    ],
)
def test_mistyped_embedded_and_grouped_numbers_are_found(text: str, kind: NumberKind) -> None:
    assert [found.kind for found in find_personal_numbers(text)] == [kind]
    assert kind.label


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "本村共 128 户 512 人",
        "530521101001",
        "2023-06-30 6900 18684 9342",
        "人均纯收入 12000.50 元，医疗自付 13500 元",
        "4111 1111 1111 1112",
        "110***********002X",
        "12345678901234567890",
        "1111 2222 3333 44445555",
    ],
)
def test_codes_dates_and_amounts_are_not_taken_for_personal_numbers(text: str | None) -> None:
    assert find_personal_numbers(text) == []


def test_several_numbers_are_found_in_their_places() -> None:
    text = f"甲 {SAMPLE} 乙 13800138000"
    assert find_personal_numbers(text) == [
        FoundNumber(NumberKind.ID_NUMBER, 2, 20),
        FoundNumber(NumberKind.MOBILE, 23, 34),
    ]
    assert mask_text(text) == "甲 110***********002X 乙 138****8000"


def test_a_disability_suffix_is_hidden_with_its_number() -> None:
    assert mask_text(f"证号{SAMPLE}43B1，") == "证号110***********002X****，"
