"""The records' database: an embedded PostgreSQL that starts and ends with its users, or a shared one by URL.

Every process that uses the embedded server holds a shared lock on `users.lock`; the kernel lets go of it
however the process ends. Whoever leaves and then gets that lock alone was the last, and ends the server.
Starting and ending exclude each other through `start.lock`.
"""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from shouwang.records import server_cluster
from shouwang.records.server_cluster import Cluster
from shouwang.records.server_database import (
    APP_ROLE,
    CONNECT_SECONDS,
    DATABASE_NAME,
    OWNER_ROLE,
    Database,
    Login,
    Role,
    ServerError,
    from_url,
    prepare,
)

if sys.platform != "win32":
    import fcntl

__all__ = [
    "Database", "Login", "Role", "ServerError", "from_url", "is_running", "prepare", "resolve", "running",
    "start", "stop", "using",
]  # fmt: skip

# The database's comment once its roles and grants stand.
READY = "shouwang 1"

# (process, data folder) -> [open users.lock, number of holds]. A forked child has none of its parent's.
_held: dict[tuple[int, Path], list[int]] = {}
_guard = threading.RLock()


def resolve(data_folder: Path, environ: Mapping[str, str]) -> Database:
    """Return the shared database if DATABASE_URL is set, else start the embedded one in the data folder."""
    url, app_url = (environ.get(name, "").strip() for name in ("DATABASE_URL", "DATABASE_APP_URL"))
    if url:
        database = from_url(url, app_url or None)
        prepare(database)
        return database
    if app_url:
        raise ServerError("设置了 DATABASE_APP_URL 而没有设置 DATABASE_URL：建表和迁移要用它，请两个都设置。")
    return start(data_folder)


@contextmanager
def using(data_folder: Path, environ: Mapping[str, str]) -> Iterator[Database]:
    """Resolve the database for the length of a command; end the embedded server if nobody else uses it."""
    if any(environ.get(name, "").strip() for name in ("DATABASE_URL", "DATABASE_APP_URL")):
        yield resolve(data_folder, environ)
        return
    with running(data_folder) as database:
        yield database


def start(data_folder: Path, *, settings: Mapping[str, str] | None = None) -> Database:
    """Start the embedded server if it is not running, and count this process as its user.

    The process counts until it ends or calls `stop`; its end alone leaves the server running.
    `settings` are further lines of postgresql.conf, heard only by the call that starts the server.
    Raises ServerError.
    """
    if sys.platform == "win32":
        raise ServerError("Windows 上没有内嵌数据库：请安装 PostgreSQL 15 或更新的版本，并设置 DATABASE_URL")
    cluster = server_cluster.opened(data_folder)
    with _guard, _starting(cluster):
        _hold(cluster)
        try:
            if not _answers(cluster):
                server_cluster.initialise(cluster)
                server_cluster.launch(cluster, settings or {})
            database = _database(cluster)
            _ensure_database(database)
        except BaseException:
            _release(cluster)
            raise
    return database


def stop(data_folder: Path, *, is_forced: bool = False) -> bool:
    """Give up this process's holds and end the server unless others use it; tell whether it has ended.

    With `is_forced` it ends beneath its other users too.
    """
    if not (data_folder / "postgresql").is_dir():
        return True
    cluster = server_cluster.opened(data_folder)
    with _guard, _starting(cluster):
        while _release(cluster):
            pass
        return _end_if_unused(cluster, is_forced=is_forced)


@contextmanager
def running(data_folder: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Database]:
    """Keep the embedded server running for a block; the last of all its users to leave ends it."""
    database = start(data_folder, settings=settings)
    try:
        yield database
    finally:
        # The folder may have been deleted in the block; then there is nothing left to end.
        if (data_folder / "postgresql").is_dir():
            cluster = server_cluster.opened(data_folder)
            with _guard, _starting(cluster):
                if not _release(cluster):
                    _end_if_unused(cluster, is_forced=False)


def is_running(data_folder: Path) -> bool:
    """Tell whether the embedded server of a data folder answers."""
    home = data_folder.absolute() / "postgresql"
    return home.is_dir() and _answers(server_cluster.opened(data_folder))


def _end_if_unused(cluster: Cluster, *, is_forced: bool) -> bool:
    users = _lock_file(cluster, "users.lock")
    try:
        if not is_forced:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server_cluster.halt(cluster)
    except BlockingIOError:
        return False
    finally:
        os.close(users)
    return True


@contextmanager
def _starting(cluster: Cluster) -> Iterator[None]:
    while True:
        opened = _lock_file(cluster, "start.lock")
        fcntl.flock(opened, fcntl.LOCK_EX)
        # The folder may have been deleted and made again while this process waited.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(opened), (cluster.home / "start.lock").stat()):
                break
        os.close(opened)
    try:
        yield
    finally:
        os.close(opened)


def _lock_file(cluster: Cluster, name: str) -> int:
    path = cluster.home / name
    try:
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        cluster.account.owns(path)
    except OSError as error:
        raise ServerError(f"无法写入 {path}，请检查数据文件夹的属主、权限和磁盘空间。") from error
    return opened


def _hold(cluster: Cluster) -> None:
    key = (os.getpid(), cluster.home)
    if key in _held:
        _held[key][1] += 1
        return
    users = _lock_file(cluster, "users.lock")
    fcntl.flock(users, fcntl.LOCK_SH)
    _held[key] = [users, 1]


def _release(cluster: Cluster) -> int:
    """Give up one hold and return how many this process still has."""
    key = (os.getpid(), cluster.home)
    if key not in _held:
        return 0
    _held[key][1] -= 1
    if _held[key][1] == 0:
        os.close(_held.pop(key)[0])
        return 0
    return _held[key][1]


def _answers(cluster: Cluster) -> bool:
    folder = server_cluster.socket_of(cluster)
    if folder is None:
        return False
    try:
        _connect(folder, "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _connect(folder: Path, name: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(folder),
        port=server_cluster.PORT,
        user=server_cluster.SUPERUSER,
        dbname=name,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    )


def _database(cluster: Cluster) -> Database:
    folder = server_cluster.socket_of(cluster)
    if folder is None:
        raise ServerError(f"内嵌数据库刚启动就停了，请查看日志 {cluster.log}。")
    return Database(
        str(folder), server_cluster.PORT, DATABASE_NAME, Login(OWNER_ROLE), Login(APP_ROLE),
        superuser=Login(server_cluster.SUPERUSER),
    )  # fmt: skip


def _ensure_database(database: Database) -> None:
    """Make the roles and the database where they are missing; the comment says that the grants stand too."""
    try:
        with _connect(Path(database.host), "postgres") as connection:
            query = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
            found = connection.execute(query, [database.name]).fetchone()
            if found and found[0] == READY:
                return
            present = {row[0] for row in connection.execute("select rolname from pg_roles")}
            for role in (OWNER_ROLE, APP_ROLE):
                if role not in present:
                    made = sql.SQL("create role {} login nosuperuser").format(sql.Identifier(role))
                    connection.execute(made)
            named = {"name": sql.Identifier(database.name), "owner": sql.Identifier(OWNER_ROLE)}
            if found is None:
                connection.execute(sql.SQL("create database {name} owner {owner}").format(**named))
            prepare(database)
            connection.execute(sql.SQL("comment on database {name} is {}").format(READY, **named))
    except psycopg.Error as error:
        raise ServerError("内嵌数据库已启动，但建立角色或数据库失败，请查看日志后重试。") from error
