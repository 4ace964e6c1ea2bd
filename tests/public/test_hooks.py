"""Mail providers tell what became of letters (MAIL X8, RELIABILITY 5.2 #20): believed once, kept raw, the effects of DSNs."""

import hmac
import json
import threading
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from outreach.journeys import hooks
from outreach.mail.providers import ses
from outreach.store import consents
from outreach.store import hooks as rows
from outreach.store.events import Event
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.notices import Notice


@pytest.fixture
def letter(house: Any) -> Message:
    """A letter to Bo that left, but whose answer was lost."""
    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(email="bo@lead.example", name="Bo", fields={}, created_at=now, last_activity_at=now)
        session.add(lead)
        session.flush()
        row = Message(
            kind="own", lead_id=lead.id, to_address="bo@lead.example", state="unsure", message_id="<x@outreach.test>",
            references=[], extra={}, due_at=now, queued_at=now, first_tried_at=now,
        )  # fmt: skip
        session.add(row)
    return row


@pytest.fixture
def place(house: Any) -> Any:
    """Lets a provider in; gives the path to post to."""

    def open_for(provider: str, secret: str = "") -> str:
        with house.sessions.begin() as session:
            row = hooks.open_for(session, house, provider, secret, house.now(session))
            return urlsplit(hooks.address_of(house, row)).path

    return open_for


def postmark(letter: Message, house: Any, **event: Any) -> dict[str, Any]:
    told = {
        "RecordType": "Bounce",
        "ID": 7,
        "Type": "HardBounce",
        "Details": "550 5.1.1 unknown",
        "Email": "bo@lead.example",
    }
    return told | {"Metadata": {"outreach": house.token("bounce", letter.id)}} | event


def read(house: Any) -> None:
    while hooks.read(house):
        pass


def the_letter(house: Any) -> Message:
    with house.sessions() as session:
        return session.scalars(select(Message).where(Message.kind == "own")).one()


def test_a_bounce_marks_the_letter_and_the_address(
    client: FlaskClient, house: Any, letter: Message, place: Any
) -> None:
    """F2: as a bounce that comes by mail. Raw first; the answer does not wait for what follows."""
    path = place("postmark")
    assert client.post(path, json=postmark(letter, house)).status_code == 200
    with house.sessions() as session:
        assert session.scalars(select(rows.HookPost)).one().state == "new"
        assert consents.suppression(session, "bo@lead.example") is None
    read(house)
    after = the_letter(house)
    assert (after.state, after.delivered) == ("sent", "bounced")
    with house.sessions() as session:
        assert consents.suppression(session, "bo@lead.example") is not None
        assert session.scalars(select(Lead)).one().address_state == "dead"


def test_delivered_is_evidence_that_settles_an_unsure_letter(
    client: FlaskClient, house: Any, letter: Message, place: Any
) -> None:
    """DESIGN 4.5, F5."""
    event = postmark(letter, house, RecordType="Delivery", MessageID="m1", Recipient="bo@lead.example")
    client.post(place("postmark"), json=event)
    read(house)
    after = the_letter(house)
    assert (after.state, after.delivered) == ("sent", "delivered")
    with house.sessions() as session:
        assert "did go out" in session.scalars(select(Event.text).where(Event.kind == "settled")).one()


def test_a_complaint_and_an_opt_out_suppress(client: FlaskClient, house: Any, letter: Message, place: Any) -> None:
    """X7."""
    path = place("postmark")
    client.post(path, json=postmark(letter, house, RecordType="SpamComplaint", ID=9))
    read(house)
    assert the_letter(house).delivered == "complained"
    with house.sessions() as session:
        assert consents.suppression(session, "bo@lead.example") is not None


def test_a_repeated_event_counts_once_however_it_is_sent(
    client: FlaskClient, app: Any, house: Any, letter: Message, place: Any
) -> None:
    """RELIABILITY fault 29: ten at once, and the same event in another post."""
    path, event = place("postmark"), postmark(letter, house, Type="Transient", Details="452 4.2.2 full")
    threads = [threading.Thread(target=lambda: app.test_client().post(path, json=event)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    client.post(path, json=event | {"Tag": "another post"})
    read(house)
    with house.sessions() as session:
        assert session.scalar(select(func.count()).select_from(rows.HookPost)) == 2
        assert session.scalar(select(func.count()).select_from(rows.HookEvent)) == 1
        assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "delivery")) == 1


def test_a_wrong_address_or_signature_is_refused_and_nothing_is_kept(
    client: FlaskClient, house: Any, letter: Message, place: Any
) -> None:
    place("postmark", "user:pass")
    empty = {"timestamp": "1", "token": "t", "signature": hmac.new(b"", b"1t", sha256).hexdigest()}
    assert client.post(place("mailgun"), json={"signature": empty, "event-data": {}}).status_code == 401
    path = place("mailgun", "key")
    assert client.post("/hooks/postmark/guess", json={}).status_code == 404
    assert client.post("/hooks/pigeon/guess", json={}).status_code == 404
    old = {"timestamp": "1", "token": "t", "signature": hmac.new(b"key", b"1t", sha256).hexdigest()}
    for signature in ({}, {"timestamp": "1", "token": "t", "signature": "x"}, old):
        assert client.post(path, json={"signature": signature, "event-data": {}}).status_code == 401
    with house.sessions() as session:
        assert session.scalar(select(func.count()).select_from(rows.HookPost)) == 0


def test_a_refused_post_is_told_in_one_line_what_is_wrong_with_it(client: FlaskClient, place: Any) -> None:
    """It stands in the log of the provider, where an operator looks first: never a page for people."""
    unsigned = {"signature": {}, "event-data": {}}
    without = client.post(place("mailgun"), json=unsigned, headers={"Accept": "*/*"})
    wrong = client.post(place("mailgun", "key"), json=unsigned, headers={"Accept": "*/*"})
    basic = client.post(place("postmark", "user:pass"), data=b"{}", headers={"Accept": "text/html"})
    gone = client.post("/hooks/postmark/guess", data=b"{}")
    for answer in (without, wrong, basic, gone):
        assert answer.mimetype == "application/json", answer.text
    assert "HTTP webhook signing key is not known here yet" in without.json["error"]["message"]
    assert "signature of this post is missing, wrong or too old" in wrong.json["error"]["message"]
    assert "user and password of this post" in basic.json["error"]["message"]
    assert (without.json["error"]["title"], gone.status_code) == ("Not let in", 404)


def test_a_provider_that_was_let_go_is_refused(client: FlaskClient, house: Any, place: Any) -> None:
    path = place("postmark")
    with house.sessions.begin() as session:
        hooks.close_for(session, "postmark")
    assert client.post(path, json={}).status_code == 404


def test_mail_takes_the_same_way_as_by_imap(client: FlaskClient, house: Any, letter: Message, place: Any) -> None:
    """Kept raw and unread; `receive` does the rest."""
    raw = "From: Bo <bo@lead.example>\r\nSubject: Yes\r\n\r\nPlease call me.\r\n"
    to = f"r+{house.token('reply', letter.id)}@outreach.test"
    stamp = f"{datetime.now(UTC).timestamp():.0f}"
    mark = hmac.new(b"key", f"{stamp}t".encode(), sha256).hexdigest()
    fields = {"timestamp": stamp, "token": "t", "signature": mark, "body-mime": raw, "recipient": to}
    assert client.post(place("mailgun", "key"), data=fields, content_type="multipart/form-data").status_code == 200
    read(house)
    with house.sessions() as session:
        kept = session.scalars(select(InboundMail)).one()
    assert (kept.source, kept.recipient, kept.state) == ("hook", to, "new")
    assert kept.raw == raw.encode()


def test_a_large_mail_is_taken_however_the_form_is_written(client: FlaskClient, house: Any, place: Any) -> None:
    """Other doors take a megabyte of such a form; a mail may be larger."""
    stamp = f"{datetime.now(UTC).timestamp():.0f}"
    mark = hmac.new(b"key", f"{stamp}t".encode(), sha256).hexdigest()
    raw = "Subject: Large\r\n\r\n" + "a line of a large mail & more\r\n" * 60_000
    fields = {"timestamp": stamp, "token": "t", "signature": mark, "body-mime": raw, "recipient": "r@outreach.test"}
    assert client.post(place("mailgun", "key"), data=fields).status_code == 200
    read(house)
    with house.sessions() as session:
        assert session.scalars(select(InboundMail.raw)).one() == raw.encode()


def test_a_letter_of_another_program_changes_nothing(
    client: FlaskClient, house: Any, letter: Message, place: Any
) -> None:
    """MAIL 1.11: a report without a token or Message-ID of ours suppresses nobody; nor does one about somebody else."""
    path = place("postmark")
    client.post(path, json=postmark(letter, house, Metadata={"outreach": "abcdefghij234567"}))
    client.post(path, json=postmark(letter, house, ID=8, Email="forwarded@elsewhere.example"))
    read(house)
    assert the_letter(house).delivered == ""
    with house.sessions() as session:
        assert consents.suppression(session, "bo@lead.example") is None


def test_a_post_that_is_not_understood_is_kept_and_told(client: FlaskClient, house: Any, place: Any) -> None:
    path = place("postmark")
    assert client.post(path, json={"TextBody": "no raw mail"}).status_code == 200
    assert client.post(path, data=b"\xff{", content_type="application/json").status_code == 200
    read(house)
    with house.sessions() as session:
        states = list(session.scalars(select(rows.HookPost.state)))
        told = list(session.scalars(select(Notice.text)))
    assert states == ["failed", "failed"]
    assert any("Include raw email content" in text for text in told)


def test_amazons_first_topic_is_ours_and_every_other_is_a_strangers(
    client: FlaskClient, house: Any, letter: Message, place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amazon signs for all its customers alike, so the signature alone does not say whose post it is."""
    monkeypatch.setattr(ses, "verified", lambda post, secret, now: True)
    asked: list[str] = []
    monkeypatch.setattr(hooks, "confirm_subscription", lambda post: asked.append(ses.confirmation(post)) or True)
    path, url = place("ses"), "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    mail = {"source": f"b+{house.token('bounce', letter.id)}@outreach.test"}
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "bo@lead.example", "status": "5.1.1"}]}
    notice = {
        "Type": "Notification",
        "MessageId": "n",
        "Message": json.dumps({"eventType": "Bounce", "mail": mail, "bounce": bounce}),
    }
    assert client.post(path, json=notice | {"TopicArn": "ours"}).status_code == 401
    subscribe = {"Type": "SubscriptionConfirmation", "TopicArn": "ours", "SubscribeURL": url}
    assert client.post(path, data=json.dumps(subscribe), content_type="text/plain").status_code == 200
    assert client.post(path, json=notice | {"TopicArn": "strange"}).status_code == 401
    assert client.post(path, json=subscribe | {"TopicArn": "strange"}).status_code == 401
    assert client.post(path, json=notice | {"TopicArn": "ours"}).status_code == 200
    read(house)
    assert asked == [url]
    assert the_letter(house).delivered == "bounced"


def test_a_body_that_is_too_large_is_refused(client: FlaskClient, place: Any) -> None:
    answer = client.post(place("postmark"), data=b"x" * 30_000_001, content_type="application/json")
    assert answer.status_code == 413


def test_secrets_of_providers_are_sealed(house: Any, place: Any) -> None:
    """RELIABILITY 5.2 #12."""
    path = place("mailgun", "very-secret-key")
    with house.sessions() as session:
        row = session.scalars(select(rows.ProviderHook)).one()
        assert b"very-secret-key" not in (row.secret or b"")
        assert path.split("/")[3].encode() not in row.path_secret
