"""A remembered correction: which of their headers is which of ours, in 列名对应.toml beside the deliveries.

["住户调查*.csv"]                # a feed, a sheet's name, a file's name, or file/sheet; * stands for anything
feed = "registry_household"      # or 数据来源; not needed where the section is named after a feed
year = 2023                      # or 所属年度
"hid" = "户编号"                 # their header = our header; "" leaves their column out
[ "住户调查*.csv".constants ]    # or 固定值: a standard header that has one value for all rows
"户类型" = "一般农户"
[ "住户调查*.csv".units ]        # or 单位: 元, 万元, … or how many yuan one is
"家庭纯收入" = "万元"
[ "住户调查*.csv".values."性别" ]  # or 取值: their word = our word
"F" = "女"
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from shouwang.domain.tables import FEEDS
from shouwang.exchange.headers import MONEY_UNITS, header_key
from shouwang.exchange.layouts import Layout, layouts

MAPPING_FILE = "列名对应.toml"

_ALIASES = {
    "feed": "feed", "数据来源": "feed", "year": "year", "所属年度": "year", "month": "month",
    "所属月份": "month",
    "columns": "columns", "列名": "columns", "constants": "constants", "固定值": "constants",
    "units": "units",
    "单位": "units", "values": "values", "取值": "values",
}  # fmt: skip
_TABLES = {"columns", "constants", "units", "values"}
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_CLOSE_ENOUGH = 0.6


class MappingError(Exception):
    """Say in Chinese what is wrong in a mapping file and where."""

    def __init__(self, file: str, section: str, what: str) -> None:
        where = f"列名对应文件《{file}》" + (f"的 [{section}]" if section else "")
        super().__init__(f"{where}：{what}。")


@dataclass(frozen=True)
class Section:
    """What a mapping says of one feed, sheet or file; headers and words are kept as keys (`header_key`)."""

    name: str = ""
    feed: str | None = None
    year: int | None = None
    month: date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    fen_per_unit: Mapping[str, Decimal] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def covers(self, file: str, sheet: str) -> bool:
        """Say whether the section is meant for a sheet by its name or its file's."""
        names = (file, Path(file).stem, sheet, f"{file}/{sheet}")
        return any(fnmatchcase(name, self.name) for name in names if name)


@dataclass(frozen=True)
class HeaderMapping:
    """All sections of a mapping file, in their order."""

    sections: tuple[Section, ...] = ()

    def for_sheet(self, file: str, sheet: str) -> Section:
        """Return the first section that names the sheet or its file; an empty one if none does."""
        named = (section for section in self.sections if section.name not in FEEDS)
        return next((section for section in named if section.covers(file, sheet)), Section())

    def for_feed(self, feed: str) -> Section:
        """Return the section named after a feed; an empty one if there is none."""
        return next((section for section in self.sections if section.name == feed), Section())


def read_mapping(path: Path) -> HeaderMapping:
    """Read a mapping file. Raises MappingError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(path.name, "", "文件打不开，请核对路径") from error
    except UnicodeDecodeError as error:
        raise MappingError(path.name, "", "文件不是 UTF-8 编码，请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(path.name, "", f"不是合格的 TOML（{error}）") from error
    for name, body in raw.items():
        if not isinstance(body, dict):
            raise MappingError(path.name, "", f"“{name}”应写在一个 [数据来源、工作表或文件名] 之下")
    return HeaderMapping(tuple(section_of(path.name, name, body) for name, body in raw.items()))


def find_mapping(folders: Iterable[Path | None]) -> Path | None:
    """Return the first remembered mapping file that lies in the folders, None if there is none."""
    files = (folder / MAPPING_FILE for folder in folders if folder is not None)
    return next((file for file in files if file.is_file()), None)


def propose(headers: Sequence[str], feed: str) -> dict[str, str]:
    """Return, for headers the feed's layout does not know, the standard header each is nearest to."""
    layout = layouts()[feed]
    known = {name: column.header for column in layout.columns.values() for name in column.names}
    taken = {known[key] for header in headers if (key := header_key(header)) in known}
    found: dict[str, str] = {}
    for header in headers:
        key = header_key(header)
        near = [] if not key or key in known else get_close_matches(key, known, n=3, cutoff=_CLOSE_ENOUGH)
        standard = next((known[name] for name in near if known[name] not in taken), None)
        if standard:
            found[header] = standard
            taken.add(standard)
    return found


def proposal_text(feed: str, section_name: str, headers: Sequence[str]) -> str:
    """Return a mapping section with the proposals commented out, for a person to check and uncomment."""
    layout = layouts()[feed]
    near = propose(headers, feed)
    lines = [f"[{_quoted(section_name)}]", f'feed = "{feed}"  # {layout.label}']
    for header in headers:
        if header and layout.column_named(header) is None:
            lines.append(f"# {_quoted(header)} = {_quoted(near.get(header, ''))}")
    lines.append("# 可用的标准列名：" + "、".join(layout.columns))
    return "\n".join(lines) + "\n"


def write_proposal(path: Path, feed: str, section_name: str, headers: Sequence[str]) -> None:
    """Add the proposed section at the end of a mapping file, which is made if need be."""
    old = (
        path.read_text(encoding="utf-8")
        if path.exists()
        else "# 去掉行首的 # 并核对后保存，再次运行即生效。\n"
    )
    path.write_text(f"{old.rstrip()}\n\n{proposal_text(feed, section_name, headers)}", encoding="utf-8")


def section_of(file: str, name: str, body: Mapping[str, Any]) -> Section:
    """Read one section of a mapping, as a file or a form says it. Raises MappingError."""
    said: dict[str, Any] = {"columns": {}, "constants": {}, "units": {}, "values": {}}
    for key, value in body.items():
        alias = _ALIASES.get(key)
        is_column = isinstance(value, str) and alias not in {"feed", "month"}
        if alias is None and not is_column:
            raise MappingError(file, name, f'“{key}”不认识；列名应写作 "他们的列名" = "标准列名"')
        if alias in _TABLES and not isinstance(value, dict) and not is_column:
            raise MappingError(file, name, f"“{key}”应是一个小节")
        if is_column:
            said["columns"][key] = value
        elif alias in _TABLES:
            said[alias].update(value)
        else:
            said[str(alias)] = value
    feed = _feed(file, name, said.get("feed"))
    _check_headers(file, name, feed, said)
    return Section(
        name=name,
        feed=feed,
        year=_year(file, name, said.get("year")),
        month=_month(file, name, said.get("month")),
        columns={header_key(theirs): str(ours) for theirs, ours in said["columns"].items()},
        constants={header_key(header): str(value) for header, value in said["constants"].items()},
        fen_per_unit={header_key(header): _fen(file, name, unit) for header, unit in said["units"].items()},
        values={
            header_key(header): _words(file, name, header, words) for header, words in said["values"].items()
        },
    )


def _feed(file: str, name: str, said: object) -> str | None:
    if said is None:
        return name if name in FEEDS else None
    labels = {label: feed for feed, (label, _) in FEEDS.items()}
    feed = labels.get(str(said), str(said))
    if feed not in FEEDS:
        raise MappingError(file, name, f"数据来源“{said}”不认识，可用：{'、'.join(FEEDS)}")
    return feed


def _check_headers(file: str, name: str, feed: str | None, said: Mapping[str, Any]) -> None:
    """Refuse a standard header that no layout has: a slip there would silently lose the column."""
    known: list[Layout] = [layouts()[feed]] if feed else list(layouts().values())
    wanted = [str(ours) for ours in said["columns"].values() if ours]
    wanted += [header for part in ("constants", "units", "values") for header in said[part]]
    for header in wanted:
        if not any(layout.column_named(header) for layout in known):
            names = [column for layout in known for column in layout.columns]
            near = get_close_matches(header, names, n=1, cutoff=0.4)
            hint = f"，是否想写“{near[0]}”" if near else ""
            raise MappingError(file, name, f"标准列名“{header}”不存在{hint}")


def _year(file: str, name: str, said: object) -> int | None:
    if said is None or (isinstance(said, int) and not isinstance(said, bool) and 1900 <= said <= 2200):
        return said
    raise MappingError(file, name, "年度应写作 2023 这样的四位数字")


def _month(file: str, name: str, said: object) -> date | None:
    if said is None:
        return None
    found = _MONTH.fullmatch(str(said))
    if not found or not 1 <= int(found.group(2)) <= 12:
        raise MappingError(file, name, '月份应写作 "2023-05"')
    return date(int(found.group(1)), int(found.group(2)), 1)


def _fen(file: str, name: str, said: object) -> Decimal:
    if isinstance(said, str) and said in MONEY_UNITS:
        return Decimal(MONEY_UNITS[said])
    if isinstance(said, int | float) and not isinstance(said, bool) and said > 0:
        return Decimal(str(said)) * 100
    raise MappingError(file, name, f"单位应是 {'、'.join(MONEY_UNITS)} 之一，或一个正数（等于多少元）")


def _words(file: str, name: str, header: str, said: object) -> dict[str, str]:
    if not isinstance(said, dict):
        raise MappingError(file, name, f"“{header}”的取值应是一个小节")
    return {header_key(str(theirs)): str(ours) for theirs, ours in said.items()}


def _quoted(text: str) -> str:
    plain = "".join(letter for letter in text if letter.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
