"""What comes back from fifty kinds of servers and clients: every sample file, its class and what it says (RULES O1, F2)."""

import datetime as dt
from pathlib import Path

import pytest

from outreach.mail.classify import CLASSES, Verdict, classify
from outreach.mail.parse import Inbound, parse
from outreach.mail.replytext import reply_text

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.eml"))
OUR_ID = "<mfrggzdfmztwq2lkmfrggzdf@post.example.com>"
CLASS = {
    "ack": "acknowledgement",
    "bounce": "bounce",
    "calendar": "calendar",
    "challenge": "challenge",
    "complaint": "complaint",
    "human": "human",
    "left": "left_company",
    "list": "list",
    "ooo": "out_of_office",
    "receipt": "receipt",
    "unsubscribe": "unsubscribe",
}


def read(name: str) -> tuple[Inbound, Verdict]:
    inbound = parse((SAMPLES / f"{name}.eml").read_bytes())
    return inbound, classify(inbound)


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_gets_the_class_that_its_name_begins_with(name: str) -> None:
    """RULES O1; a report of "not spam" is no complaint (MAIL 1.9)."""
    expected = "receipt" if name == "complaint-not-spam" else CLASS[name.partition("-")[0]]
    _, verdict = read(name)
    assert verdict.cls == expected, verdict.evidence
    assert verdict.evidence


def test_the_samples_show_every_class_but_the_unreadable() -> None:
    assert {read(name)[1].cls for name in NAMES} == set(CLASSES) - {"unreadable"}


BOUNCES = [
    ("bounce-courier", "jo@lead.example.net", None, "hard"),
    ("bounce-domino-not-listed", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-exchange-2003", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-exchange-onprem-german", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-exim-delayed", "jo@lead.example.net", None, "delayed"),
    ("bounce-exim-retry-timeout", "jo@lead.example.net", None, "soft"),
    ("bounce-exim-unrouteable", "jo@lead.example.net", None, "hard"),
    ("bounce-exim-user-unknown", "jo@lead.example.net", None, "hard"),
    ("bounce-french", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-gmail-full", "jo@lead.example.net", "5.2.2", "soft"),
    ("bounce-gmail-user-unknown", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-gmx-german", "jo@lead.example.net", None, "hard"),
    ("bounce-groupwise", "jo@lead.example.net", None, "soft"),
    ("bounce-icloud", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-japanese", "jo@lead.example.net", None, "soft"),
    ("bounce-kerio", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-loose-fields", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-mailenable", "jo@lead.example.net", None, "soft"),
    ("bounce-mailru-russian", "jo@lead.example.net", None, "soft"),
    ("bounce-mdaemon", "jo@lead.example.net", None, "soft"),
    ("bounce-mimecast", "jo@lead.example.net", "5.0.0", "soft"),
    ("bounce-office365-access-denied", "jo@lead.example.net", "5.4.1", "hard"),
    ("bounce-office365-user-unknown", "jo@lead.example.net", "5.1.10", "hard"),
    ("bounce-opensmtpd", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-outlook-bulk-rules", "jo@lead.example.net", "5.7.515", "ours"),
    ("bounce-postfix-delayed", "jo@lead.example.net", "4.4.1", "delayed"),
    ("bounce-postfix-expired", "jo@lead.example.net", "4.4.1", "soft"),
    ("bounce-postfix-no-domain", "jo@gone.example", "5.4.4", "hard"),
    ("bounce-postfix-spamhaus", "jo@lead.example.net", "5.7.1", "ours"),
    ("bounce-postfix-user-unknown", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-qmail-domain", "jo@lead.example.net", "5.1.2", "hard"),
    ("bounce-qmail-no-mailbox", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-qq-chinese", "jo@lead.example.net", None, "soft"),
    ("bounce-sendmail-host-unknown", "jo@lead.example.net", "5.1.2", "hard"),
    ("bounce-sendmail-old", "jo@lead.example.net", None, "hard"),
    ("bounce-sendmail-user-unknown", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-ses", "jo@lead.example.net", "5.1.1", "hard"),
    ("bounce-success", "jo@lead.example.net", "2.1.5", "delivered"),
    ("bounce-yahoo-disabled", "jo@lead.example.net", None, "soft"),
    ("bounce-yahoo-no-account", "jo@lead.example.net", None, "soft"),
    ("bounce-zimbra-quota", "jo@lead.example.net", "4.2.2", "soft"),
]


@pytest.mark.parametrize(("name", "recipient", "status", "verdict"), BOUNCES)
def test_a_delivery_report_names_recipient_status_and_meaning(
    name: str, recipient: str, status: str | None, verdict: str
) -> None:
    """RULES F2, MAIL A5, 1.11: exactly one recipient each, whatever the server's form."""
    found = read(name)[1].bounces
    assert [(one.recipient, one.status, one.verdict) for one in found] == [(recipient, status, verdict)]


@pytest.mark.parametrize("name", [name for name, *_ in BOUNCES if "success" not in name and "no-domain" not in name])
def test_a_report_that_returns_our_letter_gives_its_id(name: str) -> None:
    """M2: wherever the server put it."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    if OUR_ID.encode() in raw.split(b"\r\n\r\n", 1)[1]:
        assert OUR_ID in read(name)[1].returned.message_ids


DATES = {
    "ooo-exchange-english": "2026-03-16",
    "ooo-outlook-german": "2026-03-14",
    "ooo-gmail-vacation": "2026-03-16",
    "ooo-french": "2026-03-14",
    "ooo-italian": "2026-03-16",
    "ooo-dutch": "2026-03-14",
    "ooo-swedish": "2026-03-14",
    "ooo-polish": "2026-03-16",
    "ooo-russian": "2026-03-16",
    "ooo-japanese": "2026-03-16",
    "ooo-chinese": "2026-03-16",
    "ooo-danish": "2026-03-16",
    "ooo-apple": "2026-03-13",
    "ooo-ambiguous-date": None,
}


@pytest.mark.parametrize("name", sorted(DATES))
def test_an_out_of_office_says_when_the_person_is_back(name: str) -> None:
    """RULES O3: the order of 9/4/2026 may be either, so that it counts as none."""
    found = read(name)[1].return_date
    assert (found.isoformat() if found else None) == DATES[name]


def test_the_leads_locale_settles_an_ambiguous_date() -> None:
    """RULES O3."""
    inbound = parse((SAMPLES / "ooo-ambiguous-date.eml").read_bytes())
    assert classify(inbound, day_first=True).return_date == dt.date(2026, 4, 9)
    assert classify(inbound, day_first=False, received=dt.date(2026, 8, 20)).return_date == dt.date(2026, 9, 4)


@pytest.mark.parametrize(
    ("name", "person", "address"),
    [
        ("left-english", "Max Muster", "max@lead.example.net"),
        ("left-german", "Erika Beispiel", "erika@lead.example.net"),
        ("left-french", "Max Muster", "max@lead.example.net"),
    ],
)
def test_who_has_left_names_a_successor(name: str, person: str, address: str) -> None:
    """RULES O7."""
    found = read(name)[1].successors
    assert (found[0].name, found[0].address) == (person, address)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("human-gmail", "Yes, please call me tomorrow at ten.\n\nJo"),
        ("human-outlook-english", "Thanks for getting back so fast. Could you send me a quote?\n\nRegards,\nJo"),
        ("human-outlook-german", "Gerne, rufen Sie mich an.\n\nViele Grüße\nJo"),
        ("human-apple-mail", "Not now, please try again in May."),
        ("human-thunderbird-german", "Morgen um zehn passt gut."),
        ("human-yahoo", "No thanks, we already have a supplier."),
        ("human-french", "Oui, avec plaisir. Demain matin ?"),
        ("human-spanish", "Sí, llámeme mañana."),
        ("human-japanese-iso2022", "はい、お電話ください。"),
        ("human-latin1-wrong-charset", "Schöne Grüße, ich möchte einen Termin."),
        ("human-outlook-mobile", "Sure, call me on Monday."),
        ("human-forwards-bounce", "Hi Asa, I get this when I write to your colleague, can you help?\n\nJo"),
    ],
)
def test_a_reply_is_cut_to_the_words_of_its_writer(name: str, text: str) -> None:
    inbound, _ = read(name)
    assert reply_text(inbound.text, inbound.html).text == text


def test_a_calendar_answer_says_accepted_or_declined() -> None:
    """MAIL 1.9 step 5: a human act."""
    assert read("calendar-accepted")[1].calendar_answer == "accepted"


def test_a_complaint_names_the_recipient_and_the_letter() -> None:
    """A4."""
    for name in ("complaint-yahoo", "complaint-jmrp"):
        verdict = read(name)[1]
        assert verdict.complaint is not None
        assert (verdict.complaint.type, verdict.complaint.recipient) == ("abuse", "jo@lead.example.net")
        assert verdict.returned.message_ids == (OUR_ID,)


def test_an_unsubscribe_address_wins_over_everything_that_looks_automatic() -> None:
    """U6: the caller's check of the token decides; a forged one falls through to the other rules."""
    inbound, _ = read("unsubscribe-gmail")
    assert classify(inbound, is_unsubscribe=lambda _: True).cls == "unsubscribe"
    ordinary, _ = read("human-gmail")
    assert classify(ordinary, is_unsubscribe=lambda address: "mfrgg" in address).cls == "unsubscribe"
    assert classify(ordinary, is_unsubscribe=lambda _: False).cls == "human"


def test_an_answer_through_a_group_address_is_a_persons_all_the_same() -> None:
    """A list header and an id of ours: somebody's company group forwarded a reply."""
    raw = (SAMPLES / "human-gmail.eml").read_bytes()
    grouped = b"List-Id: <sales.lead.example.net>\r\nPrecedence: list\r\n" + raw
    assert classify(parse(grouped)).cls == "list"
    assert classify(parse(grouped), our_domains=frozenset({"post.example.com"})).cls == "human"
