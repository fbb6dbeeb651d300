"""Screen a folder: stage, screen, keep the run, compare with the last, put all outputs in place at once."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Literal, NotRequired, TypedDict, Unpack

from shouwang.actions.policies import significant
from shouwang.actions.screening_tables import Step, run_tables
from shouwang.domain.pack_files import load_library
from shouwang.domain.policy import PackLibrary
from shouwang.engine.difference import HouseholdChange, difference
from shouwang.engine.run import Run, read_run
from shouwang.exchange.errors_workbook import write_error_workbook
from shouwang.exchange.staging import Staged, stage

Engine = Literal["duckdb", "spark"]
Detail = Callable[[str, int, int], None]


class OutputError(Exception):
    """The output cannot go where it was asked to; the message (Chinese) says why and what to do."""


class EngineMissing(Exception):
    """The engine asked for is not installed; the message (Chinese) says how to get it."""


@dataclass(frozen=True)
class ScreenedFolder:
    """A finished screening. `changes` is None where no earlier run was given.

    `staged` describes the staging; its files exist only while `publish` runs. `corrections` is the workbook
    of rows with errors, None where none was asked for or no row is in error.
    """

    out: Path
    run: Run
    staged: Staged
    changes: list[HouseholdChange] | None
    previous: Run | None
    corrections: Path | None


Publish = Callable[[ScreenedFolder, Path], None]


class Asked(TypedDict):
    """What `screen_folder` is asked for; all by name.

    county: the division code the villages are looked up in. key: of the blind indexes. pack: one pack for all
    households, by name. previous: the run to compare with. keep_going: pass over files that cannot be read.
    errors_out: where a workbook of rows with errors is wanted.
    """

    registry: Path
    deliveries: Path | None
    county: str
    on: date
    out: Path
    key: bytes
    packs: Path
    pack: NotRequired[str | None]
    previous: NotRequired[Path | None]
    mapping: NotRequired[Path | None]
    engine: NotRequired[Engine]
    keep_going: NotRequired[bool]
    errors_out: NotRequired[Path | None]


@dataclass(frozen=True)
class _Order:
    """What was asked for, with the defaults filled in."""

    registry: Path
    deliveries: Path | None
    county: str
    on: date
    out: Path
    key: bytes
    packs: Path
    pack: str | None = None
    previous: Path | None = None
    mapping: Path | None = None
    engine: Engine = "duckdb"
    keep_going: bool = False
    errors_out: Path | None = None


def run_folder(*, out: Path) -> Path:
    """Return the folder in which the run of a workbook is kept: 预警.xlsx → 预警.run."""
    return out.with_suffix(".run")


def screen_folder(
    *, publish: Publish, step: Step = lambda _: None, detail: Detail | None = None, **asked: Unpack[Asked]
) -> ScreenedFolder:
    """Screen the households of a registry with what the departments delivered; write workbook and run.

    `publish` writes the workbook to the path it is given; `step` and `detail` are told how far it is.
    Workbook, run folder and correction workbook replace earlier ones only when all are whole; until then
    nothing is changed. Raises OutputError, EngineMissing, StagingError, PackError, RunError, DivisionError,
    WriteError, OSError.
    """
    order = _Order(**asked)
    _check_output(order)
    before = read_run(order.previous) if order.previous is not None else None
    library = load_library(order.packs)
    engine = engine_module(engine=order.engine)
    order = replace(order, county=significant(division=order.county))
    _check_policy(library, order)
    with _work_folder(order.out) as work:
        step("读取表格,匹配到户")
        staged = _stage(order, work, detail)
        run = _screened_run(order, staged, library, engine, work, step)
        step("与上期比较")
        changes = difference(before, run) if before is not None else None
        corrections = _corrections(order, staged, work)
        made = ScreenedFolder(order.out, run, staged, changes, before, corrections)
        step("写出工作簿")
        publish(made, work / "list.xlsx")
        _put_in_place(work, order, corrections is not None)
    in_place = replace(run, folder=run_folder(out=order.out))
    return replace(made, run=in_place, corrections=order.errors_out if corrections else None)


def _check_output(order: _Order) -> None:
    out = order.out
    for path, option in ((out, "--out"), (order.errors_out, "--errors")):
        if path is None:
            continue
        if path.suffix.lower() != ".xlsx":
            raise OutputError(f"{option} 应是以 .xlsx 结尾的文件名,现为“{path.name}”。")
        if path.is_dir():
            raise OutputError(f"{option} 指定的“{path.name}”是文件夹,请写文件名。")
        if not path.parent.is_dir():
            raise OutputError(f"{option} 所在的文件夹“{path.parent}”不存在,请先建立。")
    for folder in (order.registry, order.deliveries):
        if folder is not None and out.resolve().is_relative_to(folder.resolve()):
            raise OutputError(
                f"--out 不能放在数据文件夹“{folder.name}”里,否则下次会被当作数据读入。请换一个文件夹。"
            )
    kept = run_folder(out=out)
    if kept.exists() and not (kept / "run.json").is_file():
        raise OutputError(f"“{kept.name}”已存在,但不是运行记录;请移走它,或换一个 --out。")


def _check_policy(library: PackLibrary, order: _Order) -> None:
    """Refuse a day without a policy before the long reading begins."""
    if order.pack is not None:
        library.resolve_named(order.pack, order.on)
    else:
        library.resolve(order.county, order.on)


def engine_module(*, engine: Engine) -> ModuleType:
    """Return the engine by its name. Raises EngineMissing."""
    from shouwang.engine import duckdb, spark

    if engine == "duckdb":
        return duckdb
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise EngineMissing(
            "没有安装 Spark。请安装可选依赖 shouwang[spark] 和 Java,或改用 --engine duckdb。"
        ) from None
    return spark


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """Make a private folder beside the output, so that a rename is enough; wipe it at the end."""
    work = Path(tempfile.mkdtemp(prefix=f".{out.stem}-", dir=out.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _stage(order: _Order, work: Path, detail: Detail | None) -> Staged:
    return stage(
        order.registry,
        order.deliveries,
        county=order.county,
        on=order.on,
        out=work / "staged",
        key=order.key,
        mapping=order.mapping,
        keep_going=order.keep_going,
        progress=detail,
    )


def _screened_run(
    order: _Order, staged: Staged, library: PackLibrary, engine: ModuleType, work: Path, step: Step
) -> Run:
    return run_tables(
        tables=staged.tables,
        feeds=staged.feeds,
        library=library,
        pack=order.pack,
        county=order.county,
        on=order.on,
        engine=engine,
        work=work,
        notices=staged.notices,
        counts={"unmatched": staged.unmatched_count, "row_errors": staged.error_count},
        step=step,
    )


def _corrections(order: _Order, staged: Staged, work: Path) -> Path | None:
    if order.errors_out is None or not (staged.error_count or staged.unmatched_count):
        return None
    path = work / "errors.xlsx"
    write_error_workbook(staged, path)
    return path


def _put_in_place(work: Path, order: _Order, has_corrections: bool) -> None:
    """Put run and workbooks in place; where one cannot be, the others go back to what they were."""
    moves = [(work / "run", run_folder(out=order.out)), (work / "list.xlsx", order.out)]
    if has_corrections and order.errors_out is not None:
        moves.append((work / "errors.xlsx", order.errors_out))
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (made, target) in enumerate(moves):
            old = work / f"old-{number}" if target.exists() else None
            if old is not None:
                os.replace(target, old)
            done.append((target, old))
            shutil.move(made, target)
    except OSError:
        for target, old in reversed(done):
            _take_back(target, old)
        raise


def _take_back(target: Path, old: Path | None) -> None:
    if target.is_dir():
        shutil.rmtree(target, ignore_errors=True)
    else:
        target.unlink(missing_ok=True)
    if old is not None:
        os.replace(old, target)
