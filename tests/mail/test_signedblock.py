"""A signature that no mark announces begins at a name with details; nothing that is said goes with it (MAIL 2)."""

import pytest

from outreach.mail.replytext import reply_text
from outreach.mail.signature import split_signature
from outreach.mail.signedblock import Sender

JO = Sender.of("Jo Lead", "jo.lead@lead.example")

APART = [
    ("See the file.\n\nJo Lead\nSales Manager, Lead Ltd", "See the file."),
    ("See the file.\n\nJo Lead\nHead Of Nothing Much", "See the file."),
    ("Yes.\n\n*Jo Lead* | *Owner*\n*Call me +31 6 12 34 56 78* <+31612345678>\n\n[image: logo]\n\nKVK 500\nIBAN NL00", "Yes."),
    ("Yes.\n\n-Jo Lead\n jo@lead.example", "Yes."),
    ("Ja.\n\n/Jo\n070-555 01 23", "Ja.\n\n/Jo"),
    ("Sí.\n\nSaludos.\n\nMILL&SON\n*Jo Lead*\nAsesora\n\nMóvil: 612 34 56 78", "Sí.\n\nSaludos."),
    ("Sí.\n\nSaludos.\n\nJo Lead – Sr Billing Coordinator.\n\nLEAD S.R.L\n\njo@lead.example", "Sí.\n\nSaludos."),
    ("See it.\n\nJo Lead\n\nBuyer\n\nLead Ltd\n\n+44 20 555 0123", "See it."),
    ("See it.\n\nJo\n\nJo Lead\n\nLead Ltd", "See it.\n\nJo"),
    ("Sí.\n\nUn abrazo,\nJo\n\nJo Lead | Directora de Compras | Lead S.A. de C.V.\nMóvil: 600 | jo@l.example", "Sí.\n\nUn abrazo,\nJo"),
    ("See it.\n\nJo Lead\n\nLead LLP | 12 Court Row\nLondon", "See it.\n\nJo Lead"),
    ("Yes.\n\nThanks & Regards\nJo Lead\nBuyer", "Yes.\n\nThanks & Regards\nJo Lead"),
    ("Yes.\n\n--Jo Lead (home page: https://lead.example/)", "Yes."),
    ("Yes.\n\nKind regards\nJo\n\nJo Lead\nLead Ltd", "Yes.\n\nKind regards\nJo"),
    ("Yes.\n\nGroetjes uit Gent,\nJo Lead\nLead BV", "Yes.\n\nGroetjes uit Gent,\nJo Lead"),
    ("Yes.\n\nAlles Gute,\nJo Lead\nLeiterin Einkauf", "Yes.\n\nAlles Gute,\nJo Lead"),
    ("Yes.\n\nThanks,\nJo\n\nOrder: https://lead.example/7\n\nJo Lead\nBuyer\nTel. 030 1234", "Yes.\n\nThanks,\nJo\n\nOrder: https://lead.example/7"),
    ("Ja.\n\nJo\n\n______________\nBuchhaltung\nJo Lead\n\nLead GmbH\nWeg 1", "Ja.\n\nJo"),
    ("Yes.\n\nJo Lead\nLead Ltd\n\nPS: bring samples.", "Yes.\n\nPS: bring samples."),
    ("Yes.\n\nhttps://lists.lead.example/mailman/listinfo/users", "Yes."),
    ("Yes.\n\n-----------\nThis list is sponsored by Lead.\nGet yours: https://lead.example\n_____\nList\nhttps://l.example", "Yes."),
    ("Oui.\n\nCordialement,\nJo LEAD\nResponsable achats", "Oui.\n\nCordialement,\nJo LEAD"),
    ("Ja.\n\nMed venlig hilsen / Best regards\n\nJo Lead\nSalg\n\nTlf. +45 555010", "Ja.\n\nMed venlig hilsen / Best regards\n\nJo Lead"),
    ("Wir rufen Sie am Montag an.\n\nAlles Liebe\n\nJo Lead\nInhaberin", "Wir rufen Sie am Montag an.\n\nAlles Liebe\n\nJo Lead"),
    ("Sim.\n\nAtt,\n\nJo Lead\nAnalista de Compras\n(11) 95555-0123\nLead Ltda.", "Sim.\n\nAtt,\n\nJo Lead"),
    ("Sí.\n\nJo Lead\nwww.lead.example\n\nServicios Rápidos de Lead, C. A.\nR.I.F.: J-2\n\nEl Rosal. Caracas.", "Sí."),
    ("Tak.\n\nPozdrawiam\nJo Lead\nul. Długa 5\n22 555 01 01", "Tak.\n\nPozdrawiam\nJo Lead"),
    (
        "Yes.\n\nThanks\nJo Lead (Jo)\nBuyer\n\nWhat stands herein is confidential and meant for the recipient.\nDisclosing, copying or "
        "distributing it is prohibited; should you\nhave it in error, delete it.",
        "Yes.\n\nThanks\nJo Lead (Jo)",
    ),
    ("Yes.\n\nThanks\nJo\n\nLead LLP\nLead LLP is a partnership registered in England and Wales (OC1).", "Yes.\n\nThanks\nJo"),
    ("Oui.\n\nJo.\nCordialement,\n\nJo LEAD |Acheteur\n(+33) 6 35 |jo@lead.example\n\nLEAD - 34 rue", "Oui.\n\nJo.\nCordialement,"),
    ("Yes.\n\nJo\n\nLead Analysts Ltd, London.\nSoftware for others https://lead.example/", "Yes.\n\nJo"),
    ("Yes.\n\nTo unsubscribe from this group, send an email to:\nlist-unsubscribe@lead.example\n\nYour use of Yahoo! Groups is", "Yes."),
    (
        "Yes.\n\nSincerly\nJo\n\n__________\n\n[Description: D:\\image001.png]\n\nJo Lead\nBuyer\n\nLead GmbH\n\ntel: 0731 | 175 49 88\n\n"
        "Lead is Professional Partner, Trapeze Bronze Partner und Funkwerk Three Star Partner Since 2001 Always\n__________\n"
        "This e-mail, and any attachments, is intended solely for use by the addressee.",
        "Yes.\n\nSincerly\nJo",
    ),
    (
        "Parfait.\n\nMerci et bonne fin de journée,\n\nJo Lead, ing.\nAchats\nT 514 555-0101, poste 22",
        "Parfait.\n\nMerci et bonne fin de journée,\n\nJo Lead, ing.",
    ),
    ("Oui.\n\nCordialement\nJo Lead\nMairie de Lead\n\nPensez à l'environnement : n'imprimez pas.", "Oui.\n\nCordialement\nJo Lead"),
    (
        "Takk for tilbudet, vi bestiller tre.\n\nHa en fin dag!\n\nJo Lead\nDaglig leder\nMob: 900 55 010",
        "Takk for tilbudet, vi bestiller tre.\n\nHa en fin dag!\n\nJo Lead",
    ),
    (
        "Yes.\n\nKind regards\n\n[A close-up of a logo\n\nDescription automatically generated]\n\nJo Lead\nThe Hub\n0345 30 74",
        "Yes.\n\nKind regards",
    ),
    (
        "Yes.\n\nThanks,\nJo\n\nJo Lead\n[A black and white logo\n\nAI-generated content may be incorrect.]<https://l.example>\n0345 30",
        "Yes.\n\nThanks,\nJo",
    ),
    (
        "Sí.\n\nUn saludo,\nJo Lead\nCompras\n\nAntes de imprimir piense bien si es necesario hacerlo.\n\nDe conformidad con lo dispuesto "
        "en el Reglamento, le informamos de que sus datos son tratados por Lead S.L.",
        "Sí.\n\nUn saludo,\nJo Lead",
    ),
    ("Yes.\n\nJo Lead\nBuyer, Lead Ltd\nNew York, NY 10001\n(212) 555-0101", "Yes."),
    ("Yes.\n\nBest,\nJo\n\nJo Lead\nPlease visit our website www.lead.example\n030 12345678", "Yes.\n\nBest,\nJo"),
    ("Look at https://l.example/a.asp\n\n Jo                            mailto:jo@lead.example", "Look at https://l.example/a.asp"),
    ("Yes.\n\nBest,\nJo\n\nThe information in this email may be confidential and is meant for its recipient.", "Yes.\n\nBest,\nJo"),
    ("Yes.\n\nBest,\nJo Lead\nP Please don't print this e-mail unless you really need to", "Yes.\n\nBest,\nJo Lead"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), APART)
def test_a_signature_begins_at_the_senders_name_with_details(text: str, words: str) -> None:
    own, signature = split_signature(text, JO)
    assert own == words
    assert signature


STAYS = [
    "I read your disclaimer.\n\nThe information in this email about prices is wrong, correct it please.",
    "Get the Outlook add-in for Android to work and we buy",
    "From my phone I cannot open it",
    "Hi,\n\n--\n\nWe want 10 seats, please",
    "Name    Tel\nJo Lead   030 123456\nAnn Other 030 654321",
    "The seats:\n\nJo Lead | 5\nAnn Other | 6",
    "We are at\n\nLead GmbH\nWeg 5\n12345 Berlin\n\nSee you there\nJo Lead",
    "Yes.\n\nBest,\nJo\n\nInvoice address: Lead GmbH, Weg 5, 12345 Berlin",
    "Yes.\n\nThanks,\nJo\n\nPS my mobile is 0171 5551234",
    "Yes.\n\nBest,\nJo\n\nBTW our VAT ID is DE123456789",
    "Yes.\n\nCheers,\nJo\n\nCan we do www.zoom.example/j/123 instead?",
    "Thanks\n\nCould you call me\n+49 30 123 45 67\n\nJo",
    "Thanks,\n\nplease also add\nAnn Other\nann@lead.example",
    "OK\n\nShip to\n\nJo Lead\nLead GmbH\nWeg 5\n12345 Berlin",
    "Please ask Ann.\n\nAnn Other\nHead of IT\nann@lead.example\n+44 20 7946 0123\nwww.lead.example",
    "Ask my colleague.\n\nAnn Other\nHead of IT\nann@lead.example\n+44 20 7946 0123\nwww.lead.example\n\nRegards\nJo",
    "Participants\n\nJo Lead, jo@lead.example\nAnn Other, ann@lead.example\nTom Kurz, tom@lead.example",
    "Attendees from our side\n- Jo Lead (CEO)\n- Ann Other (CTO)\n\nThanks",
    "Not for us.\n\nJo Lead\nLead Ltd\n\nplease remove me",
    "Yes.\n\nJo\n\ncall me 030 1234567",
    "OK Alice\n\nJo Lead agrees\nLead Ltd",
    "Ciao.\n\nAi sensi del Regolamento chiedo la cancellazione dei miei dati.",
    "Pursuant to Article 17 I ask you to erase what you have about me.",
    "Is it not the best?\n\n[image: plan.jpg]",
    "Look.\n\nBest,\nJo\n\n[image: plan.jpg]\n\nThe kitchen is on the left.",
    "Tuesday is fine.\n\nJo",
    "Tuesday is fine.\n\nJo Lead",
    "Tuesday is fine.\n\nBest wishes,\nJo Lead",
    "Obrigado.\n\nCumprimentos\nJo Lead",
    "Please send it to me:\n\nJo Lead\nMain Street 5\n12345 Berlin\n+49 30 1234567",
    "See [1].\n\n- Jo\n\n[1] https://lead.example/questions/1117108",
    "Mark the shelves.\n\nJo\n\n# shelves\nput https://lead.example/a here",
    "Jo Lead wrote the offer.\nPlease look at it: https://lead.example/offer",
    "Bonjour,\n\nMardi nous convient.\nwww.lead.example",
    "Regards,\nJo\n\nI will send the contract and all the\nother papers to bob@lead.example",
    "I left.\n\nThe right person is now:\n\nAnn Other\nHead of IT\nann@lead.example\n+44 20 5550 1010\n\nGood luck!\nJo",
    "Three words,\n\nfluid yet crunchy,\ngg\n\nhttps://lead.example/a",
    "Look at both,\nand at https://lead.example/a.html too\nhttps://lead.example/b",
    "Sizes:\nAC [for A],\n- [shut no],\nGmbH [yes]",
    "See it.\n\nJo\n\n------------\nThe first part is what I wanted to ask about.\nHow long does the second one take?",
    "See it.\n\nJo\n\nPS: The list was changed, and the options are told in the\ndescription ;-)",
    "Is it limestone?\n\n-----------\nSo is this mountain limestone or granite?\nhttps://lead.example sponsored it",
    "Please unsubscribe me: jo@lead.example\n\nI do not want this mail.",
    "The patch below adds a button.\n\nkre\n\n--- a.tcl 2002\n+++ /usr/a@b.tcl +1 5\n+ www.a.b\n+ http://a.b",
    "Please delete my data.\n\nIt is confidential, and I sent it in error to the wrong recipient.",
    "Call these:\n\nAnn Other 555-0101\nTom Smith 555-0102\n\nJo",
    "Yes.\n\nJo Lead\n\nPlease call me before noon, for I leave at one.\n+49 30 1234567",
]


OTHER_LETTERS = [
    ("Иван Петров", "Да.\n\nС уважением,\nИван", "Иван Петров | Директор по закупкам | ООО Ромашка\n8 (912) 345-67-89"),
    ("李娜", "星期四三点可以。\n\n祝工作顺利\n李娜", "采购经理\n手机: 13812345678"),
    ("Éva Őry", "Igen.\n\nÜdv,\nÉva", "Éva Őry | Ágens | Őry Kft.\n+36 30 123 4567"),
]


@pytest.mark.parametrize(("name", "words", "signature"), OTHER_LETTERS)
def test_capitals_of_any_alphabet_name_a_person_and_not_a_sentence(name: str, words: str, signature: str) -> None:
    gap = "\n" if name in words else "\n\n"
    assert split_signature(f"{words}{gap}{signature}", Sender.of(name, "info@lead.example"))[0].strip() == words


# A sentence that a firm prints between or below what it is and where it is found, closings that share a line with the
# name, posts in any words, forms whose dot ends no sentence.
PRINTED = [
    ("Yes, option B.\n\nJo\n\nJo Lead\nOwner\nWe make the dull parts easy.\nwww.lead.example", "Yes, option B.\n\nJo"),
    (
        "Yes, for sixty.\n\nBest\nJo\n\nJo Lead\nLead Kitchens\n\n*** Only five tables left for this summer! ***\nwww.lead.example",
        "Yes, for sixty.\n\nBest\nJo",
    ),
    (
        "We reply on Friday.\n\nYours sincerely,\nJo Lead\nClaims Handler\nLead Brokers\nOur Ref: L/2/417\nRegulated by the Bank of Lead.",
        "We reply on Friday.\n\nYours sincerely,\nJo Lead",
    ),
    (
        "Wann geht es?\n\nGruß\nJo\n\nJo Lead\nMaklerin\nAm Markt 1 | 50667 Köln\nLead Haus ist Mitglied im Verband der Makler.",
        "Wann geht es?\n\nGruß\nJo",
    ),
    (
        "We sign next week.\n\nThanks\nJo\n\nJo Lead (they/them)\nCoordinator\nLead Shelter\n"
        "Lead Shelter acknowledges the Traditional Custodians of the land.",
        "We sign next week.\n\nThanks\nJo",
    ),
    (
        "Prima, tot maandag.\n\nGroeten, Jo\n\nLead Bouw\nMolenweg 8, 3512 AB Lead\nKvk 123",
        "Prima, tot maandag.\n\nGroeten, Jo",
    ),
    ("Passt.\n\nLG Jo\n\nTischlerei Lead\nDorfplatz 3", "Passt.\n\nLG Jo"),
    ("Bien reçu.\n\nCordialement,\n\nDocteur Jo Lead\nTrésorier", "Bien reçu.\n\nCordialement,\n\nDocteur Jo Lead"),
    (
        "Sí.\n\nSaludos,\n\nIng. Jo Lead\nCompras\nAceros de Lead S.A. de C.V.\nCel. 81 555",
        "Sí.\n\nSaludos,\n\nIng. Jo Lead",
    ),
    ("Tak.\n\npozdrawiam\nJo Lead\nLEAD digital sp. z o.o.", "Tak.\n\npozdrawiam\nJo Lead"),
    ("Sí.\n\nJo Lead\n\nTécnico de PBC.\n\nLEAD&SON\n\nCalle 34, Madrid\nTel. 912 345 678", "Sí.\n\nJo Lead"),
    ("Gern.\n\nJo Lead\n\n---\nwerkstatt lead\nJo Lead\nT 08442 929", "Gern.\n\nJo Lead"),
    ("Bien.\n\nsaludos\n\nLogo Lead\nJo Lead\nconsejero\n28, calle Larga", "Bien.\n\nsaludos"),
    (
        "Sorry.\n\nThank you,\nJo Lead\nDirector\n\nPS: bring it.\n\n-- \n* Follow us",
        "Sorry.\n\nThank you,\nJo Lead\n\nPS: bring it.",
    ),
    ("Grazie.\n\nP\nPlease consider the environment before printing.", "Grazie."),
]
ANSWERED = [
    "Thanks for asking.\n\nJo Lead\nLead Ltd\n\nCould you add delivery?\n",
    "Thanks for asking.\n\nKind regards,\nJo Lead\nLead Ltd\n030 1234567\nTuesday is fine with us.",
    "Thanks for asking.\n\nJo Lead\nLead Ltd\nI am back on Monday.\n030 1234567",
    "Best number is\n\n0113 496 0123\n\nJo",
    "Please write to\n\nAnn Other\nHead of Purchasing\nann@lead.example\n\nJo",
    "Cheers Alice\nFriday works\nJo",
    "Some links:\n\nAll About Light\nhttp://a.example\n\nmore of them, many of which turn up again and again\nhttp://b.example\n\njo",
    "Kind regards\nJo Lead\nsee you on Monday",
    "Order:\nBolt M8 x 40\nNut M8\n\nJo Lead",
]


@pytest.mark.parametrize(("text", "words"), PRINTED)
def test_what_a_firm_prints_of_itself_is_no_sentence_of_the_writer(text: str, words: str) -> None:
    assert split_signature(text, JO)[0].strip() == words


@pytest.mark.parametrize("text", ANSWERED)
def test_an_answer_beside_a_signature_stays(text: str) -> None:
    kept = split_signature(text, JO)[0]
    last = text.strip().split("\n")[-1]
    assert last in kept or "I am back on Monday." in kept


@pytest.mark.parametrize("text", STAYS)
def test_what_is_said_is_no_signature_though_the_sender_is_named(text: str) -> None:
    assert split_signature(text, JO) == (text, "")


def test_a_name_is_known_by_its_parts_in_any_order_and_by_the_address() -> None:
    assert Sender.of("Günther, John | Lead GmbH", "").signs("John Günther")
    assert Sender.of("", "jlead@x.example").signs("Jo Lead, Buyer")
    assert not Sender.of("Günther, John | Lead GmbH", "").signs("Lead GmbH")
    assert not JO.signs("jo wrote that")
    assert not JO.signs("Dear Sir or Madam")


def test_an_unknown_sender_needs_a_card_of_three_lines_of_contact() -> None:
    card = "See below.\n\nAnn Other\nDesigner\n\nTel: +44 20 123\nann@lead.example\nwww.lead.example"
    assert split_signature(card) == ("See below.", card.split("\n\n", 1)[1])
    assert split_signature("See below.\n\nAnn Other\nTel: +44 20 123")[1] == ""


def test_an_html_answer_loses_the_signature_of_its_sender_too() -> None:
    html = "<p>Yes.</p><p>Cordialement,</p><p>Jo LEAD</p><p><img src='cid:1' alt='LOGO'></p><p>Weg 1 42031 Ville<br>Tél. : 03 71 77</p>"
    assert reply_text("", html, None, JO).text == "Yes.\n\nCordialement,\n\nJo LEAD"


@pytest.mark.parametrize(
    "attribute",
    [
        'class="ymail_android_signature"',
        'id="_rc_sig"',
        'class="bloop_sign"',
        'data-marker="__SIG_PRE__"',
        'data-smartmail="gmail_signature"',
        'id="x_Signature"',
        'class="wisestamp_app main_sig"',
        'id="DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2"',
    ],
)
def test_what_a_program_marks_as_a_signature_in_html_goes_apart(attribute: str) -> None:
    html = f"<div>Yes, please.</div><div {attribute}><b>Ann Other</b><br>Sales</div>"
    assert reply_text("", html).text == "Yes, please."


FIRM_FIRST = [
    ("Sí.\n\nGracias,\nJo", "Av. Larga 200\nJo Lead\nGerente\nMóvil: 600123456"),
    ("Kyllä.\n\nParhain terveisin\nJo", "Lead Oy\nJo Lead\nToimitusjohtaja\nwww.lead.example"),
    ("Ja.\n\nGroetjes,\nJo", "Lead Logistiek\nJo Lead\nEigenaar\njo@lead.example"),
    ("Ja.\n\nHälsningar,\nJo", "~~~~~~~~~~\nJo Lead\nInköpare\nLead AB"),
    ("Ja.\n\nHilsen\nJo", "- - - - - - -\nJo Lead\nIndkøber\nLead ApS"),
    ("Tak.\n\nSerdecznie pozdrawiam, Jo", "Jo Lead\nDyrektor\n+48 22 123 45 67"),
    ("Evet.\n\nİyi çalışmalar, Jo", "Jo Lead\nGenel Müdür\nLead A.Ş."),
    ("Sì.\n\nA presto,\nJo Lead", "Ufficio Vendite\nVia Roma 12\nFacciamo il pane dal 1950.\nSeguici su Facebook"),
]


@pytest.mark.parametrize(("words", "signature"), FIRM_FIRST)
def test_below_a_signed_letter_the_whole_block_is_a_signature(words: str, signature: str) -> None:
    gap = "\n" if words.endswith("Lead") else "\n\n"
    assert split_signature(f"{words}{gap}{signature}", JO) == (words, signature)


def test_a_name_of_one_word_in_an_alphabet_without_gaps_is_whole() -> None:
    text = "木曜日の3時で問題ございません。\n\n田中太郎\n\n田中太郎\n購買部\nwww.lead.example"
    assert (
        split_signature(text, Sender.of("田中太郎", "info@lead.example"))[0]
        == "木曜日の3時で問題ございません。\n\n田中太郎"
    )


FIRMS_ADDRESS = [
    ("Yes.\n\nKind regards\nJo", "Jo Lead\nAccount handler\nLead Consulting\n500 Main St\n(512) 555-0199"),
    ("Yes.\n\nKind regards Jo", "Jo Lead\nLead Ltd\n+44 20 555 0123"),
    ("Yes.\n\nKind regards\nJo Lead", "account handler\nLead Consulting\n+44 20 555 0123"),
    ("Ja.\n\nMit besten Grüßen\nJo Lead", "Vertriebsinnendienst\nLead GmbH\nwww.lead.example"),
    ("Tak.\n\nSerdecznie pozdrawiam\nJo", "Jo Lead\nKierownik działu\nLead Sp. z o.o.\ntel. 612 345 678"),
    ("Ano.\n\nS přátelským pozdravem\nJo", "Jo Lead\nNákup\nLead a.s.\ntel. 777 123 456"),
    ("Sim.\n\nAtt. Jo", "Jo Lead\nassistente comercial\nLead Ltda.\nNIF 123456789"),
    ("はい。\n\n以上、よろしくお願いいたします。\n佐藤", "佐藤 花子\n購買部\nTEL: 03-1234-5678"),
]


@pytest.mark.parametrize("name", ["", "Lead Consulting"])
@pytest.mark.parametrize(("words", "signature"), FIRMS_ADDRESS)
def test_below_a_closing_the_letter_tells_the_name_that_its_header_does_not(
    words: str, signature: str, name: str
) -> None:
    sender = Sender.of(name, "info@lead.example")
    assert split_signature(f"{words}\n\n{signature}", sender) == (words, signature)


TIGHT = [
    ("Yes.\nThank you,\nJo", "Lead Technologies Inc.\nJo Lead\nBuyer\nMobile: 07700 900123"),
    ("Ja.\nMvg,\nJo", "Lead Techniek B.V.\nJo Lead\nInkoopmanager\n06-12345678"),
    ("Ano.\nDěkuji\nJo Lead", "jednatel společnosti\ntel.: +420 777 123 456"),
]


@pytest.mark.parametrize(("words", "signature"), TIGHT)
def test_the_firm_between_a_name_and_that_name_in_full_is_the_signature_s_without_a_gap(
    words: str, signature: str
) -> None:
    assert split_signature(f"{words}\n{signature}", JO) == (words, signature)


@pytest.mark.parametrize(
    "text",
    [
        "Danke!",
        "Takk!",
        "Kiitos\nJo",
        "Tack, Jo Lead",
        "ありがとうございました。\n佐藤",
        "Bis dann\n\n50 Stück M8\n20 Stück M10",
    ],
)
def test_an_answer_of_nothing_but_thanks_is_words(text: str) -> None:
    assert split_signature(text, JO) == (text, "")


@pytest.mark.parametrize("closing", ["Danke\nJo", "Mit besten Grüßen\nJo Lead"])
def test_a_colleague_whom_the_letter_names_stands_below_it_as_part_of_the_answer(closing: str) -> None:
    text = f"Bitte wenden Sie sich an Ann Other.\n\n{closing}\n\nAnn Other\nEinkauf\n+49 221 555 0101"
    assert split_signature(text, JO) == (text, "")
    assert split_signature(text, Sender.of("Lead GmbH", "info@lead.example")) == (text, "")
