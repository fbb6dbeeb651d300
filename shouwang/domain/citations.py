"""The documents that packs cite by a short mark, written out for readers: S3§15 → 《…》篇十五."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from shouwang.domain.policy import Pack, PackError

_MARK = re.compile(r"(?<![A-Za-z0-9])(S[0-9])(?:§([0-9]{1,2}))?(?![0-9A-Za-z])")
_DIGITS = "零一二三四五六七八九"


def read_titles(packs_folder: Path) -> dict[str, str]:
    """Return the title of each mark from `sources.toml`; none where the folder has no such file."""
    path = packs_folder / "sources.toml"
    if not path.is_file():
        return {}
    try:
        titles = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError('政策包文件夹的 sources.toml 无法读取,请检查每行是否为 代号 = "文件名"。') from error
    return {mark: str(title) for mark, title in titles.items()}


def cite(source: str, titles: Mapping[str, str]) -> str:
    """Write out every mark whose title is known; other text stands as it is."""

    def written(match: re.Match[str]) -> str:
        mark, part = match.groups()
        if mark not in titles:
            return match.group()
        return f"《{titles[mark]}》" + (f"篇{numeral(int(part))}" if part else "")

    return _MARK.sub(written, source)


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese numerals: 15 → 十五."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def with_titles(pack: Pack, titles: Mapping[str, str]) -> Pack:
    """Return the pack with every citation written out."""
    rules = {name: replace(rule, source=cite(rule.source, titles)) for name, rule in pack.rules.items()}
    parameters = {
        name: replace(
            parameter,
            values=tuple(
                replace(value, source=cite(value.source, titles), note=cite(value.note, titles))
                for value in parameter.values
            ),
        )
        for name, parameter in pack.parameters.items()
    }
    return replace(pack, source=cite(pack.source, titles), rules=rules, parameters=parameters)
