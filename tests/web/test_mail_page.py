"""The local mail page: what went out, and what a lead could do with it."""

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from outreach.app import create_app
from outreach.journeys import as_the_lead, local_mail
from outreach.store.local_letters import LocalLetter
from outreach.store.users import User

from .conftest import Visitor

RAW = (
    b"From: Marta Silva <hello@outreach.test>\r\nTo: Anna Weber <anna@lumen.example>\r\n"
    b"Reply-To: r+abc@outreach.test\r\nSubject: Your roof\r\nMessage-ID: <one@outreach.test>\r\n"
    b"Date: Wed, 04 Mar 2026 10:00:00 +0000\r\n"
    b"List-Unsubscribe: <http://outreach.test/u/token123>, <mailto:u+t@outreach.test>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<html><head></head><body><script>alert(1)</script><p>Hello</p><a href="http://outreach.test/c/tok">Prices</a>'
    b'<a href="https://elsewhere.example/">Elsewhere</a></body></html>\r\n'
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def letter(session: Any, house: Any) -> LocalLetter:
    local_mail.take(session, RAW, "b+abc@outreach.test", ("anna@lumen.example",), house.now(session), "one")
    session.commit()
    found: LocalLetter = session.scalar(select(LocalLetter))
    return found


@pytest.fixture
def visitor(stranger: Visitor, ada: User) -> Visitor:
    stranger.sign_in(ada.email)
    return stranger


def test_an_empty_page_says_how_the_first_letter_comes(visitor: Visitor) -> None:
    assert "Fill in the form" in visitor.get("/mail").text


def test_letters_are_listed_found_and_shown(visitor: Visitor, letter: LocalLetter) -> None:
    assert "Your roof" in visitor.get("/mail").text
    assert "anna@lumen.example" in visitor.get("/mail?q=roof+lumen").text
    assert "Nothing found" in visitor.get("/mail?q=100%25").text
    page = visitor.get(f"/mail/{letter.id}").text
    assert "Answer as anna@lumen.example" in page
    assert 'href="/c/tok"' in page
    assert 'action="/u/token123"' in page
    assert "elsewhere.example" not in page


def test_the_letter_s_own_document_runs_no_script(visitor: Visitor, letter: LocalLetter) -> None:
    answer = visitor.get(f"/mail/{letter.id}/letter")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "unsafe-inline'; img" in policy.replace("style-src ", "")


def test_headers_and_source_are_shown_as_text(visitor: Visitor, letter: LocalLetter) -> None:
    assert "&lt;one@outreach.test&gt;" in visitor.get(f"/mail/{letter.id}?view=headers").text
    source = visitor.get(f"/mail/{letter.id}?view=source").text
    assert "&lt;script&gt;alert(1)" in source
    assert visitor.get(f"/mail/{letter.id}/source").data == RAW


def test_an_answer_needs_words_and_a_server(visitor: Visitor, letter: LocalLetter) -> None:
    visitor.post(f"/mail/{letter.id}/answer", {"text": "  "})
    assert "Write a few words" in visitor.get(f"/mail/{letter.id}").text


class Taker:
    """What a real SMTP server was handed."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        await asyncio.sleep(0)
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


@pytest.mark.parametrize(("what", "fields"), [("answer", {"text": "Call me"}), ("away", {}), ("bounce", {})])
def test_what_the_lead_does_arrives_by_smtp(
    house: Any, ada: User, letter: LocalLetter, what: str, fields: dict[str, str]
) -> None:
    """It takes the way of any reply: SMTP to INBOUND_SMTP_LISTEN."""
    taker, port = Taker(), free_port()
    settings = house.settings.model_copy(update={"inbound_smtp_listen": f"127.0.0.1:{port}"})
    visitor = Visitor(create_app(replace(house, settings=settings)))
    visitor.sign_in(ada.email)
    server = Controller(taker, hostname="127.0.0.1", port=port)
    server.start()
    try:
        visitor.get(f"/mail/{letter.id}")
        assert visitor.post(f"/mail/{letter.id}/{what}", fields).status_code == 303
    finally:
        server.stop()
    ((recipients, raw),) = taker.taken
    assert recipients == ["b+abc@outreach.test" if what == "bounce" else "r+abc@outreach.test"]
    assert b"one@outreach.test" in raw


def test_nothing_is_answered_once_mail_leaves_the_machine(letter: LocalLetter, house: Any, session: Any) -> None:
    away = replace(house, settings=house.settings.model_copy(update={"smtp_url": "smtp://mail.example"}))
    with pytest.raises(Exception, match="leave this machine"):
        as_the_lead.answer(away, letter, "Hello", house.now(session))
