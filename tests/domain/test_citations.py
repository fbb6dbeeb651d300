"""Short marks of documents are written out for readers."""

from pathlib import Path

import pytest

from shouwang.domain.citations import Document, cite, numeral, read_documents
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackError

DOCUMENTS = {"S2": Document("县通知", "某县通知"), "S3": Document("十六篇", "某汇编")}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("S3§15 一(二)8“超过18684元”", "十六篇之十五 一(二)8“超过18684元”"),
        ("S2 二(三);S3§4(一)2", "县通知 二(三);十六篇之四(一)2"),
        ("S9 一", "S9 一"),
        ("规则ES2、S25、S2x", "规则ES2、S25、S2x"),
    ],
)
def test_known_marks_are_written_out_and_other_text_stands(source: str, written: str) -> None:
    assert cite(source, DOCUMENTS) == written


def test_numerals() -> None:
    assert [numeral(n) for n in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]


def test_no_reader_of_the_shipped_packs_meets_a_mark() -> None:
    library = load_library(default_packs_folder())
    documents = {f"S{n}": Document("", "") for n in range(5)}

    for pack in library.packs.values():
        texts = [pack.source, *(rule.source for rule in pack.rules.values())]
        texts += [v.source + v.note for p in pack.parameters.values() for v in p.values]
        assert all(cite(text, documents) == text for text in texts), pack.id


@pytest.mark.parametrize("text", ["S0 = ", "S0 = 1", '[S0]\nshort = "x"'])
def test_a_broken_list_of_documents_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")

    with pytest.raises(PackError, match="sources"):
        read_documents(tmp_path)


def test_a_folder_without_titles_has_none(tmp_path: Path) -> None:
    assert read_documents(tmp_path) == {}
