"""Read the recognised sheets into tables: households, members, the index of persons, then deliveries."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.domain.divisions import normalise
from shouwang.domain.identity import IdentityNote
from shouwang.domain.tables import TABLES
from shouwang.exchange import registry
from shouwang.exchange.adding import tell_discrepancies
from shouwang.exchange.identities import EXTRAS, IdentityFile, Sealing, sealed_columns
from shouwang.exchange.keeping import RowKeeper
from shouwang.exchange.matching import KnownPeople, Matcher
from shouwang.exchange.parts import ROW_ERRORS, UNMATCHED, Part, RowsWriter, join_parts, table_schema
from shouwang.exchange.registry_tables import RegistryTables
from shouwang.exchange.rows import RowReader, TypedRows, without
from shouwang.exchange.sources import SourceSheet

_REGISTRY_TABLES = ("household", "annual_income", "member")
_NUMBER_LOST = "id_destroyed_by_spreadsheet"


@dataclass
class Fate:
    """How the rows of one sheet fared."""

    row_count: int = 0
    refused_count: int = 0
    unmatched_count: int = 0
    incomes_without_year: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class SheetStager:
    """Write the tables of a staging into a fresh folder; `run` once, then read the results.

    `read` are the sheets in the order they were read, `counts` the rows by table, `months` the delivered
    month and `fates` how the rows fared by source_id, `problems` what stops a strict staging.
    """

    def __init__(
        self,
        folder: Path,
        county: str,
        on: date,
        key: bytes,
        progress: Callable[[str, int, int], None] | None,
        sealing: Sealing | None = None,
    ) -> None:
        self.folder = folder
        self.county = normalise(county)
        self.errors = RowsWriter(folder / "row_errors.parquet", ROW_ERRORS)
        self.unmatched = RowsWriter(folder / "unmatched.parquet", UNMATCHED)
        self.read: list[SourceSheet] = []
        self.counts: dict[str, int] = {}
        self.months: dict[int, date | None] = {}
        self.fates: dict[int, Fate] = {}
        self.notices: list[str] = []
        self.problems: list[str] = []
        self.on = on
        self.sealing = sealing
        self._key = key
        self._progress = progress
        self._done = self._total = 0
        self._parts: dict[str, list[Part]] = {name: [] for name in TABLES}
        self._unplaced = self._doubtful = 0

    def run(self, sheets: list[SourceSheet]) -> None:
        """Read all sheets and write all tables but `source`."""
        sheets = self._without_copies(sheets)
        self._total = sum(sheet.head.row_count for sheet in sheets)
        registry_sheets = [sheet for sheet in sheets if sheet.plan.layout.table in _REGISTRY_TABLES]
        for sheet in registry_sheets:
            is_member = sheet.plan.layout.subject == "member"
            self._read(sheet, self._write_members if is_member else self._write_households)
        corrections = {sheet.source_id for sheet in registry_sheets if sheet.plan.is_correction}
        identities = IdentityFile(self.folder / "identity.parquet") if self.sealing else None
        tables = RegistryTables(
            self.folder, self.county, self.errors, self.notices, self.months, corrections, identities
        )
        index = tables.join({name: self._parts[name] for name in _REGISTRY_TABLES})
        self.counts.update(tables.counts)
        self._read_deliveries(sheets, KnownPeople(index, tables.households), None)

    def run_deliveries(self, sheets: list[SourceSheet], known: KnownPeople, keeper: RowKeeper) -> None:
        """Read sheets of departments alone, matched to people already known, and keep every usable row."""
        sheets = self._without_copies(sheets)
        self._total = sum(sheet.head.row_count for sheet in sheets)
        for name in _REGISTRY_TABLES:
            pq.write_table(table_schema(name).empty_table(), self.folder / f"{name}.parquet")
        self._read_deliveries(sheets, known, keeper)

    def _read_deliveries(
        self, sheets: list[SourceSheet], known: KnownPeople, keeper: RowKeeper | None
    ) -> None:
        matcher = Matcher(known.index, known.households, self._key, self.unmatched, keeper)
        for sheet in sheets:
            if sheet.plan.layout.table not in _REGISTRY_TABLES:
                self._read(sheet, lambda each, rows: self._write_delivery(matcher, each, rows))
        for name in TABLES:
            if name not in (*_REGISTRY_TABLES, "source"):
                path = self.folder / f"{name}.parquet"
                self.counts[name] = join_parts(name, self._parts[name], self.months, path)
        discrepancies = tell_discrepancies(self.folder, self.errors)
        if discrepancies:
            self.notices.append(discrepancies)
        self.errors.close()
        self.unmatched.close()
        self._notice_totals()

    def _without_copies(self, sheets: list[SourceSheet]) -> list[SourceSheet]:
        """Leave out a sheet that says the same as an earlier one in another order of rows."""
        copies: set[int] = set()
        prints: dict[int, tuple[int, int]] = {}
        for first, second in combinations(sheets, 2):
            if _may_be_copies(first, second) and first.source_id not in copies:
                for sheet in (first, second):
                    if sheet.source_id not in prints:
                        reader = RowReader(sheet.plan, self.on)
                        prints[sheet.source_id] = reader.fingerprint(sheet.book.batches(sheet.head.sheet))
                found = prints[first.source_id]
                if found[0] and found == prints[second.source_id]:
                    copies.add(second.source_id)
                    self.notices.append(
                        f"{second.place}与{first.place}内容相同（仅行的顺序不同），只读取一次。"
                    )
        return [sheet for sheet in sheets if sheet.source_id not in copies]

    def _read(self, sheet: SourceSheet, write: Callable[[SourceSheet, TypedRows], None]) -> None:
        reader = RowReader(sheet.plan, self.on)
        fate = self.fates[sheet.source_id] = Fate()
        self.months[sheet.source_id] = sheet.plan.month
        self.read.append(sheet)
        for batch in sheet.book.batches(sheet.head.sheet):
            rows = reader.read(batch)
            if len(rows.row_no):
                write(sheet, self._usable(sheet, rows))
            self._done += batch.table.num_rows
            if self._progress is not None:
                self._progress(f"读取 {sheet.path.name}", min(self._done, self._total), self._total)
        for parts in self._parts.values():
            for part in parts:
                part.close()
        fate.row_count, fate.skipped = reader.row_count, reader.skipped
        if sheet.plan.month is None and reader.newest is not None:
            self.months[sheet.source_id] = reader.newest.replace(day=1)
        self._judge(sheet, fate)

    def _usable(self, sheet: SourceSheet, rows: TypedRows) -> TypedRows:
        """Tell the bad cells and return the rows that may be used despite them."""
        bad, layout = list(rows.bad), sheet.plan.layout
        number = next((bound for bound in sheet.plan.bound if bound.column.kind == "identity"), None)
        if number is not None and layout.subject in ("member", "registry"):
            is_blank_bad = number.constant is None and layout.subject == "member"
            bad += registry.number_problems(rows, number.header, is_blank_bad=is_blank_bad)
        self._doubtful += sum(IdentityNote.MAYBE_ROUNDED in each.notes for each in rows.identities or ())
        refusing = {"blank", _NUMBER_LOST} if layout.subject == "member" else {"blank"}
        refused = {cell.row for cell in bad if layout.bad_cell == "row" or cell.code in refusing}
        bad.sort(key=lambda cell: cell.row)
        self.errors.add_bad(sheet.source_id, rows.row_no, bad, refused)
        self.fates[sheet.source_id].refused_count += len(refused)
        return without(rows, sorted(refused))

    def _judge(self, sheet: SourceSheet, fate: Fate) -> None:
        if fate.row_count and fate.refused_count == fate.row_count:
            reason = "；每行的原因见“错误统计”（命令行用 check 查看），改正后重试"
            self.problems.append(f"{sheet.place}的 {fate.row_count} 行全部有错，没有一行可用{reason}。")
        if not fate.row_count:
            self.notices.append(f"{sheet.place}只有表头，没有数据行。")
        elif (
            self.months[sheet.source_id] is None
            and "delivered_month" in table_schema(sheet.plan.layout.table).names
        ):
            self.notices.append(f"{sheet.place}看不出是哪个月的数据；请在文件名中写明，如“2023年5月”。")
        if fate.incomes_without_year:
            self.notices.append(
                f"{sheet.place}看不出是哪一年的收入，{fate.incomes_without_year} 户的年度收入未采用；"
                "请增加“年度”列，或在文件名中写明，如“2023年”。"
            )

    def _part(self, sheet: SourceSheet, table: str, schema: pa.Schema) -> Part:
        parts = self._parts[table]
        if not parts or parts[-1].source_id != sheet.source_id:
            parts.append(
                Part(table, self.folder / f".{table}-{sheet.source_id}.parquet", schema, sheet.source_id)
            )
        return parts[-1]

    def _write_households(self, sheet: SourceSheet, rows: TypedRows) -> None:
        order = _year(sheet)
        columns = registry.household_columns(rows, self.county, order, registry.id_keys(rows, self._key))
        self._unplaced += int(pc.sum(pc.equal(columns["division"], self.county)).as_py() or 0)
        schema = registry.part_schema("household", registry.HOUSEHOLD_EXTRAS)
        self._part(sheet, "household", schema).write(columns, rows.row_no)
        incomes, row_no, dropped = registry.income_columns(rows, sheet.plan.year, order)
        self.fates[sheet.source_id].incomes_without_year += dropped
        schema = registry.part_schema("annual_income", registry.INCOME_EXTRAS)
        self._part(sheet, "annual_income", schema).write(incomes, row_no)

    def _write_members(self, sheet: SourceSheet, rows: TypedRows) -> None:
        columns = registry.member_columns(rows, _year(sheet), registry.id_keys(rows, self._key))
        extras = [*registry.MEMBER_EXTRAS, *(EXTRAS if self.sealing else [])]
        if self.sealing:
            columns |= sealed_columns(rows, self.sealing)
        schema = registry.part_schema("member", extras)
        self._part(sheet, "member", schema).write(columns, rows.row_no)

    def _write_delivery(self, matcher: Matcher, sheet: SourceSheet, rows: TypedRows) -> None:
        layout = sheet.plan.layout
        part = self._part(sheet, layout.table, table_schema(layout.table))
        write = matcher.write_ledger if layout.subject == "ledger" else matcher.write_events
        self.fates[sheet.source_id].unmatched_count += write(rows, layout, part)

    def _notice_totals(self) -> None:
        if self._unplaced:
            self.notices.append(
                f"有 {self._unplaced} 户的乡镇、村名在本县区划中找不到，暂按县归集；请核对名称。"
            )
        if self._doubtful:
            self.notices.append(
                f"有 {self._doubtful} 个证件号码末三位为 000，可能被电子表格改写过，请抽查核对。"
            )


def _year(sheet: SourceSheet) -> int | None:
    plan = sheet.plan
    return plan.year if plan.year is not None else plan.month.year if plan.month else None


def _may_be_copies(first: SourceSheet, second: SourceSheet) -> bool:
    one, other = first.plan, second.plan
    if one.layout.feed != other.layout.feed:
        return False
    if one.layout.is_stock and one.month != other.month:
        return False
    if one.layout.table in _REGISTRY_TABLES and one.year != other.year:
        return False
    rows = first.head.row_count - one.header_row_no
    return rows == second.head.row_count - other.header_row_no
