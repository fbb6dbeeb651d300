"""National code tables (GB/T 2261, 3304, 4658, 4761, GA 324.1): code to label and back."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class CodeTableError(LookupError):
    """There is no code table of that name."""


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One standard's codes; `one_digit` is the short form that some standards also define."""

    name: str
    standard: str
    codes: Mapping[str, str]
    one_digit: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def label(self, code: str | int) -> str | None:
        """Return the label of a code; None if the table has no such code.

        A single digit is looked up in the short form where the standard defines one, otherwise as 01 to 09
        where the codes have two digits.
        """
        text = unicodedata.normalize("NFKC", str(code)).strip()
        if len(text) == 1 and self.one_digit:
            return self.one_digit.get(text)
        return self.codes.get(text) or self.codes.get(text.zfill(2))

    def code(self, label: str) -> str | None:
        """Return the code of a label; None if the table has no such label.

        汉 means 汉族, 男 means 男性; of two codes with one label the lower is returned.
        """
        text = "".join(unicodedata.normalize("NFKC", label).split())
        by_label = _codes_by_label(self.name)
        return next((by_label[form] for form in (text, f"{text}族", f"{text}性") if form in by_label), None)


def table_names() -> tuple[str, ...]:
    """Return the names that `table` takes."""
    return tuple(_documents())


@cache
def table(name: str) -> CodeTable:
    """Return a code table, e.g. `sex`, `marriage`, `ethnic_group`, `education`, `relation_to_head`.

    Raises CodeTableError.
    """
    document = _documents().get(name)
    if document is None:
        raise CodeTableError(f"没有名为“{name}”的代码表，现有：{'、'.join(table_names())}")
    return CodeTable(
        name=name,
        standard=document["standard"],
        codes=MappingProxyType(document["codes"]),
        one_digit=MappingProxyType(document.get("one_digit", {})),
        note=document.get("note", ""),
    )


@cache
def _codes_by_label(name: str) -> dict[str, str]:
    codes = sorted(table(name).codes.items(), reverse=True)
    return {unicodedata.normalize("NFKC", label): code for code, label in codes}


@cache
def _documents() -> dict[str, dict[str, Any]]:
    text = files("shouwang.domain").joinpath("data", "codes.json").read_text(encoding="utf-8")
    documents: dict[str, dict[str, Any]] = json.loads(text)
    return documents
