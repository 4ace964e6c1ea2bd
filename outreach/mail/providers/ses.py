"""Amazon SES by SNS: posts signed with a certificate of Amazon's; the subscription is confirmed by itself.

The certificate and the confirmation are fetched only from `sns.REGION.amazonaws.com` by https. Events and notifications
are understood alike; inbound mail comes with the receipt rule's SNS action (up to 150 kB; larger mail needs the MX
to lead to our reply server).
"""

import json
import re
import urllib.request
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from outreach.mail.providers.told import (
    Kind,
    NotUnderstood,
    Post,
    Told,
    fingerprint,
    in_window,
    text,
    token_of,
    verdict,
    wire_id,
)  # fmt: skip

HOST = re.compile(r"sns\.[a-z0-9-]{3,20}\.amazonaws\.com(?:\.cn)?")
WINDOW = 4_000.0
"""SNS repeats a post for an hour with its first timestamp; its number keeps a replay from counting."""
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
SUBTYPES: dict[str, Kind] = {
    "MailboxFull": "soft", "MessageTooLarge": "soft", "ContentRejected": "ours", "AttachmentRejected": "ours",
}  # fmt: skip
NO_COMPLAINT = frozenset({"not-spam", "auth-failure"})
Fetch = Callable[[str], bytes]


def fetch(url: str) -> bytes:
    """A small file from Amazon."""
    with urllib.request.urlopen(url, timeout=8) as answer:  # noqa: S310  the host was checked
        return bytes(answer.read(100_000))


def verified(post: Post, _secret: str, now: float, get: Fetch = fetch) -> bool:
    """Amazon's signature, of version 1 or 2, and a timestamp that is not old."""
    try:
        envelope = post.json
        names = SIGNED[text(envelope, "Type")]
        certificate = _certificate(text(envelope, "SigningCertURL"), get)
        key = certificate.public_key()
        moment = datetime.fromisoformat(text(envelope, "Timestamp").replace("Z", "+00:00"))
        if not isinstance(key, RSAPublicKey) or not _in_force(certificate, now):
            return False
        lines = [f"{name}\n{envelope[name]}\n" for name in names if isinstance(envelope.get(name), str)]
        algorithm = SHA256() if text(envelope, "SignatureVersion") == "2" else SHA1()  # noqa: S303  Amazon's version 1
        key.verify(b64decode(text(envelope, "Signature", most=2000)), "".join(lines).encode(), PKCS1v15(), algorithm)
    except (NotUnderstood, InvalidSignature, KeyError, AttributeError, ValueError, Base64Error, OSError):
        return False
    return in_window(str(moment.timestamp()), now, WINDOW)


def topic_of(post: Post) -> str:
    """The SNS topic of a post."""
    return text(post.json, "TopicArn")


def confirmation(post: Post) -> str:
    """The address that confirms a subscription; "" for other posts and for addresses that are not Amazon's."""
    if text(post.json, "Type") != "SubscriptionConfirmation":
        return ""
    url = text(post.json, "SubscribeURL", most=2000)
    return url if _is_amazons(url) else ""


def translate(post: Post) -> list[Told]:
    """Every recipient of a notification is an event of its own. Raises NotUnderstood."""
    if text(post.json, "Type") != "Notification":
        return []
    try:
        message = json.loads(post.json.get("Message", ""))
    except (ValueError, TypeError, RecursionError):
        return []  # a line for people, such as the test that SES sends when a topic is chosen
    what = text(message, "notificationType") or text(message, "eventType")
    if what == "Received":
        return [_mail(message)]
    letter = message.get("mail") if isinstance(message, dict) else None
    about = message.get(what[:1].lower() + what[1:]) if isinstance(message, dict) else None
    number = text(post.json, "MessageId")
    return [
        Told(
            f"{number} {at}",
            kind,
            recipient.lower(),
            token_of(text(letter, "source")),
            wire_id(_own_id(letter)),
            words,
        )
        for at, (kind, recipient, words) in enumerate(_each(what, about))
    ]


def _each(what: str, about: Any) -> list[tuple[Kind, str, str]]:
    """(kind, recipient, words) for each recipient."""
    if not isinstance(about, dict):
        return []
    if what == "Delivery":
        return [("delivered", str(one), text(about, "smtpResponse")) for one in about.get("recipients") or []]
    if what == "Bounce":
        return [_bounced(about, one) for one in about.get("bouncedRecipients") or []]
    if what == "Complaint":
        real = text(about, "complaintFeedbackType") not in NO_COMPLAINT
        kind: Kind = "complained" if real else "nothing"
        words = text(about, "complaintFeedbackType")
        return [(kind, text(one, "emailAddress"), words) for one in about.get("complainedRecipients") or []]
    if what == "DeliveryDelay":
        words = text(about, "delayType")
        return [("delayed", text(one, "emailAddress"), words) for one in about.get("delayedRecipients") or []]
    if what == "Reject":
        return [("ours", "", text(about, "reason"))]
    return []


def _bounced(about: Any, one: Any) -> tuple[Kind, str, str]:
    words = text(one, "diagnosticCode") or text(about, "bounceSubType")
    subtype, permanent = text(about, "bounceSubType"), text(about, "bounceType") == "Permanent"
    kind = SUBTYPES.get(subtype, "hard" if permanent else "soft")
    if subtype not in ("Suppressed", "OnAccountSuppressionList", "NoEmail"):
        kind = verdict(kind, words, text(one, "status"))
    return kind, text(one, "emailAddress"), words


def _own_id(letter: Any) -> str:
    """Our Message-ID among the headers that SES tells, when it is asked to tell them."""
    given = letter.get("headers") if isinstance(letter, dict) else None
    for header in given if isinstance(given, list) else []:
        if text(header, "name").lower() == "message-id":
            return text(header, "value")
    return text(letter, "commonHeaders", "messageId")


def _mail(message: Any) -> Told:
    raw = text(message, "content", most=30_000_000)
    if not raw:
        raise NotUnderstood("The mail came without its content: let the receipt rule use an SNS action, not S3.")
    if text(message, "receipt", "action", "encoding").upper() == "BASE64":
        try:
            data = b64decode(raw)
        except Base64Error as error:
            raise NotUnderstood("The content is no base64.") from error
    else:
        data = raw.encode("utf-8", "surrogateescape")
    given = message.get("receipt", {}).get("recipients") or [""]
    number = "mail " + (text(message, "mail", "messageId") or fingerprint(raw))
    return Told(number, "mail", str(given[0]).lower()[:320], raw=data, sender=text(message, "mail", "source"))


def _is_amazons(url: str) -> bool:
    parts = urlsplit(url)
    return (
        parts.scheme == "https" and bool(HOST.fullmatch(parts.hostname or "")) and not parts.username and not parts.port
    )


def _certificate(url: str, get: Fetch) -> x509.Certificate:
    if not _is_amazons(url) or not urlsplit(url).path.endswith(".pem"):
        raise ValueError("the certificate is not Amazon's")
    return _fetched(url, get)


@lru_cache(maxsize=16)
def _fetched(url: str, get: Fetch) -> x509.Certificate:
    return x509.load_pem_x509_certificate(get(url))


def _in_force(certificate: x509.Certificate, now: float) -> bool:
    moment = datetime.fromtimestamp(now, UTC)
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
