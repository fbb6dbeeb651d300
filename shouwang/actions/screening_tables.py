"""Screen canonical tables, wherever they come from, and keep the run in a folder."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq

from shouwang.domain.policy import PackLibrary
from shouwang.engine.policy_table import PolicyTable, policy_table, single_policy_table
from shouwang.engine.run import Run, read_run, write_run
from shouwang.engine.screening import Screened, screen
from shouwang.engine.snapshot import Snapshot, open_snapshot
from shouwang.engine.worked_out import WorkedOut

Step = Callable[[str], None]
_MOST_KEPT = 8
RUN_TABLES = {
    "household": "户", "finding": "预警", "unknown": "待核实", "near": "临近预警", "source_row": "来源行",
    "source": "来源",
}  # fmt: skip


class ScreeningMemory:
    """What a process has worked out of its screenings: policy tables and their SQL, the latest few."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[PolicyTable, WorkedOut]] = OrderedDict()

    def of(self, *, table: PolicyTable, feeds: frozenset[str]) -> tuple[PolicyTable, WorkedOut]:
        """Return the table of the same policies, with its rules compiled, and what is worked out of it."""
        scopes = None if len(table.policies) == 1 else tuple(sorted(table.scope_of.items()))
        # The packs are the same as long as their policies are the same objects.
        key = (tuple(id(each) for each in table.policies), scopes, table.on, feeds)
        kept = self._kept.pop(key, None) or (table, WorkedOut())
        self._kept[key] = kept
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return kept


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
    unjudged: Collection[str] | None = None,
    memory: ScreeningMemory | None = None,
    kept: Collection[str] = frozenset(RUN_TABLES),
) -> Run:
    """Screen the tables and return the run, kept in `work`/run; `county` is a code's significant digits.

    Without `pack` each household is judged by the policy of its own place. unjudged: see `engine.screening`.
    memory: what earlier screenings of this process worked out. kept: of RUN_TABLES those wanted. Raises
    PackError, SnapshotError.
    """
    step("计算指标,逐条判断规则")
    backend = engine.connect(temp_folder=work / "spill")
    snapshot = open_snapshot(backend, tables, feeds, engine.read_parquet)
    table = _policies(tables["household"], library, pack, county, on)
    screened = _screened(snapshot, table, engine, unjudged, memory)
    folder = work / "run"
    folder.mkdir()
    write_run(
        screened, folder, county=county, notices=notices, counts=counts, kept=kept,
        progress=lambda name: step(f"整理{RUN_TABLES.get(name, name)}"),
    )  # fmt: skip
    return read_run(folder)


def _screened(
    snapshot: Snapshot,
    table: PolicyTable,
    engine: ModuleType,
    unjudged: Collection[str] | None,
    memory: ScreeningMemory | None,
) -> Screened:
    worked_out = None
    if memory is not None:
        table, worked_out = memory.of(table=table, feeds=snapshot.feeds)
    release = partial(engine.release, snapshot.backend)
    return screen(
        snapshot, table, materialise=engine.materialise, release=release, unjudged=unjudged,
        worked_out=worked_out,
    )  # fmt: skip


def _policies(households: Path, library: PackLibrary, pack: str | None, county: str, on: date) -> PolicyTable:
    if pack is not None:
        return single_policy_table(library.resolve_named(pack, on), on)
    found = pq.read_table(households, columns=["division"])["division"].unique().to_pylist()
    return policy_table(library, found, county, on)
