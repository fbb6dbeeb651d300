"""The scanner that finds ID numbers, mobile numbers and bank cards in free text."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from shouwang.domain.identity import check_digit, is_birth_date

# Full-width digits, signs and X as their plain forms, one for one, so that places in the text stay.
WIDE = str.maketrans("０１２３４５６７８９Ｘｘx－—–", "0123456789XXX---")
_SEPARATORS = r"[\s\u200b-\u200d\u2060\ufeff\-_]{1,4}"
_RUN = re.compile(rf"[0-9](?:(?:{_SEPARATORS})?[0-9]){{10,}}(?:(?:{_SEPARATORS})?X)?")
_PIECE = re.compile(r"[0-9]+X?|X")
_MOBILE = re.compile(r"(?:86|0086)?1[3-9][0-9]{9}")
_ID_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9]")
_DISABILITY_SUFFIX = re.compile(r"[1-7][1-4](?:[Bb][0-9])?(?![0-9A-Za-z])")
_MOBILE_GROUPS = frozenset({(11,), (13,), (15,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (3, 8), (7, 4), (1,) * 11})
_MOST_DIGITS = 19


class NumberKind(StrEnum):
    """What kind of personal number was found."""

    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return {"id_number": "身份证号码", "mobile": "手机号码", "bank_card": "银行卡号"}[self.value]


class FoundNumber(NamedTuple):
    """A personal number's place in a text: `text[start:end]`."""

    kind: NumberKind
    start: int
    end: int


def find_personal_numbers(text: str | None) -> list[FoundNumber]:
    """Return the personal numbers in a text, leftmost first, without overlaps.

    Digits may be full-width and broken by spaces, line ends or hyphens. An ID number in one piece needs only
    a possible province and birth date, and may have a digit too few or too many, so that a mistyped one is
    found too; a broken or embedded one of 18 also needs its check digit. A disability suffix belongs to its
    number. Mobiles and bank cards are found in one piece, in the usual groups, or digit by digit.
    """
    if not text:
        return []
    plain = text.translate(WIDE)
    return [
        _with_suffix(found, plain)
        for run in _RUN.finditer(plain)
        for found in _in_run(run.group(), run.start())
    ]


class _Piece(NamedTuple):
    """Digits without a break, perhaps ending in X, and where they stand in the text."""

    digits: str
    start: int


def _in_run(run: str, offset: int) -> Iterator[FoundNumber]:
    pieces = [_Piece(piece.group(), offset + piece.start()) for piece in _PIECE.finditer(run)]
    position = 0
    while position < len(pieces):
        first = pieces[position]
        kind, used = _longest_at(pieces, position)
        if kind is not None:
            last = pieces[position + used - 1]
            yield FoundNumber(kind, first.start, last.start + len(last.digits))
        else:
            yield from _embedded_in(first)
        position += used


def _with_suffix(found: FoundNumber, text: str) -> FoundNumber:
    suffix = _DISABILITY_SUFFIX.match(text, found.end) if found.kind is NumberKind.ID_NUMBER else None
    return found if suffix is None else found._replace(end=suffix.end())


def _longest_at(pieces: list[_Piece], position: int) -> tuple[NumberKind | None, int]:
    """Find the longest number that begins with a piece; return its kind and how many pieces it takes."""
    best: tuple[NumberKind | None, int] = (None, 1)
    digits = ""
    widths: tuple[int, ...] = ()
    for used, piece in enumerate(pieces[position : position + _MOST_DIGITS], start=1):
        digits, widths = digits + piece.digits, (*widths, len(piece.digits))
        if len(digits) > _MOST_DIGITS + 1:
            break
        if (kind := _kind(digits, widths)) is not None:
            best = (kind, used)
    return best


def _kind(digits: str, widths: tuple[int, ...]) -> NumberKind | None:
    # The X may also be the first letter of what follows.
    plain = digits.removesuffix("X")
    if any(_is_id_number(form, is_in_one_piece=len(widths) == 1) for form in (digits, plain)):
        return NumberKind.ID_NUMBER
    if plain != digits:
        widths = (*widths[:-1], widths[-1] - 1) if widths[-1] > 1 else widths[:-1]
    if widths in _MOBILE_GROUPS and _MOBILE.fullmatch(plain):
        return NumberKind.MOBILE
    return NumberKind.BANK_CARD if _is_bank_card(plain, widths) else None


def _embedded_in(piece: _Piece) -> Iterator[FoundNumber]:
    """Find whole ID numbers inside a longer piece, such as a disability certificate's."""
    start = 0
    while start + 18 <= len(piece.digits):
        if _is_id_number(piece.digits[start : start + 18], is_in_one_piece=False):
            yield FoundNumber(NumberKind.ID_NUMBER, piece.start + start, piece.start + start + 18)
            start += 18
        else:
            start += 1


def _is_id_number(digits: str, *, is_in_one_piece: bool) -> bool:
    if not _ID_PROVINCE.match(digits):
        return False
    if len(digits) == 15:
        return "X" not in digits and is_birth_date(f"19{digits[6:12]}")
    if not 17 <= len(digits) <= 19 or not is_birth_date(digits[6:14]):
        return False
    return is_in_one_piece or (len(digits) == 18 and check_digit(digits[:17]) == digits[17])


def _is_bank_card(digits: str, widths: tuple[int, ...]) -> bool:
    if not 16 <= len(digits) <= 19:
        return False
    is_grouped = set(widths) == {1} or (set(widths[:-1]) == {4} and widths[-1] <= 4)
    if len(widths) > 1 and not is_grouped:
        return False
    return digits.startswith("62") or (digits[0] in "3456" and _passes_luhn(digits))


def _passes_luhn(digits: str) -> bool:
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0
