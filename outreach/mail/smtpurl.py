"""Where mail is handed in: `smtp://`, `smtps://` and `smtp+starttls://` URLs with user, password and port."""

from __future__ import annotations

import ssl
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

Tls = Literal["plain", "starttls", "tls"]
_SCHEMES: dict[str, tuple[Tls, int]] = {
    "smtp": ("plain", 25),
    "smtps": ("tls", 465),
    "smtp+starttls": ("starttls", 587),
}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A server and how to get in. `verify` is False only by `?verify=no`, for a certificate of one's own making."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = ""
    verify: bool = True

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.tls}, user={self.user!r})"

    @property
    def loopback(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def wants_starttls(self, offered: bool) -> bool:
        """Always where the URL says so or a password goes over the network; else when the server offers it."""
        if self.tls == "tls":
            return False
        if self.tls == "starttls" or (self.user and not self.loopback):
            return True
        return offered and not self.loopback

    def context(self) -> ssl.SSLContext:
        """Certificates are checked; not for a plain URL without a password, where TLS is only better than nothing."""
        return _context(self.verify and (self.tls != "plain" or bool(self.user)))

    def plain_credentials(self) -> str:
        return b64encode(f"\0{self.user}\0{self.password}".encode()).decode()

    def login_credentials(self) -> tuple[str, str]:
        return b64encode(self.user.encode()).decode(), b64encode(self.password.encode()).decode()


def parse_url(url: str) -> SmtpServer:
    """Read a URL; ValueError says what is wrong, without the password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as fault:
        raise ValueError(f"The mail server's address cannot be read: {fault}") from None
    if parts.scheme.lower() not in _SCHEMES:
        raise ValueError(
            f"A mail server's address begins with smtp://, smtps:// or smtp+starttls://, not {parts.scheme!r}"
        )
    if not parts.hostname:
        raise ValueError("The mail server's address names no host")
    tls, usual = _SCHEMES[parts.scheme.lower()]
    verify = parse_qs(parts.query).get("verify", ["yes"])[-1].lower() not in ("no", "0", "false")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(parts.hostname, port or usual, tls, user, password, verify)


@lru_cache(maxsize=2)
def _context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
