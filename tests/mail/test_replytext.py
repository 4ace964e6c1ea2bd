"""The writer's own words, for the clients and languages that people use (MAIL U7, 2)."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.mail.parse import parse
from outreach.mail.replytext import MAX_TEXT, reply_text
from outreach.mail.signature import split_signature

SAMPLES = Path(__file__).parents[1] / "samples"

ANSWER = "Yes please, call me.\n\nBob"
QUOTED = "\n> Hi Bob,\n> how are you\n"
UNMARKED = "\nHi Bob,\nhow are you today? We wanted to ask.\n\nAlice"
OUTLOOK = "{}: Alice <a@b.example>\n{}: Friday, March 6, 2026 10:00 AM\n{}: Bob <b@c.example>\n{}: Hi"
INTRODUCTIONS = [
    "On Fri, Mar 6, 2026 at 10:00 AM Alice <a@b.example> wrote:",
    "On Fri, Mar 6, 2026 at 10:00 AM Alice Long Name\n<alice.long@example.com> wrote:",
    "On 6 Mar 2026, at 10:00, Alice <a@b.example> wrote:",
    "Am 06.03.2026 um 10:00 schrieb Alice <a@b.example>:",
    "Am Fr., 6. März 2026 um 10:00 Uhr schrieb Alice\n<a@b.example>:",
    "Le ven. 6 mars 2026 à 10:00, Alice <a@b.example> a écrit :",
    "El vie, 6 mar 2026 a las 10:00, Alice (<a@b.example>) escribió:",
    "Il giorno ven 6 mar 2026 alle ore 10:00 Alice <a@b.example>\nha scritto:",
    "Op vr 6 mrt. 2026 om 10:00 schreef Alice <a@b.example>:",
    "Den fre 6 mars 2026 kl 10:00 skrev Alice <a@b.example>:",
    "Em sex., 6 de mar. de 2026 às 10:00, Alice <a@b.example>\nescreveu:",
    "W dniu 06.03.2026 o 10:00, Alice pisze:",
    "пт, 6 мар. 2026 г. в 10:00, Alice <a@b.example>:",
    "6 марта 2026 г., в 10:00, Alice <a@b.example> написал(а):",
    "Alice <a@b.example> 于2026年3月6日周五 10:00写道：",
    "2026年3月6日(金) 10:00 Alice <a@b.example>:",
    "2026/03/06 10:00、Alice <a@b.example>のメール：",
    "2026년 3월 6일 (금) 오전 10:00, Alice <a@b.example>님이 작성:",
    "pe 6. maalisk. 2026 klo 10.00 Alice (a@b.example) kirjoitti:",
    "6 Mar 2026 Cum tarihinde saat 10:00 şunu yazdı: Alice <a@b.example>:",
    "-----Original Message-----\nFrom: Alice",
    "-------- Ursprüngliche Nachricht --------",
    "---- On Fri, 06 Mar 2026 10:00:00 +0100 Alice <a@b.example> wrote ----",
    OUTLOOK.format("From", "Sent", "To", "Subject"),
    OUTLOOK.format("*From", "*Sent", "*To", "*Subject").replace(":", ":*"),
    "________________________________\n" + OUTLOOK.format("From", "Sent", "To", "Subject"),
    OUTLOOK.format("Von", "Gesendet", "An", "Betreff"),
    OUTLOOK.format("De ", "Envoyé ", "À ", "Objet "),
    OUTLOOK.format("De", "Enviado el", "Para", "Asunto"),
    OUTLOOK.format("Da", "Inviato", "A", "Oggetto"),
    OUTLOOK.format("Van", "Verzonden", "Aan", "Onderwerp"),
    OUTLOOK.format("Från", "Skickat", "Till", "Ämne"),
    OUTLOOK.format("Fra", "Sendt", "Til", "Emne"),
    OUTLOOK.format("Od", "Wysłano", "Do", "Temat"),
    OUTLOOK.format("От", "Отправлено", "Кому", "Тема"),
    OUTLOOK.format("发件人", "发送时间", "收件人", "主题"),
    OUTLOOK.format("差出人", "送信日時", "宛先", "件名"),
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("quotation", [QUOTED, UNMARKED], ids=["marked", "unmarked"])
def test_what_stands_behind_a_clients_introduction_is_cut(introduction: str, quotation: str) -> None:
    assert reply_text(f"{ANSWER}\n\n{introduction}\n{quotation}", "").text == ANSWER


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("On Fri, 6 Mar 2026, Al wrote:\n> one?\n\nYes\n\n> two?\n\nNo\n", "Yes\n\nNo"),
        ("> one?\nYes\n> two?\nNo", "Yes\nNo"),
        ("Thanks\n\n-- \nBob\nACME", "Thanks"),
        ("Thanks\n\nSent from my iPhone\n", "Thanks"),
        ("Danke\n\nVon meinem iPhone gesendet", "Danke"),
        ("Merci\n\nEnvoyé de mon iPhone", "Merci"),
        ("Thanks,\nBob\n\nBob Smith | Sales\nACME Ltd\nTel: +44 20 7946 0000\nwww.acme.example", "Thanks,\nBob"),
        ("Ok.\n\nThis e-mail is confidential and intended only for the addressee.", "Ok."),
    ],
)
def test_answers_between_the_lines_and_signatures_are_told_apart(text: str, own: str) -> None:
    assert reply_text(text, "").text == own


@pytest.mark.parametrize(
    "text",
    [
        "Hi,\nOn Monday at 10:00 I wrote to you: no answer.\nPlease call.",
        "From: my point of view this is fine.\nTo be sure, call me.",
        "Am Montag um 10 schrieb ich Ihnen schon einmal:\nkeine Antwort.",
        "I have two questions:\n- price?\n- date?\n\nOn 5 March we decided: yes.",
        "Best regards from Rome.\nCall me at +39 06 1234567.",
        "The subject: pricing.\n\nWe said in 2025:\nno more than 100.",
    ],
)
def test_no_sentence_of_the_writer_is_lost(text: str) -> None:
    assert reply_text(text, "").text == text


GMAIL = (
    '<div dir="ltr">{}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Fri, Mar 6 wrote:<br></div>'
    '<blockquote class="gmail_quote"><p>Hi Bob</p></blockquote></div>'
)
HTML = [
    GMAIL.format("Sure, call me."),
    '<div>Sure, call me.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> A</div><div>orig</div>',
    '<p>Sure, call me.</p><div style="border:none;border-top:solid #B5C4DF 1.0pt"><b>From:</b> A<br></div><p>orig</p>',
    '<p>Sure, call me.</p><div class="moz-cite-prefix">On 6/3/26 A wrote:</div><blockquote type="cite">orig</blockquote>',
    '<div>Sure, call me.</div><div class="yahoo_quoted"><div>On Friday A wrote:</div><div>orig</div></div>',
    '<div>Sure, call me.</div><div><div>On 6 Mar 2026, at 10:00, A wrote:</div><blockquote type="cite">o</blockquote></div>',
    "<div>Sure, call me.</div><div class='protonmail_quote'>On Friday A wrote:<blockquote>orig</blockquote></div>",
    "<div>Sure, call me.</div><div id='ms-outlook-mobile-signature'>Get Outlook for iOS</div><div "
    "id='mail-editor-reference-message-container'>o</div>",
]


@pytest.mark.parametrize("html", HTML)
def test_the_html_of_a_client_is_cut_where_it_marks_the_quotation(html: str) -> None:
    assert reply_text("", f"<html><head><style>p{{}}</style></head><body>{html}</body></html>").text == "Sure, call me."


def test_of_two_parts_the_one_that_shows_the_quotation_decides() -> None:
    """Outlook's plain part has no marks; the HTML has."""
    plain = "Sure, call me.\n\nHi Bob, how are you?\nAlice"
    html = '<div>Sure, call me.</div><div id="divRplyFwdMsg"></div><div>Hi Bob, how are you?<br>Alice</div>'
    assert reply_text(plain, html).text == "Sure, call me."


def test_lines_that_we_sent_are_dropped_wherever_they_stand() -> None:
    """What no library has: we know what we sent; wrapped or not."""
    sent = "Hello Bob,\n\nthank you for your request about the new kitchen. When may I call you?\n\nAlice"
    answer = "Tomorrow at ten.\n\nthank you for your request about the\nnew kitchen. When may I call you?"
    assert reply_text(answer, "", sent).text == "Tomorrow at ten."
    assert reply_text("Thank you.", "", "Thank you.").text == "Thank you."


def test_the_signature_is_kept_apart() -> None:
    assert split_signature("Yes.\n\n-- \nBob\nACME") == ("Yes.", "-- \nBob\nACME")
    assert reply_text("", '<div>Yes.</div><div class="gmail_signature">Bob<br>ACME</div>').signature == "Bob\nACME"


ATTRIBUTIONS = [
    "On Mon, Aug 3, 2026 at 10:00 AM Jo Smith <jo@s.example> wrote:",
    "Am Mo., 3. Aug. 2026 um 10:00 Uhr schrieb Jo Smith <jo@s.example>:",
    "Am 03.08.2026 um 10:00 schrieb Jo Smith:",
    "Le lun. 3 août 2026 à 10:00, Jo Smith <jo@s.example> a écrit :",
    "Le 03/08/2026 à 10:00, Jo Smith a écrit :",
    "El lun, 3 ago 2026 a las 10:00, Jo Smith (<jo@s.example>) escribió:",
    "El 3/8/26 a las 10:00, Jo Smith escribió:",
    "Il giorno lun 3 ago 2026 alle ore 10:00 Jo Smith <jo@s.example> ha scritto:",
    "Il 03/08/2026 10:00, Jo Smith ha scritto:",
    "Op ma 3 aug. 2026 om 10:00 schreef Jo Smith <jo@s.example>:",
    "Op 3 augustus 2026 om 10:00 schreef Jo Smith:",
    "Den mån 3 aug. 2026 kl 10:00 skrev Jo Smith <jo@s.example>:",
    "Den 2026-08-03 kl. 10:00, skrev Jo Smith:",
    "Den man. 3. aug. 2026 kl. 10.00 skrev Jo Smith <jo@s.example>:",
    "man. 3. aug. 2026 kl. 10:00 skrev Jo Smith <jo@s.example>:",
    "ma 3. elok. 2026 klo 10.00 Jo Smith (jo@s.example) kirjoitti:",
    "Em seg., 3 de ago. de 2026 às 10:00, Jo Smith <jo@s.example> escreveu:",
    "pon., 3 sie 2026 o 10:00 Jo Smith <jo@s.example> napisał(a):",
    "W dniu 3.08.2026 o 10:00, Jo Smith pisze:",
    "po 3. 8. 2026 v 10:00 odesílatel Jo Smith <jo@s.example> napsal:",
    "Dne 3. 8. 2026 v 10:00 Jo Smith napsal(a):",
    "po 3. 8. 2026 o 10:00 Jo Smith <jo@s.example> napísal(a):",
    "Jo Smith <jo@s.example> ezt írta (időpont: 2026. aug. 3., H, 10:00):",
    "2026. 08. 03. 10:00 keltezéssel, Jo Smith írta:",
    "În lun., 3 aug. 2026 la 10:00, Jo Smith <jo@s.example> a scris:",
    "пн, 3 авг. 2026 г. в 10:00, Jo Smith <jo@s.example>:",
    "03.08.2026 10:00, Jo Smith пишет:",
    "3 августа 2026 г., в 10:00, Jo Smith <jo@s.example> написал(а):",
    "пн, 3 серп. 2026 р. о 10:00 Jo Smith <jo@s.example> пише:",
    "На пн, 3.08.2026 г. в 10:00 Jo Smith <jo@s.example> написа:",
    "Jo Smith <jo@s.example>, 3 Ağu 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "Στις Δευ 3 Αυγ 2026 στις 10:00 ο χρήστης Jo Smith <jo@s.example> έγραψε:",
    "2026年8月3日(月) 10:00 Jo Smith <jo@s.example>:",
    "2026年8月3日(月) 10:00、Jo Smith <jo@s.example>のメール:",
    "Jo Smith <jo@s.example> 于2026年8月3日周一 10:00写道：",
    "在 2026年8月3日，10:00，Jo Smith <jo@s.example> 写道：",
    '在 2026-08-03 10:00:00，"Jo Smith" <jo@s.example> 写道：',
    "Jo Smith <jo@s.example> 於 2026年8月3日 週一 上午10:00寫道：",
    "2026년 8월 3일 (월) 오전 10:00, Jo Smith <jo@s.example>님이 작성:",
    "Vào Th 2, 3 thg 8, 2026 vào lúc 10:00 Jo Smith <jo@s.example> đã viết:",
    "Pada tanggal Sen, 3 Agu 2026 pukul 10.00 Jo Smith <jo@s.example> menulis:",
    "\u202bבתאריך יום ב׳, 3 באוג׳ 2026 ב-10:00 מאת \u202aJo Smith\u202c\u200f <\u202ajo@s.example\u202c\u200f>:\u202c",
    "في الاثنين، 3 أغسطس 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Jo Smith <jo@s.example>:",
    "pon, 3. kol 2026. u 10:00 Jo Smith <jo@s.example> napisao je:",
    "V V pon., 3. avg. 2026 ob 10:00 je oseba Jo Smith <jo@s.example> napisala:",
    "El dl., 3 d’ag. 2026, 10:00, Jo Smith <jo@s.example> va escriure:",
    "E, 3. august 2026 kell 10:00 Jo Smith (<jo@s.example>) kirjutas:",
    "pr, 2026-08-03 10:00 Jo Smith <jo@s.example> rašė:",
    "pirmd., 2026. g. 3. aug., plkst. 10:00 — lietotājs Jo Smith (<jo@s.example>) rakstīja:",
    "Jo Smith <jo@s.example> schrieb am Mo., 3. Aug. 2026, 10:00:",
    "Jo Smith <jo@s.example> wrote on Mon, 3 Aug 2026 10:00:",
    "Jo Smith schrieb am 03.08.26 um 10:00:",
    "On 3 Aug 2026, at 10:00, Jo Smith <jo@s.example> wrote:",
    "On Aug 3, 2026, 10:00 AM +0200, Jo Smith <jo@s.example>, wrote:",
    "On Monday, August 3rd, 2026 at 10:00 AM, Jo Smith <jo@s.example> wrote:",
    "W dniu pon., 3 sie 2026 o 10:00 Jo Smith <jo@s.example> napisał(a):",
    "El 3 ago 2026, a las 10:00, Jo Smith <jo@s.example> escribió:",
    "No dia 03/08/2026, às 10:00, Jo Smith <jo@s.example> escreveu:",
    "Às 10:00 de 03/08/2026, Jo Smith escreveu:",
    "Op 3 aug. 2026, om 10:00 heeft Jo Smith <jo@s.example> het volgende geschreven:",
    "3 augusti 2026 kl. 10:00 skrev Jo Smith <jo@s.example>:",
    "På 3 august 2026 på 10:00:00, Jo Smith (jo@s.example) skrev:",
    "Jo Smith <jo@s.example> kirjoitti 3.8.2026 kello 10.00:",
    "Jo Smith kirjoitti 3.8.2026 klo 10.00:",
    "3. 8. 2026 v 10:00, Jo Smith <jo@s.example>:",
    "2026. aug. 3. dátummal, 10:00 időpontban Jo Smith <jo@s.example> írta:",
    "3 серп. 2026 р. о 10:00 Jo Smith <jo@s.example> написав(-ла):",
    "Jo Smith <jo@s.example> şunları yazdı (3 Ağu 2026 10:00):",
    "Jo Smith, 03.08.2026 10:00 tarihinde yazdı:",
    "3 Αυγ 2026, 10:00, ο χρήστης «Jo Smith <jo@s.example>» έγραψε:",
    "2026. 8. 3. 오전 10:00, Jo Smith <jo@s.example> 작성:",
    "Jo Smith 이(가) 2026-08-03 오전 10:00에 쓴 글:",
    "ב-3 באוגוסט 2026, בשעה 10:00,\u200f Jo Smith <jo@s.example> כתב/ה:",
    "في ٣ أغسطس ٢٠٢٦، الساعة ١٠:٠٠ ص، كتب/كتبت Jo Smith <jo@s.example>:",
    "เมื่อวันที่ 3 ส.ค. 2569 เวลา 10:00 Jo Smith <jo@s.example> เขียนว่า:",
    "Jo Smith je napisao/la dana 3. 8. 2026. u 10:00:",
    "Am Montag, 3. August 2026 um 10:00:00 MESZ hat Jo Smith <jo@s.example> Folgendes geschrieben:",
    "Zitat von Jo Smith <jo@s.example>:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
@pytest.mark.parametrize("quoted", ["> Hello,\n> how are you?", "Hello,\nhow are you?"])
def test_what_mail_programs_write_above_a_quotation(line: str, quoted: str) -> None:
    """Of the usual programs in more than twenty languages, with the quotation marked or not."""
    assert reply_text(f"Yes please, call me.\n\n{line}\n\n{quoted}\n", "").text == "Yes please, call me."


HEADER_BLOCKS = [
    "Von|Gesendet|An|Betreff",
    "De |Envoyé |À |Objet ",
    "De|Enviado|Para|Asunto",
    "De|Enviada em|Para|Assunto",
    "Da|Inviato|A|Oggetto",
    "Van|Verzonden|Aan|Onderwerp",
    "Från|Skickat|Till|Ämne",
    "Fra|Sendt|Til|Emne",
    "Lähettäjä|Lähetetty|Vastaanottaja|Aihe",
    "Od|Wysłano|Do|Temat",
    "Od|Odesláno|Komu|Předmět",
    "Od|Odoslané|Komu|Predmet",
    "Feladó|Elküldve|Címzett|Tárgy",
    "De la|Trimis|Către|Subiect",
    "От|Отправлено|Кому|Тема",
    "Від|Надіслано|Кому|Тема",
    "Kimden|Gönderildi|Kime|Konu",
    "Από|Στάλθηκε|Προς|Θέμα",
    "差出人|送信日時|宛先|件名",
    "发件人|发送时间|收件人|主题",
    "寄件者|寄件日期|收件者|主旨",
    "보낸 사람|보낸 날짜|받는 사람|제목",
    "Từ|Đã gửi|Đến|Chủ đề",
    "Dari|Dikirim|Kepada|Subjek",
    "מאת|נשלח|אל|נושא",
    "من|تم الإرسال|إلى|الموضوع",
    "Od|Poslano|Za|Predmet",
    "From|Date|To|Subject",
    "Saatja|Saadetud|Saaja|Teema",
    "No|Nosūtīts|Kam|Tēma",
    "Nuo|Išsiųsta|Kam|Tema",
    "Von|Datum|An|Betreff",
    "De|Date|À|Objet",
    "Od|Odoslané|Komu|Predmet",
    "Saatja|Kuupäev|Saaja|Teema",
    "Nuo|Data|Kam|Tema",
    "差出人|日付|宛先|件名",
    "من|التاريخ|إلى|الموضوع",
    "*From*|*Sent*|*To*|*Subject*",
    "От|Дата|Кому|Тема",
    "Отправитель|Дата|Получатель|Тема",
]
SENT_FROM = [
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone’a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhone’umdan gönderildi",
    "iPhoneから送信",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Outlook für iOS beziehen",
    "Télécharger Outlook pour iOS",
    "Sent from Yahoo Mail on Android",
    "Gesendet mit der GMX Mail App",
    "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "Sent via BlackBerry from T-Mobile",
    "Inviato da Yahoo Mail su Android",
    "Obtener Outlook para Android",
    "Enviado do meu iPhone",
    "Sent from Mail for Windows 10",
    "Gesendet von Mail für Windows",
    "Envoyé à partir de Outlook pour Android",
    "Trimis de pe iPhone-ul meu",
    "Poslano z mojega iPhona",
    "Poslano s mog iPhonea",
    "Изпратено от моя iPhone",
    "Στάλθηκε από το iPhone μου",
    "Elküldve az iPhone-omról",
    "Sent from ProtonMail mobile",
    "Sent via Superhuman ( https://app.example/?vip=x )",
    "Sent from Nine<http://nine.example/>",
    "Sent from BlueMail",
    "Envoyé depuis l'application Mail Orange",
    "Provenance : Courrier pour Windows",
    "Mandato da Libero Mail per Android",
    "Sent on the go",
    "Typed on a tiny keyboard",
    "Please excuse brevity, sent from my phone",
    "-------- Sent from my phone. Please excuse my brevity.",
    "Diese E-Mail wurde von Avast auf Viren geprüft.",
    "Virenfrei.www.avast.example",
    "-- \nJo Smith\nCEO",
]


SAID_LAST = [
    "Sent via our website https://lead.example/form",
    "Sent by DHL https://dhl.example/track/55",
    "Excuse typos in the offer, we corrected them.",
    "Please excuse my late answer",
    "Sent with the contract",
    "Ce mail est un virus",
]


@pytest.mark.parametrize("line", SAID_LAST)
def test_what_only_sounds_like_a_phone_or_a_scanner_is_said(line: str) -> None:
    assert reply_text(f"Yes please, call me.\n\n{line}", "").text == f"Yes please, call me.\n\n{line}"


@pytest.mark.parametrize("labels", HEADER_BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_outlooks_block_of_headers_ends_the_answer(labels: str, rule: str) -> None:
    """In more than thirty languages."""
    sender, sent, to, subject = labels.split("|")
    block = (
        f"{rule}{sender}: Jo <jo@s.example>\n{sent}: 3. August 2026 10:00\n{to}: Bob <b@x.example>\n{subject}: Offer\n"
    )
    assert reply_text(f"Yes please, call me.\n\n{block}\nHello Bob,\nhow are you?\n", "").text == "Yes please, call me."


@pytest.mark.parametrize("line", SENT_FROM)
def test_what_phones_write_below_an_answer_is_no_word_of_it(line: str) -> None:
    assert reply_text(f"Yes please, call me.\n\n{line}\n", "").text == "Yes please, call me."


@pytest.mark.parametrize(
    "text",
    [
        'Hi,\nOn Monday at 10:00 I met Bob <bob@x.example> and he wrote:\n"we need it now".\nCan you help?',
        "Write to our office (info@x.example) by 10:00 on 4 May 2026 with these:\n1. plan\n2. price",
        "Please see:\nFrom: the station take bus 5\nTo: Main Street\nSubject to change.\nThanks, I will come at 10:00.",
        "Le 3 août je vous ai écrit. Avez-vous une réponse ?\nMerci",
        "My number: 0171 2345678\nMy mail: jo@x.example\nBest time: 10:00 to 12:00\nOr come by.",
        "Best\nwould be Tuesday.",
    ],
)
def test_no_sentence_is_lost_that_only_looks_like_a_quotations_head(text: str) -> None:
    assert reply_text(text, "").text == text


def test_details_that_somebody_writes_down_are_no_quotation() -> None:
    text = "Here is all you need:\n\nE-mail: jo@x.example\nArrival: 3.8.2026 14:00\nPersons: 2\nRoom: quiet\n\nIs that fine?"
    assert reply_text(text, "").text == text


SHAPES = [
    ("Works. On Wed, Apr 4, 2012 at 3:59 PM, rep@sender.example wrote:\n> Hi", "Works."),
    (
        "first line\nit fits - so far--- On Wed, Apr 4, 2012 at 3:59 PM, rep@s.example wrote:\n> Hi",
        "first line\nit fits - so far",
    ),
    ("Yes.\n\n---- On Wed, 24 Feb 2021 14:02:50 +0530 rep@s.example wrote ----\n\nShall we?", "Yes."),
    ("Yes.\n\n---- Jo Smith wrote ----\n\n> Shall we?\n> Jo", "Yes."),
    ("Yes.\n\nOn 11-Apr-2011, at 6:54 PM, Jo Smith <jo@s.example> sent:\n\n> Shall we?", "Yes."),
    ("Yes.\n2011/4/7 Jo Smith <jo@s.example>\n\n>  Shall we?", "Yes."),
    ("Yes.\n\nOn Tue, Apr 11, 2017 at 10:07 PM Jo Smith\n\n<\nmailto:jo@s.example\n> wrote:\nShall we?", "Yes."),
    ("Look.\n\nForwarded message:\nFrom: Jo <jo@s.example>\nTo: me@x.example\nSubject: Plan\n\nText", "Look."),
    ("Ja.\n\n-------- Origineel bericht --------\nOnderwerp: Plan\nVan: Jo <jo@s.example>\n\nTekst", "Ja."),
]


@pytest.mark.parametrize(("text", "own"), SHAPES)
def test_shapes_of_quotations_that_are_easily_missed(text: str, own: str) -> None:
    assert reply_text(text, "").text == own


def test_a_sentence_that_names_a_day_is_no_attribution() -> None:
    text = "I will call. On Monday 4 May I am in town, on Tuesday I have written to you.\nSee you then."
    assert reply_text(text, "").text == text


@pytest.mark.parametrize("lines", [1500, 5000])
def test_an_answer_below_a_quotation_of_any_length_is_read(lines: int) -> None:
    quoted = "> We are glad to offer you what you asked us for.\n" * lines
    assert (
        reply_text(f"On 3 Mar 2026, at 10:00, Bob wrote:\n{quoted}\nYes, Thursday works.\n", "").text
        == "Yes, Thursday works."
    )


HOSTILE = [
    "On On On ",
    "\n",
    "On 1 ",
    "On 1\n",
    "> ",
    "a@b.c ",
    "<a@",
    "From: a@b.c\n",
    "\t",
    "x",
    "- ",
    "de: 1@2\n\n",
    "wrote ",
    "<p>",
    "*" * 80 + "\n",
    "-" * 79 + " x\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_cut_in_no_time(piece: str) -> None:
    """MAIL 2: the libraries need 2 to 20 seconds for 8 to 32 KB of these."""
    start = time.process_time()
    reply_text(piece * (65536 // len(piece)), "")
    assert time.process_time() - start < 1.5


WORDS = [
    ("outlook-web-dutch", "Prima, belt u mij morgen om tien uur.\n\nMet vriendelijke groet,\nJo"),
    ("gmx-german-html", "Dienstag passt mir gut.\n\nViele Grüße\nJo"),
    ("thunderbird-bottom-italian", "Martedì alle dieci va bene.\n\nE mi mandi anche il listino, per favore."),
    ("apple-inline-swedish", "Svar nedan.\n\nJa, klockan tio.\n\nFyra."),
    ("samsung-portuguese", "Pode ligar amanhã de manhã."),
    ("k9-polish", "Proszę zadzwonić jutro o dziesiątej."),
    ("qq-chinese", "周二上午可以。"),
    ("seznam-czech", "Úterý nám vyhovuje, zavolejte prosím po desáté."),
    ("gmail-finnish-wrapped", "Tiistai sopii hyvin."),
    ("yandex-russian-unmarked", "Во вторник удобно, звоните после десяти."),
    ("outlook-hebrew", "יום שלישי מתאים לנו."),
    ("gmail-korean", "화요일 오전이 좋습니다."),
    ("answer-below-signature", "Tuesday is fine.\n\nWe are four, and one dog."),
    ("forwards-with-comment", "Please have a look at this: is that offer still valid?"),
    ("no-boundary", "Tuesday is fine, thank you."),
]


@pytest.mark.parametrize(("name", "own"), WORDS)
def test_of_whole_messages_the_writers_words_are_found(name: str, own: str) -> None:
    inbound = parse((SAMPLES / f"human-{name}.eml").read_bytes())
    assert reply_text(inbound.text, inbound.html).text == own


def test_an_answer_below_our_unmarked_letter_is_found_by_what_we_sent() -> None:
    inbound = parse((SAMPLES / "human-quotes-us-unmarked-below.eml").read_bytes())
    sent = (
        "Hello Jo,\n\nthank you for your request. When may I call you?\n\nAsa\nUnsubscribe: https://example.com/u/abc\n"
    )
    assert reply_text(inbound.text, inbound.html, sent).text == "Tomorrow at ten, please."


HEADS = [
    "Alice Meyer <a@b.example> wrote:",
    "a@b.example schrieb:",
    "Wiadomość napisana przez Alice Meyer <a@b.example> w dniu 17.01.2026, o godz. 11:09:",
    "Missatge de Alice Meyer <a@b.example> del dia dv., 6 de març 2026 a les\n10:00:",
    "Alice Meyer <a@b.example>, 6 Mar 2026 Cum, 10:00 tarihinde şunu\nyazdı:",
    "Alice Meyer <a@b.example> ezt írta (időpont: 2026. márc. 6., P,\n10:00):",
    "piektd., 2026. g. 6. marts, plkst. 10:00 — lietotājs Alice Meyer (<\na@b.example>) rakstīja:",
    "Þann fös., 6. mar. 2026 kl. 10:00 skrifaði Alice Meyer <a@b.example\n>:",
    '10:00, 6 March 2026, "Alice Meyer" <a@b.example>:',
    "- Le 2026-03-06 10:00, Alice Meyer a écrit :",
    '----- Mail original -----\nDe: "Alice" <a@b.example>\nEnvoyé: Vendredi 6 Mars 2026 10:00:00',
    "-----邮件原件-----\n发件人: Alice <a@b.example>",
    '--- Вихідне повідомлення ---\nВід кого: "Alice" <a@b.example>\nДата: 6 березня 2026, 10:00:00',
    "##- Please type your reply above this line -##",
    "From: a@b.example Sent: Friday, March 6, 2026 10:00 To: me Subject: Hi",
    "Subject: Hi\nFrom: a@b.example\nTo: bob@c.example\nDate: Fri, 6 Mar 2026 10:00:00 +0000",
    "Alice Meyer <a@b.example>\n06/03/26 10:00\n\nTo\nBob <b@c.example>\ncc\n\nSubject\nHi",
    "Alice Meyer <a@b.example> on 03/06/2026 10:00:00 AM\n\nTo: Bob/ACME@ACME\ncc:\nSubject: Hi",
    "From: wg@b.example [mailto:wg@b.example] On\nBehalf Of Alice\nSent: Friday, March 6, 2026 10:00 AM\nTo: x\nSubject: y",
    "发件人：Alice <a@b.example>\n发送时间：2026年3月6日(周五) 10:05\n收件人：Bob<b@c.example>\n主　题：报价",
]


@pytest.mark.parametrize("head", HEADS)
def test_rarer_heads_of_quotations_are_seen_too(head: str) -> None:
    assert reply_text(f"{ANSWER}\n\n{head}\n{UNMARKED}", "").text == ANSWER


BETWEEN = [
    (
        "> one?\nYes, one.\n> two, which is so long that the client had to break it into two lines of\nwhich the\n> mark\nNo.",
        "Yes, one.\nNo.",
    ),
    ("Alice> one?\n\nYes.\n\nAM> two?\n\nNo.", "Yes.\n\nNo."),
    ("Correct.\n    > deep one?\nYes.", "Correct.\nYes."),
    (
        "Look:\n\nBegin forwarded message:\n\n> From: a@b.example\n> text\n\nWhat do you think?",
        "Look:\n\nWhat do you think?",
    ),
    ("Yes.-------- Original message --------From: Al <a@b.example> Date: 3/4/26 10:00\nold", "Yes."),
    ("Fine.\n\nOn Fri, Mar 6, 2026 at 10:00 AM, Al<a@b.example> wrote: Does Tuesday suit you?", "Fine."),
    (
        "Gran Via 1, 28004 Madrid\n    On Wednesday, 4 March 2026, 14:46:52 CET, Al\n <a@b.example> wrote:\n\nold",
        "Gran Via 1, 28004 Madrid",
    ),
]


@pytest.mark.parametrize(("text", "own"), BETWEEN)
def test_answers_beside_and_between_quotations_are_kept(text: str, own: str) -> None:
    assert reply_text(text, "").text == own


@pytest.mark.parametrize(
    "text",
    [
        "From: Paris\nTo: Rome\nDate: 6 March 2026\nPassengers: 2\n\nHow much?",
        "De: Madrid\nA: Sevilla\nFecha: 6 de marzo de 2026 a las 10:00\nPersonas: 4",
        "On 6 March 2026 at 10:00 your colleague Alice said:\nyou can deliver within a week. Is that so?",
        "Am 6. März 2026 um 10:00 Uhr schrieb mir Ihre Kollegin (meyer@sender.example):\nwir bekommen Rabatt. Stimmt das?",
        "As your colleague wrote on 3 March 2026:\n\nwe get a rebate of ten per cent.",
        "Please send it on 6 March 2026 to Jo Smith (jo@x.example):\n\nthe plan.",
        "Wir haben am 3. März 2026 um 10:00 mit Frau Meier <m@s.example> gesprochen:\n\nsie meinte, das geht.",
        "We could do one of these:\n\n6 March 2026, 10:00:\nmy office\n\n7 March 2026, 14:00:\nyours",
        "Thanks,\nBob\nprice: 500\nrooms: 3",
        "The original message said something else.\n-- Original message\nwas what I meant.",
        "Please note:\n\n| a | b |\n| 1 | 2 |",
        "Buy now >>> http://www.lead.example <<<\nor call.",
        "-- Antwort auf Frage 1: ja\n-- Antwort auf Frage 2: nein",
    ],
)
def test_what_only_resembles_a_quotation_stays(text: str) -> None:
    assert reply_text(text, "").text == text


def test_below_a_block_of_headers_on_top_everything_stays() -> None:
    """Nobody can tell whose words follow."""
    block = OUTLOOK.format("Von", "Gesendet", "An", "Betreff")
    assert reply_text(f"{block}\n\nIch möchte das nicht.", "").text == "Ich möchte das nicht."


def test_html_whose_reply_stands_in_a_section_of_its_own() -> None:
    html = '<div name="messageBodySection"><p>Yes.</p></div><div name="messageReplySection"><p>Old.</p></div>'
    assert reply_text("", html).text == "Yes."
    assert reply_text("", '<div name="messageReplySection"><p>Yes.</p></div>').text == "Yes."


PIECES = st.sampled_from(
    ["On ", "Am 6.3.2026 ", "Alice ", "<a@b.example> ", "wrote:", "schrieb ", "\n", "\n\n", "> ", ">> ", "-- \n", "--", "From: ",
     "Sent: ", "To: ", "Subject: ", "-----Original Message-----\n", "Sent from my iPhone\n", "Regards\n", "Bob\n", "+49 30 1234\n",
     "<div class='gmail_quote'>", "<blockquote>", "</blockquote>", "<p>", "<br>", "\ufdd0", "\u200b", "\x00", "\x0c", "é",
     "你好。", "____\n"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=20).map("".join),
)
def test_whatever_comes_the_words_are_lines_of_it(text: str, html: str, sent: str) -> None:
    """Never an error, never more than the cap, and without HTML no word that was not sent to us."""
    both = reply_text(text, html, sent)
    assert max(map(len, (both.text, both.quoted, both.signature))) <= 3 * MAX_TEXT
    assert "\ufdd0" not in both.text
    came = " ".join(text.replace("\ufdd0", "").replace("\u200b", "").split())
    for line in reply_text(text, "", sent).text.split("\n"):
        assert " ".join(line.split()) in came


SPREAD = [
    "Yes.\n" + " " * 60000 + "b",
    "a\r" * 32000,
    "Thanks,\nBob\n" * 6000,
    "sent from my a " * 4000,
    "Yes\n" + "-" * 64000,
]


@pytest.mark.parametrize("text", SPREAD, ids=["blanks", "returns", "closings", "phones", "rule"])
def test_hostile_shapes_of_whole_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    reply_text(text, f"<p>{text}", text)
    assert time.process_time() - start < 1.5


ORDERS = [
    "{0}: Jo Smith\n{1}: 3.8.2026 10:00\n{2}: Bob\n{3}: Offer",
    "{0}: Jo [mailto:jo@s.example]\n{1}: 3.8.2026 10:00\n{2}: Bob <b@x.example>; Carl\n<c@x.example>\n{3}: Offer",
    "{0}: Jo <jo@s.example>\n\n{1}: 3.8.2026 10:00\n\n{2}: Bob <b@x.example>\n\n{3}: Offer",
    "{1}: 3.8.2026 10:00\n{0}: Jo <jo@s.example>\n{2}: Bob <b@x.example>\n{3}: Offer",
    "{3}: Offer\n{1}: 3.8.2026 10:00\n{0}: Jo <jo@s.example>\n{2}: Bob <b@x.example>",
    "{0}\uff1aJo <jo@s.example>\n{1}\uff1a3.8.2026 10:00\n{2}\uff1aBob\n{3}\uff1aOffer",
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "labels", [labels for labels in HEADER_BLOCKS if "*" not in labels and not labels.startswith("No|")]
)
def test_a_block_of_headers_is_seen_in_every_order_and_spacing(labels: str, order: str) -> None:
    block = order.format(*(label.strip() for label in labels.split("|")))
    assert (
        reply_text(f"Yes please, call me.\n\n{block}\n\nHello Bob,\nhow are you?\n", "").text == "Yes please, call me."
    )


def test_a_plain_part_without_line_ends_yields_to_the_html() -> None:
    html = "<div>Thanks for the help.</div><div>Here are details.</div><div>Regards</div><div>Jo</div>"
    assert reply_text("Thanks for the help.Here are details.RegardsJo", html).text == (
        "Thanks for the help.\nHere are details.\nRegards\nJo"
    )
