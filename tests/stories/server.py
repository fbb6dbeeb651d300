"""`python -m tests.stories.server PORT CLOCK_FILE`: the real application on loopback, with days that pass.

Its first day is that of the tests' world, whatever the machine says; the clock file holds the seconds that
have been let pass besides those that really did.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402

from shouwang.web import clock  # noqa: E402
from tests.world import NOW  # noqa: E402


class TownTime:
    """What `web.clock` asks for the time."""

    def __init__(self, path: Path) -> None:
        self.path, self.started = path, time.monotonic()

    def localtime(self) -> datetime:
        passed = time.monotonic() - self.started + int(self.path.read_text() or 0)
        return NOW + timedelta(seconds=passed)


class Quiet(WSGIRequestHandler):
    """Say nothing of requests that went well."""

    def log_message(self, format: str, *args: object) -> None:
        if len(args) > 1 and str(args[1]).startswith("5"):
            sys.stderr.write(f"{format % args}\n")


def main() -> None:
    """Serve until killed."""
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    setattr(clock, "timezone", TownTime(path))  # noqa: B010 -- only localtime() is ever asked of it
    from shouwang.wsgi import application

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.daemon_threads = True
    server.set_app(application)
    server.serve_forever()


main()
