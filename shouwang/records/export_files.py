"""The files of exports: sealed in the site's folder, in blocks, so that neither size nor a dump matters."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from shouwang.records.sealing import sealer, unseal_bytes

_BLOCK = 4 * 1024 * 1024
_LENGTH_BYTES = 4
_WORK = ".work-"


class ExportFileGone(LookupError):
    """The sealed file is not there, or not whole."""


def sealed_path(number: str) -> Path:
    """Return where the file of a request lies."""
    return Path(settings.SITE.home) / "exports" / f"{number}.sealed"


def keep_file(number: str, file: Path) -> None:
    """Seal a file under the number of its request, whole or not at all; only the owner can read it."""
    target = sealed_path(number)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as sealed, file.open("rb") as plain:
            seal_block = sealer(of=f"export:{number}")
            for place, block in enumerate(_blocks(plain.read, _BLOCK)):
                content = seal_block(place.to_bytes(_LENGTH_BYTES, "big") + block)
                sealed.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
        os.replace(fresh, target)
    finally:
        with suppress(OSError):
            fresh.unlink()


def kept_blocks(number: str) -> Iterator[bytes]:
    """Yield the file of a request, block by block. Raises ExportFileGone, UnsealError."""
    try:
        with sealed_path(number).open("rb") as sealed:
            place = 0
            while length := sealed.read(_LENGTH_BYTES):
                content = sealed.read(int.from_bytes(length, "big"))
                block = unseal_bytes(content, of=f"export:{number}")
                if int.from_bytes(block[:_LENGTH_BYTES], "big") != place:
                    raise ExportFileGone(number)
                yield block[_LENGTH_BYTES:]
                place += 1
    except FileNotFoundError:
        raise ExportFileGone(number) from None


def drop_file(number: str) -> bool:
    """Remove the file of a request; tell whether there was one."""
    try:
        sealed_path(number).unlink()
    except FileNotFoundError:
        return False
    return True


def kept_numbers() -> set[str]:
    """Return the numbers of the requests whose files are there."""
    return {path.stem for path in (Path(settings.SITE.home) / "exports").glob("*.sealed")}


@contextmanager
def work_folder() -> Iterator[Path]:
    """Give a folder beside the sealed files for one that is being made; it goes with the block."""
    work = open_work()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def open_work() -> Path:
    """Make such a folder, for who takes it away himself."""
    home = sealed_path("").parent
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=_WORK, dir=home))


def drop_work(before: datetime) -> None:
    """Remove the folders that a killed process left; what lies in them is not sealed."""
    for folder in sealed_path("").parent.glob(f"{_WORK}*"):
        if folder.stat().st_mtime < before.timestamp():
            shutil.rmtree(folder, ignore_errors=True)


def _blocks(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    while block := read(size):
        yield block
