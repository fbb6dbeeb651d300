"""Hand-written DuckDB SQL for all indicators that the shipped rules read, and for the rules."""

from pathlib import Path
from string import Template
from typing import Any

import duckdb

from shouwang.engine.policy_table import PolicyTable
from tests.bench.work import ON, Days, Work, counted, heavy_rules, policy, rule_sql

YEARS = 10
SQL = Path(__file__).with_name("hand_written.sql")
SUBSET = Path(__file__).with_name("hand_written_subset.sql")
MEMORY = "1500MB"
_FLOOR = "CREATE MACRO floor_part(a, b) AS (a - ((a % b) + b) % b) // nullif(b, 0)"


def run(work: Work) -> None:
    """Compute all indicators and flags and write the flags."""
    _run(work, "hand_sql", SQL, policy())


def run_subset(work: Work) -> None:
    """Compute what the data frames compute and write those flags."""
    _run(work, "hand_sql_subset", SUBSET, policy(heavy_rules()))


def _run(work: Work, name: str, sql: Path, table: PolicyTable) -> None:
    config: dict[str, Any] = {
        "memory_limit": MEMORY,
        "preserve_insertion_order": False,
        "temp_directory": str(work.out / "spill_sql"),
    }
    connection = duckdb.connect(config=config)
    connection.execute(_FLOOR)
    text = Template(sql.read_text(encoding="utf-8"))
    connection.execute(text.substitute(_places(table, work.tables)))
    rules = ", ".join(f"({rule_sql(v, table)}) AS {v.rule.name}" for v in table.variants)
    connection.execute(f"CREATE TEMP TABLE answers AS SELECT household_id, {rules} FROM indicators")
    connection.execute(f"COPY answers TO '{work.answers(name)}' (FORMAT parquet)")


def _places(table: PolicyTable, folder: Path) -> dict[str, str]:
    days = Days.of(table)
    wage = counted(table, "wage")
    other = [item for source in ("business", "property", "transfer") for item in counted(table, source)]
    nets = [f"max(net) FILTER (age = {n}) AS net_{n}" for n in range(YEARS)]
    return {
        "folder": str(folder),
        "wage": ", ".join(f"'{item}'" for item in wage),
        "other": ", ".join(f"'{item}'" for item in other),
        "previous_from": str(days.previous.from_date),
        "month": str(ON.replace(day=1)),
        "on_": f"DATE '{ON}'",
        "after": str(days.spending.to_date),
        "spending_from": str(days.spending.from_date),
        "two_years_from": str(days.two_years.from_date),
        "year_from": str(days.year.from_date),
        "born_6": str(ON.replace(year=ON.year - 6)),
        "born_16": str(ON.replace(year=ON.year - 16)),
        "born_60": str(ON.replace(year=ON.year - 60)),
        "annual_nets": ", ".join(nets),
        "falling_years": _falling_years(),
    }


def _falling_years() -> str:
    """Write, for the newest year stated, how many falls lie behind it."""
    whens = []
    for newest in range(YEARS - 1):
        steps = [f"WHEN net_{newest + 1} IS NULL THEN NULL"]
        for falls, year in enumerate(range(newest, YEARS - 1)):
            steps.append(f"WHEN (net_{year} < net_{year + 1}) IS NOT TRUE THEN {falls}")
        whens.append(
            f"WHEN net_{newest} IS NOT NULL THEN CASE {' '.join(steps)} ELSE {YEARS - 1 - newest} END"
        )
    return f"CASE {' '.join(whens)} END"
