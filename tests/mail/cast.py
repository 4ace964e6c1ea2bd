"""Who appears in the tests of letters: Maja, who sends; Åsa, who told us everything; and somebody who told us nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from outreach.mail.letters import Address, Letter

BRAND = {"name": "Nordic Roofs", "color": "#7a3b1d", "postal_address": "Storgatan 1, 111 22 Stockholm"}
OWNER = {
    "name": "Maja Lind",
    "phone": "+46 8 555 01 00",
    "email": "maja@nordic.example",
    "booking_link": "https://nordic.example/book/maja",
    "signature": "Head of solar\nMonday to Thursday",
}
WAYS = {
    "unsubscribe_url": "https://nordic.example/u/k7k2tq",
    "answer_yes_url": "https://nordic.example/a/k7k2tq/yes",
    "answer_later_url": "https://nordic.example/a/k7k2tq/later",
    "answer_no_url": "https://nordic.example/a/k7k2tq/no",
    "confirm_url": "https://nordic.example/a/confirm/k7k2tq",
    "lead_url": "https://nordic.example/leads/7",
    "task_url": "https://nordic.example/tasks/9",
}
ASA: dict[str, Any] = {
    **WAYS,
    "first_name": "Åsa",
    "name": "Åsa Öberg",
    "email": "asa@kund.example",
    "phone": "+46 70 123 45 67",
    "company": "Öberg & Söner <Bygg>",
    "topic": {
        "title": "a solar roof",
        "paragraph": "A roof of 60 m² carries about 12 kWp & pays for itself in ten years.",
        "question": "how much power do you use in a year?",
        "material_title": "Sizing a roof",
        "material_url": "https://nordic.example/roof?from=mail&size=60",
    },
    "owner": OWNER,
    "brand": BRAND,
    "preferences_url": "https://nordic.example/p/k7k2tq",
    "booking_link": "https://nordic.example/book",
    "called": True,
    "left_voicemail": True,
    "form_name": "Contact",
    "asked_on": "4 March",
    "lead": {"name": "Åsa Öberg", "email": "asa@kund.example", "phone": "+46 70 123 45 67", "company": "Öberg & Söner"},
    "answers": [
        {"label": "Topic", "asked": "Topic:", "value": "Solar"},
        {"label": "Message", "asked": "Message:", "value": "<b>please</b> call"},
    ],
    "reply": {"text": "Yes please\ncall me", "subject": "Re: a solar roof", "sense": "interested"},
    "inbound": {"sender": "who@else.example", "subject": "hello", "text": "Is this the right address?"},
    "change": {"words": "The second factor was taken away.", "by": "Ada"},
    "profile_url": "https://follow.nordic.example/settings/me",
    "issue": {
        "title": "March",
        "intro": "Spring.",
        "items": [{"title": "One", "text": "Two.", "url": "https://x.example/1"}],
    },
    "story": {"title": "How Ola did it", "paragraph": "Ola had an old roof.", "url": "https://nordic.example/ola"},
    "due_by": "14:05",
    "met_at": "the spring fair",
    "questions": ["How large?", "How old?"],
    "reason": "your house is too far north",
    "referral": "Bo Bygg AB",
}
NOBODY: dict[str, Any] = {
    **WAYS,
    "email": "nobody@kund.example",
    "owner": {"name": "Maja Lind"},
    "brand": {"name": "Nordic Roofs"},
    "lead": {"email": "nobody@kund.example"},
    "inbound": {"sender": "who@else.example"},
    "change": {"words": "The second factor was turned on.", "by": ""},
    "issue": {"title": "March"},
    "first_name": "",
    "phone": None,
}
LETTER = Letter(
    message_id="<e7.s2.k7k2tq@nordic.example>",
    date=datetime(2026, 3, 6, 10, 0, tzinfo=UTC),
    sender=Address("Maja Lind", "maja@nordic.example"),
    to=Address("Åsa Öberg", "asa@kund.example"),
    reply_to="r+k7k2tq@reply.nordic.example",
    subject="Your request: a solar roof",
    html="<p>Hello Åsa</p>",
    text="Hello Åsa\n",
    unsubscribe_url="https://nordic.example/u/k7k2tq",
    unsubscribe_mailto="u+k7k2tq@reply.nordic.example",
)


def letter(**changes: Any) -> Letter:
    """The usual letter, changed in the places that a test is about."""
    return LETTER._replace(**changes)
