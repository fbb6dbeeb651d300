"""What every test shares: no way out of this machine, and how many samples a law is tried on."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", settings.get_profile("house"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


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
