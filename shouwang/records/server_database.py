"""Which PostgreSQL holds the records, as whom to connect, and what must be true of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

MINIMUM_MAJOR = 15
OWNER_ROLE = "shouwang_owner"
APP_ROLE = "shouwang_app"
DATABASE_NAME = "shouwang"
CONNECT_SECONDS = 10

Role = Literal["owner", "app"]

# The last of `_grants`: whoever has it has all.
_HAS_GRANTS = """
select exists (
  select from pg_default_acl d, aclexplode(d.defaclacl) a
  where d.defaclobjtype = 'S' and d.defaclnamespace = 'public'::regnamespace
    and d.defaclrole = (select oid from pg_roles where rolname = current_user)
    and a.grantee = (select oid from pg_roles where rolname = %s)
)
"""


class ServerError(RuntimeError):
    """The database cannot be used; the message, in Chinese, says why and what to do."""


@dataclass(frozen=True)
class Login:
    """One database role's way in. `set_role` is taken on at connection, where the login itself is another."""

    user: str
    password: str = field(default="", repr=False)
    set_role: str | None = None


@dataclass(frozen=True)
class Database:
    """The records' database: `owner` owns the tables and migrates, `app` is what everything else connects as.

    `superuser` is known for the embedded server only; backups read through it, past row-level security.
    `extra` are further libpq parameters of the address (sslmode, sslrootcert ...).
    """

    host: str
    port: int
    name: str
    owner: Login
    app: Login
    superuser: Login | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def login(self, role: Role) -> Login:
        """Return who connects for a role."""
        return self.owner if role == "owner" else self.app

    def settings(self, role: Role) -> dict[str, Any]:
        """Return HOST, PORT, NAME, USER, PASSWORD and OPTIONS for an entry of Django's DATABASES."""
        login = self.login(role)
        return {
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.name,
            "USER": login.user,
            "PASSWORD": login.password,
            "OPTIONS": self._options(login),
        }

    def conninfo(self, role: Role) -> str:
        """Return libpq's connection string for a role, the password included."""
        return self._conninfo(self.login(role))

    def reading_conninfo(self) -> str:
        """Return the connection that sees every row, for backups and counts."""
        return self._conninfo(self.superuser or self.owner)

    def _options(self, login: Login) -> dict[str, str]:
        options = dict(self.extra)
        if login.set_role:
            options["options"] = f"{options.get('options', '')} -c role={login.set_role}".strip()
        return options

    def _conninfo(self, login: Login) -> str:
        where = {"host": self.host, "port": str(self.port), "dbname": self.name, "user": login.user}
        if login.password:
            where["password"] = login.password
        return make_conninfo("", **(self._options(login) | where))


def from_url(url: str, app_url: str | None = None) -> Database:
    """Return the shared database of DATABASE_URL (owner) and DATABASE_APP_URL (app), its version checked.

    Without `app_url` the owner logs in for both, and takes on the role shouwang_app for the app.
    Raises ServerError for an unreadable address, an unreachable server, or a version that is too old.
    """
    where, owner = _parsed(url, "DATABASE_URL")
    app = Login(owner.user, owner.password, set_role=APP_ROLE)
    if app_url:
        elsewhere, app = _parsed(app_url, "DATABASE_APP_URL")
        if any(where[key] != elsewhere[key] for key in ("host", "port", "dbname")):
            raise ServerError("DATABASE_APP_URL 与 DATABASE_URL 指向不同的数据库：两者只应用户和密码不同。")
        if app.user == owner.user:
            raise ServerError("DATABASE_APP_URL 与 DATABASE_URL 是同一个用户：应用须用权限较小的角色。")
    extra = {key: value for key, value in where.items() if key not in {"host", "port", "dbname"}}
    database = Database(where["host"], int(where["port"]), where["dbname"], owner, app, extra=extra)
    check_version(database)
    return database


def _parsed(url: str, variable: str) -> tuple[dict[str, str], Login]:
    # The address is never repeated in a message: it holds a password.
    shape = f"{variable} 的写法应为 postgresql://用户:密码@主机:端口/数据库名（密码中的特殊字符用 %XX 写）。"
    if not url.startswith(("postgresql://", "postgres://")):
        raise ServerError(f"{variable} 不是 PostgreSQL 的地址。{shape}")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except (psycopg.Error, UnicodeError) as error:
        raise ServerError(f"{variable} 无法解析。{shape}") from error
    missing = [label for key, label in (("user", "用户"), ("dbname", "数据库名")) if not parts.get(key)]
    if missing:
        raise ServerError(f"{variable} 没有写{'和'.join(missing)}。{shape}")
    login = Login(parts.pop("user"), parts.pop("password", ""))
    where = {"host": "localhost", "port": "5432"} | parts
    if not where["port"].isdigit() or not 0 < int(where["port"]) < 65536:
        raise ServerError(f"{variable} 的端口不是 1 到 65535 之间的数，且只能写一台主机。{shape}")
    return where, login


def connected(database: Database, conninfo: str) -> psycopg.Connection:
    """Open a connection in autocommit; raise ServerError, naming the server but no password, if it fails."""
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        where = f"{database.host}:{database.port} 上的数据库 {database.name}"
        raise ServerError(f"连不上 {where}：{_why(str(error))}") from error


def _why(text: str) -> str:
    reasons = {
        "password authentication failed": "用户名或密码不对，请核对 DATABASE_URL、DATABASE_APP_URL。",
        "no password supplied": "服务器要求密码，而地址里没有写，请核对 DATABASE_URL、DATABASE_APP_URL。",
        "does not exist": "数据库或角色不存在，请先由数据库管理员建立。",
        "no pg_hba.conf entry": "服务器不允许本机以这个用户连接，请由数据库管理员修改 pg_hba.conf。",
        "remaining connection slots": "服务器的连接数已用完，请稍后再试，或调大 max_connections。",
        "too many clients": "服务器的连接数已用完，请稍后再试，或调大 max_connections。",
        "starting up": "服务器正在启动或恢复数据，请稍后再试。",
    }
    found = (reason for mark, reason in reasons.items() if mark in text)
    return next(found, "服务器没有应答，请确认主机名和端口正确、服务器已启动、网络可达。")


def check_version(database: Database) -> None:
    """Raise ServerError unless the server is new enough and stores UTF-8."""
    with connected(database, database.conninfo("owner")) as connection:
        major = connection.info.server_version // 10000
        row = connection.execute("show server_encoding").fetchone()
    if major < MINIMUM_MAJOR:
        raise ServerError(f"数据库是 PostgreSQL {major}，本系统需要 {MINIMUM_MAJOR} 或更新的版本，请先升级。")
    if row is None or row[0] != "UTF8":
        raise ServerError("数据库的编码不是 UTF8，存不下全部汉字，请以 ENCODING 'UTF8' 重新建库。")


def prepare(database: Database) -> None:
    """Make the app's role if it is missing, and grant it what the owner's tables will need; once is enough.

    Tables the owner makes from now on can be read and written by the app: a table that must not be (the
    audit trail) takes that back in its own migration. Raises ServerError with the SQL for the administrator
    where the owner may not create roles, or where the app's role would pass by row-level security.
    """
    app = database.app.set_role or database.app.user
    with connected(database, database.conninfo("owner")) as connection:
        try:
            _ensure_app_role(connection, app, is_taken_on=database.app.set_role is not None)
            row = connection.execute(_HAS_GRANTS, [app]).fetchone()
            # Two commands at once must not both write grants: the later would fail.
            for statement in [] if row and row[0] else _grants(database, app):
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServerError(_ask_administrator(database, app)) from error


@contextmanager
def without_default_grants(database: Database) -> Iterator[None]:
    """Hold back, for a block, what `prepare` grants on tables to come; it stands again after the block.

    A restore brings every table's own permissions, and a dump does not take back what a default gives: the
    app would be able to write what a migration has forbidden it.
    """
    app = sql.Identifier(database.app.set_role or database.app.user)
    with connected(database, database.conninfo("owner")) as connection:
        for kind in ("tables", "sequences"):
            text = f"alter default privileges in schema public revoke all on {kind} from {{}}"
            connection.execute(sql.SQL(text).format(app))
    try:
        yield
    finally:
        prepare(database)


def _ensure_app_role(connection: psycopg.Connection, app: str, *, is_taken_on: bool) -> None:
    role = sql.Identifier(app)
    query = "select rolsuper or rolbypassrls from pg_roles where rolname = %s"
    found = connection.execute(query, [app]).fetchone()
    if found is None:
        connection.execute(sql.SQL("create role {} nologin nosuperuser").format(role))
    elif found[0]:
        raise ServerError(
            f"角色 {app} 是超级用户或带有 BYPASSRLS，会绕过按区划的行级权限。"
            f"请由数据库管理员执行：ALTER ROLE {app} NOSUPERUSER NOBYPASSRLS;"
        )
    if is_taken_on:
        # Before PostgreSQL 16 every member may take a role on.
        kind = "set" if connection.info.server_version >= 160000 else "member"
        allowed = connection.execute("select pg_has_role(current_user, %s, %s)", [app, kind]).fetchone()
        if allowed is None or not allowed[0]:
            connection.execute(sql.SQL("grant {} to current_user").format(role))


def _grants(database: Database, app: str) -> list[sql.Composed]:
    names = {"app": sql.Identifier(app), "name": sql.Identifier(database.name)}
    return [
        sql.SQL(text).format(**names)
        for text in (
            "revoke all on database {name} from public",
            "grant connect, temporary on database {name} to {app}",
            "grant usage on schema public to {app}",
            "alter default privileges in schema public"
            " grant select, insert, update, delete on tables to {app}",
            "alter default privileges in schema public grant usage, select on sequences to {app}",
        )
    ]


def _ask_administrator(database: Database, app: str) -> str:
    owner, name = database.owner.user, database.name
    return (
        f"用户 {owner} 无权在数据库 {name} 上建立应用角色 {app}。请由数据库管理员执行以下语句，然后重试：\n"
        f"CREATE ROLE {app} NOLOGIN NOSUPERUSER NOBYPASSRLS;\n"
        f"GRANT {app} TO {owner};\n"
        f"ALTER DATABASE {name} OWNER TO {owner};\n"
        "若应用另用 DATABASE_APP_URL 登录，请再为该角色设置 LOGIN 和密码。"
    )
