"""Read one file of a department: its sheets recognised, its rows typed, matched and kept; all or nothing."""

import hmac
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.deliveries import SheetProfile
from shouwang.domain.tables import TABLES
from shouwang.exchange.contents import Look, looks_of
from shouwang.exchange.headers import read_header
from shouwang.exchange.keeping import RowKeeper
from shouwang.exchange.layouts import Layout
from shouwang.exchange.mapping import HeaderMapping
from shouwang.exchange.matching import KnownPeople
from shouwang.exchange.reading import Book, ReaderWorker, SheetHead, open_book
from shouwang.exchange.recognising import HEADER_WITHIN_ROWS, REASON_HEADER, LayoutError, plan_sheet
from shouwang.exchange.rows import RowReader
from shouwang.exchange.sheets import SheetStager
from shouwang.exchange.sources import ERROR_SUMMARY, FOR_REVIEW, SourceSheet
from shouwang.exchange.staging import Progress, StagedSource, StagingError, staged_source

_REGISTRY = ("registry_member", "registry_household")


@dataclass(frozen=True)
class UnknownSheet:
    """A sheet that is not understood: its likely row of headers, the feed it may be, and why.

    `headers_key` tells this layout from others (see `headers_key`); `looks` says of each column what its
    cells are like.
    """

    sheet: str
    headers: tuple[str, ...]
    header_row_no: int
    feed: str | None
    reason: str
    headers_key: str
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True)
class KeptSheet:
    """One sheet read: its staging, the file of its kept rows (None without rows), digest, and profile."""

    source: StagedSource
    kept: Path | None
    content_sha256: str
    profile: SheetProfile


@dataclass(frozen=True)
class StagedDelivery:
    """What a file holds. `unknown` sheets, if any, must be explained before anything of it counts.

    `is_correction` tells a mended workbook of errors; `titles` are the words above the headers of its sheets.
    `folder` holds kept-<n>.parquet, sought.parquet, row_errors.parquet and unmatched.parquet. `lost` lists
    (source_id, row_no, reason_code, blind index or None) of rows that found nobody.
    """

    folder: Path
    sheets: tuple[KeptSheet, ...]
    unknown: tuple[UnknownSheet, ...]
    lost: tuple[tuple[int, int, str, str | None], ...]
    notices: tuple[str, ...]
    problems: tuple[str, ...]
    error_count: int
    is_correction: bool = False
    titles: tuple[str, ...] = ()


def headers_key(headers: Iterable[str]) -> str:
    """Return what tells one layout from another: a digest of its headers, whatever their order.

    The column of reasons in a workbook of errors is no part of the layout.
    """
    said = sorted(each for each in headers if each and each != REASON_HEADER)
    return sha256("\x1f".join(said).encode()).hexdigest()


def stage_delivery(
    file: Path,
    *,
    known: KnownPeople,
    county: str,
    on: date,
    out: Path,
    key: bytes,
    month: date | None = None,
    mappings: Mapping[str, HeaderMapping] | None = None,
    progress: Progress | None = None,
) -> StagedDelivery:
    """Read the file and write what it holds into `out`, an existing empty folder.

    county, on and key are as for `stage`; `month` is that of sheets which name none; `mappings` are the
    remembered ones by `headers_key`. Raises ReadError for a file that cannot be read, StagingError for one
    without a department's table.
    """
    with ReaderWorker() as worker:
        book = open_book(file, worker=worker, on_rows=_told(progress, file.name))
        sheets, unknown, notices = _recognised(file, book, mappings or {}, month)
        _refuse(file, sheets, unknown)
        if unknown:
            return StagedDelivery(out, (), tuple(unknown), (), tuple(notices), (), 0)
        _refuse_mixed(sheets)
        keeper = RowKeeper(out)
        stager = SheetStager(out, county, on, key, progress)
        stager.run_deliveries(sheets, known, keeper)
        kept = keeper.close(stager.months)
        read = tuple(
            _kept(sheet, stager, kept.get(sheet.source_id), _content_digest(sheet, on, key))
            for sheet in stager.read
        )
    for name in TABLES:
        (out / f"{name}.parquet").unlink(missing_ok=True)
    return StagedDelivery(
        out, read, (), tuple(keeper.lost), (*notices, *stager.notices), tuple(stager.problems),
        stager.errors.row_count, sheets[0].plan.is_correction, _titles(sheets),
    )  # fmt: skip


def _refuse_mixed(sheets: list[SourceSheet]) -> None:
    mended = [each for each in sheets if each.plan.is_correction]
    if mended and len(mended) < len(sheets):
        raise StagingError(f"{mended[0].place}是改正后的错误数据，请与其他数据分开上传")


def _titles(sheets: list[SourceSheet]) -> tuple[str, ...]:
    above = (row for each in sheets for row in each.head.head_rows[: each.plan.header_row_no - 1])
    return tuple(cell for row in above for cell in row if cell)


def _refuse(file: Path, sheets: list[SourceSheet], unknown: list[UnknownSheet]) -> None:
    for sheet in sheets:
        if sheet.plan.layout.feed in _REGISTRY:
            raise StagingError(f"{sheet.place}是登记库导出（{sheet.plan.layout.label}），不是部门推送")
    if not sheets and not unknown:
        raise StagingError(f"《{file.name}》中没有数据表，只有空表或隐藏的工作表")


def _told(progress: Progress | None, name: str) -> Callable[[str, int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda _, rows: tell(f"读取 {name}", rows, 0)


def _recognised(
    file: Path, book: Book, mappings: Mapping[str, HeaderMapping], month: date | None
) -> tuple[list[SourceSheet], list[UnknownSheet], list[str]]:
    sheets: list[SourceSheet] = []
    unknown: list[UnknownSheet] = []
    notices: list[str] = []
    for head in book.sheets:
        if head.row_count == 0 or head.sheet == ERROR_SUMMARY or head.sheet.startswith(FOR_REVIEW):
            continue
        if head.is_hidden:
            notices.append(f"隐藏的工作表“{head.sheet}”未读取；如需读取，请取消隐藏后重新上传。")
            continue
        row_no, headers = _likely_headers(head)
        key = headers_key(headers)
        feed, reason = None, "无法从表头判断是哪个部门的数据，请指明数据来源和各列的含义"
        try:
            plan = plan_sheet(file.name, head.sheet, head.head_rows, mappings.get(key, HeaderMapping()))
        except LayoutError as error:
            plan, feed, reason = None, error.feed, str(error)
        if plan is None:
            looks = looks_of(headers, head.head_rows[row_no:])
            unknown.append(UnknownSheet(head.sheet, headers, row_no, feed, reason, key, looks))
            continue
        plan = replace(plan, month=plan.month or month)
        sheets.append(SourceSheet(len(sheets) + 1, file, book, head, plan))
    return sheets, unknown, notices


def _likely_headers(head: SheetHead) -> tuple[int, tuple[str, ...]]:
    """Return the row that most looks like headers, 1-based, and its texts: the first of the fullest rows."""
    rows = head.head_rows[:HEADER_WITHIN_ROWS]
    fullest = max(range(len(rows)), key=lambda at: sum(bool(cell) for cell in rows[at]), default=0)
    return fullest + 1, tuple(read_header(cell or "").text for cell in (rows[fullest] if rows else []))


def _kept(sheet: SourceSheet, stager: SheetStager, kept: Path | None, digest: str) -> KeptSheet:
    source = staged_source(sheet, stager)
    layout = sheet.plan.layout
    amounts = {each.header: each.targets[0].name for each in layout.columns.values() if each.kind == "fen"}
    profile = SheetProfile(
        feed=layout.feed,
        month=source.month,
        row_count=source.row_count,
        headers=tuple(sorted({each.column.header for each in sheet.plan.bound})),
        sums=_sums(kept, layout, amounts),
    )
    return KeptSheet(source, kept, digest, profile)


def _sums(kept: Path | None, layout: Layout, amounts: Mapping[str, str]) -> dict[str, int]:
    """Return the sums of the sheet's amounts in fen, by standard header; of a ledger, of its items."""
    if kept is None:
        return {}
    if layout.subject == "ledger":
        table = pq.read_table(kept, columns=["item", "amount_fen"])
        sums = table.group_by("item").aggregate([("amount_fen", "sum")])
        by_item: dict[str, int | None] = dict(
            zip(sums["item"].to_pylist(), sums["amount_fen_sum"].to_pylist(), strict=True)
        )
        items = {
            each.targets[0].name.removeprefix("item:"): header for header, each in layout.columns.items()
        }
        return {items.get(item, item): int(total or 0) for item, total in by_item.items()}
    schema = pq.read_schema(kept)
    names = {header: name for header, name in amounts.items() if name in schema.names}
    table = pq.read_table(kept, columns=sorted(set(names.values())))
    return {header: int(pc.sum(table[name]).as_py() or 0) for header, name in names.items()}


def _content_digest(sheet: SourceSheet, on: date, key: bytes) -> str:
    """Return a keyed digest of what the rows say, the same whatever their order."""
    rows, total = RowReader(sheet.plan, on).fingerprint(sheet.book.batches(sheet.head.sheet))
    said = f"{sheet.plan.layout.feed}:{rows}:{total}"
    return hmac.digest(key, said.encode(), "sha256").hex()


def clear(folder: Path) -> None:
    """Empty a folder of a staging that is not wanted any more."""
    shutil.rmtree(folder, ignore_errors=True)
