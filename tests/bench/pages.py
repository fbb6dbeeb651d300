"""`python -m tests.bench.pages`: how fast the pages of a county-sized site answer; a part of the benchmarks.

Two server processes on loopback, row-level security on, four clients that ask one after the other.
"""

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from shouwang.records import server
from shouwang.records.opening import connections_of
from tests.bench import beside
from tests.bench.run import PAGE
from tests.bench.site_data import fill
from tests.database import new_database

BUDGET_MS = 150
CLIENTS, ROUNDS = 2, 120
HEADING = "## Pages"
READ = "read"
BESIDE = ("农户列表,全县", "农户页", "待办,乡镇", "检索,户编号")
Row = tuple[str, float, float, float]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Asked:
    """One kind of request: who asks, and for what; `form` is posted."""

    name: str
    who: str
    address: Callable[[random.Random, int], str]
    form: Callable[[random.Random, int], dict[str, str]] | None = None


PAGES = (
    Asked("农户列表,全县", "county", lambda _, __: "/households/"),
    Asked("农户列表,第200页", "county", lambda _, __: "/households/?page=200"),
    Asked("农户列表,监测中", "county", lambda _, __: "/households/?monitoring=monitored"),
    Asked("农户列表,一个村", "village", lambda _, __: "/households/"),
    Asked("农户页", "county", lambda draw, last: f"/households/{draw.randint(1, last)}/"),
    Asked("农户页,成员", "county", lambda draw, last: f"/households/{draw.randint(1, last)}/?tab=members"),
    Asked("线索列表", "county", lambda _, __: "/clues/"),
    Asked("个案列表", "county", lambda _, __: "/cases/"),
    Asked("待办,县", "county", lambda _, __: "/inbox/"),
    Asked("待办,乡镇", "township", lambda _, __: "/inbox/"),
    Asked("待办,村", "village", lambda _, __: "/inbox/"),
    Asked(
        "检索,姓名",
        "county",
        lambda _, __: "/search/",
        lambda draw, last: {"words": f"王甲{draw.randint(1, last)}"},
    ),
    Asked("检索,拼音", "village", lambda _, __: "/search/", lambda _, __: {"words": "wj"}),
    Asked(
        "检索,户编号",
        "county",
        lambda _, __: "/search/",
        lambda draw, last: {"words": f"HH{draw.randint(1, last):08d}"},
    ),
    Asked(
        "检索,证件后四位",
        "county",
        lambda _, __: "/search/",
        lambda draw, _: {"words": f"{draw.randint(0, 9999):04d}"},
    ),
)


def main() -> None:
    """Fill, serve, ask, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=300_000)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--folder", type=Path, help="where the database is kept for the next run")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="shouwang-pages-"))
    with server.running(folder) as base:
        database = base if _is_filled(base) else new_database(base, "shouwang")
        environ = {
            **os.environ,
            "SHOUWANG_VAR": str(folder / "keys"),
            "SHOUWANG_DATABASE": json.dumps(connections_of(database)),
            "DJANGO_SETTINGS_MODULE": "shouwang.settings",
        }
        if not _is_filled(database):
            _child(
                environ,
                "import django; django.setup(); from shouwang.records.opening import migrate; migrate()",
            )
            fill(database, options.households, date.today().isoformat())
        cookies = json.loads(_child(environ, "from tests.bench.page_sessions import main; main()"))
        with _served(environ, options.port):
            rows = [_measured(each, options.port, cookies, options.households) for each in PAGES]
            meanwhile = _meanwhile(environ, options.port, cookies, options.households)
    _write(rows, meanwhile, options.households)


def _is_filled(database: server.Database) -> bool:
    import psycopg

    with psycopg.connect(database.reading_conninfo()) as connection:
        found = connection.execute("SELECT to_regclass('records_household')").fetchone()
        if found is None or found[0] is None:
            return False
        row = connection.execute("SELECT count(*) FROM records_household").fetchone()
    return bool(row and row[0])


def _child(environ: dict[str, str], code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


@contextmanager
def _served(environ: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "shouwang.wsgi:application", "--workers", "2"]
    served = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}"], env=environ, cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(5)
        yield
    finally:
        served.terminate()
        served.wait()


def _measured(asked: Asked, port: int, cookies: dict[str, str], households: int) -> Row:
    return _row(asked.name, _ask(asked, port, cookies[asked.who], households))


def _meanwhile(environ: dict[str, str], port: int, cookies: dict[str, str], households: int) -> list[Row]:
    """Ask for pages as long as a department's file is read beside them; the last line is of the reading."""
    _child(environ, "import runpy; runpy.run_module('tests.bench.beside', run_name='__main__')")
    taken: dict[str, list[float]] = {}
    asked = [each for each in PAGES if each.name in BESIDE]
    with beside.Reading(environ) as reading:
        while reading.goes_on:
            for each in asked:
                taken.setdefault(each.name, []).extend(_ask(each, port, cookies[each.who], households, 10))
    if reading.code:
        raise SystemExit("the file beside the pages was not put in force")
    print(f"  a file read beside them: {reading.seconds:.0f} s, {reading.peak_mb:.0f} MB", flush=True)
    return [*(_row(name, each) for name, each in taken.items()), (READ, reading.seconds, reading.peak_mb, 0)]


def _row(name: str, taken: list[float]) -> Row:
    taken = sorted(taken)
    p95 = taken[int(len(taken) * 0.95) - 1]
    print(f"  {name}: median {statistics.median(taken):.0f} ms, p95 {p95:.0f} ms", flush=True)
    return name, statistics.median(taken), p95, taken[-1]


def _ask(asked: Asked, port: int, cookie: str, households: int, rounds: int = ROUNDS) -> list[float]:
    taken: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(asked, port, cookie, households, seed, rounds, taken))
        for seed in range(CLIENTS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return taken


def _client(
    asked: Asked, port: int, cookie: str, households: int, seed: int, rounds: int, taken: list[float]
) -> None:
    draw = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    token = re.search(r"shouwang_csrf=(\w+)", cookie)
    headers["X-CSRFToken"] = token.group(1) if token else ""
    # What the first requests of a process have to read is not what a user waits for all day.
    for number in range(-5, rounds):
        body = urlencode(asked.form(draw, households)) if asked.form else None
        start = time.perf_counter()
        connection.request("POST" if asked.form else "GET", asked.address(draw, households), body, headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{asked.name}: {response.status}")
        if number >= 0:
            taken.append((time.perf_counter() - start) * 1000)


def _write(rows: list[Row], meanwhile: list[Row], households: int) -> None:
    text = PAGE.read_text(encoding="utf-8").split(HEADING)[0].rstrip()
    *pages, (_, seconds, peak_mb, _) = meanwhile
    lines = [
        HEADING,
        "",
        f"{households:,} households, {households * 3334 // 1000:,} persons; 2 server processes on loopback,",
        f"row-level security on, {CLIENTS} clients, {CLIENTS * ROUNDS} requests a line;",
        "written by `make bench-pages`.",
        "",
        *_table(rows, BUDGET_MS),
        "",
        f"While a department's file of {beside.ROWS:,} rows and {beside.COLUMNS} columns is read and put in",
        f"force beside them: {seconds:.0f} s (budget {beside.SECONDS} s to be staged),",
        f"{peak_mb:.0f} MB (budget {beside.MEGABYTES} MB).",
        "",
        *_table(pages, beside.P95_MS),
    ]
    PAGE.write_text(text + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {PAGE}")


def _table(rows: list[Row], budget_ms: int) -> Iterator[str]:
    yield "| page | median, ms | p95, ms | slowest, ms | budget p95 | met |"
    yield "|---|---|---|---|---|---|"
    for name, median, p95, worst in rows:
        met = "yes" if p95 <= budget_ms else "**no**"
        yield f"| {name} | {median:.0f} | {p95:.0f} | {worst:.0f} | {budget_ms} | {met} |"


if __name__ == "__main__":
    main()
