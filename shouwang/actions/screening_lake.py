"""Screen every county of a lake on a day, on one machine or on a Spark cluster, and keep the runs."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from shouwang.actions.screening import Engine, OutputError, engine_module
from shouwang.actions.screening_tables import RUN_TABLES, Step
from shouwang.domain.lake_snapshots import (
    CountySnapshot,
    LakeError,
    committed_snapshots,
    common_division,
    shared_feeds,
)
from shouwang.domain.pack_files import load_library
from shouwang.domain.policy import PackLibrary
from shouwang.domain.tables import TABLES
from shouwang.engine.policy_table import policy_table
from shouwang.engine.run import Run, read_run, write_run
from shouwang.engine.screening import screen
from shouwang.engine.snapshot import open_snapshot

_MEMORY = "1GB"


@dataclass(frozen=True)
class LakePlace:
    """A lake as this process reaches it, and how the workers of a cluster name it (a URI), if otherwise."""

    folder: Path
    shared: str | None = None

    def seen_by_workers(self, path: Path) -> str:
        """Return how the workers name a path of the lake."""
        if self.shared is None:
            return str(path)
        return f"{self.shared.rstrip('/')}/{path.relative_to(self.folder).as_posix()}"


@dataclass(frozen=True)
class LakeRun:
    """One pass over counties whose departments delivered the same, and its run."""

    counties: tuple[str, ...]
    run: Run


def screen_lake(
    *,
    lake: LakePlace,
    on: date,
    out: Path,
    packs: Path,
    division: str = "",
    engine: Engine = "duckdb",
    master: str | None = None,
    step: Step = lambda _: None,
) -> list[LakeRun]:
    """Screen the day's snapshots of all counties in a division, each household by the policy of its place.

    Counties whose departments delivered the same feeds are one pass and one run: `out`/run-1, run-2, … The
    folder appears whole or not at all. Raises LakeError, OutputError, EngineMissing, PackError,
    SnapshotError.
    """
    _check_output(out)
    module, library = engine_module(engine=engine), load_library(packs)
    snapshots = committed_snapshots(lake.folder, on, division)
    _refuse_shared_numbers(snapshots)
    with (
        _work_folder(lake.folder, "screening-") as scratch,
        _work_folder(out.parent, f".{out.name}-") as work,
    ):
        screening = _Screening(lake, on, module, master, library, scratch, step)
        runs = work / "runs"
        made = [
            screening.run(number, feeds, counties, runs / f"run-{number}")
            for number, (feeds, counties) in enumerate(shared_feeds(snapshots), start=1)
        ]
        os.replace(runs, out)
    return [LakeRun(counties, read_run(out / folder)) for folder, counties in made]


@dataclass(frozen=True)
class _Screening:
    lake: LakePlace
    on: date
    engine: ModuleType
    master: str | None
    library: PackLibrary
    scratch: Path
    step: Step

    def run(
        self, number: int, feeds: Sequence[str], counties: Sequence[CountySnapshot], folder: Path
    ) -> tuple[str, tuple[str, ...]]:
        """Screen counties in one pass; return the name of the run's folder and the counties."""
        codes = tuple(each.county for each in counties)
        self.step(f"第{number}轮:{len(codes)} 个县,计算指标,逐条判断规则")
        paths = {name: [each.path(name) for each in counties if name in each.files] for name in TABLES}
        backend = self._connected()
        snapshot = open_snapshot(backend, {k: v for k, v in paths.items() if v}, feeds, self._read)
        place = common_division(codes)
        table = policy_table(self.library, _divisions(paths["household"]), place, self.on)
        screened = screen(
            snapshot,
            table,
            materialise=self.engine.materialise,
            release=partial(self.engine.release, backend),
        )
        folder.mkdir(parents=True)
        write_run(
            screened, folder, county=place, notices=_notices(counties), counts=_counts(counties),
            progress=lambda name: self.step(f"第{number}轮:整理{RUN_TABLES.get(name, name)}"),
            write=self.engine.write_parquet,
        )  # fmt: skip
        return folder.name, codes

    def _connected(self) -> ibis.BaseBackend:
        if self.master is None:
            backend: ibis.BaseBackend = self.engine.connect(temp_folder=self.scratch)
            return backend
        shared = self.lake.seen_by_workers(self.scratch) if self.lake.shared else None
        cluster: ibis.BaseBackend = self.engine.connect(
            self.master, temp_folder=self.scratch, shared_folder=shared
        )
        return cluster

    def _read(self, backend: ibis.BaseBackend, files: Sequence[Path], name: str) -> ir.Table:
        seen = files if self.master is None else [self.lake.seen_by_workers(each) for each in files]
        table: ir.Table = self.engine.read_parquet(backend, seen, name)
        return table


def _check_output(out: Path) -> None:
    if out.exists():
        raise OutputError(f"--out 指定的“{out.name}”已存在,请换一个文件夹名。")
    if not out.parent.is_dir():
        raise OutputError(f"--out 所在的文件夹“{out.parent}”不存在,请先建立。")


def _refuse_shared_numbers(snapshots: Sequence[CountySnapshot]) -> None:
    """Refuse a number that several counties use: their rows would be added up as one family's."""
    for table, column, label in (
        ("household", "household_id", "户编号"),
        ("member", "person_id", "人口编号"),
    ):
        files = [str(each.path(table)) for each in snapshots if table in each.files]
        with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
            [(rows, numbers)] = connection.execute(
                f"SELECT count({column}), count(DISTINCT {column}) FROM read_parquet(?)", [files]
            ).fetchall()
        if rows != numbers:
            raise LakeError(
                f"这些县的快照中有 {rows - numbers} 个{label}重复,合在一起会把两户的收支算成一户。"
                "请先查明(常见原因:迁居户在两县的快照不是同一时刻),或分县筛查(--division)。"
            )


def _divisions(files: Sequence[Path]) -> set[str | None]:
    """Return every division in which a household lives."""
    found: set[str | None] = set()
    for file in files:
        found.update(pq.read_table(file, columns=["division"])["division"].unique().to_pylist())
    return found


def _notices(counties: Sequence[CountySnapshot]) -> list[str]:
    return [f"{each.county}:{notice}" for each in counties for notice in each.notices]


def _counts(counties: Sequence[CountySnapshot]) -> Mapping[str, int]:
    return {
        "unmatched": sum(each.unmatched for each in counties),
        "row_errors": sum(each.row_errors for each in counties),
    }


@contextmanager
def _work_folder(beside: Path, prefix: str) -> Iterator[Path]:
    """Make a private folder that goes at the end."""
    try:
        work = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
    except OSError as error:
        raise LakeError(f"文件夹“{beside}”不能写入({error.strerror}),请检查权限。") from None
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
