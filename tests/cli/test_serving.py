"""`shouwang serve`: what the web application is told, and what it does when something beside it fails."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from shouwang.cli.serving import web_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads what the kernel says of processes")
_PATIENCE_SECONDS = 200


@dataclass(frozen=True)
class Service:
    """A running `shouwang serve`, where it answers and where its site is."""

    process: subprocess.Popen[bytes]
    port: int
    home: Path

    def answer(self) -> int:
        """Return the status of the sign-in page, 0 where nothing listens."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/sign-in/", timeout=10) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError):
            return 0

    def database(self) -> int:
        """Return the number of the database's process."""
        written = self.home / "database" / "postgresql" / "data" / "postmaster.pid"
        return int(written.read_text(encoding="ascii").splitlines()[0])

    def processes(self) -> list[int]:
        """Return the numbers of the service's living processes, the database's apart."""
        mark, found = f"SHOUWANG_VAR={self.home}\0".encode(), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                is_ours = mark in (entry / "environ").read_bytes()
            except OSError:
                continue
            if is_ours:
                found.append(int(entry.name))
        return found

    def running(self, module: str) -> list[int]:
        """Return the processes of one module."""
        return [each for each in self.processes() if module in Path(f"/proc/{each}/cmdline").read_text()]


def serve(home: Path, port: int) -> subprocess.Popen[bytes]:
    """Begin the command as its users do, in a process that knows only the site's folder."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("SHOUWANG_", "DJANGO_"))
    }
    with (home / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "shouwang.cli.app", "serve", "--port", str(port), "--workers", "1"],
            env=environ | {"SHOUWANG_VAR": str(home), "HOME": str(home)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def served(home: Path) -> Iterator[Service]:
    """Keep a service running for a block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = serve(home, port)
    made = Service(process, port, home)
    try:
        assert comes_true(lambda: made.answer() == 200)
        yield made
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another site, whose tables are made once, for the services that end."""
    return tmp_path_factory.mktemp("ended")


def comes_true(is_so: Callable[[], bool]) -> bool:
    """Tell whether something becomes true while one may wait for it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_the_web_application_is_never_told_who_owns_the_tables() -> None:
    told = web_environment(
        {
            "DATABASE_URL": "postgresql://owner:geheim@db/shouwang",
            "DATABASE_APP_URL": "postgresql://app:leise@db/shouwang",
            "SHOUWANG_BACKUP_PASSPHRASE": "geheim",
            "SHOUWANG_DATABASE": json.dumps({"app": {"USER": "app"}, "owner": {"PASSWORD": "geheim"}}),
            "SHOUWANG_HOSTS": "shouwang.example",
        }
    )

    assert "geheim" not in json.dumps(told)
    assert json.loads(told["SHOUWANG_DATABASE"]) == {"app": {"USER": "app"}}
    assert told["SHOUWANG_HOSTS"] == "shouwang.example"


def test_a_killed_database_is_started_again(service: Service) -> None:
    killed = service.database()
    os.kill(killed, signal.SIGKILL)

    assert comes_true(lambda: service.answer() == 200 and service.database() != killed)


def test_the_web_processes_know_no_owner_and_write_nothing_at_home(service: Service) -> None:
    listening = service.running("shouwang.cli.listening")

    assert listening
    for each in listening:
        assert b'"owner"' not in Path(f"/proc/{each}/environ").read_bytes()
    assert not (service.home / ".gunicorn").exists()


def test_a_taken_port_is_told_and_the_one_who_has_it_stays(service: Service) -> None:
    (service.home / "said.txt").write_text("", encoding="utf-8")

    assert serve(service.home, service.port).wait(_PATIENCE_SECONDS) == 2
    said = (service.home / "said.txt").read_text(encoding="utf-8")
    assert f"端口 {service.port} 不能监听" in said
    assert "Traceback" not in said
    assert service.answer() == 200


def test_told_to_stop_it_ends_with_everything_it_began(home: Path) -> None:
    with served(home) as service:
        database = service.database()
        service.process.terminate()

        assert service.process.wait(_PATIENCE_SECONDS) == 0
        assert comes_true(lambda: not service.processes() and not Path(f"/proc/{database}").exists())


def test_killed_it_leaves_no_process_on_its_port(home: Path) -> None:
    with served(home) as service:
        service.process.kill()

        assert comes_true(lambda: service.answer() == 0 and not service.processes())
        with suppress(FileNotFoundError):
            os.kill(service.database(), signal.SIGTERM)
