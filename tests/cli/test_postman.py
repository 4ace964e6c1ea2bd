"""The local mail server and the database that goes away at the worst moment."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from outreach.cli import postman
from outreach.mail.listener import Received

LETTER = Received(
    b"Message-ID: <1@us.example>\r\nSubject: Hi\r\n\r\nHi\r\n", "b@us.example", ("a@x.example", "b@x.example"), ""
)


class LosesItsAnswer:
    """Sessions whose first commit holds, and whose answer is lost: what a database that crashes just then looks like."""

    def __init__(self, sessions: Any) -> None:
        self.sessions, self.left = sessions, 1

    @contextmanager
    def begin(self) -> Any:
        with self.sessions.begin() as session:
            yield session
        if self.left:
            self.left -= 1
            raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))


def test_a_letter_whose_commit_lost_its_answer_is_kept_once(house: Any) -> None:
    """RELIABILITY 4, fault 40: done, but told that it failed."""
    forgetful = LosesItsAnswer(house.sessions)
    fragile: Any = SimpleNamespace(sessions=forgetful, now=house.now)
    postman.take_letter(fragile, LETTER)
    assert forgetful.left == 0
    with house.engine.connect() as connection:
        kept = connection.execute(text("SELECT envelope_to FROM local_letters ORDER BY envelope_to")).scalars().all()
    assert kept == ["a@x.example", "b@x.example"]


def test_the_same_letter_handed_in_again_is_another_letter(house: Any) -> None:
    """A sender that sends twice must be seen."""
    for _ in range(2):
        postman.take_letter(house, LETTER)
    with house.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM local_letters")) == 4


def test_what_cannot_be_kept_is_refused_in_the_end(house: Any) -> None:
    forgetful = LosesItsAnswer(house.sessions)
    forgetful.left = 10
    fragile: Any = SimpleNamespace(sessions=forgetful, now=house.now)
    with pytest.raises(OperationalError):
        postman.insist(lambda: postman.keep_letter(fragile, replace(LETTER), "x"), 0)
