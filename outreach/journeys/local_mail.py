"""What the local mail server took while no SMTP_URL is set; shown on the page Mail. Nothing leaves the machine."""

from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

from sqlalchemy.orm import Session

from outreach.store import local_letters

LONGEST_SUBJECT = 500


def take(
    session: Session, raw: bytes, envelope_from: str, recipients: tuple[str, ...], now: datetime, delivery: str
) -> None:
    """Keep one letter, a row for each recipient; the same `delivery` again changes nothing."""
    headers = BytesHeaderParser().parsebytes(raw[:65_536])
    message_id, subject = str(headers.get("Message-ID", "")).strip(), _readable(str(headers.get("Subject", "")))
    for recipient in recipients:
        row = {
            "at": now, "envelope_from": envelope_from, "envelope_to": recipient, "message_id": message_id[:998],
            "subject": subject[:LONGEST_SUBJECT], "raw": raw, "delivery": delivery,
        }  # fmt: skip
        local_letters.keep(session, row)


def _readable(value: str) -> str:
    try:
        return str(make_header(decode_header(value))).replace("\x00", "")
    except (LookupError, ValueError):
        return value.replace("\x00", "")
