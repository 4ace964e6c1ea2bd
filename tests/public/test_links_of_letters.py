"""Links of letters: what a text says to everybody is kept once, what it says to one person with their letter (MAIL T5)."""

import email
import re
from email.policy import default
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.journeys import posting
from outreach.store.leads import Lead
from outreach.store.links import Hit, Link
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests import judge

MJML = """<mj-section><mj-column><mj-text>Hello {{ first_name }},
<a href="https://x.example/prices?a=1&amp;b=2" name="prices">prices</a>
<a href="https://x.example/for/{{ first_name }}">yours</a></mj-text></mj-column></mj-section>"""
CHROME = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Accept-Language": "en",
}


@pytest.fixture
def letters(session: Any, house: Any) -> list[Message]:
    """The same step's letter to two leads, due now."""
    now = house.now(session)
    box = Mailbox(address="hello@lumen-roofs.com", created_at=now)
    session.add(box)
    session.flush()
    rows = []
    for name in ("Ann", "Ben"):
        lead = Lead(email=f"{name.lower()}@ode.example", name=name, created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        row = Message(
            kind="step", class_="sales", lane="outbound", state="queued", lead_id=lead.id, mailbox_id=box.id,
            to_address=lead.email, subject="Hi", references=[], due_at=now, queued_at=now, extra={"mjml": MJML},
        )  # fmt: skip
        session.add(row)
        rows.append(row)
    session.commit()
    return rows


def written(session: Any, house: Any, rows: list[Message]) -> list[bytes]:
    """The letters' bytes, each judged; what they need is kept."""
    box = session.get_one(Mailbox, rows[0].mailbox_id)
    desk = posting.Desk(session, house, box, [row.id for row in rows], house.now(session))
    ready = [desk.write(draft).raw for draft in desk.drafts]
    desk.keep_links()
    session.commit()
    for raw in ready:
        judge.look(raw)
    return ready


def targets(raw: bytes) -> list[str]:
    """The tracked paths of a letter's HTML, in order."""
    letter = email.message_from_bytes(raw, policy=default)
    return re.findall(r'href="[^"]*(/c/[^"]*)"', letter.get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_one_row_for_all_and_one_for_each_person(
    client: FlaskClient, session: Any, house: Any, letters: list[Message]
) -> None:
    """MAIL T5, B1: both letters lead to the same row, and a click is still that of the right letter."""
    ways = [targets(raw) for raw in written(session, house, letters)]
    kept = {(link.message_id, link.url, link.name) for link in session.scalars(select(Link))}
    assert kept == {
        (None, "https://x.example/prices?a=1&b=2", "prices"),
        (letters[0].id, "https://x.example/for/Ann", ""),
        (letters[1].id, "https://x.example/for/Ben", ""),
    }
    assert ways[0][0] != ways[1][0]
    assert client.get(ways[1][0], headers=CHROME).location == "https://x.example/prices?a=1&b=2"
    assert client.get(ways[0][1], headers=CHROME).location == "https://x.example/for/Ann"
    assert session.execute(select(Hit.message_id, Link.name).join(Link, Link.id == Hit.link_id)).all() == [
        (letters[1].id, "prices"), (letters[0].id, ""),
    ]  # fmt: skip


def test_a_letter_written_again_has_the_same_links(session: Any, house: Any, letters: list[Message]) -> None:
    """O1: a retry repeats the letter, addresses and all."""
    first = written(session, house, letters)
    assert [targets(raw) for raw in written(session, house, letters)] == [targets(raw) for raw in first]


def test_a_shared_link_without_its_letter_still_leads_on(
    client: FlaskClient, session: Any, house: Any, letters: list[Message]
) -> None:
    """T3: an address that a mail program cut off, or that somebody tampered with, leads there and counts for nobody."""
    way = targets(written(session, house, letters)[0])[0]
    for cut in (way.partition(".")[0], way + "x", way[:-1]):
        assert client.get(cut, headers=CHROME).location == "https://x.example/prices?a=1&b=2"
    assert session.scalars(select(Hit)).all() == []
