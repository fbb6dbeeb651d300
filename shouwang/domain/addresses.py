"""Where a request comes from; only the word of the site's own proxies counts."""

from collections.abc import Collection
from ipaddress import ip_address

_MOST_SIGNS = 64


def believed_address(direct: str, forwarded: str, proxies: Collection[str]) -> str:
    """Return the client's address: the connection's own, or what a proxy of the site says before it."""
    if direct not in proxies:
        return direct
    # The last entry is the proxy's own; those before it are whatever the client wrote.
    told = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(told))[:_MOST_SIGNS]
    except ValueError:
        return direct
