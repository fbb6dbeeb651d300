"""Short marks of documents are written out for readers."""

from pathlib import Path

import pytest

from shouwang.domain.citations import cite, numeral, read_titles
from shouwang.domain.pack_files import default_packs_folder, load_library
from shouwang.domain.policy import PackError

TITLES = {"S2": "县通知", "S3": "十六篇"}


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("S3§15 一(二)8“超过18684元”", "《十六篇》篇十五 一(二)8“超过18684元”"),
        ("S2 二(三);S3§4(一)2", "《县通知》 二(三);《十六篇》篇四(一)2"),
        ("S9 一", "S9 一"),
        ("规则ES2、S25、S2x", "规则ES2、S25、S2x"),
    ],
)
def test_known_marks_are_written_out_and_other_text_stands(source: str, written: str) -> None:
    assert cite(source, TITLES) == written


def test_numerals() -> None:
    assert [numeral(n) for n in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]


def test_no_reader_of_the_shipped_packs_meets_a_mark() -> None:
    library = load_library(default_packs_folder())

    for pack in library.packs.values():
        texts = [pack.source, *(rule.source for rule in pack.rules.values())]
        texts += [v.source + v.note for p in pack.parameters.values() for v in p.values]
        assert all(
            cite(text, {"S0": "", "S1": "", "S2": "", "S3": "", "S4": ""}) == text for text in texts
        ), pack.id


def test_a_broken_list_of_titles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("S0 = ", encoding="utf-8")

    with pytest.raises(PackError, match="sources"):
        read_titles(tmp_path)


def test_a_folder_without_titles_has_none(tmp_path: Path) -> None:
    assert read_titles(tmp_path) == {}
