"""Back the whole database up into one sealed file, check such a file without a server, and restore it."""

import hashlib
import json
import os
import re
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from shouwang.records import server_cluster
from shouwang.records.backup_file import BackupError, ForeignBackup, SealedReader, SealedWriter
from shouwang.records.backup_lake import (
    LakeCount,
    empty_lake,
    read_lake,
    refuse_used_lake,
    write_lake,
)
from shouwang.records.backup_programs import READ_BYTES, address, feeding, program
from shouwang.records.server_database import Database, connected, without_default_grants

MANIFEST_BYTES_LIMIT = 64 << 20

_TABLES = """
select format('%I.%I', n.nspname, c.relname), n.nspname, c.relname
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't'
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' order by 1
"""
_OBJECTS = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
"""
_COPY = re.compile(rb"COPY (.+?)(?: \(.*\))? FROM stdin;\n")


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: rows by table, server and roles it was made with, header, small files.

    `lake` is known once it was read to its end.
    """

    header: Mapping[str, Any]
    rows: Mapping[str, int]
    server_major: int
    owner: str
    app: str
    extra: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    lake: LakeCount | None = None


def backup(
    database: Database,
    out: Path,
    *,
    passphrase: bytes,
    extra: Mapping[str, bytes],
    header: Mapping[str, Any],
    lake: Path | None = None,
) -> Manifest:
    """Write one sealed file of the database as it is at one moment, with `extra` small files and `header`.

    lake: the folder of deliveries, whose files go along.

    The file appears under its name only when it is whole, readable by its owner alone. Raises BackupError.
    """
    if not passphrase:
        raise BackupError("备份口令不能为空：备份里有全部个人信息。")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            writer = SealedWriter(file, passphrase)
            manifest = _write(database, writer, extra, header, lake)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, out)
    except OSError as error:
        raise BackupError(f"备份文件 {out} 写不进去：请检查文件夹是否存在、可写，磁盘是否已满。") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(
    database: Database,
    writer: SealedWriter,
    extra: Mapping[str, bytes],
    header: Mapping[str, Any],
    lake: Path | None,
) -> Manifest:
    with connected(database, database.reading_conninfo()) as connection:
        connection.execute("begin isolation level repeatable read read only")
        # Counting must see every row: a policy that hides some is an error, not a smaller number.
        connection.execute("set local row_security = off")
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        assert snapshot is not None
        manifest = Manifest(
            header, _counted(connection), _server_major(connection),
            database.owner.user, database.app.set_role or database.app.user, extra,
        )  # fmt: skip
        writer.write(_packed(manifest))
        # Listed after the database's moment: no file that it names is missing.
        write_lake(lake, writer.write)
        command = ["--format=custom", "--compress=6", "--no-owner", f"--snapshot={snapshot[0]}"]
        with program(database, "pg_dump", [*command, *address(database)], stdout=subprocess.PIPE) as dump:
            assert dump.stdout is not None
            while content := dump.stdout.read(READ_BYTES):
                writer.write(content)
    return manifest


def _server_major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10000


def _counted(connection: psycopg.Connection) -> dict[str, int]:
    counts = {}
    for label, schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL("select count(*) from only {}").format(sql.Identifier(schema, table))
        try:
            row = connection.execute(query).fetchone()
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(f"用户看不到表 {label} 的全部行，不能备份：请以表的属主连接。") from error
        counts[label] = int(row[0]) if row else 0
    return counts


def _packed(manifest: Manifest) -> bytes:
    files = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in manifest.extra.items()
    ]
    said = {
        "header": dict(manifest.header), "rows": dict(manifest.rows), "server_major": manifest.server_major,
        "owner": manifest.owner, "app": manifest.app, "files": files,
    }  # fmt: skip
    written = json.dumps(said, ensure_ascii=False).encode("utf-8")
    return struct.pack(">I", len(written)) + written + b"".join(manifest.extra.values())


@contextmanager
def _opened(path: Path, passphrase: bytes) -> Iterator[tuple[Manifest, SealedReader]]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"打不开备份文件 {path}：请检查路径和读取权限。") from error
    with file:
        reader = SealedReader(file, passphrase)
        (size,) = struct.unpack(">I", reader.read_exactly(4))
        if size > MANIFEST_BYTES_LIMIT:
            raise ForeignBackup(f"备份 {path.name} 的目录过大，不是本程序写的。")
        said = json.loads(reader.read_exactly(size))
        extra = {entry["name"]: reader.read_exactly(entry["bytes"]) for entry in said.pop("files")}
        manifest = Manifest(**said, extra=extra)
        if manifest.server_major > server_cluster.MAJOR:
            raise ForeignBackup(
                f"备份 {path.name} 来自 PostgreSQL {manifest.server_major}，"
                f"本程序只认识到 {server_cluster.MAJOR}：请升级本程序后再恢复。"
            )
        yield manifest, reader


def verify(path: Path, passphrase: bytes) -> Manifest:
    """Read a backup to its end, count the rows of every table in it, and return what it says of itself.

    Needs no server. Raises WrongPassphrase, CutBackup, DamagedBackup, ForeignBackup or BackupError.
    """
    with _opened(path, passphrase) as (manifest, reader):
        lake = _lake(reader)
        command = ["--data-only", "--file=-"]
        with program(None, "pg_restore", command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as restore:
            assert restore.stdin is not None
            assert restore.stdout is not None
            with feeding(reader, restore.stdin):
                found = _rows_in_script(restore.stdout)
        _compare(manifest.rows, found)
    return replace(manifest, lake=lake)


def _lake(reader: SealedReader, into: Path | None = None) -> LakeCount | None:
    """Read past the lake's files; None in a backup from before there was one."""
    return read_lake(reader, into) if reader.version > 1 else None


def _rows_in_script(script: IO[bytes]) -> dict[str, int]:
    counts: dict[str, int] = {}
    table = None
    for line in script:
        if table is None:
            start = _COPY.fullmatch(line)
            if start:
                table = start[1].decode("utf-8")
                counts[table] = 0
        elif line == b"\\.\n":
            table = None
        else:
            counts[table] += 1
    return counts


def restore(path: Path, passphrase: bytes, database: Database, lake: Path | None = None) -> Manifest:
    """Restore a backup into an empty database, all or nothing, and compare the rows of every table.

    lake: the empty folder that takes the lake's files; without it they are passed over.

    The file is verified whole before the first row is written. Returns the manifest with the small files;
    writing those is the caller's. Raises BackupError.
    """
    major = _refuse_unless_empty(database)
    with _opened(path, passphrase) as (manifest, _):
        _refuse_other_roles(manifest, database)
        if manifest.server_major > major:
            raise BackupError(
                f"备份来自 PostgreSQL {manifest.server_major}，而目标服务器是 {major}："
                f"新版本的备份不能恢复到旧版本，请恢复到 {manifest.server_major} 或更新的服务器。"
            )
    if lake is not None:
        refuse_used_lake(lake)
    verify(path, passphrase)
    with _opened(path, passphrase) as (manifest, reader), _filled(lake, reader) as count:
        _restore_tables(reader, database)
    with connected(database, database.reading_conninfo()) as connection:
        connection.execute("set row_security = off")
        _compare(manifest.rows, _counted(connection))
        connection.execute("analyze")
    return replace(manifest, lake=count)


@contextmanager
def _filled(lake: Path | None, reader: SealedReader) -> Iterator[LakeCount | None]:
    """Put the lake's files in place for what follows, and take them out where that fails."""
    try:
        yield _lake(reader, lake)
    except BaseException as error:
        if lake is not None:
            empty_lake(lake)
        if isinstance(error, OSError):
            raise BackupError(
                f"数据湖 {lake} 写不进去（{error.strerror}）：请检查权限和磁盘空间。没有恢复任何数据。"
            ) from error
        raise


def _restore_tables(reader: SealedReader, database: Database) -> None:
    command = ["--single-transaction", "--exit-on-error", "--no-owner"]
    if database.superuser:
        command.append(f"--role={database.owner.user}")
    command += address(database)
    with (
        without_default_grants(database),
        program(database, "pg_restore", command, stdin=subprocess.PIPE) as process,
    ):
        assert process.stdin is not None
        with feeding(reader, process.stdin):
            process.wait()


def _refuse_unless_empty(database: Database) -> int:
    """Return the server's major version."""
    with connected(database, database.reading_conninfo()) as connection:
        row, major = connection.execute(_OBJECTS).fetchone(), _server_major(connection)
    if row is None or row[0]:
        raise BackupError(
            f"数据库 {database.name} 不是空的：为免覆盖现有数据，只能恢复到空库，请换新的数据文件夹或新库。"
        )
    return major


def _refuse_other_roles(manifest: Manifest, database: Database) -> None:
    here = {"属主": database.owner.user, "应用": database.app.set_role or database.app.user}
    for label, name in (("属主", manifest.owner), ("应用", manifest.app)):
        if here[label] != name:
            raise BackupError(
                f"备份中的{label}角色是 {name}，而目标数据库用的是 {here[label]}：权限会对不上。"
                f"请在目标服务器建立同名角色 {name} 并以它连接，再恢复。"
            )


def _compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    tables = sorted(expected.keys() | found.keys())
    wrong = [table for table in tables if expected.get(table) != found.get(table)]
    if wrong:
        shown = "、".join(
            f"{name}（应为 {expected.get(name, 0)}，实为 {found.get(name, 0)}）" for name in wrong[:5]
        )
        raise BackupError(
            f"有 {len(wrong)} 张表的行数与备份时不符：{shown}。这份数据不能用，请换另一份备份。"
        )
