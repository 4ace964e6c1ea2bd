"""Four hundred replies in nineteen languages and what they mean (RULES X1; MAIL U7), with two mistakes that must never happen."""

import datetime as dt
from collections import Counter

import pytest

from outreach.core.replies import sense_of
from tests.mail.sentences import rows

TODAY = dt.date(2026, 3, 6)
REPLIES = rows("senses")


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{reply['sense']}: {reply['words'][:60]}")
def test_a_reply_is_read_as_it_was_meant(reply: dict[str, str]) -> None:
    found = sense_of(reply["words"], TODAY)
    assert found.sense == reply["sense"], found.evidence


def test_no_wish_to_be_left_alone_is_missed_and_no_refusal_is_read_as_consent() -> None:
    """X7: also with a greeting, a thank-you and a name around it, as people write."""
    read = Counter(
        (reply["sense"], sense_of(f"Hello,\n\n{reply['words']}\n\nRegards\nJo Doe", TODAY).sense) for reply in REPLIES
    )
    assert {found for meant, found in read if meant == "unsubscribe"} == {"unsubscribe"}
    assert ("not_interested", "interested") not in read
    assert sum(count for (meant, found), count in read.items() if meant == found) >= 0.95 * len(REPLIES)


@pytest.mark.parametrize(
    "words",
    [
        "Not interested, thanks. Please remove me.",
        "No. Unsubscribe.",
        "Kein Bedarf! Bitte austragen.",
        "I had enough.\nUnsubscribe",
        "Thanks\nSTOP",
        "Dear Sirs,\nplease\nstop\nsending me mail\nThanks\nJo",
    ],
)
def test_a_wish_to_be_left_alone_is_heard_where_a_name_would_stand(words: str) -> None:
    """U7."""
    assert sense_of(words, TODAY).sense == "unsubscribe"
