"""Mailboxes that sign in with Google or Microsoft (MAIL A6, F4), against a real token endpoint and mail servers."""

import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from outreach.errors import Refused
from outreach.journeys import deliver, fetch, sign_in_with
from outreach.mail import oauth
from outreach.mail.imap import ImapError
from outreach.mail.oauth import OAuthRefused
from outreach.mail.smtp import Envelope, SmtpLink
from outreach.store import secrets
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice
from tests.mail.imap_door import door
from tests.mail.smtp_stage import Script, stage
from tests.mail.token_office import Office, office


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office() as opened:
        monkeypatch.setitem(oauth.PROVIDERS, "google", opened.endpoints)
        yield opened


@pytest.fixture
def box(house: Any) -> Mailbox:
    with house.sessions.begin() as session:
        sign_in_with.save_client(session, house, "google", "our-id", "our-secret", "")
        row = Mailbox(address="ann@lumen.example", created_at=house.now(session), imap_cursor={})
        session.add(row)
    return row


def connect(house: Any, box: Mailbox) -> None:
    with house.sessions.begin() as session:
        mailbox = session.get_one(Mailbox, box.id)
        state = parse_qs(urlsplit(sign_in_with.begin(session, house, mailbox, "google")).query)["state"][0]
        mailbox, client, pending = sign_in_with.awaited(session, house, state)
        tokens = sign_in_with.exchange(house, client, pending, "the-code")
        sign_in_with.finish(house, mailbox, "google", tokens)


def bearer(house: Any, box: Mailbox) -> Any:
    with house.sessions() as session:
        token = sign_in_with.bearer(house, session.get_one(Mailbox, box.id))
    assert token is not None
    return token


def test_the_browser_brings_back_a_code_and_the_mailbox_is_connected(house: Any, desk: Office, box: Mailbox) -> None:
    """PKCE: the verifier that is handed in fits the challenge that the browser carried; tokens are sealed."""
    with house.sessions.begin() as session:
        mailbox = session.get_one(Mailbox, box.id)
        mailbox.paused_reason, mailbox.failures = "login refused", 3
        query = parse_qs(urlsplit(sign_in_with.begin(session, house, mailbox, "google")).query)
        assert query["redirect_uri"] == [house.url("/settings/mailboxes/connected")]
        assert query["login_hint"] == ["ann@lumen.example"]
        found, client, pending = sign_in_with.awaited(session, house, query["state"][0])
        sign_in_with.finish(house, found, "google", sign_in_with.exchange(house, client, pending, "the-code"))
    asked = desk.asked[0]
    challenge = urlsafe_b64encode(sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert query["code_challenge"] == [challenge]
    assert (asked["code"], asked["client_id"], asked["client_secret"]) == ("the-code", "our-id", "our-secret")
    with house.sessions() as session:
        row = session.get_one(Mailbox, box.id)
        assert row.oauth_secret is not None
        assert b"refresh1" not in row.oauth_secret
        assert secrets.unseal(row.smtp_secret or b"", house.keys) == (
            "smtp+starttls://ann%40lumen.example@smtp.gmail.com:587"
        )
        assert (row.sign_in, row.paused_reason, row.failures) == ("google", "", 0)


@pytest.mark.parametrize("state", ["", "1", "1.", "1.wrong", "99.x", "x.y", "1" * 40 + ".x"])
def test_a_forged_return_is_refused(house: Any, desk: Office, box: Mailbox, state: str) -> None:
    with house.sessions.begin() as session:
        sign_in_with.begin(session, house, session.get_one(Mailbox, box.id), "google")
        with pytest.raises(Refused, match="Press “Connect” once more"):
            sign_in_with.awaited(session, house, state)
    assert desk.asked == []


def test_a_return_is_good_once(house: Any, desk: Office, box: Mailbox) -> None:
    with house.sessions.begin() as session:
        address = sign_in_with.begin(session, house, session.get_one(Mailbox, box.id), "google")
        state = parse_qs(urlsplit(address).query)["state"][0]
        mailbox, client, pending = sign_in_with.awaited(session, house, state)
        sign_in_with.finish(house, mailbox, "google", sign_in_with.exchange(house, client, pending, "c"))
        with pytest.raises(Refused):
            sign_in_with.awaited(session, house, state)


def test_an_access_token_is_used_until_it_ends_and_renewed_once_for_all(house: Any, desk: Office, box: Mailbox) -> None:
    connect(house, box)
    token = bearer(house, box)
    assert [token(False), token(False)] == ["access1", "access1"]
    desk.answer = {"expires_in": 60}
    assert token(True) == "access2"
    desk.answer = {"expires_in": 3600, "refresh_token": "refresh2"}
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(token(False))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["access3"] * 4
    assert [asked.get("refresh_token") for asked in desk.asked[1:]] == ["refresh1", "refresh1"]
    token(True)
    assert desk.asked[-1]["refresh_token"] == "refresh2"


def test_letters_leave_by_xoauth2_and_a_withdrawn_token_is_renewed(house: Any, desk: Office, box: Mailbox) -> None:
    """The server refuses the first token; the link asks for a fresh one and goes on."""
    connect(house, box)
    script = Script(offers=("AUTH PLAIN LOGIN XOAUTH2", "PIPELINING"))
    script.auth = ""

    class Doorkeeper(Script):
        @property
        def auth(self) -> str:  # type: ignore[override]
            last = b64decode(self.heard[-1].split(" ")[2]).decode() if self.heard else ""
            return "235 2.7.0 welcome" if "access2" in last else "535 5.7.8 try again"

        @auth.setter
        def auth(self, words: str) -> None:
            """Nothing to set."""

    keeper = Doorkeeper(offers=script.offers, ours=False)
    with stage(keeper) as port:
        link = SmtpLink(f"smtp://ann%40lumen.example@127.0.0.1:{port}", token=bearer(house, box))
        answer = link.send(Envelope("a@lumen.example", "b@lead.example", 17), b"Subject: x\r\n\r\nx\r\n", lambda: True)
        link.close()
    assert answer.kind == "accepted"
    signed = [b64decode(line.split(" ")[2]).decode() for line in keeper.heard if line.startswith("AUTH")]
    assert signed == [f"user=ann@lumen.example\x01auth=Bearer access{n}\x01\x01" for n in (1, 2)]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [("invalid_grant", "Connect the mailbox again"), ("invalid_client", "client id or secret"), ("odd", "odd")],
)
def test_a_withdrawn_permission_holds_the_mail_and_says_the_remedy(
    house: Any, desk: Office, box: Mailbox, error: str, remedy: str
) -> None:
    """F4."""
    connect(house, box)
    desk.status, desk.answer = 400, {"error": error}
    token = bearer(house, box)

    def renewing(_fresh: bool) -> str:
        return str(token(True))

    with stage(Script(offers=("AUTH XOAUTH2",))) as port:
        link = SmtpLink(f"smtp://ann%40lumen.example@127.0.0.1:{port}", token=renewing)
        answer = link.send(Envelope("a@lumen.example", "b@lead.example", 17), b"Subject: x\r\n\r\nx\r\n", lambda: True)
    assert answer.kind == "auth_failed"
    assert remedy in answer.text
    assert "our-secret" not in answer.text


def test_a_provider_that_is_away_is_no_refusal(house: Any, desk: Office, box: Mailbox) -> None:
    connect(house, box)
    desk.status, desk.answer = 503, {}
    with pytest.raises(OAuthRefused) as raised:
        bearer(house, box)(True)
    assert not raised.value.lasting


def test_reading_says_the_same_and_asks_for_a_fresh_token_next_time(house: Any, desk: Office, box: Mailbox) -> None:
    connect(house, box)
    with house.sessions.begin() as session:
        row = session.get_one(Mailbox, box.id)
        access = sign_in_with.inbox_bearer(house, row)
        assert access is not None
        assert access() == "access1"
        sign_in_with.forget_access(house, row)
    assert access() == "access2"
    desk.status, desk.answer = 400, {"error": "invalid_grant"}
    with house.sessions.begin() as session:
        sign_in_with.forget_access(house, session.get_one(Mailbox, box.id))
    with pytest.raises(ImapError, match="Connect the mailbox again") as raised:
        access()
    assert raised.value.sign_in


def test_a_mailbox_with_a_password_has_no_token(house: Any, box: Mailbox) -> None:
    with house.sessions() as session:
        assert sign_in_with.bearer(house, session.get_one(Mailbox, box.id)) is None


def use(house: Any, box: Mailbox, smtp: int, imap: int) -> None:
    """The connected mailbox, at our own servers."""
    with house.sessions.begin() as session:
        row = session.get_one(Mailbox, box.id)
        row.smtp_secret = secrets.seal(f"smtp://ann%40lumen.example@127.0.0.1:{smtp}", house.keys)
        row.imap_secret = secrets.seal(f"imap://ann%40lumen.example@127.0.0.1:{imap}", house.keys)
        row.looked_at = row.paused_until = None
        now = house.now(session)
        if not session.scalar(select(Message.id).limit(1)):
            session.add(
                Message(kind="own", lane="outbound", mailbox_id=row.id, to_address="b@lead.example", subject="Hello",
                        body="Hello there", state="queued", references=[], extra={}, due_at=now, queued_at=now)
            )  # fmt: skip


def told(house: Any) -> list[str]:
    with house.sessions() as session:
        return list(session.scalars(select(Notice.text).where(Notice.kind == "problem")))


def test_one_alert_is_raised_whoever_meets_the_withdrawn_permission(house: Any, desk: Office, box: Mailbox) -> None:
    """F4: sending and reading both fail, again and again; one alert; signed in again, the mail goes."""
    connect(house, box)
    with house.sessions.begin() as session:
        sign_in_with.forget_access(house, session.get_one(Mailbox, box.id))
    desk.status, desk.answer = 400, {"error": "invalid_grant"}
    script = Script(offers=("AUTH XOAUTH2",))
    sender = deliver.Sender(house)
    with stage(script) as smtp, door() as reading:
        for _ in range(3):
            use(house, box, smtp, reading.port)
            deliver.deliver(sender, "outbound", seconds=3)
            fetch.fetch(house)
        assert len(told(house)) == 1
        assert "Connect the mailbox again" in told(house)[0]
        assert script.letters == []
        desk.status, desk.answer = 200, {}
        connect(house, box)
        use(house, box, smtp, reading.port)
        deliver.deliver(sender, "outbound", seconds=3)
    sender.close()
    assert len(script.letters) == 1


def test_the_inbox_is_opened_with_the_token(house: Any, desk: Office, box: Mailbox) -> None:
    """MAIL A6: XOAUTH2 for reading; a token that the server refuses is renewed before the next look."""
    connect(house, box)
    with door("access2") as reading:
        for _ in range(2):
            use(house, box, 9, reading.port)
            fetch.fetch(house)
    assert reading.heard == [f"user=ann@lumen.example\x01auth=Bearer access{n}\x01\x01" for n in (1, 2)]
    with house.sessions() as session:
        assert "does not let" not in session.get_one(Mailbox, box.id).read_error
