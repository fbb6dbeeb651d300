"""Screen canonical tables, wherever they come from, and keep the run in a folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq

from shouwang.domain.policy import PackLibrary
from shouwang.engine.policy_table import PolicyTable, policy_table, single_policy_table
from shouwang.engine.run import Run, read_run, write_run
from shouwang.engine.screening import screen
from shouwang.engine.snapshot import open_snapshot

Step = Callable[[str], None]
RUN_TABLES = {
    "household": "户", "finding": "预警", "unknown": "待核实", "near": "临近预警", "source_row": "来源行",
    "source": "来源",
}  # fmt: skip


def run_tables(
    *,
    tables: Mapping[str, Path],
    feeds: Iterable[str],
    library: PackLibrary,
    pack: str | None,
    county: str,
    on: date,
    engine: ModuleType,
    work: Path,
    notices: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    step: Step = lambda _: None,
) -> Run:
    """Screen the tables and return the run, kept in `work`/run; `county` is a code's significant digits.

    Without `pack` each household is judged by the policy of its own place. Raises PackError, SnapshotError.
    """
    step("计算指标,逐条判断规则")
    backend = engine.connect(temp_folder=work / "spill")
    snapshot = open_snapshot(backend, tables, feeds, engine.read_parquet)
    screened = screen(
        snapshot,
        _policies(tables["household"], library, pack, county, on),
        materialise=engine.materialise,
        release=partial(engine.release, backend),
    )
    folder = work / "run"
    folder.mkdir()
    write_run(
        screened,
        folder,
        county=county,
        notices=notices,
        counts=counts,
        progress=lambda name: step(f"整理{RUN_TABLES.get(name, name)}"),
    )
    return read_run(folder)


def _policies(households: Path, library: PackLibrary, pack: str | None, county: str, on: date) -> PolicyTable:
    if pack is not None:
        return single_policy_table(library.resolve_named(pack, on), on)
    found = pq.read_table(households, columns=["division"])["division"].unique().to_pylist()
    return policy_table(library, found, county, on)
