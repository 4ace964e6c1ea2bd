"""What happens between "the engines run" and "the processes start": migrate, presets, the mailbox of the environment.

Done in a child process, so that the supervisor itself never opens a connection (its children are forks of it).
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from outreach.cli.children import fork
from outreach.config import Settings
from outreach.errors import Failed, OutreachError


def prepare(settings: Settings, log: Path, waiting: Callable[[], None] = lambda: None) -> str | None:
    """Bring the database to this release and fill in what must be there.

    Returns a one-time link for the first administrator, or None when there are users. Raises Failed.
    """
    reading, writing = os.pipe()
    pid = fork(lambda: _report(settings, reading, writing), log)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    waiting()
    answer: dict[str, Any] = json.loads(text) if text else {"error": f"The database was not prepared; see {log}."}
    if "error" in answer:
        raise Failed(answer["error"])
    link = answer["claim_link"]
    return str(link) if link else None


def _report(settings: Settings, reading: int, writing: int) -> None:
    os.close(reading)
    try:
        answer = {"claim_link": _prepare(settings)}
    except OutreachError as error:
        answer = {"error": str(error)}
    except Exception as error:
        from sqlalchemy.exc import OperationalError

        if not isinstance(error, OperationalError):
            raise
        answer = {"error": f"The database does not let us in: {_short(error)}; check DATABASE_URL."}
    with os.fdopen(writing, "w") as pipe:
        json.dump(answer, pipe)


def _short(error: Exception) -> str:
    lines = str(getattr(error, "orig", error)).strip().splitlines() or ["no reason given"]
    return lines[-1].strip().rstrip(".")


def _prepare(settings: Settings) -> str | None:
    from outreach import wiring
    from outreach.journeys import accounts, restored
    from outreach.journeys.presets import load_presets
    from outreach.store import migrate, sealed

    migrate.upgrade(settings.database_url)
    house = wiring.build(settings)
    with house.sessions.begin() as session:
        now = house.now(session)
        load_presets(session, house, now)
        sealed.renew(session, house.keys)
        restored.look(session, house)
        link = accounts.claim_link(session, house)
    restored.remember(house)
    return link
