"""Each provider's posts, as they come: believed only when signed, translated by a table (MAIL X8, 1.11)."""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from outreach.mail import parse
from outreach.mail.providers import brevo, mailgun, postmark, sendgrid, ses, table
from outreach.mail.providers.told import NotUnderstood, Post, Told

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC).timestamp()
ID = "<abc@lumen.example>"
RAW = "From: Bo <bo@lead.example>\r\nTo: r+abc@lumen.example\r\nSubject: Grüße\r\n\r\nHällo\r\n"


def posted(value: Any, **headers: str) -> Post:
    lower = {name.lower().replace("_", "-"): text for name, text in headers.items()}
    return Post(lower, json.dumps(value).encode(), "application/json")


def form(fields: dict[str, str], files: tuple[str, ...] = ()) -> Post:
    parts = []
    for name, value in fields.items():
        more = f'; filename="{name}.eml"\r\nContent-Type: text/plain' if name in files else ""
        parts.append(f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n')
    return Post({}, ("".join(parts) + "--b--\r\n").encode(), "multipart/form-data; boundary=b")


# ---- Postmark

POSTMARK = {
    "MessageID": "m-1",
    "Metadata": {"outreach": "tok"},
    "Email": "Bo@Lead.example",
    "Recipient": "bo@lead.example",
}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"RecordType": "Delivery", "Details": "250 ok"}, "delivered"),
        ({"RecordType": "Bounce", "ID": 7, "Type": "HardBounce", "Details": "550 5.1.1 no such user"}, "hard"),
        ({"RecordType": "Bounce", "ID": 8, "Type": "HardBounce", "Details": "550 5.7.1 listed at spamhaus"}, "ours"),
        ({"RecordType": "Bounce", "ID": 9, "Type": "Transient", "Details": "452 4.2.2 over quota"}, "soft"),
        ({"RecordType": "Bounce", "ID": 10, "Type": "Blocked"}, "ours"),
        ({"RecordType": "Bounce", "ID": 11, "Type": "AutoResponder"}, "nothing"),
        ({"RecordType": "SpamComplaint", "ID": 12}, "complained"),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"}, "opt_out"),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False}, "nothing"),
    ],
)  # fmt: skip
def test_postmark(event: dict[str, Any], kind: str) -> None:
    (told,) = postmark.translate(posted(POSTMARK | event))
    assert (told.kind, told.token, told.recipient) == (kind, "tok", "bo@lead.example")
    assert told.event_id


def test_postmark_tells_nothing_about_opens_and_clicks() -> None:
    assert postmark.translate(posted(POSTMARK | {"RecordType": "Open"})) == []


def test_postmark_hands_in_mail_whole() -> None:
    (told,) = postmark.translate(
        posted({"MessageID": "x", "RawEmail": RAW, "OriginalRecipient": "R+abc@lumen.example"})
    )
    assert (told.kind, told.recipient) == ("mail", "r+abc@lumen.example")
    assert parse.parse(told.raw).subject == "Grüße"
    with pytest.raises(NotUnderstood, match="Include raw email content"):
        postmark.translate(posted({"MessageID": "x", "TextBody": "Hello"}))


def test_postmark_and_brevo_ask_for_a_password_when_one_is_set() -> None:
    good = "Basic " + b64encode(b"user:pass").decode()
    assert postmark.verified(posted({}, authorization=good), "user:pass", NOW)
    assert not postmark.verified(posted({}, authorization=good), "user:other", NOW)
    assert not postmark.verified(posted({}), "user:pass", NOW)
    assert postmark.verified(posted({}), "", NOW)
    assert brevo.verified(posted({}, authorization="Bearer t"), "t", NOW)
    assert not brevo.verified(posted({}, authorization="Bearer tt"), "t", NOW)


# ---- SendGrid


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "delivered", "response": "250 ok"}, "delivered"),
        ({"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 unknown user"}, "hard"),
        ({"event": "bounce", "type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 mailbox full"}, "soft"),
        ({"event": "bounce", "type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 blocked"}, "ours"),
        ({"event": "deferred", "response": "451 greylisted"}, "delayed"),
        ({"event": "dropped", "reason": "Bounced Address"}, "hard"),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, "opt_out"),
        ({"event": "dropped", "reason": "Spam Content"}, "ours"),
        ({"event": "spamreport"}, "complained"),
        ({"event": "group_unsubscribe"}, "opt_out"),
    ],
)
def test_sendgrid(event: dict[str, Any], kind: str) -> None:
    whole = {"email": "bo@lead.example", "smtp-id": ID, "sg_event_id": "e1"} | event
    (told,) = sendgrid.translate(posted([whole, {"event": "open"}, "nonsense"]))
    assert (told.kind, told.wire_ids, told.event_id) == (kind, (ID,), "e1")


def test_sendgrid_signs_with_its_key_and_a_fresh_timestamp() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).decode()

    def signed(body: bytes, moment: float, signs: bytes | None = None) -> Post:
        mark = key.sign((signs or f"{moment:.0f}".encode() + body), ec.ECDSA(hashes.SHA256()))
        return Post({sendgrid.SIGNATURE: b64encode(mark).decode(), sendgrid.TIMESTAMP: f"{moment:.0f}"}, body)

    assert sendgrid.verified(signed(b"[]", NOW), public, NOW + 250)
    assert not sendgrid.verified(signed(b"[]", NOW), public, NOW + 400)
    assert not sendgrid.verified(signed(b"[]", NOW + 400), public, NOW)
    assert not sendgrid.verified(signed(b"[]", NOW, b"else"), public, NOW)
    assert not sendgrid.verified(signed(b"[]", NOW), "no key", NOW)
    assert not sendgrid.verified(Post({}, b"[]", "application/json"), public, NOW)


def test_sendgrid_hands_in_mail_whole() -> None:
    envelope = json.dumps({"to": ["r+abc@lumen.example"], "from": "bo@lead.example"})
    post = form({"email": RAW, "envelope": envelope})
    assert sendgrid.verified(post, "", NOW)
    (told,) = sendgrid.translate(post)
    assert (told.kind, told.recipient, told.sender) == ("mail", "r+abc@lumen.example", "bo@lead.example")
    assert parse.parse(told.raw).text.strip() == "Hällo"
    with pytest.raises(NotUnderstood, match="full MIME"):
        sendgrid.translate(form({"text": "Hello"}))


# ---- Mailgun


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "delivered"}, "delivered"),
        ({"event": "failed", "severity": "permanent", "reason": "bounce",
          "delivery-status": {"code": 550, "message": "5.1.1 no user"}}, "hard"),
        ({"event": "failed", "severity": "permanent", "reason": "bounce",
          "delivery-status": {"code": 554, "message": "5.7.1 policy"}}, "ours"),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce", "delivery-status": {"code": 605}}, "hard"),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-complaint"}, "complained"),
        ({"event": "failed", "severity": "permanent", "reason": "old", "delivery-status": {"code": 602, "message": "Too old"}}, "soft"),
        ({"event": "failed", "severity": "temporary", "reason": "generic", "delivery-status": {"code": 451}}, "delayed"),
        ({"event": "complained"}, "complained"),
        ({"event": "unsubscribed"}, "opt_out"),
    ],
)  # fmt: skip
def test_mailgun(event: dict[str, Any], kind: str) -> None:
    whole = {"id": "e1", "recipient": "bo@lead.example", "message": {"headers": {"message-id": ID.strip("<>")}}}
    (told,) = mailgun.translate(posted({"signature": {}, "event-data": whole | event}))
    assert (told.kind, told.wire_ids, told.event_id) == (kind, (ID,), "e1")


def mailgun_mark(key: str, moment: float, token: str = "t" * 50) -> dict[str, str]:
    mark = hmac.new(key.encode(), f"{moment:.0f}{token}".encode(), sha256).hexdigest()
    return {"timestamp": f"{moment:.0f}", "token": token, "signature": mark}


def test_mailgun_signs_events_and_mail() -> None:
    for post in (posted({"signature": mailgun_mark("key", NOW)}), form(mailgun_mark("key", NOW))):
        assert mailgun.verified(post, "key", NOW + 250)
        assert not mailgun.verified(post, "key", NOW + 400)
        assert not mailgun.verified(post, "other", NOW)
        assert not mailgun.verified(post, "", NOW)
    assert not mailgun.verified(posted([]), "key", NOW)
    assert not mailgun.verified(Post({}, b"{"), "key", NOW)
    (told,) = mailgun.translate(
        form({"body-mime": RAW, "recipient": "r+abc@lumen.example", "sender": "bo@lead.example"})
    )
    assert (told.kind, told.recipient) == ("mail", "r+abc@lumen.example")


@pytest.mark.parametrize("urlencoded", [False, True])
def test_a_mail_in_an_old_charset_comes_out_as_it_went_in(urlencoded: bool) -> None:
    raw = "From: bo@lead.example\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGrüße & mehr\r\n".encode(
        "latin-1"
    )
    if urlencoded:
        body = b"recipient=r%40lumen.example&body-mime=" + quote_from_bytes(raw).encode()
        post = Post({}, body, "application/x-www-form-urlencoded")
    else:
        name = b'--b\r\nContent-Disposition: form-data; name="body-mime"; filename="m.eml"\r\n\r\n'
        post = Post({}, name + raw + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")
    (told,) = mailgun.translate(post)
    assert told.raw == raw
    assert parse.parse(told.raw).text.strip() == "Grüße & mehr"


# ---- Brevo


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event": "delivered"}, "delivered"),
        ({"event": "hard_bounce", "reason": "550 5.1.1 unknown"}, "hard"),
        ({"event": "hard_bounce", "reason": "550 5.7.26 unauthenticated"}, "ours"),
        ({"event": "invalid_email"}, "hard"),
        ({"event": "soft_bounce", "reason": "452 4.2.2 full"}, "soft"),
        ({"event": "deferred"}, "delayed"),
        ({"event": "blocked"}, "ours"),
        ({"event": "spam"}, "complained"),
        ({"event": "unsubscribed"}, "opt_out"),
    ],
)
def test_brevo(event: dict[str, Any], kind: str) -> None:
    whole = {"email": "bo@lead.example", "message-id": ID, "ts_event": 1772618400, "X-Mailin-custom": "tok"} | event
    (told,) = brevo.translate(posted(whole))
    assert (told.kind, told.wire_ids, told.token) == (kind, (ID,), "tok")
    assert brevo.translate(posted(whole))[0].event_id == told.event_id
    assert brevo.translate(posted(whole | {"ts_event": 1}))[0].event_id != told.event_id


def test_brevo_mail_is_put_together_again() -> None:
    item = {
        "Uuid": ["u1"], "MessageId": "<reply@lead.example>", "InReplyTo": ID, "Subject": "Re: Grüße\r\nBcc: x@evil.example",
        "From": {"Name": "Bo", "Address": "bo@lead.example"}, "To": [{"Address": "r+abc@lumen.example"}],
        "Headers": {"Auto-Submitted": "auto-replied", "Bcc": "evil@x.example"}, "RawTextBody": "Hällo", "RawHtmlBody": "<p>Hällo",
    }  # fmt: skip
    (told,) = brevo.translate(posted({"items": [item]}))
    inbound = parse.parse(told.raw)
    assert inbound.message_id == "<reply@lead.example>"
    assert inbound.text.strip() == "Hällo"
    assert b"\r\nBcc:" not in told.raw
    assert b"Auto-Submitted: auto-replied" in told.raw


# ---- Amazon SES

URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"


@pytest.fixture(scope="module")
def amazon() -> tuple[rsa.RSAPrivateKey, bytes]:
    """A key, and a certificate that is good in March 2026."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=365))
    return key, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sns(key: rsa.RSAPrivateKey, message: object, moment: float = NOW, **more: str) -> Post:
    envelope: dict[str, Any] = {
        "Type": "Notification", "MessageId": "n1", "TopicArn": "arn:topic", "SignatureVersion": "2", "SigningCertURL": URL,
        "Timestamp": datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "Message": json.dumps(message),
    } | more  # fmt: skip
    text = "".join(f"{name}\n{envelope[name]}\n" for name in ses.SIGNED[envelope["Type"]] if name in envelope)
    digest = hashes.SHA256() if envelope["SignatureVersion"] == "2" else hashes.SHA1()
    envelope["Signature"] = b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()
    return posted(envelope)


def giving(certificate: bytes) -> tuple[Callable[[str], bytes], list[str]]:
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        return certificate

    return get, asked


def test_amazon_signs_with_its_certificate(amazon: tuple[rsa.RSAPrivateKey, bytes]) -> None:
    key, certificate = amazon
    get, asked = giving(certificate)
    for version in ("1", "2"):
        assert ses.verified(sns(key, {}, SignatureVersion=version), "", NOW + 60, get)
    assert asked == [URL]
    changed = sns(key, {})
    changed.json["Message"] = "else"
    assert not ses.verified(changed, "", NOW, get)
    assert not ses.verified(sns(key, {}), "", NOW + 5000, get)
    assert not ses.verified(sns(rsa.generate_private_key(65537, 2048), {}), "", NOW, get)
    ended = NOW + 400 * 86400
    assert not ses.verified(sns(key, {}, moment=ended), "", ended, get)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
        "https://s3.eu-west-1.amazonaws.com/x.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_is_fetched_from_a_host_that_is_not_amazons(amazon: tuple[rsa.RSAPrivateKey, bytes], url: str) -> None:
    """RELIABILITY 5.2 #11."""
    key, certificate = amazon
    get, asked = giving(certificate)
    assert not ses.verified(sns(key, {}, SigningCertURL=url), "", NOW, get)
    subscribe = sns(key, {}, Type="SubscriptionConfirmation", SubscribeURL=url, Token="t")
    assert ses.confirmation(subscribe) == ""
    assert asked == []


def test_amazon_asks_once_whether_we_want_its_posts(amazon: tuple[rsa.RSAPrivateKey, bytes]) -> None:
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    post = sns(amazon[0], {}, Type="SubscriptionConfirmation", SubscribeURL=url, Token="t")
    assert ses.verified(post, "", NOW, giving(amazon[1])[0])
    assert ses.confirmation(post) == url
    assert ses.translate(post) == []


LETTER = {
    "messageId": "0100",
    "source": "b+tokentoken234@lumen.example",
    "headers": [{"name": "Message-ID", "value": ID}],
}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"notificationType": "Delivery", "delivery": {"recipients": ["bo@lead.example"], "smtpResponse": "250"}}, "delivered"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [
            {"emailAddress": "bo@lead.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 unknown"}]}}, "hard"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList",
            "bouncedRecipients": [{"emailAddress": "bo@lead.example"}]}}, "hard"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": [
            {"emailAddress": "bo@lead.example", "status": "5.2.2"}]}}, "soft"),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bounceSubType": "ContentRejected",
            "bouncedRecipients": [{"emailAddress": "bo@lead.example"}]}}, "ours"),
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse",
            "complainedRecipients": [{"emailAddress": "bo@lead.example"}]}}, "complained"),
        ({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam",
            "complainedRecipients": [{"emailAddress": "bo@lead.example"}]}}, "nothing"),
        ({"eventType": "DeliveryDelay", "deliveryDelay": {"delayedRecipients": [{"emailAddress": "bo@lead.example"}]}}, "delayed"),
    ],
)  # fmt: skip
def test_amazon(amazon: tuple[rsa.RSAPrivateKey, bytes], message: dict[str, Any], kind: str) -> None:
    (told,) = ses.translate(sns(amazon[0], message | {"mail": LETTER}))
    assert (told.kind, told.token, told.wire_ids, told.recipient) == (kind, "tokentoken234", (ID,), "bo@lead.example")


@pytest.mark.parametrize("encoding", ["UTF-8", "BASE64"])
def test_amazon_hands_in_mail_whole(amazon: tuple[rsa.RSAPrivateKey, bytes], encoding: str) -> None:
    content = b64encode(RAW.encode()).decode() if encoding == "BASE64" else RAW
    receipt = {"recipients": ["R+abc@lumen.example"], "action": {"type": "SNS", "encoding": encoding}}
    message = {"notificationType": "Received", "mail": {"messageId": "1"}, "receipt": receipt, "content": content}
    (told,) = ses.translate(sns(amazon[0], message))
    assert (told.raw, told.recipient) == (RAW.encode(), "r+abc@lumen.example")


# ---- all of them

NONSENSE = [None, 1, "x", [], {}, [[]], [{}], {"items": [1]}, {"event-data": 1}, {"Type": "Notification", "Message": 7}]


@pytest.mark.parametrize("adapter", [postmark, sendgrid, mailgun, brevo, ses])
def test_nonsense_is_told_apart_and_never_crashes(adapter: Any) -> None:
    for value in NONSENSE:
        for post in (posted(value), form({"x": "y"}), Post({}, b"\xff{", "application/json")):
            assert adapter.verified(post, "key", NOW) in (True, False)
            try:
                found = adapter.translate(post)
            except NotUnderstood:
                continue
            assert all(isinstance(told, Told) for told in found)


def test_only_providers_that_need_it_get_headers_of_ours() -> None:
    assert b"X-PM-Metadata-outreach: tok\r\n" in table.own_headers("postmark", "tok")
    assert table.own_headers("brevo", "tok") == b"X-Mailin-custom: tok\r\n"
    assert table.own_headers("ses", "tok") == table.own_headers("", "tok") == b""


def test_a_providers_server_is_known_whoever_typed_it_in() -> None:
    hosts = {
        "email-smtp.eu-west-1.amazonaws.com": "ses", "smtp.gmail.com": "google", "SMTP.office365.com": "microsoft",
        "smtp-relay.brevo.com": "brevo", "smtp.eu.mailgun.org": "mailgun", "smtp.sendgrid.net": "sendgrid",
        "smtp.postmarkapp.com": "postmark", "mail.acme.com": "generic", "127.0.0.1": "generic", "": "generic",
        "notgmail.com": "generic",
    }  # fmt: skip
    assert {host: table.at(host).key for host in hosts} == hosts
