"""Export profiles, read from data/exports/*.toml: which columns in which order under which headers (R111)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from shouwang.domain.exporting import SOURCES, IdFormat

_DATA = Path(__file__).parent / "data" / "exports"
Grain = Literal["household", "person", "place"]
_USUAL = {"text": "text", "int": "int", "bool": "bool", "date": "day", "fen": "yuan"}
FORMS = (
    "text", "int", "bool", "code", "nth", "all", "has", "told", "denied", "fixed", "day", "month", "year",
    "yuan", "wan",
)  # fmt: skip
_INHERITED = ("group", "purpose", "row", "status", "id_format", "month", "day", "is_all_text", "sheet")


class ProfileError(ValueError):
    """A profile cannot be used; the message (Chinese) names file, profile and header."""


@dataclass(frozen=True)
class ExportColumn:
    """One column: its header, what it takes ("" for one to be filled in) and how that is written.

    `blank` is a code that goes out as an empty cell.
    """

    header: str
    source: str
    form: str
    arguments: tuple[str, ...]
    blank: str | None


@dataclass(frozen=True)
class CountBlock:
    """One table of counts of a summary; with `total` its kinds are parts of one sum, shown beside them."""

    columns: tuple[tuple[str, str], ...]
    total: str


@dataclass(frozen=True)
class Profile:
    """One kind of export.

    `row` is what a row is about; `status` which households it is for unless chosen otherwise; `ages` narrows
    persons to completed years, both ends within. With `is_all_text` every cell is text, as upload tables ask,
    and what is not known is empty.
    """

    name: str
    label: str
    group: str
    purpose: str
    about: str
    row: Grain
    status: str
    sheet: str
    is_all_text: bool
    id_format: IdFormat
    day: str
    month: str
    ages: tuple[int, int] | None
    columns: tuple[ExportColumn, ...]
    blocks: tuple[CountBlock, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Return what the columns take, each once, in their order."""
        return tuple(dict.fromkeys(each.source for each in self.columns if each.source))

    @property
    def has_id_number(self) -> bool:
        """Tell whether some column is an ID number."""
        return any(each.endswith("id_number") for each in self.sources)


@cache
def profiles() -> Mapping[str, Profile]:
    """Return every profile by name, in the order of the files. Raises ProfileError."""
    found: dict[str, Profile] = {}
    for name in ("national", "ledgers", "departments"):
        raw = tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
        found |= read_profiles(raw, f"{name}.toml")
    return MappingProxyType(found)


def read_profiles(raw: Mapping[str, Any], file: str) -> dict[str, Profile]:
    """Return the profiles of one file; those marked `is_base` are only there to be extended."""
    found = {}
    for name, entry in raw.items():
        base = raw.get(entry.get("extends", ""), {})
        if entry.get("extends") and not base.get("is_base"):
            raise ProfileError(f"《{file}》的模板“{name}”沿用的“{entry['extends']}”不存在或不是公共部分")
        if not entry.get("is_base"):
            found[name] = _profile(
                name, {key: base[key] for key in _INHERITED if key in base} | entry, base, file
            )
    return found


def _profile(name: str, entry: Mapping[str, Any], base: Mapping[str, Any], file: str) -> Profile:
    where = f"《{file}》的模板“{name}”"
    lines = [*base.get("columns", ()), *entry.get("columns", ())]
    columns = tuple(_column(line, where) for line in lines)
    headers = [each.header for each in columns]
    if repeated := {each for each in headers if headers.count(each) > 1}:
        raise ProfileError(f"{where}的列名重复：{'、'.join(sorted(repeated))}")
    try:
        ages = tuple(entry["ages"]) if "ages" in entry else None
        made = Profile(
            name=name,
            label=entry["label"],
            group=entry["group"],
            purpose=entry["purpose"],
            about=entry["about"],
            row=entry["row"],
            status=entry.get("status", ""),
            sheet=entry.get("sheet", entry["label"]),
            is_all_text=entry.get("is_all_text", False),
            id_format=IdFormat(entry.get("id_format", "masked")),
            day=entry.get("day", "%Y-%m-%d"),
            month=entry.get("month", "%Y-%m"),
            ages=ages,
            columns=columns,
            blocks=tuple(_block(block) for block in entry.get("blocks", ())),
        )
    except (KeyError, ValueError) as error:
        raise ProfileError(f"{where}缺少或写错了：{error}") from None
    _check(made, where)
    return made


def _column(line: list[str], where: str) -> ExportColumn:
    header, source, form, blank = [*line, *[""] * (4 - len(line))][:4]
    if source and source not in SOURCES:
        raise ProfileError(f"{where}的列“{header}”取自不存在的“{source}”")
    usual = _USUAL[SOURCES[source].type] if source else "text"
    name, *arguments = (form or usual).split(":")
    if name not in FORMS:
        raise ProfileError(f"{where}的列“{header}”写法“{name}”不存在")
    return ExportColumn(header, source, name, tuple(arguments), blank or None)


def _block(entry: Mapping[str, Any]) -> CountBlock:
    return CountBlock(tuple((header, count) for header, count in entry["columns"]), entry.get("total", ""))


def _check(profile: Profile, where: str) -> None:
    if profile.row not in get_args(Grain) or (profile.row == "place") != bool(profile.blocks):
        raise ProfileError(f"{where}的 row 应为 household、person 或 place，汇总表须有 blocks")
    personal = [each for each in profile.sources if each.startswith("member.")]
    if profile.row == "household" and personal:
        raise ProfileError(f"{where}一户一行，不能取个人的“{personal[0]}”")
    if profile.row == "person" and any(each.startswith("annual_income.") for each in profile.sources):
        raise ProfileError(f"{where}一人一行，不能取户的年度收入")
