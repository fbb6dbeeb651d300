"""Stage the registry's exports and the departments' deliveries as canonical tables: all, or nothing."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.domain.divisions import DivisionError, normalise
from shouwang.domain.tables import TABLES
from shouwang.exchange.identities import Sealing
from shouwang.exchange.mapping import HeaderMapping, MappingError, find_mapping, read_mapping
from shouwang.exchange.parts import table_schema
from shouwang.exchange.reading import ReaderWorker
from shouwang.exchange.rows import SKIP_LABELS
from shouwang.exchange.sheets import SheetStager
from shouwang.exchange.sources import Discovery, SourceSheet, discover, table_files

Progress = Callable[[str, int, int], None]


class StagingError(Exception):
    """Say in Chinese why nothing was staged; `problems` are the sentences one by one."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class StagedSource:
    """One sheet read: where it lies, what it was recognised as, and how its rows fared.

    `number_header` is the sheet's own header of the column of persons' numbers, None if it has none.
    """

    source_id: int
    path: Path
    sheet: str
    feed: str
    header_row_no: int
    number_header: str | None
    month: date | None
    year: int | None
    sha256: str
    row_count: int
    refused_count: int
    unmatched_count: int
    skipped: Mapping[str, int]


@dataclass(frozen=True)
class Staged:
    """What a staging wrote: one Parquet file per canonical table, `row_errors` and `unmatched`.

    `feeds` were delivered, even if without a usable row; `row_counts` are by table; `skipped` counts
    left-out rows by reason (rows.SKIP_LABELS); `notices` are Chinese sentences for the person who runs it.
    `identity` holds sealed identities (identities.IDENTITY), None where no sealing was asked for.
    """

    folder: Path
    on: date
    tables: Mapping[str, Path]
    feeds: frozenset[str]
    row_counts: Mapping[str, int]
    skipped: Mapping[str, int]
    errors: Path
    unmatched: Path
    error_count: int
    unmatched_count: int
    notices: tuple[str, ...]
    sources: tuple[StagedSource, ...]
    refused_files: tuple[str, ...] = field(default=())
    identity: Path | None = None


def stage(
    registry: Path,
    deliveries: Path | None,
    *,
    county: str,
    on: date,
    out: Path,
    key: bytes,
    mapping: Path | None = None,
    keep_going: bool = False,
    progress: Progress | None = None,
    sealing: Sealing | None = None,
) -> Staged:
    """Read both folders and write the tables to `out`, replacing an earlier staging there.

    `county` is the code the villages are looked up in, `on` the day of the data, `key` that of the blind
    indexes. Without `mapping`, the 列名对应.toml of the deliveries' or the registry's folder counts. A file
    that cannot be read stops the staging, unless `keep_going` lists it instead. With `sealing` the numbers
    and telephones of the members are kept, sealed, in identity.parquet. Raises StagingError; nothing is
    written then.
    """
    folders = _folders(registry, deliveries)
    _check_asked(out, county)
    headers = _headers(mapping, deliveries, registry)
    files = _files(folders)
    fresh = _fresh_folder(out)
    try:
        with ReaderWorker() as worker:
            found = discover(files, headers, worker, progress)
            _refuse(found, folders, keep_going)
            stager = SheetStager(fresh, county, on, key, progress, sealing)
            staged = _staged(found, stager, keep_going, out)
        return _put_in_place(fresh, staged)
    except OSError as error:
        raise StagingError(
            f"写入时出错：{error.strerror or error}。请检查磁盘空间和权限；没有留下任何数据。"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _files(folders: list[Path]) -> list[Path]:
    files = [file for folder in folders for file in table_files(folder)]
    if not files:
        raise StagingError(
            f"{_names(folders)}中没有可读的表格（.xlsx、.xls、.csv）。请把导出的表格放进来后重试。"
        )
    return files


def _fresh_folder(out: Path) -> Path:
    """Make a hidden folder beside `out`, on the same disk, to be put in its place when all is written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        where = f"无法在《{out.parent.name}》中写入：{error.strerror}"
        raise StagingError(f"{where}。请换一个有写入权限的文件夹。") from error


def _folders(registry: Path, deliveries: Path | None) -> list[Path]:
    folders = (
        [registry]
        if deliveries is None or deliveries.resolve() == registry.resolve()
        else [registry, deliveries]
    )
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise StagingError(*(f"文件夹《{folder.name}》不存在。请核对路径。" for folder in missing))
    return folders


def _names(folders: list[Path]) -> str:
    return "、".join(f"文件夹《{folder.resolve().name}》" for folder in folders)


def _check_asked(out: Path, county: str) -> None:
    """Refuse what is no division's code, and to replace a folder that no staging made."""
    try:
        normalise(county)
    except DivisionError as error:
        raise StagingError(f"{error}。") from error
    if out.exists() and not out.is_dir():
        raise StagingError(f"《{out.name}》是一个文件，不能作为输出文件夹。请换一个名称。")
    if out.is_dir() and any(out.iterdir()) and not (out / "source.parquet").is_file():
        raise StagingError(f"输出文件夹《{out.name}》中已有其他内容。请换一个空文件夹。")


def _headers(mapping: Path | None, deliveries: Path | None, registry: Path) -> HeaderMapping:
    path = mapping or find_mapping([deliveries, registry])
    try:
        return read_mapping(path) if path else HeaderMapping()
    except MappingError as error:
        raise StagingError(str(error)) from error


def _refuse(found: Discovery, folders: list[Path], keep_going: bool) -> None:
    if found.problems and not keep_going:
        raise StagingError(*found.problems)
    if not found.sheets:
        raise StagingError(f"{_names(folders)}中没有认出任何一张表。", *found.problems, *found.notices)
    if not any(sheet.plan.layout.subject in ("member", "registry") for sheet in found.sheets):
        raise StagingError(
            f"{_names(folders)}中没有登记库（户信息或家庭成员信息）。请放入全国监测系统导出的户信息、家庭成员信息。",
            *found.notices,
        )


def _staged(found: Discovery, stager: SheetStager, keep_going: bool, out: Path) -> Staged:
    stager.run(found.sheets)
    if stager.problems and not keep_going:
        raise StagingError(*stager.problems)
    sources = tuple(staged_source(sheet, stager) for sheet in stager.read)
    _write_sources(stager.folder / "source.parquet", sources)
    skipped = sum((Counter(source.skipped) for source in sources), Counter[str]())
    left_out = "、".join(f"{SKIP_LABELS[reason]} {count} 行" for reason, count in sorted(skipped.items()))
    notices = [*found.notices, *stager.notices, *([f"已略过{left_out}。"] if left_out else [])]
    if keep_going:
        notices = [*found.problems, *stager.problems, *notices]
    return Staged(
        folder=out,
        on=stager.on,
        tables={name: out / f"{name}.parquet" for name in TABLES},
        feeds=frozenset(source.feed for source in sources),
        row_counts={**{name: stager.counts.get(name, 0) for name in TABLES}, "source": len(sources)},
        skipped=dict(skipped),
        errors=out / "row_errors.parquet",
        unmatched=out / "unmatched.parquet",
        error_count=stager.errors.row_count,
        unmatched_count=stager.unmatched.row_count,
        notices=tuple(notices),
        sources=sources,
        refused_files=tuple(dict.fromkeys(found.refused_files)),
        identity=out / "identity.parquet" if stager.sealing else None,
    )


def staged_source(sheet: SourceSheet, stager: SheetStager) -> StagedSource:
    """Return what is told of a sheet that the stager has read."""
    fate, plan = stager.fates[sheet.source_id], sheet.plan
    return StagedSource(
        source_id=sheet.source_id,
        path=sheet.path,
        sheet=sheet.head.sheet,
        feed=plan.layout.feed,
        header_row_no=plan.header_row_no,
        number_header=next((each.header for each in plan.bound if each.column.kind == "identity"), None),
        month=stager.months[sheet.source_id],
        year=plan.year,
        sha256=sheet.book.sha256,
        row_count=fate.row_count,
        refused_count=fate.refused_count,
        unmatched_count=fate.unmatched_count,
        skipped=fate.skipped,
    )


def _write_sources(path: Path, sources: tuple[StagedSource, ...]) -> None:
    rows = [
        {
            "source_id": each.source_id, "feed": each.feed, "file": each.path.name, "sheet": each.sheet,
            "month": each.month, "sha256": each.sha256, "row_count": each.row_count,
        }
        for each in sources
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=table_schema("source")), path)


def _put_in_place(fresh: Path, staged: Staged) -> Staged:
    """Put the finished folder where the old one was; a reader sees the one or the other."""
    os.chmod(fresh, 0o755)
    if not staged.folder.exists():
        os.replace(fresh, staged.folder)
        return staged
    old = fresh.with_name(f"{fresh.name}-old")
    os.replace(staged.folder, old)
    try:
        os.replace(fresh, staged.folder)
    except OSError:
        os.replace(old, staged.folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return staged
