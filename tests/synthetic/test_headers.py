"""The headers against the field's own description of its files, where that lies beside this checkout."""

import re
from pathlib import Path

import pytest

from shouwang.synthetic.layout import HOUSEHOLD_HEADER, LEDGER_HEADER, MEMBER_HEADER

FORMATS = Path(__file__).resolve().parents[3] / "shared" / "design" / "data-formats.md"
beside = pytest.mark.skipif(not FORMATS.exists(), reason="reference data are not beside this checkout")


def section(title: str) -> str:
    """Return the first paragraph under a heading that begins with `title`."""
    text = FORMATS.read_text(encoding="utf-8")
    return re.split(rf"## {title}[^\n]*\n", text)[1].split("\n\n")[0]


@beside
def test_members_have_every_column_described_in_order() -> None:
    assert section("Registry export, members").split() == list(MEMBER_HEADER)


@beside
def test_households_have_every_column_described_in_order() -> None:
    text = section("Registry export, households").split("\n- ")[0]
    text = text.replace(
        "风险1 … 致贫/返贫风险5", " ".join(["风险1", *(f"致贫/返贫风险{each}" for each in range(2, 6))])
    )
    assert re.sub(r"\((?!职工)[^)]*\)", "", text).split() == list(HOUSEHOLD_HEADER)


def test_no_header_is_written_twice() -> None:
    for header in (MEMBER_HEADER, HOUSEHOLD_HEADER, LEDGER_HEADER):
        assert len(set(header)) == len(header)
