"""What the lake keeps of a delivery: every usable row, matched or not, each person by blind index alone.

What a row without a home says of its person goes to a file of its own, which its caller seals: with it the
person may yet be found, or told to the department.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.exchange.parts import Part, RowsWriter
from shouwang.exchange.rows import TypedRows

TEXT = pa.string()
KEPT_EXTRAS = (("id_key", TEXT), ("reason_code", TEXT))
SOUGHT = pa.schema([
    ("source_id", pa.int64()), ("row_no", pa.int64()), ("name", TEXT), ("number", TEXT), ("head_name", TEXT),
    ("township", TEXT), ("village", TEXT), ("phone", TEXT),
])  # fmt: skip
_SAID = ("name", "head_name", "township", "village", "phone")


@dataclass
class RowKeeper:
    """Writes kept-<source_id>.parquet per sheet, and sought.parquet, into `folder`.

    A kept file has the canonical table's columns with person and household unknown where nobody was found,
    id_key and reason_code. `lost` lists (source_id, row_no, reason_code, id_key) of the rows without a home.
    """

    folder: Path
    lost: list[tuple[int, int, str, str | None]] = field(default_factory=list)
    _writers: dict[int, pq.ParquetWriter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sought = RowsWriter(self.folder / "sought.parquet", SOUGHT)

    def write(
        self,
        part: Part,
        rows: TypedRows,
        columns: Mapping[str, pa.Array],
        keys: Sequence[str | None],
        codes: Mapping[int, str],
    ) -> None:
        """Keep the rows of a batch; `codes` says by position why a row found nobody."""
        reasons = pa.array([codes.get(at) for at in range(len(rows.row_no))], TEXT)
        extras = {"id_key": pa.array(keys, TEXT), "reason_code": reasons}
        self._write(part, {**columns, **extras}, rows.row_no)
        numbers = rows.row_no.to_pylist()
        self.lost += [(part.source_id, numbers[at], code, keys[at]) for at, code in codes.items()]
        self._seek(part.source_id, rows, list(codes))

    def write_matched(self, part: Part, columns: Mapping[str, pa.Array], row_no: pa.Array) -> None:
        """Keep rows that name their household themselves."""
        self._write(part, columns, row_no)

    def close(self, months: Mapping[int, date | None]) -> dict[int, Path]:
        """Finish the files, each row with its sheet's month, and return those of kept rows by source_id."""
        for source_id, writer in self._writers.items():
            writer.close()
            _give_month(self._path(source_id), months.get(source_id))
        self._sought.close()
        return {source_id: self._path(source_id) for source_id in self._writers}

    def _path(self, source_id: int) -> Path:
        return self.folder / f"kept-{source_id}.parquet"

    def _write(self, part: Part, columns: Mapping[str, pa.Array], row_no: pa.Array) -> None:
        if part.source_id not in self._writers:
            schema = part.schema
            for name, type_ in KEPT_EXTRAS:
                schema = schema.append(pa.field(name, type_))
            self._writers[part.source_id] = pq.ParquetWriter(
                self._path(part.source_id), schema, compression="zstd"
            )
        writer, count = self._writers[part.source_id], len(row_no)
        given = {
            **columns,
            "row_no": row_no,
            "source_id": pa.repeat(pa.scalar(part.source_id, pa.int64()), count),
        }
        arrays = [
            given[each.name].cast(each.type) if each.name in given else pa.nulls(count, each.type)
            for each in writer.schema
        ]
        writer.write_batch(pa.record_batch(arrays, schema=writer.schema))

    def _seek(self, source_id: int, rows: TypedRows, places: Sequence[int]) -> None:
        texts = {
            name: rows.texts(f"@{name}") for name in ("name", "head_name", "township", "village", "phone")
        }
        numbers, row_no = rows.numbers or [None] * len(rows.row_no), rows.row_no.to_pylist()
        for at in places:
            says = {"source_id": source_id, "row_no": row_no[at], "number": numbers[at]}
            says |= {name: values[at] for name, values in texts.items()}
            self._sought.add(tuple(says[each.name] for each in SOUGHT))


def _give_month(path: Path, month: date | None) -> None:
    """Write the delivered month, which is known only when a sheet is read to its end, into every row."""
    schema = pq.read_schema(path)
    if "delivered_month" not in schema.names:
        return
    at, fresh = schema.get_field_index("delivered_month"), path.with_suffix(".dated")
    with pq.ParquetFile(path) as file, pq.ParquetWriter(fresh, schema, compression="zstd") as writer:
        for batch in file.iter_batches():
            dated = pa.repeat(pa.scalar(month, pa.date32()), batch.num_rows)
            writer.write_batch(batch.set_column(at, schema.field(at), dated))
    fresh.replace(path)
