"""The import contracts refuse a planted fault; `lint-imports` holds them on the package itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

ROOMS = ["web", "api", "cli", "actions", "reports", "engine", "exchange", "synthetic", "records", "domain"]
FRONT = ["settings", "urls", "wsgi"]
SCRIPT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def contracts_on(folder: Path, planted: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Check a package with every room empty but for what is planted in it."""
    files = {f"{room}/__init__.py": "" for room in ROOMS} | {f"{name}.py": "" for name in FRONT}
    files |= {"__init__.py": ""} | planted
    for name, text in files.items():
        path = folder / "shouwang" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )


def test_rooms_that_look_down_are_sound(tmp_path: Path) -> None:
    done = contracts_on(
        tmp_path,
        {
            "cli/app.py": "import typer\nfrom shouwang.actions import screening\n",
            "actions/screening.py": "from shouwang.engine import run\n",
            "engine/run.py": "import duckdb\nfrom shouwang.domain import policy\n",
            "domain/policy.py": "import tomllib\n",
        },
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ({"domain/policy.py": "import duckdb\n"}, "shouwang.domain.policy -> duckdb"),
        (
            {"domain/policy.py": "from shouwang.engine import run\n", "engine/run.py": ""},
            "shouwang.domain.policy",
        ),
        (
            {"engine/run.py": "from shouwang.exchange import cells\n", "exchange/cells.py": ""},
            "shouwang.engine.run",
        ),
        ({"actions/a.py": "from shouwang.reports import b\n", "reports/b.py": ""}, "shouwang.actions.a"),
        ({"exchange/cells.py": "import rich\n"}, "shouwang.exchange.cells -> rich"),
        ({"lake/__init__.py": ""}, "shouwang.lake"),
        (
            {
                "engine/a.py": "from shouwang.engine import b\n",
                "engine/b.py": "from shouwang.engine import a\n",
            },
            "shouwang.engine",
        ),
    ],
    ids=["foreign", "upwards", "neighbour", "neighbour-above", "terminal", "unplaced", "circle"],
)
def test_a_wrong_import_is_refused_by_name(tmp_path: Path, planted: dict[str, str], named: str) -> None:
    done = contracts_on(tmp_path, planted)

    assert done.returncode == 1, done.stdout + done.stderr
    assert named in done.stdout
