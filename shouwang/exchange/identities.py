"""Sealed identities beside a staging: what a site keeps of numbers and telephones, never the numbers.

exchange knows no cipher and no key: it is given what seals, and writes only what comes back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.exchange.rows import TypedRows

# A value to the sealed bytes and the blind index by which it is found; None for a value not worth keeping.
Seal = Callable[[str], tuple[bytes, str] | None]
BINARY, TEXT = pa.binary(), pa.string()
SEALED = [
    ("id_sealed", BINARY), ("id_tail_key", TEXT), ("phone_sealed", BINARY), ("phone_key", TEXT),
    ("household_phone_sealed", BINARY), ("household_phone_key", TEXT),
]  # fmt: skip
IDENTITY = pa.schema([("person_id", TEXT), ("household_id", TEXT), *SEALED])
EXTRAS = [(f"_{name}", type_) for name, type_ in SEALED]


@dataclass(frozen=True)
class Sealing:
    """How the three values are sealed; the index of an ID number here is that of its last four signs."""

    id_number: Seal
    phone: Seal
    household_phone: Seal


def sealed_columns(rows: TypedRows, sealing: Sealing) -> dict[str, pa.Array]:
    """Return the columns of EXTRAS for rows of the registry's members."""
    numbers = [each.number for each in rows.identities or ()] or [None] * len(rows.row_no)
    found: dict[str, pa.Array] = {}
    for (sealed_name, key_name), values, seal in (
        (("_id_sealed", "_id_tail_key"), numbers, sealing.id_number),
        (("_phone_sealed", "_phone_key"), rows.texts("@phone"), sealing.phone),
        (
            ("_household_phone_sealed", "_household_phone_key"),
            rows.texts("@household_phone"),
            sealing.household_phone,
        ),
    ):
        pairs: list[Any] = [(seal(value) if value else None) or (None, None) for value in values]
        found[sealed_name] = pa.array([sealed for sealed, _ in pairs], BINARY)
        found[key_name] = pa.array([key for _, key in pairs], TEXT)
    return found


@dataclass
class IdentityFile:
    """Write identity.parquet: one row per person of the table `member`."""

    path: Path
    _writer: pq.ParquetWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = pq.ParquetWriter(self.path, IDENTITY, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch of members with its EXTRAS."""
        arrays = [
            batch.column(each.name if each.name in batch.schema.names else f"_{each.name}")
            for each in IDENTITY
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=IDENTITY))

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
