"""Postmark: one JSON object a post; the address of the webhook holds the secret, a user and password may be added.

Delivery, bounce, spam complaint, subscription change; inbound with “Include raw email content” switched on.
"""

import hmac
from base64 import b64encode

from outreach.mail.providers.told import Kind, NotUnderstood, Post, Told, fingerprint, text, verdict

KINDS: dict[str, Kind] = {
    "HardBounce": "hard",
    "BadEmailAddress": "hard",
    "Transient": "soft",
    "SoftBounce": "soft",
    "DnsError": "soft",
    "Unknown": "soft",
    "Blocked": "ours",
    "SpamNotification": "ours",
    "VirusNotification": "ours",
    "DMARCPolicy": "ours",
    "SMTPApiError": "ours",
    "InboundError": "nothing",
    "TemplateRenderingFailed": "ours",
    "ManuallyDeactivated": "ours",
    "Unsubscribe": "opt_out",
    "Subscribe": "nothing",
    "AutoResponder": "nothing",
    "AddressChange": "nothing",
    "ChallengeVerification": "nothing",
    "OpenRelayTest": "nothing",
    "Unconfirmed": "nothing",
    "SpamComplaint": "complained",
}
CHANGES: dict[str, Kind] = {"HardBounce": "hard", "SpamComplaint": "complained", "ManualSuppression": "opt_out"}


def verified(post: Post, secret: str, _now: float) -> bool:
    """`secret` is user:password, or empty: then the secret address alone lets it in."""
    expected = "Basic " + b64encode(secret.encode()).decode()
    return not secret or hmac.compare_digest(post.headers.get("authorization", "").encode(), expected.encode())


def translate(post: Post) -> list[Told]:
    """One event. Raises NotUnderstood."""
    event = post.json
    what = text(event, "RecordType")
    if what == "Bounce":
        words = text(event, "Details") or text(event, "Description")
        return [_told(event, text(event, "ID"), verdict(KINDS.get(text(event, "Type"), "soft"), words), "Email", words)]
    if what == "SpamComplaint":
        return [_told(event, text(event, "ID"), "complained", "Email", text(event, "Details"))]
    if what == "Delivery":
        return [_told(event, "delivered " + text(event, "MessageID"), "delivered", "Recipient", text(event, "Details"))]
    if what == "SubscriptionChange":
        kind = CHANGES.get(text(event, "SuppressionReason"), "nothing") if event.get("SuppressSending") else "nothing"
        number = fingerprint(what, text(event, "MessageID"), text(event, "Recipient"), text(event, "ChangedAt"))
        return [_told(event, number, kind, "Recipient", text(event, "SuppressionReason"))]
    if what:
        return []
    return [_mail(event)]


def _told(event: object, number: str, kind: Kind, recipient: str, words: str) -> Told:
    if not number.strip():
        raise NotUnderstood("The event has no number.")
    return Told(number, kind, text(event, recipient).lower(), text(event, "Metadata", "outreach"), words=words)


def _mail(event: object) -> Told:
    raw = text(event, "RawEmail", most=30_000_000)
    if not raw:
        raise NotUnderstood("The mail came without its raw text: switch on “Include raw email content”.")
    number = "mail " + (text(event, "MessageID") or fingerprint(raw))
    sender = text(event, "FromFull", "Email") or text(event, "From")
    data = raw.encode("utf-8", "surrogateescape")
    return Told(number, "mail", text(event, "OriginalRecipient").lower(), raw=data, sender=sender)
