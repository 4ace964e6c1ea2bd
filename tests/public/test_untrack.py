"""A letter that tells when it is opened says so, and its reader ends that with one click (MAIL T1)."""

import email
import email.policy
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.core.jurisdictions import OPENS
from outreach.journeys import opt_out, posting
from outreach.journeys.presets import load_presets
from outreach.store import account, consents
from outreach.store.consents import Consent
from outreach.store.leads import Lead
from outreach.store.links import Hit
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests import judge

CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36", "Accept-Language": "en"}
OWN = "<mjml><mj-body><mj-section><mj-column><mj-text>Mine</mj-text></mj-column></mj-section></mj-body></mjml>"
"""A template of somebody's own, without the layout and its small print."""


@pytest.fixture
def ben(session: Any, house: Any) -> Lead:
    now = house.now(session)
    account.get(session).open_pixel = True
    lead = Lead(email="ben@lead.example", name="Ben", country="US", created_at=now, last_activity_at=now)
    load_presets(session, house, now)
    if session.query(Mailbox).first() is None:
        session.add(Mailbox(address="hello@outreach.test", created_at=now))
    session.add(lead)
    session.commit()
    return lead


def letter_to(session: Any, house: Any, lead: Lead, **extra: str) -> tuple[int, str, str]:
    """A letter as it goes out: its number, HTML and text."""
    now, box = house.now(session), session.query(Mailbox).first()
    row = Message(
        kind="step", class_="sales", to_address=lead.email, lead_id=lead.id, mailbox_id=box.id, subject="Hi", body="Hello",
        due_at=now, queued_at=now, references=[], extra=extra,
    )  # fmt: skip
    session.add(row)
    session.flush()
    desk = posting.Desk(session, house, box, [row.id], now)
    raw = desk.write(desk.drafts[0]).raw
    session.commit()
    judge.look(raw)
    made = email.message_from_bytes(raw, policy=email.policy.default)
    return row.id, made.get_body(("html",)).get_content(), made.get_body(("plain",)).get_content()


@pytest.mark.parametrize("extra", [{}, {"template": "day-2"}, {"mjml": OWN}, {"mjml": OWN, "text": "Mine"}])
def test_every_letter_with_the_picture_says_so_in_both_parts(
    session: Any, house: Any, ben: Lead, extra: dict[str, str]
) -> None:
    """T1: shipped letters, text letters and templates of one's own alike."""
    number, html, text = letter_to(session, house, ben, **extra)
    stop = house.url(f"/t/{house.token('untrack', number)}")
    assert "/o/" in html
    assert f'href="{stop}"' in html
    assert f"Stop that: {stop}" in text


def test_whoever_ends_it_gets_no_picture_any_more_and_no_open_of_theirs_is_kept(
    client: FlaskClient, session: Any, house: Any, ben: Lead
) -> None:
    """T1: looking changes nothing, the post acts, twice is once; the letters that they have already tell nothing either."""
    number, _, _ = letter_to(session, house, ben)
    address, pixel = f"/t/{house.token('untrack', number)}", f"/o/{house.token('open', number)}.gif"
    for _ in range(3):
        assert client.get(address).text.count("<button") == 1
        client.head(address)
    client.get(pixel, headers=CHROME)
    assert session.scalar(select(func.count()).select_from(Hit)) == 1

    for _ in range(2):
        assert "We see it no longer" in client.post(address).text
    session.expire_all()
    said = session.scalars(select(Consent).where(Consent.purpose == OPENS)).one()
    assert (said.granted, said.source, said.lead_id) == (False, "link in a letter", ben.id)
    assert client.get(pixel, headers=CHROME).mimetype == "image/gif"
    assert session.scalar(select(func.count()).select_from(Hit)) == 1
    _, html, text = letter_to(session, house, ben)
    assert "/o/" not in html
    assert "Stop that" not in html + text
    assert consents.suppression(session, ben.email) is None  # the mail itself goes on


def test_it_answers_kindly_after_letter_and_lead_are_gone(
    client: FlaskClient, session: Any, house: Any, ben: Lead
) -> None:
    """T1."""
    number, _, _ = letter_to(session, house, ben)
    session.delete(session.get(Lead, ben.id))
    session.commit()
    assert client.post(f"/t/{house.token('untrack', number)}").status_code == 200
    assert client.post(f"/t/{house.token('untrack', 99_999)}").status_code == 200
    assert client.post(f"/t/{house.token('unsubscribe', number)}").status_code == 404


def test_where_the_law_asks_for_consent_only_those_who_agreed_are_seen(session: Any, house: Any, ben: Lead) -> None:
    """T1: apart from the consent to mail; in Germany silence is no."""
    ben.country = "DE"
    session.add(Consent(lead_id=ben.id, purpose=consents.EDUCATION, granted=True, at=house.now(session)))
    _, html, _ = letter_to(session, house, ben)
    assert "/o/" not in html
    session.add(Consent(lead_id=ben.id, purpose=OPENS, granted=True, at=house.now(session), source="form contact"))
    number, html, _ = letter_to(session, house, ben)
    assert "/o/" in html
    opt_out.untrack(session, number, house.now(session))
    _, html, _ = letter_to(session, house, ben)
    assert "/o/" not in html


def test_the_page_of_the_way_out_offers_it_too(client: FlaskClient, session: Any, house: Any, ben: Lead) -> None:
    """T1, U3."""
    number, _, _ = letter_to(session, house, ben)
    page = client.get(f"/u/{house.token('unsubscribe', number)}").text
    assert f"/t/{house.token('untrack', number)}" in page
    account.get(session).open_pixel = False
    session.commit()
    assert "/t/" not in client.get(f"/u/{house.token('unsubscribe', number)}").text
