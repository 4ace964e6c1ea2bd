"""Complaints: abuse reports of RFC 5965, and the shape that Hotmail's JMRP uses without one (MAIL 1.9 step 2)."""

import re
from dataclasses import dataclass
from typing import Final

from .addresses import domain, in_text
from .dsn import address_of, fields_of, ids_of, returned_headers
from .parse import Inbound

COUNTED: Final = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other", "complaint", "virus", "phishing"})
ORIGINAL_RECIPIENT: Final = (
    "original-rcpt-to", "removal-recipient", "x-hmxmroriginalrecipient", "x-original-rcpt-to", "x-original-to",
    "original-recipient", "final-recipient",
)  # fmt: skip
ORIGINAL_ID: Final = ("original-message-id", "x-original-message-id", "message-id")
OWN_FIELDS: Final = re.compile(
    r"^(?:user-agent|version|original-(?:mail-from|rcpt-to|envelope-id|message-id)|source-ip|reported-(?:domain|uri)|"
    r"received-date|arrival-date|removal-recipient|incidents):",
    re.I | re.M,
)


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
    if loose is not None:
        fields = loose.text[loose.text.lower().find("feedback-type:") :]
        declared = inbound.content_type == "multipart/report" or "feedback" in _report_type(inbound)
        if declared or _is_report(loose.text):
            return _from_report(inbound, fields)
    return _from_jmrp(inbound) or _from_spamcop(inbound)


def _is_report(text: str) -> bool:
    """A part that says nothing but the fields of a report, though no type tells so: nobody's words stand in it."""
    lines = [line for line in text[:20000].splitlines() if line.strip()]
    fields = [line for line in lines if re.match(r"[A-Za-z][A-Za-z-]{2,40}:[ \t]|[ \t]", line)]
    return bool(lines) and len(fields) == len(lines) and len(OWN_FIELDS.findall(text[:20000])) >= 2


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
        message_ids=tuple(
            dict.fromkeys(
                [*(found for name in ORIGINAL_ID for found in ids_of(fields.get(name, ""))), *_embedded_ids(inbound)]
            )
        ),
        envelope_from=mail_from[0].lower() if mail_from else "",
        source=fields.get("reported-domain", "") or fields.get("source-ip", ""),
    )


def _letters(inbound: Inbound) -> list[dict[str, str]]:
    """The headers of the letters complained of, names in lower case."""
    carried = [
        {key.lower(): value for key, value in reversed(part.headers)} if part.enclosed else fields_of(part.text)
        for part in inbound.parts
        if part.enclosed or part.packed or part.type in {"text/rfc822-headers", "text/global-headers"}
    ]
    return carried if any("message-id" in one or "to" in one for one in carried) else returned_headers(inbound)


def _embedded_recipient(inbound: Inbound) -> str | None:
    letters = _letters(inbound)
    for name in ("x-hmxmroriginalrecipient", "x-rcpt-to", "to", "x-original-to", "delivered-to"):
        for letter in letters:
            if found := _address(letter.get(name, "")):
                return found
    stamps = (re.search(r"\bfor <?([^\s<>;]{3,300})>?\s*;", letter.get("received", "")) for letter in letters)
    return next((found for stamp in stamps if stamp and (found := _address(stamp[1]))), None)


def _address(value: str) -> str | None:
    """The address in a header, unless the reporter took it out."""
    return next(
        (found for found in (address_of(value), *in_text(value.lower(), 5)) if found and "redacted" not in found), None
    )


def _embedded_ids(inbound: Inbound) -> tuple[str, ...]:
    found = [match for letter in _letters(inbound) for match in ids_of(letter.get("message-id", ""))]
    return tuple(dict.fromkeys(found))


def _from_spamcop(inbound: Inbound) -> Complaint | None:
    """SpamCop writes to the abuse desk in words, with the letter below them."""
    reported = inbound.has_header("x-spamcop-sourceip") or domain(inbound.from_address or "").endswith("spamcop.net")
    if not reported or "[ Offending message ]" not in inbound.text:
        return None
    return Complaint("abuse", _embedded_recipient(inbound), True, _embedded_ids(inbound), source="spamcop")


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
