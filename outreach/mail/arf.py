"""Complaints: abuse reports of RFC 5965, and the shape that Hotmail's JMRP uses without one (MAIL 1.9 step 2)."""

import re
from dataclasses import dataclass
from typing import Final

from .addresses import domain, in_text
from .dsn import address_of, fields_of, ids_of
from .parse import Inbound, Part

COUNTED: Final = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other", "complaint", "virus", "phishing"})
ORIGINAL_RECIPIENT: Final = ("original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient", "x-original-rcpt-to")


@dataclass(frozen=True, slots=True)
class Complaint:
    """``counts`` is false for reports of authentication and of mail that was no spam after all."""

    type: str
    recipient: str | None
    counts: bool
    message_ids: tuple[str, ...] = ()
    envelope_from: str = ""
    source: str = ""


def complaint(inbound: Inbound) -> Complaint | None:
    """The complaint that a message carries, if it is one."""
    report = next((part for part in inbound.parts if part.type == "text/feedback-report" and not part.enclosed), None)
    if report is not None:
        return _from_report(inbound, report.text)
    loose = next(
        (
            part
            for part in inbound.parts
            if not part.enclosed and re.search(r"^feedback-type:", part.text[:20000], re.I | re.M)
        ),
        None,
    )
    if loose is not None and (inbound.content_type == "multipart/report" or "feedback" in _report_type(inbound)):
        return _from_report(inbound, loose.text[loose.text.lower().find("feedback-type:") :])
    return _from_jmrp(inbound)


def _report_type(inbound: Inbound) -> str:
    return inbound.parts[0].parameter("report-type").lower() if inbound.parts else ""


def _from_report(inbound: Inbound, text: str) -> Complaint:
    fields = fields_of(text)
    kind = re.split(r"[\s;(/,]", fields.get("feedback-type", "abuse").strip().lower() + " ")[0] or "abuse"
    recipient = next((found for name in ORIGINAL_RECIPIENT if (found := _address(fields.get(name, "")))), None)
    mail_from = in_text(fields.get("original-mail-from", ""), 1)
    return Complaint(
        type=kind,
        recipient=recipient or _embedded_recipient(inbound),
        counts=kind in COUNTED,
        message_ids=_embedded_ids(inbound),
        envelope_from=mail_from[0].lower() if mail_from else "",
        source=fields.get("reported-domain", "") or fields.get("source-ip", ""),
    )


def _letters(inbound: Inbound) -> list[Part]:
    return [
        part
        for part in inbound.parts
        if part.enclosed or part.packed or part.type in {"text/rfc822-headers", "text/global-headers"}
    ]


def _header(part: Part, name: str) -> str:
    return part.header(name) if part.enclosed else fields_of(part.text).get(name, "")


def _embedded_recipient(inbound: Inbound) -> str | None:
    for name in ("x-hmxmroriginalrecipient", "x-rcpt-to", "to", "x-original-to", "delivered-to"):
        for part in _letters(inbound):
            if found := _address(_header(part, name)):
                return found
    return None


def _address(value: str) -> str | None:
    """The address in a header, unless the reporter took it out."""
    return next(
        (found for found in (address_of(value), *in_text(value.lower(), 5)) if found and "redacted" not in found), None
    )


def _embedded_ids(inbound: Inbound) -> tuple[str, ...]:
    found = [match for part in _letters(inbound) for match in ids_of(_header(part, "message-id"))]
    return tuple(dict.fromkeys(found))


def _from_jmrp(inbound: Inbound) -> Complaint | None:
    sender = (inbound.from_address or "").lower()
    microsoft = domain(sender) in {"hotmail.com", "outlook.com", "live.com", "microsoft.com"} and sender.startswith(
        ("staff@", "jmrp", "noreply")
    )
    subject = inbound.subject.lower()
    carries = any(part.type == "message/rfc822" for part in inbound.parts)
    if carries and (microsoft or "jmrp" in sender) and ("complaint about message" in subject or "junk" in subject):
        recipient = _embedded_recipient(inbound)
        return Complaint("abuse", recipient, True, _embedded_ids(inbound), source=sender)
    if carries and re.match(
        r"(?:complaint about message from|email feedback report for ip|abuse report|spam complaint|feedback loop)\b",
        subject,
    ):
        return Complaint("abuse", _embedded_recipient(inbound), True, _embedded_ids(inbound), source=sender)
    return None
