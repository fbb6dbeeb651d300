"""Fixtures: the program's own folder is a fresh one, and one county is made and screened once."""

from pathlib import Path
from typing import NamedTuple

import pytest

from shouwang.engine.run import Run, read_run
from tests.cli.world import COUNTY, ON, Outcome, shouwang, write_pack


class Screening(NamedTuple):
    """A county of 300 households screened by the small pack, with --json."""

    county: Path
    packs: Path
    out: Path
    outcome: Outcome
    run: Run


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep keys, logs and the last run away from the checkout."""
    monkeypatch.setenv("SHOUWANG_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("SHOUWANG_BLIND_KEY_FILE", raising=False)
    return tmp_path / "var"


@pytest.fixture(scope="session")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Screening:
    """Make and screen the county once for all tests, which only read it."""
    folder = tmp_path_factory.mktemp("screening")
    packs = write_pack(folder)
    out = folder / "预警.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUWANG_VAR", str(folder / "var"))
        made = shouwang(
            "synthesise", "--out", folder / "county", "--households", 300, "--seed", 3, "--on", ON
        )
        assert made.code == 0, made.stderr
        outcome = shouwang(
            "screen",
            "--registry",
            folder / "county" / "registry",
            "--deliveries",
            folder / "county" / "deliveries",
            "--division",
            COUNTY,
            "--on",
            ON,
            "--out",
            out,
            "--packs",
            packs,
            "--json",
            "--errors",
            folder / "错误.xlsx",
        )
    assert outcome.code == 0, outcome.stderr
    return Screening(folder / "county", packs, out, outcome, read_run(folder / "预警.run"))
