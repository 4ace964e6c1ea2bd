"""kill -9 of senders while letters go out: the small version of `make chaos`."""

from pathlib import Path
from typing import Any

from bench import kill
from outreach.store import migrate
from tests.conftest import free_port


def test_killed_senders_lose_no_letter_and_send_none_twice(new_database: Any, redis_url: str, tmp_path: Path) -> None:
    """DESIGN 4: sent + queued + unsure = all, each accepted at most once, at most one unsure a kill."""
    url = new_database("kill")
    migrate.upgrade(url)
    done = kill.one_round(kill.settings_for(url, redis_url, free_port(), tmp_path), 120, 60, seed=7)
    assert done.twice == 0, done
    assert done.lost == 0, done
    assert done.kills > 0
    assert done.states.get("unsure", 0) <= done.kills, done
    assert done.states.get("failed", 0) == 0, done
    assert done.untold == 0, "the timeline tells of every letter that went"
