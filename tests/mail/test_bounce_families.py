"""Delivery reports of many server families, in words of our own: the recipient, and what its refusal means (MAIL 1.9, 1.11)."""

import pytest

from outreach.core import bounces as rules
from outreach.mail.classify import classify
from outreach.mail.parse import parse

RECIPIENT = "anna@customer.example"
LETTERS = [
    (
        "activehunter",
        '"MAILER-DAEMON" <MAILER-DAEMON@mx.example>',
        "FAILURE NOTICE :",
        "  ----- The following addresses had permanent fatal errors -----\n"
        "\n"
        ">>> anna@customer.example <anna@customer.example>\n"
        "\n"
        "  ----- Transcript of session follows -----\n"
        "550 sorry, no mailbox here by that name (#5.1.1 - chkusr)\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "james",
        "postmaster@mx.example",
        "[BOUNCE]",
        "Hi. This is the James mail server at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n"
        "\n"
        "Error message below:\n"
        "550 - Requested action not taken: no such user here\n"
        "\n"
        "Message details:\n"
        "  Subject: Hello\n"
        "  Sent date: Thu Apr 29 01:20:50 JST 2015\n"
        "  MAIL FROM: rep@sender.example\n"
        "  RCPT TO: anna@customer.example\n"
        "  From: Rep <rep@sender.example>\n"
        "  To: anna@customer.example\n"
        "  Size (in bytes): 1024\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "biglobe",
        "postmaster@biglobe.example",
        "Returned mail:",
        "   ----- The following addresses had delivery problems -----\n"
        "anna@customer.example\n"
        "\n"
        "   ----- Non-delivered information -----\n"
        "The number of messages in recipient's mailbox exceeded the local limit.\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "kddi",
        "no-reply@app.auone.example",
        "Mail System Error - Returned Mail",
        "Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900\n"
        "    Could not be delivered to: <anna@customer.example>\n"
        "    As their mailbox is full.\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "ezweb",
        "Postmaster@ezweb.example",
        "Mail System Error - Returned Mail",
        "The user(s) account is disabled.\n\n<anna@customer.example>: 550 user unknown (in reply to RCPT TO command)\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "x1",
        "postmaster@mx.example",
        "Returned Mail: User unknown",
        "The original message was received at Thu, 29 Apr 2010 23:34:45 +0900 (JST)\n"
        "from rep@sender.example\n"
        "\n"
        "---The following addresses had delivery errors---\n"
        "\n"
        "anna@customer.example [User unknown]\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "x3",
        "Mail Delivery System <MAILER-DAEMON@mx.example>",
        "Delivery status notification",
        "============================================================================\n"
        "     This is an automatically generated Delivery Status Notification.\n"
        "\n"
        "Delivery to the following recipients failed permanently:\n"
        "\n"
        "  * anna@customer.example\n"
        "\n"
        "\n"
        "============================================================================\n"
        "                            Technical details:\n"
        "\n"
        "SMTP:RCPT host 192.0.2.8: 553 5.3.0 <anna@customer.example>... No such user here\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "x6",
        "Mail Delivery <postmaster@mx.example>",
        "There was an error sending your mail",
        "We had trouble delivering your message. Full details follow:\n"
        "\n"
        "Subject: Hello\n"
        "Date: Thu\n"
        "\n"
        "1 error(s):\n"
        "\n"
        "SMTP Server <mta2.example.jp> rejected recipient <anna@customer.example> \n"
        "  (Error following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "imail",
        "Postmaster <postmaster@mx.example>",
        "Undeliverable Mail",
        "Unknown user: anna@customer.example\n\nOriginal message follows.\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "interscan",
        "Mail Admin <mail_admin@mx.example>",
        "Mail delivery failed",
        "Sent <<< RCPT TO:<anna@customer.example>\n"
        "Received >>> 550 5.1.1 <anna@customer.example>... user unknown\n"
        "\n"
        "Unable to deliver message to <anna@customer.example>.\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "mailfoundry",
        "postmaster@mx.example",
        "Message delivery has failed",
        "Unable to deliver message to: <anna@customer.example>\n"
        "Delivery failed for the following reason:\n"
        "Server mx22.example.org[192.0.2.222] failed with: 550 <anna@customer.example> No such user here\n"
        "\n"
        "This has been a permanent failure.  No further delivery attempts will be made.\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "mfilter",
        "m-FILTER <mailer-daemon@mx.example>",
        "failure notice",
        "このメールは自動的に生成して送信しています。\n"
        "メールサーバーとの通信中、下記の理由により\n"
        "このメールは送信できませんでした。\n"
        "\n"
        "以下のメールアドレスへの送信に失敗しました。\n"
        "anna@customer.example\n"
        "\n"
        "\n"
        "-------server message\n"
        "550 5.1.1 unknown user <anna@customer.example>\n"
        "\n"
        "-------SMTP command\n"
        "DATA\n"
        "\n"
        "-------original message\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "verizon",
        "post_master@vtext.example",
        "Undeliverable Message",
        "Error:  The attempted recipient address does not exist.\n"
        "\n"
        "Message details:\n"
        "  Subject: Test message\n"
        "  Sent date: Wed Jun 12 02:21:53 GMT 2013\n"
        "  MAIL FROM: rep@sender.example\n"
        "  RCPT TO: anna@customer.example\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "zoho",
        "mailer-daemon@mail.zoho.example",
        "Undelivered Mail Returned to Sender",
        "This message was created automatically by mail delivery software.\n"
        " A message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n"
        "\n"
        "anna@customer.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <anna@customer.example>... User Unknown\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "zoho-status",
        "mailer-daemon@mail.zoho.example",
        "Undelivered Mail Returned to Sender",
        "[Status: Error, Address: <anna@customer.example>, ResponseCode 421, , Host not reachable.]\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "gmx",
        "MAILER-DAEMON@gmx.example",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n"
        "\n"
        "A message that you sent could not be delivered to one or more of\n"
        "its recipients. This is a permanent error. The following address\n"
        "failed:\n"
        "\n"
        '"anna@customer.example":\n'
        "SMTP error from remote server after RCPT command:\n"
        "host: mx.example.jp\n"
        "5.1.1 <anna@customer.example>... User Unknown\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "1und1",
        "mailer-daemon@kundenserver.example",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n"
        "\n"
        "The following address failed:\n"
        "\n"
        "anna@customer.example\n"
        "\n"
        "For the following reason:\n"
        "\n"
        "Mail size limit exceeded. For explanation visit\n"
        "http://postmaster.example/en/error-messages?ip=%1s\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "1und1b",
        "mailer-daemon@kundenserver.example",
        "Mail delivery failed: returning message to sender",
        "The following address failed:\n"
        "\n"
        "    anna@customer.example:\n"
        "    SMTP error from remote server for RCPT TO command, host: smtp-in.orange.example (193.252.22.65) "
        "reason: 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_418 [418]\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "exch2003",
        "System Administrator <postmaster@mx.example>",
        "Undeliverable: Hello",
        "Your message\n"
        "\n"
        "  To:      team@list.example\n"
        "  Subject: Hello\n"
        "  Sent:    Thu, 29 Apr 2007 16:51:50 -0500\n"
        "\n"
        "did not reach the following recipient(s):\n"
        "\n"
        "anna@customer.example on Thu, 29 Apr 2007 16:51:51 -0500\n"
        "    The recipient name is not recognized\n"
        "    The MTS-ID of the original message is: c=jp;a= ;p=neko\n"
        ";l=EXCHANGE000000000000000000\n"
        "    MSEXCH:IMS:KIJITORA CAT:EXAMPLE:EXCHANGE 0 (000C05A6) Unknown Recipient\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "x400",
        "System Administrator <postmaster@mx.example>",
        "Undeliverable: Hello",
        "Your message\n"
        "\n"
        "  To:      team@list.example\n"
        "  Subject: Hello\n"
        "\n"
        "did not reach the following recipient(s):\n"
        "\n"
        "c=US;a= ;p=ORG;o=Nexus2;dda:SMTP=anna@customer.example; on Fri, 4 Oct 2002\n"
        "17:12:28 -0400\n"
        "    The recipient name is not recognized\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "domino",
        "postmaster@mx.example",
        "DELIVERY FAILURE: User Some Name (anna@customer.example) not listed in Domino Directory",
        "Your message\n"
        "\n"
        "  Subject: Test Bounce\n"
        "\n"
        "was not delivered to:\n"
        "\n"
        "  anna@customer.example\n"
        "\n"
        "because:\n"
        "\n"
        "  User some.name (anna@customer.example) not listed in Domino Directory\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "local",
        "postmaster@mx.example",
        "Delivery failure",
        "Your message has encountered delivery problems\n"
        "to local user anna.\n"
        "(Originally addressed to anna@customer.example)\n"
        "\n"
        "User not known\n"
        "\n"
        "Your message reads (in part):\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "surfcontrol",
        "Mail Delivery <postmaster@mx.example>",
        "Delivery failure (anna@customer.example)",
        "Your message could not be sent.\n"
        "A transcript of the attempts to send the message follows.\n"
        "The number of attempts made: 1\n"
        "Addressed To: anna@customer.example\n"
        "\n"
        "Thu 29 Apr 2010 23:34:45 +0900\n"
        "Failed to send to identified host,\n"
        "anna@customer.example: [192.0.2.5], 550 anna@customer.example... No such user\n"
        "--- Message non-deliverable.\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "mailmarshal",
        "MailMarshal <postmaster@mx.example>",
        'Undeliverable Mail: "Hello"',
        "Your message:\n"
        "   From:    rep@sender.example\n"
        "   Subject: Hello\n"
        "\n"
        "Could not be delivered because of\n"
        "\n"
        "550 5.1.1 User unknown\n"
        "\n"
        "The following recipients were affected: \n"
        "    anna@customer.example\n"
        "\n"
        "Additional Information\n"
        "======================\n"
        "Original Sender:    <rep@sender.example>\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "mcafee",
        "Mail Delivery <mailer-daemon@mx.example>",
        "Delivery Status",
        "McAfee Gateway\n"
        " --- The following addresses had delivery problems ---\n"
        "<anna@customer.example>   (User unknown anna@customer.example)\n"
        "-------------\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "msgserver",
        "Internet Mail Delivery <postmaster@mx.example>",
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n"
        "\n"
        "  Message-id: <CD8C6134-C312-41D5-B083-366F7FA1D752@me.example>\n"
        "  Date: Fri, 21 Nov 2014 23:34:45 +0900\n"
        "  From: Rep <rep@sender.example>\n"
        "  To: anna@customer.example\n"
        "  Subject: Hello\n"
        "\n"
        "Your message cannot be delivered to the following recipients:\n"
        "\n"
        "  Recipient address: anna@customer.example\n"
        "  Reason: Remote SMTP server has rejected address\n"
        "  Diagnostic code: smtp;550 5.1.1 <anna@customer.example>... User Unknown\n"
        "  Remote system: dns;mx.example.jp (TCP|17.111.174.67|47323|192.0.2.225|25) (6jo.example.jp ESMTP SENDMAIL-VM)\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "notes",
        "Mail Router <postmaster@mx.example>",
        "DELIVERY FAILURE",
        "------- Failure Reasons  --------\n"
        "\n"
        "User not listed in public Name & Address Book\n"
        "anna@customer.example\n"
        "\n"
        "------- Returned Message --------\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "v5",
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "Returned mail: User unknown",
        "   ----- Transcript of session follows -----\n"
        "While talking to smtp.example.com:\n"
        ">>> RCPT To:<anna@customer.example>\n"
        "<<< 550 <anna@customer.example>, User Unknown\n"
        "550 <anna@customer.example>, User Unknown\n"
        "\n"
        "   ----- Unsent message follows -----\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "barracuda",
        "MAILER-DAEMON@mx.example",
        "**Message you sent blocked by our bulk email filter**",
        "Your message to: anna@customer.example\n"
        "was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n"
        "\n"
        "Subject: Hello\n",
        "ours",
        "anna@customer.example",
    ),
    (
        "amavis",
        '"Content-filter at mx.example" <postmaster@mx.example>',
        "Undeliverable mail, MTA-BLOCKED",
        "A message from <rep@sender.example> to:\n"
        "-> anna@customer.example\n"
        "\n"
        "was considered unsolicited bulk e-mail (UBE).\n",
        "ours",
        "anna@customer.example",
    ),
    (
        "qmail-moved",
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "\n"
        "<anna@customer.example>:\n"
        "192.0.2.1 does not like recipient.\n"
        "Remote host said: 550 sorry, your envelope recipient is in my badrcptto list (#5.7.1)\n"
        "Giving up on 192.0.2.1.\n"
        "\n"
        "--- Below this line is a copy of the message.\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "qmail-greet",
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\n"
        "\n"
        "<anna@customer.example>:\n"
        "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
        "I'm not going to try again; this message has been in the queue too long.\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "listed",
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "<anna@customer.example>:\nthis recipient is in my badrecipientto list (#5.1.1)\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "quota-user",
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "Sorry, unable to deliver your message to usery@customer.example for\n"
        "the following reason:\n"
        "\n"
        " 552 Quota violation for usery@customer.example\n",
        "soft",
        "usery@customer.example",
    ),
    (
        "amazonworkmail",
        "MAILER-DAEMON@mx.example",
        "Delivery Status Notification (Failure)",
        "The following message to <anna@customer.example> was undeliverable.\n"
        "The reason for the problem:\n"
        "5.1.0 - Unknown address error 550-'5.1.1 The email account that you tried to reach does not exist'\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "powermta",
        "mailer-daemon@mx.example",
        "Delivery report",
        "Hello, this is the mail server on mx.example.\n"
        "\n"
        "I am sending you this message to inform you on the delivery status of a\n"
        "message you previously sent.  Immediately below you will find a list of\n"
        "the affected recipients;  also attached is a Delivery Status Notification\n"
        "(DSN) report in standard format, as well as the headers of the original\n"
        "message.\n"
        "\n"
        "  <anna@customer.example>  delivery failed; will not continue trying\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "opensmtpd",
        "Mailer Daemon <MAILER-DAEMON@mx.example>",
        "Delivery status notification: error",
        "    Hi!\n"
        "\n"
        "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n"
        "\n"
        "    An error has occurred while attempting to deliver a message for\n"
        "    the following list of recipients:\n"
        "\n"
        "anna@customer.example: 550 5.2.2 <anna@customer.example>... Mailbox Full\n"
        "\n"
        "    Below is a copy of the original message:\n",
        "soft",
        "anna@customer.example",
    ),
    (
        "mailru",
        "mailer-daemon@corp.mail.example",
        "Mail failure.",
        "Это письмо создано автоматически сервером, отвечать на него не нужно.\n"
        "\n"
        "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n"
        "\n"
        "**********************\n"
        "\n"
        "anna@customer.example\n"
        "\n"
        "SMTP error from remote mail server after RCPT TO:<anna@customer.example>:\n"
        "    host mx.example: 550 5.1.1 invalid mailbox\n",
        "hard",
        "anna@customer.example",
    ),
    (
        "mailer-full-es",
        "Mail Delivery System <mailer-daemon@mx.example>",
        "Correo no entregado",
        "El mensaje no se ha podido entregar a los siguientes destinatarios:\n"
        "\n"
        "anna@customer.example\n"
        "\n"
        "El buzón está lleno.\n",
        "soft",
        "anna@customer.example",
    ),
]


@pytest.mark.parametrize(("family", "sender", "subject", "words", "verdict", "recipient"), LETTERS)
def test_the_family_of_a_report_tells_who_failed_and_why(
    family: str, sender: str, subject: str, words: str, verdict: str, recipient: str
) -> None:
    raw = (
        f"Return-Path: <>\nFrom: {sender}\nTo: rep@sender.example\nSubject: {subject}\nMessage-ID: <x@mx.example>\n"
        f"Date: Thu, 29 Apr 2010 23:34:45 +0900\nContent-Type: text/plain; charset=utf-8\n\n{words}"
    )
    found = classify(parse(raw.encode()))
    assert found.cls == "bounce", family
    assert [(bounce.recipient, bounce.verdict) for bounce in found.bounces] == [(recipient, verdict)]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("550 5.1.1 RCPT TO:<a@b.example> max message size exceeded", "soft"),
        ("551 <a@b.example> is a deactivated mailbox (in reply to RCPT TO command)", "soft"),
        (
            "550-a@b.example is not an active address at this host (invalid username) (in reply to RCPT TO command)",
            "hard",
        ),
        ("550-a@b.example is not an active address at this host (invalid username)", "soft"),
        ("550 BAD_RECIPIENT - see our page (in reply to RCPT TO command)", "hard"),
        (
            "does not like recipient. Remote host said: 550 5.7.1 sorry, your envelope recipient is in my badrcptto list",
            "hard",
        ),
        ("554 host does not accept mail", "hard"),
        ("554 Rcpt <a@b.example> does not exist (in reply to RCPT TO command)", "hard"),
        ("554 Rcpt <a@b.example> does not exist (in reply to end of DATA command)", "soft"),
        ("550 5.1.1 unknown user (in reply to end of DATA command)", "hard"),
        ("550 from: domain is invalid, please give a valid one", "soft"),
    ],
)
def test_words_that_servers_misuse_codes_with(words: str, verdict: str) -> None:
    assert rules.verdict(None, None, words) == verdict


def test_a_virus_scanners_footer_does_not_overrule_a_precise_code() -> None:
    raw = (
        "From: postmaster@mx.example\nSubject: Delivery Status Notification (Failure)\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: text/plain\n\n"
        "Delivery to the following recipients failed.\n\n       anna@customer.example\n\n\n____________________\n"
        "This e-mail was scanned for viruses and offensive content.\n--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; anna@customer.example\nAction: failed\n"
        "Status: 5.1.1\n\n--B--\n"
    )
    found = classify(parse(raw.encode()))
    assert [(bounce.recipient, bounce.verdict) for bounce in found.bounces] == [(RECIPIENT, "hard")]


def test_a_report_whose_header_names_the_wrong_boundary_is_read_all_the_same() -> None:
    raw = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/report; "
        'report-type=delivery-status; boundary="lost Message-Id: <1@mx.example>\n\n--real/1\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; anna@customer.example\nAction: failed\nStatus: 5.1.1\n\n--real/1--\n"
    )
    found = classify(parse(raw.encode()))
    assert [(bounce.recipient, bounce.verdict) for bounce in found.bounces] == [(RECIPIENT, "hard")]


def test_a_short_letter_of_a_person_without_an_address_is_no_report() -> None:
    """RULES O1: an empty From alone makes no delivery report."""
    raw = b"Return-Path: <jo@lead.example>\nFrom: \nTo: a@b.example\nSubject: Ticket\n\nThe user is unknown to me.\n"
    assert classify(parse(raw)).cls == "human"
