"""The generated pages of docs/reference say what the code and the packs say."""

from pathlib import Path

import pytest

from tools import write_reference


def test_the_generated_pages_are_current() -> None:
    stale = write_reference.stale_pages(is_writing=False)

    assert not stale, f"{stale} are not current: run `make reference` and commit them"


def test_a_stale_page_is_told_and_then_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_reference, "REFERENCE", tmp_path)
    (tmp_path / "packs.md").write_text("old", encoding="utf-8")

    assert sorted(write_reference.stale_pages(is_writing=True)) == [
        "api.md",
        "files.md",
        "indicators.md",
        "packs.md",
        "quality.md",
    ]
    assert write_reference.stale_pages(is_writing=False) == []
