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
