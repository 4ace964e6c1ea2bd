"""Amazon's notices of bounces and complaints that come as mail (RULES X7, O1; MAIL 1.9, 1.11)."""

import json
from typing import Any

import pytest

from outreach.mail.classify import Verdict, classify
from outreach.mail.parse import parse

FOOTER = (
    "\n\n--\nIf you wish to stop receiving notifications from this topic, please visit the link below to unsubscribe:\n"
)
LETTER = {"messageId": "0100", "headers": [{"name": "Message-ID", "value": "<ours@post.example.com>"}]}


def read(message: Any) -> Verdict:
    head = "From: no-reply@sns.amazonaws.com\nTo: rep@post.example.com\nSubject: AWS Notification Message\n"
    body = message if isinstance(message, str) else json.dumps(message, indent=1)
    return classify(parse(f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}{FOOTER}".encode()))


@pytest.mark.parametrize(
    ("kind", "of_all", "of_one", "verdict"),
    [
        ("notificationType", {"bounceType": "Permanent"}, {"diagnosticCode": "smtp; 550 5.1.1 user unknown"}, "hard"),
        ("eventType", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}, {"status": "4.2.2"}, "soft"),
        ("eventType", {"bounceType": "Permanent"}, {"diagnosticCode": "smtp; 554 5.7.1 blocked"}, "ours"),
    ],
)
def test_a_bounce_names_its_recipient_and_our_letter(
    kind: str, of_all: dict[str, str], of_one: dict[str, str], verdict: str
) -> None:
    """X7, MAIL 1.11: by the same table as the webhook's."""
    one = {"emailAddress": "jo@lead.example.net", **of_one}
    found = read({kind: "Bounce", "bounce": {**of_all, "bouncedRecipients": [one]}, "mail": LETTER})
    assert (found.cls, [(item.recipient, item.verdict) for item in found.bounces]) == (
        "bounce",
        [("jo@lead.example.net", verdict)],
    )
    assert found.returned.message_ids == ("<ours@post.example.com>",)


def test_a_complaint_is_one() -> None:
    """X7, O1."""
    about = {"complainedRecipients": [{"emailAddress": "jo@lead.example.net"}], "complaintFeedbackType": "abuse"}
    found = read({"notificationType": "Complaint", "complaint": about, "mail": LETTER})
    assert found.complaint is not None
    assert (found.cls, found.complaint.type, found.complaint.recipient) == (
        "complaint",
        "abuse",
        "jo@lead.example.net",
    )


@pytest.mark.parametrize(
    "body",
    [
        '{"notificationType": "Bounce", "bounce"',
        '{"notificationType": "Bounce", "bounce": ' + "[" * 5000,
        '{"eventType": "Open", "open": {}}',
        '{"name": "Jo", "wants": "a quote"}',
    ],
)
def test_other_json_is_a_letter_like_any(body: str) -> None:
    """MAIL 1.9: broken, endless and foreign JSON makes no bounce, and no exception."""
    assert read(body).cls == "human"
