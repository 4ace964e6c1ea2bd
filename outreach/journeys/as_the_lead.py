"""Try the whole loop on one machine: answer, be away or bounce in a lead's place, by real SMTP to our own reply server.

Only while letters go to the local mail server (no SMTP_URL): nobody else ever sees them.
"""

import smtplib
from datetime import date, datetime

from outreach.errors import Failed, Refused
from outreach.journeys.house import House
from outreach.mail import answering
from outreach.mail.answering import Envelope
from outreach.store.local_letters import LocalLetter

SECONDS = 5.0
LONGEST = 20_000


def answer(house: House, letter: LocalLetter, text: str, now: datetime) -> None:
    """A person's reply. Raises Refused without words, Failed when the reply server does not take it."""
    text = text.replace("\r\n", "\n").strip()[:LONGEST]
    if not text:
        raise Refused("Write a few words to answer with.")
    _hand_in(house, answering.as_reply(letter.raw, text, now=now, envelope_rcpt=letter.envelope_to))


def out_of_office(house: House, letter: LocalLetter, until: date | None, now: datetime) -> None:
    """An automatic answer, with the first day back."""
    if until is not None and until <= now.date():
        raise Refused("That day has passed; choose a later one.")
    _hand_in(house, answering.as_out_of_office(letter.raw, until, now=now, envelope_rcpt=letter.envelope_to))


def bounce(house: House, letter: LocalLetter, now: datetime) -> None:
    """The mail system at the other end says that there is no such address."""
    raw, sender = letter.raw, letter.envelope_from
    if not sender:
        raise Refused("This letter answers a mail and went without a return address: no mail system sends it back.")
    _hand_in(house, answering.as_bounce(raw, sender, now=now, envelope_rcpt=letter.envelope_to))


def _hand_in(house: House, envelope: Envelope) -> None:
    if not house.settings.mail_is_local:
        raise Refused("Letters leave this machine now; answer from a real mailbox instead.")
    sender, recipient, raw = envelope
    host, _, port = house.settings.inbound_smtp_listen.rpartition(":")
    try:
        with smtplib.SMTP(host.strip("[]"), int(port), timeout=SECONDS) as line:
            line.sendmail(sender, [recipient], raw)
    except smtplib.SMTPRecipientsRefused:
        raise Refused(f"Our reply server does not take mail for {recipient}: this letter cannot be answered.") from None
    except (OSError, smtplib.SMTPException) as error:
        address = house.settings.inbound_smtp_listen
        raise Failed(f"The reply server at {address} did not take it: {error}. See Health.") from None
