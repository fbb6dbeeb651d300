"""Names of townships and villages as people write them, brought to comparable keys."""

import re
import unicodedata
from functools import cache, lru_cache

from shouwang.domain import codes

# Longest first: the first that fits is taken off.
_VILLAGE_SUFFIXES = (
    ("社区居民委员会", "居"),
    ("社区居委会", "居"),
    ("村民委员会", "村"),
    ("居民委员会", "居"),
    ("社区村委会", "村"),
    ("村委会", "村"),
    ("居委会", "居"),
    ("社区", "居"),
    ("村", "村"),
)
_TOWNSHIP_SUFFIXES = ("人民政府", "街道办事处", "地区办事处", "民族乡", "办事处", "街道", "镇", "乡")
_INVISIBLE = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")


def township_keys(name: str) -> tuple[str, ...]:
    """Return keys from exact to loose: the tidied name, then without 镇, 乡, 街道 and a 民族乡's peoples."""
    tidied = _tidied(name)
    bare = _peoples_of_a_township().sub("", tidied)
    while suffix := next((s for s in _TOWNSHIP_SUFFIXES if bare.endswith(s) and len(bare) > len(s)), None):
        bare = bare.removesuffix(suffix)
    return tidied, f"~{bare}"


@lru_cache(maxsize=65_536)
def village_keys(name: str) -> tuple[str, ...]:
    """Return keys from exact to loose: the tidied name, the bare name and kind (村 or 居), the bare name."""
    tidied = _tidied(name)
    bare, kind = _without_village_suffix(tidied)
    barest = bare
    while True:
        barer, _ = _without_village_suffix(barest)
        if barer == barest:
            break
        barest = barer
    return tidied, f"{bare}~{kind}", f"~{barest}"


@cache
def _peoples_of_a_township() -> re.Pattern[str]:
    peoples = "|".join(codes.table("ethnic_group").codes.values())
    return re.compile(f"(?<=..)(?:{peoples}|各族|民族)+(?=乡$)")


def _without_village_suffix(name: str) -> tuple[str, str]:
    for suffix, kind in _VILLAGE_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix), kind
    return name, ""


def _tidied(name: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", name))
