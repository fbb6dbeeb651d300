"""What a pack quotes from a seed document stands there word for word."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from shouwang.domain.pack_files import default_packs_folder, load_pack

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEED = re.compile(r"\(S[0-4](?:§\d+)?\)")
QUOTE = re.compile("“([^”]*)”")

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="reference data are not beside this checkout")


@cache
def seeds() -> str:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((SHARED / "seeds").iterdir()))
    return plain(text)


def plain(text: str) -> str:
    """Drop blanks and inner quotation marks, which the packs write singly inside their own."""
    return re.sub(r"[\s“”‘’\"'_^]", "", plain_marks(text))


def plain_marks(text: str) -> str:
    """Bring full-width punctuation and ASCII to one form."""
    return unicodedata.normalize("NFKC", text)


def quotations() -> Iterator[tuple[str, str]]:
    for folder in sorted(path.parent for path in default_packs_folder().glob("*/pack.toml")):
        pack = load_pack(folder)
        sources = [(rule.name, rule.source) for rule in pack.rules.values()]
        sources += [(p.name, value.source) for p in pack.parameters.values() for value in p.values]
        sources += [(each.name, each.source) for each in pack.calendar.values()]
        for name, source in sources:
            for clause in re.split(";", plain_marks(source)):
                if SEED.search(clause):
                    yield from ((f"{pack.id}:{name}", quote) for quote in QUOTE.findall(clause))


def test_every_quotation_from_a_seed_stands_in_it() -> None:
    wrong = [
        f"{name}: {quote}"
        for name, quote in quotations()
        if not all(plain(part) in seeds() for part in quote.split("......"))
    ]
    assert wrong == []


def test_there_are_quotations_to_check() -> None:
    assert len(list(quotations())) > 100
