"""What stands below somebody's words goes apart; whoever writes on below it keeps every sentence (MAIL U7, 2)."""

import pytest

from outreach.mail.signature import GAP, split_signature

APART = [
    ("Yes.\n\n-- \nJo Lead\nLead Ltd", "Yes."),
    ("Yes.\n--\nJo Lead\nSales", "Yes."),
    ("Yes.\n\nSent from my iPhone, please excuse any typos.", "Yes."),
    ("Sí.\n\nEnviado desde mi Samsung Mobile de Claro", "Sí."),
    ("Oui.\n\nEnvoyé à partir d'Outlook pour iOS", "Oui."),
    ("Igen.\n\nAz iPhone-omról küldve", "Igen."),
    ("Ja.\n\nSkaffa Outlook för iOS<https://aka.ms/o0ukef>", "Ja."),
    ("Yes.\n\nSent from Mail<https://go.example/fwlink/?LinkId=550123> for Windows 10", "Yes."),
    ("Yes.\n\nSent from my HTC smartphone on the Now Network from Sprint!", "Yes."),
    ("Yes.\n\nYahoo Mail: Search, Organize, Conquer", "Yes."),
    ("Gesendet mit iPhone\n\nJa, gerne.", "Ja, gerne."),
    ("Yes.\n\nCheers\nJo\n\n—————\nJo Lead\nProduct Manager\n+1 555 0123", "Yes.\n\nCheers\nJo"),
    ("Thanks,\n___________________\nJO LEAD\nMarkets - Data\nDirect: (+00)00-000", "Thanks,"),
    ("Yes.\n\nKind regards\nJo\n0171 2345678", "Yes.\n\nKind regards\nJo"),
    ("See below.\n\nJo Lead\nGraphic Designer\nTel: +44 20 123\njo@lead.example\nwww.lead.example", "See below."),
    ("Yes.\n\n_______________\nusers mailing list\nusers@lists.example\nhttp://lists.example/users", "Yes."),
    ("Yes.\n\n<https://www.avast.com/sig-email?x=1>\nVirus-free.\nwww.avast.com", "Yes."),
    ("Yes.\n\nDisclaimer\n\nThis message is confidential.\n\nEvery use by others is unauthorised.", "Yes."),
    ("Zwei.\n\nDiese Information ist ausschließlich für den Adressaten bestimmt.", "Zwei."),
    ("Tak.\n\nNiniejsza wiadomość ma charakter poufny i jest przeznaczona wyłącznie dla adresata.", "Tak."),
    ("Igen.\n\nEz az üzenet bizalmas, és kizárólag a címzettnek szól; ha tévedésből kapta, kérjük törölje.", "Igen."),
    ("Да.\n\nДанное сообщение конфиденциально и предназначено только адресату. Иначе удалите его.", "Да."),
    ("Yes.\n\nThis email is confidential.\n\nLead LLP is authorised and regulated by the Board of Leads.", "Yes."),
    (
        "Sí.\n\nEste mensaje es confidencial y para su destinatario.\n\nDe acuerdo con la ley, le comunicamos que sus datos personales "
        "forman parte de un fichero cuyo responsable es Lead, S.A.; puede ejercer su derecho de rectificación.",
        "Sí.",
    ),
    ("Sure.\n\n[4XQ7ML-0PQR5]", "Sure."),
    ("Sure.\n\nref:_00D20Kabc._500Ndef:ref", "Sure."),
    ("Yes.\n\nSent from Mail.Lead app for iOS", "Yes."),
    ("CAUTION: This email originated from outside of the organization.\n\nYes.", "Yes."),
    ("Akkoord.\n\nGroet\nJo Lead\n\nLead BV\n\nBTW nr.: NL123\n\nT : 0487 - 58 03 87", "Akkoord.\n\nGroet\nJo Lead"),
    (
        "Yes.\n\nRegards\nJo Lead\nLead Ltd\nTel: +44 20 1\n\nPS: bring samples.",
        "Yes.\n\nRegards\nJo Lead\n\nPS: bring samples.",
    ),
]


ON_TOP = [
    "CAUTION: This email originated from outside of the organization. Do not click links unless you know the sender.",
    "[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you recognize the sender.",
    "External email: Use caution opening links or attachments",
    "[EXT]",
    "This message came from outside of Lead Ltd. Be careful with links. Report suspicious mail by the button.",
    "You don't often get email from jo@lead.example. Learn why this is important",
    "Sie erhalten nicht häufig E-Mails von jo@lead.example. Erfahren Sie, warum dies wichtig ist",
    "ACHTUNG: Diese E-Mail kommt von außerhalb. Klicken Sie nicht auf Links, öffnen Sie keine Anhänge.",
    "Attention : ce courriel provient de l'extérieur.",
    "Non ricevi spesso e-mail da jo@lead.example. Scopri perché è importante",
    "Внимание! Данное письмо отправлено внешним адресатом. Будьте осторожны!",
    "Ez az első levél tőle. Miért fontos ez <https://aka.ms/LearnAboutSenderIdentification>",
    "Classification: Internal Use",
    "[Lead Official Use Only - General]",
    "OFFICIAL: Sensitive",
    "*********\n\nWARNING: This email originated outside of the Lead network.\n\nDO NOT CLICK links unless you trust the sender.\n\n"
    "If you think an email is phishing, forward it to the help desk.\n\n*********",
]
NO_BANNER = [
    "Attention Alice, the external walls need paint.",
    "Warning: your link is broken.",
    "External walls too, please.",
    "Internal or external, we need both.",
    "This message is for your boss.",
    "Please don't send attachments, we have a portal.",
    "Internal",
    "You don't often write, but when you do it helps.",
]


@pytest.mark.parametrize("banner", ON_TOP)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_what_a_gateway_puts_on_top_is_no_word_of_the_writer(banner: str, gap: str) -> None:
    assert split_signature(f"{banner}{gap}Yes, call me. Do not wait.\n\nJo")[0] == "Yes, call me. Do not wait.\n\nJo"


def test_a_gateways_warning_on_the_writers_own_line_takes_nothing_with_it() -> None:
    banner = "CAUTION: This email is from an external sender. Do not click links."
    assert split_signature(f"{banner} Yes, call me.")[0] == "Yes, call me."


@pytest.mark.parametrize("words", NO_BANNER)
def test_what_only_begins_like_a_warning_is_said(words: str) -> None:
    assert split_signature(f"{words}\n\nWe meet on Friday.\n\nJo")[0] == f"{words}\n\nWe meet on Friday.\n\nJo"


PHONES = [
    "Sent from Nine",
    "Sent with Shortwave",
    "Sent from Lead Suite Boxer",
    "Get BlueMail for Android",
    "Dictated, not read. Sent from my iPad",
    "On the move - please excuse brevity",
    "Outlook für iOS abrufen",
    "Outlook for iOS を入手",
    "Samsung cihazımdan gönderildi",
    "發自我的 iPhone",
    "Verzonden met mijn gsm vanuit Lead Mail",
    "-- Inviato da Lead Mail",
    "Typed with thumbs on a small screen.",
    "Kurz und knapp von unterwegs gesendet",
    "Android용 Outlook 다운로드",
    "iOS için Outlook'u edinin",
]
NOTICES = [
    "Save a tree. Print this only when you must.",
    "Prima di stampare, pensa all'ambiente.",
    "Zanim wydrukujesz, pomyśl o środowisku.",
    "© 2026 Lead Ltd. All rights reserved.",
    "Privileged & Confidential. Attorney work product.",
    "Nothing in this email shall be construed as a contract with Lead Ltd.",
    "This communication does not constitute an offer.",
    "If you are not the intended recipient, please delete this message.",
    "Si vous n'êtes pas le destinataire de ce message, merci de le détruire.",
    "이 메일은 지정된 수취인만을 위한 것으로 기밀 정보가 포함되어 있을 수 있으니 삭제하여 주시기 바랍니다.",
    "Bu e-posta gizli bilgiler içerir ve yalnızca gönderildiği kişi içindir.",
    "Lead GmbH, Sitz der Gesellschaft: Köln, Registergericht Köln HRB 1234, Geschäftsführer: Jo Lead",
    "Unsere Datenschutzhinweise finden Sie unter https://lead.example/datenschutz",
    "Lead Ltd will never ask you for your bank details by email.",
    "I work flexibly, so please do not feel that you have to reply outside your own hours.",
    "My working hours may not be your working hours.",
    "Book time to meet with me",
    "---------- DISCLAIMER ----------\n\nDit bericht is vertrouwelijk.\n\nP  save a tree....don't print this mail unless you need to",
    "De informatie in deze e-mail is uitsluitend bestemd voor de geadresseerde; informeer anders de afzender.",
    "This email originated from outside of the organization. Do not click links unless you know the sender.",
    "Pensate all’ambiente prima di stampare questa mail.",
    "Denne e-posten kan inneholde konfidensiell informasjon. Hvis du har mottatt den ved en feil, vennligst slett den.",
    "The information in this email may be subject to disclosure under the Freedom of Information Act.",
    "____________\nMicrosoft Teams meeting\nClick here to join<https://teams.example/l/meetup-join/19>\nMeeting ID: 1\n____________",
    "---\nReply to this email directly or view it on GitHub:\nhttps://github.example/lead/1",
]


@pytest.mark.parametrize("below", [*PHONES, *NOTICES])
@pytest.mark.parametrize("end", ["", "\n\nKind regards,\nJo Lead"])
def test_what_apps_lawyers_and_firms_put_below_a_letter_goes_apart(below: str, end: str) -> None:
    words = f"Thursday at three works for me.{end}"
    assert split_signature(f"{words}\n\n{below}") == (words, below)


@pytest.mark.parametrize(("text", "words"), APART)
def test_what_is_no_word_of_the_writer_goes_apart(text: str, words: str) -> None:
    own, signature = split_signature(text)
    assert own == words
    assert signature or text.startswith("CAUTION")


STAYS = [
    "First, the price is fine.\n\n--\n\nSecond, we need it in March. Can you deliver by then?\n\nBob",
    "Hello\n--\nwe also need these things for the project:\n- one\n- two\nThanks for the help with that.",
    "Part one is done.\n____\nPart two is what I wanted to ask about: how long does it take?",
    "The notice was sent from my iPhone app to all.\n\nThis email was sent from our system.\n\nIt works.",
    "Here it is.\n\nSent from my desk, which is much easier than my mobile phone.",
    "Sent with the parcel service yesterday: two boxes.\nPlease confirm.",
    "Enviado por correo ayer el contrato firmado.\nPor favor confirme.",
    "Thanks,\n\nplease call me at +49 171 2345678 tomorrow, or write to jo@x.example.\nI am at home from ten.",
    "Thank you!\n\nMy address:\nJo Smith\nMain Street 5\n12345 Berlin\njo@x.example\n+49 30 1234567",
    "Offer please for:\n-----------------\n10 chairs\n5 tables\n-----------------\nThanks, Jo",
    "Please consider the environment in your offer.\n\nHow much is it for all the twenty rooms?",
    "Best wishes,\n\nTom\n\nBut what happens if I keep typing here? Will it be cut off?\n\nIt must not.",
    "Yes.\n\nYours sincerely\n\nJo Lead\n\nPlease note that my address has changed to jo@lead.example",
    "Prices\n------\nwww.lead.example\n10 chairs",
    "- \nFirst item.\n*\nSecond item.",
    "Zwei.\n\nDiese Information ist für uns neu. Wir prüfen das.",
    "Hello,\n\nI work flexibly so Thursday or Friday is fine.",
    "Hello,\n\nMy working hours may not suit you, so call me.",
    "Hello,\n\nNothing in this email made sense to us.",
    "Hello,\n\nFraud prevention is what we do, so we need it soon.",
    "Hello,\n\nWe will never ask for a discount again.",
    "Hello,\n\nReply to this email directly or call me.",
    "Hello,\n\nVAT No: GB123 456 78, Company No: 0456789\n\nThanks, Jo",
    "Hello,\n\nInternal\n\nThanks, Jo",
    "Hello,\n\nOur company is registered in England.",
    "Hello,\n\nSave paper and send a PDF.",
]


@pytest.mark.parametrize("text", STAYS)
def test_no_sentence_is_taken_for_a_signature(text: str) -> None:
    assert split_signature(text) == (text, "")


def test_an_answer_below_the_quotation_is_no_part_of_the_signature_above_it() -> None:
    text = f"Yes.\n\n-- \nBob\n\n{GAP}\n\nWe are four."
    assert split_signature(text) == ("Yes.\n\nWe are four.", "-- \nBob")


def test_the_numbered_links_of_a_quotation_below_it_are_no_words() -> None:
    links = "Links:\n------\n[1] https://lead.example/a\n[2] mailto:jo@lead.example"
    assert split_signature(f"Yes.\n\n{GAP}\n\n{links}") == ("Yes.", links)
    assert split_signature(f"See [1].\n\n{links}")[0].endswith("jo@lead.example")


def test_a_message_of_a_signature_alone_says_what_it_says() -> None:
    assert split_signature("-- \nBob") == ("-- \nBob", "")
    assert split_signature("Sent from my iPhone") == ("", "Sent from my iPhone")
