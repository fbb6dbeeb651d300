"""What becomes of names, numbers and dates on their way into a department's sheet, one value at a time."""

from datetime import date, timedelta
from functools import cache

import numpy as np
from pypinyin import Style, lazy_pinyin

from shouwang.domain.identity import parse_identity
from shouwang.synthetic.linkage_people import linkage_rates

# By these the benchmark writes a name otherwise; the matcher's own table is larger and made apart from it.
_VARIANTS = dict(
    zip(
        "国华军丽云凤东兰贵荣强峰吉哲德伟明龙飞志杰贞莹群",
        "國華軍麗雲鳳東蘭貴榮強峯𠮷喆徳偉眀龍飛誌傑貞瑩羣",
        strict=True,
    )
)  # fmt: skip
_DOTS = "•.・ "


def chosen(rng: np.random.Generator, field: str, kinds: tuple[str, ...]) -> str:
    """Draw one kind of error of a field by its percentages, "" for none."""
    draw, bottom = rng.random() * 100, 0.0
    for kind in kinds:
        bottom += linkage_rates()[field][kind]
        if draw < bottom:
            return kind
    return ""


def wrong_name(rng: np.random.Generator, name: str) -> tuple[str, str]:
    """Return a name as it may be written, and the kind of error ("" for none)."""
    if "·" in name:
        kind = chosen(rng, "name", ("long_dot", "long_short"))
        if kind == "long_dot":
            return name.replace("·", _DOTS[rng.integers(len(_DOTS))]), kind
        return (name.split("·")[0] if kind else name), kind
    kind = chosen(rng, "name", ("homophone", "near_shape", "variant", "one_missing", "order"))
    written = _rewritten(rng, name, kind) if kind else name
    return written, kind if written != name else ""


def _rewritten(rng: np.random.Generator, name: str, kind: str) -> str:
    at = int(rng.integers(1, len(name)))
    if kind == "homophone":
        alike = _homophones().get(_sound(name[at]), "").replace(name[at], "")
        return _put(name, at, alike[rng.integers(len(alike))]) if alike else name
    if kind == "near_shape":
        signs = _given_signs()
        return _put(name, at, signs[rng.integers(len(signs))])
    if kind == "variant":
        return "".join(_VARIANTS.get(sign, sign) for sign in name)
    if kind == "one_missing":
        return name[:at] + name[at + 1 :] if len(name) > 2 else name
    return name[0] + name[:0:-1]


def wrong_number(rng: np.random.Generator, number: str, kind: str) -> str | None:
    """Return a number as it stands in the sheet; never a valid one of 18 signs."""
    if kind == "none":
        return None
    if kind == "rounded":
        rounded = number[:15] + "000"
        return wrong_number(rng, number, "one_wrong") if parse_identity(rounded).is_valid else rounded
    if kind == "rounded_hard":
        return f"{number[0]}.{number[1:6]}E+17"
    if kind == "masked":
        return number[:6] + "*" * 8 + number[-4:]
    at = int(rng.integers(6, 17))
    if kind in ("old_15", "old_15_wrong"):
        if number[6:8] != "19":
            return wrong_number(rng, number, "one_wrong")
        old = number[:6] + number[8:17]
        return _other_digit(rng, old, 14) if kind.endswith("wrong") else old
    if kind == "one_missing":
        return number[:at] + number[at + 1 :]
    if kind == "one_more":
        return number[:at] + str(rng.integers(10)) + number[at:]
    if kind == "swapped":
        differ = [place for place in range(6, 16) if number[place] != number[place + 1]]
        at = differ[int(rng.integers(len(differ)))]
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    wrong = _other_digit(rng, number, at)
    if kind == "two_wrong":
        twice = _other_digit(rng, wrong, int(rng.integers(6, 17)))
        return wrong if parse_identity(twice).is_valid else twice
    return wrong


def wrong_date(rng: np.random.Generator, day: date) -> tuple[date | None, str]:
    """Return a birth date as it may be written, and the kind of error."""
    kind = chosen(rng, "birth_date", ("missing", "swapped", "year_off", "day_wrong", "lunar"))
    if kind == "missing":
        return None, kind
    if kind == "swapped":
        return (day.replace(month=day.day, day=day.month), kind) if day.day <= 12 else (day, "")
    if kind == "year_off":
        year = day.year + (1 if rng.random() < 0.5 else -1)
        return day.replace(year=year, day=min(day.day, 28)), kind
    if kind == "day_wrong":
        return day.replace(day=int(rng.integers(1, 29))), kind
    if kind == "lunar":
        return day - timedelta(days=int(rng.integers(20, 51))), kind
    return day, ""


def homophone_of(rng: np.random.Generator, name: str) -> str:
    """Return a name with one given character exchanged for another of the same sound, if there is one."""
    return name if "·" in name else _rewritten(rng, name, "homophone")


def sounds(name: str) -> str:
    """Return a name's pinyin without tones, the dot of long names left out."""
    return " ".join(_sound(sign) for sign in name if sign != "·")


def _other_digit(rng: np.random.Generator, text: str, at: int) -> str:
    return _put(text, at, str((int(text[at]) + int(rng.integers(1, 10))) % 10))


def _put(text: str, at: int, sign: str) -> str:
    return text[:at] + sign + text[at + 1 :]


@cache
def _sound(sign: str) -> str:
    return lazy_pinyin(sign, style=Style.NORMAL)[0]


@cache
def _given_signs() -> str:
    people = linkage_rates()["people"]
    return "".join(dict.fromkeys(people["male"] + people["female"]))


@cache
def _homophones() -> dict[str, str]:
    found: dict[str, str] = {}
    for sign in _given_signs():
        found[_sound(sign)] = found.get(_sound(sign), "") + sign
    return found
