"""The documents that packs cite by a short mark, written out for readers: S3§15 → 十六篇之十五."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shouwang.domain.policy import Pack, PackError

_MARK = re.compile(r"(?<![A-Za-z0-9])(S[0-9])(?:§([0-9]{1,2}))?(?![0-9A-Za-z])")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Document:
    """A document cited by a mark: `short` stands beside a clause, `title` in docs/reference/packs.md."""

    short: str
    title: str


def read_documents(packs_folder: Path) -> dict[str, Document]:
    """Return the document of each mark from `sources.toml`; none where the folder has no such file.

    Raises PackError where the file cannot be read or a document lacks its short name or title.
    """
    path = packs_folder / "sources.toml"
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return {mark: Document(document["short"], document["title"]) for mark, document in found.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise PackError("政策包文件夹的 sources.toml 无法读取,每个代号下应有 short 和 title。") from error


def cite(source: str, documents: Mapping[str, Document]) -> str:
    """Write out every mark whose document is known; other text stands as it is."""

    def written(match: re.Match[str]) -> str:
        mark, part = match.groups()
        if mark not in documents:
            return match.group()
        return documents[mark].short + (f"之{numeral(int(part))}" if part else "")

    return _MARK.sub(written, source)


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese numerals: 15 → 十五."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def with_citations(pack: Pack, documents: Mapping[str, Document]) -> Pack:
    """Return the pack with every citation written out."""
    rules = {name: replace(rule, source=cite(rule.source, documents)) for name, rule in pack.rules.items()}
    parameters = {
        name: replace(
            parameter,
            values=tuple(
                replace(value, source=cite(value.source, documents), note=cite(value.note, documents))
                for value in parameter.values
            ),
        )
        for name, parameter in pack.parameters.items()
    }
    measures = {
        name: replace(each, source=cite(each.source, documents)) for name, each in pack.measures.items()
    }
    calendar = {
        name: replace(each, source=cite(each.source, documents)) for name, each in pack.calendar.items()
    }
    source = cite(pack.source, documents)
    return replace(
        pack, source=source, rules=rules, parameters=parameters, measures=measures, calendar=calendar
    )
