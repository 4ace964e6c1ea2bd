"""Delivery reports in plain words, by the families of servers that write them (MAIL 1.9, 1.11)."""

import re

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

RECIPIENT = "jo@lead.example.net"
LETTERS = [
    (
        "soft",
        "Postmaster <postmaster@x.org>",
        "Undeliverable mail",
        "Unable to deliver message to the following address(es).\n"
        "\n"
        "<jo@lead.example.net>:\n"
        "This user doesn't have a lead.example.net account (jo@lead.example.net) [0]\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@aol.com",
        "Mail Delivery Problem",
        "Your mail is not being delivered.\n\n  jo@lead.example.net  MAILBOX NOT FOUND\n",
    ),
    (
        "hard",
        "Mail Administrator <Postmaster@nf.example>",
        "Mail System Error - Returned Mail",
        "This Message was undeliverable due to the following reason:\n"
        "\n"
        "Your message was not delivered because the destination computer was\n"
        "not found.  Carefully check that it was spelled correctly and try\n"
        "sending it again if there were any mistakes.\n"
        "\n"
        "Host lead.example.net not found\n"
        "\n"
        "The following recipients did not receive this message:\n"
        "\n"
        "     <jo@lead.example.net>\n"
        "\n"
        "Please reply to Postmaster@nf.example\n",
    ),
    (
        "hard",
        "Mail Delivery Subsystem <MAILER-DAEMON@x.jp>",
        "Returned mail: Host unknown (Name server: lead.example.net: host not found)",
        "The original message was received at Mon\n"
        "from a\n"
        "\n"
        "   ----- The following addresses have delivery notifications -----\n"
        "<jo@lead.example.net>  (unrecoverable error)\n"
        "\n"
        "   ----- Transcript of session follows -----\n"
        "550 <jo@lead.example.net>... Host unknown (Name server: lead.example.net: host not found)\n",
    ),
    (
        "hard",
        "postmaster@x.org",
        "Delivery Failure",
        "Could not deliver message to the following recipient(s):\n"
        "\n"
        "Failed Recipient: jo@lead.example.net\n"
        "Reason: Remote host said: 550 5.1.1 <jo@lead.example.net> User unknown\n"
        "\n"
        "   -- The header and top 20 lines of the message follows --\n"
        "\n"
        "Received: from a\n",
    ),
    (
        "hard",
        "MAILER-DAEMON@mx.org",
        "Undeliverable message",
        "Failed to deliver to 'jo@lead.example.net'\n"
        "SMTP module(domain lead.example.net) reports:\n"
        " host lead.example.net says:\n"
        " 550 5.1.1 unknown or illegal user: jo@lead.example.net\n",
    ),
    (
        "soft",
        "Mailer-Daemon@mx.org",
        "Undeliverable mail",
        "Failed to deliver to 'jo@lead.example.net'\n"
        "LOCAL module(account jo) reports:\n"
        " account is full (quota exceeded)\n",
    ),
    (
        "soft",
        "IMail Server <postmaster@x.org>",
        "Undeliverable Mail",
        "User mailbox exceeds allowed size: jo@lead.example.net\n\nOriginal message follows.\n\n",
    ),
    (
        "hard",
        "IMail Server <postmaster@x.org>",
        "Undeliverable Mail",
        "Unknown user: jo@lead.example.net\n\nOriginal message follows.\n\nReceived: from x\n",
    ),
    (
        "hard",
        "Internet Mail Delivery <postmaster@x.org>",
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n"
        "\n"
        "  Message-id: <a@b.c>\n"
        "  Date: Fri\n"
        "  From: asa@example.com\n"
        "  To: jo@lead.example.net\n"
        "  Subject: x\n"
        "\n"
        "Your message cannot be delivered to the following recipients:\n"
        "\n"
        "  Recipient address: jo@lead.example.net\n"
        "  Reason: Illegal host/domain name found\n",
    ),
    (
        "soft",
        "postmaster@lead.example.net",
        "Undelivered Mail",
        "Hello, this is the mail server on lead.example.net.\n"
        "\n"
        "I am sending you this message to inform you on the delivery status of a\n"
        "message you previously sent.  Immediately below you will find a list of\n"
        "the affected recipients;  also attached is a Delivery Status Notification\n"
        "(DSN) report in standard format, as well as the headers of the original\n"
        "message.\n"
        "\n"
        "  <jo@lead.example.net>  delivery failed; will not continue trying\n"
        "     reason: 550 no such user\n",
    ),
    (
        "ours",
        "Mail Delivery System <mailer-daemon@x.de>",
        "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n"
        "\n"
        "  jo@lead.example.net\n"
        "    SMTP error from remote mail server after end of data:\n"
        "    host mx.lead.example.net [198.51.100.7]: 554 rejected due to spam content\n",
    ),
    (
        "soft",
        "Mail Delivery System <mailer-daemon@x.de>",
        "Mail delivery failed: returning message to sender",
        "The following address(es) failed:\n\n  jo@lead.example.net\n    mailbox is full: retry timeout exceeded\n",
    ),
    (
        "hard",
        "Mail Delivery System <mailer-daemon@x.de>",
        "Mail delivery failed",
        "The following address(es) failed:\n"
        "\n"
        "  jo@lead.example.net\n"
        "    all relevant MX records point to non-existent hosts\n",
    ),
    (
        "hard",
        "Mail Delivery System <mailer-daemon@x.de>",
        "Mail delivery failed",
        "The following address(es) failed:\n"
        "\n"
        "  box@host.example.net\n"
        "    (ultimately generated from jo@lead.example.net)\n"
        "    Unrouteable address\n",
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "Hi. This is the qmail-send program at x.\n"
        "\n"
        "<jo@lead.example.net>:\n"
        "198.51.100.7 does not like recipient.\n"
        "Remote host said: 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)\n"
        "Giving up on 198.51.100.7.\n",
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "Hi. This is the qmail-send program at x.\n"
        "\n"
        "<jo@lead.example.net>:\n"
        "User and password not set, continuing without authentication.\n"
        "198.51.100.7 failed after I sent the message.\n"
        "Remote host said: 554 5.7.1 Message rejected as spam\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "<jo@lead.example.net>:\n"
        "Connected to 198.51.100.7 but greeting failed.\n"
        "Remote host said: 421 too many connections\n"
        "I'm not going to try again; this message has been in the queue too long.\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "<jo@lead.example.net>:\n"
        "CNAME lookup failed temporarily. (#4.4.3)\n"
        "I'm not going to try again; this message has been in the queue too long.\n",
    ),
    (
        "hard",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "<jo@lead.example.net>:\nSorry, I couldn't find a mail exchanger or IP address. (#5.4.4)\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "<jo@lead.example.net>:\nThe users mailfolder is over the allowed quota (size). (#5.2.2)\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "failure notice",
        "<jo@lead.example.net>:\nThis address no longer accepts mail.\n",
    ),
    (
        "soft",
        "postmaster@mail.ru",
        "Mail failure.",
        "Mail failure: jo@lead.example.net\nuser not found\n",
    ),
    (
        "soft",
        "postmaster@x.org",
        "NDN: Your request",
        "Sorry. Your message could not be delivered to:\n"
        "\n"
        "jo,lead.example.net (The name was not found at the remote site. Check that the\n"
        "name has been entered correctly.)\n"
        "\n"
        "jo@lead.example.net\n",
    ),
    (
        "hard",
        "Lotus Notes <postmaster@x.org>",
        "DELIVERY FAILURE: 550 5.1.1 User unknown",
        "Your message\n"
        "\n"
        "  Subject: x\n"
        "\n"
        "was not delivered to:\n"
        "\n"
        "  jo@lead.example.net\n"
        "\n"
        "because:\n"
        "\n"
        "  550 5.1.1 User unknown\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Returned mail: Service unavailable",
        "   ----- The following addresses had permanent fatal errors -----\n"
        "jo@lead.example.net\n"
        "\n"
        "   ----- Transcript of session follows -----\n"
        "554 jo@lead.example.net... Service unavailable\n",
    ),
    (
        "hard",
        "Microsoft Exchange Server <postmaster@x.org>",
        "No se puede entregar: Your request",
        "No se pudo entregar el mensaje a los siguientes destinatarios:\n"
        "\n"
        "jo@lead.example.net\n"
        "No se encontró la dirección de correo. El destinatario no existe.\n"
        "#550 5.1.1 RESOLVER.ADR.RecipNotFound\n",
    ),
    (
        "hard",
        "Mail Delivery Subsystem <mailer-daemon@x.org>",
        "Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n"
        "\n"
        "     jo@lead.example.net\n"
        "\n"
        "Technical details of permanent failure: \n"
        "Google tried to deliver your message, but it was rejected by the server for the recipient domain "
        "lead.example.net by mx. [198.51.100.7].\n"
        "\n"
        "The error that the other server returned was:\n"
        "550 5.1.1 <jo@lead.example.net>: Recipient address rejected: User unknown\n"
        "\n"
        "----- Original message -----\n"
        "\n"
        "To: jo@lead.example.net\n",
    ),
    (
        "hard",
        "Mail Delivery Subsystem <mailer-daemon@x.org>",
        "Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n"
        "\n"
        "     jo@lead.example.net\n"
        "\n"
        "Technical details of permanent failure: \n"
        "DNS Error: Domain name not found\n",
    ),
    (
        "delayed",
        "Mail Delivery Subsystem <mailer-daemon@x.org>",
        "Delivery Status Notification (Delay)",
        "This is an automatically generated Delivery Status Notification\n"
        "\n"
        "THIS IS A WARNING MESSAGE ONLY.\n"
        "\n"
        "YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n"
        "\n"
        "Delivery to the following recipient has been delayed:\n"
        "\n"
        "     jo@lead.example.net\n"
        "\n"
        "Message will be retried for 2 more day(s)\n",
    ),
    (
        "hard",
        "Симон <MAILER-DAEMON@x.ru>",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx.yandex.ru[1.2.3.4] said: 550 5.7.1 No such user!\n"
        "    1234 (in reply to RCPT TO command)\n",
    ),
    (
        "soft",
        "MAILER-DAEMON <>",
        "Returned to Sender: User unknown",
        "The user jo@lead.example.net does not have an account here.\n",
    ),
    (
        "soft",
        "noreply@x.org",
        "Undeliverable: Hello",
        "Your message could not be delivered to jo@lead.example.net: mailbox disabled\n",
    ),
    (
        "soft",
        "postmaster@x.org",
        "Undeliverable: Your request",
        "Delivery has failed to these recipients or distribution lists:\n"
        "\n"
        "Jo Lead<mailto:jo@lead.example.net>\n"
        "The recipient's mailbox is full and can't accept messages now. Please try resending later.\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: mail for lead.example.net loops back to myself\n",
    ),
    (
        "hard",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        '<jo@lead.example.net>: unknown user: "jo"\n',
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: message size 30000000 exceeds size limit 10485760 of\n"
        "    server mx.lead.example.net[1.2.3.4]\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        '<jo@lead.example.net>: Command died with status 1: "/usr/bin/procmail". Command output: Quota exceeded\n',
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] refused to talk to me: 554 Your access to this mail system has been "
        "rejected due to the sending MTA's poor reputation.\n",
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 550-5.7.26 This mail has been blocked because the sender is "
        "unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM\n",
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 550 5.1.0 <asa@example.com> sender rejected\n",
    ),
    (
        "hard",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 550 #5.1.0 Address rejected. (in reply to RCPT TO command)\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 550 5.2.1 The email account that you tried to reach is "
        "inactive\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 451 4.7.1 Greylisting in action, please come back later\n",
    ),
    (
        "hard",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 550 Invalid recipient jo@lead.example.net (#5.1.1)\n",
    ),
    (
        "ours",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: host mx[1.2.3.4] said: 554 5.7.1 <jo@lead.example.net>: Relay access denied\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Undelivered Mail Returned to Sender",
        "<jo@lead.example.net>: Host or domain name not found. Name service error for name=lead.example.net type=MX: "
        "Host not found, try again\n",
    ),
    (
        "soft",
        "SMTPD@x.org",
        "Delivery failed for jo@lead.example.net",
        "No such user here\n",
    ),
    (
        "soft",
        "MAILER-DAEMON@x.org",
        "Your message to jo@lead.example.net could not be delivered.",
        "Hello,\n\nthis is the mail server of Lead. Your message has reached jo@lead.example.net, but this address is wrong or no "
        "longer valid.\n\nAll addresses are listed on our site.\n",
    ),
]


@pytest.mark.parametrize(("verdict", "sender", "subject", "words"), LETTERS)
def test_a_report_in_plain_words_is_understood(verdict: str, sender: str, subject: str, words: str) -> None:
    """F2: the right recipient, alone, and what its refusal means."""
    raw = (
        f"Return-Path: <>\nFrom: {sender}\nTo: asa@example.com\nSubject: {subject}\nDate: Fri, 06 Mar 2026 "
        f"09:05:00 +0000\n\n{words}"
    )
    found = classify(parse(raw.encode()))
    assert found.cls == "bounce", found.evidence
    assert [(one.recipient, one.verdict) for one in found.bounces] == [(RECIPIENT, verdict)]


# What large providers and common servers answer: code and words, the command, the meaning.
ANSWERS = [
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "RCPT TO", "hard"),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [X.protection.outlook.com]",
        "RCPT TO",
        "hard",
    ),
    ("550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy", "end of DATA", "ours"),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "RCPT TO", "ours"),
    ("550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", "RCPT TO", "ours"),
    ("550 5.7.124 Sender not in allowed-senders list", "RCPT TO", "ours"),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "RCPT TO", "ours"),
    ("554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "end of DATA", "soft"),
    ("554 5.2.1 mailbox disabled", "RCPT TO", "soft"),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", "RCPT TO", "hard"),
    ("550 Requested action not taken: mailbox unavailable (S2017062302)", "RCPT TO", "hard"),
    (
        "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking",
        "RCPT TO",
        "hard",
    ),
    ("550 5.2.1 The email account that you tried to reach is disabled. Learn more", "RCPT TO", "soft"),
    (
        "550 5.2.1 The email account that you tried to reach is inactive. Learn more at https://help.example/",
        "RCPT TO",
        "soft",
    ),
    ("452 4.2.2 The email account that you tried to reach is over quota", "RCPT TO", "soft"),
    (
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered",
        "RCPT TO",
        "soft",
    ),
    (
        "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail",
        "end of DATA",
        "ours",
    ),
    ("554 delivery error: dd Requested mail action aborted - mta1", "end of DATA", "soft"),
    ("552 1 Requested mail action aborted, mailbox not found", "RCPT TO", "hard"),
    (
        "554 30 Sorry, your message to anna@customer.example cannot be delivered. This mailbox is disabled (554.30).",
        "end of DATA",
        "soft",
    ),
    ("550 5.1.1 <anna@customer.example>: Recipient address rejected: customer.example", "RCPT TO", "hard"),
    ("550 5.1.1 <anna@customer.example>: user does not exist", "RCPT TO", "hard"),
    ("552 5.2.2 <anna@customer.example>: user is over quota", "RCPT TO", "soft"),
    ("554 5.7.1 [HM08] Message rejected due to local policy", "end of DATA", "ours"),
    (
        "550 Message was not accepted -- invalid mailbox.  Local mailbox anna@customer.example is unavailable: user not found",
        "RCPT TO",
        "hard",
    ),
    (
        "550 Message was not accepted -- invalid mailbox.  Local mailbox anna@customer.example is unavailable: user not found",
        "end of DATA",
        "soft",
    ),
    ("550 5.7.1 No such user!", "RCPT TO", "hard"),
    ("550 Requested action not taken: mailbox unavailable invalid DNS MX or A/AAAA resource record", "RCPT TO", "hard"),
    ("550 user unknown", "RCPT TO", "hard"),
    ("550-Requested action not taken: mailbox unavailable 550 invalid DNS", "RCPT TO", "hard"),
    ("550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_418 [418]", "RCPT TO", "hard"),
    ("550 5.2.1 Boite du destinataire archivee. Archived recipient. OFR204_417 [417]", "RCPT TO", "soft"),
    ("550 spam detected", "end of DATA", "ours"),
    ("550 Invalid Recipient - https://help.example/", "RCPT TO", "hard"),
    ("554 Email rejected due to security policies - https://help.example/", "end of DATA", "ours"),
    ("550 5.1.1 User Unknown", "RCPT TO", "hard"),
    ("554 Blocked - see https://help.example/", "MAIL FROM", "ours"),
    (
        "550 permanent failure for one or more recipients (anna@customer.example:550 5.1.1 Recipient not found. Anti-Virus (1))",
        "end of DATA",
        "hard",
    ),
    ("550-Invalid recipient <anna@customer.example> 550 (#5.1.1)", "RCPT TO", "hard"),
    ("550-Callback setup failed while verifying <rep@sender.example> 550 Sender verify failed", "RCPT TO", "ours"),
    ("550 No Such User Here", "RCPT TO", "hard"),
    ("511 sorry, no mailbox here by that name (#5.1.1 - chkuser)", "RCPT TO", "hard"),
    ("550 sorry, that domain is not in my list of allowed rcpthosts (#5.7.1)", "RCPT TO", "ours"),
    ("550 5.1.1 <anna@customer.example>: Recipient address rejected: customer.example", "RCPT TO", "hard"),
    ("450 4.2.0 <anna@customer.example>: Recipient address rejected: Greylisted", "RCPT TO", "soft"),
    ("550 5.7.26 This mail has been blocked because the sender is unauthenticated", "end of DATA", "ours"),
    (
        "550 Mailbox not found. https://help.example/",
        "RCPT TO",
        "hard",
    ),
    ("552 Mailbox is full", "end of DATA", "soft"),
    ("550 User not found: anna@customer.example", "RCPT TO", "hard"),
    ("550 User suspended", "RCPT TO", "soft"),
    ("550 #5.1.0 Address rejected.", "RCPT TO", "hard"),
    ("550 5.1.1 No such user", "RCPT TO", "hard"),
    ("550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416", "RCPT TO", "hard"),
    ("550 RCPT TO:<anna@customer.example> User unknown", "RCPT TO", "hard"),
    ("550 5.1.1 No such user", "RCPT TO", "hard"),
    ("550 5.1.1 Not our Customer", "RCPT TO", "hard"),
    ("550 5.1.1 <anna@customer.example> Account not available", "RCPT TO", "hard"),
    ("550 5.1.1 <anna@customer.example> recipient rejected. Refer to Error Codes", "RCPT TO", "hard"),
    ("550 5.7.1 Connections not accepted from servers without a valid sender domain", "MAIL FROM", "ours"),
    ("550 anna@customer.example...User account is overquota", "RCPT TO", "soft"),
    ("550 5.1.1 anna@customer.example recipient rejected", "RCPT TO", "hard"),
    ("556 5.1.10 Recipient address has null MX", "RCPT TO", "hard"),
    ("550 5.1.2 Host unknown", "RCPT TO", "hard"),
    ("552 5.3.4 Message size exceeds fixed limit", "MAIL FROM", "soft"),
    ("552 5.3.4 Message size exceeds fixed limit", "end of DATA", "soft"),
    ("554 5.7.1 <anna@customer.example>: Relay access denied", "RCPT TO", "ours"),
    ("550 5.1.1 relaying denied", "RCPT TO", "ours"),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "RCPT TO", "ours"),
    ("452 4.5.3 Too many recipients", "RCPT TO", "soft"),
    ("550 5.5.3 Too many recipients", "RCPT TO", "ours"),
    ("550 5.1.1 too many wrong recipients from your host, come back later", "RCPT TO", "ours"),
    ("550 Excessive unknown recipients", "RCPT TO", "ours"),
    ("550 mailbox unavailable or foreign; you must log in first", "RCPT TO", "ours"),
    ("553 5.1.1 closed due to abuse, or a forgery", "RCPT TO", "ours"),
    ("554 sender is rejected: 17,mx3", "RCPT TO", "ours"),
    ("550 the recipient's mailbox <anna@customer.example> is full", "end of DATA", "soft"),
    ("550 Nobody with that name at this site: there is no one by this address", "RCPT TO", "hard"),
    ("550 User not a member of domain", "RCPT TO", "hard"),
    ("550 anna@customer.example does not have an account on this server", "RCPT TO", "hard"),
    ("550 RCPT refused: user <anna@customer.example> not OK", "RCPT TO", "hard"),
    ("550 5.2.1 anna@customer.example: expired mailbox", "RCPT TO", "hard"),
    ("550 That employee has left us: the person you write to has left", "RCPT TO", "hard"),
    ("550 Destinatario errato", "RCPT TO", "hard"),
    ("550 Su casilla ha expirado", "RCPT TO", "hard"),
    ("550 Account not available", "RCPT TO", "hard"),
    ("550 The address anna@customer.example was removed", "RCPT TO", "hard"),
    ("554 5.7.0 account anna@customer.example has been deleted", "RCPT TO", "hard"),
    ("550 That customer has closed their mailbox", "RCPT TO", "hard"),
    ("550 Recipient's address cannot be found in the database", "RCPT TO", "hard"),
    ("550 <anna@customer.example> unknown", "RCPT TO", "hard"),
    ("550 Empfaenger existiert nicht", "RCPT TO", "hard"),
    ("550 L'adresse n'existe plus", "RCPT TO", "hard"),
    ("550 Takie konto nie istnieje", "RCPT TO", "hard"),
    ("550 could not verify the sender: no such user there", "RCPT TO", "ours"),
    ("550 Unbekannter Absender", "RCPT TO", "ours"),
    ("550 Adresse IP inconnue", "RCPT TO", "ours"),
    (
        "550 5.1.1 <anna@customer.example>: Recipient address rejected: undeliverable address: host x said: 550 unknown",
        "RCPT TO",
        "hard",
    ),
    (
        "450 4.1.1 <anna@customer.example>: Recipient address rejected: unverified address: connection timed out",
        "RCPT TO",
        "soft",
    ),
]


@pytest.mark.parametrize(("answer", "command", "verdict"), ANSWERS)
def test_what_a_provider_answers_means_the_same_in_every_report(answer: str, command: str, verdict: str) -> None:
    """F2, MAIL 1.11: the same words at RCPT and after DATA, the codes that providers misuse, ours and theirs."""
    status = re.search(r"\b[245]\.\d\.\d+\b", answer)
    parts = [
        "Content-Type: text/plain\n\n<anna@customer.example>: host mx.customer.example[192.0.2.1] said: "
        f"{answer} (in reply to {command} command)\n",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; anna@customer.example\nAction: failed\n"
        f"Status: {status[0] if status else answer[0] + '.0.0'}\nDiagnostic-Code: smtp; {answer}\n",
    ]
    raw = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        + "".join(f"--B\n{part}\n" for part in parts)
        + "--B--\n"
    ).encode()
    assert [(one.recipient, one.verdict) for one in classify(parse(raw)).bounces] == [
        ("anna@customer.example", verdict)
    ]
