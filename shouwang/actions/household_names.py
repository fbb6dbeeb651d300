"""The initials by which a name is found: 王小明 is found by wxm."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_MOST = 60


@lru_cache(maxsize=65_536)
def initials(name: str) -> str:
    """Return the pinyin initials of a name in small letters; signs that are neither are left out."""
    parts = lazy_pinyin(name, style=Style.FIRST_LETTER)
    return "".join(sign for sign in "".join(parts).lower() if sign.isascii() and sign.isalnum())[:_MOST]
