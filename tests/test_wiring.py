"""What building the house sets up for everything in it."""

from typing import Any

import pytest
import structlog


def test_the_log_of_a_fault_shows_no_variable(wired: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Variables hold passwords, addresses and the words of mail."""
    words = "".join(["swordfish", " of", " Anna"])
    try:
        raise KeyError(len(words))
    except KeyError:
        structlog.get_logger().exception("reading_failed")
    told = capsys.readouterr().out
    assert "reading_failed" in told
    assert "KeyError: 17" in told
    assert words not in told
