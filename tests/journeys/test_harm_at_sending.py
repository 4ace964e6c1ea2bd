"""What could harm a customer while letters go out: keys that do not fit, stops that come at the last moment, slow servers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach.core import signals
from outreach.journeys import applying, deliver, enrol, pausing, receive, sign_in_with, signing
from outreach.journeys.advance import advance
from outreach.mail.oauth import Tokens
from outreach.mail.smtp import Envelope, SmtpLink, Timeouts
from outreach.store import account, leases, secrets
from outreach.store.domains import DkimKeyRow
from outreach.store.enrolments import Enrolment
from outreach.store.hooks import HookPost
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice
from outreach.store.pauses import Pause
from outreach.store.users import User
from tests.journeys.people import Office, three_letters
from tests.mail.smtp_stage import Script, stage

OTHER_KEY = (b"another installation's key",)


class Post:
    """A mailbox at a mail server that is played by a script, and letters in its line."""

    def __init__(self, house: Any, session: Any, script: Script, port: int) -> None:
        self.house, self.session, self.script = house, session, script
        now = house.now(session)
        self.url = f"smtp://127.0.0.1:{port}"
        self.box = Mailbox(
            address="us@lumen-roofs.com", created_at=now, imap_cursor={}, smtp_secret=secrets.seal(self.url, house.keys)
        )
        session.add(self.box)
        session.flush()
        session.add(User(email="boss@lumen-roofs.com", name="Boss", role="admin", working_hours={}))
        session.commit()

    def letters(self, count: int, **more: Any) -> None:
        now = self.house.now(self.session)
        for number in range(count):
            values = {
                "kind": "own", "mailbox_id": self.box.id, "to_address": f"lead{number}@kund.example", "subject": "Hello",
                "body": "Hello.", "due_at": now, "queued_at": now, "extra": {}, "references": [],
            }  # fmt: skip
            self.session.add(Message(**(values | more)))
        self.session.commit()

    def send(self, times: int = 1) -> None:
        sender = deliver.Sender(self.house)
        for _ in range(times):
            deliver.deliver(sender, "outbound")
        sender.close()

    def states(self) -> list[str]:
        self.session.expire_all()
        return list(self.session.scalars(select(Message.state).order_by(Message.id)))

    def alerts(self) -> list[str]:
        return list(self.session.scalars(select(Notice.text).where(Notice.kind == "problem")))

    def at_the_second_recipient(self, happens: Callable[[Any], None]) -> None:
        """What is committed while the second letter is announced and has not begun."""
        heard = iter(range(1000))

        def rcpt(_line: str) -> str:
            if next(heard) == 1:
                with self.house.sessions.begin() as other:
                    happens(other)
            return "250 2.1.5 ok"

        self.script.rcpt = rcpt


@pytest.fixture
def post(house: Any, session: Any) -> Iterator[Post]:
    script = Script()
    with stage(script) as port:
        yield Post(house, session, script, port)


# ---- a mailbox that cannot be used


def test_a_password_that_cannot_be_read_holds_the_mail_and_loses_none(post: Post) -> None:
    """F4, RELIABILITY 5.2 #12: with another SECRET_KEY no letter fails: all wait, the mailbox rests, one alert is raised."""
    post.letters(3)
    post.box.smtp_secret = secrets.seal(post.url, OTHER_KEY)
    post.session.commit()
    post.send(times=2)
    assert post.states() == ["queued"] * 3
    assert post.box.paused_until is not None
    assert len(post.alerts()) == 1
    assert "SECRET_KEY" in post.alerts()[0]
    post.box.smtp_secret, post.box.paused_until = secrets.seal(post.url, post.house.keys), None
    post.session.commit()
    post.send()
    assert post.states() == ["sent"] * 3


def test_a_signing_key_that_cannot_be_read_holds_the_mail_and_says_so(post: Post) -> None:
    """F4: letters that cannot be signed wait, other mailboxes go on, and somebody is told."""
    post.letters(2)
    now = post.house.now(post.session)
    signing.new_key(post.session, post.house, "lumen-roofs.com", "ed25519", now)
    row = post.session.scalars(select(DkimKeyRow)).one()
    row.state, row.private = "used", secrets.seal(secrets.unseal(row.private, post.house.keys), OTHER_KEY)
    other = Mailbox(
        address="max@other-roofs.com",
        created_at=now,
        imap_cursor={},
        smtp_secret=secrets.seal(post.url, post.house.keys),
    )
    post.session.add(other)
    post.session.commit()
    post.letters(1, mailbox_id=other.id)
    post.send()
    assert post.states() == ["queued", "queued", "sent"]
    assert len(post.alerts()) == 1


# ---- stops that come while a batch is on its way


def test_a_mailbox_that_is_paused_sends_no_letter_that_has_not_begun(post: Post) -> None:
    """P2, X4: what was claimed before goes back, and the server is not asked for the rest of the batch in vain."""
    post.letters(10)
    real = post.session.scalar(text("SELECT clock_timestamp()"))
    later = real + timedelta(hours=1)
    post.at_the_second_recipient(
        lambda other: other.execute(text("UPDATE mailboxes SET paused_until = :later"), {"later": later})
    )
    post.send()
    assert post.states() == ["sent", *["queued"] * 9]
    assert len(post.script.letters) == 1
    assert sum(line.startswith("MAIL") for line in post.script.heard) <= 3


def test_a_mailbox_that_is_switched_off_sends_no_letter_that_has_not_begun(post: Post) -> None:
    """X4."""
    post.letters(4)
    post.at_the_second_recipient(lambda other: other.execute(text("UPDATE mailboxes SET active = false")))
    post.send()
    assert post.states() == ["sent", *["queued"] * 3]


def test_the_switch_ends_a_batch_at_once(post: Post) -> None:
    """RELIABILITY 3.6: at most the letter that has begun; the others are not even announced."""
    post.letters(10)

    def off(other: Any) -> None:
        account.get(other).switches = {"everything": "a test"}

    post.at_the_second_recipient(off)
    post.send()
    assert post.states() == ["sent", *["queued"] * 9]
    assert sum(line.startswith("MAIL") for line in post.script.heard) <= 3


@pytest.mark.parametrize("scope", ["sequence", "rep"])
def test_a_pause_of_many_holds_letters_that_are_claimed(post: Post, scope: str) -> None:
    """P2: those inside are told one after the other by a worker; the pause holds at once all the same."""
    office = Office(post.house)
    with post.house.sessions.begin() as session:
        row = office.sequence(session)
        insiders = [office.inside(session, row, name) for name in ("anna", "ben", "carl")]
        subject = {"sequence": row.id, "rep": office.user(session, "rita").id}[scope]
        ids = [(each.id, each.lead_id, office.user(session, "rita").id) for each in insiders]
        account.get(session).cap_day = 9
    for enrolment_id, lead_id, user_id in ids:
        more = {"kind": "step", "class_": "sales", "enrolment_id": enrolment_id, "step_key": "two", "lead_id": lead_id}
        post.letters(1, to_address=f"lead{lead_id}@kund.example", user_id=user_id, **more)
    now = post.house.now(post.session)
    post.at_the_second_recipient(
        lambda other: other.add(Pause(scope=scope, subject_id=subject, since=now - timedelta(minutes=1)))
    )
    post.send()
    sent = [row.state for row in post.session.scalars(select(Message).where(Message.step_key == "two"))]
    assert sorted(sent) == ["queued", "queued", "sent"]


def test_a_letter_to_an_address_that_died_meanwhile_is_taken_back(post: Post) -> None:
    """X4, X7, O7: nothing suppresses the address, but the lead's own word says that nobody is there; its sequence ends."""
    office = Office(post.house)
    with post.house.sessions.begin() as session:
        entered = office.inside(session, office.sequence(session), "anna")
        number, lead_id = entered.id, entered.lead_id
        account.get(session).cap_day = 9
    advance(post.house)
    post.letters(1, kind="step", class_="sales", enrolment_id=number, step_key="two", lead_id=lead_id)
    with post.house.sessions.begin() as session:
        session.get_one(Lead, lead_id).address_state = "dead"
    post.send()
    letter = post.session.scalars(select(Message).where(Message.step_key == "two")).one()
    assert letter.state != "sent"
    advance(post.house)
    post.session.expire_all()
    assert post.session.get_one(Enrolment, number).ended_at is not None
    assert post.session.get_one(Message, letter.id).state == "cancelled"


# ---- servers that take their time


@pytest.mark.parametrize("swept", [False, True])
def test_a_server_that_is_slower_than_a_lease_gets_its_letters_all_the_same(post: Post, swept: bool) -> None:
    """RELIABILITY faults 21, 24: where greeting and addresses take longer than a letter is claimed for, it is claimed for
    longer the next time: no letter goes round in circles, whether or not it was given back meanwhile."""
    post.letters(2)

    def slow(_line: str) -> str:
        with post.house.sessions.begin() as other:
            other.execute(
                text("UPDATE messages SET lease_until = lease_until - interval '61 s' WHERE state = 'claimed'")
            )
            if swept:
                leases.sweep(other)
        return "250 2.1.5 ok"

    post.script.rcpt = slow
    post.send(times=2)
    assert "sent" in post.states()
    assert len(post.script.letters) == post.states().count("sent")


def test_a_server_that_loses_what_was_announced_is_told_nothing_ahead_any_more(post: Post) -> None:
    """RFC 2920 3.1: a server offers PIPELINING and throws away what came with the end of a letter: one wait, not one for each."""
    forgetful = Script(forgets=True, ours=False)
    with stage(forgetful) as port:
        link = SmtpLink(f"smtp://127.0.0.1:{port}", timeouts=Timeouts(command=0.3, begin_data=0.3))
        people = [Envelope("us@lumen-roofs.com", f"lead{number}@kund.example", 20) for number in range(6)]
        answers = [
            link.send(one, b"Subject: x\r\n\r\nHello\r\n", lambda: True, then=following)
            for one, following in zip(people, [*people[1:], None], strict=True)
        ]
        link.close()
    assert [answer.kind for answer in answers] == ["accepted"] * 6
    assert len(forgetful.letters) == 6
    assert forgetful.connections == 2


# ---- words that no database and no line takes


@pytest.mark.parametrize(("sign", "end"), [("\\x00", "sent"), ("\\ud800", "failed")])
def test_a_link_with_a_sign_that_is_none_concerns_its_own_letter_only(post: Post, sign: str, end: str) -> None:
    """F3, DESIGN 5b: left out, or the letter fails; the others of the batch go, and nothing is tried for ever."""
    words = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ email }} "
    words += (
        '<a href="https://kund.example/{{ "'
        + sign
        + '" }}">here</a></mj-text></mj-column></mj-section></mj-body></mjml>'
    )
    post.letters(1, kind="step", class_="sales", extra={"mjml": words}, to_address="odd@kund.example")
    post.letters(2)
    post.send()
    assert post.states() == [end, "sent", "sent"]


# ---- what came in and was not understood yet


@pytest.mark.parametrize("table", ["inbox", "hook_posts"])
@pytest.mark.parametrize(("minutes", "end"), [(20, "queued"), (1, "sent")])
def test_a_follow_up_waits_while_mail_lies_unread_for_long(post: Post, table: str, minutes: int, end: str) -> None:
    """X4: the raw mail is kept and its reader hangs: it may be the reply. What came a moment ago holds nobody."""
    office = Office(post.house)
    with post.house.sessions.begin() as session:
        entered = office.inside(session, office.sequence(session), "anna")
        number, lead_id = entered.id, entered.lead_id
        account.get(session).cap_day = 9
        at = post.house.now(session) - timedelta(minutes=minutes)
        if table == "inbox":
            receive.keep(session, b"From: anna@lumen.example\r\n\r\nPlease stop.\r\n", at, source="smtp")
        else:
            row = HookPost(provider="postmark", sha256="x", content_type="", body=b"{}", received_at=at, state="new")
            session.add(row)
    post.letters(1, kind="step", class_="sales", enrolment_id=number, step_key="two", lead_id=lead_id)
    post.send()
    letter = post.session.scalars(select(Message).where(Message.step_key == "two")).one()
    assert letter.state == end
    assert ("inbox not read" in letter.reason) is (end == "queued")


def test_educational_mail_that_is_claimed_is_taken_back_by_a_reply(post: Post) -> None:
    """X5: whoever answered a letter a moment ago gets no educational one that has not begun."""
    office = Office(post.house)
    with post.house.sessions.begin() as session:
        account.get(session).cap_day = 9
        sales = office.sequence(session)
        nurture = office.sequence(session, replace(three_letters("Educational"), klass="nurture"))
        entered = [office.inside(session, nurture, name) for name in ("anna", "ben")]
        people = [each.lead_id for each in entered]
        numbers = [each.id for each in entered]
        in_sales = enrol.enrol(session, post.house, session.get_one(Lead, people[1]), sales, post.house.now(session))
        assert in_sales.enrolment is not None
        session.execute(
            text("UPDATE enrolments SET ended_at = now() WHERE class <> 'nurture' AND lead_id = :id"), {"id": people[0]}
        )
    with post.house.sessions.begin() as session:
        for number in numbers:
            row = session.get_one(Enrolment, number)
            row.memory = {
                **row.memory,
                "under_way": {"step": "two", "kind": "letter", "until": "2026-04-01T10:00:00+00:00"},
            }
    sequence = {}
    for number, lead_id in zip(numbers, people, strict=True):
        sequence[lead_id] = number
        post.letters(
            1, kind="step", class_="nurture", enrolment_id=number, step_key="two", lead_id=lead_id, rank=4,
            to_address=f"to{lead_id}@kund.example", at_once=True,
        )  # fmt: skip

    def replies(session: Any) -> None:
        now = post.house.now(session)
        applying.signal(session, post.house, people[1], signals.OtherReplied(), now, enrolment_id=numbers[1])

    post.at_the_second_recipient(replies)
    post.send()
    ends = {row.lead_id: row.state for row in post.session.scalars(select(Message).where(Message.step_key == "two"))}
    assert ends == {people[0]: "sent", people[1]: "cancelled"}


# ---- the rest of a mailbox, once begun, lasts


def test_a_server_that_asks_to_wait_after_some_letters_is_given_the_time(post: Post) -> None:
    """RELIABILITY 3.6: letters that went before do not take back the pause that came after them, nor make it longer each time."""
    post.letters(4)
    said = iter(["250 ok", *["421 4.7.0 slow down"] * 2, *["250 ok"] * 9])  # a reused line is tried anew once
    post.script.offers, post.script.rcpt = (), lambda _line: next(said)
    post.send()
    post.session.expire_all()
    assert post.states().count("sent") == 1
    assert (post.box.failures, post.box.paused_until is not None) == (1, True)
    assert "slow down" in post.box.paused_reason


def test_refusals_that_are_ours_rest_the_mailbox_though_letters_went_before(post: Post) -> None:
    """MAIL A5, 1.11: five in a row behind an accepted letter."""
    post.letters(9)
    said = iter(["250 ok", *["550 5.7.26 not authenticated"] * 5, *["250 ok"] * 20])
    post.script.offers, post.script.rcpt = (), lambda _line: next(said)
    post.send()
    post.session.expire_all()
    assert post.states().count("sent") == 1
    assert "Receivers refuse the mail" in post.box.paused_reason
    assert post.box.paused_until is not None


@pytest.mark.parametrize("answer", ["250 2.1.5 ok", "421 4.7.0 slow down"])
def test_a_person_s_pause_of_a_mailbox_is_not_undone_by_letters_on_their_way(post: Post, answer: str) -> None:
    """P2, P3: it lasts until its end or until somebody lifts it, whatever the mail server says meanwhile."""
    post.letters(3)
    post.box.failures = 1
    post.session.commit()
    heard = iter(range(100))

    def rcpt(_line: str) -> str:
        if next(heard) == 1:
            with post.house.sessions.begin() as other:
                now, boss = post.house.now(other), other.query(User).one()
                until = now + timedelta(days=7)
                pausing.pause(other, post.house, "mailbox", post.box.id, boss, now, reason="moving", until=until)
            return answer
        return "250 2.1.5 ok"

    post.script.offers, post.script.rcpt = (), rcpt
    post.send()
    post.session.expire_all()
    real = post.session.scalar(text("SELECT clock_timestamp()"))
    assert post.box.paused_until is not None
    assert post.box.paused_until > real + timedelta(days=6)
    assert post.box.paused_reason == "paused: moving"
    assert post.states() == ["sent", "queued", "queued"]


def test_signing_in_anew_ends_a_fault_and_no_pause_of_a_person(post: Post) -> None:
    """F4, P2."""
    later = post.session.scalar(text("SELECT clock_timestamp()")) + timedelta(days=1)
    tokens = Tokens("a", "r", later.timestamp())
    for reason, lasts in (("refuses the login", False), ("paused: moving", True)):
        post.box.paused_until, post.box.paused_reason, post.box.failures = later, reason, 3
        sign_in_with.finish(post.house, post.box, "google", tokens)
        assert (post.box.paused_until is not None, post.box.failures) == (lasts, 0)
