"""Letters that no rule knows are weighed by their words (RULES O2; MAIL 1.9)."""

import pytest

from outreach.mail import noticescore
from outreach.mail.classify import classify
from outreach.mail.parse import parse
from tests.mail.sentences import rows

LABELLED = rows("notices")


def classified(words: str, sender: str = "Jo <jo@lead.example>") -> str:
    letter = (
        f"From: {sender}\nTo: rep@post.example.com\nSubject: Re: Your roof\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n"
    )
    return classify(parse(letter.encode())).cls


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("out_of_office", "Jury duty this week, so my replies will be slow."),
        ("out_of_office", "I am off with the flu and will answer once I am on my feet again."),
        ("out_of_office", "Diese Woche bin ich auf einer Schulung und lese meine Mails nur abends."),
        ("out_of_office", "Hoy estoy enferma, mañana contesto los mensajes."),
        ("out_of_office", "Ik lig met griep in bed en antwoord later."),
        ("acknowledgement", "Your request was registered under the number 5512 and a colleague will look at it."),
        ("acknowledgement", "Su consulta ha quedado registrada con el número 5512."),
        ("left_company", "Jag har slutat på firman. Ny kontakt är Eva, eva@lead.example."),
    ],
)
def test_what_nobody_listed_is_found_by_its_weight(kind: str, words: str) -> None:
    """O2: a chance of nine in ten, and one part of a notice besides."""
    assert classified(words) == kind


@pytest.mark.parametrize(
    "words",
    [
        "I was ill last week and read your mail only now.",
        "Your invoice was registered and will be paid on the 30th.",
        "Wir haben Ihr Angebot erhalten und besprechen es am Freitag im Team.",
        "La agencia de Lima cerró en marzo.",
        "Die Filiale in Köln ist seit März geschlossen.",
        "Our caretaker is on leave, so please bring the key to reception yourself.",
        "Jag sitter på tåget och ringer strax.",
        "Saimme tarjouksen ja se on korkea.",
        "Applied, thanks.",
    ],
)
def test_a_person_who_tells_of_such_things_is_a_person(words: str) -> None:
    """O2: no ordinary mail is automatic."""
    assert classified(words) == "human"


def test_the_table_that_the_weights_were_learned_from_is_read_as_it_is_labelled() -> None:
    """O2: the weights in the tree belong to the letters beside them; how they do on others stands in decision 0360."""
    called = [noticescore.likeliest(row["words"]) for row in LABELLED]
    notices = [(row["class"], kind) for row, (kind, chance) in zip(LABELLED, called, strict=True) if chance >= 0.9]
    persons = sum(name == noticescore.PERSON for name, _ in notices)
    right = sum(name == kind for name, kind in notices)
    assert persons <= 5
    assert right >= 0.9 * sum(row["class"] != noticescore.PERSON for row in LABELLED)


def test_weights_are_numbers_for_every_class() -> None:
    weights = noticescore._weights()
    assert noticescore.PERSON in weights["classes"]
    assert {len(row) for row in weights["words"].values()} == {1 + len(weights["classes"])}


def test_an_empty_or_endless_letter_has_a_chance_too() -> None:
    assert 0 <= noticescore.likeliest("")[1] <= 1
    assert 0 <= noticescore.likeliest("away " * 100_000)[1] <= 1
