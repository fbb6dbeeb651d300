"""A department's file of 200,000 rows and 60 columns, read while the pages are asked for (T22).

`python -m tests.bench.beside` runs in the site's environment: it hands the file in, of persons of the site.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]
import xlsxwriter

from tests.bench.site_data import COUNTY
from tests.exchange import samples

ROWS, COLUMNS = 200_000, 60
SECONDS, MEGABYTES, P95_MS = 60, 600, 500
_OFTEN_SECONDS = 0.25


class Reading:
    """The worker that reads what was handed in: whether it still does, its seconds and greatest memory."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ
        self.seconds, self.peak_mb, self.code = 0.0, 0.0, 0

    def __enter__(self) -> "Reading":
        """Start the worker and watch it."""
        command = [sys.executable, "-m", "tests.bench.beside", "read"]
        self._worker = subprocess.Popen(command, env=self._environ)
        self._begun = time.monotonic()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Wait for the worker."""
        if error is not None:
            self._worker.kill()
        self._watcher.join()

    @property
    def goes_on(self) -> bool:
        """Tell whether the worker still reads."""
        return self._worker.poll() is None

    def _watch(self) -> None:
        while self._worker.poll() is None:
            self.peak_mb = max(self.peak_mb, _memory_mb(self._worker.pid))
            time.sleep(_OFTEN_SECONDS)
        self.seconds, self.code = time.monotonic() - self._begun, self._worker.returncode


def _memory_mb(pid: int) -> float:
    """Return what a process and its children hold, each page they share counted once."""
    try:
        parent = psutil.Process(pid)
        held = [each.memory_full_info().pss for each in (parent, *parent.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0.0
    return float(sum(held)) / 1_000_000


def hand_in() -> None:
    """Give persons of the site the numbers of a file, write that, and hand it in."""
    from django.db import connection

    from shouwang.actions.acting import Actor
    from shouwang.actions.delivery_receiving import receive_delivery
    from shouwang.records.access import entered_system
    from shouwang.records.sealing import id_index
    from shouwang.records.viewers import Viewer
    from tests.world import NOW

    numbers = [
        samples.number(at % 1000, f"{1950 + at // 10_000}{1 + at // 1000 % 10:02d}01") for at in range(ROWS)
    ]
    with entered_system(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE given (at bigint, id_key text)")
        with cursor.copy("COPY given FROM STDIN") as copy:
            for at, number in enumerate(numbers):
                copy.write_row((at, id_index(number)))
        cursor.execute(
            "UPDATE records_member m SET id_key = g.id_key FROM given g, "
            "(SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM records_member) o "
            "WHERE o.id = m.id AND g.at = o.at"
        )
    with tempfile.TemporaryDirectory() as folder:
        content = _file(Path(folder) / "医保.xlsx", numbers).read_bytes()
    with entered_system():
        made, _ = receive_delivery(
            actor=Actor(Viewer(0, "系统", ())),
            county=COUNTY,
            department="medical",
            file_name="医保_2026年10月.xlsx",
            content=content,
            at=NOW,
        )
    print(made.pk)


def _file(path: Path, numbers: list[str]) -> Path:
    """Write one settlement a person, and as many columns again that nobody asked for."""
    more = COLUMNS - len(samples.MEDICAL_HEADERS)
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("S")
    sheet.write_row(0, 0, [*samples.MEDICAL_HEADERS, *(f"院内备用{at}" for at in range(more))])
    for at, number in enumerate(numbers):
        cells = [f"测试{at}", number, "2026-10-02", "住院", 1000 + at % 900, 300]
        sheet.write_row(at + 1, 0, [*cells, *(f"栏{at % 97}" for _ in range(more))])
    book.close()
    return path


def read() -> None:
    """Read the delivery that waits, and put it in force."""
    from shouwang.actions.acting import Actor
    from shouwang.actions.delivery_reading import read_next
    from shouwang.records.viewers import Viewer
    from tests.world import NOW

    done = read_next(actor=Actor(Viewer(0, "系统", ())), on=date(2026, 11, 23), at=NOW)
    if done is None or done.state != "committed":
        raise SystemExit(f"the delivery is {done and (done.state, done.problems, done.suspicions)}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.settings")
    import django

    django.setup()
    read() if "read" in sys.argv[1:] else hand_in()
