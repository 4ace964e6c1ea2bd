"""Brevo: one JSON event a post; the address holds the secret, a bearer token may be added.

Inbound mail comes in pieces (`items`), so a message is put together again from headers, text and HTML.
"""

import hmac
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from outreach.mail import headers
from outreach.mail.providers.told import Kind, NotUnderstood, Post, Told, fingerprint, text, verdict, wire_id

KINDS: dict[str, Kind] = {
    "delivered": "delivered",
    "hard_bounce": "hard",
    "invalid_email": "hard",
    "soft_bounce": "soft",
    "blocked": "ours",
    "error": "ours",
    "deferred": "delayed",
    "spam": "complained",
    "complaint": "complained",
    "unsubscribed": "opt_out",
}
KEPT_HEADERS = (
    "auto-submitted", "precedence", "list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "return-path",
    "x-failed-recipients", "delivered-to", "x-original-to",
)  # fmt: skip


def verified(post: Post, secret: str, _now: float) -> bool:
    """`secret` is the token of “Bearer token”, or empty: then the secret address alone lets it in."""
    given = post.headers.get("authorization", "").encode()
    return not secret or hmac.compare_digest(given, f"Bearer {secret}".encode())


def translate(post: Post) -> list[Told]:
    """One event, a list of them, or inbound mails. Raises NotUnderstood."""
    found = post.json
    if isinstance(found, dict) and isinstance(found.get("items"), list):
        return [_mail(item) for item in found["items"]]
    events = found if isinstance(found, list) else [found]
    return [told for event in events if (told := _event(event)) is not None]


def _event(event: object) -> Told | None:
    name = text(event, "event")
    if not name:
        raise NotUnderstood("The post names no event.")
    kind, words = KINDS.get(name), text(event, "reason")
    if kind is None:
        return None
    moment = text(event, "ts_event") or text(event, "ts_epoch") or text(event, "ts") or text(event, "date")
    number = fingerprint(name, text(event, "message-id"), text(event, "email"), moment)
    ids = wire_id(text(event, "message-id"))
    token = text(event, "X-Mailin-custom")
    return Told(number, verdict(kind, words), text(event, "email").lower(), token, ids, words)


def _mail(item: Any) -> Told:
    """A message like the one that came, as far as Brevo tells."""
    if not isinstance(item, dict):
        raise NotUnderstood("An inbound item is no object.")
    made = EmailMessage(policy=SMTP.clone(max_line_length=998, utf8=True))
    sender = text(item, "From", "Address")
    recipient = next((text(one, "Address") for one in item.get("To") or [] if text(one, "Address")), "")
    made["From"] = headers.mailbox(text(item, "From", "Name"), sender) if sender else "unknown@invalid.invalid"
    made["To"] = recipient or "unknown@invalid.invalid"
    made["Subject"] = headers.clean(text(item, "Subject", most=998), 900)
    for name, value in (("Message-ID", text(item, "MessageId")), ("In-Reply-To", text(item, "InReplyTo"))):
        if ids := wire_id(value):
            made[name] = ids[0]
    given = item.get("Headers")
    for name, value in (given if isinstance(given, dict) else {}).items():
        if name.lower() in (*KEPT_HEADERS, "references", "date") and isinstance(value, str) and name not in made:
            made[name] = headers.clean(value, 900)
    made.set_content(text(item, "RawTextBody", most=5_000_000) or "\n")
    if html := text(item, "RawHtmlBody", most=5_000_000):
        made.add_alternative(html, subtype="html")
    number = "mail " + (fingerprint(str(item.get("Uuid"))) if item.get("Uuid") else fingerprint(str(item)))
    return Told(number, "mail", recipient.lower(), raw=made.as_bytes(), sender=sender)
