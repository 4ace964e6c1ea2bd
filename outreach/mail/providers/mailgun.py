"""Mailgun: JSON events, and routes that forward mail as a form; both signed by HMAC over timestamp and a token.

For inbound mail the address of the webhook must end in `mime`: then Mailgun sends the raw message.
"""

import hmac
from hashlib import sha256

from outreach.mail.providers.told import Kind, NotUnderstood, Post, Told, fingerprint, in_window, text, verdict, wire_id

KINDS: dict[str, Kind] = {"delivered": "delivered", "complained": "complained", "unsubscribed": "opt_out"}
SUPPRESSED: dict[str, Kind] = {
    "suppress-bounce": "hard",
    "suppress-complaint": "complained",
    "suppress-unsubscribe": "opt_out",
}


def verified(post: Post, secret: str, now: float) -> bool:
    """`secret` is the HTTP webhook signing key."""
    try:
        signature = post.form if post.is_form else post.json.get("signature")
    except (NotUnderstood, AttributeError):
        return False
    timestamp, token, mark = (text(signature, name) for name in ("timestamp", "token", "signature"))
    expected = hmac.new(secret.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest()
    return (
        bool(secret and token) and hmac.compare_digest(mark.encode(), expected.encode()) and in_window(timestamp, now)
    )


def translate(post: Post) -> list[Told]:
    """One event or one mail. Raises NotUnderstood."""
    if post.is_form:
        return [_mail(post)]
    event = post.json.get("event-data") if isinstance(post.json, dict) else None
    name = text(event, "event")
    if not name:
        raise NotUnderstood("The post holds no event-data.")
    status = event.get("delivery-status") if isinstance(event, dict) else None
    words = " ".join(filter(None, (text(status, "code"), text(status, "message") or text(status, "description"))))
    kind = _failed(event, status, words) if name == "failed" else KINDS.get(name)
    if kind is None:
        return []
    number = text(event, "id") or fingerprint(name, text(event, "timestamp"), text(event, "recipient"))
    ids = wire_id(text(event, "message", "headers", "message-id"))
    return [Told(number, kind, text(event, "recipient").lower(), wire_ids=ids, words=words)]


def _failed(event: object, status: object, words: str) -> Kind:
    if kind := SUPPRESSED.get(text(event, "reason")):
        return kind
    if text(event, "severity") == "temporary":
        return "delayed"
    code = text(status, "code")
    # Without a code Mailgun gave up after trying for hours: nothing is known about the address itself.
    said: Kind = "hard" if text(event, "reason") == "bounce" or code.startswith("55") else "soft"
    return verdict(said, words, text(status, "enhanced-code"), int(code) if code.isdecimal() else None)


def _mail(post: Post) -> Told:
    raw = post.form.get("body-mime", "")
    if not raw:
        raise NotUnderstood(
            "The mail came without its raw text: let the route forward to the address that ends in mime."
        )
    recipient = post.form.get("recipient", "").lower()[:320]
    data = raw.encode("utf-8", "surrogateescape")
    number = "mail " + fingerprint(raw, recipient)
    return Told(number, "mail", recipient, raw=data, sender=post.form.get("sender", "")[:320])
