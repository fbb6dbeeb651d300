"""Dated changes of divisions: renamed, merged, split, recoded."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

_CODE = re.compile(r"(?:\d{2}|\d{4}|\d{6}|\d{9}|\d{12})", re.ASCII)
_FIELDS = ("kind", "old_code", "old_name", "new_code", "new_name", "changed_on", "source")


class DivisionChangeError(ValueError):
    """A list of division changes cannot be used."""


class ChangeKind(StrEnum):
    """What happened to the old division."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    RECODED = "recoded"


@dataclass(frozen=True, slots=True)
class Change:
    """One pair of an old and a new 12-digit code; the new one holds from `changed_on`."""

    kind: ChangeKind
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    changed_on: date
    source: str


def parse_changes(text: str) -> tuple[Change, ...]:
    """Read the changes from TOML, oldest first.

    Raises DivisionChangeError naming the entry that is incomplete or contradicts itself.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DivisionChangeError(f"区划变更表不是有效的 TOML：{error}") from error
    if unknown := "、".join(sorted(set(document) - {"change"})):
        raise DivisionChangeError(f"区划变更表含有不认识的内容：{unknown}；只应有 [[change]]")
    changes = [_change(number, entry) for number, entry in enumerate(document.get("change", []), start=1)]
    return tuple(sorted(changes, key=lambda change: change.changed_on))


def follow(code: str, on: date, changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the 12-digit codes that `code` has become by `on`: itself, one, or after a split several.

    A division inside a recoded one is carried along; inside a merged or split one it keeps its code, because
    only a change of its own says where it went.
    """
    current = [code]
    by_day: dict[date, dict[str, list[Change]]] = {}
    for change in changes:
        if change.changed_on <= on:
            by_day.setdefault(change.changed_on, {}).setdefault(change.old_code, []).append(change)
    for day in sorted(by_day):
        following = [new for old in current for new in _next_codes(old, by_day[day])]
        current = list(dict.fromkeys(following))
    return tuple(current)


def _next_codes(code: str, changes: dict[str, list[Change]]) -> list[str]:
    if code in changes:
        return [change.new_code for change in changes[code]]
    for width in (9, 6, 4):
        for change in changes.get(code[:width].ljust(12, "0"), []):
            if change.kind is ChangeKind.RECODED and not change.new_code[width:].strip("0"):
                return [change.new_code[:width] + code[width:]]
    return [code]


def _change(number: int, entry: dict[str, Any]) -> Change:
    where = f"区划变更表第 {number} 条"
    missing = [field for field in _FIELDS if not entry.get(field)]
    if missing:
        raise DivisionChangeError(f"{where}缺少 {'、'.join(missing)}，请补充")
    unknown = sorted(set(entry) - set(_FIELDS))
    if unknown:
        raise DivisionChangeError(f"{where}含有不认识的字段 {'、'.join(unknown)}")
    if entry["kind"] not in set(ChangeKind):
        raise DivisionChangeError(f"{where}的 kind 应为 {'、'.join(ChangeKind)} 之一")
    if not isinstance(entry["changed_on"], date) or isinstance(entry["changed_on"], datetime):
        raise DivisionChangeError(f"{where}的 changed_on 应为日期，如 2000-12-30（不加引号）")
    for field in ("old_code", "new_code"):
        if not _CODE.fullmatch(str(entry[field])):
            raise DivisionChangeError(f"{where}的 {field} 应为 2、4、6、9 或 12 位数字，并加引号")
    change = Change(
        kind=ChangeKind(entry["kind"]),
        old_code=str(entry["old_code"]).ljust(12, "0"),
        old_name=str(entry["old_name"]),
        new_code=str(entry["new_code"]).ljust(12, "0"),
        new_name=str(entry["new_name"]),
        changed_on=entry["changed_on"],
        source=str(entry["source"]),
    )
    is_same = change.old_code == change.new_code
    if change.kind is ChangeKind.RENAMED and not is_same:
        raise DivisionChangeError(f"{where}：更名（renamed）的新旧代码应相同；代码也变了请用 recoded")
    if change.kind is ChangeKind.RECODED and is_same:
        raise DivisionChangeError(f"{where}：代码变更（recoded）的新旧代码应不同；只改名称请用 renamed")
    return change
