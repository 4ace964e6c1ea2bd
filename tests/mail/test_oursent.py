"""Our own letter is dropped from an answer, marked or not, wrapped otherwise or as HTML (what no library can, MAIL 2)."""

import textwrap

import pytest

from outreach.mail.oursent import without_ours
from outreach.mail.replytext import reply_text

SENT = """Hi Bob,

thank you for your request about the new kitchen. We have looked at your plan and
can start in May. When may I call you?

Here is an example of our work: https://links.sender.example/c/abc123

Kind regards
Alice Meyer
Kitchens Ltd
+49 30 1234567

You get this mail because you asked for an offer. Unsubscribe: https://links.sender.example/u/xyz
"""
ANSWER = "Tomorrow at ten is fine.\nBob"
PARAGRAPHS = [" ".join(part.split("\n")) for part in SENT.split("\n\n")]
HTML = (
    "<p>Hi Bob,</p><p>thank you for your request about the new kitchen. We have looked at your plan and can start in May. "
    "<b>When may I call you?</b></p>{middle}<p>Here is an example of our work: <a href='x'>our work</a></p>"
    "<p>Kind regards<br>Alice Meyer<br>Kitchens Ltd<br>+49 30 1234567</p>{end}"
)
PLAIN = {
    "above": f"{ANSWER}\n\n{SENT}",
    "below": f"{SENT}\n{ANSWER}",
    "below a head": f"On Fri, 6 Mar 2026 at 10:00, Alice <a@s.example> wrote:\n\n{SENT}\n{ANSWER}",
    "in between": "\n\n".join([PARAGRAPHS[0], PARAGRAPHS[1], ANSWER, "Kind regards\nAlice Meyer"]),
    "wrapped at forty": f"{ANSWER}\n\n" + "\n".join(textwrap.fill(line, 40) for line in SENT.split("\n")),
    "unwrapped": f"{ANSWER}\n\n" + "\n\n".join(PARAGRAPHS),
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_our_letter_goes_wherever_the_answer_stands(text: str) -> None:
    assert reply_text(text, "", SENT).text == ANSWER


@pytest.mark.parametrize("place", ["middle", "end"])
def test_our_letter_goes_from_html_without_any_mark(place: str) -> None:
    html = HTML.format(**({"middle": "", "end": ""} | {place: "<p>Tomorrow at ten is fine.<br>Bob</p>"}))
    assert reply_text("", html, SENT).text == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        "Thank you\n\nKind regards\nBob",
        'You wrote "can start in May": is that sure?',
        "When may I call you? That is what I wanted to ask.",
        "Hi Alice,\n\nyes.\n\nKind regards\nBob",
    ],
)
def test_words_that_anybody_may_write_stay(text: str) -> None:
    assert reply_text(text, "", SENT).text == text


def test_what_is_dropped_is_told() -> None:
    own, dropped = without_ours(f"Yes.\n\n{SENT}", SENT)
    assert own.strip() == "Yes."
    assert "about the new kitchen" in dropped
