"""SendGrid: a list of events signed with ECDSA over timestamp and body; inbound mail as a form (“raw, full MIME”).

Posts of Inbound Parse carry no signature unless a security policy is attached: the secret address lets them in.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outreach.mail.providers.told import Kind, NotUnderstood, Post, Told, fingerprint, in_window, text, verdict, wire_id

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
KINDS: dict[str, Kind] = {
    "delivered": "delivered",
    "bounce": "hard",
    "blocked": "ours",
    "deferred": "delayed",
    "spamreport": "complained",
    "unsubscribe": "opt_out",
    "group_unsubscribe": "opt_out",
}
DROPPED: dict[str, Kind] = {
    "bounced address": "hard",
    "invalid": "hard",
    "spam reporting address": "complained",
    "unsubscribed address": "opt_out",
}


def verified(post: Post, secret: str, now: float) -> bool:
    """`secret` is the verification key as SendGrid shows it."""
    if SIGNATURE not in post.headers:
        return post.is_form
    timestamp = post.headers.get(TIMESTAMP, "")
    try:
        key = load_der_public_key(b64decode(secret))
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(b64decode(post.headers[SIGNATURE]), timestamp.encode() + post.body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError, Base64Error):
        return False
    return in_window(timestamp, now)


def translate(post: Post) -> list[Told]:
    """Every event of a post. Raises NotUnderstood."""
    if post.is_form:
        return [_mail(post)]
    if not isinstance(post.json, list):
        raise NotUnderstood("SendGrid posts a list of events.")
    return [told for event in post.json if (told := _event(event)) is not None]


def _event(event: object) -> Told | None:
    name, words = text(event, "event"), text(event, "reason") or text(event, "response")
    if name == "bounce" and text(event, "type") == "blocked":
        name = "blocked"
    kind = KINDS.get(name)
    if name == "dropped":
        kind = next((found for start, found in DROPPED.items() if words.lower().startswith(start)), "ours")
    if kind is None:
        return None
    number = text(event, "sg_event_id") or fingerprint(name, text(event, "sg_message_id"), text(event, "timestamp"))
    if name in ("bounce", "blocked"):
        kind = verdict(kind, words, text(event, "status"))
    return Told(number, kind, text(event, "email").lower(), wire_ids=wire_id(text(event, "smtp-id")), words=words)


def _mail(post: Post) -> Told:
    raw = post.form.get("email", "")
    if not raw:
        raise NotUnderstood("The mail came without its raw text: tick “POST the raw, full MIME message”.")
    try:
        envelope = json.loads(post.form.get("envelope", "{}"))
    except ValueError:
        envelope = {}
    to = envelope.get("to") if isinstance(envelope, dict) else None
    recipient = str(to[0]) if isinstance(to, list) and to else ""
    data = raw.encode("utf-8", "surrogateescape")
    number = "mail " + fingerprint(raw, recipient)
    return Told(number, "mail", recipient.lower()[:320], raw=data, sender=text(envelope, "from"))
