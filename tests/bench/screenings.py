"""Shouwang itself: from raw rows, from roll-ups, on Spark, and the rule step alone."""

import shutil
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow.parquet as pq

from shouwang.domain.tables import TABLES
from shouwang.engine import duckdb as on_duckdb
from shouwang.engine.findings import finding_table, near_table, source_row_table, unknown_table
from shouwang.engine.policy_table import PolicyTable
from shouwang.engine.rollups import delivered_months, rollup_snapshot, update_rollups
from shouwang.engine.screening import Screened, facts, screen, with_answers, with_parameters
from shouwang.engine.snapshot import Snapshot, open_snapshot
from tests.bench.work import Work, feeds, heavy_rules, policy

Stages = dict[str, float]


def paths(work: Work) -> dict[str, Path]:
    """Return the Parquet file of every table."""
    return {name: work.tables / f"{name}.parquet" for name in TABLES}


def opened(work: Work) -> Snapshot:
    """Return the snapshot on DuckDB within its memory limit."""
    spill = work.out / "spill"
    spill.mkdir(exist_ok=True)
    backend = on_duckdb.connect(temp_folder=spill)
    return open_snapshot(backend, paths(work), feeds(), on_duckdb.read_parquet)


def from_rows(work: Work) -> Stages:
    """Screen from the raw rows, with evidence."""
    return _screen(opened(work), work, "rows")


def from_rollups(work: Work) -> Stages:
    """Screen from the roll-ups, with evidence."""
    return _screen(rolled(work), work, "rollups")


def flags_from_rows(work: Work) -> Stages:
    """Screen from the raw rows: answers and grades, no evidence."""
    return _screen(opened(work), work, "rows_flags", with_evidence=False)


def flags_from_rollups(work: Work) -> Stages:
    """Screen from the roll-ups: answers and grades, no evidence."""
    return _screen(rolled(work), work, "rollups_flags", with_evidence=False)


def heavy_from_rows(work: Work) -> Stages:
    """Answer from the raw rows the rules that the data frames answer."""
    return _screen(opened(work), work, "rows_heavy", with_evidence=False, rules=heavy_rules())


def heavy_from_rollups(work: Work) -> Stages:
    """Answer from the roll-ups the rules that the data frames answer."""
    return _screen(rolled(work), work, "rollups_heavy", with_evidence=False, rules=heavy_rules())


def rolled(work: Work) -> Snapshot:
    """Return the snapshot with ledger and own pay from the roll-ups."""
    return rollup_snapshot(opened(work), work.store)


def build_rollups(work: Work) -> Stages:
    """Make all roll-ups from nothing, and look again when nothing has changed."""
    tables = {name: path for name, path in paths(work).items() if name in ("income_entry", "own_pay_entry")}
    stages = Stages()
    shutil.rmtree(work.store, ignore_errors=True)
    timed = partial(_timed, stages)
    delivered = timed("look", lambda: delivered_months(tables))
    timed("build", lambda: update_rollups(work.store, delivered))
    timed("again", lambda: update_rollups(work.store, delivered))
    return stages


def rule_step(work: Work) -> Stages:
    """Answer every rule from indicators that are already there."""
    table, stages = policy(), Stages()
    snapshot = opened(work)
    keep = partial(on_duckdb.materialise, backend=snapshot.backend)
    kept = keep(with_parameters(facts(snapshot, table, keep), table), "indicators")
    columns = [variant.column for variant in table.variants]
    _timed(stages, "rules", lambda: keep(with_answers(kept, table)[["household_id", *columns]], "rules"))
    pq.write_table(kept.to_pyarrow(), work.answers("indicators"))
    return stages


def on_spark(work: Work) -> Stages:
    """Answer every rule on Spark in local mode."""
    from shouwang.engine import spark

    table, stages = policy(), Stages()
    backend = spark.connect(settings={"spark.driver.memory": "3g", "spark.sql.shuffle.partitions": "8"})
    snapshot = open_snapshot(backend, paths(work), feeds(), spark.read_parquet)
    answers = with_answers(with_parameters(facts(snapshot, table), table), table)
    _timed(stages, "screen", lambda: _write_answers(answers, table, work.answers("spark")))
    return stages


def _screen(
    snapshot: Snapshot,
    work: Work,
    name: str,
    *,
    with_evidence: bool = True,
    rules: Iterable[str] | None = None,
) -> Stages:
    stages = Stages()
    timed = partial(_timed, stages)
    table = timed("policy", lambda: policy(rules))
    keep = partial(on_duckdb.materialise, backend=snapshot.backend)
    release = partial(on_duckdb.release, snapshot.backend)
    screened = timed("screen", lambda: screen(snapshot, table, materialise=keep, release=release))
    if with_evidence:
        _evidence(screened, keep, timed)
    timed("answers", lambda: _write_answers(screened.answered, table, work.answers(name)))
    stages["total"] = sum(stages.values())
    return stages


def _evidence(
    screened: Screened, keep: Callable[[ir.Table, str], ir.Table], timed: Callable[..., Any]
) -> None:
    for make in (finding_table, unknown_table, near_table, source_row_table):

        def kept(make: Callable[[Screened], ir.Table | None] = make) -> None:
            found = make(screened)
            if found is not None:
                keep(found, f"kept_{make.__name__}")

        timed(make.__name__, kept)


def _write_answers(households: ir.Table, table: PolicyTable, path: Path) -> None:
    names = {v.rule.name: households[v.column] for v in table.variants}
    pq.write_table(households.select("household_id", **names).to_pyarrow(), path)


def _timed(stages: Stages, name: str, work: Callable[[], Any]) -> Any:
    before = time.perf_counter()
    result = work()
    stages[name] = time.perf_counter() - before
    return result
