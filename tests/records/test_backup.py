"""Backups come back whole, or are refused with the reason."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouwang.records import backup, backup_file, backup_programs, server, server_cluster
from shouwang.records.backup_file import (
    BackupError,
    CutBackup,
    DamagedBackup,
    ForeignBackup,
    SealedReader,
    SealedWriter,
    WrongPassphrase,
)
from shouwang.records.server import Database, Login
from tests import database as databases
from tests.database import one

PASSPHRASE = "一句不好猜的话".encode()
FILES = {"keys/id.key": b"\x00\x01" * 16, "empty": b""}
HEADER = {"version": "0.3.0", "made_at": "2026-11-23T10:00:00+08:00", "place": "示例县"}
TABLES = """
create table households (id bigint generated always as identity primary key, label text not null);
create table "Visits" (household bigint references households, note text);
create table empty_ledger (n int);
create table events (at date, label text) partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
insert into households (label) select '户' || n || e'\\n\\\\.\\t' from generate_series(1, 3000) n;
insert into "Visits" select id, repeat('记', 20) from households where id % 3 = 0;
insert into events values ('2026-11-23', null);
alter table households enable row level security;
alter table households force row level security;
create policy nobody on households using (false);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'append only'; end $$;
create trigger events_stay before update or delete on "Visits" for each row execute function refuse();
revoke insert, update, delete on "Visits" from shouwang_app;
"""
ROWS = {
    "public.households": 3000, 'public."Visits"': 1000, "public.empty_ledger": 0, "public.events_2026": 1,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def cheap_keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_file, "SCRYPT_LOG2_N", 4)
        yield


@pytest.fixture(scope="module")
def full() -> Iterator[Database]:
    database = databases.new_database(databases.test_server(), "backup_full_" + databases.worker())
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute(TABLES.encode())
    yield database
    databases.drop_database(database)


@pytest.fixture
def empty() -> Iterator[Database]:
    database = databases.new_database(databases.test_server(), "backup_empty_" + databases.worker())
    yield database
    databases.drop_database(database)


@pytest.fixture(scope="module")
def sealed(full: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "2026-11-23.shouwang"
    backup.backup(full, path, passphrase=PASSPHRASE, extra=FILES, header=HEADER)
    return path


def test_a_backup_says_what_is_in_it_without_a_server(sealed: Path) -> None:
    found = backup.verify(sealed, PASSPHRASE)

    assert found.rows == ROWS
    assert found.header == HEADER
    assert found.extra == FILES
    assert (found.owner, found.app) == ("shouwang_owner", "shouwang_app")


def test_a_backup_is_one_file_for_its_owner_alone_and_shows_nothing(sealed: Path) -> None:
    content = sealed.read_bytes()

    assert sealed.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in sealed.parent.iterdir()] == [sealed.name]
    for plain in ("households", "示例县", "keys/id.key", "PGDMP"):
        assert plain.encode() not in content


def test_a_restored_database_has_the_same_rows_rules_and_permissions(sealed: Path, empty: Database) -> None:
    manifest = backup.restore(sealed, PASSPHRASE, empty)

    reading, app = empty.reading_conninfo(), empty.conninfo("app")
    assert manifest.extra == FILES
    assert one(reading, "select count(*) from households") == 3000
    assert one(reading, "select count(*) from households where label like e'户%\\n\\\\\\\\.\\t'") == 3000
    assert one(app, "select count(*) from households") == 0
    assert one(reading, "select distinct tableowner::text from pg_tables where schemaname='public'") == (
        "shouwang_owner"
    )
    with psycopg.connect(empty.conninfo("owner"), autocommit=True) as owner:
        owner.execute("create table later (n int)")
    assert one(app, "select has_table_privilege('later', 'insert')") is True
    with psycopg.connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute('delete from "Visits"')
    with psycopg.connect(reading) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute('delete from "Visits"')


def test_a_restored_database_backs_up_to_the_same_rows(sealed: Path, empty: Database, tmp_path: Path) -> None:
    backup.restore(sealed, PASSPHRASE, empty)
    again = backup.backup(empty, tmp_path / "again", passphrase=b"x", extra={}, header={})

    assert again.rows == ROWS


def test_a_database_with_anything_in_it_is_not_restored_into(sealed: Path, full: Database) -> None:
    with pytest.raises(BackupError, match="不是空的"):
        backup.restore(sealed, PASSPHRASE, full)


def test_another_passphrase_is_told_from_damage(sealed: Path, empty: Database) -> None:
    for read in (lambda: backup.verify(sealed, b"x"), lambda: backup.restore(sealed, b"x", empty)):
        with pytest.raises(WrongPassphrase, match="口令不对"):
            read()


@pytest.mark.parametrize("kept", [0.001, 0.3, 0.999, -1, -16, -17, -40])
def test_a_cut_file_is_refused_before_a_row_is_written(
    sealed: Path, empty: Database, tmp_path: Path, kept: float
) -> None:
    content = sealed.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(content[: int(kept) if kept < 0 else int(len(content) * kept)])

    with pytest.raises(CutBackup, match="不完整"):
        backup.restore(cut, PASSPHRASE, empty)
    assert one(empty.reading_conninfo(), "select count(*) from pg_tables where schemaname='public'") == 0


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        (0, ForeignBackup), (17, DamagedBackup), (20, DamagedBackup), (40, DamagedBackup),
        (60, DamagedBackup), (68, DamagedBackup), (5000, DamagedBackup), (-17, DamagedBackup),
        (-1, CutBackup),
    ],
)  # fmt: skip
def test_an_altered_byte_is_noticed_wherever_it_is(
    sealed: Path, tmp_path: Path, place: int, refusal: type[BackupError]
) -> None:
    content = bytearray(sealed.read_bytes())
    content[place] ^= 1
    altered = tmp_path / "altered"
    altered.write_bytes(content)

    with pytest.raises(refusal):
        backup.verify(altered, PASSPHRASE)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"PK\x03\x04" * 100)
    (tmp_path / "nothing").write_bytes(b"")

    for name in ("other", "nothing"):
        with pytest.raises(ForeignBackup, match="不是本系统的备份"):
            backup.verify(tmp_path / name, PASSPHRASE)
    with pytest.raises(BackupError, match="打不开"):
        backup.verify(tmp_path / "missing", PASSPHRASE)


def test_a_newer_format_is_refused_by_its_version(
    full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(backup_file, "VERSION", 3)
        backup.backup(full, tmp_path / "newer", passphrase=PASSPHRASE, extra={}, header={})

    with pytest.raises(ForeignBackup, match="格式版本是 3"):
        backup.verify(tmp_path / "newer", PASSPHRASE)


def test_a_newer_servers_backup_is_refused(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_cluster, "MAJOR", 17)

    with pytest.raises(ForeignBackup, match="来自 PostgreSQL 18"):
        backup.verify(sealed, PASSPHRASE)


def test_a_count_that_does_not_agree_is_refused(
    full: Database, empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_counted", lambda _: ROWS | {"public.households": 2999})
        backup.backup(full, tmp_path / "wrong", passphrase=PASSPHRASE, extra={}, header={})

    with pytest.raises(BackupError, match=r"public\.households（应为 2999，实为 3000）"):
        backup.restore(tmp_path / "wrong", PASSPHRASE, empty)


def test_other_role_names_are_refused_before_permissions_are_lost(sealed: Path, empty: Database) -> None:
    other = replace(empty, app=Login("someone_else"))

    with pytest.raises(BackupError, match="应用角色是 shouwang_app"):
        backup.restore(sealed, PASSPHRASE, other)


def test_a_newer_servers_backup_is_not_restored_into_an_older_one(
    sealed: Path, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_server_major", lambda connection: 15)

    with pytest.raises(BackupError, match=r"PostgreSQL 18.*15"):
        backup.restore(sealed, PASSPHRASE, empty)


def test_the_dump_is_asked_for_in_words_that_a_client_of_version_15_knows(
    full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program(_: Database, name: str, arguments: list[str], **pipes: int) -> None:
        raise BackupError(" ".join(arguments))

    monkeypatch.setattr(backup, "program", program)
    # "gzip:6" came with version 16.
    with pytest.raises(BackupError, match="--compress=6 "):
        backup.backup(full, tmp_path / "b", passphrase=PASSPHRASE, extra=FILES, header=HEADER)


def test_a_backup_without_a_passphrase_is_refused(full: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="不能为空"):
        backup.backup(full, tmp_path / "open", passphrase=b"", extra={}, header={})


def test_a_failed_backup_leaves_the_last_one_and_no_remains(full: Database, tmp_path: Path) -> None:
    (tmp_path / "last").write_bytes(b"the last one")
    gone = replace(full, name="gone")

    with pytest.raises(server.ServerError):
        backup.backup(gone, tmp_path / "last", passphrase=PASSPHRASE, extra={}, header={})
    assert (tmp_path / "last").read_bytes() == b"the last one"
    assert [path.name for path in tmp_path.iterdir()] == ["last"]


def test_a_place_that_cannot_be_written_is_told(full: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="写不进去"):
        backup.backup(full, tmp_path / "no/such/folder", passphrase=PASSPHRASE, extra={}, header={})


def test_a_user_who_sees_only_some_rows_cannot_back_up(full: Database, tmp_path: Path) -> None:
    shared = replace(full, superuser=None)

    with pytest.raises(BackupError, match="全部行"):
        backup.backup(shared, tmp_path / "some", passphrase=PASSPHRASE, extra={}, header={})


def test_a_dump_that_fails_is_told_in_chinese(full: Database, tmp_path: Path) -> None:
    with (
        pytest.raises(BackupError, match="备份失败"),
        backup_programs.program(full, "pg_dump", ["--snapshot=none", *backup_programs.address(full)]),
    ):
        pass


def test_the_password_is_not_among_a_programs_arguments() -> None:
    database = Database("h", 1, "d", Login("o", "geheim"), Login("a"))

    assert "geheim" not in " ".join(backup_programs.address(database))
    assert "geheim" not in repr(database)
    assert "geheim" in database.conninfo("owner")


@settings(max_examples=40)
@given(content=st.binary(max_size=100), cut=st.integers(min_value=1, max_value=200))
def test_whatever_is_sealed_comes_back_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int
) -> None:
    path = tmp_path_factory.mktemp("sealed") / "file"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup_file, "CHUNK_BYTES", 16)
        with path.open("wb") as file:
            writer = SealedWriter(file, b"p")
            for start in range(0, len(content), 7):
                writer.write(content[start : start + 7])
            writer.finish()
        with path.open("rb") as file:
            assert SealedReader(file, b"p").read(1000) == content

        whole = path.read_bytes()
        path.write_bytes(whole[: max(len(whole) - 16 - cut, 1)] + b"\nSHOUWANG-ENDED\n")
        with path.open("rb") as file, pytest.raises(BackupError):
            SealedReader(file, b"p").read(1000)
