"""Heads of quotations that no list of verbs knows, and marks that no standard does (MAIL 2)."""

import pytest

from outreach.mail.replytext import reply_text

MARKED = [
    "On Thu, Aug 22, 2002 at 05:13:01PM +0100, Ann Other mentioned:",
    "So sprach Ann Other am 2002-07-21 um 01:56:18 +0200 :",
    "Ann Other's [ANN@LEAD.EXAMPLE] 20 lines of wisdom included:",
    "A. Other quoted:",
    "* Ann Other",
]


@pytest.mark.parametrize("head", MARKED)
def test_a_line_that_names_a_writer_or_a_time_is_a_head_right_above_marked_lines(head: str) -> None:
    assert reply_text(f"{head}\n> Does Tuesday suit you?\n\nYes.", "").text == "Yes."
    assert reply_text(f"Yes.\n\n{head}\n> Does Tuesday suit you?", "").text == "Yes."


UNMARKED = [
    "blumfeldt  schrieb am Do. 20. Juni 2024 um 14:49:",
    'Am 20.06.24 um 16:20 schrieb Lead - Support\nVon: "Lead - Support"\nDatum: 20. Juni 2024\nAn: [removed]',
]


@pytest.mark.parametrize("head", UNMARKED)
def test_a_head_with_a_whole_time_needs_no_empty_line_above_it(head: str) -> None:
    assert reply_text(f"Bitte abholen.\nFreundliche Grüße\n{head}\n\nIhre Nummer: 7", "").text == (
        "Bitte abholen.\nFreundliche Grüße"
    )


@pytest.mark.parametrize("mark", ["    Ann> ", "    AO> ", "--]"])
def test_a_quotation_may_be_marked_with_a_name_or_in_a_manner_of_its_own(mark: str) -> None:
    quoted = f"{mark}Does Tuesday suit you,\n{mark}or Wednesday?"
    assert reply_text(f"{quoted}\n\nYes.", "").text == "Yes."


@pytest.mark.parametrize(
    "text",
    [
        "My answer to the first question:\n\nYes.",
        "See https://lead.example/a\n\nThe hours from 10:30 in 2026:\n10 chairs",
        "Ann schrieb am Montag, dass es um 14:49 losgeht: das passt.",
    ],
)
def test_a_line_with_a_colon_is_no_head_by_itself(text: str) -> None:
    assert reply_text(text, "").text == text


WITHOUT_MARKS = [
    'Da "Alice Meyer" alice@lead.example\nA jo@lead.example\nCc x@lead.example\nData Mon, 9 Mar 2026 12:21:16 +0100\nOggetto Re: Hi',
    "De: Alice Meyer <alice@lead.example>\nEnviada em: segunda",
    "From: Alice <a@lead.example>\nSent: Monday",
]


@pytest.mark.parametrize("head", WITHOUT_MARKS)
def test_fields_without_colons_or_only_two_are_a_head_below_an_answer(head: str) -> None:
    assert reply_text(f"Yes, on Friday.\n\n{head}\n\nDoes Tuesday suit you?", "").text == "Yes, on Friday."


def test_a_phones_line_and_a_head_that_were_glued_are_told_apart() -> None:
    glued = "Verstuurd vanaf mijn iPhoneOp 04.08.2026 om 09:03 heeft Alice <a@lead.example> het volgende geschreven:"
    assert reply_text(f"Ja, vrijdag.\n{glued}\nBeste Jo, schikt dinsdag?", "").text == "Ja, vrijdag."


def test_the_day_may_stand_in_a_paragraph_of_its_own() -> None:
    head = "On Mon,  9 Mar 2026 15:36:06 +0100\n\nAlice Meyer alice@lead.example wrote:"
    assert reply_text(f"{head}\n\n> Does Tuesday suit you?\n\nYes.", "").text == "Yes."


def test_what_a_help_desk_puts_on_top_of_an_answer_is_no_word_of_it() -> None:
    assert reply_text("##- Please type your reply above this line -##\n\nYes.\n\nJo", "").text == "Yes.\n\nJo"


@pytest.mark.parametrize(
    "text",
    [
        "From: what I hear you help with payroll. Is that right?",
        "A jo@lead.example we sent it last week, and to a second address.\n\nDid it come?",
        "Options:\n\n--\nA) do nothing\nB) rewrite it\n\nWhich one?",
        "It was the other way.On 5 May we met.",
    ],
)
def test_what_only_resembles_a_head_or_a_mark_stays(text: str) -> None:
    assert reply_text(text, "").text == text


def test_a_rule_right_above_a_sender_with_an_address_begins_a_quotation() -> None:
    rule = "________________________________"
    assert reply_text(f"Yes.\n\n{rule}\nFrom: Bob <bob@s.example>\n\nHello, how are you?", "").text == "Yes."
    said = f"Yes.\n\n{rule}\n\nFrom: Berlin to Paris, by train.\n\nIs that fine?"
    assert reply_text(said, "").text == said


@pytest.mark.parametrize(
    "behind",
    [
        "Il 22/07/2026 10:44, Ann Other ha scritto: le scrivo per il suo ordine",
        "Il giorno lun 10 ago 2026 alle ore 13:42 Ann Other < ann@l.example > ha scritto: Buongiorno",
        "On Mon, 10 Aug 2026 at 13:42, Ann Other wrote: does Tuesday suit you?",
    ],
)
def test_a_letter_that_lost_its_line_ends_loses_the_quotation_too(behind: str) -> None:
    assert reply_text(f"va bene per noi {behind}", "").text == "va bene per noi"


@pytest.mark.parametrize(
    "told",
    [
        "On 5 May 2026 at 10:30 your colleague wrote: we will chase it.",
        "On Friday I ordered a set. Your colleague wrote: we will chase it.",
        "Il mar. 4 agosto 2026 il vicino mi ha scritto: pacco ritirato",
    ],
)
def test_somebody_who_tells_what_was_written_keeps_their_words(told: str) -> None:
    assert " ".join(reply_text(f"Where is it? {told}", "").text.split()) == f"Where is it? {told}"
