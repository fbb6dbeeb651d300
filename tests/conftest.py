"""What every test shares: no way out of this machine, how often a law is tried, a database on demand."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.audit_watch import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown

__all__ = ["pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

settings.register_profile(
    "house", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", settings.get_profile("house"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


# What takes longest comes first: a run does not end with one process waiting for the other.
# The stories' browser is closed behind them, for no test of Django may run beside its loop.
LONGEST = (
    "tests/stories",
    "tests/cli/test_serving",
    "tests/cli/test_scores",
    "tests/actions/test_loading_killed",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests; the others keep the order they were shuffled into."""
    items.sort(key=lambda item: [not item.nodeid.startswith(each) for each in LONGEST])


class NetworkRefused(RuntimeError):
    """A test tried to reach another machine."""


def is_this_machine(address: Any) -> bool:
    """Tell whether a socket address stays on this machine (Spark and worker processes need that)."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_others(connection: socket.socket, address: Any) -> None:
    """Raise NetworkRefused for an address outside this machine; sockets of the file system are let pass."""
    if connection.family != getattr(socket, "AF_UNIX", None) and not is_this_machine(address):
        raise NetworkRefused(
            "A test tried to reach another machine. Tests run without a network: "
            "use a file made by the test, or a fake."
        )


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Close the network for the whole run, also below TLS, which inherits these methods."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(connection: socket.socket, address: Any) -> None:
        refuse_others(connection, address)
        connect(connection, address)

    def guarded_connect_ex(connection: socket.socket, address: Any) -> int:
        refuse_others(connection, address)
        return connect_ex(connection, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def pytest_runtest_teardown() -> None:
    """Remove the anchors of an audit whose rows end with the test."""
    from django.conf import settings as django_settings

    shutil.rmtree(django_settings.SITE.home / "anchors", ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> None:
    """Give this process its own database on the run's server, with the current tables.

    Tests run as the application's role, so row-level security holds in every one of them.
    """
    from django.conf import settings as django_settings
    from django.db import connections

    from shouwang.records.opening import connections_of, migrate
    from tests.database import test_server

    database = test_server()
    for alias, role in (("default", "app"), ("owner", "owner")):
        given = {**connections["default"].settings_dict, **connections_of(database)[role]}
        django_settings.DATABASES[alias] = given
        connections.settings[alias] = given
        connections[alias].settings_dict.update(given)
    with django_db_blocker.unblock():
        migrate()
        connections["owner"].close()
