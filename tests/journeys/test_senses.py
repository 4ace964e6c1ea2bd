"""What replies mean beyond the rules: learned from corrections, or asked of the operator's endpoint; both off by default."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from outreach.core import wordweights
from outreach.core.replies import sense_of
from outreach.errors import Refused
from outreach.journeys import accounts, corrections, learn, receive, senses
from outreach.store import corrections as examples
from outreach.store import users
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead

# Words of a trade that no rule knows.
YES = ["grünes Licht vom Chef", "Licht ist grün, legt los", "der Chef gibt grünes Licht", "grünes Licht von oben"]
NO = [
    "die Kuh ist vom Eis",
    "Kuh vom Eis, schon lange",
    "das Eis ist dünn, die Kuh fort",
    "Eis und Kuh sind Geschichte",
]


@pytest.fixture
def lead(house: Any) -> int:
    with house.sessions.begin() as session:
        now = house.now(session)
        row = Lead(email="ben@ode.example", name="Ben", created_at=now, last_activity_at=now)
        session.add(row)
        accounts.add_user(session, "rita@outreach.test", "Rita Rep", "rep", "a good password")
        session.flush()
        return row.id


def comes(house: Any, words: str) -> int:
    raw = f"From: ben@ode.example\r\nSubject: Re\r\n\r\n{words}\r\n".encode()
    with house.sessions.begin() as session:
        kept = receive.keep(session, raw, house.now(session), source="imap")
    receive.receive(house)
    assert kept is not None
    return kept


def sense(house: Any, number: int) -> tuple[str, str]:
    with house.sessions() as session:
        row = session.get_one(InboundMail, number)
        return row.sense, str(row.detail.get("sense_by"))


def test_corrections_teach_what_the_rules_do_not_know(house: Any, lead: int) -> None:
    """O10: kept as training data; measured by cross-validation; used only when it helps and only where the rules are unsure."""
    first = comes(house, NO[0])
    assert sense(house, first)[0] == "other"
    with house.sessions.begin() as session:
        corrections.change(session, house, first, "sense:not_interested", None, house.now(session))
        now = house.now(session)
        for number in range(19 + 20):
            words, to = (YES[number % 4], "interested") if number % 2 else (NO[number % 4], "not_interested")
            row = InboundMail(
                sha256=str(number), source="imap", raw=b"", received_at=now, state="done", class_="human", sense="other",
                reply_text=f"{words} ({number})", references=[],
            )  # fmt: skip
            session.add(row)
            session.flush()
            examples.record(session, row.id, None, "sense", "other", to, now)
    with house.sessions.begin() as session:
        found = learn.learn(session, use=True)
    assert (found.examples, found.corrected, found.rules_right) == (40, 40, 0)
    assert found.right >= 36
    assert found.active

    name, by = sense(house, comes(house, "Jetzt grünes Licht vom Chef!"))
    assert name == "interested"
    assert by.startswith("learned")
    assert (
        sense(house, comes(house, "Bitte melden Sie mich ab."))[0]
        == sense_of("Bitte melden Sie mich ab.", date(2027, 1, 1)).sense
    )

    with house.sessions.begin() as session:
        assert learn.forget(session)
    assert sense(house, comes(house, "Grünes Licht vom Chef"))[0] == "other"


def test_too_few_examples_are_refused_in_a_sentence(house: Any, lead: int) -> None:
    comes(house, "Hm.")
    with house.sessions.begin() as session, pytest.raises(Refused, match="it takes 30 to learn from"):
        learn.learn(session, use=False)


def test_what_is_learned_is_numbers_and_no_code(house: Any) -> None:
    model = learn.fitted([("yes please", "a"), ("no thanks", "b"), ("maybe later", "c")] * 5)
    again = json.loads(json.dumps(model))
    assert wordweights.best(again, "yes please do")[0] == "a"
    assert wordweights.best({}, "anything") == ("", 0.0)


class Endpoint(BaseHTTPRequestHandler):
    """Answers as chat completions do."""

    says: Any = "interested"
    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
        self.send_response(200)
        self.end_headers()
        says = (
            self.says
            if isinstance(self.says, bytes)
            else json.dumps({"choices": [{"message": {"content": self.says}}]}).encode()
        )
        self.wfile.write(says)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    Endpoint.asked, Endpoint.says = [], "interested"
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def asking(house: Any, url: str) -> Any:
    settings = house.settings.model_copy(
        update={"sense_url": url, "sense_key": "k", "sense_model": "m", "sense_seconds": 1.0}
    )
    return dataclasses.replace(house, settings=settings)


def test_the_endpoint_decides_only_what_the_rules_left_open_and_is_asked_once(
    house: Any, lead: int, endpoint: str
) -> None:
    open_, clear = comes(house, "Grünes Licht."), comes(house, "Please unsubscribe me.")
    before = sense(house, clear)
    assert corrections.consult(house) == 0  # off by default
    set_house = asking(house, endpoint)
    assert corrections.consult(set_house) == 1
    assert corrections.consult(set_house) == 0
    assert sense(house, open_)[0] == "interested"
    assert sense(house, clear) == before
    (asked,) = Endpoint.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["key"] == "Bearer k"
    assert asked["messages"][1]["content"] == "Grünes Licht."


@pytest.mark.parametrize("says", ["Sure, I would say that they are interested!", b"<html>busy</html>", b"{}"])
def test_another_answer_changes_nothing(house: Any, lead: int, endpoint: str, says: Any) -> None:
    Endpoint.says = says
    number = comes(house, "Grünes Licht.")
    assert corrections.consult(asking(house, endpoint)) == 0
    assert sense(house, number)[0] == "other"


def test_an_endpoint_that_is_away_changes_nothing(house: Any, lead: int) -> None:
    comes(house, "Grünes Licht.")
    assert corrections.consult(asking(house, "http://127.0.0.1:9/v1")) == 0


def test_a_person_wins_over_the_endpoint(house: Any, lead: int, endpoint: str) -> None:
    number = comes(house, "Grünes Licht.")
    with house.sessions.begin() as session:
        rita = users.by_email(session, "rita@outreach.test")
        corrections.change(session, house, number, "sense:question", rita, house.now(session))
        assert examples.count(session) == 1
    assert corrections.consult(asking(house, endpoint)) == 0
    assert sense(house, number)[0] == "question"


def test_nothing_is_asked_without_an_address(house: Any) -> None:
    assert senses.ask(house.settings, "anything") == ""
