"""Which hosts we connect to (RELIABILITY 5.2 #11): a name is looked up once, judged, and the judged address is used.

Addresses that only a cloud machine itself should see (link-local, where its credentials lie) are never connected to.
Private ones (our own network) are, unless OUTREACH_PRIVATE_HOSTS=0: a mail server in the next room is the normal case.
Hosts that the operator names in SMTP_URL and IMAP_URL are not judged.
"""

from __future__ import annotations

import os
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

METADATA = (
    ip_network("169.254.0.0/16"), ip_network("fe80::/10"), ip_network("fd00:ec2::/32"), ip_network("100.100.100.200/32"),
    ip_network("192.0.0.192/32"), ip_network("0.0.0.0/8"),
)  # fmt: skip


class HostRefused(OSError):
    """A host that is not connected to; the text is a sentence for people."""


def refused(address: str) -> str:
    """Why this IP address is not connected to; empty when it may be."""
    found = _plain(address)
    if any(found.version == network.version and found in network for network in METADATA):
        return f"{address} is an address of the machine's own cloud service, not of a mail server."
    if not found.is_global and not private_allowed():
        return f"{address} is a private address, and OUTREACH_PRIVATE_HOSTS is 0."
    return ""


def private_allowed() -> bool:
    """The setting, read where the connection is made: in every process it is the same."""
    return os.environ.get("OUTREACH_PRIVATE_HOSTS", "").strip().lower() not in ("0", "no", "false", "off")


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to one of the host's addresses that may be used. Raises HostRefused (an OSError) and OSError."""
    last: OSError | None = None
    named = host.lower() in _operators()
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = str(place[0])
        words = "" if named else refused(address.partition("%")[0])
        if words:
            last = HostRefused(words)
            continue
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            last = error
    raise last or OSError(f"{host} has no address")


def _operators() -> set[str]:
    """Hosts that the operator has named in the settings: they are meant."""
    urls = (
        os.environ.get("SMTP_URL", ""),
        os.environ.get("IMAP_URL", ""),
        "//" + os.environ.get("OUTREACH_LOCAL_SMTP", ""),
    )
    found = set()
    for url in urls:
        try:
            found.add((urlsplit(url.strip()).hostname or "").lower())
        except ValueError:
            continue
    return found - {""}


def _plain(address: str) -> IPv4Address | IPv6Address:
    """`::ffff:127.0.0.1` is 127.0.0.1."""
    found = ip_address(address)
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
