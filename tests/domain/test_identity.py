"""Numbers of persons: every way they come damaged has its own reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.domain.identity import (
    Identity,
    IdentityError,
    IdentityNote,
    IdentityProblem,
    Sex,
    address_note,
    blind_index,
    check_digit,
    disability_of,
    is_birth_date,
    parse_identity,
)

# The example that GB 11643-1999 itself prints; its person is nobody.
SAMPLE = "11010519491231002X"
SHEET_DAY = date(2026, 6, 30)

births = st.dates(date(1900, 1, 1), date(2026, 6, 30))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["530521", "361023", "450802", "990022"]))
    first17 = f"{area}{draw(births):%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return first17 + check_digit(first17)


def test_a_clean_number_tells_birth_sex_and_address_code() -> None:
    identity = parse_identity(SAMPLE, SHEET_DAY)
    assert identity == Identity(SAMPLE, date(1949, 12, 31), Sex.FEMALE, "110105", None, None, ())
    assert identity.is_valid


@given(numbers())
def test_every_number_with_a_right_check_digit_and_date_is_valid(number: str) -> None:
    identity = parse_identity(number, SHEET_DAY)
    assert identity.number == number
    assert identity.birth_date is not None
    assert f"{identity.birth_date:%Y%m%d}" == number[6:14]
    assert identity.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_a_single_wrong_digit_is_never_taken_for_another_person(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    identity = parse_identity(wrong, SHEET_DAY)
    assert identity.is_valid == (wrong == number)
    assert (identity.number is None) == (identity.problem is not None)


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105\xa019491231\u3000002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002ｘ",
        "'11010519491231002X",
        "’11010519491231002X",
        "\ufeff11010519491231002X\u200b",
        "11010519491231002X\n",
    ],
)
def test_a_tidied_number_says_that_it_was_tidied(written: str) -> None:
    identity = parse_identity(written, SHEET_DAY)
    assert identity.number == SAMPLE
    assert identity.notes == (IdentityNote.TIDIED,)


@pytest.mark.parametrize("written", ["110105491231002", 110105491231002, 110105491231002.0])
def test_fifteen_digits_become_eighteen_and_say_so(written: object) -> None:
    identity = parse_identity(written, SHEET_DAY)
    assert identity.number == SAMPLE
    assert IdentityNote.CONVERTED_FROM_15 in identity.notes


@pytest.mark.parametrize("suffix", ["43", "43B1", "43b1", "4312"])
def test_a_disability_certificate_gives_the_number_and_its_suffix(suffix: str) -> None:
    identity = parse_identity(SAMPLE + suffix, SHEET_DAY)
    assert identity.number == SAMPLE
    assert identity.disability_suffix == suffix.upper()
    assert disability_of(identity.disability_suffix) == ("肢体", "三级")


@pytest.mark.parametrize("suffix", [None, "", "4", "93", "49", "0000"])
def test_a_suffix_that_names_no_disability_tells_nothing(suffix: str | None) -> None:
    assert disability_of(suffix) is None


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (None, IdentityProblem.MISSING),
        ("", IdentityProblem.MISSING),
        (" \u3000", IdentityProblem.MISSING),
        ("无", IdentityProblem.MISSING),
        ("/", IdentityProblem.MISSING),
        ("nan", IdentityProblem.MISSING),
        (float("nan"), IdentityProblem.MISSING),
        ("999999199001010011", IdentityProblem.PLACEHOLDER_999999),
        ("９９９９９９", IdentityProblem.PLACEHOLDER_999999),
        ("9999991990010100114321", IdentityProblem.PLACEHOLDER_999999),
        (1.10105194912310e17, IdentityProblem.DESTROYED_BY_SPREADSHEET),
        (float("inf"), IdentityProblem.DESTROYED_BY_SPREADSHEET),
        (110105194912310000, IdentityProblem.DESTROYED_BY_SPREADSHEET),
        ("110105194912310000", IdentityProblem.DESTROYED_BY_SPREADSHEET),
        (Decimal("110105194912310000"), IdentityProblem.DESTROYED_BY_SPREADSHEET),
        ("1.10105E+17", IdentityProblem.DESTROYED_BY_SPREADSHEET),
        ("1.10105e17", IdentityProblem.DESTROYED_BY_SPREADSHEET),
        ("110105194912310000.0", IdentityProblem.DESTROYED_BY_SPREADSHEET),
        ("110105********002X", IdentityProblem.MASKED),
        ("1101051949123100-2X", IdentityProblem.BAD_CHARACTERS),
        ("甲某", IdentityProblem.BAD_CHARACTERS),
        ("1101051949X231002X", IdentityProblem.BAD_CHARACTERS),
        ("11010519491231002①", IdentityProblem.BAD_CHARACTERS),
        ("11010549123100X", IdentityProblem.WRONG_LENGTH),
        (SAMPLE + "四三", IdentityProblem.BAD_CHARACTERS),
        (True, IdentityProblem.BAD_CHARACTERS),
        (12.5, IdentityProblem.BAD_CHARACTERS),
        (-5, IdentityProblem.BAD_CHARACTERS),
        (date(1949, 12, 31), IdentityProblem.BAD_CHARACTERS),
        ("1101051949123100", IdentityProblem.WRONG_LENGTH),
        (SAMPLE[:17], IdentityProblem.WRONG_LENGTH),
        ("110105194912310021" + "0", IdentityProblem.WRONG_LENGTH),
        (1101051949, IdentityProblem.WRONG_LENGTH),
        ("110105194902310021", IdentityProblem.IMPOSSIBLE_BIRTH_DATE),
        ("110105184912310021", IdentityProblem.IMPOSSIBLE_BIRTH_DATE),
        ("110105299912310021", IdentityProblem.IMPOSSIBLE_BIRTH_DATE),
        ("110105491331002", IdentityProblem.IMPOSSIBLE_BIRTH_DATE),
        ("110105202607010021", IdentityProblem.BIRTH_DATE_IN_FUTURE),
        ("110105194912310021", IdentityProblem.WRONG_CHECK_DIGIT),
        ("110105194912310021" + "43", IdentityProblem.WRONG_CHECK_DIGIT),
    ],
)
def test_a_damaged_number_is_refused_with_its_own_reason(raw: object, problem: IdentityProblem) -> None:
    assert parse_identity(raw, SHEET_DAY) == Identity(problem=problem)


def test_an_integer_too_long_to_print_is_refused_like_any_other() -> None:
    assert parse_identity(10**5000 + 1).problem is IdentityProblem.WRONG_LENGTH


def test_without_a_day_a_future_birth_is_not_checked() -> None:
    first17 = "53052120991231001"
    number = first17 + check_digit(first17)
    assert parse_identity(number).is_valid
    assert parse_identity(number, SHEET_DAY).problem is IdentityProblem.BIRTH_DATE_IN_FUTURE


def test_somebody_born_on_the_day_of_the_data_is_not_born_in_the_future() -> None:
    first17 = f"530521{SHEET_DAY:%Y%m%d}001"
    assert parse_identity(first17 + check_digit(first17), SHEET_DAY).is_valid


def test_a_valid_number_ending_in_three_noughts_is_kept_with_a_warning() -> None:
    first17 = next(
        candidate for day in range(1, 29) if check_digit(candidate := f"530521199001{day:02d}100") == "0"
    )
    identity = parse_identity(first17 + "0", SHEET_DAY)
    assert identity.is_valid
    assert identity.notes == (IdentityNote.MAYBE_ROUNDED,)


def test_an_old_address_code_is_a_note_and_never_a_refusal() -> None:
    first17 = "99002219900101001"
    number = first17 + check_digit(first17)
    identity = parse_identity(number, SHEET_DAY)
    assert identity.is_valid
    assert identity.notes == (IdentityNote.ADDRESS_CODE_UNKNOWN,)
    assert "不影响号码有效" in str(address_note(number))


def test_todays_address_code_needs_no_note_and_a_residence_permit_is_named() -> None:
    assert address_note(SAMPLE) is None
    assert address_note("830000199001010011") == "号码为台湾居民居住证"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.none(), st.booleans(), st.decimals()))
def test_no_cell_makes_the_reader_fail(raw: object) -> None:
    identity = parse_identity(raw, SHEET_DAY)
    assert (identity.number is None) == (identity.problem is not None)


@given(st.text(alphabet="0123456789Xx９Ｘ *'.E+", max_size=24))
def test_a_number_that_is_accepted_is_always_in_its_normal_form(raw: str) -> None:
    identity = parse_identity(raw, SHEET_DAY)
    if identity.number is not None:
        assert parse_identity(identity.number, SHEET_DAY).number == identity.number
        assert check_digit(identity.number[:17]) == identity.number[17]
        if identity.number != raw:
            assert identity.notes or identity.disability_suffix


def test_every_problem_and_note_is_explained_in_chinese() -> None:
    assert all(problem.label and problem.advice for problem in IdentityProblem)
    assert all(note.label for note in IdentityNote)


@pytest.mark.parametrize("first17", ["", "1101051949123100", "1101051949123100２", "11010519491231002X"])
def test_a_check_digit_needs_seventeen_digits(first17: str) -> None:
    with pytest.raises(IdentityError, match="17 位"):
        check_digit(first17)


@pytest.mark.parametrize(("text", "answer"), [("20240229", True), ("20230229", False), ("2023022X", False)])
def test_a_birth_date_is_a_day_that_was(text: str, answer: bool) -> None:
    assert is_birth_date(text) is answer


def test_a_blind_index_depends_on_number_and_key_and_shows_neither() -> None:
    index = blind_index(SAMPLE, b"k" * 32)
    assert len(index) == 32
    assert index == blind_index(SAMPLE, b"k" * 32)
    assert index != blind_index(SAMPLE, b"j" * 32)
    assert SAMPLE not in index


@pytest.mark.parametrize(
    ("number", "key", "words"),
    [
        ("11010519491231002x", b"k" * 32, "规范的 18 位"),
        ("110105491231002", b"k" * 32, "规范的 18 位"),
        (SAMPLE, b"short", "16 至 64 字节"),
        (SAMPLE, b"k" * 65, "16 至 64 字节"),
    ],
)
def test_an_index_of_another_form_or_with_a_weak_key_is_refused(number: str, key: bytes, words: str) -> None:
    with pytest.raises(IdentityError, match=words):
        blind_index(number, key)
