"""The lake's files in a backup: what departments handed in, what became of it, and what was given back.

Each file is its name and its content, and an empty name ends them. Snapshots are not among them: they are
made from the database again.
"""

import os
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shouwang.records.backup_file import BackupError, ForeignBackup, SealedReader

KEPT = ("deliveries", "originals", "errors")
_HEAD = struct.Struct(">IQ")
_BLOCK = 1 << 20
_LONGEST_NAME = 4096


@dataclass(frozen=True)
class LakeCount:
    """How many files of the lake a backup holds, and their bytes."""

    files: int = 0
    size: int = 0


def write_lake(lake: Path | None, write: Callable[[bytes], None]) -> None:
    """Write every file of the lake, and their end; None writes the end alone. Raises OSError.

    A file that goes meanwhile is of a delivery that was taken back after the database was read.
    """
    for path in _files(lake) if lake is not None else ():
        name = path.relative_to(lake or path).as_posix().encode()
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            continue
        with stream:
            size = os.fstat(stream.fileno()).st_size
            write(_HEAD.pack(len(name), size) + name)
            while content := stream.read(_BLOCK):
                write(content)
    write(_HEAD.pack(0, 0))


def read_lake(reader: SealedReader, into: Path | None = None) -> LakeCount:
    """Read the files to their end and count them; put them into a folder where one is given.

    Raises BackupError, OSError.
    """
    files = size = 0
    while (head := _HEAD.unpack(reader.read_exactly(_HEAD.size)))[0]:
        name = _name(reader, head[0])
        if into is None:
            for _ in _blocks(reader, head[1]):
                pass
        else:
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                for block in _blocks(reader, head[1]):
                    stream.write(block)
        files, size = files + 1, size + head[1]
    return LakeCount(files, size)


def refuse_used_lake(lake: Path) -> None:
    """Refuse a lake with files in it: another site's would be mixed with the backup's."""
    if next(_files(lake), None) is not None:
        raise BackupError(
            f"数据湖 {lake} 里已有文件：为免混在一起，请换一个空文件夹（SHOUWANG_LAKE）再恢复。"
        )


def empty_lake(lake: Path) -> None:
    """Take out what a restore that failed has put into an empty lake."""
    for folder in KEPT:
        shutil.rmtree(lake / folder, ignore_errors=True)


def _files(lake: Path) -> Iterator[Path]:
    for folder in KEPT:
        for path in sorted((lake / folder).rglob("*")):
            # A name with a dot before it is of a file that is still being written.
            if path.is_file() and not path.name.startswith("."):
                yield path


def _name(reader: SealedReader, length: int) -> PurePosixPath:
    if length > _LONGEST_NAME:
        raise ForeignBackup("备份中文件的名称过长，不是本程序写的。")
    name = PurePosixPath(reader.read_exactly(length).decode("utf-8", errors="replace"))
    if name.is_absolute() or ".." in name.parts or name.parts[0] not in KEPT:
        raise ForeignBackup("备份中有不属于数据湖的文件，不是本程序写的。")
    return name


def _blocks(reader: SealedReader, size: int) -> Iterator[bytes]:
    while size:
        block = reader.read_exactly(min(size, _BLOCK))
        size -= len(block)
        yield block
