"""Join the registry's sheets into the tables household, annual_income and member, one row each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shouwang.exchange.identities import IdentityFile
from shouwang.exchange.normalising import BadCell
from shouwang.exchange.parts import Part, RowsWriter, have_repeats, rows_kept, table_schema
from shouwang.exchange.persons import PersonIndex
from shouwang.exchange.registry import division_code

TEXT = pa.string()


@dataclass
class RegistryTables:
    """Join the registry's parts into household, annual_income and member, and keep the index of persons.

    Of several exports the newest year's fills household and member; of one household or person told twice the
    latest month's row stays, else the first, a corrected workbook's before all. `households` are the ids
    written.
    """

    folder: Path
    county: str
    errors: RowsWriter
    notices: list[str]
    months: Mapping[int, date | None]
    corrections: set[int]
    identities: IdentityFile | None = None
    counts: dict[str, int] = field(default_factory=dict)
    households: pa.Array = field(default_factory=lambda: pa.array([], TEXT))
    _heads: list[pa.RecordBatch] = field(default_factory=list)
    _persons: list[pa.RecordBatch] = field(default_factory=list)
    _unlisted: dict[str, dict[str, Any]] = field(default_factory=dict)

    def join(self, parts: Mapping[str, list[Part]]) -> PersonIndex:
        """Write the three tables and return the index."""
        ordered = {name: sorted(parts[name], key=self._rank) for name in parts}
        with self._writer("household") as writer:
            self._join_households(writer, ordered["household"])
            self._join_members(ordered["member"])
            self._add_unlisted(writer)
        self._join_incomes(ordered["annual_income"])
        for part in (part for name in parts for part in parts[name]):
            part.drop()
        index = PersonIndex.of(self._persons, self._heads)
        if shared := len(index.ambiguous):
            self.notices.append(
                f"登记库中有 {shared} 个证件号码被两人或两户以上使用，"
                "相关部门数据无法判断归谁，已列入未匹配。"
            )
        return index

    def _join_households(self, writer: pq.ParquetWriter, parts: list[Part]) -> None:
        older: set[str] = set()
        written = []
        for batch in self._newest(parts, "household_id", "户编号", older):
            self._heads.append(batch.select(["_head_key", "household_id"]))
            written.append(batch.column("household_id"))
            self._write(writer, "household", batch)
        self.households = pa.concat_arrays(written) if written else self.households
        if older:
            is_known = pc.is_in(pa.array(sorted(older), TEXT), value_set=self.households)
            if count := len(older) - pc.sum(is_known).as_py():
                self.notices.append(
                    f"有 {count} 户只出现在较早年度的户信息中，最新年度没有，未纳入本次监测。"
                )

    def _join_members(self, parts: list[Part]) -> None:
        with self._writer("member") as writer:
            for batch in self._newest(parts, "person_id", "人口编号", set()):
                self._persons.append(batch.select(["id_key", "person_id", "household_id"]))
                self._note_unlisted(batch)
                self._write(writer, "member", batch)
                if self.identities is not None:
                    self.identities.write(batch)
        if self.identities is not None:
            self.identities.close()

    def _join_incomes(self, parts: list[Part]) -> None:
        """Write the incomes of all years; one told by several exports is taken from the newest of them."""
        key = ["household_id", "year"]
        parts = sorted(parts, key=lambda part: -(part.largest("_order") or 0))
        seen: set[Any] | None = set() if have_repeats(parts, key) else None
        with self._writer("annual_income") as writer:
            for part in parts:
                for batch in part.batches():
                    kept = batch if seen is None else rows_kept(batch, seen, key)[0]
                    self._write(writer, "annual_income", kept)

    def _newest(self, parts: list[Part], key: str, header: str, older: set[str]) -> Iterator[pa.RecordBatch]:
        """Yield the newest year's rows, one for each key; the keys of older rows go to `older`."""
        newest = max((order for part in parts if (order := part.largest("_order")) is not None), default=None)
        latest_month = max((self._month_ordinal(part) for part in parts), default=0)
        seen: set[Any] | None = set() if have_repeats(parts, [key]) else None
        for part in parts:
            for batch in part.batches():
                if newest is not None and part.source_id not in self.corrections:
                    is_newest = pc.equal(pc.fill_null(batch.column("_order"), newest), newest)
                    older.update(batch.filter(pc.invert(is_newest)).column(key).to_pylist())
                    batch = batch.filter(is_newest)
                if seen is not None:
                    kept, repeated = rows_kept(batch, seen, [key])
                    if self._month_ordinal(part) == latest_month:
                        self._tell_repeated(part, batch, repeated, header)
                    batch = kept
                yield batch

    def _tell_repeated(self, part: Part, batch: pa.RecordBatch, repeated: list[int], header: str) -> None:
        """Tell the repeated rows; beside a corrected workbook the originals repeat it rightly."""
        if self.corrections and part.source_id not in self.corrections:
            return
        reason = f"{header}重复：前面已有同一{header}的行，本行未采用"
        bad = [BadCell(at, header, "repeated_key", reason, None) for at in repeated]
        self.errors.add_bad(part.source_id, batch.column("row_no"), bad, set(repeated))

    def _note_unlisted(self, batch: pa.RecordBatch) -> None:
        """Remember households that only the members name."""
        is_unlisted = pc.invert(pc.is_in(batch.column("household_id"), value_set=self.households))
        names = {
            "household_id": "household_id", "_township": "township", "_village": "village",
            "_head_name": "head_name",
            "source_id": "source_id", "row_no": "row_no",
        }  # fmt: skip
        for row in batch.filter(is_unlisted).select(list(names)).to_pylist():
            self._unlisted.setdefault(
                row["household_id"], {names[name]: value for name, value in row.items()}
            )

    def _add_unlisted(self, writer: pq.ParquetWriter) -> None:
        if not self._unlisted:
            return
        rows = [
            row | {"division": division_code(self.county, row["township"], row["village"])[0]}
            for row in self._unlisted.values()
        ]
        self._write(writer, "household", pa.RecordBatch.from_pylist(rows, schema=writer.schema))
        self.households = pa.concat_arrays([self.households, pa.array(list(self._unlisted), TEXT)])
        self.notices.append(
            f"有 {len(rows)} 户只在家庭成员信息中出现，没有户信息；除编号和地址外各项按未知处理。"
        )

    def _rank(self, part: Part) -> tuple[bool, int]:
        return part.source_id not in self.corrections, -self._month_ordinal(part)

    def _month_ordinal(self, part: Part) -> int:
        month = self.months.get(part.source_id)
        return month.toordinal() if month else 0

    def _writer(self, table: str) -> pq.ParquetWriter:
        return pq.ParquetWriter(self.folder / f"{table}.parquet", table_schema(table), compression="zstd")

    def _write(self, writer: pq.ParquetWriter, table: str, batch: pa.RecordBatch) -> None:
        writer.write_batch(batch.select(writer.schema.names))
        self.counts[table] = self.counts.get(table, 0) + batch.num_rows
