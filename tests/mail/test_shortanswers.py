"""Answers of a few words: a day, a number or an address is all that many leads write (MAIL U7, 2)."""

import pytest

from outreach.mail.replytext import reply_text
from outreach.mail.signedblock import Sender

LIKE_DAYS = [
    "3 rooms",
    "10 pieces, please",
    "On Friday 3 pm is fine",
    "Am 12. passt es",
    "Le 3 me convient",
    "12/5 works",
    "Op 3 mei graag",
    "El 5 puedo",
    "Den 4 går bra",
    "в 5 часов",
    "5 kişiyiz, fiyat?",
    "Mon 9:30",
    "14.03.",
    "14.03. passt",
    "14:30 passt mir",
    "2026 is better",
    "Write to bob@x.example",
    "20 pieces\nplease",
]
HEADS = [
    "Jane Doe <jane@x.example> wrote:",
    "Jane Doe <jane@x.example> schrieb am 3. März 2026 um 10:12:",
    "On Mon, Mar 3, 2025 at 10:00 AM Jane Doe <jane@x.example> wrote:",
    "On Mon, Mar 3, 2025 at 10:00 AM Jane Doe <\njane@x.example> wrote:",
    "Am 05.10.2026 um 14:02 schrieb Jane Doe <jane@x.example>:",
    "Le lun. 3 mars 2025 à 10:00, Jane <jane@x.example> a écrit :",
    "El lun, 21 sept 2026 a las 10:00, Jane (<jane@x.example>) escribió:",
    "Jane <jane@x.example>, 27 May 2026 Çar, 01:54 tarihinde şunu yazdı:",
    "пн, 5 янв. 2026 г. в 10:00, Иван <ivan@x.example>:",
    "2026年5月11日(月) 21:28 Jane <jane@x.example>:",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("answer", LIKE_DAYS)
def test_an_answer_that_begins_like_a_day_is_no_part_of_the_head_below_it(answer: str, head: str) -> None:
    """U7: an empty marked line in the quotation closes no address, and a head needs no line above it."""
    for gap in ("\n\n", "\n"):
        for quotation in ("> Hello,\n>\n> how many?\n>\n> Jane", ">\n> how many?"):
            assert reply_text(f"{answer}{gap}{head}\n{quotation}", "").text == answer


def test_a_head_that_the_client_broke_is_still_one() -> None:
    for head in (
        "On Mon, Mar 3, 2025 at 10:00 AM\nJane Doe <jane@x.example> wrote:",
        "On Mon, 5 Jan\n2026 at 10:00 Jane Doe <jane@x.example> wrote:",
        "On Mon, Mar 3, 2025 at 10:00 AM Jane Doe\n<jane@x.example>\nwrote:",
    ):
        assert reply_text(f"Ten, please.\n\n{head}\n> how many?\n>\n> Jane", "").text == "Ten, please."


DETAILS = [
    "0171 2345678",
    "+49 171 2345678",
    "555-123-4567",
    "jo@home.example",
    "Lead GmbH\nHauptstr. 5\n12345 Berlin",
    "Jo Lead\n0171 2345678",
    "Hi Anna,\n\n0171 2345678\n\nJo",
    "Hi Anna,\n\nJo Lead, 0171 2345678",
    "Jo Lead, Managing Director",
    "IBAN DE02 1203 0000 0000 2020 51",
]
BELOW = [
    "",
    "\n\nSent from my iPhone",
    "\n\nOn Mon, Mar 3, 2025 at 10:00 AM Anna Rep <anna@rep.example> wrote:\n> What is your number?\n>\n> Anna",
    "\n\nSent from my iPhone\n\n> On 3 Mar 2025, at 10:00, Anna Rep <anna@rep.example> wrote:\n>\n> number?",
]


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("answer", DETAILS)
def test_details_that_are_all_somebody_says_are_the_answer_and_no_signature(answer: str, below: str) -> None:
    """U7: who is asked for a number sends the number, with a greeting or without, above a phone's own line."""
    sender = Sender.of("Jo Lead", "jo.lead@firm.example")
    assert reply_text(answer + below, "", None, sender).text == answer


def test_numbers_of_links_below_a_signature_belong_to_it() -> None:
    text = (
        "Akkoord.\n\nMet vriendelijke groet,\nRobin Voorbeeld\nAdviseur\nTel: 06-12345678\n[1] [2] [3]\n\n"
        "Anna Rep schreef op 2026-08-27 17:44:\n> Dit was mijn bericht.\n\nLinks:\n------\n[1] https://firm.example\n"
        "[2] https://social.example/firm\n[3] https://pictures.example/firm"
    )
    found = reply_text(text, "", None, Sender.of("Robin Voorbeeld", "robin@firm.example"))
    assert found.text == "Akkoord.\n\nMet vriendelijke groet,\nRobin Voorbeeld"


def test_a_short_closing_and_its_name_stay() -> None:
    sender = Sender.of("Robin Voorbeeld", "robin@firm.example")
    assert reply_text("Akkoord.\n\nGrt.\nRobin Voorbeeld\nTel: 0612345678", "", None, sender).text == (
        "Akkoord.\n\nGrt.\nRobin Voorbeeld"
    )


def test_below_a_head_with_words_behind_it_everything_is_quoted() -> None:
    """U7: the quotation began on the line of its head, unmarked; what is marked in it was quoted before."""
    text = (
        "What is the price?\n\nSent from Yahoo Mail on Android\n\n"
        "  On Sat, Sep 5, 2020 at 10:43 PM, Anna Rep<anna@rep.example> wrote:   Hello,\n\n"
        "Jo Lead, le ven. 04 sept. 2020 22:01:42 +0000, a ecrit:\n> Do you sell it?\n\nYes, we do.\n\nAnna"
    )
    assert reply_text(text, "").text == "What is the price?"


def test_the_armour_of_a_signed_letter_is_no_word_of_it() -> None:
    """U7: RFC 9580 puts a head and a seal around the text; the answers between the quotations stay."""
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nMy answers are below.\n\nSent with Proton Mail secure email.\n\n"
        "On Monday, March 2nd, 2026 at 09:37, Anna Rep <anna@rep.example> wrote:\n\n> Shall we come on Monday?\n\nYes, please.\n\n"
        "> > Anna\n-----BEGIN PGP SIGNATURE-----\nVersion: ProtonMail\n\nwnUEARYKACcFgmdErsEJkKkWZTlQrvKZ\n=gX71\n"
        "-----END PGP SIGNATURE-----\n"
    )
    assert reply_text(text, "").text.split("\n") == ["My answers are below.", "", "Yes, please."]
    assert reply_text("I paste a -----BEGIN PGP SIGNATURE----- here.", "").text.startswith("I paste a")
