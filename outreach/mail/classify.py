"""What a received message is, by an ordered table in which the first hit wins (RULES O1, O2; MAIL 1.9).

Headers are believed before subjects, and a body alone never makes a message automatic (O3).  ``Verdict.evidence`` names the
rule that decided, so that a person can see why and correct it (O10).
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from outreach.core import bounces as rules

from . import arf, dsn, phrases, snsmail
from .addresses import domain, in_text
from .automatic import auto_header, automatic, own_words
from .notices import notice
from .parse import Inbound
from .successors import Successor

Class = Literal[
    "human", "out_of_office", "acknowledgement", "left_company", "bounce", "complaint", "challenge", "calendar",
    "receipt", "unsubscribe", "list", "unreadable",
]  # fmt: skip
CLASSES: Final = (
    "human", "out_of_office", "acknowledgement", "left_company", "bounce", "complaint", "challenge", "calendar",
    "receipt", "unsubscribe", "list", "unreadable",
)  # fmt: skip
READ_LIMIT: Final = 8192


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the message is and what follows from it.

    ``certain`` is false where only a subject says so: such a message pauses, and stays visible (MAIL 1.9).
    ``return_date`` is the first day back.  ``message_ids`` are those of the letter that a report returns.
    """

    cls: Class
    evidence: str
    certain: bool = True
    bounces: tuple[dsn.Bounce, ...] = ()
    complaint: arf.Complaint | None = None
    returned: dsn.Returned = field(default_factory=dsn.Returned)
    return_date: dt.date | None = None
    successors: tuple[Successor, ...] = ()
    calendar_answer: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the caller knows about itself."""

    our_domains: frozenset[str]
    is_unsubscribe: Callable[[str], bool]
    received: dt.date
    day_first: bool | None


def classify(
    inbound: Inbound,
    *,
    our_domains: frozenset[str] = frozenset(),
    is_unsubscribe: Callable[[str], bool] | None = None,
    received: dt.date | None = None,
    day_first: bool | None = None,
) -> Verdict:
    """The class of a message.

    ``is_unsubscribe`` says whether a recipient address is a verified address for opting out (U6; without it the shape of
    the address decides).  ``received`` is the day of arrival in the lead's zone (default: the Date header's),
    ``day_first`` the order of the lead's locale.
    """
    day = received or (inbound.date.date() if inbound.date else dt.date(1970, 1, 1))
    known = _Known(our_domains, is_unsubscribe or looks_like_unsubscribe, day, day_first)
    for rule in RULES:
        verdict = rule(inbound, known)
        if verdict is not None:
            return verdict
    return Verdict("human", "none of the rules for automatic mail")


def looks_like_unsubscribe(address: str) -> bool:
    """The shape of the addresses that our ``List-Unsubscribe: <mailto:>`` names."""
    return bool(re.match(r"u\+[a-z2-7]{16,}@", address, re.I))


def recipients(inbound: Inbound) -> tuple[str, ...]:
    """The addresses that the message went to, the surest first (M1)."""
    named = (*inbound.envelope_hints, *(box.address for box in (*inbound.to, *inbound.cc)))
    return tuple(dict.fromkeys(named))


# 1 -- opting out ---------------------------------------------------------------------------------------------------


def _unsubscribe(inbound: Inbound, known: _Known) -> Verdict | None:
    """U6: before everything, since Apple's own unsubscribe mail says that it is automatic."""
    if any(known.is_unsubscribe(address) for address in recipients(inbound)):
        return Verdict("unsubscribe", "address: unsubscribe token")
    if "true" in inbound.header("x-apple-unsubscribe").lower():
        return Verdict("unsubscribe", "header: X-Apple-Unsubscribe")
    return None


# 2 -- complaints ---------------------------------------------------------------------------------------------------


def _complaint(inbound: Inbound, known: _Known) -> Verdict | None:
    found = arf.complaint(inbound)
    if found is None:
        return None
    letter = dsn.Returned(message_ids=found.message_ids)
    if not found.counts:
        return Verdict("receipt", f"feedback report: {found.type} does not count", complaint=found, returned=letter)
    return Verdict("complaint", f"feedback report: {found.type}", complaint=found, returned=letter)


def _by_amazon(inbound: Inbound, known: _Known) -> Verdict | None:
    events = snsmail.notified(inbound)
    letter = dsn.Returned(message_ids=tuple(found for event in events for found in event.wire_ids))
    if complaint := snsmail.as_complaint(events):
        return Verdict("complaint", f"notice of Amazon: {complaint.type}", complaint=complaint, returned=letter)
    if bounces := snsmail.as_bounces(events):
        return Verdict("bounce", "notice of Amazon", bounces=bounces, returned=letter)
    return None


def _unsubscribe_by_subject(inbound: Inbound, known: _Known) -> Verdict | None:
    bare = phrases.UNSUBSCRIBE_SUBJECT.match(inbound.subject)
    if (
        bare
        and not auto_header(inbound)
        and not inbound.has_header("list-id")
        and len(own_words(inbound).split()) <= 40
    ):
        return Verdict("unsubscribe", "subject: " + inbound.subject.strip()[:60])
    return None


# 3 -- delivery reports ---------------------------------------------------------------------------------------------


def _bounce(inbound: Inbound, known: _Known) -> Verdict | None:
    evidence = _bounce_evidence(inbound, known)
    if not evidence:
        return None
    return Verdict("bounce", evidence, bounces=dsn.bounces(inbound, known.our_domains), returned=dsn.returned(inbound))


def _bounce_evidence(inbound: Inbound, known: _Known) -> str:
    if any(part.type == "text/delivery-status" and not part.enclosed for part in inbound.parts):
        return "part: message/delivery-status"
    if inbound.has_header("x-failed-recipients"):
        return "header: X-Failed-Recipients"
    report = inbound.content_type == "multipart/report"
    kind = inbound.parts[0].parameter("report-type").lower() if inbound.parts else ""
    if report and kind == "delivery-status":
        return "type: multipart/report"
    return _bounce_by_words(inbound, known)


SPOKEN_BY_A_SERVER: Final = re.compile(
    r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])|\bsmtp\b|mail ?server|mail system|delivery (?:status|agent)|"
    r"returned (?:mail|message)|undeliverable (?:mail|message)|recipients?\b|mailbox|automatically generated|(?:e-?mail|your) "
    r"(?:message|address)|destinataire|empf[äa]nger|destinatari|ontvanger|mottagare|получател|收件人|宛先|수신자",
    re.I,
)
OPENS_AS_REPORT: Final = re.compile(
    r"(?:this is the (?:mail|postfix|mail delivery) (?:system|program|server)|hi\. this is the |non-?delivery report\b|"
    r"(?:your|the) (?:e-?mail|message|mail) (?:to \S{1,200} )?(?:below |that you sent )?(?:could not be|was not|cannot be|"
    r"has not been) delivered (?:to|because)|delivery to the following recipients?|undeliverable message\b|"
    r"votre message n'a pas p[uû] [eê]tre d[eé]livr|ihre nachricht (?:an \S{1,200} )?konnte nicht zugestellt|"
    r"su mensaje no (?:se ha podido|pudo) (?:ser )?entregar|the following (?:message|address|recipients?)[^\n]{0,60} "
    r"(?:failed|undeliverable|could not))",
    re.I,
)


def _bounce_by_words(inbound: Inbound, known: _Known) -> str:
    sender = inbound.from_address or ""
    from_daemon = bool(phrases.DAEMON.search(sender) or phrases.DAEMON.search(inbound.from_name.strip(" <>")))
    nobody = inbound.return_path == "" or not sender
    subject = bool(phrases.BOUNCE_SUBJECT.search(inbound.subject))
    answer = bool(re.match(r"\s*(?:re|aw|sv|vs|antw|fwd?|wg|tr)\s*:", inbound.subject, re.I))
    text = notice(inbound)
    words = bool(phrases.BOUNCE_BODY.search(text[:READ_LIMIT]))
    away = bool(phrases.AUTO_SUBJECT.search(inbound.subject)) and not subject
    if from_daemon and subject:
        return "daemon sender and subject"
    short = len(text.split()) <= 40 and bool(in_text(text, 1)) and inbound.return_path == ""
    if not sender and not away and short and rules.denies(text):
        return "no sender, and words"
    if away or not words:
        return ""
    if nobody and subject and not answer:
        return "null sender and subject"
    if OPENS_AS_REPORT.match(text.lstrip("-=*# \t\n")) and subject:
        return "subject and first words of a report"
    if not (from_daemon or (nobody and not auto_header(inbound)) or (subject and not answer)):
        return ""
    named = dsn.named_in_words(inbound, known.our_domains)
    if from_daemon and named:
        return "daemon sender and words"
    if nobody and named and re.search(phrases.BOUNCE_SUBJECT, text[:400]):
        return "null sender and words"
    carries = bool(dsn.returned(inbound).message_ids) or any(part.type == "message/rfc822" for part in inbound.parts)
    if inbound.return_path == "" and named and carries and rules.recognised(text) and not inbound.in_reply_to:
        return "null sender, and a letter that comes back"
    if subject and not answer and named and (carries or (not inbound.in_reply_to and SPOKEN_BY_A_SERVER.search(text))):
        return "subject and words"
    return ""


# 4 -- read receipts ------------------------------------------------------------------------------------------------


def _receipt(inbound: Inbound, known: _Known) -> Verdict | None:
    kind = inbound.parts[0].parameter("report-type").lower() if inbound.parts else ""
    part = next(
        (part for part in inbound.parts if part.type == "text/disposition-notification" and not part.enclosed), None
    )
    if part is not None or kind == "disposition-notification":
        text = part.text if part else ""
        ids = re.findall(r"^original-message-id:\s*(<[^<>\s]+>)", text, re.I | re.M)
        return Verdict(
            "receipt", "part: message/disposition-notification", returned=dsn.Returned(message_ids=tuple(ids))
        )
    if phrases.READ_SUBJECT.search(inbound.subject) and phrases.READ_BODY.search(inbound.body[:2000]):
        return Verdict("receipt", "subject: read receipt", certain=False)
    return None


# 5 -- calendars ----------------------------------------------------------------------------------------------------


def _calendar(inbound: Inbound, known: _Known) -> Verdict | None:
    for part in inbound.parts:
        if part.enclosed or part.type not in {"text/calendar", "application/ics"}:
            continue
        text = re.sub(r"\r?\n[ \t]", "", part.text[:65536])
        method = part.parameter("method").upper() or _line(text, "METHOD").upper()
        if not method or method == "PUBLISH":
            continue
        answer = ""
        if method in {"REPLY", "COUNTER"}:
            match = re.search(r"^ATTENDEE[^\n]*?PARTSTAT=\"?([A-Z-]+)", text, re.I | re.M)
            answer = match[1].lower() if match else method.lower()
        return Verdict("calendar", f"calendar: METHOD:{method[:20]}", calendar_answer=answer)
    if "calendarmessage" in inbound.header("content-class"):
        return Verdict("calendar", "header: Content-Class")
    return None


def _line(text: str, name: str) -> str:
    match = re.search(rf"^{name}:[ ]*([A-Za-z-]{{1,20}})", text, re.I | re.M)
    return match[1] if match else ""


# 6 -- automatic answers --------------------------------------------------------------------------------------------


def _automatic(inbound: Inbound, known: _Known) -> Verdict | None:
    found = automatic(inbound, known.our_domains, known.received, known.day_first)
    if found is None:
        return None
    return Verdict(found.cls, found.evidence, found.certain, return_date=found.return_date, successors=found.successors)


# 7 -- lists ---------------------------------------------------------------------------------------------------------


def _list(inbound: Inbound, known: _Known) -> Verdict | None:
    """Bulk mail; an answer to a letter of ours that came through a group address is a person's all the same."""
    ours = any(domain(found.strip("<>")) in known.our_domains for found in (*inbound.in_reply_to, *inbound.references))
    if ours:
        return None
    for name in (
        "list-id",
        "list-unsubscribe",
        "list-post",
        "x-campaign-id",
        "x-mailchimp-id",
        "x-csa-complaints",
        "x-mailing-list",
    ):
        if inbound.has_header(name):
            return Verdict("list", f"header: {name.title()}")
    precedence = re.search(r"\b(list|bulk|junk)\b", inbound.header("precedence").lower())
    return Verdict("list", f"header: Precedence {precedence[1]}") if precedence else None


Rule = Callable[[Inbound, _Known], Verdict | None]
RULES: Final[tuple[Rule, ...]] = (
    _unsubscribe, _complaint, _by_amazon, _unsubscribe_by_subject, _bounce, _receipt, _calendar, _automatic, _list,
)  # fmt: skip
