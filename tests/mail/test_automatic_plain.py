"""Programs that answer in their own words, most without a header; people who only sound like them (RULES O1, O2, O3)."""

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse
from tests.mail.sentences import rows

LETTERS = rows("automatic")


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: f"{letter['class']}: {letter['subject']}")
def test_programs_are_told_from_people(letter: dict[str, str]) -> None:
    """O1 to O3: what a program says of itself makes it one; a person who speaks of absences or tickets stays a person."""
    raw = (
        f"{letter['headers']}From: {letter['sender'] or 'Jo <jo@lead.example.net>'}\nTo: rep@post.example.com\n"
        f"Date: Fri, 6 Mar 2026 10:00:00 +0100\nMessage-ID: <a@b.example>\nSubject: {letter['subject']}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{letter['words']}\n"
    )
    found = classify(parse(raw.encode()))
    assert found.cls == letter["class"], found.evidence
