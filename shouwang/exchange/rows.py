"""A sheet's batches into typed rows: titles, blank and subtotal rows left out, every bad cell told."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from shouwang.domain.identity import Identity, parse_identity
from shouwang.exchange.cells import Kind
from shouwang.exchange.headers import header_key
from shouwang.exchange.layouts import Target
from shouwang.exchange.normalising import BadCell, ColumnReader, merged
from shouwang.exchange.reading import SheetBatch
from shouwang.exchange.recognising import BoundColumn, SheetPlan

SKIP_LABELS = {"blank": "空行", "total": "合计行", "note": "说明行", "header": "重复的表头行"}
_TOTAL = r"^(本页|本村|本组|全村|全乡|全镇|全县)?(合|小|总|共|累)计[::]?$"
_WHOM = frozenset({"household_id", "person_id", "@number", "@head_number"})
_NAMES = frozenset({"@name", "@head_name", "name", "head_name"})
_LOOKED_AT_FOR_TOTALS = 3
_DIGEST_BITS = 128
_DATED_KINDS = {"past_date", "past_month"}


@dataclass(frozen=True)
class TypedRows:
    """The usable rows of a batch, `row_no` as the user sees it.

    `columns` are by target name, `table.name` for a target outside the feed's table; targets the sheet
    lacks are not there. `identities` are of the @number column (None without one), `numbers` its cells as
    they stand. `bad` counts rows from the first here.
    """

    row_no: pa.Array
    columns: dict[str, pa.Array]
    identities: list[Identity] | None
    bad: list[BadCell]
    numbers: list[str | None] | None = None

    def column(self, name: str, type_: pa.DataType) -> pa.Array:
        """Return a column, all unknown if the sheet does not have it."""
        found = self.columns.get(name)
        return pa.nulls(len(self.row_no), type_) if found is None else found

    def texts(self, name: str) -> list[str | None]:
        """Return a text column as a list, all None if the sheet does not have it."""
        texts: list[str | None] = self.column(name, pa.string()).to_pylist()
        return texts


@dataclass
class RowReader:
    """Read the batches of one planned sheet.

    `skipped` counts left-out rows by reason, `newest` is the newest day seen, `row_count` the rows not left
    out.
    """

    plan: SheetPlan
    on: date
    skipped: Counter[str] = field(default_factory=Counter)
    newest: date | None = None
    row_count: int = 0

    def __post_init__(self) -> None:
        self._readers = [ColumnReader(bound, self.on) for bound in self.plan.bound]

    def read(self, batch: SheetBatch) -> TypedRows:
        """Return the batch's usable rows."""
        table, kinds, row_no = self._usable(batch)
        self.row_count += table.num_rows
        by_target: dict[str, list[pa.Array]] = {}
        bad: list[BadCell] = []
        identities = numbers = None
        for reader in self._readers:
            cells = _cells(table, reader.bound)
            found, wrong = reader.read(cells)
            bad += wrong
            self._note_newest(reader.bound, found)
            for target, values in found.items():
                name = f"{target.table}.{target.name}" if target.table else target.name
                by_target.setdefault(name, []).append(values)
            if reader.bound.column.kind == "identity":
                identities = _identities(cells, kinds, reader.bound, self.on)
                numbers = cells.to_pylist()
        columns = {name: merged(name, values) for name, values in by_target.items()}
        return TypedRows(row_no, columns, identities, bad, numbers)

    def _usable(self, batch: SheetBatch) -> tuple[pa.Table, pa.Table, pa.Array]:
        table, kinds = batch.table.combine_chunks(), batch.kinds
        first = batch.first_row_no
        row_no = pa.array(range(first, first + table.num_rows), pa.int64())
        above = max(0, self.plan.header_row_no - first + 1)
        if above:
            table, kinds, row_no = table.slice(above), kinds.slice(above), row_no.slice(above)
        why = self._reasons(table)
        keep = pc.is_null(why)
        left_out = table.num_rows - int(pc.sum(keep).as_py() or 0)
        if left_out:
            counts = pc.value_counts(why.drop_null()).to_pylist()
            self.skipped.update({count["values"]: count["counts"] for count in counts})
            table, kinds, row_no = table.filter(keep), kinds.filter(keep), row_no.filter(keep)
        return table, kinds, row_no

    def _reasons(self, table: pa.Table) -> pa.Array:
        """Return why each row is left out, null for a usable row."""
        at = [bound.index for bound in self.plan.bound if bound.index is not None]
        trimmed = {index: pc.utf8_trim_whitespace(_chunk(table, index)) for index in at}
        filled = pa.array([0] * table.num_rows, pa.int8())
        for cells in trimmed.values():
            filled = pc.add(filled, pc.fill_null(pc.not_equal(cells, ""), False).cast(pa.int8()))
        is_total = is_header = pa.array([False] * table.num_rows, pa.bool_())
        keys = self._columns_of(_WHOM | _NAMES)
        for index in sorted({*at[:_LOOKED_AT_FOR_TOTALS], *range(min(3, table.num_columns)), *keys}):
            words = pc.replace_substring_regex(_chunk(table, index), r"[\s　]+", "")
            is_total = pc.or_(is_total, pc.fill_null(pc.match_substring_regex(words, _TOTAL), False))
        for index, header in keys.items():
            is_header = pc.or_(is_header, pc.fill_null(pc.equal(trimmed[index], header), False))
        is_keyless = pa.array([True] * table.num_rows, pa.bool_())
        for index in self._columns_of(_WHOM):
            is_keyless = pc.and_(is_keyless, pc.invert(pc.fill_null(pc.not_equal(trimmed[index], ""), False)))
        is_note = pc.and_(is_keyless, pc.less_equal(filled, 1))
        return pc.case_when(
            pc.make_struct(pc.equal(filled, 0), is_total, is_header, is_note),
            "blank",
            "total",
            "header",
            "note",
        )

    def _columns_of(self, names: frozenset[str]) -> dict[int, str]:
        """Return the columns that fill one of the targets, with their headers."""
        return {
            bound.index: bound.header
            for bound in self.plan.bound
            if bound.index is not None and names & {target.name for target in bound.column.targets}
        }

    def fingerprint(self, batches: Iterable[SheetBatch]) -> tuple[int, int]:
        """Return the number of usable rows and a sum of what they say that does not depend on their order."""
        used = [bound for bound in self.plan.bound if bound.index is not None]
        used.sort(key=lambda bound: bound.column.header)
        headers = "\x1f".join(bound.column.header for bound in used)
        rows = total = 0
        for batch in batches:
            table, _, _ = self._usable(batch)
            cells = [_cells(table, bound) for bound in used]
            lines = pc.binary_join_element_wise(*cells, "\x1f", null_handling="replace", null_replacement="")
            rows += table.num_rows
            total += sum(_digest(f"{headers}\x1e{line}") for line in lines.to_pylist())
        return rows, total % (1 << _DIGEST_BITS)

    def _note_newest(self, bound: BoundColumn, found: dict[Target, pa.Array]) -> None:
        if bound.column.kind in _DATED_KINDS and not bound.column.is_personal:
            for values in found.values():
                latest = pc.max(values).as_py()
                if latest is not None and (self.newest is None or latest > self.newest):
                    self.newest = latest


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=_DIGEST_BITS // 8).digest())


def without(rows: TypedRows, refused: Sequence[int]) -> TypedRows:
    """Return the rows without the refused ones (counted from the first here)."""
    if not refused:
        return rows
    gone = set(refused)
    keep = [at for at in range(len(rows.row_no)) if at not in gone]
    at = pa.array(keep, pa.int64())
    identities = None if rows.identities is None else [rows.identities[each] for each in keep]
    numbers = None if rows.numbers is None else [rows.numbers[each] for each in keep]
    columns = {name: values.take(at) for name, values in rows.columns.items()}
    return TypedRows(rows.row_no.take(at), columns, identities, rows.bad, numbers)


def _chunk(table: pa.Table, index: int) -> pa.Array:
    column = table.column(index)
    return (
        column.chunk(0)
        if column.num_chunks == 1
        else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])
    )


def _cells(table: pa.Table, bound: BoundColumn) -> pa.Array:
    if bound.constant is not None:
        return pa.array([bound.constant or None] * table.num_rows, pa.string())
    return _chunk(table, bound.index or 0)


def _identities(cells: pa.Array, kinds: pa.Table, bound: BoundColumn, on: date) -> list[Identity]:
    texts = cells.to_pylist()
    if bound.words:
        texts = [bound.words.get(header_key(text), text) if text else text for text in texts]
    if bound.index is None:
        return [parse_identity(text, on) for text in texts]
    large = pc.equal(_chunk(kinds, bound.index), int(Kind.LARGE_NUMBER)).to_pylist()
    return [
        parse_identity(float(text) if is_large else text, on)
        for text, is_large in zip(texts, large, strict=True)
    ]
