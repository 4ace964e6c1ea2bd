"""Where the words of an answer stand in the HTML that clients make, and where they do not (MAIL 2)."""

import time

import pytest

from outreach.mail.htmlquote import cut_html
from outreach.mail.replytext import reply_text

HEAD = (
    '<div id="divRplyFwdMsg"><b>From:</b> Alice &lt;a@b.example&gt;<br><b>Sent:</b> Monday, March 9, 2026 9:15 AM<br>'
    "<b>To:</b> Jo<br><b>Subject:</b> Hi</div><div>Hi Jo, are you there?</div>"
)
BORDER = '<div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b>From: </b>Alice &lt;a@b.example&gt;</p></div>'
AROUND = '<div id="mail-editor-reference-message-container">'
WORDS = [
    # Outlook's writers type into the signature that they have, or leave nothing else.
    ('<div id="Signature"><div>We would need four.</div></div>' + HEAD, "We would need four."),
    (
        '<div>Hi,</div><div id="Signature"><div>we would need four of them.</div></div>',
        "Hi,\nwe would need four of them.",
    ),
    ('<div id="ms-outlook-mobile-signature"><div>Yes, call me today.</div></div>' + HEAD, "Yes, call me today."),
    # A closing with its name is the letter's, whoever put it there.
    (
        '<p>Yes.</p><div class="gmail_signature">Best regards,<br>Jo Lead<br>Buyer</div>',
        "Yes.\n\nBest regards,\nJo Lead",
    ),
    ('<p>Yes.</p><div id="Signature"><p>Thanks &amp; Regards!</p><p>Jo</p></div>', "Yes.\n\nThanks & Regards!\n\nJo"),
    ('<p>Yes.</p><div class="gmail_signature">Jo Lead<br>Buyer, Lead Ltd</div>', "Yes."),
    ('<p>Yes.</p><div class="gmail_signature">Jo Lead<br>We help your garden to grow.</div>', "Yes."),
    # The quotation inside of a signature lasts beyond it.
    ('<p>Yes.</p><div id="Signature"><div id="appendonsend"></div>' + HEAD + "</div><p>Quoted too.</p>", "Yes."),
    # What stands around the answered letter may stand around the answer as well.
    (
        AROUND
        + "<p>On Mon, 9 Mar 2026 09:15:00 +0100</p><p>Alice a@b.example wrote:</p><p>&gt; Four?</p><p>Five.</p></div>",
        "Five.",
    ),
    (AROUND + BORDER + "<p>Hi Jo, are you there?</p></div>", ""),
    ("<p>Yes.</p>" + AROUND + HEAD + "</div>", "Yes."),
    # Nobody answers below a letter that they forward.
    (
        '<p>See this.</p><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>Von: X</div>'
        "<p>The plans are ready.</p></div>",
        "See this.",
    ),
    ('<div style="display:none">Seen at once.</div><p>Yes.</p>', "Yes."),
    ('<p>Yes<span style="display:none !important">no</span>.</p>', "Yes."),
]


@pytest.mark.parametrize(("html", "words"), WORDS)
def test_the_words_are_found_in_what_todays_clients_make(html: str, words: str) -> None:
    assert reply_text("", html).text == words


def test_a_signature_that_says_nothing_is_kept_apart() -> None:
    assert cut_html('<p>Yes.</p><div id="Signature"><p>Jo Lead</p><p>Buyer</p></div>').signature == "Jo Lead\n\nBuyer"


HOSTILE = [
    "<blockquote>-----</blockquote>",
    '<div id="Signature">a</div>',
    '<div id="Signature">Best,<br>Jo<blockquote>x</blockquote></div>',
    '<div style="display:none">',
    AROUND,
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_html_takes_no_time(piece: str) -> None:
    started = time.process_time()
    reply_text("", piece * 10_000)
    assert time.process_time() - started < 2


def test_many_disclaimers_above_a_sentence_take_no_time() -> None:
    legal = "This message is confidential and for its recipient; delete it if you have it in error.\n\n"
    started = time.process_time()
    assert reply_text(f"{legal * 600}But we want to buy it tomorrow.", "").text.endswith(
        "But we want to buy it tomorrow."
    )
    assert time.process_time() - started < 1
