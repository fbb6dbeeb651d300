"""What departments handed in comes back with the database, or nothing does."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shouwang.records import backup, backup_file, backup_lake
from shouwang.records.backup_file import BackupError, DamagedBackup, ForeignBackup, SealedReader, SealedWriter
from shouwang.records.backup_lake import LakeCount, read_lake, write_lake
from shouwang.records.server import Database
from tests import database as databases
from tests.database import one

PASSPHRASE = "一句不好猜的话".encode()
FILES = {
    "deliveries/county=530521/feed=medical/month=2026-10/00000001-1.parquet": b"PAR1" * 700_000,
    "originals/530521/0a1b.sealed": b"\x00\x01sealed",
    "errors/530521/1.sealed": b"",
}
BESIDE = {
    "snapshot/2026-10-31/county=530521/manifest.json": b"{}",
    "deliveries/county=530521/feed=medical/month=2026-10/.00000002-1.parquet.part": b"half",
}


@pytest.fixture(scope="module", autouse=True)
def cheap_keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_file, "SCRYPT_LOG2_N", 4)
        yield


@pytest.fixture(scope="module")
def full() -> Iterator[Database]:
    database = databases.new_database(databases.test_server(), "lake_full_" + databases.worker())
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("create table deliveries (id int)")
        owner.execute("insert into deliveries select generate_series(1, 10)")
    yield database
    databases.drop_database(database)


@pytest.fixture
def empty() -> Iterator[Database]:
    database = databases.new_database(databases.test_server(), "lake_empty_" + databases.worker())
    yield database
    databases.drop_database(database)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    for name, content in (FILES | BESIDE).items():
        path = tmp_path / "lake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "lake"


@pytest.fixture
def sealed(full: Database, lake: Path, tmp_path: Path) -> Path:
    path = tmp_path / "site.sealed"
    backup.backup(full, path, passphrase=PASSPHRASE, extra={}, header={}, lake=lake)
    return path


def found(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_every_file_comes_back_and_snapshots_and_halves_do_not(
    sealed: Path, empty: Database, tmp_path: Path
) -> None:
    manifest = backup.restore(sealed, PASSPHRASE, empty, lake=tmp_path / "back")

    assert found(tmp_path / "back") == FILES
    assert manifest.lake == LakeCount(3, sum(map(len, FILES.values())))
    assert one(empty.reading_conninfo(), "select count(*) from deliveries") == 10
    assert (tmp_path / "back" / "originals/530521/0a1b.sealed").stat().st_mode & 0o777 == 0o600


def test_a_backup_counts_its_files_without_a_server(sealed: Path) -> None:
    assert backup.verify(sealed, PASSPHRASE).lake == LakeCount(3, sum(map(len, FILES.values())))


def test_a_lake_in_use_is_not_restored_into(sealed: Path, empty: Database, lake: Path) -> None:
    with pytest.raises(BackupError, match="已有文件"):
        backup.restore(sealed, PASSPHRASE, empty, lake=lake)
    assert one(empty.reading_conninfo(), "select count(*) from pg_tables where schemaname='public'") == 0


def test_a_restore_that_fails_leaves_neither_tables_nor_files(
    sealed: Path, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise BackupError("恢复失败")

    monkeypatch.setattr(backup, "_restore_tables", fail)
    with pytest.raises(BackupError, match="恢复失败"):
        backup.restore(sealed, PASSPHRASE, empty, lake=tmp_path / "back")
    assert found(tmp_path / "back") == {}


def test_a_lake_that_cannot_be_written_is_told(sealed: Path, empty: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(BackupError, match="写不进去"):
        backup.restore(sealed, PASSPHRASE, empty, lake=tmp_path / "file")


def test_a_backup_without_its_lake_says_so_and_restores(
    full: Database, empty: Database, tmp_path: Path
) -> None:
    backup.backup(full, tmp_path / "b", passphrase=PASSPHRASE, extra={}, header={})

    assert backup.restore(tmp_path / "b", PASSPHRASE, empty, lake=tmp_path / "back").lake == LakeCount(0, 0)


def test_a_backup_of_the_first_format_is_still_read(
    full: Database, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(backup_file, "VERSION", 1)
        patch.setattr(backup, "write_lake", lambda *_: None)
        backup.backup(full, tmp_path / "old", passphrase=PASSPHRASE, extra={}, header={})

    assert backup.restore(tmp_path / "old", PASSPHRASE, empty, lake=tmp_path / "back").lake is None
    assert one(empty.reading_conninfo(), "select count(*) from deliveries") == 10


@pytest.mark.parametrize("name", ["/etc/passwd", "deliveries/../../x", "snapshot/x", "keys/seal.key"])
def test_a_file_that_is_not_the_lakes_is_refused(tmp_path: Path, name: str) -> None:
    content = backup_lake._HEAD.pack(len(name), 1) + name.encode() + b"x"

    with (tmp_path / "sealed").open("wb") as file:
        writer = SealedWriter(file, b"p")
        writer.write(content)
        writer.finish()
    with (tmp_path / "sealed").open("rb") as file, pytest.raises(ForeignBackup, match="不属于数据湖"):
        read_lake(SealedReader(file, b"p"), tmp_path / "back")
    assert found(tmp_path / "back") == {}


def test_files_without_their_end_are_refused(tmp_path: Path, lake: Path) -> None:
    parts: list[bytes] = []
    write_lake(lake, parts.append)
    with (tmp_path / "cut").open("wb") as file:
        writer = SealedWriter(file, b"p")
        writer.write(b"".join(parts)[:-12])
        writer.finish()

    with (tmp_path / "cut").open("rb") as file, pytest.raises(DamagedBackup):
        read_lake(SealedReader(file, b"p"))
