"""A shared PostgreSQL by its address: what is refused, and as whom the app connects."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from shouwang.records import server, server_database
from shouwang.records.server import ServerError
from tests import database as databases
from tests.database import one
from tests.database import test_server as shared_server


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:geheim@h/d", "postgresql://", "postgresql://u:geheim@h", "postgresql://h/d", "shouwang",
        "postgresql://u:geheim@h:99999/d", "postgresql://u:geheim@h:abc/d", "postgresql://u:geheim@a,b/d?port=1,2",
        "postgresql://u:geheim@h/d?nonsense=1", "postgresql://u:geh%zzeim@h/d",
    ],
)  # fmt: skip
def test_an_unreadable_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ServerError, match="DATABASE_URL") as refusal:
        server.from_url(url)
    assert "geheim" not in str(refusal.value)


def test_an_unreachable_server_is_refused_without_its_password() -> None:
    with pytest.raises(ServerError, match="连不上 127") as refusal:
        server.from_url("postgresql://u:geheim@127.0.0.1:1/d")
    assert "geheim" not in str(refusal.value)


def shared_url(user: str, name: str | None = None) -> str:
    database = shared_server()
    return f"postgresql://{user}@/{name or database.name}?host={database.host}"


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_database, "MINIMUM_MAJOR", 19)

    with pytest.raises(ServerError, match=r"PostgreSQL 18.*19"):
        server.from_url(shared_url("shouwang_owner"))


def test_a_missing_database_is_told() -> None:
    with pytest.raises(ServerError, match="不存在"):
        server.from_url(shared_url("shouwang_owner", "elsewhere"))


def test_with_one_address_the_owner_takes_on_the_apps_role() -> None:
    database = server.resolve(Path(), {"DATABASE_URL": shared_url("postgres")})
    server.prepare(database)

    assert (
        one(database.conninfo("app"), "select current_user || '/' || session_user") == "shouwang_app/postgres"
    )
    assert database.settings("app")["OPTIONS"] == {"options": "-c role=shouwang_app"}
    assert one(database.conninfo("owner"), "select current_user") == "postgres"


def test_two_addresses_must_be_of_one_database_and_two_users() -> None:
    owner = shared_url("shouwang_owner")
    app = server.from_url(owner, shared_url("shouwang_app"))

    assert one(app.conninfo("app"), "select session_user") == "shouwang_app"
    with pytest.raises(ServerError, match="不同的数据库"):
        server.from_url(owner, shared_url("shouwang_app", "postgres"))
    with pytest.raises(ServerError, match="同一个用户"):
        server.from_url(owner, owner)


def test_an_owner_who_may_not_make_roles_gets_the_words_for_the_administrator() -> None:
    database = server.from_url(shared_url("shouwang_owner"), shared_url("other_app"))

    with pytest.raises(ServerError, match=r"CREATE ROLE other_app .*\n.*GRANT other_app TO shouwang_owner"):
        server.prepare(database)


def test_an_app_above_row_security_is_refused() -> None:
    database = server.from_url(shared_url("shouwang_owner"), shared_url("postgres"))

    with pytest.raises(ServerError, match="NOBYPASSRLS"):
        server.prepare(database)


def test_the_first_command_on_a_shared_server_lets_the_app_use_what_migrations_make(tmp_path: Path) -> None:
    base = databases.test_server()
    bare = replace(base, name="bare_" + databases.worker())
    databases.drop_database(bare)
    with databases.superuser(base) as connection:
        connection.execute(f"create database {bare.name} owner {base.owner.user}".encode())
    environ = {"DATABASE_URL": shared_url("shouwang_owner", bare.name)}
    environ["DATABASE_APP_URL"] = shared_url("shouwang_app", bare.name)
    try:
        with server.using(tmp_path, environ) as database:
            with psycopg.connect(database.conninfo("owner")) as owner:
                owner.execute("create sequence running_number")
                owner.execute("create table kept (n int)")
            assert one(database.conninfo("app"), "select nextval('running_number')") == 1
            assert one(database.conninfo("app"), "select count(*) from kept") == 0
    finally:
        databases.drop_database(bare)


def test_the_apps_address_alone_does_not_start_another_database(tmp_path: Path) -> None:
    environ = {"DATABASE_APP_URL": shared_url("shouwang_app")}

    with pytest.raises(ServerError, match="DATABASE_URL"), server.using(tmp_path, environ):
        pass
