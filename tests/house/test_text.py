"""The house rules on documents, locks and declarations."""

import re
from typing import Any

import pytest
import typer

from tests.house import text_rules
from tests.house.source import markdown_files, read, text_files, tracked

LOCKS = ["requirements.lock", "requirements-runtime.lock", "requirements-spark.lock"]


def decisions() -> list[str]:
    return [path for path in tracked() if re.fullmatch(r"docs/adr/\d{4}-.*\.md", path)]


def commands_of(command: Any, name: str = "") -> dict[str, set[str]]:
    """Return each command under `command` with its long options."""
    if hasattr(command, "commands"):
        found: dict[str, set[str]] = {}
        for word, inner in command.commands.items():
            found |= commands_of(inner, f"{name} {word}".strip())
        return found
    options = {opt for param in command.params for opt in [*param.opts, *param.secondary_opts]}
    return {name: {opt for opt in options if opt.startswith("--")}}


def test_no_file_holds_an_address_a_machine_path_or_an_unfinished_mark() -> None:
    found = [finding for path in text_files() for finding in text_rules.forbidden_text(path, read(path))]

    assert not found, "\n" + "\n".join(found)


def test_every_decision_says_context_decision_and_consequences() -> None:
    found = [finding for path in decisions() for finding in text_rules.misshapen_decision(path, read(path))]

    assert decisions()
    assert not found, "\n" + "\n".join(found)


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.split("/")[-1][:4]) for path in decisions()]

    assert numbers == list(range(1, len(numbers) + 1)), (
        "give a new decision the next free number; never reuse one"
    )


def test_every_link_leads_somewhere() -> None:
    known = set(tracked())
    found = [
        finding for path in markdown_files() for finding in text_rules.broken_links(path, read(path), known)
    ]

    assert not found, "\n" + "\n".join(found)


def test_every_path_in_a_guide_exists() -> None:
    known = set(tracked())
    found = [
        finding for path in markdown_files() for finding in text_rules.missing_paths(path, read(path), known)
    ]

    assert not found, "\n" + "\n".join(found)


def test_the_glossary_decides_each_word_once() -> None:
    found = text_rules.repeated_words(read("GLOSSARY.md"))

    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("path", LOCKS)
def test_a_lock_is_pinned_hashed_and_without_addresses(path: str) -> None:
    found = text_rules.unhashed_requirements(path, read(path))

    assert text_rules.pinned(read(path))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        ("requirements.lock", {"", "dev", "bench", "build"}),
        ("requirements-runtime.lock", {"", "build"}),
        ("requirements-spark.lock", {"", "build", "spark"}),
    ],
)
def test_a_lock_holds_what_is_declared(path: str, groups: set[str]) -> None:
    found = text_rules.unlocked(read("pyproject.toml"), read(path), groups)

    assert not found, "\n".join(found)


def test_the_runtime_lock_is_part_of_the_whole_lock() -> None:
    extra = text_rules.pinned(read("requirements-runtime.lock")) - text_rules.pinned(
        read("requirements.lock")
    )

    assert not extra, f"the locks disagree on {sorted(extra)}: run `make lock`"


def test_every_dependency_has_its_reason() -> None:
    found = text_rules.unexplained_dependencies(read("pyproject.toml"))

    assert not found, "\n".join(found)


def test_every_make_command_in_a_guide_exists() -> None:
    targets = text_rules.make_targets(read("Makefile"))
    found = [
        finding
        for path in markdown_files()
        for finding in text_rules.unknown_make_commands(path, read(path), targets)
    ]

    assert not found, "\n" + "\n".join(found)


def test_every_shouwang_command_in_a_guide_exists() -> None:
    from shouwang.cli.app import app

    commands = commands_of(typer.main.get_command(app))
    found = [
        finding
        for path in markdown_files()
        for finding in text_rules.unknown_commands(path, read(path), commands)
    ]

    assert not found, "\n" + "\n".join(found)


def test_the_newest_changelog_heading_is_the_version() -> None:
    assert re.search(r"(?m)^## \d+\.\d+\.\d+", read("CHANGELOG.md")), "begin the newest entry with `## 1.2.3`"
