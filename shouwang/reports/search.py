"""One box: a name, its initials, the end of an ID number, a telephone, a household number, a village.

Who does not see names clear does not find by name either, or the search would tell what the mask hides.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from shouwang.domain.divisions import Division, villages
from shouwang.domain.identity import parse_identity
from shouwang.domain.permissions import Permission
from shouwang.domain.place_names import village_keys
from shouwang.records.access import visible
from shouwang.records.models import Household, Member
from shouwang.records.prefixes import Prefix as Prefix
from shouwang.records.sealing import id_index, phone_index, tail_index
from shouwang.records.viewers import Viewer

MOST_FOUND = 50
_MOST_VILLAGES = 12
_MOST_WORDS = 60
_WHOLE_ID = re.compile(r"\d{17}[\dXx]|\d{15}")
_TAIL = re.compile(r"\d{3}[\dXx]")
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8}")
_NUMBER = re.compile(r"[A-Za-z]{0,4}\d[\dA-Za-z-]{4,38}")
_PINYIN = re.compile(r"[A-Za-z]{2,12}")
_NAME = re.compile(r"[㐀-鿿\U00020000-\U0003ffff·•]{1,20}")


@dataclass(frozen=True)
class Hit:
    """One household found; `member` is who was found in it, None where it was found itself."""

    household: Household
    member: Member | None
    by: str


@dataclass(frozen=True)
class Found:
    """What a search found; `is_capped` says there is more. `kinds` names what the words were taken for."""

    hits: list[Hit]
    villages: list[Division]
    kinds: list[str]
    is_capped: bool = False


def search(viewer: Viewer, words: str) -> Found:
    """Return what a viewer finds by some words; nothing personal is kept of them. At most seven queries."""
    text = re.sub(r"\s+", "", words)[:_MOST_WORDS]
    if not text:
        return Found([], [], [])
    found = [(kind, find(viewer, text)) for kind, pattern, find in _WAYS if pattern.fullmatch(text)]
    hits = _each_once([hit for _, some in found for hit in some])
    is_capped = len(hits) > MOST_FOUND or any(len(some) > MOST_FOUND for _, some in found)
    places = _villages(viewer, text) if _NAME.fullmatch(text) else []
    return Found(hits[:MOST_FOUND], places, [kind for kind, _ in found], is_capped)


def _each_once(hits: list[Hit]) -> list[Hit]:
    seen: dict[tuple[int, int | None], Hit] = {}
    for hit in hits:
        seen.setdefault((hit.household.pk, hit.member.pk if hit.member else None), hit)
    heads = {key[0] for key in seen if key[1] is None}
    return [hit for key, hit in seen.items() if key[1] is None or key[0] not in heads or not _is_head(hit)]


def _is_head(hit: Hit) -> bool:
    return hit.member is not None and hit.member.relation == "户主"


def _members(viewer: Viewer, by: str, **condition: str) -> list[Hit]:
    rows: QuerySet[Member] = Member.objects.filter(**condition).select_related("household")
    found = visible(rows, viewer, Permission.SEE_NAMES).order_by()[: MOST_FOUND + 1]
    return [Hit(row.household, row, by) for row in sorted(found, key=_by_place)]


def _households(viewer: Viewer, by: str, **condition: str) -> list[Hit]:
    rows = visible(Household.objects.filter(**condition), viewer, Permission.SEE_NAMES)
    return [Hit(row, None, by) for row in sorted(rows.order_by()[: MOST_FOUND + 1], key=_by_place)]


def _by_place(row: Household | Member) -> tuple[bool, str, int]:
    """Order what was found; what is beyond the ceiling is not sorted out of everything first."""
    return not row.is_present, row.division, row.pk


def _by_whole_id(viewer: Viewer, text: str) -> list[Hit]:
    number = parse_identity(text.upper()).number
    return _members(viewer, "证件号码", id_key=id_index(number)) if number else []


def _by_tail(viewer: Viewer, text: str) -> list[Hit]:
    return _members(viewer, "证件尾号", id_tail_key=tail_index(text))


def _by_phone(viewer: Viewer, text: str) -> list[Hit]:
    key = phone_index(text)
    return [*_households(viewer, "电话", phone_key=key), *_members(viewer, "电话", phone_key=key)]


def _by_number(viewer: Viewer, text: str) -> list[Hit]:
    rows = visible(Household.objects.filter(number__in={text, text.upper()}), viewer)
    return [Hit(row, None, "户编号") for row in rows]


def _by_initials(viewer: Viewer, text: str) -> list[Hit]:
    said = text.lower()
    return [
        *_households(viewer, "拼音", head_pinyin__prefix=said),
        *_members(viewer, "拼音", pinyin__prefix=said),
    ]


def _by_name(viewer: Viewer, text: str) -> list[Hit]:
    return [
        *_households(viewer, "户主姓名", head_name__prefix=text),
        *_members(viewer, "成员姓名", name__prefix=text),
    ]


_WAYS = (
    ("证件号码", _WHOLE_ID, _by_whole_id),
    ("证件尾号", _TAIL, _by_tail),
    ("电话", _PHONE, _by_phone),
    ("户编号", _NUMBER, _by_number),
    ("拼音首字母", _PINYIN, _by_initials),
    ("姓名", _NAME, _by_name),
)


def _villages(viewer: Viewer, text: str) -> list[Division]:
    """Return the villages of that name that the viewer reaches; counties are named by their own lists."""
    wanted = village_keys(text)[-1].removeprefix("~")
    found = []
    for reach in viewer.scope(Permission.SEE_HOUSEHOLDS).reaches:
        if len(reach.prefix) >= 6:
            found += [each for each, bare in _named(reach.prefix) if wanted in bare or text in each.name]
    return sorted(set(found), key=lambda each: (len(each.name), each.code))[:_MOST_VILLAGES]


@lru_cache(maxsize=64)
def _named(prefix: str) -> tuple[tuple[Division, str], ...]:
    inside = villages(prefix[:9] if len(prefix) >= 9 else prefix)
    return tuple(
        (each, village_keys(each.name)[-1].removeprefix("~"))
        for each in inside
        if each.code.startswith(prefix)
    )
