"""The house rules on the package's own code."""

import re
from collections.abc import Callable

import pytest

from tests.house import code_rules, text_rules
from tests.house.source import python_files, read, tracked

Rule = Callable[[str, str], list[str]]


def everywhere(rule: Rule) -> list[str]:
    return [finding for path in python_files() for finding in rule(path, read(path))]


@pytest.mark.parametrize(
    "rule",
    [
        code_rules.long_modules,
        code_rules.long_functions,
        code_rules.positional_actions,
        code_rules.clock_calls,
        code_rules.nameless_rooms,
        code_rules.missing_docstrings,
        code_rules.impure_domain,
    ],
)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    found = everywhere(rule)

    assert not found, "\n" + "\n".join(found)


def test_a_longer_function_is_excused_only_while_it_exists() -> None:
    found = code_rules.stale_excuses(code_rules.LONGER_FOR_A_REASON, set(tracked()))

    assert not found, "\n" + "\n".join(found)


def test_every_import_is_a_declared_dependency() -> None:
    groups = text_rules.declared(read("pyproject.toml"))
    names = {code_rules.IMPORTED_AS.get(name, name) for name in groups[""] + groups["spark"]}
    found = everywhere(lambda path, text: code_rules.undeclared_imports(path, text, names))

    assert not found, "\n" + "\n".join(found)


def test_every_dependency_is_imported() -> None:
    names = {
        code_rules.IMPORTED_AS.get(name, name) for name in text_rules.declared(read("pyproject.toml"))[""]
    }
    used = {
        name
        for path in python_files()
        if path.startswith("shouwang/")
        for name in code_rules.top_imports(read(path))
    }
    # Django imports what its settings name.
    used |= {name.split(".")[0] for name in re.findall(r'"([\w.]+)"', read("shouwang/settings.py"))}

    assert not names - used, (
        f"nothing imports {sorted(names - used)}: remove it from pyproject.toml, then `make lock`"
    )
