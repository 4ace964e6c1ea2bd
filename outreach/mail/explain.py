"""What the product understands of raw messages, as one JSON object a line: for operators, and for measuring.

Needs no running system and no settings, and never fails on a file: what cannot be read is class ``unreadable`` with the
reason as its evidence.
"""

import json
import os
import select
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TextIO

from . import matching
from .automatic import own_words
from .classify import Verdict, classify
from .parse import MAX_BYTES, Inbound, Unreadable, parse

PATIENCE: Final = 1.0  # seconds without a byte from a pipe


def explain(paths: Sequence[str], out: TextIO | None = None) -> None:
    """Writes a line for each path, in order; ``-`` is standard input. Never raises for what a file holds."""
    into = out or sys.stdout
    for line in lines(paths):
        into.write(json.dumps(line, ensure_ascii=True) + "\n")
        into.flush()


def lines(paths: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects that ``explain`` writes."""
    for path in paths:
        start = time.perf_counter()
        found = _file(path)
        yield {"file": str(path), **found, "seconds": round(time.perf_counter() - start, 4)}


def _file(path: str) -> dict[str, Any]:
    try:
        raw = _read(path)
        inbound = parse(raw)
        return understood(inbound, classify(inbound))
    except Unreadable as reason:
        return _unreadable(reason.reason)
    except OSError as error:
        return _unreadable(f"The file cannot be read: {error.strerror or error}")
    except (Exception, RecursionError) as error:
        return _unreadable(f"{type(error).__name__}: {error}"[:300])


def _read(path: str) -> bytes:
    """At most one byte over the cap, so that a huge file is refused and not read; a pipe that stays silent is given up."""
    if path == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISREG(mode):
            return file.read(MAX_BYTES + 1)
        if stat.S_ISFIFO(mode):
            return _from_pipe(file.fileno())
        raise Unreadable("This is no file.")


def _from_pipe(pipe: int) -> bytes:
    found = b""
    while len(found) <= MAX_BYTES and select.select([pipe], [], [], PATIENCE)[0]:
        piece = os.read(pipe, 1 << 20)
        if not piece:
            break
        found += piece
    return found


def _unreadable(reason: str) -> dict[str, Any]:
    return _line("unreadable", reason)


def _line(
    cls: str,
    evidence: str,
    *,
    bounces: Sequence[dict[str, Any]] = (),
    complaint: dict[str, Any] | None = None,
    text: str = "",
    back: str | None = None,
    ids: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "class": cls,
        "evidence": evidence,
        "bounces": list(bounces),
        "complaint": complaint,
        "reply_text": text,
        "return_date": back,
        "message_ids": list(ids),
    }


def understood(inbound: Inbound, verdict: Verdict) -> dict[str, Any]:
    """One message as plain values."""
    report = verdict.complaint
    words = "" if verdict.cls in {"bounce", "complaint", "receipt"} else own_words(inbound)
    return _line(
        verdict.cls,
        verdict.evidence,
        bounces=[
            {"recipient": bounce.recipient, "status": bounce.status, "verdict": bounce.verdict}
            for bounce in verdict.bounces
        ],
        complaint={"type": report.type, "recipient": report.recipient} if report else None,
        text=_storable(words),
        back=verdict.return_date.isoformat() if verdict.return_date else None,
        ids=[
            _storable(found)
            for found in dict.fromkeys((*verdict.returned.message_ids, *matching.answered_ids(inbound)))
        ],
    )


def _storable(text: str) -> str:
    """Without lone surrogates, which JSON readers and databases refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
