"""Masks for personal data.

Every mask is total (any text, or None), idempotent, and keeps no more than it says; what does not look like
the thing it should be is hidden whole. Two masks in common use fail here: one leaves 15-digit numbers and
numbers ending in X readable, the other single-character names and the last part of names with `·`.
"""

import re
import unicodedata
from enum import StrEnum

from shouwang.domain.personal_numbers import WIDE, NumberKind, find_personal_numbers

_STAR = "*"
_WIDE = WIDE | str.maketrans("＋＊", "+*")
_INVISIBLE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_ID_NUMBER = re.compile(r"(?:[0-9*]{15}|[0-9*]{17}[0-9X*](?:[0-9A-Z*]{2}|[0-9A-Z*]{4})?)")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9*][0-9*]{9})")
_LANDLINE = re.compile(r"[0-9*]{7,12}")
_BANK_ACCOUNT = re.compile(r"[0-9*]{12,30}")
_BETWEEN_PHONES = re.compile(r"[,，、;；/|]+")
# Combining marks, variation selectors, format and control characters: no letters of their own.
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})
_MOST_STARS_IN_A_NAME = 2


class Audience(StrEnum):
    """Who will read the masked text."""

    SCREEN = "screen"
    NOTICE = "notice"


def mask_id_number(number: str | None, audience: Audience = Audience.SCREEN) -> str:
    """Keep the first 3 and last 4 of 15 or 18 characters on a screen, the last 2 in a notice; hide the rest.

    The disability suffix of 20 or 22 characters is always hidden, and so is anything that is no ID number.
    """
    text = _tidied(number).upper()
    if not _ID_NUMBER.fullmatch(text):
        return _STAR * len(text)
    number_end = min(len(text), 18)
    head, tail = (3, 4) if audience is Audience.SCREEN else (0, 2)
    shown = set(range(head)) | set(range(number_end - tail, number_end))
    return "".join(character if place in shown else _STAR for place, character in enumerate(text))


def mask_phone(number: str | None) -> str:
    """Keep the first 3 and last 4 digits of a mobile number, the last 3 of another; join several with 、."""
    parts = _BETWEEN_PHONES.split(_tidied(number).replace("-", ""))
    return "、".join(_mask_one_phone(part) for part in parts if part)


def mask_name(name: str | None) -> str:
    """Keep the first character of the family name and nothing else; a name of one character is hidden whole.

    欧阳某某 becomes 欧**, a name with `·` keeps its first character; two stars at most hide its length.
    """
    characters = [c for c in _INVISIBLE.sub("", name or "") if unicodedata.category(c) not in _UNSEEN]
    if len(characters) <= 1:
        return _STAR * len(characters)
    return characters[0] + _STAR * min(len(characters) - 1, _MOST_STARS_IN_A_NAME)


def mask_bank_account(account: str | None) -> str:
    """Keep the last 4 digits of an account of 12 to 30 digits; hide anything else whole."""
    text = _tidied(account).replace("-", "")
    if not _BANK_ACCOUNT.fullmatch(text):
        return _STAR * len(text)
    return _STAR * (len(text) - 4) + text[-4:]


def mask_text(text: str | None) -> str:
    """Replace every personal number found in free text by its mask; the rest stays as it is."""
    masked = text or ""
    while found := find_personal_numbers(masked):
        for number in reversed(found):
            mask = _MASKS[number.kind](masked[number.start : number.end])
            masked = masked[: number.start] + mask + masked[number.end :]
    return masked


def contains_personal_number(text: str | None) -> bool:
    """Say whether a text shows an ID number, a mobile number or a bank card, in whatever spacing or width."""
    return bool(find_personal_numbers(text))


def _mask_one_phone(digits: str) -> str:
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1][:3] + _STAR * 4 + mobile[1][-4:]
    if _LANDLINE.fullmatch(digits):
        return _STAR * (len(digits) - 3) + digits[-3:]
    return _STAR * len(digits)


def _tidied(text: str | None) -> str:
    return _INVISIBLE.sub("", text or "").translate(_WIDE)


_MASKS = {
    NumberKind.ID_NUMBER: mask_id_number,
    NumberKind.MOBILE: mask_phone,
    NumberKind.BANK_CARD: mask_bank_account,
}
