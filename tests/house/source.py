"""The files of this repository as the house tests see them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT_SUFFIXES = {
    ".cfg",
    ".csv",
    ".ini",
    ".json",
    ".lock",
    ".md",
    ".py",
    ".sh",
    ".sql",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}


@cache
def tracked() -> tuple[str, ...]:
    """Return every file that is, or is about to be, in the repository (ignored files are left out)."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    names = sorted(set(done.stdout.decode("utf-8").split("\0")) - {""})
    return tuple(name for name in names if (ROOT / name).is_file())


def read(path: str) -> str:
    """Return the text of a file named from the repository's root."""
    return (ROOT / path).read_text(encoding="utf-8")


def python_files() -> list[str]:
    """Return the Python files of the package and of its tests."""
    return [path for path in tracked() if path.endswith(".py")]


def text_files() -> list[str]:
    """Return the files a person may read; images and packed data are left out."""
    return [path for path in tracked() if Path(path).suffix in TEXT_SUFFIXES]


def markdown_files() -> list[str]:
    """Return the documentation."""
    return [path for path in tracked() if path.endswith(".md")]


def room(path: str) -> str:
    """Return the room of a module of the package ("" for a file outside the package or beside the rooms)."""
    parts = path.split("/")
    return parts[1].removesuffix(".py") if parts[0] == "shouwang" and len(parts) > 2 else ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method, inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public_definitions(
    tree: ast.Module,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the functions and classes a module offers to others."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if not node.name.startswith("_"):
                yield node
