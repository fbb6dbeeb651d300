"""What a number that identifies nobody still tells: its digits, with `_` for each that cannot be read."""

import re
from decimal import Decimal, InvalidOperation

from shouwang.domain.identity import is_birth_date

UNREAD = "_"
WHOLE = 18
# A spreadsheet keeps fifteen digits of a number.
_KEPT = 15
_FEWEST_READ = 8
_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]+)")
_DESTROYED = re.compile(r"[0-9]{15}000(?:\.0*)?")
_TIDY = str.maketrans("０１２３４５６７８９Ｘｘ＊", "0123456789XX*", "'’‘＇`\u200b\ufeff")


def readable_number(raw: str | None) -> str | None:
    """Return the digits a cell still shows of an 18-digit number, None where they tell too little.

    A number of 15 digits is given its century and no check digit; one that a spreadsheet rounded keeps its
    first fifteen digits, a masked one what is not masked; one with a digit too few or too many is left as is.
    """
    text = "".join((raw or "").translate(_TIDY).split()).upper()
    pattern = _pattern(text)
    if pattern is None or pattern.startswith("999999"):
        return None
    return pattern if len(pattern) - pattern.count(UNREAD) >= _FEWEST_READ else None


def birth_digits(number: str | None) -> str | None:
    """Return YYYYMMDD of a readable number, None where it is no day or not all of it can be read."""
    digits = (number or "")[6:14]
    return digits if len(digits) == 8 and digits.isdigit() and is_birth_date(digits) else None


def tail_digits(number: str | None) -> str | None:
    """Return the last four signs of a number, None unless all of them can be read."""
    tail = (number or "")[-4:]
    return tail if len(tail) == 4 and UNREAD not in tail else None


def _pattern(text: str) -> str | None:
    if found := _SCIENTIFIC.fullmatch(text):
        return _from_scientific(text, found.group(2) or "")
    if _DESTROYED.fullmatch(text):
        return text[:_KEPT] + UNREAD * (WHOLE - _KEPT)
    if "*" in text:
        text = text.replace("*", UNREAD)
        return text if len(text) == WHOLE else None
    if not re.fullmatch(r"[0-9X]+", text):
        return None
    if len(text) == _KEPT and text.isdigit():
        return f"{text[:6]}19{text[6:]}{UNREAD}"
    return text if WHOLE - 2 <= len(text) <= WHOLE + 1 else None


def _from_scientific(text: str, decimals: str) -> str | None:
    """Return the digits before the exponent; the zeros behind them were never digits of the number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if number.adjusted() != WHOLE - 1:
        return None
    read = (text[0] + decimals)[:_KEPT]
    return read + UNREAD * (WHOLE - len(read))


def difference(written: str | None, number: str | None) -> str | None:
    """Say in Chinese where a written number departs from a whole one, telling no digit; None if unknown."""
    read = readable_number(written)
    if read is None or not number or len(number) != WHOLE:
        return None
    if len(read) != WHOLE:
        return f"{'少' if len(read) < WHOLE else '多'} {abs(len(read) - WHOLE)} 位"
    wrong = [at for at in range(WHOLE) if read[at] not in (UNREAD, number[at])]
    if not wrong:
        return "可读的数字全部一致"
    places = "、".join(str(at + 1) for at in wrong)
    is_swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    if is_swapped and read[wrong[0] : wrong[1] + 1] == number[wrong[0] : wrong[1] + 1][::-1]:
        return f"第 {places} 位颠倒"
    return f"第 {places} 位不同" if len(wrong) <= 6 else f"有 {len(wrong)} 位不同"
