"""Absences as six families of servers write them, in twenty-two languages: the class, and the day back (RULES O1, O2, O3)."""

import datetime as dt

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

# What a server calls it | what a person writes as a subject | what a person writes, back on Monday 16 March 2026
LANGUAGES = {
    "en": ("Automatic reply", "Out of office", "I am out of the office and will be back on 16 March."),
    "de": ("Automatische Antwort", "Abwesenheitsnotiz", "Ich bin derzeit nicht im Büro und ab dem 16.03.2026 wieder für Sie da."),
    "fr": ("Réponse automatique", "Absence du bureau", "Je suis absente et serai de retour le 16 mars."),
    "es": ("Respuesta automática", "Fuera de la oficina", "Estoy de vacaciones y regreso el 16 de marzo."),
    "it": ("Risposta automatica", "Fuori ufficio", "Sono in ferie, rientrerò il 16 marzo 2026."),
    "nl": ("Automatisch antwoord", "Afwezig", "Ik ben met vakantie en op 16 maart weer op kantoor."),
    "sv": ("Autosvar", "Frånvarande", "Jag har semester och är tillbaka den 16 mars."),
    "da": ("Automatisk svar", "Ikke på kontoret", "Jeg holder ferie og er tilbage den 16. marts 2026."),
    "nb": ("Automatisk svar", "Fravær", "Jeg er på ferie og er tilbake 16. mars."),
    "fi": ("Automaattinen vastaus", "Poissa", "Olen lomalla ja palaan töihin 16.3.2026."),
    "pt": ("Resposta automática", "Ausência temporária", "Estou de férias e regresso no dia 16 de março."),
    "pl": ("Automatyczna odpowiedź", "Nieobecność", "Jestem na urlopie, wracam 16 marca 2026."),
    "cs": ("Automatická odpověď", "Nepřítomnost", "Jsem na dovolené, vrátím se 16. března 2026."),
    "hu": ("Automatikus válasz", "Házon kívül", "Szabadságon vagyok, 2026. március 16-án térek vissza."),
    "ro": ("Răspuns automat", "Absență", "Sunt în concediu și revin la birou pe 16 martie."),
    "ru": ("Автоматический ответ", "В отпуске", "Я в отпуске, вернусь 16 марта."),
    "uk": ("Автоматична відповідь", "Відсутність на роботі", "Я у відпустці, повернусь 16 березня."),
    "tr": ("Otomatik yanıt", "Ofis dışında", "İzindeyim, 16 Mart tarihinde döneceğim."),
    "el": ("Αυτόματη απάντηση", "Εκτός γραφείου", "Είμαι σε άδεια και επιστρέφω στις 16 Μαρτίου."),
    "ja": ("自動返信", "不在通知", "休暇をいただいております。3月16日より出社いたします。"),
    "zh": ("自动回复", "不在办公室", "我正在休假，将于3月16日返回办公室。"),
    "ko": ("자동 회신", "부재중 안내", "휴가 중이며 3월 16일부터 근무합니다."),
}  # fmt: skip
THREAD = "In-Reply-To: <s1.abc@post.example.com>\nReferences: <s1.abc@post.example.com>\n"
# Subject (server's word, person's word, ours) and headers; the last ones carry nothing that says "automatic".
FAMILIES = {
    "Exchange": ("{server}: {ours}", THREAD + "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"),
    "Gmail": ("{person} Re: {ours}", THREAD + "X-Autoreply: yes\nPrecedence: bulk\nAuto-Submitted: auto-replied\n"),
    "Sieve": ("Auto: {ours}", THREAD + "X-Sieve: Pigeonhole Sieve\nAuto-Submitted: auto-replied (vacation)\n"),
    "a provider with an empty sender": ("Re: {ours}", "Return-Path: <>\nPrecedence: bulk\n"),
    "Exchange behind a gateway that strips headers": ("{server}: {ours}", THREAD),
    "a server that only names the absence": ("{person}", ""),
}


def letter(subject: str, headers: str, words: str) -> bytes:
    return (
        f"{headers}From: Jo <jo@lead.example.net>\nTo: rep@post.example.com\nDate: Fri, 6 Mar 2026 10:00:00 +0100\n"
        f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n\nJo\n"
    ).encode()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_absence_is_known_from_each_server_in_each_language(family: str, language: str) -> None:
    """O1, O2; and O3 wherever the sentence names the day."""
    server, person, words = LANGUAGES[language]
    pattern, headers = FAMILIES[family]
    raw = letter(pattern.format(server=server, person=person, ours="Your roof"), headers, words)
    found = classify(parse(raw))
    assert (found.cls, found.return_date) == ("out_of_office", dt.date(2026, 3, 16))
