"""Whether two competitors gave the same answer: every rule, every household, unknown included."""

from collections.abc import Sequence
from pathlib import Path

import duckdb


class Disagreement(Exception):
    """Two competitors answered differently, so that their times may not be compared."""


def check_equal(first: Path, second: Path, only_known: bool = False) -> int:
    """Return how many answers were compared, or raise Disagreement naming the rules.

    Compares the rules that both files have. `only_known` is for a sample: it leaves out the households and
    answers that `second` does not have.
    """
    connection = duckdb.connect()
    rules = sorted((_columns(connection, first) & _columns(connection, second)) - {"household_id"})
    households = [
        connection.execute(f"SELECT count(DISTINCT household_id), count(*) FROM '{path}'").fetchall()[0]
        for path in (first, second)
    ]
    [rows, *different] = connection.execute(_query(first, second, rules, only_known)).fetchall()[0]
    wrong = {rule: count for rule, count in zip(rules, different, strict=True) if count}
    is_whole = households[0] == households[1] or only_known
    if wrong or not rules or not is_whole or {rows} != set(households[1]):
        raise Disagreement(f"{first.stem} and {second.stem}: {rows} households, answers that differ: {wrong}")
    return int(rows) * len(rules)


def _query(first: Path, second: Path, rules: Sequence[str], only_known: bool) -> str:
    counts = ", ".join(
        f"count(*) FILTER (a.{rule} IS DISTINCT FROM b.{rule}"
        f"{f' AND b.{rule} IS NOT NULL' if only_known else ''})"
        for rule in rules
    )
    return f"SELECT count(*), {counts} FROM '{first}' AS a JOIN '{second}' AS b USING (household_id)"


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    return {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
