"""Stories in a real browser against the real application."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.database import drop_database, environment, test_server, with_tables
from tests.house.source import ROOT
from tests.stories.acts import labelled
from tests.world import PASSWORD, TODAY

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESK: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 844}
# How long a page may take on a busy machine.
PATIENCE_MS = 15_000


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine; the stories need a real browser")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Town:
    """A running site with its people; `go` makes days pass."""

    address: str
    people: dict[str, Any]
    clock: Path
    browser: Browser
    environ: dict[str, str]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def go(self, days: int) -> None:
        """Let days pass for the server; everybody's session is over then."""
        self.clock.write_text(str(int(self.clock.read_text()) + days * 86400))
        self.close()

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()

    @property
    def today(self) -> date:
        """The server's day."""
        return TODAY + timedelta(seconds=int(self.clock.read_text()))

    def window(self, name: str = "", size: ViewportSize = DESK) -> Page:
        """Open a browser window in which nobody has signed in."""
        context = self.browser.new_context(viewport=size, locale="zh-CN", base_url=self.address)
        context.set_default_timeout(PATIENCE_MS)
        self.contexts[name] = context
        return context.new_page()

    def as_(self, login: str, size: ViewportSize = DESK) -> Page:
        """Return somebody's window; whoever has none signs in through the page."""
        if login in self.contexts:
            return self.contexts[login].pages[0]
        page = self.window(login, size)
        page.goto("/sign-in/")
        labelled(page, "账号").fill(login)
        labelled(page, "密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def household(self, name: str) -> dict[str, Any]:
        """Return what the test knows of a household."""
        return self.people["households"][name]


@pytest.fixture
def site(town: Town) -> Iterator[Town]:
    """The town, with every window closed afterwards; each story has a household of its own in it.

    Days that one story lets pass have passed for the next, so no story may count on a date.
    """
    yield town
    town.close()


@pytest.fixture(scope="package")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A running site for the stories of this process, on a database of its own."""
    folder = tmp_path_factory.mktemp("town")
    clock = folder / "clock"
    clock.write_text("0")
    database = with_tables(test_server(), f"town_{os.getpid()}_{folder.name.replace('-', '_')}")
    environ = environment(database)
    people = json.loads(run_python(environ, "-m", "tests.stories.people"))
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.stories.server", str(port), str(clock)], env=environ, cwd=ROOT
    )
    running = Town(f"http://127.0.0.1:{port}", people, clock, browser, environ)
    try:
        _wait_for(port)
        yield running
    finally:
        running.close()
        server.terminate()
        server.wait()
        drop_database(database)


def run_python(environ: dict[str, str], *arguments: str) -> str:
    """Run Python beside the server, on its database; return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the application did not start within 20 seconds")
