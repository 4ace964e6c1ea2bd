"""Diary: three people asked on the same day. What comes back by any way concerns the one whose letter it belongs to, and nobody else."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from outreach.app import create_app
from outreach.store import consents, leads

PEOPLE = ("anna@one.example", "ben@two.example", "cleo@three.example")
STRANGER = "somebody@else.example"


@pytest.fixture
def three(world: Any) -> dict[str, tuple[int, EmailMessage]]:
    """Each one's lead and first letter; no number of one row is that of another."""
    world.set_clock("2027-06-01T10:00")
    world.post_form(name="Zoe Before", email="zoe@before.example")
    found = {}
    for who in PEOPLE:
        lead = world.post_form(name=who.partition("@")[0].capitalize() + " Lee", email=who)
        found[who] = lead, next(one for one in reversed(world.letters) if who in str(one["To"]))
    return found


def ended(world: Any, three: dict[str, tuple[int, EmailMessage]]) -> dict[str, str]:
    """Whose sequence has ended, and how."""
    states = {who: world.enrolments(lead)[0][1] for who, (lead, _) in three.items()}
    return {who: state.removeprefix("ended: ") for who, state in states.items() if state.startswith("ended")}


def mail(to: str, subject: str, text: str, **headers: str) -> bytes:
    lines = {"From": STRANGER, "To": to, "Subject": subject, "Message-ID": f"<{abs(hash(to + text))}@else.example>"}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in (lines | headers).items())
    return f"{head}\r\n{text}\r\n".encode()


def by_envelope(world: Any, letter: EmailMessage) -> None:
    """A bounce of a server that returns nothing of the letter, to the address that it came from."""
    to = world.envelope_of(letter)
    who = str(letter["To"]).rpartition("<")[2].rstrip(">")
    words = f"Your mail could not be delivered.\r\n\r\n<{who}>: host mx.example said: 550 5.1.1 User unknown"
    report = mail(to, "Undelivered Mail Returned to Sender", words, From="MAILER-DAEMON@mx.example")
    world.hand_in("", [to], report)


def by_reply_address(world: Any, letter: EmailMessage) -> None:
    """An assistant answers from an address of their own, and the thread is lost."""
    to = str(letter["Reply-To"])
    world.hand_in(STRANGER, [to], mail(to, "your mail", "Please call her next week, she would like to talk."))


def by_thread(world: Any, letter: EmailMessage) -> None:
    """To the mailbox itself, with the thread alone."""
    words = mail("hello@outreach.test", "your mail", "Yes, please call.", In_Reply_To=str(letter["Message-ID"]))
    world.hand_in(STRANGER, ["hello@outreach.test"], words)


def by_mailto(world: Any, letter: EmailMessage) -> None:
    """The mail address of List-Unsubscribe."""
    to = str(letter["List-Unsubscribe"]).partition("mailto:")[2].rstrip(">")
    world.hand_in(STRANGER, [to], mail(to, "unsubscribe", ""))


def by_post(world: Any, letter: EmailMessage) -> None:
    """The web address of List-Unsubscribe, as mail programs post to it."""
    path = re.search(r"/u/[a-z2-7]+", str(letter["List-Unsubscribe"]))
    assert path
    client = create_app(world.house).test_client()
    answer = client.post(path[0], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    world.settle()


def by_complaint(world: Any, letter: EmailMessage) -> None:
    """A spam report that hides whom it is about, and holds the letter's headers."""
    report = (
        "From: staff@feedback.example\r\nSubject: abuse report\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter['Message-ID']}\r\n--b--\r\n"
    )
    world.hand_in("", ["hello@outreach.test"], report.encode())


WAYS: dict[str, tuple[Callable[[Any, EmailMessage], None], str, str | None]] = {
    "bounce by its envelope": (by_envelope, "bounced", "bounced"),
    "answer by its reply address": (by_reply_address, "replied", None),
    "answer by its thread": (by_thread, "replied", None),
    "way out by mail": (by_mailto, "unsubscribed", "unsubscribed"),
    "way out by one click": (by_post, "unsubscribed", "unsubscribed"),
    "complaint": (by_complaint, "complained", "complained"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_back_concerns_the_one_whose_letter_it_is(
    world: Any, three: dict[str, tuple[int, EmailMessage]], way: str
) -> None:
    """X3, X7, F2, MAIL O6, M1, M2, M3, U2, U6: each way names one letter, by a sign of its own."""
    act, end, suppressed = WAYS[way]
    act(world, three["ben@two.example"][1])
    assert ended(world, three) == {"ben@two.example": end}
    reasons = {who: world.read(consents.suppression, who) for who in PEOPLE}
    expected = {who: suppressed if who == "ben@two.example" else None for who in PEOPLE}
    assert {who: found.reason if found else None for who, found in reasons.items()} == expected
    dead = {who for who in PEOPLE if world.read(leads.by_email, who).address_state == "dead"}
    assert dead == ({"ben@two.example"} if end == "bounced" else set())


def test_no_two_letters_share_a_sign(world: Any, three: dict[str, tuple[int, EmailMessage]]) -> None:
    """MAIL O1, O6, U4: Message-ID, envelope sender, Reply-To, ways out and links are each letter's own, and hold no address."""
    signs: list[str] = []
    for _, letter in three.values():
        own = [str(letter[name]) for name in ("Message-ID", "Reply-To", "List-Unsubscribe")]
        signs += [*own, world.envelope_of(letter)]
        body = letter.get_body(("plain",))
        assert body
        signs += set(re.findall(r"http://outreach\.test/(?:u|c|a)/[\w./-]+", body.get_content()))
    assert len(signs) > 15
    assert len(set(signs)) == len(signs)
    for who in PEOPLE:
        assert not any(part in sign for sign in signs for part in (who, who.partition("@")[0], who.partition("@")[2]))


def test_a_forged_report_stops_nobody(world: Any, three: dict[str, tuple[int, EmailMessage]]) -> None:
    """MAIL 1.11, X7: without a token or Message-ID of ours a report is anybody's word, also from the lead's own company with
    the subject of our letter, or with an id that only looks like ours."""
    letter = three["ben@two.example"][1]
    report = (
        "From: mailer-daemon@two.example\r\nTo: hello@outreach.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nben@two.example: 550 5.1.1 User unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.two.example\r\n\r\n"
        "Final-Recipient: rfc822; ben@two.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n--b--\r\n"
    )
    own = str(letter["Message-ID"])
    guessed = own.replace(own[1:4], "aaa" if own[1:4] != "aaa" else "bbb")
    forged = [
        report.format(subject=letter["Subject"], headers="Subject: nothing of ours"),
        report.format(subject="Undelivered mail", headers=f"Message-ID: {guessed}"),
        report.format(subject=f"Re: {letter['Subject']}", headers="To: ben@two.example"),
    ]
    for raw in forged:
        world.hand_in("", ["hello@outreach.test"], raw.encode())
    assert ended(world, three) == {}
    assert [who for who in PEOPLE if world.read(consents.suppression, who)] == []
    assert [who for who in PEOPLE if world.read(leads.by_email, who).address_state == "dead"] == []
