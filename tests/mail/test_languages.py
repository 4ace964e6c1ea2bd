"""Automatic answers in many languages that say so by subject and words alone; and ordinary mail that only sounds like them."""

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

AWAY = [
    ("Automaattinen vastaus: Tarjous", "Olen lomalla 12.8.2026 asti."),
    ("Odsutnost", "Nisam u uredu do 15.8.2026."),
    ("Ofis dışı: teklif", "15 Ağustos 2026 tarihine kadar ofis dışındayım."),
    ("자동 응답: 견적", "8월 15일까지 부재중입니다."),
    ("不在通知", "8月15日まで休暇をいただいております。"),
    ("自动回复: 报价", "我正在休假，8月15日回来。"),
    ("Abwesenheit: Angebot", "Ich bin bis zum 15.08.2026 nicht im Büro."),
    ("Absent du bureau", "Je suis absent jusqu'au 15 août 2026 inclus."),
    ("Risposta automatica: Offerta", "Sono fuori ufficio fino al 15 agosto 2026."),
    ("Afwezig: offerte", "Ik ben afwezig tot en met 15 augustus 2026."),
    ("Frånvaro: offert", "Jag är på semester till och med 15 augusti 2026."),
    ("Autosvar: tilbud", "Jeg har ferie til og med 15. august 2026."),
    ("Resposta automática: Proposta", "Estou fora do escritório até 15 de agosto de 2026."),
    ("Automatyczna odpowiedź: Oferta", "Jestem na urlopie do 15 sierpnia 2026 włącznie."),
    ("Автоответ: предложение", "Я в отпуске по 15 августа 2026 включительно."),
    ("Automatická odpověď: nabídka", "Jsem na dovolené do 15. srpna 2026."),
    ("Automatikus válasz: ajánlat", "Szabadságon vagyok 2026. augusztus 15-ig."),
    ("Răspuns automat: ofertă", "Sunt în concediu până pe 15 august 2026."),
    ("Αυτόματη απάντηση: προσφορά", "Απουσιάζω έως 15 Αυγούστου 2026."),
    ("Out of Office Re: quote", "I am out until Monday, August 17 and will reply then."),
    ("Respuesta automática: Oferta", "Estoy fuera de la oficina hasta el 15 de agosto de 2026."),
    ("Trả lời tự động: báo giá", "Tôi nghỉ phép đến ngày 15/8/2026."),
    ("תשובה אוטומטית: הצעה", "אני בחופשה עד 15/8/2026"),
    ("رد تلقائي: عرض", "أنا خارج المكتب حتى 15/8/2026"),
    ("ตอบกลับอัตโนมัติ: ใบเสนอราคา", "ลาพักร้อนถึง 15/8/2026"),
    ("Balasan Otomatis: penawaran", "Saya cuti sampai 15 Agustus 2026."),
    ("Автоматична відповідь: пропозиція", "Я у відпустці до 15 серпня 2026."),
    ("Automatische reactie: offerte", "Ik ben tot 15 augustus niet aanwezig."),
    ("Poissa: tarjous", "Olen poissa 15.8.2026 saakka."),
    ("Fraværende: tilbud", "Jeg er bortreist til 15. august 2026."),
]
ORDINARY = [
    ("Re: Angebot", "Ich bin ab Montag in Urlaub, können wir vorher sprechen?"),
    ("Re: your quote", "I am out of the office on Friday but free on Monday. Does 10 work?"),
    ("Re: Termin", "Automatisch geht das leider nicht, bitte rufen Sie mich an."),
    ("Ticket 4711", "We received your invoice and have a question about it."),
    ("Out of office furniture", "We need 20 chairs for our out of office meeting room."),
    ("Thank you for your message", "Thank you for your message. Can we talk on Tuesday?"),
    ("Urlaub", "Hallo, wir suchen ein Ferienhaus für unseren Urlaub."),
    ("Re: Ferie", "Vi er tilbake mandag, ring da."),
    ("Undelivered parcel", "My parcel was not delivered to 5 Main Street. Please check with bob@x.example."),
    ("Delivery failed", "Your courier did not show up yesterday, the delivery failed. Please reschedule."),
    ("Message from our board", "Please find attached."),
    ("Re: Auto: offer", "I am interested in the car."),
    ("Auto: Golf GTI", "Is the car still available?"),
    ("Absence of heating", "The heating has been out since Monday."),
    ("Reservierung bestätigen", "Bitte bestätigen Sie unsere Reservierung."),
    ("Vacation rental", "Looking for a vacation home in July for 4 people."),
    ("Ferie 2026", "Vi vil gerne booke et hus til sommerferien."),
    ("On holiday in Spain", "We will be on holiday in Spain and want to rent a car. How much is it?"),
    ("Nicht im Büro", "Bin heute nicht im Büro, rufen Sie mich mobil an?"),
    ("Semester", "När kan jag börja på kursen?"),
    ("Lomalla", "Haluaisimme varata mökin lomalla."),
    ("Ausência de resposta", "Ainda não recebi resposta, podem ligar-me?"),
    ("Automatic doors", "Do you sell automatic doors?"),
    ("Automatic reply feature", "Does your tool support automatic replies?"),
    ("Return to sender", "We want to return two items."),
    ("Mail server offer", "Do you host mail servers?"),
    ("Re: Mail delivery", "The mail delivery to our office in Rome was late, can you resend to info@x.example?"),
]


def classed(subject: str, words: str) -> str:
    raw = (
        "From: Jo <jo@lead.example>\nTo: rep@sender.example\nDate: Mon, 3 Aug 2026 10:00:00 +0200\n"
        f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
    )
    return classify(parse(raw.encode())).cls


@pytest.mark.parametrize(("subject", "words"), AWAY)
def test_an_absence_is_known_without_any_header(subject: str, words: str) -> None:
    """O1, O2: where the header is lost, the subject and what people say of themselves."""
    assert classed(subject, words) == "out_of_office"


@pytest.mark.parametrize(("subject", "words"), ORDINARY)
def test_ordinary_mail_is_never_called_automatic(subject: str, words: str) -> None:
    """MAIL 1.9: a holiday home, a parcel or a car that is asked for is a person's mail."""
    assert classed(subject, words) == "human"
