"""Read one TOML file of a pack, and refuse in Chinese what is wrong, saying where."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from shouwang.domain.policy import PackError

TYPE_NAMES = {
    str: "文字",
    int: "整数",
    bool: "true 或 false",
    date: "日期（如 2022-01-01）",
    list: "列表",
    dict: "表",
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LINE = re.compile(r"line (\d+)")
T = TypeVar("T")


@dataclass(frozen=True)
class TomlTable:
    """One TOML table with the place it was read from, so that every refusal can say where."""

    pack: str
    file: str
    key: str
    data: Mapping[str, Any]

    def error(self, key: str, what: str) -> PackError:
        """Build the refusal of `key`; `what` says what is wrong and how to repair it."""
        where = ".".join(part for part in (self.key, key) if part)
        return PackError(f"政策包“{self.pack}”的 {self.file} 中“{where}”：{what}")

    def only(self, *allowed: str) -> None:
        """Refuse every other key, which is most often a misspelt one."""
        for key in self.data:
            if key not in allowed:
                raise self.error(key, f"不认识这个键，是否写错？可用的键：{'、'.join(allowed)}。")

    def maybe(self, key: str, kind: type[T]) -> T | None:
        """Return the value at `key` if it is of `kind`, None where the key is absent."""
        value = self.data.get(key)
        if value is None:
            return None
        is_right = isinstance(value, kind) and not isinstance(value, datetime)
        if not is_right or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"应为{TYPE_NAMES[kind]}，现为“{value}”，请改正。")
        return value

    def text(self, key: str) -> str:
        """Return the text at `key`; a missing or blank one is refused."""
        value = (self.maybe(key, str) or "").strip()
        if not value:
            raise self.error(key, "没有填写，请补上。")
        return value

    def day(self, key: str) -> date:
        """Return the date at `key`; a missing one is refused."""
        value = self.maybe(key, date)
        if value is None:
            raise self.error(key, "没有填写日期，请补上（如 2022-01-01）。")
        return value

    def choice(self, key: str, known: Mapping[str, Any] | tuple[str, ...]) -> str | None:
        """Return the text at `key` if it is one of `known`, None where the key is absent."""
        value = self.maybe(key, str)
        if value is not None and value not in known:
            raise self.error(key, f"不认识“{value}”。可用：{'、'.join(known)}。")
        return value

    def part(self, key: str) -> "TomlTable":
        """Return the table under `key`, empty where absent."""
        where = ".".join(part for part in (self.key, key) if part)
        return TomlTable(self.pack, self.file, where, self.maybe(key, dict) or {})

    def rows(self, key: str) -> list["TomlTable"]:
        """Return the tables of the list at `key`, numbered from 1, none where absent."""
        rows = self.maybe(key, list) or []
        if not all(isinstance(row, dict) for row in rows):
            raise self.error(key, "列表里每一项都应是 { … } 写的表，请改正。")
        where = ".".join(part for part in (self.key, key) if part)
        return [
            TomlTable(self.pack, self.file, f"{where} 第{number}个", row)
            for number, row in enumerate(rows, start=1)
        ]

    def named(self, build: Callable[[str, "TomlTable"], T]) -> dict[str, T]:
        """Build one thing from each sub-table, whose key is its name."""
        built = {}
        for name in self.data:
            if not _NAME.fullmatch(name):
                raise self.error(name, "名称只能用小写字母、数字和下划线，请改名。")
            built[name] = build(name, self.part(name))
        return built


def read_toml(folder: Path, file: str) -> TomlTable:
    """Read `file` of a pack's folder, empty where there is none; decimal numbers stay exact."""
    path = folder / file
    where = f"政策包“{folder.name}”的 {file}"
    if not path.is_file():
        return TomlTable(folder.name, file, "", {})
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise PackError(f"{where} 第{line}行不是 UTF-8 编码，请用 UTF-8 另存后再试。") from error
    except (tomllib.TOMLDecodeError, InvalidOperation) as error:
        found = _LINE.search(str(error))
        line_text = f"第{found[1]}行" if found else ""
        if "overwrite" in str(error) or "twice" in str(error):
            raise PackError(f"{where} {line_text}：同一个键写了两次，请删去一个。") from error
        raise PackError(f"{where} {line_text}：不合 TOML 写法（{error}），请改正。") from error
    return TomlTable(folder.name, file, "", data)
