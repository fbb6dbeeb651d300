"""Numbers of persons (GB 11643-1999): read, checked, explained, never repaired in silence."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from operator import mul
from typing import NamedTuple

from shouwang.domain.divisions import as_of, is_county_code

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_DIGITS_18 = re.compile(r"[0-9]{17}[0-9X]")
_SUFFIX = re.compile(r"[0-9]{2}(?:[0-9A-Z]{2})?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+|[0-9]{15,}\.0*")
_UNUSUAL = re.compile(r"[^0-9X]")
_TO_TIDY = str.maketrans("０１２３４５６７８９Ｘｘ’‘＇", "0123456789XX'''", "\u200b\u200c\u200d\u2060\ufeff")
_WRITTEN_AS_NOTHING = frozenset(
    {"", "无", "暂无", "不详", "-", "--", "—", "/", "N/A", "NA", "NAN", "NAT", "<NA>", "NULL", "NONE"}
)
_ASCII_ZEROS = ord("0") * sum(_WEIGHTS)
_RESIDENCE_PERMITS = {"81": "港澳居民居住证", "82": "港澳居民居住证", "83": "台湾居民居住证"}
# Positions 19 and 20 of a disability certificate's number; 21 and 22 count reissues.
_DISABILITY_CATEGORIES = dict(
    zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True)
)
_DISABILITY_GRADES = dict(zip("1234", ("一级", "二级", "三级", "四级"), strict=True))
_BIRTH_YEARS = range(1850, 2101)
# A double holds every integer up to 2**53, and a spreadsheet keeps fifteen digits.
_FIRST_INEXACT = 10**15
_BEYOND_ANY_NUMBER = 10**22
_KEY_BYTES = range(16, 65)


class IdentityError(ValueError):
    """A number or key is not fit for what was asked of it."""


class Sex(StrEnum):
    """The sex that the seventeenth digit tells."""

    MALE = "男"
    FEMALE = "女"


class IdentityProblem(StrEnum):
    """Why a number identifies nobody; each has a Chinese label and advice."""

    MISSING = "missing"
    PLACEHOLDER_999999 = "placeholder_999999"
    DESTROYED_BY_SPREADSHEET = "destroyed_by_spreadsheet"
    MASKED = "masked"
    BAD_CHARACTERS = "bad_characters"
    WRONG_LENGTH = "wrong_length"
    IMPOSSIBLE_BIRTH_DATE = "impossible_birth_date"
    BIRTH_DATE_IN_FUTURE = "birth_date_in_future"
    WRONG_CHECK_DIGIT = "wrong_check_digit"

    @property
    def label(self) -> str:
        """Give the Chinese name of the problem."""
        return _PROBLEM_TEXTS[self][0]

    @property
    def advice(self) -> str:
        """Give what the person at the desk can do about it."""
        return _PROBLEM_TEXTS[self][1]


class IdentityNote(StrEnum):
    """What was done to, or is worth knowing of, a number that is valid."""

    TIDIED = "tidied"
    CONVERTED_FROM_15 = "converted_from_15"
    ADDRESS_CODE_UNKNOWN = "address_code_unknown"
    MAYBE_ROUNDED = "maybe_rounded"

    @property
    def label(self) -> str:
        """Give the Chinese sentence."""
        return _NOTE_LABELS[self]


_PROBLEM_TEXTS = {
    IdentityProblem.MISSING: ("证件号码为空", "请补填证件号码"),
    IdentityProblem.PLACEHOLDER_999999: ("证件号码是 999999 开头的占位号", "请核实后换成本人真实证件号码"),
    IdentityProblem.DESTROYED_BY_SPREADSHEET: (
        "证件号码被电子表格改成了数值，后几位已丢失",
        "请把该列设为“文本”格式，从原始数据重新导出或录入；丢失的数字无法还原",
    ),
    IdentityProblem.MASKED: ("证件号码已脱敏（含 * 号）", "请向提供单位索取未脱敏的数据"),
    IdentityProblem.BAD_CHARACTERS: ("证件号码含有数字和末位 X 以外的字符", "请删除多余字符并核对号码"),
    IdentityProblem.WRONG_LENGTH: ("证件号码位数不对（应为 18 位）", "请核对是否漏输、多输"),
    IdentityProblem.IMPOSSIBLE_BIRTH_DATE: ("证件号码中的出生日期不存在", "请对照证件核对第 7 至 14 位"),
    IdentityProblem.BIRTH_DATE_IN_FUTURE: ("证件号码中的出生日期晚于数据日期", "请对照证件核对第 7 至 14 位"),
    IdentityProblem.WRONG_CHECK_DIGIT: ("证件号码校验位不符", "号码中至少有一位输错，请对照证件核对"),
}
_NOTE_LABELS = {
    IdentityNote.TIDIED: "已去除空格、全角或前导符号",
    IdentityNote.CONVERTED_FROM_15: "由 15 位旧号换算为 18 位",
    IdentityNote.ADDRESS_CODE_UNKNOWN: "地址码不在现行区划表内，不影响号码有效",
    IdentityNote.MAYBE_ROUNDED: "末三位为 000，可能被电子表格改写过，请核对",
}


class Identity(NamedTuple):
    """A number as read: either `number` and what it tells, or `problem`; a result, never an exception."""

    number: str | None = None
    birth_date: date | None = None
    sex: Sex | None = None
    address_code: str | None = None
    disability_suffix: str | None = None
    problem: IdentityProblem | None = None
    notes: tuple[IdentityNote, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Say whether the number identifies a person."""
        return self.problem is None


def parse_identity(raw: object, on: date | None = None) -> Identity:
    """Read a cell that should hold a person's number.

    A disability certificate's 20 or 22 characters give the number and `disability_suffix`. `on` is the day of
    the data, after which nobody can be born; without it that is not checked. Never raises.
    """
    if type(raw) is str and len(raw) == 18 and _DIGITS_18.fullmatch(raw):
        return _from_18(raw, None, on, ())
    text, problem = _as_text(raw)
    if problem is not None:
        return Identity(problem=problem)
    notes = () if text == raw or not isinstance(raw, str) else (IdentityNote.TIDIED,)
    if len(text) == 15 and not _UNUSUAL.search(text) and "X" not in text:
        modern = f"{text[:6]}19{text[6:]}"
        return _from_18(modern + check_digit(modern), None, on, (*notes, IdentityNote.CONVERTED_FROM_15))
    suffix = text[18:] if len(text) in (20, 22) else None
    number = text if suffix is None else text[:18]
    problem = _problem_of_form(number, suffix)
    if problem is not None:
        return Identity(problem=problem)
    return _from_18(number, suffix, on, notes)


def check_digit(first17: str) -> str:
    """Return the eighteenth character of a number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise IdentityError("校验位由前 17 位数字计算，所给内容不是 17 位数字")
    return _expected_check(first17)


def is_birth_date(eight_digits: str) -> bool:
    """Say whether `YYYYMMDD` is a day on which somebody listed today can have been born."""
    return eight_digits.isdigit() and _birth_date(eight_digits) is not None


def address_note(number: str) -> str | None:
    """Return a note if the address code is not a county of today's table; None if it is.

    Numbers keep the code of their first registration, so an old code is never grounds to refuse one.
    """
    code = number[:6]
    if is_county_code(code):
        return None
    if permit := _RESIDENCE_PERMITS.get(code[:2]):
        return f"号码为{permit}"
    return f"地址码不在 {as_of()} 的县级区划表内，可能是撤并前的旧码，不影响号码有效"


def blind_index(number: str, key: bytes) -> str:
    """Return the keyed hash by which a person is found without the number: 32 hexadecimal characters.

    Takes the normalised 18 characters only, so that one person has one index. Raises IdentityError.
    """
    if len(number) != 18 or not _DIGITS_18.fullmatch(number):
        raise IdentityError("只能对规范的 18 位证件号码建立索引")
    if len(key) not in _KEY_BYTES:
        raise IdentityError("索引密钥应为 16 至 64 字节")
    return blake2b(number.encode(), key=key, digest_size=16).hexdigest()


def disability_of(suffix: str | None) -> tuple[str, str] | None:
    """Return the category and grade, e.g. ("肢体", "三级"), of a disability certificate's suffix."""
    if not suffix or suffix[0] not in _DISABILITY_CATEGORIES or suffix[1:2] not in _DISABILITY_GRADES:
        return None
    return _DISABILITY_CATEGORIES[suffix[0]], _DISABILITY_GRADES[suffix[1:2]]


def _expected_check(number: str) -> str:
    return _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, number.encode())) - _ASCII_ZEROS) % 11]


def _from_18(number: str, suffix: str | None, on: date | None, notes: tuple[IdentityNote, ...]) -> Identity:
    if number.startswith("999999"):
        return Identity(problem=IdentityProblem.PLACEHOLDER_999999)
    birth_date = _birth_date(number[6:14])
    if birth_date is None:
        return Identity(problem=IdentityProblem.IMPOSSIBLE_BIRTH_DATE)
    if on is not None and birth_date > on:
        return Identity(problem=IdentityProblem.BIRTH_DATE_IN_FUTURE)
    is_rounded = suffix is None and number.endswith("000")
    if number[17] != _expected_check(number):
        if is_rounded:
            return Identity(problem=IdentityProblem.DESTROYED_BY_SPREADSHEET)
        return Identity(problem=IdentityProblem.WRONG_CHECK_DIGIT)
    if is_rounded and IdentityNote.CONVERTED_FROM_15 not in notes:
        notes = (*notes, IdentityNote.MAYBE_ROUNDED)
    address_code = number[:6]
    if not is_county_code(address_code):
        notes = (*notes, IdentityNote.ADDRESS_CODE_UNKNOWN)
    sex = Sex.MALE if number[16] in "13579" else Sex.FEMALE
    return Identity(number, birth_date, sex, address_code, suffix, None, notes)


def _as_text(raw: object) -> tuple[str, IdentityProblem | None]:
    """Bring a cell to tidy upper-case text, or say why that cannot be done."""
    if raw is None:
        return "", IdentityProblem.MISSING
    if isinstance(raw, bool):
        return "", IdentityProblem.BAD_CHARACTERS
    if isinstance(raw, int | float):
        return _number_as_text(raw)
    text = "".join(str(raw).split())
    if not text.isascii():
        text = text.translate(_TO_TIDY)
    text = text.upper().lstrip("'`")
    if text in _WRITTEN_AS_NOTHING:
        return "", IdentityProblem.MISSING
    if _SCIENTIFIC.fullmatch(text):
        return "", IdentityProblem.DESTROYED_BY_SPREADSHEET
    return text, None


def _number_as_text(raw: int | float) -> tuple[str, IdentityProblem | None]:
    """Read a numeric cell: up to fifteen digits are whole, beyond that a float has lost its end."""
    if raw != raw:
        return "", IdentityProblem.MISSING
    is_large = abs(raw) >= _FIRST_INEXACT
    if is_large and (isinstance(raw, float) or raw % 1000 == 0):
        return "", IdentityProblem.DESTROYED_BY_SPREADSHEET
    if isinstance(raw, float) and not raw.is_integer():
        return "", IdentityProblem.BAD_CHARACTERS
    if abs(raw) >= _BEYOND_ANY_NUMBER:
        return "", IdentityProblem.WRONG_LENGTH
    return str(int(raw)), None


def _problem_of_form(number: str, suffix: str | None) -> IdentityProblem | None:
    if number.startswith("999999"):
        return IdentityProblem.PLACEHOLDER_999999
    if "*" in number:
        return IdentityProblem.MASKED
    if _UNUSUAL.search(number) or "X" in number[:-1]:
        return IdentityProblem.BAD_CHARACTERS
    if len(number) != 18:
        return IdentityProblem.WRONG_LENGTH
    if suffix is not None and not _SUFFIX.fullmatch(suffix):
        return IdentityProblem.BAD_CHARACTERS
    return None


@lru_cache(maxsize=65_536)
def _birth_date(eight_digits: str) -> date | None:
    year, month, day = int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:])
    if year not in _BIRTH_YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
