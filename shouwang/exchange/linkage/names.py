"""Chinese names as they are compared: folded variants, toneless pinyin, near sounds, sorted syllables."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

_VARIANTS = Path(__file__).parent / "data" / "variants.txt"
_DOTS = dict.fromkeys(map(ord, "·•・‧∙⋅．.。、-－—_*"), None)
# Readings that a character has as a surname only.
_SURNAME_READINGS = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "区": "ou", "朴": "piao", "盖": "ge",
    "尉": "yu", "乐": "yue", "翟": "zhai", "繁": "po", "员": "yun", "覃": "qin", "缪": "miao", "宓": "fu",
    "种": "chong", "折": "she", "召": "shao", "柏": "bai", "纪": "ji", "华": "hua", "任": "ren", "万": "wan",
}  # fmt: skip
# What many speakers and typists do not tell apart: flat and curled tongue, front and back nasal.
_NEAR_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


class ComparableName(NamedTuple):
    """One name in the forms that comparisons and blocking use; syllables are separated by spaces.

    `text` is the name without spaces, `plain` with variants folded and the dots of long names gone, `sounds`
    its pinyin, `near` its pinyin with near sounds made one, `sorted` the near syllables in order, `surname`
    the first near syllable.
    """

    text: str
    plain: str
    sounds: str
    near: str
    sorted: str
    surname: str


@lru_cache(maxsize=200_000)
def comparable(name: str | None) -> ComparableName | None:
    """Return the forms of a name; None for a name that holds no letter (blank, signs, masked)."""
    text = "".join(unicodedata.normalize("NFKC", name or "").split())
    if not any(sign.isalpha() for sign in text) or "*" in text:
        return None
    plain = text.translate(_DOTS).translate(_folds()).upper()
    syllables = [_sound(sign, is_first=place == 0) for place, sign in enumerate(plain)]
    near = [_near(each) for each in syllables]
    return ComparableName(
        text, plain, " ".join(syllables), " ".join(near), " ".join(sorted(near)), near[0] if near else ""
    )


@cache
def _folds() -> dict[int, str]:
    folds: dict[int, str] = {}
    for line in _VARIANTS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            folds |= {ord(sign): line[0] for sign in line[1:]}
    return folds


@cache
def _sound(sign: str, *, is_first: bool) -> str:
    """Return a character's pinyin without tone, the character itself where it has none."""
    if is_first and sign in _SURNAME_READINGS:
        return _SURNAME_READINGS[sign]
    return lazy_pinyin(sign, style=Style.NORMAL, errors="default")[0].lower()


@cache
def _near(syllable: str) -> str:
    for long, short in _NEAR_INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable
