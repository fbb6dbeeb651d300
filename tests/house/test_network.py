"""The network is closed while tests run."""

import socket
import ssl

import pytest

from tests.conftest import NetworkRefused


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.invalid"])
def test_another_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(NetworkRefused, match="without a network"):
        outward.connect((host, 80))


def test_a_refusal_also_stands_for_a_quiet_connect() -> None:
    with socket.socket() as outward, pytest.raises(NetworkRefused):
        outward.connect_ex(("192.0.2.1", 80))


def test_a_refusal_also_stands_below_tls() -> None:
    context = ssl.create_default_context()
    outward = context.wrap_socket(socket.socket(), server_hostname="example.invalid")
    with outward, pytest.raises(NetworkRefused):
        outward.connect(("192.0.2.1", 443))


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as inward:
        inward.connect(server.getsockname())

        assert inward.getpeername() == server.getsockname()
