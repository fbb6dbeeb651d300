"""What a load brings: a staging with sealed identities, its digest, its rows as the tables take them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.actions.household_names import initials
from shouwang.domain.tables import TABLES
from shouwang.exchange.identities import IDENTITY, SEALED, Sealing
from shouwang.exchange.staging import Staged, stage
from shouwang.records.bulk import bytea
from shouwang.records.sealing import phone_indexer, sealer, tail_indexer

_ROWS = 50_000
_FEWEST_DIGITS = 5
_MEMORY = "512MB"
# Where a row stood says nothing of what it says: a reordered copy is the same content.
_PLACES = {"source_id", "row_no"}


@dataclass(frozen=True)
class Brought:
    """A staging's tables by name, its sealed identities, and what its reader is told of."""

    tables: dict[str, Path]
    identity: Path | None
    notices: tuple[str, ...] = ()
    error_count: int = 0
    unmatched_count: int = 0

    @classmethod
    def of(cls, staged: Staged) -> "Brought":
        """Take over a staging."""
        return cls(
            dict(staged.tables), staged.identity, staged.notices, staged.error_count, staged.unmatched_count
        )


def staged_sealed(
    *,
    registry: Path,
    deliveries: Path | None,
    county: str,
    on: date,
    out: Path,
    key: bytes,
    mapping: Path | None = None,
    keep_going: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Brought:
    """Stage both folders with sealed identities. Raises StagingError."""
    return Brought.of(
        stage(
            registry,
            deliveries,
            county=county,
            on=on,
            out=out,
            key=key,
            mapping=mapping,
            keep_going=keep_going,
            progress=progress,
            sealing=_sealing(),
        )
    )


def _sealing() -> Sealing:
    number, phone, household = (
        sealer(of=of) for of in ("member.id_number", "member.phone", "household.phone")
    )
    tail, index = tail_indexer(), phone_indexer()

    def phones(seal: Callable[[bytes], bytes]) -> Callable[[str], tuple[bytes, str] | None]:
        def sealed(text: str) -> tuple[bytes, str] | None:
            plain = text.strip()
            enough = sum(sign.isdigit() for sign in plain) >= _FEWEST_DIGITS
            return (seal(plain.encode()), index(plain)) if enough else None

        return sealed

    return Sealing(lambda text: (number(text.encode()), tail(text)), phones(phone), phones(household))


def content_digest(*, brought: Brought, county: str) -> str:
    """Return a digest of what the tables say, the same whatever the order of their rows and sheets."""
    whole = sha256(county.encode())
    with duckdb.connect(config={"memory_limit": _MEMORY}) as backend:
        for name in TABLES:
            path = brought.tables.get(name)
            if path is None or name == "source":
                continue
            columns = [column.name for column in TABLES[name].columns if column.name not in _PLACES]
            told = ", ".join(f'coalesce("{column}"::VARCHAR, chr(1))' for column in columns)
            row = backend.execute(
                f"SELECT count(*), sum(md5_number_lower(t)), sum(md5_number_upper(t)) "
                f"FROM (SELECT concat_ws(chr(31), {told}) AS t FROM read_parquet(?))",
                [str(path)],
            ).fetchone()
            whole.update(f"{name}:{row}".encode())
    return whole.hexdigest()


def row_count(*, brought: Brought, table: str) -> int:
    """Return how many rows of a table were brought."""
    path = brought.tables.get(table)
    return 0 if path is None else int(pq.read_metadata(path).num_rows)


def table_batches(*, brought: Brought, table: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a ledger or of the sources, its columns in their order."""
    names = [column.name for column in TABLES[table].columns]
    path = brought.tables.get(table)
    if path is not None:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS, columns=names):
                yield batch.select(names)


def household_batches(*, brought: Brought) -> Iterator[pa.RecordBatch]:
    """Yield the households with the initials of their heads."""
    for batch in table_batches(brought=brought, table="household"):
        yield batch.append_column("pinyin", _initials(batch.column("head_name")))


def member_batches(*, brought: Brought) -> Iterator[pa.RecordBatch]:
    """Yield the members with initials and sealed identities; the two files have the same rows in order."""
    rest = _identities(brought)
    for batch in table_batches(brought=brought, table="member"):
        batch = batch.append_column("pinyin", _initials(batch.column("name")))
        sealed = next(rest, None)
        for name, type_ in SEALED:
            if sealed is None:
                column = pa.nulls(batch.num_rows, pa.string())
            elif pa.types.is_binary(type_):
                column = bytea(sealed.column(name).to_pylist())
            else:
                column = sealed.column(name)
            batch = batch.append_column(name, column)
        if sealed is not None and not sealed.column("person_id").equals(batch.column("person_id")):
            raise ValueError("identity.parquet and member.parquet are not of one staging")
        yield batch


def _identities(brought: Brought) -> Iterator[pa.RecordBatch]:
    if brought.identity is not None:
        with pq.ParquetFile(brought.identity) as file:
            yield from file.iter_batches(batch_size=_ROWS, columns=IDENTITY.names)


def _initials(names: pa.Array) -> pa.Array:
    """Return the initials of names, each distinct name read once."""
    encoded = names.dictionary_encode()
    read = [initials(name) if name else "" for name in encoded.dictionary.to_pylist()]
    return pa.array(read, pa.string()).take(encoded.indices)
