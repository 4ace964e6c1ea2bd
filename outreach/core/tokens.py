"""Signed tokens for reply addresses, unsubscribe links, clicks and answers (MAIL.md 1.8: case-insensitive base32).

A token is a number and a purpose under an HMAC: it holds no address, cannot be forged or used for another purpose,
and never expires (MAIL U4). Keys are tried in order, so an old key goes on verifying after a rotation.
"""

import base64
from collections.abc import Sequence
from functools import lru_cache
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

MAC_BYTES = 10
_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
_THREES = [first + second + third for first in _SIGNS for second in _SIGNS for third in _SIGNS]
"""Fifteen bits as three signs."""


def sign(purpose: str, number: int, keys: Sequence[bytes]) -> str:
    """The token for `number`: 24 to 29 characters of lowercase base32, signed with the first key."""
    if number < 0:
        raise ValueError(f"a token's number must not be negative, not {number}")
    return _signed(purpose, number, keys[0])


@lru_cache(maxsize=256)
def _signed(purpose: str, number: int, key: bytes) -> str:
    """A letter has some of its tokens twice."""
    body = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
    return _base32(_mac(purpose, body, key) + body)


def _base32(data: bytes) -> str:
    """RFC 4648 6 in small letters and without padding, at a third of what the standard library takes."""
    signs = -(-8 * len(data) // 5)
    threes = -(-signs // 3)
    value = int.from_bytes(data, "big") << 15 * threes - 8 * len(data)
    return "".join([_THREES[value >> shift & 32767] for shift in range(15 * threes - 15, -1, -15)])[:signs]


def verify(purpose: str, token: str, keys: Sequence[bytes]) -> int | None:
    """The number that `token` was signed for, or None when it is not one of ours for this purpose."""
    mac, body = _parts(token)
    if body and any(compare_digest(mac, _mac(purpose, body, key)) for key in keys):
        return int.from_bytes(body, "big")
    return None


def number_in(token: str) -> int | None:
    """The number that `token` says, whoever wrote it: for finding what is then compared whole."""
    body = _parts(token)[1]
    return int.from_bytes(body, "big") if body else None


def _parts(token: str) -> tuple[bytes, bytes]:
    """Signature and number, the number empty where this is no token."""
    if not token.isascii() or not MAC_BYTES < len(token) < 64:
        return b"", b""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return b"", b""
    return raw[:MAC_BYTES], raw[MAC_BYTES:]


def _mac(purpose: str, body: bytes, key: bytes) -> bytes:
    mac = _begun(purpose, key).copy()
    mac.update(body)
    return mac.finalize()[:MAC_BYTES]


@lru_cache(maxsize=64)
def _begun(purpose: str, key: bytes) -> HMAC:
    """What all tokens of a purpose begin with: half of the work of each."""
    mac = HMAC(key, SHA256())
    mac.update(purpose.encode() + b"\0")
    return mac
