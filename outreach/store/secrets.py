"""Secrets inside rows (passwords in mail URLs): encrypted with a key that is not in the database (RELIABILITY 5.2 #12)."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from outreach.errors import Refused


def seal(secret: str, keys: Sequence[bytes]) -> bytes:
    """The secret, encrypted with the first key."""
    return _box(keys).encrypt(secret.encode())


def unseal(sealed: bytes, keys: Sequence[bytes]) -> str:
    """The secret again. Raises Refused when no key fits."""
    try:
        return _box(keys).decrypt(sealed).decode()
    except InvalidToken:
        raise Refused(
            "A stored secret cannot be read: SECRET_KEY is not the one it was saved with. "
            "Restore the old SECRET_KEY (or name it in OLD_SECRET_KEYS), or enter the secret again."
        ) from None


def renewed(sealed: bytes, keys: Sequence[bytes]) -> bytes | None:
    """The same, sealed with the first key; None when it is so already. Raises Refused when no key fits."""
    try:
        _box(keys[:1]).decrypt(sealed)
    except InvalidToken:
        return seal(unseal(sealed, keys), keys)
    return None


def _box(keys: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"rows\0" + key).digest())) for key in keys])
