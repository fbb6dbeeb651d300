"""Making a synthetic county on disk: whole, repeatable, or not at all."""

from datetime import date
from pathlib import Path

import pytest

from shouwang.actions import synthesis
from shouwang.actions.synthesis import synthesise
from shouwang.synthetic.writing import WrittenCounty


def make(out: Path) -> WrittenCounty:
    return synthesise(out=out, households=20, county="530521", seed=1, on=date(2025, 7, 1))


def test_the_same_arguments_give_the_same_bytes_and_replace_the_earlier_county(tmp_path: Path) -> None:
    first = make(tmp_path / "county")
    before = {path.relative_to(first.folder): path.read_bytes() for path in first.files}
    second = make(tmp_path / "county")

    assert {path.relative_to(second.folder): path.read_bytes() for path in second.files} == before
    assert second.registry.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


def test_a_failure_keeps_the_earlier_county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make(tmp_path / "county")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(synthesis, "write_county", fail)
    with pytest.raises(OSError, match="no space"):
        make(tmp_path / "county")
    assert all(path.is_file() for path in first.files)
    assert [path.name for path in tmp_path.iterdir()] == ["county"]
