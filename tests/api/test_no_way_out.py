"""Nothing that is sent makes the server ask another address (T56): no webhooks, and no link is followed."""

import ast
import socket
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shouwang.domain.roles import Role
from tests.actions.delivery_world import known_registry, medical_file, read_all
from tests.actions.loading_world import COUNTY
from tests.api.api_world import EVERYTHING, problem_of, program
from tests.exchange import samples
from tests.house.source import python_files, read, room

URLS = (
    "http://127.0.0.1/x", "http://10.0.0.1/x", "http://169.254.169.254/latest/meta-data/", "http://[::1]/x",
    "http://192.168.1.1/x", "http://172.16.0.1/x", "https://canary.invalid/x", "file:///etc/passwd",
    "gopher://127.0.0.1:6379/x",
)  # fmt: skip
# What opens connections; the database's own driver is the only one that may, and the command line's server.
ASKING = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket", "ssl",
    "telnetlib", "urllib.request", "urllib3", "websocket", "websockets", "xmlrpc.client",
}  # fmt: skip
LISTENING = {"cli": "says which port is free, and serves", "records": "starts the embedded database"}


def imported(text: str) -> set[str]:
    """Return the modules that a file imports, those of `from a import b` by both names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_room_but_those_that_serve_can_open_a_connection() -> None:
    wrong = {
        path: sorted(names)
        for path in python_files()
        if path.startswith("shouwang/") and room(path) not in LISTENING
        if (names := imported(read(path)) & ASKING)
    }

    assert not wrong


def test_the_sweep_tells_an_import_that_asks() -> None:
    assert imported("from urllib import request\nimport http.client\n") >= {"urllib.request", "http.client"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note every address that is looked up or connected to, and refuse it; the database is on a file."""
    asked: list[Any] = []

    def refuse(*given: Any, **named: Any) -> Any:
        asked.append(given)
        raise OSError("no way out")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    return asked


@pytest.mark.django_db
@pytest.mark.parametrize("url", URLS)
def test_an_address_in_what_is_pushed_is_never_asked(url: str, told: list[Any]) -> None:
    sending = program(Role.DEPARTMENT, COUNTY, departments=["medical"])
    row = {"county": COUNTY, "department": "medical", "columns": ["姓名", url], "rows": [[url, url]]}

    sending.post("/deliveries/rows", {**row, "sender": url})
    for name in ("callback_url", "webhook", "url"):
        assert problem_of(sending.post("/deliveries/rows", {**row, name: url})) == "invalid"
    sending.get("/deliveries", {"cursor": url, "updated_since": url, "callback": url})

    assert not told


@pytest.mark.django_db
def test_an_address_in_a_file_is_never_asked_when_it_is_read(told: list[Any]) -> None:
    known_registry()
    sending = program(Role.DEPARTMENT, COUNTY, departments=["medical"])
    rows = [samples.medical(1, **{"就医类型": url}) for url in URLS]
    content = medical_file(*rows)

    pushed = sending.push(
        {"county": COUNTY, "department": "medical", "file": SimpleUploadedFile("a.xlsx", content)}
    )
    read_all()

    assert pushed.status_code == 201
    assert not told


def test_there_is_nothing_to_register_an_address_for() -> None:
    assert not [each for each in EVERYTHING if "hook" in each or "callback" in each]
