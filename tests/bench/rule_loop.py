"""The rule step by a maintained rule library, household by household, on a sample of the indicators."""

import re
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import rule_engine

from tests.bench.work import Work, policy, rule_sql

SAMPLE = 3000
_WORDS = {
    " AND ": " and ",
    " OR ": " or ",
    "NOT ": "not ",
    " = ": " == ",
    " <> ": " != ",
    "TRUE": "true",
    "FALSE": "false",
}


def run(work: Work) -> dict[str, float]:
    """Answer every rule of the sample and return the seconds for it.

    The library knows two values, so a rule is not asked where an indicator that it reads is unknown.
    """
    table = policy()
    rows = pq.read_table(work.answers("indicators")).slice(0, SAMPLE).to_pylist()
    rules = [
        (v.rule.name, rule_engine.Rule(translated(rule_sql(v, table))), v.expression.indicators)
        for v in table.variants
    ]
    before = time.perf_counter()
    answers = [_answer(row, rules) for row in rows]
    seconds = time.perf_counter() - before
    schema = pa.schema([("household_id", pa.string()), *((name, pa.bool_()) for name, _, _ in rules)])
    pq.write_table(pa.Table.from_pylist(answers, schema=schema), work.answers("rule_loop"))
    return {"rules": seconds, "households": len(rows)}


def translated(text: str) -> str:
    """Return a rule's text in the library's syntax."""
    text = re.sub(r"(\w+) BETWEEN (\S+) AND ([^\s)]+)", r"(\1 >= \2 AND \1 <= \3)", text)
    text = re.sub(r"(\S+) IN \(([^)]*)\)", r"\1 in [\2]", text)
    text = re.sub(r"(\S+) IS NOT NULL", r"\1 <> null", text)
    text = re.sub(r"(\S+) IS NULL", r"\1 = null", text)
    for ours, theirs in _WORDS.items():
        text = text.replace(ours, theirs)
    return text


def _answer(row: dict[str, Any], rules: list[tuple[str, Any, tuple[str, ...]]]) -> dict[str, Any]:
    answer = {"household_id": row["household_id"]}
    for name, rule, reads in rules:
        if all(row[indicator] is not None for indicator in reads):
            answer[name] = rule.matches(row)
    return answer
