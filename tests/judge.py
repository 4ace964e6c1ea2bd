"""The byte checker behind every mail server of the tests (MAIL O1-O5, O8-O12, O14, O17, U1, A7).

Whatever takes our letters shows them to `look`; what is wrong with one fails the test in which it came (conftest), and for a
whole system, whose mail server runs in another process, the moment in which it is stopped (`look_into`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from outreach.mail.bytecheck import faults

_found: list[str] = []


def look(raw: bytes, *, smtputf8: bool = False) -> None:
    """Judge a letter as a mail server took it, without the dots of SMTP."""
    if wrong := faults(raw, smtputf8=smtputf8):
        _found.append("; ".join(wrong) + "\n" + raw[:1500].decode("utf-8", "backslashreplace"))


def taken() -> list[str]:
    """What was found since the last time, and forget it."""
    found, _found[:] = list(_found), []
    return found


@contextmanager
def verdict() -> Iterator[None]:
    """Fails when a letter within the block was wrong."""
    taken()
    yield
    wrong = taken()
    assert not wrong, f"{len(wrong)} letters went out that no letter may be:\n\n" + "\n\n".join(wrong[:3])


def look_into(database_url: str) -> int:
    """Judge every letter that the local mail server of a running system took; how many. A database that is down has none."""
    import psycopg

    try:
        with psycopg.connect(database_url.replace("+psycopg", ""), connect_timeout=5) as connection:
            letters = connection.execute("SELECT raw FROM local_letters").fetchall()
    except psycopg.OperationalError:
        return 0
    for (raw,) in letters:
        look(bytes(raw))
    return len(letters)
