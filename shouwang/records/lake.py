"""The lake: every delivery whole and unchanging, as Parquet by county, feed and month.

A file counts once its delivery is committed in the database; what a cut-off job left is told by the missing
row and swept. Nothing of a person but the blind index and the facts lies here; what was handed in, and what
rows without a number say of persons, lies sealed.
"""

import os
import secrets
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.conf import settings

from shouwang.records.sealing import seal_bytes, unseal_bytes

_UNDATED = "none"


def rows_path(county: str, feed: str, month: date | None, delivery_id: int, number: int) -> Path:
    """Return where the rows of one sheet of a delivery lie."""
    named = f"{month:%Y-%m}" if month else _UNDATED
    folder = _home() / "deliveries" / f"county={county}" / f"feed={feed}" / f"month={named}"
    return folder / f"{delivery_id:08}-{number}.parquet"


def put_rows(file: Path, path: Path) -> None:
    """Move a finished file to its place in the lake; it appears there whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.part")
    try:
        shutil.copyfile(file, fresh)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def values_path(county: str, run_id: int) -> Path:
    """Return where the indicators of a screening of all of a county lie."""
    return _home() / "screened" / f"county={county}" / f"{run_id:08}.parquet"


def drop_values(county: str, *, before: int) -> None:
    """Take away the indicators of screenings before one."""
    for path in (_home() / "screened" / f"county={county}").glob("*.parquet"):
        if path.stem < f"{before:08}":
            path.unlink(missing_ok=True)


def keep_sealed(county: str, kind: str, name: str, content: bytes) -> None:
    """Keep bytes sealed under a name: `originals` by their digest, `errors` by delivery. Raises OSError."""
    path = _sealed_path(county, kind, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        fresh.write_bytes(seal_bytes(content, of=f"lake.{kind}"))
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def read_sealed(county: str, kind: str, name: str) -> bytes | None:
    """Return what was kept under a name, None if nothing is. Raises UnsealError."""
    path = _sealed_path(county, kind, name)
    return unseal_bytes(path.read_bytes(), of=f"lake.{kind}") if path.is_file() else None


def drop_sealed(county: str, kind: str, name: str) -> None:
    """Take away what was kept under a name."""
    _sealed_path(county, kind, name).unlink(missing_ok=True)


def sweep(county: str, committed: Iterable[Path]) -> int:
    """Remove files of rows that no committed delivery names; return how many."""
    kept, gone = set(committed), 0
    for path in (_home() / "deliveries" / f"county={county}").glob("*/*/*.parquet*"):
        if path not in kept:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _sealed_path(county: str, kind: str, name: str) -> Path:
    return _home() / kind / county / f"{name}.sealed"


def _home() -> Path:
    home: Path = settings.SITE.lake_folder
    return home
