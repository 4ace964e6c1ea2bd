"""The sense of a reply, by language (MAIL U7, issue of the reply's sense)."""

import datetime as dt
import time

import pytest

from outreach.core.replies import sense_of

TODAY = dt.date(2026, 3, 6)

SAMPLES = [
    ("interested", "Yes, please call me tomorrow. My number is 555 0100."),
    ("interested", "Sounds good, let's talk on Thursday at 10."),
    ("interested", "Don't give up on me! I was travelling. Can you call me on Monday?"),
    ("interested", "Sure"),
    ("interested", "Could you send me more information?"),
    ("interested", "Ja, gerne. Rufen Sie mich bitte morgen an."),
    ("interested", "Das klingt gut, wir hätten Interesse an einem Termin."),
    ("interested", "Oui, je suis intéressé. Pouvez-vous me rappeler demain ?"),
    ("interested", "Sí, me interesa. Llámeme mañana por favor."),
    ("interested", "Sono molto interessato, mi chiami domani."),
    ("interested", "Klinkt goed, bel me morgen even."),
    ("interested", "Ja tack, ring mig gärna på måndag."),
    ("not_interested", "Thanks, but we're not interested."),
    ("not_interested", "No thanks."),
    ("not_interested", "We already have a supplier for this."),
    ("not_interested", "We decided to go with another provider, sorry."),
    ("not_interested", "Vielen Dank, aber wir haben keinen Bedarf."),
    ("not_interested", "Kein Interesse."),
    ("not_interested", "Merci, mais nous ne sommes pas intéressés."),
    ("not_interested", "No me interesa, gracias."),
    ("not_interested", "Non siamo interessati, grazie."),
    ("not_interested", "Nee bedankt, geen interesse."),
    ("not_interested", "Nej tack, vi är inte intresserade."),
    ("wrong_person", "I'm not the right person for this. Please contact my colleague Jane Roe, jane@example.org."),
    ("wrong_person", "You should speak to our head of marketing."),
    ("wrong_person", "Ich bin dafür nicht zuständig, bitte wenden Sie sich an Frau Beispiel."),
    ("wrong_person", "Je ne suis pas la bonne personne, adressez-vous à Mme Exemple."),
    ("wrong_person", "No soy la persona indicada, escriba a mi compañera."),
    ("wrong_person", "Non sono la persona giusta, contatti il mio collega."),
    ("wrong_person", "Ik ben niet de juiste persoon hiervoor."),
    ("wrong_person", "Jag är inte rätt person, kontakta min kollega."),
    ("question", "How much does it cost?"),
    ("question", "Was kostet das pro Monat?"),
    ("question", "Does it work with our phone system?"),
    ("question", "Est-ce que cela fonctionne en Suisse ?"),
    ("unsubscribe", "Unsubscribe"),
    ("unsubscribe", "STOP"),
    ("unsubscribe", "Please remove me from your list."),
    ("unsubscribe", "Hi,\n\nunsubscribe please\n\nBob"),
    ("unsubscribe", "Stop emailing me."),
    ("unsubscribe", "Bitte keine weiteren E-Mails mehr."),
    ("unsubscribe", "Bitte löschen Sie meine Daten aus Ihrem Verteiler."),
    ("unsubscribe", "Merci de me retirer de votre liste."),
    ("unsubscribe", "Por favor, no me envíen más correos."),
    ("unsubscribe", "Non desidero più ricevere le vostre email."),
    ("unsubscribe", "Haal mij van deze lijst."),
    ("unsubscribe", "Ta bort mig från listan."),
    ("other", "Thank you."),
    ("other", "Danke für die Nachricht."),
    ("other", ""),
]


@pytest.mark.parametrize(("sense", "text"), SAMPLES)
def test_a_reply_is_understood_in_its_language(sense: str, text: str) -> None:
    assert sense_of(text, TODAY).sense == sense


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Not right now, please try again in 3 months.", dt.date(2026, 6, 6)),
        ("We're too busy at the moment. Contact me again in September.", dt.date(2026, 9, 1)),
        ("Not this quarter, maybe next quarter.", dt.date(2026, 4, 1)),
        ("Can you get back to me next month? Not now.", dt.date(2026, 4, 1)),
        ("Not now. Maybe in the new year.", dt.date(2027, 1, 1)),
        ("Derzeit nicht, bitte melden Sie sich im Oktober wieder.", dt.date(2026, 10, 1)),
        ("Im Moment haben wir keine Zeit. In zwei Wochen gerne.", dt.date(2026, 3, 20)),
        ("Pas pour le moment, recontactez-moi en septembre.", dt.date(2026, 9, 1)),
        ("Ahora no, contácteme en dos meses.", dt.date(2026, 5, 6)),
        ("Al momento non siamo pronti, ci risentiamo a settembre.", dt.date(2026, 9, 1)),
        ("Nu even niet, volgend jaar misschien.", dt.date(2027, 1, 1)),
        ("Inte just nu, hör av dig i augusti.", dt.date(2026, 8, 1)),
        ("Not now, call again after April 15.", dt.date(2026, 4, 15)),
        ("Not at this time.", None),
    ],
)
def test_a_not_now_says_when_to_come_back(text: str, day: dt.date | None) -> None:
    """K3: come back on a date."""
    found = sense_of(text, TODAY)
    assert found.sense == "not_now"
    assert found.back_on == day


def test_an_opt_out_inside_a_long_text_is_left_to_a_person() -> None:
    """U7: stops, and asks a human when unsure."""
    text = "We had a long talk about the offer and I liked a lot of it. " * 4 + (
        "However my partner, who runs the office with me and has the last word, said to me that you should stop "
        "emailing us about it until the whole question of the building is settled one way or the other"
    )
    found = sense_of(text, TODAY)
    assert found.sense == "unsubscribe"
    assert not found.sure


def test_a_wish_not_to_be_given_up_is_no_opt_out() -> None:
    assert sense_of("Please don't unsubscribe me, I am interested.", TODAY).sense == "interested"


@pytest.mark.parametrize("word", ["not ", "in 3 ", "please ", "stop ", "interested ", "nicht ", "\u3000", "?", "ja, "])
def test_hostile_repetition_takes_no_time(word: str) -> None:
    """MAIL 2: linear on hostile text."""
    start = time.process_time()
    sense_of(word * 20_000, TODAY)
    assert time.process_time() - start < 1
