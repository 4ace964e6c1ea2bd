"""Automatic mail is told from ordinary mail, also where no header helps (RULES O1, O2; MAIL 1.9)."""

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

JO = "Jo <jo@lead.example.net>"
ORDINARY = [
    ("Re: Your request", "I'm out of the office today, let's talk tomorrow."),
    ("Holiday plans", "We go on vacation in July. Are you free in August?"),
    ("Re: Automatic reply: Your request", "Welcome back! Shall we talk now?"),
    ("Auto insurance quote", "Please send me a quote for my auto insurance."),
    ("Automatic door repair", "The automatic door is broken, can you come?"),
    ("Urlaub im August", "Hallo, wir möchten ein Zimmer buchen."),
    ("Vacation rental inquiry", "Is your house free in May?"),
    ("Thank you for your message", "I read it, and yes, I would like to meet."),
    ("Delivery problem with my order", "My parcel was not delivered and the tracking failed. What now?"),
    ("Failed delivery", "The sofa was returned, what shall we do? Mail me at jo@lead.example.net"),
    ("Ticket #4711", "Here is the info about the ticket you asked for."),
    ("Question about your automatic response feature", "How does the autoresponder work?"),
    ("Re: failure notice", "I got this message, do you know why?"),
    ("Request", "Our ticket number 12345 is still open. Thanks for contacting me."),
    ("Absence of documents", "Two documents are missing."),
    ("Re: Undelivered Mail Returned to Sender", "See below, your address is wrong."),
    (
        "unsubscribe from list",
        "Hi, how do I unsubscribe my colleague from your list? He has left the company and I "
        "want to make sure that you know, because he was the person in charge of this and many "
        "other things, so please tell me how to do it, since I'm not sure about all of this, "
        "thanks a lot in advance.",
    ),
    ("Ferienwohnung", "Ist die Wohnung frei?"),
    ("Contract", "I am no longer with ACME but at Beta now; let's continue there."),
    ("Reisebericht", "Ich war auf Dienstreise, jetzt wieder da."),
]
AUTOMATIC = [
    ("out_of_office", "Out of Office: Your request", "I'm away until Monday.", "", JO),
    ("out_of_office", "Out of Office AutoReply: Your request", "I will be back next week.", "", JO),
    ("out_of_office", "AutoReply: Your request", "I am on leave.", "", JO),
    ("out_of_office", "Abwesenheitsnotiz: Your request", "Ich bin ab 16.3. wieder da.", "", JO),
    ("out_of_office", "Abwesend: Your request", "Ich bin im Urlaub.", "", JO),
    ("out_of_office", "Urlaub bis 16.3.", "Ich bin im Urlaub und ab dem 16.3. wieder erreichbar.", "", JO),
    ("out_of_office", "Absence du bureau", "Je suis en congés jusqu'au 16 mars.", "", JO),
    ("out_of_office", "Absent du 9 au 13 mars", "Je suis absente.", "", JO),
    ("out_of_office", "Fuera de la oficina Re: Your request", "Estoy de vacaciones.", "", JO),
    ("out_of_office", "Afwezig: Your request", "Ik ben met vakantie.", "", JO),
    ("out_of_office", "Poissa: Your request", "Olen lomalla 16.3. asti.", "", JO),
    ("out_of_office", "Fraværende: Your request", "Jeg er på ferie.", "", JO),
    ("out_of_office", "Házon kívül: Your request", "Szabadságon vagyok.", "", JO),
    ("out_of_office", "Re: Your request", "I am on vacation.", "Return-Path: <>\n", JO),
    ("out_of_office", "Your request", "I am currently out of the office.", "Precedence: bulk\n", JO),
    ("out_of_office", "Re: Your request", "Ik ben met verlof.", "X-Autorespond: Your request\n", JO),
    ("out_of_office", "Re: Your request", "I'm out.", "Auto-Submitted: auto-replied (vacation)\n", JO),
    ("out_of_office", "자동 응답: Your request", "부재중입니다.", "", JO),
    ("out_of_office", "Ofis Dışında: Your request", "16 Mart'a kadar izindeyim.", "", JO),
    (
        "acknowledgement",
        "Re: Your request",
        "We have received your email and will respond shortly.",
        "Auto-Submitted: auto-replied\n",
        "support@x.org",
    ),
    ("acknowledgement", "Auto: thank you", "We got your message. Thank you for contacting us.", "", "info@x.org"),
    (
        "acknowledgement",
        "Ihre Anfrage [Ticket#2026030612345]",
        "Vielen Dank für Ihre Anfrage. Ihre Anfrage wurde unter der Nummer 123 registriert. Dies ist eine "
        "automatisch generierte Nachricht.",
        "",
        "support@x.org",
    ),
    (
        "acknowledgement",
        "Accusé de réception",
        "Nous avons bien reçu votre message. Merci de ne pas répondre à ce message automatique.",
        "",
        "contact@x.org",
    ),
    (
        "acknowledgement",
        "[#ABC-123] We received your request",
        "Your request (123) has been received and is being reviewed by our support staff. ##- Please type your reply "
        "above this line -##",
        "",
        "Support <support@x.zendesk.com>",
    ),
    ("left_company", "Re: Your request", "Jo is no longer employed by Lead Ltd.", "Auto-Submitted: auto-replied\n", JO),
    (
        "left_company",
        "Automatic reply: x",
        "Thank you for your email. I have left Lead Ltd. For enquiries contact Max.",
        "",
        JO,
    ),
    ("left_company", "Automatische Antwort: x", "Herr Jo ist nicht mehr in unserem Hause tätig.", "", JO),
    (
        "left_company",
        "Risposta automatica: x",
        "Jo non lavora più presso la nostra azienda. Contattare max@lead.example.net",
        "",
        JO,
    ),
    ("left_company", "Automatisch antwoord: x", "Ik ben niet meer werkzaam bij Lead BV.", "", JO),
    ("left_company", "Autosvar: x", "Jag har slutat på Lead AB.", "", JO),
    ("left_company", "Resposta automática: x", "Jo não faz mais parte da empresa.", "", JO),
    (
        "left_company",
        "Automatic reply: x",
        "This mailbox is no longer monitored. Please contact sales@lead.example.net",
        "",
        JO,
    ),
    (
        "out_of_office",
        "Automatic reply: x",
        "Thank you for your message. I'm on parental leave until September. Please contact my colleague Max.",
        "",
        JO,
    ),
    (
        "challenge",
        "Please confirm your message",
        "Your message is on hold until you verify that you are a human. Click the link to have your message delivered.",
        "",
        JO,
    ),
    ("unsubscribe", "unsubscribe", "", "", JO),
    ("unsubscribe", "Abmelden", "Bitte abmelden", "", JO),
]


def found(subject: str, body: str, headers: str = "", sender: str = JO) -> tuple[str, str]:
    raw = (
        f"From: {sender}\nTo: asa@example.com\nSubject: {subject}\n{headers}Date: Fri, 06 Mar 2026 09:05:00 "
        f"+0000\n\n{body}"
    )
    verdict = classify(parse(raw.encode()))
    return verdict.cls, verdict.evidence


@pytest.mark.parametrize(("subject", "body"), ORDINARY)
def test_ordinary_mail_is_never_called_automatic(subject: str, body: str) -> None:
    """RULES O3: words of absence or of failure in a person's letter make nothing of it."""
    cls, evidence = found(subject, body)
    assert cls == "human", evidence


@pytest.mark.parametrize(("cls", "subject", "body", "headers", "sender"), AUTOMATIC)
def test_automatic_mail_is_recognised_in_its_language(
    cls: str, subject: str, body: str, headers: str, sender: str
) -> None:
    """RULES O1, O2, MAIL L1: headers first, then subjects that words back up."""
    assert found(subject, body, headers, sender)[0] == cls
