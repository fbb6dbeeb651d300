"""Each house rule catches a planted fault, says how to repair it, and lets sound text pass."""

from collections.abc import Callable

import pytest

from tests.house import code_rules, text_rules

LONG = "def screen() -> None:\n" + "    pass\n" * code_rules.FUNCTION_LINES
HASHED = "duckdb==2.0.0 \\\n    --hash=sha256:00ff\n"
REASONED = 'dependencies = [\n    # engine: it screens\n    "duckdb>=2",\n]\n[project.scripts]\n'
DECISION = "# 0001 Rules as data\n\n## Context\nc\n\n## Decision\nd\n\n## Consequences\ne\n"

CODE_FAULTS: list[tuple[Callable[[str, str], list[str]], str, str, str]] = [
    (code_rules.long_modules, "shouwang/engine/a.py", "pass\n" * 301, "split it"),
    (code_rules.long_functions, "shouwang/engine/a.py", LONG, "name its steps"),
    (code_rules.positional_actions, "shouwang/actions/a.py", "def screen(day, *, by): ...", "begin its list"),
    (code_rules.positional_actions, "shouwang/actions/a.py", "def screen(*days): ...", "begin its list"),
    (code_rules.clock_calls, "shouwang/domain/a.py", "import datetime as d\nd.date.today()", "take the date"),
    (
        code_rules.clock_calls,
        "shouwang/engine/a.py",
        "from datetime import datetime\ndatetime.now()",
        "take the date",
    ),
    (code_rules.clock_calls, "shouwang/reports/a.py", "from time import time as t\nt()", "take the date"),
    (
        code_rules.clock_calls,
        "shouwang/actions/a.py",
        "import time\nclock = time.perf_counter",
        "take the date",
    ),
    (code_rules.clock_calls, "shouwang/engine/a.py", 'q = "select current_date"', "as a parameter"),
    (code_rules.nameless_rooms, "shouwang/utils/dates.py", "", "name it after"),
    (code_rules.nameless_rooms, "shouwang/engine/helpers.py", "", "name it after"),
    (code_rules.missing_docstrings, "shouwang/exchange/a.py", "def read(): ...", "one imperative line"),
    (code_rules.missing_docstrings, "shouwang/domain/a.py", "class Pack: ...", "one imperative line"),
    (code_rules.impure_domain, "shouwang/domain/a.py", "def f():\n    import duckdb", "standard library"),
    (code_rules.impure_domain, "shouwang/domain/a.py", "from rich.table import Table", "standard library"),
]
SOUND_CODE: list[tuple[Callable[[str, str], list[str]], str, str]] = [
    (code_rules.long_modules, "shouwang/engine/a.py", "pass\n" * 300),
    (code_rules.long_functions, "shouwang/engine/a.py", LONG.removesuffix("    pass\n")),
    (code_rules.positional_actions, "shouwang/actions/a.py", "def screen(*, day): ...\ndef _step(day): ..."),
    (code_rules.positional_actions, "shouwang/engine/a.py", "def screen(day): ..."),
    (code_rules.clock_calls, "shouwang/cli/a.py", "import time\ntime.time()"),
    (
        code_rules.clock_calls,
        "shouwang/engine/a.py",
        "from datetime import date\ndate.fromisoformat('2022-06-30')",
    ),
    (code_rules.clock_calls, "shouwang/engine/a.py", "from shouwang.domain import today\ntoday.now()"),
    (code_rules.nameless_rooms, "tests/utils/a.py", ""),
    (
        code_rules.missing_docstrings,
        "shouwang/exchange/a.py",
        'def read():\n    """Read."""\ndef _inner(): ...',
    ),
    (code_rules.impure_domain, "shouwang/domain/a.py", "import tomllib\nfrom shouwang.domain import policy"),
    (code_rules.impure_domain, "shouwang/engine/a.py", "import duckdb"),
]


@pytest.mark.parametrize(("rule", "path", "text", "repair"), CODE_FAULTS)
def test_a_code_rule_catches_its_fault(
    rule: Callable[[str, str], list[str]], path: str, text: str, repair: str
) -> None:
    found = rule(path, text)

    assert len(found) == 1
    assert path in found[0]
    assert repair in found[0]


@pytest.mark.parametrize(("rule", "path", "text"), SOUND_CODE)
def test_a_code_rule_lets_sound_code_pass(
    rule: Callable[[str, str], list[str]], path: str, text: str
) -> None:
    assert rule(path, text) == []


def test_a_stale_or_unexplained_excuse_is_caught() -> None:
    excuses = {"a.py::f": "a table of steps", "gone.py::f": "a table of steps", "a.py::g": ""}

    assert code_rules.stale_excuses(excuses, {"a.py"}) == [
        "gone.py::f: remove it from LONGER_FOR_A_REASON, or give the reason",
        "a.py::g: remove it from LONGER_FOR_A_REASON, or give the reason",
    ]


def test_an_undeclared_import_is_caught() -> None:
    text = "import duckdb\nimport pandas\nfrom shouwang.domain import policy\nimport json"

    assert [
        "pandas" in finding for finding in code_rules.undeclared_imports("shouwang/a.py", text, {"duckdb"})
    ] == [True]
    assert code_rules.undeclared_imports("tests/a.py", text, set()) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("see pypi" ".org", "registry"),
        ("pip install --ind" "ex-url x", "registry"),
        ("https://mirror.invalid/sim" "ple/", "registry"),
        ('open("/wo' 'rk/main/a.csv")', "machine"),
        ("cd /ho" "me/li", "machine"),
        ("C:\\Us" "ers\\li", "machine"),
        ("# TO" "DO: later", "unfinished"),
        ("raise Later  # FIX" "ME", "unfinished"),
    ],
)  # fmt: skip
def test_forbidden_text_is_caught(text: str, what: str) -> None:
    found = text_rules.forbidden_text("a.md", f"first line\n{text}\n")

    assert len(found) == 1
    assert found[0].startswith("a.md:2: ")
    assert what in found[0]


def test_ordinary_text_is_not_forbidden() -> None:
    assert (
        text_rules.forbidden_text("a.md", "docs/work/ 收入/家庭 --no-index ~/work/ https://www.gov.cn/a")
        == []
    )


def test_a_misshapen_decision_is_caught() -> None:
    path = "docs/adr/0001-a.md"

    assert text_rules.misshapen_decision(path, DECISION) == []
    assert (
        "Consequences" in text_rules.misshapen_decision(path, DECISION.replace("## Consequences", "## So"))[0]
    )
    assert "begin with" in text_rules.misshapen_decision(path, "\n" + DECISION)[0]
    assert "more than" in text_rules.misshapen_decision(path, DECISION + "line\n" * 60)[0]


def test_a_broken_link_is_caught() -> None:
    known = {"docs/adr/0001-a.md", "README.md", "packs/cn-2021/pack.toml"}

    assert (
        text_rules.broken_links("docs/a.md", "[x](adr/0001-a.md) [y](../README.md#top) [z](../packs)", known)
        == []
    )
    assert text_rules.broken_links("docs/a.md", "[x](https://a.invalid) [y](#here)", known) == []
    assert len(text_rules.broken_links("docs/a.md", "[x](adr/0002-b.md)", known)) == 1
    assert len(text_rules.broken_links("docs/a.md", "[x](../../README.md)", known)) == 1


def test_a_path_that_is_not_there_is_caught() -> None:
    known = {"shouwang/domain/identity.py"}

    assert (
        text_rules.missing_paths(
            "a.md", "`shouwang/domain/identity.py` `shouwang/domain/` `shouwang run`", known
        )
        == []
    )
    assert len(text_rules.missing_paths("a.md", "`shouwang/domain/privacy.py` and `tests/web/`", known)) == 2


def test_a_word_decided_twice_is_caught() -> None:
    head = (
        "| 中文术语 | identifier | meaning | clause |\n|---|---|---|---|\n"
        "| 农户 | `household` | a family | R1 |\n"
    )

    assert text_rules.repeated_words(head) == []
    assert "农户" in text_rules.repeated_words(head + "| 农户 | `family` | a family | R1 |\n")[0]
    assert "household" in text_rules.repeated_words(head + "| 家庭 | `household` | a family | R1 |\n")[0]
    assert "four cells" in text_rules.repeated_words(head + "| 家庭 | `family` | a family |\n")[0]


@pytest.mark.parametrize(
    ("lock", "what"),
    [
        ("duckdb==2.0.0\n", "no hash"),
        (HASHED + "duckdb>=2 \\\n    --hash=sha256:00ff\n", "not `name==version`"),
        ("pandas @ file" ":///a.whl\n", "not `name==version`"),
        (HASHED + "# from https" "://mirror.invalid\n", "address"),
    ],
)  # fmt: skip
def test_a_loose_lock_is_caught(lock: str, what: str) -> None:
    assert what in text_rules.unhashed_requirements("a.lock", lock)[0]
    assert text_rules.unhashed_requirements("a.lock", HASHED) == []


def test_a_lock_behind_its_declarations_is_caught() -> None:
    pyproject = '[project]\ndependencies = ["DuckDB>=2", "rich>=15"]\n'

    assert text_rules.unlocked(pyproject, HASHED, {""}) == [
        "rich is declared but not locked: run `make lock`"
    ]


def test_a_dependency_without_a_reason_is_caught() -> None:
    assert text_rules.unexplained_dependencies(REASONED) == []
    assert len(text_rules.unexplained_dependencies(REASONED.replace("# engine: it screens", "# duckdb"))) == 1
    assert len(text_rules.unexplained_dependencies(REASONED.replace('2",', '2",\n    "rich>=15",'))) == 1


def test_a_make_command_that_is_not_there_is_caught() -> None:
    targets = text_rules.make_targets("demo: x\n\ttrue\n.PHONY: demo\n")

    assert targets == {"demo"}
    assert (
        text_rules.unknown_make_commands(
            "a.md", "run `make demo`\n    make demo\nmake sure of it all", targets
        )
        != []
    )
    assert (
        text_rules.unknown_make_commands("a.md", "run `make demo`, which may make sure of it", targets) == []
    )
    assert len(text_rules.unknown_make_commands("a.md", "run `make deploy`", targets)) == 1


def test_a_shouwang_command_or_option_that_is_not_there_is_caught() -> None:
    commands = {"screen": {"--out"}, "policy show": {"--on"}}
    sound = (
        "`shouwang screen --out a.xlsx`\n    shouwang policy show --on 2022-06-30  # --later\na shouwang run"
    )

    assert text_rules.unknown_commands("a.md", sound, commands) == []
    assert "is not a command" in text_rules.unknown_commands("a.md", "`shouwang scan`", commands)[0]
    assert (
        "is not a command" in text_rules.unknown_commands("a.md", "    .venv/bin/shouwang scan", commands)[0]
    )
    assert "--to" in text_rules.unknown_commands("a.md", "`shouwang screen --to a.xlsx`", commands)[0]
    assert (
        "--to"
        in text_rules.unknown_commands("a.md", "    shouwang screen \\\n      --to a.xlsx", commands)[0]
    )
