"""How the commands find the running system: `up` writes <OUTREACH_DATA>/run.json, readable for its owner alone."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from outreach import config
from outreach.config import Settings
from outreach.errors import Failed

NAME = "run.json"


def write(settings: Settings) -> None:
    """Say where everything is, for other commands of this user."""
    values = {
        "pid": os.getpid(),
        "url": settings.base_url,
        "port": settings.port,
        "settings": settings.environment(),
    }
    path = settings.data / NAME
    unfinished = path.with_name(f".{NAME}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file, indent=1)
    unfinished.replace(path)


def remove(data: Path) -> None:
    """The system has stopped."""
    with contextlib.suppress(OSError):
        (data / NAME).unlink()


def running_settings() -> Settings:
    """The settings of the system that runs on OUTREACH_DATA, or of the servers that the environment names.

    Raises Failed when neither is there.
    """
    settings = config.read()
    found = _read(settings.data)
    if found is not None:
        values = {**found["settings"], "OUTREACH_DATA": str(settings.data)}
        return Settings.model_validate(values)
    if settings.database_url and settings.redis_url:
        return config.load()
    raise Failed(
        f"Nothing runs on {settings.data}: start it with make run (or outreach up), or name the right data folder "
        f"with OUTREACH_DATA."
    )


def runs(data: Path) -> bool:
    """Whether a system runs on this data folder."""
    return _read(data) is not None


def _read(data: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((data / NAME).read_text())
        os.kill(int(found["pid"]), 0)
    except PermissionError:
        raise Failed(
            f"{data / NAME} belongs to another user; run this command as the user that runs outreach."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found
