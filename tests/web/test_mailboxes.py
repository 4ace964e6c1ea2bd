"""The pages Mailboxes and Sending domains."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from outreach.journeys import set_up_mailbox, signing
from outreach.mail import oauth
from outreach.mail.providers import table
from outreach.reports import mailbox_month
from outreach.store import mailboxes, outbox, pauses
from outreach.store.domains import DkimKeyRow, SendingDomain
from outreach.store.hooks import HookPost
from outreach.store.inbox import InboundMail
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from tests.mail.smtp_stage import Script, stage
from tests.mail.token_office import office
from tests.statements import asked_of

MAILBOX = {
    "address": "Hello@Lumen.example",
    "smtp_host": "mail.lumen.example",
    "smtp_scheme": "smtp+starttls",
    "smtp_user": "hello@lumen.example",
    "smtp_password": "p@ss:/word",
    "imap_scheme": "imaps",
    "takes_strangers": "1",
    "daily_limit": "200",
    "domain_limits": "gmail.com 40\r\n* 200",
    "ramp_start": "20",
    "ramp_step": "10",
    "folders": "Junk, Leads",
}
LIST = "/settings/mailboxes"


def add(admin: Any, provider: str = "generic", **more: str) -> str:
    """Add a mailbox; the address of its page."""
    admin.get(f"{LIST}/new/{provider}")
    answer = admin.post(f"{LIST}/new/{provider}", {**MAILBOX, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).partition("#")[0]


def the_row(house: Any, address: str = "hello@lumen.example") -> Mailbox:
    with house.sessions() as session:
        return session.scalars(select(Mailbox).where(Mailbox.address == address)).one()


def test_a_relay_does_not_send_as_somebody_at_a_free_mail_provider(admin: Any) -> None:
    """MAIL O5: such letters fail DMARC; Google itself may send for gmail.com."""
    answer = admin.post(f"{LIST}/new/postmark", {**MAILBOX, "address": "me@gmail.com"})
    assert answer.status_code == 422
    assert "Postmark cannot send as gmail.com" in answer.text
    assert admin.post(f"{LIST}/new/google", {**MAILBOX, "address": "me@gmail.com"}).status_code == 303


def test_a_mailbox_is_saved_and_its_password_is_neither_readable_nor_shown(admin: Any, house: Any) -> None:
    """RELIABILITY 5.2 #12."""
    page = add(admin)
    assert "p@ss" not in admin.get(page).text
    row = the_row(house)
    assert row.takes_strangers
    assert b"p@ss" not in (row.smtp_secret or b"")
    assert set_up_mailbox.server_parts(house, row, "smtp")["secret"] == "p@ss:/word"
    assert row.imap_secret is None
    assert (row.daily_limit, row.ramp_start, row.ramp_step, row.folders) == (200, 20, 10, ["Junk", "Leads"])
    assert row.domain_limits == {"gmail.com": 40, "*": 200}
    assert row.ramp_from is None  # L6: the ramp begins with the first letter
    assert "gmail.com 40\n* 200" in admin.get(page).text


def test_an_empty_password_keeps_the_stored_one(admin: Any, house: Any) -> None:
    page = add(admin)
    admin.post(page, {**MAILBOX, "smtp_password": "", "smtp_port": "2525"})
    parts = set_up_mailbox.server_parts(house, the_row(house), "smtp")
    assert (parts["secret"], parts["port"]) == ("p@ss:/word", "2525")


def test_a_stored_password_is_never_shown_to_another_server(admin: Any, house: Any) -> None:
    answer = admin.post(add(admin), {**MAILBOX, "smtp_password": "", "smtp_host": "evil.example"})
    assert answer.status_code == 422
    assert 'id="smtp_password-error"' in answer.text


NONSENSE = [
    ("address", "nobody"),
    ("smtp_host", "mail.lumen.example/x"),
    ("smtp_host", "169.254.169.254"),
    ("smtp_port", "99999"),
    ("user_id", "77"),
    ("daily_limit", "many"),
    ("domain_limits", "gmail"),
    ("signature", "x" * 2001),
]


def test_nonsense_is_refused_beside_its_field_and_nothing_typed_is_lost(admin: Any, house: Any) -> None:
    """RELIABILITY 5.2 #11: the address of a cloud machine's own service among them."""
    admin.get(LIST + "/new/generic")
    for field, value in NONSENSE:
        answer = admin.post(LIST + "/new/generic", {**MAILBOX, field: value})
        assert answer.status_code == 422, field
        assert f'id="{field}-error"' in answer.text
        assert "Junk, Leads" in answer.text
    with house.sessions() as session:
        assert session.scalars(select(Mailbox).where(Mailbox.address == "hello@lumen.example")).all() == []


def test_each_provider_fills_in_its_servers(admin: Any) -> None:
    choice = admin.get(LIST + "/new").text
    for row in table.PROVIDERS:
        page = admin.get(f"{LIST}/new/{row.key}").text
        assert f'value="{table.smtp_host(row, next(iter(row.regions), ""))}"' in page, row.key
        assert ("Sign in with" in page) == bool(row.oauth)
        assert choice.count(f"/new/{row.key}") == 1
    assert admin.get(LIST + "/new/pigeon").status_code == 404


def test_a_new_mailbox_begins_small_unless_somebody_says_that_it_is_not_new(admin: Any, house: Any) -> None:
    """L6: receivers watch new senders. Providers that warm up by themselves are left alone."""
    shown = {key: admin.get(f"{LIST}/new/{key}").text for key in ("google", "generic", "postmark")}
    ramps = {key: re.search(r'id="ramp_start"[^>]*value="(\d+)"', page)[1] for key, page in shown.items()}
    assert ramps == {"google": "20", "generic": "20", "postmark": "0"}
    add(admin, ramp_start="0", ramp_step="0")
    assert the_row(house).ramp_start == 0


def test_a_region_changes_the_server(admin: Any) -> None:
    assert 'value="email-smtp.eu-west-1.amazonaws.com"' in admin.get(LIST + "/new/ses?region=eu-west-1").text
    assert 'value="smtp.eu.mailgun.org"' in admin.get(LIST + "/new/mailgun?region=eu").text


def test_the_list_says_how_each_mailbox_is(admin: Any, house: Any) -> None:
    """F4, L5, P2."""
    add(admin)
    with house.sessions.begin() as session:
        row = session.scalars(select(Mailbox).where(Mailbox.address == "hello@lumen.example")).one()
        now = house.now(session)
        row.imap_secret, row.read_error = b"x", "The inbox says no."
        for number in range(3):
            session.add(
                Message(kind="own", mailbox_id=row.id, to_address="b@lead.example", state="sent", references=[], extra={},
                        due_at=now, queued_at=now, sent_at=now - timedelta(hours=10 * number))
            )  # fmt: skip
    page = admin.get(LIST).text
    assert "Inbox not read" in page
    assert "The inbox says no." in page
    assert "3 of 20" in page
    assert "warming up" in page


def test_a_mailbox_is_paused_and_resumed(admin: Any, house: Any) -> None:
    """P2."""
    page = add(admin)
    admin.get(LIST)
    assert admin.post(page + "/pause", {"reason": "Moving house"}).status_code == 303
    assert "Ada Admin: Moving house" in admin.get(LIST).text
    row = the_row(house)
    assert row.paused_until is not None
    admin.post(page + "/resume")
    assert "Moving house" not in admin.get(LIST).text
    with house.sessions() as session:
        assert pauses.holding(session, "mailbox", row.id, house.now(session)) == []
        assert session.get_one(Mailbox, row.id).paused_until is None


def test_who_takes_over_is_asked_and_nothing_is_lost(admin: Any, house: Any) -> None:
    """X10: what waits leaves from the other mailbox; the row stays, its passwords go."""
    page = add(admin)
    admin.get(LIST)
    with house.sessions.begin() as session:
        row = session.scalars(select(Mailbox).where(Mailbox.address == "hello@lumen.example")).one()
        heir = next(box for box in mailboxes.active(session) if box.id != row.id)
        now = house.now(session)
        for state in ("queued", "sent"):
            session.add(
                Message(kind="own", mailbox_id=row.id, to_address="b@lead.example", state=state, references=[], extra={},
                        due_at=now, queued_at=now)
            )  # fmt: skip
    assert heir.address in admin.get(page + "/remove").text
    assert admin.post(page + "/remove", {"heir": str(row.id)}).status_code == 400
    assert "taken over 1 waiting" in admin.post(page + "/remove", {"heir": str(heir.id)}, follow_redirects=True).text
    with house.sessions() as session:
        states = {m.state: m.mailbox_id for m in session.scalars(select(Message))}
        gone = session.get_one(Mailbox, row.id)
    assert states == {"queued": heir.id, "sent": row.id}
    assert not gone.active
    assert gone.smtp_secret is None
    admin.post(page + "/return")
    assert the_row(house).active


def test_the_mailbox_of_the_settings_cannot_be_taken_out(admin: Any, house: Any) -> None:
    page = add(admin)
    first = next(box for box in _boxes(house) if box.from_env)
    answer = admin.post(f"{LIST}/{first.id}/remove", {"heir": page.rpartition("/")[2]})
    assert answer.status_code == 400


def _boxes(house: Any) -> list[Mailbox]:
    with house.sessions() as session:
        return mailboxes.active(session)


def test_the_test_button_says_what_happened_and_what_to_do(admin: Any, house: Any) -> None:
    admin.get(LIST + "/new/generic")
    nobody = {**MAILBOX, "smtp_host": "127.0.0.1", "smtp_port": "9", "smtp_scheme": "smtp", "smtp_password": "x"}
    nobody |= {
        "imap_host": "127.0.0.1",
        "imap_port": "9",
        "imap_scheme": "imap",
        "imap_user": "x",
        "imap_password": "s3",
    }
    answer = admin.post(LIST + "/test", nobody)
    assert answer.status_code == 200
    assert answer.text.count("note-bad") == 2
    assert answer.text.count("Nothing listens on this port") == 2
    assert "s3" not in answer.text


REFUSALS = [
    (Script(auth="535 5.7.8 bad credentials"), "Copy user name and password once more"),
    (Script(auth="535 5.7.139 SmtpClientAuthentication is disabled"), "Connect with Microsoft"),
    (Script(auth="534 5.7.9 Application-specific password required"), "app password"),
    (Script(rcpt="451 4.7.1 Greylisted, try again later"), "That is normal"),
    (Script(mail="553 5.7.1 Sender address rejected: not owned by user"), "Verify the address"),
]


def test_each_kind_of_refusal_has_its_remedy(admin: Any) -> None:
    admin.get(LIST + "/new/generic")
    for script, words in REFUSALS:
        script.offers = ("AUTH PLAIN",)
        with stage(script) as port:
            tried = {**MAILBOX, "smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_scheme": "smtp"}
            assert words in admin.post(LIST + "/test", tried).text


def test_a_mailbox_is_connected_with_google(admin: Any, house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAIL A6: sign-in at the provider, from the page to the sealed tokens."""
    page = add(admin, "google", how="oauth")
    assert "Connect with Google" in admin.get(page).text
    assert "Not connected" in admin.get(LIST).text
    assert (the_row(house).smtp_secret or b"") != b"", "its mail must not leave by the server of the settings"
    with office() as desk:
        monkeypatch.setitem(oauth.PROVIDERS, "google", desk.endpoints)
        answer = admin.post(page + "/connect", {"client_id": "our-id", "client_secret": "our-secret"})
        away = urlsplit(answer.headers["Location"])
        assert answer.headers["Location"].startswith(desk.url + "/authorize?")
        state = parse_qs(away.query)["state"][0]
        refused = admin.get(LIST + f"/connected?state={state}&error=access_denied", follow_redirects=True)
        assert "did not give permission" in refused.text
        back = admin.get(LIST + f"/connected?state={state}&code=abc", follow_redirects=True)
    assert "is connected" in back.text
    assert "Connected" in admin.get(page).text
    assert "our-secret" not in admin.get(page).text
    row = the_row(house)
    assert row.sign_in == "google"
    assert admin.get(LIST + f"/connected?state={state}&code=abc").status_code == 400


def test_a_key_is_made_and_its_record_is_shown_to_copy(admin: Any, house: Any) -> None:
    """MAIL A7: rotation by a second selector."""
    add(admin, address="ann@lumen.systems")
    page = admin.get("/settings/domains").text
    assert "lumen.systems" in page
    admin.post("/settings/domains/lumen.systems/keys", {"kind": "rsa"})
    with house.sessions() as session:
        key = session.scalars(select(DkimKeyRow)).one()
    page = admin.get("/settings/domains").text
    assert f"v=DKIM1; k=rsa; p={key.public}" in page.replace("&#43;", "+").replace("&#61;", "=")
    assert "outreach1._domainkey.lumen.systems" in page
    assert "PRIVATE" not in page
    assert admin.post("/settings/domains/lumen.systems/keys", {"kind": "rsa"}).status_code == 400
    with house.sessions.begin() as session:
        signing.note_seen(session, "lumen.systems", {"outreach1": True}, house.now(session))
    admin.post("/settings/domains/lumen.systems/keys", {"kind": "rsa"})
    assert "outreach2._domainkey.lumen.systems" in admin.get("/settings/domains").text
    assert admin.post("/settings/domains/elsewhere.systems/keys", {"kind": "rsa"}).status_code == 404


def test_findings_are_shown_with_the_record_to_publish(admin: Any, house: Any) -> None:
    """MAIL A1."""
    add(admin, address="ann@lumen.systems")
    with house.sessions.begin() as session:
        finding = {
            "topic": "spf", "state": "missing", "title": "SPF of lumen.systems is missing", "detail": "", "why": "Because.",
            "record": {"name": "lumen.systems", "type": "TXT", "value": "v=spf1 ~all"},
        }  # fmt: skip
        session.add(SendingDomain(name="lumen.systems", findings=[finding], checked_at=house.now(session)))
    page = admin.get("/settings/domains").text
    assert "SPF of lumen.systems is missing" in page
    assert 'value="v=spf1 ~all"' in page
    assert re.search(r'data-copy="#r\d+-1-value"', page)


def test_a_provider_gets_an_address_and_its_key_is_asked_for(admin: Any, house: Any) -> None:
    """MAIL 1.10."""
    assert "Not in use" in admin.get("/settings/webhooks").text
    assert admin.post("/settings/webhooks/mailgun").status_code == 303
    assert "Events are refused until the key is saved here." in admin.get("/settings/webhooks").text
    assert admin.post("/settings/webhooks/mailgun", {"secret": "the-key"}).status_code == 303
    page = admin.get("/settings/webhooks").text
    assert re.search(r'value="http://outreach.test/hooks/mailgun/[\w-]{20,}/mime"', page)
    assert "the-key" not in page
    admin.post("/settings/webhooks/mailgun/close")
    assert "/hooks/mailgun/" not in admin.get("/settings/webhooks").text
    assert admin.post("/settings/webhooks/pigeon").status_code == 404


def test_a_post_that_was_not_understood_is_shown_and_read_again(admin: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        row = HookPost(
            provider="postmark", sha256="x", body=b"{}", content_type="", received_at=house.now(session), state="failed",
            error="The post names no event.", tries=2,
        )  # fmt: skip
        session.add(row)
    assert "The post names no event." in admin.get("/settings/webhooks").text
    admin.post(f"/settings/webhooks/posts/{row.id}/again")
    with house.sessions() as session:
        assert session.get_one(HookPost, row.id).state == "new"


def test_a_thousand_mailboxes_of_twenty_domains_are_shown_a_page_at_a_time(admin: Any, house: Any) -> None:
    """Those that want a look come first, any is found by its address or name, and no page asks for each of them."""
    with house.sessions.begin() as session:
        now = house.now(session)
        boxes = [
            Mailbox(address=f"rep{number}@firm{number % 20}.systems", name=f"Rep {number}", created_at=now)
            for number in range(1000)
        ]
        boxes[777].read_error = "The password was refused"
        session.add_all(boxes)
    first = admin.get(LIST).text
    assert first.count('class="card box-card') == 50
    assert "rep777@firm17.systems" in first
    assert "page 1 of 20" in first
    assert "rep999@" in admin.get(LIST + "?page=20").text
    found = admin.get(LIST + "?q=REP+512").text
    assert found.count('class="card box-card') == 1
    assert "No mailbox here" in admin.get(LIST + "?q=100%25").text
    health = admin.get("/health").text
    assert "rep777@firm17.systems" in health
    assert "988 more mailboxes" in health

    with asked_of(house.engine) as asked:
        assert admin.get("/settings/domains").text.count("Check now") == 20
    assert len(asked) < 200


def test_a_server_that_does_not_answer_is_held_between_two_tries_as_well(admin: Any, house: Any) -> None:
    """F4: the pause of a few seconds has passed, and nothing got better."""
    add(admin)
    with house.sessions.begin() as session:
        row = session.scalars(select(Mailbox).where(Mailbox.address == "hello@lumen.example")).one()
        row.failures, row.paused_reason = 3, "The mail server of hello@lumen.example does not answer"
        row.paused_until = house.now(session) - timedelta(seconds=1)
    for page in (LIST, "/health"):
        assert "hello@lumen.example does not answer" in admin.get(page).text
    assert ">Held<" in admin.get(LIST).text
    with house.sessions.begin() as session:
        row = session.scalars(select(Mailbox).where(Mailbox.address == "hello@lumen.example")).one()
        row.paused_until = house.now(session) - timedelta(minutes=16)
    assert ">Held<" not in admin.get(LIST).text, "no try since: nothing waits any more, and nobody knows of a fault"
    assert "hello@lumen.example does not answer" not in admin.get("/health").text


def test_the_first_real_mailbox_sends_for_everybody_and_another_one_may_be_chosen(
    admin: Any, house: Any, ada: Any
) -> None:
    """Else newsletters, and letters of leads whose owner has no mailbox, would go on staying on this machine."""

    def everybody() -> str:
        with house.sessions() as session:
            box = mailboxes.default(session)
            assert box is not None
            assert mailboxes.by_owner(session)[None] == box.id
            return box.address

    admin.get(LIST)
    assert everybody().endswith("@outreach.test")
    page = add(admin, user_id=str(ada.id))
    assert everybody() == "hello@lumen.example"
    assert "Letters to everybody leave from it now" in admin.get(page).text
    second = add(admin, address="second@lumen.example")
    assert "Letters to everybody" not in admin.get(second).text
    assert everybody() == "hello@lumen.example"
    assert f'action="{second}/prefer"' in admin.get(LIST).text
    admin.post(f"{second}/prefer")
    assert everybody() == "second@lumen.example"
    first = the_row(house)
    admin.post(f"{second}/remove", {"heir": first.id})
    assert everybody() == "hello@lumen.example"


def test_a_letter_without_a_mailbox_goes_by_the_one_that_sends_for_everybody(
    admin: Any, house: Any, session: Any, lead: Any
) -> None:
    admin.get(LIST)
    add(admin)
    second = int(add(admin, address="second@lumen.example").rpartition("/")[2])
    admin.post(f"{LIST}/{second}/prefer")
    now = house.now(session)
    row = Message(
        kind="own",
        lane="urgent",
        lead_id=lead.id,
        to_address=lead.email,
        extra={},
        references=[],
        due_at=now,
        queued_at=now,
    )
    session.add(row)
    session.flush()
    outbox.adopt(session, "urgent", now)
    session.refresh(row)
    assert row.mailbox_id == second


def test_a_mailbox_shows_what_became_of_its_letters_lately(admin: Any, house: Any, session: Any, lead: Any) -> None:
    """L7 is seen coming: shares of letters that came back and of complaints, beside those that were answered."""
    page = add(admin)
    box, now = int(page.rpartition("/")[2]), house.now(session)
    assert "Last 30 days" not in admin.get(page).text
    common = {
        "kind": "own", "lead_id": lead.id, "mailbox_id": box, "to_address": lead.email, "extra": {}, "references": [],
        "due_at": now, "queued_at": now, "settled": True,
    }  # fmt: skip
    rows = [Message(**common, state="sent", sent_at=now - timedelta(days=n % 3)) for n in range(6)]
    rows[0].delivered = "bounced"
    rows[1].delivered = "complained"
    rows.append(Message(**common, state="failed", delivered="bounced", first_tried_at=now))
    rows.append(Message(**common, state="sent", sent_at=now - timedelta(days=40)))
    rows.append(Message(**{**common, "kind": "notice"}, state="sent", sent_at=now))
    session.add_all(rows)
    session.flush()
    session.add(
        InboundMail(
            sha256="a", source="imap", raw=b"x", received_at=now, state="done", class_="human", lead_id=lead.id,
            message_id=rows[2].id, references=[], detail={},
        )
    )  # fmt: skip
    session.commit()
    found = mailbox_month.month(session, box, now)
    assert found is not None
    assert (found.sent, found.tried, found.bounced, found.complained, found.answered) == (6, 7, 2, 1, 1)
    assert [number for _, number in found.days[-3:]] == [2, 2, 2]
    assert found.rate(found.bounced) == "28.6 %"
    shown = admin.get(page).text
    assert "Last 30 days" in shown
    assert "28.6 %" in shown
