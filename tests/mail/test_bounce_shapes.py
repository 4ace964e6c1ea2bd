"""Delivery reports in the shapes that servers give them: part by part, with every recipient named (MAIL 1.9, 1.11)."""

import time

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

# name, own headers, kind of multipart ("" is plain text), parts, the recipients and what became of each
REPORTS: list[tuple[str, str, str, list[str], dict[str, str]]] = [
    (
        "x6",
        "From: mailer-daemon\n"
        "Subject: There was an error sending your mail\n"
        "Return-Path: <>\n"
        "Auto-Submitted: auto-replied\n"
        "Precedence: list\n",
        "mx6d",
        [
            (
                "Content-Type: text/plain; charset=us-ascii\n"
                "\n"
                "We had trouble delivering your message. Full details follow:\n"
                "\n"
                "Subject: 'Hello'\n"
                "Date: 'Thu, 29 Apr 2012 23:34:45 +0000'\n"
                "\n"
                "1 error(s):\n"
                "\n"
                "The following recipients returned permanent errors: anna@customer.example. Reason: SMTP Server "
                "<192.0.2.223> refused to accept your message (DATA), with the following error message: [554 5.4.6 "
                "Hop count exceeded - possible mail loop]\n"
                "\n"
                "The attachment contains the original mail headers.\n"
            ),
            (
                'Content-Type: text/plain; name="mailheaders-1.txt"\n'
                'Content-Disposition: attachment; filename="mailheaders-1.txt"\n'
                "\n"
                "Received: from a by b\n"
                "\tfor anna@customer.example; Thu, 29 Apr 2012 23:34:45 +0000\n"
                "To: anna@customer.example\n"
                "From: Rep <rep@sender.example>\n"
                "Message-ID: <own@sender.example>\n"
                "Subject: Hello\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "v5",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@example.com>\n"
        "Subject: Returned mail: Host unknown\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "   ----- Transcript of session follows -----\n"
                "550 one.example (smtp)... 550 Host unknown\n"
                "554 <anna@one.example>... 550 Host unknown (Authoritative answer from name server)\n"
                "550 two.example (smtp)... 550 Host unknown\n"
                "554 <bert@two.example>... 550 Host unknown (Authoritative answer from name server)\n"
                "250 three.example (smtp)... 250 Deferred\n"
                "\n"
                "   ----- Unsent message follows -----\n"
                "Received: by mx8.example.com; (5.65/1.36) id 0000000; \n"
                "    Thu, 29 Apr 1999 23:34:45 +0900\n"
                "From: rep@sender.example\n"
                "To: anna@one.example\n"
                "Subject: Hello\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@one.example": "hard", "bert@two.example": "hard"},
    ),
    (
        "mcafee",
        "From: <MAILER-DAEMON@smtp6.example>\nSubject: Delivery Status\nReturn-Path: <>\n",
        "mixed",
        [
            (
                'Content-Type: text/plain; name="deliveryproblems.txt"\n'
                "\n"
                "    --- The following addresses had delivery problems ---\n"
                "\n"
                "<anna@customer.example>   (Unknown user anna@customer.example)\n"
            ),
            (
                'Content-Type: message/delivery-status; name="deliverystatus.txt"\n'
                "\n"
                "Original-Recipient: <anna@customer.example>\n"
                "Action: failed\n"
                "Diagnostic-Code: smtp; 550 Unknown user anna@customer.example\n"
                "Remote-MTA: 192.0.2.192\n"
            ),
            (
                "Content-Type: message/rfc822\n"
                "\n"
                "From: rep@sender.example\n"
                "To: anna@customer.example\n"
                "Message-ID: <own@sender.example>\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "kddi",
        "From: no-reply@x0.dion.example\nSubject: メールエラー通知\nReturn-Path: <no-reply@x0.dion.example>\n",
        "mixed",
        [
            (
                "Content-Type: text/plain; charset=utf-8\n"
                "\n"
                "送信先のメールボックスが一杯のため、送信できませんでした。\n"
                "\n"
                "※本メールはメールシステムより配信しております。\n"
                "\n"
                "（\u3000以下、サーバから出力されたエラーメッセージ\u3000）\n"
                "\n"
                "Your mail sent on: Thu, 29 Apr 2013 23:45:22 +0900\n"
                "     Could not be delivered to: <anna@customer.example>\n"
                "     As their mailbox is full.\n"
            ),
            (
                "Content-Type: message/rfc822\n"
                "\n"
                "Return-Path: <rep@sender.example>\n"
                "From: rep@sender.example\n"
                "To: anna@elsewhere.example\n"
                "Message-Id: <own@sender.example>\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "ezweb",
        "From: Postmaster@ezweb.example\nSubject: Mail System Error - Returned Mail\nReturn-Path: <>\n",
        "mixed",
        [
            (
                "Content-Type: text/plain; charset=utf-8\n"
                "\n"
                "次のあて先へのメッセージはエラーのため送信できませんでした。\n"
                "\n"
                "送信先メールアドレスが見つからないか、\n"
                "送信先メールサーバの事由により送信できませんでした。\n"
                "メールアドレスをご確認の上、再送信してください。\n"
                "\n"
                "Each of the following recipients was rejected by a remote\n"
                "mail server.\n"
                "\n"
                "    Recipient: <anna@customer.example>\n"
                "    >>> RCPT TO:<anna@customer.example>\n"
                "    <<< 550 <anna@customer.example>: User unknown\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "ezweb-mail",
        "From: Postmaster@ezweb.example\nSubject: Mail System Error - Returned Mail\nReturn-Path: <>\n",
        "mixed",
        [
            (
                "Content-Type: text/plain; charset=utf-8\n"
                "\n"
                "Each of the following recipients was rejected by a remote\n"
                "mail server.\n"
                "\n"
                "    Recipient: <anna@customer.example>\n"
                "    >>> MAIL FROM:<rep@sender.example>\n"
                "    <<< 550 SC-004 Unfortunately, messages from 192.0.2.22 weren't sent. The problem is that too "
                "many unwanted messages have been sent from the following IP address above.\n"
            ),
        ],
        {"anna@customer.example": "ours"},
    ),
    (
        "ezweb-first",
        "From: <Postmaster@ezweb.example>\nSubject: Mail System Error - Returned Mail\nReturn-Path: <MAILER-DAEMON>\n",
        "",
        [
            (
                "<anna@customer.example>\n"
                "\n"
                "Each of the following recipients was rejected by a remote mail server.\n"
                "---------------------------------------------------\n"
                "Received: from mta (host [192.0.2.22])\n"
                "        by x.example with SMTP id 12ABCD8\n"
                "        for <anna@customer.example>; Sun,  7 Sep 2008 21:40:11 +0900 (JST)\n"
                "From: rep@sender.example\n"
                "To: anna@customer.example\n"
                "Message-Id: <own@sender.example>\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "sendgrid",
        "From: MAILER-DAEMON@nijo.example\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain\n"
                "\n"
                "This is an automatically generated message from SendGrid.\n"
                "\n"
                "I'm sorry to have to tell you that your message was not able to be\n"
                "delivered to one of its intended recipients.\n"
                "\n"
                "anna:000000:<anna@customer.example> : 192.0.2.250 : mx.example:[192.0.2.153] : 550 "
                "<anna@customer.example>... User Unknown  in RCPT TO\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "X-SendGrid-QueueID: 959479146\n"
                "X-SendGrid-Sender: <bounces+61689-10be-anna=customer.example@sendgrid.example>\n"
                "Arrival-Date: 2012-10-31 04-46-42\n"
                "\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Original-Recipient: rfc822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Diagnostic-Code: 550 <anna@customer.example>... User Unknown \n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "exch",
        "From: System Administrator <postmaster@x.example>\n"
        "Subject: E\n"
        "Return-Path: <>\n"
        "X-MS-Embedded-Report: \n"
        "X-Mailer: Internet Mail Service (5.5.2657.72)\n",
        "mixed",
        [
            (
                "Content-Type: text/plain\n"
                "\n"
                "Your message\n"
                "\n"
                "  To:      team@list.example\n"
                "  Subject: Hello\n"
                "  Sent:    Thu, 29 Apr 2007 16:51:29 -0500\n"
                "\n"
                "did not reach the following recipient(s):\n"
                "\n"
                "anna@CUSTOMER.example on Thu, 29 Apr 2007 16:51:51 -0500\n"
                "    The recipient name is not recognized\n"
                "\tThe MTS-ID of the original message is: c=jp;a= ;p=neko\n"
                ";l=EXCHANGE000000000000000000\n"
                "    MSEXCH:IMS:CAT:EXAMPLE:EXCHANGE 0 (000C05A6) Unknown\n"
                "Recipient\n"
                "bert@customer.example on Thu, 29 Apr 2007 16:51:51 -0500\n"
                "    The recipient name is not recognized\n"
                "\tThe MTS-ID of the original message is: c=jp;a= ;p=neko\n"
                ";l=EXCHANGE000000000000000000\n"
                "    MSEXCH:IMS:CAT:EXAMPLE:EXCHANGE 0 (000C05A6) Unknown Recipient\n"
            ),
            (
                "Content-Type: message/rfc822\n"
                "\n"
                "Message-ID: <own@sender.example>\n"
                "From: rep@sender.example\n"
                "To: team@list.example\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "hard"},
    ),
    (
        "x3",
        "From: Mail Delivery System <Mail.Delivery.System@mx44.example>\n"
        "Subject: Delivery status notification\n"
        "Return-Path: <MAILER-DAEMON@mx44.example>\n",
        "report",
        [
            (
                "Content-Type: text/plain; charset=UTF-8;\n"
                "\n"
                "============================================================================\n"
                "      This is an automatically generated Delivery Status Notification.      \n"
                "\n"
                "Delevery to the following recipients was aborted after 5.0 hour(s):\n"
                "\n"
                "  * anna@customer.example\n"
                "\n"
                "\n"
                "============================================================================\n"
                "                             Technical details:                             \n"
                "\n"
                "Routing: Could not find a gateway for anna@customer.example\n"
                "\n"
                "\n"
                "============================================================================\n"
                "\n"
            ),
            (
                "Content-Type: message/rfc822; charset=UFT-8;\n"
                "\n"
                "\n"
                "Received: from a by b\n"
                "\tfor anna@customer.example; Thu, 29 Apr 2006 23:34:45 +0900\n"
                "MIME-Version: 1.0\n"
                "Subject: Hello\n"
                "From: rep@sender.example\n"
                "Message-ID: <own@sender.example>\n"
                "To: anna@customer.example\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "zoho",
        "From: mailer-daemon@mail.zoho.example\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n",
        "mixed",
        [
            (
                'Content-Type: text/plain; charset="UTF-8"\n'
                "\n"
                "This message was created automatically by mail delivery software.\n"
                "A message that you sent could not be delivered to one or more of its recipients. This is a "
                "permanent error. \n"
                "\n"
                "anna@customer.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.2.1 "
                "<anna@customer.example>... User Unknown\n"
                "bert@customer.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.2.2 "
                "<bert@customer.example>... Mailbox Full\n"
                "\n"
                "\n"
                "Received:from mail.zoho.example by mx.zoho.example\n"
                "    with SMTP id 141838130288041.93205735647143; Fri, 12 Dec 2014 02:48:22 -0800 (PST)\n"
                "Message-ID:<own@zoho.example>\n"
                "From: Rep <rep@sender.example>\n"
                "To:<anna@customer.example>, <bert@customer.example>\n"
                "Subject:Hello\n"
            ),
        ],
        {"anna@customer.example": "soft", "bert@customer.example": "soft"},
    ),
    (
        "mailru",
        "From: mailer-daemon@corp.mail.example\n"
        "Subject: =?UTF-8?B?0JLQsNGI0LUg0YHQvtC+0LHRidC10L3QuNC1INC90LUg0LTQvtGB0YLQsNCy0LvQtdC90L4=?=. Mail "
        "failure.\n"
        "Return-Path: <>\n"
        "X-Failed-Recipients: anna@customer.example\n"
        "Auto-Submitted: auto-replied\n",
        "",
        [
            (
                "Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n"
                "\n"
                "К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n"
                "\n"
                "  anna\n"
                "    SMTP error from remote mail server after RCPT TO:<anna@customer.example>:\n"
                "    host mx.example [192.0.2.222]: 550 <anna@customer.example>... User Unknown\n"
                "\n"
                "**********************\n"
                "\n"
                "\n"
                "This message was created automatically by mail delivery software.\n"
                "\n"
                "The following address(es) failed:\n"
                "\n"
                "  anna@customer.example\n"
                "    SMTP error from remote mail server after RCPT TO:<anna@customer.example>:\n"
                "    host mx.example [192.0.2.222]: 550 <anna@customer.example>... User Unknown\n"
                "\n"
                "------ This is a copy of the message, including all the headers. ------\n"
                "\n"
                "Return-path: <rep@sender.example>\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "mfilter",
        "From: POSTMASTER <postmaster@x.example>\nSubject: failure notice\nReturn-Path: <postmaster@x.example>\n",
        "",
        [
            (
                "このメールは「m-FILTER」が自動的に生成して送信しています。\n"
                "メールサーバーとの通信中、下記の理由により\n"
                "このメールは送信できませんでした。\n"
                "\n"
                "以下のメールアドレスへの送信に失敗しました。\n"
                "anna@customer.example\n"
                "\n"
                "\n"
                "-------server message\n"
                "550 unknown user <anna@customer.example>\n"
                "\n"
                "-------SMTP command\n"
                "DATA\n"
                "\n"
                "-------original message\n"
                "Received: from 192.0.2.54 (192.0.2.54) by m-FILTER with ESMTP; \n"
                "    Thu, 29 Apr 2011 23:34:45 +0900\n"
                "Message-ID: <own@sender.example>\n"
                "From: rep@sender.example\n"
                "To: anna@customer.example\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "notes-ja",
        "From: postmaster@n.example\nSubject: Undeliverable message\nReturn-Path: <>\n",
        "",
        [
            (
                "------- Failure Reasons  --------\n"
                "\n"
                "ディレクトリのリストにありません\n"
                "anna@customer.example\n"
                "\n"
                "------- Returned Message --------\n"
                "Received: from smtp-gw7.example ([192.0.2.89]) \n"
                "    by n.example (Lotus SMTP MTA) \n"
                "    with SMTP id 0; Thu, 29 Apr 2009 12:34:29 +0900\n"
                "Message-ID: <own@sender.example>\n"
                "To: anna@elsewhere.example\n"
                'From: "Rep" <rep@sender.example>\n'
                "\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "marshal",
        'From: postmaster@x.example\nSubject: Undeliverable Mail: "Hello"\nReturn-Path: <postmaster@x.example>\n',
        "",
        [
            (
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
                "\n"
                "\n"
                "Additional Information\n"
                "======================\n"
                "Original Sender:    <rep@sender.example>\n"
                "Sender-MTA:         <10.11.12.13>\n"
                "Remote-MTA:\t\t\t<10.0.0.1>\n"
                "Reporting-MTA:      <relay.example>\n"
                "MessageName:        <B549996730000.000000000001.0003.mml>\n"
                "Last-Attempt-Date:  <16:21:07 seg, 22 Dezembro 2014>\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "bigfoot",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@bigfoot.example>\n"
        "Subject: Returned mail: Requested action not taken: mailbox name not allowed\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "\n"
                "The original message was received at Sun, 28 Dec 2014 18:17:16 -0800\n"
                "from x.example [192.168.12.53]\n"
                "\n"
                "\n"
                "   ----- The following addresses had permanent fatal errors -----\n"
                "<anna@customer.example>\n"
                "\n"
                "   ----- Transcript of session follows -----\n"
                ">>> RCPT TO:<anna@customer.example>\n"
                "<<< 553 Invalid recipient anna@customer.example (Mode: normal)\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Final-Recipient: RFC822; <anna@customer.example>\n"
                "Action: failed\n"
                "Status: 5.7.1\n"
                "Remote-MTA: DNS; mx.example.net\n"
                "Diagnostic-Code: SMTP; 553 Invalid recipient anna@customer.example (Mode: normal)\n"
            ),
            (
                "Content-Type: message/partial\n"
                "\n"
                "Received: by x\n"
                "Message-ID: <own@sender.example>\n"
                "From: rep@sender.example\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "barracuda",
        "From: MAILER-DAEMON <>\nSubject: **Message you sent blocked by our bulk email filter**\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain; charset=utf-8\n"
                "\n"
                "Your message to: anna@customer.example\n"
                "was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN "
                "DELIVERED:\n"
                "\n"
                "Subject: Hello\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.7.1\n"
                "Diagnostic-Code: smtp; 550 5.7.1 Message content rejected, UBE, id=00000-22-225\n"
            ),
        ],
        {"anna@customer.example": "ours"},
    ),
    (
        "1und1",
        'From: "Mail Delivery System" <mailer-daemon@kundenserver.example>\n'
        "Subject: Mail delivery failed: returning message to sender\n"
        "Return-Path: <postmaster@kundenserver.example>\n",
        "",
        [
            (
                "This message was created automatically by mail delivery software.\n"
                "\n"
                "A message that you sent could not be delivered to one or more of\n"
                "its recipients. This is a permanent error.\n"
                "\n"
                "The following address failed:\n"
                "\n"
                "anna@customer.example\n"
                "\n"
                "For the following reason:\n"
                "\n"
                "Mail size limit exceeded. For explanation visit\n"
                "http://postmaster.example/en/error-messages?ip=%1s\n"
                "\n"
                "--- The header of the original message is following. ---\n"
                "\n"
                "Received: from a by b\n"
                "\tfor <anna@customer.example>; Thu, 29 Apr 2015 23:34:45 +0900\n"
                "Message-ID: <own@sender.example>\n"
                "From: rep@sender.example\n"
                "To: Anna <anna@customer.example>\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "sendmail-pipelined",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@nijo.example>\n"
        "Subject: Returned mail: see transcript for details\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "\n"
                "The original message was received at Tue, 31 Oct 2017 16:48:39 +0900\n"
                "from x.example [203.0.113.22]\n"
                "\n"
                "   ----- The following addresses had permanent fatal errors -----\n"
                "<anna@customer.example>\n"
                "    (reason: 550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416)\n"
                "\n"
                "   ----- Transcript of session follows -----\n"
                "... while talking to smtpz4.customer.example.:\n"
                ">>> DATA\n"
                "<<< 550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416\n"
                "550 5.1.1 <anna@customer.example>... User unknown\n"
                "<<< 554 5.5.1 Error: no valid recipients\n"
                ">>> RSET\n"
                "<<< 421 4.7.0 too many errors\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; nijo.example\n"
                "\n"
                "Final-Recipient: RFC822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.5.0\n"
                "Remote-MTA: DNS; smtpz4.customer.example\n"
                "Diagnostic-Code: SMTP; 550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "sendmail-after-data",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@nijo.example>\n"
        "Subject: Returned mail: see transcript for details\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "\n"
                "The original message was received at Tue, 31 Oct 2017 16:48:39 +0900\n"
                "from x.example [203.0.113.22]\n"
                "\n"
                "   ----- The following addresses had permanent fatal errors -----\n"
                "<anna@customer.example>\n"
                "    (reason: 550 Unknown user anna@customer.example)\n"
                "\n"
                "   ----- Transcript of session follows -----\n"
                "... while talking to mfsmax.customer.example.:\n"
                ">>> DATA\n"
                "<<< 550 Unknown user anna@customer.example\n"
                "554 5.0.0 Service unavailable\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; nijo.example\n"
                "\n"
                "Final-Recipient: RFC822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.2.0\n"
                "Remote-MTA: DNS; mfsmax.customer.example\n"
                "Diagnostic-Code: SMTP; 550 Unknown user anna@customer.example\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "gmx",
        "From: MAILER-DAEMON@mail.gmx.example\n"
        "Subject: Mail delivery failed: returning message to sender\n"
        "Return-Path: \n",
        "",
        [
            (
                "This message was created automatically by mail delivery software.\n"
                "\n"
                "A message that you sent could not be delivered to one or more of\n"
                "its recipients. This is a permanent error. The following address\n"
                "failed:\n"
                "\n"
                '"anna@customer.example":\n'
                "SMTP error from remote server after RCPT command:\n"
                "host: mx.customer.example\n"
                "5.2.1 <anna@customer.example>... User Unknown\n"
                '"bert@customer.example":\n'
                "SMTP error from remote server after RCPT command:\n"
                "host: mx.customer.example\n"
                "5.2.2 <bert@customer.example>... Mailbox Full\n"
                "\n"
                "\n"
                "--- The header of the original message is following. ---\n"
                "\n"
                "Received: from [192.0.2.135] by 3capp.lan (via\n"
                "HTTP); Sat, 29 Nov 2014 00:32:42 +0100\n"
                "MIME-Version: 1.0\n"
                "Message-ID: <own@sender.example>\n"
                "From: Rep <rep@sender.example>\n"
                "To: anna@customer.example, bert@customer.example\n"
                "Subject: Hello\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    ),
    (
        "exim-two",
        "From: Mail Delivery System <Mailer-Daemon@x.example>\n"
        "Subject: Mail delivery failed: returning message to sender\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "This message was created automatically by mail delivery software.\n"
                "\n"
                "A message that you sent could not be delivered to one or more of its\n"
                "recipients. This is a permanent error. The following address(es) failed:\n"
                "\n"
                "  anna@customer.example\n"
                "    SMTP error from remote mail server after RCPT TO:<anna@customer.example>:\n"
                "    host mx.customer.example [192.0.2.153]: 550 <anna@customer.example>... User Unknown\n"
                "  bert@customer.example\n"
                "    SMTP error from remote mail server after end of data:\n"
                "    host mx.customer.example [192.0.2.153]: 550 <bert@customer.example>... User Unknown\n"
                "\n"
                "------ This is a copy of the message, including all the headers. ------\n"
                "\n"
                "Return-path: <rep@sender.example>\n"
                "Message-Id: <own@sender.example>\n"
                "From: rep@sender.example\n"
                "\n"
                "test\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    ),
    (
        "rfc-example",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\n"
        "Subject: Returned mail: User unknown\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "content-type: text/plain; charset=us-ascii\n"
                "\n"
                "       ----- The following addresses had delivery problems -----\n"
                "<anna@customer.example> (unrecoverable error)\n"
                "<carl@third.example> (unrecoverable error)\n"
            ),
            (
                "content-type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Original-Recipient: rfc822;anna@customer.example\n"
                "Final-Recipient: rfc822;anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0 (permanent failure)\n"
                "Diagnostic-Code: smtp;  550 'anna@customer.example' is not a\n"
                " registered gateway user\n"
                "Remote-MTA: dns; customer.example\n"
                "\n"
                "Original-Recipient: rfc822;bert@second.example\n"
                "Final-Recipient: rfc822;bert@second.example\n"
                "Action: delayed\n"
                "Status: 4.0.0 (second.example: host name lookup failure)\n"
                "\n"
                "Original-Recipient: rfc822;carl@third.example\n"
                "Final-Recipient: rfc822;carl@third.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Diagnostic-Code: smtp; 550 user unknown\n"
                "Remote-MTA: dns; third.example\n"
            ),
        ],
        {"anna@customer.example": "soft", "bert@second.example": "delayed", "carl@third.example": "soft"},
    ),
    (
        "facebook",
        "From: Facebook <mailer-daemon@mx.facebook.example>\n"
        "Subject: Sorry, your message could not be delivered\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain; charset=UTF-8\n"
                "\n"
                "This message was created automatically by Facebook.\n"
                "\n"
                "Based on the email preferences of the person you're trying to email, this message could not be "
                "delivered.\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; 10.138.205.200\n"
                "Arrival-Date: Thu, 29 Apr 2012 23:34:45 -0700\n"
                "\n"
                "Diagnostic-Code: smtp; 550 5.1.1 RCP-P2 http://postmaster.example/response_codes?ip=192.0.2.135#rcp "
                "Refused due to recipient preferences\n"
                "Status: 5.1.1\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Action: failed\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "bare-words",
        "From: Postmaster@x.example\nSubject: foobar\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            ("Content-Type: text/plain; charset=utf-8\n\n  aufgehoert\n"),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns;10.9.37.234\n"
                "\n"
                "Final-Recipient: rfc822;anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Diagnostic-Code: The email account that you tried to reach does not exist.\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "v5-three",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\n"
        "Subject: Returned mail: User unknown\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "   ----- Transcript of session follows -----\n"
                "While talking to mailin1.one.example:\n"
                ">>> MAIL From:<rep@sender.example>\n"
                "<<< 501 <rep@sender.example>... no access from mail server [192.0.2.55] which is an open relay.\n"
                "554 <anna@one.example>... Remote protocol error\n"
                "550 two.example (smtp)... 550 Host unknown\n"
                "554 <bert@two.example>... 550 Host unknown (Authoritative answer from name server)\n"
                "While talking to smtp.three.example:\n"
                ">>> RCPT To:<carl@three.example>\n"
                "<<< 550 <carl@three.example>... User unknown\n"
                "550 <carl@three.example>... User unknown\n"
                "\n"
                "   ----- Unsent message follows -----\n"
                "Received: by mx8.example.com; (5.65/1.36) id 0000000;\n"
                "    Thu, 29 Apr 1999 23:34:45 +0900\n"
                "From: rep@sender.example\n"
                "To: anna@one.example\n"
                "Subject: Hello\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@one.example": "ours", "bert@two.example": "hard", "carl@three.example": "hard"},
    ),
    (
        "mail.local",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\n"
        "Subject: Returned mail: Service unavailable\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "The original message was received at Thu, 29 Apr 2000 23:34:45 +0900 (JST)\n"
                "from [192.0.2.230]\n"
                "\n"
                "   ----- The following addresses had permanent fatal errors -----\n"
                "<anna@customer.example>\n"
                "\n"
                "   ----- Transcript of session follows -----\n"
                "mail.local: unknown user: anna\n"
                "554 <anna@customer.example>... Service unavailable\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "Arrival-Date: Thu, 29 Apr 2000 23:34:45 +0900 (JST)\n"
                "\n"
                "Final-Recipient: RFC822; <anna@customer.example>\n"
                "Action: failed\n"
                "Status: 5.5.0\n"
                "Last-Attempt-Date: Thu, 29 Apr 2000 23:34:45 +0900 (JST)\n"
                "\n"
                "Return-Path: <rep@sender.example>\n"
                "Received: from a by b; Thu\n"
                "From: rep@sender.example\n"
                "Message-Id: <own@sender.example>\n"
                "To: rep@sender.example\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "dragon-rcpt",
        "From: MAILER-DAEMON <>\n"
        "Subject: Mail delivery failed\n"
        "Return-Path: \n"
        "X-Original-To: <anna@customer.example>\n",
        "",
        [
            (
                "This is the DragonFly Mail Agent v0.13 at df.example.\n"
                "\n"
                "There was an error delivering your mail to <anna@customer.example>.\n"
                "\n"
                "mx.customer.example [192.0.2.27] did not like our RCPT TO:\n"
                "550 no such user\n"
                "\n"
                "Message headers follow.\n"
                "\n"
                "Received: from root (uid 0)\n"
                "\t(envelope-from rep@sender.example)\n"
                "\tid e06d1\n"
                "\tby df.example (DragonFly Mail Agent v0.13);\n"
                "\tTue, 11 Jun 2024 18:02:00 +0900\n"
                "Subject: Hello\n"
                "To: <anna@customer.example>\n"
                "Message-Id: <own@sender.example>\n"
                "From: <rep@sender.example>\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "dragon-data",
        "From: MAILER-DAEMON <>\n"
        "Subject: Mail delivery failed\n"
        "Return-Path: \n"
        "X-Original-To: <anna@customer.example>\n",
        "",
        [
            (
                "This is the DragonFly Mail Agent v0.13 at df.example.\n"
                "\n"
                "There was an error delivering your mail to <anna@customer.example>.\n"
                "\n"
                "mx.customer.example [192.0.2.27] did not like our final DATA:\n"
                "550 no such user\n"
                "\n"
                "Message headers follow.\n"
                "\n"
                "Received: from root (uid 0)\n"
                "\t(envelope-from rep@sender.example)\n"
                "\tid e06d1\n"
                "\tby df.example (DragonFly Mail Agent v0.13);\n"
                "\tTue, 11 Jun 2024 18:02:00 +0900\n"
                "Subject: Hello\n"
                "To: <anna@customer.example>\n"
                "Message-Id: <own@sender.example>\n"
                "From: <rep@sender.example>\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "hotmail-domain",
        "From: postmaster@mail.hotmail.example\nSubject: Delivery Status Notification (Failure)\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain; charset=utf-8\n"
                "\n"
                "This is an automatically generated Delivery Status Notification.\n"
                "\n"
                "Delivery to the following recipients failed.\n"
                "\n"
                "       anna@customer.example\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns;x.example\n"
                "\n"
                "Final-Recipient: rfc822;anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.5.0\n"
                "Diagnostic-Code: smtp;554 The mail could not be delivered to the recipient because the domain is "
                "not reachable. Please check the domain and try again (-1915321397:308:-2147467259)\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "critical-path",
        "From: Mail Delivery Service <bosscat@x.example>\n"
        "Subject: Delivery Status Notification (Mail Delivery Delayed)\n"
        "Return-Path: <>\n"
        "List-Id: General <list.example.org>\n",
        "Report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain; charset=us-ascii\n"
                "\n"
                " - This is only a notification about a delay in the delivery of your message.\n"
                " - There is no need to resend your message at this time.\n"
                " - The following recipients have not yet received your message:\n"
                "\n"
                "anna@customer.example; Action: Delayed\n"
                "\n"
                " - The server will continue trying for up to 21 hours.\n"
            ),
            (
                "Content-Type: Message/Delivery-Status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Action: Delayed\n"
                "Status: 4.4.0 (other or undefined network or routing status)\n"
            ),
        ],
        {"anna@customer.example": "delayed"},
    ),
    (
        "interscan-ja",
        'From: "InterScan MSS" <postmaster@x.example>\n'
        "Subject: メッセージを配信できません。\n"
        "Return-Path: <postmaster@x.example>\n",
        "mixed",
        [
            (
                "Content-type: text/plain\n"
                "\n"
                "...\n"
                "Sent <<< RCPT TO:<anna@customer.example>\n"
                "Received >>> 550 <anna@customer.example>... user unknown\n"
                "...\n"
                "************************     End of message     **********************\n"
            ),
            (
                "Content-type: message/rfc822\n"
                "\n"
                "Received: from a by b\n"
                "Message-ID: <own@sender.example>\n"
                "From: Rep <rep@sender.example>\n"
                "Subject: Hello\n"
                "To: anna@customer.example\n"
                "\n"
                "Hello\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "verizon-re",
        "From: post_master@vtext.example\n"
        "Subject: Re:Test message\n"
        "Return-Path: <post_master@vtext.example>\n"
        "In-Reply-To: <other@sender.example>\n",
        "mixed",
        [
            (
                "Content-Type: multipart/alternative; boundary=C\n"
                "\n"
                "--C\n"
                "Content-Type: text/plain; charset=us-ascii\n"
                "Content-Disposition: inline\n"
                "\n"
                "Error: Invalid user address\n"
                "\n"
                "Error message below:\n"
                "550 - Requested action not taken: no such user here\n"
                "\n"
                "Message details:\n"
                "  Subject: Test message\n"
                "  Sent date: Wed Jun 12 02:21:53 GMT 2013\n"
                "  MAIL FROM: rep@sender.example\n"
                "  RCPT TO: 000000000000@vtext.example\n"
                "  From: rep@sender.example\n"
                "  CC: recipient list not shown: ;\n"
                "  Size (in bytes): 39\n"
                "  Number of lines: 2\n"
                "\n"
                "--C--\n"
            ),
        ],
        {"000000000000@vtext.example": "soft"},
    ),
    (
        "mimecast",
        'From: "postmaster" <postmaster@ef.example>\n'
        "Subject: [Postmaster] Email Delivery Failure\n"
        "Return-Path: <>\n"
        "X-MC-System: x\n",
        "",
        [
            (
                "This is an automated alert notification. Please do not reply.\n"
                "\n"
                "An email that you attempted to send to the following address could not be delivered:\n"
                "-- anna@customer.example\n"
                "\n"
                "The problem appears to be :\n"
                "-- Recipient email address is possibly incorrect\n"
                "\n"
                "Additional information follows :\n"
                "-- 5.4.1 Recipient address rejected: Access denied. [QQ.prod.outlook.example "
                "2024-02-19T09:30:25.255Z FFFF]\n"
                "\n"
                "This condition occurred after 1 attempt(s) to deliver over\n"
                "a period of 0 hour(s).\n"
                "\n"
                "If you sent the email to multiple recipients, you will receive one\n"
                "of these messages for each one which failed delivery,  otherwise\n"
                "they have been sent.\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "telekom",
        "From: Mail Delivery System <Mailer-Daemon@t.example>\n"
        "Subject: Mail delivery failed: returning message to sender\n"
        "Return-Path: \n",
        "",
        [
            (
                "|------------------------- Failed addresses follow: ---------------------|\n"
                " <anna@customer.example>\n"
                "   552 5.2.2 <anna@customer.example> Quota exceeded (mailbox for user is full)\n"
                "\n"
                "|------------------------- Message header follows: ----------------------|\n"
                "Received: from a by b\n"
                "Date: Tue, 02 Jun 2026 20:17:41 +0000\n"
                "From: rep <rep@sender.example>\n"
                "To: anna@customer.example\n"
                "Message-ID: <own@sender.example>\n"
                "Subject: Hello\n"
                "\n"
                "|----------- Message text follows: (body too large, truncated) ----------|\n"
                "\n"
                "Hi\n"
            ),
        ],
        {"anna@customer.example": "soft"},
    ),
    (
        "pf3",
        "From: MAILER-DAEMON@x.example (Mail Delivery System)\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "This is the mail system at host x.example.\n"
                "\n"
                "I'm sorry to have to inform you that your message could not\n"
                "be delivered to one or more recipients. It's attached below.\n"
                "\n"
                "                   The mail system\n"
                "\n"
                "<anna@customer.example>: host mx.customer.example[192.0.2.1] said: 550 Requested\n"
                "    action aborted (in reply to RCPT TO command)\n"
                "\n"
                "<bert@customer.example>: host mx.customer.example[192.0.2.1] said: 550\n"
                "    <bert@customer.example>: User unknown (in reply to RCPT TO command)\n"
                "\n"
                "<carl@customer.example>: host mx.customer.example[192.0.2.1] said: 550 user unknown\n"
                "    (in reply to end of DATA command)\n"
            ),
        ],
        {"anna@customer.example": "soft", "bert@customer.example": "hard", "carl@customer.example": "soft"},
    ),
    (
        "pf3-dsn",
        "From: MAILER-DAEMON@x.example (Mail Delivery System)\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Return-Path: <>\n",
        "report; report-type=delivery-status",
        [
            (
                "Content-Type: text/plain\n"
                "\n"
                "This is the mail system at host x.example.\n"
                "\n"
                "I'm sorry to have to inform you that your message could not\n"
                "be delivered to one or more recipients. It's attached below.\n"
                "\n"
                "                   The mail system\n"
                "\n"
                "<anna@customer.example>: host mx.customer.example[192.0.2.1] said: 550 Requested\n"
                "    action aborted (in reply to RCPT TO command)\n"
                "\n"
                "<bert@customer.example>: host mx.customer.example[192.0.2.1] said: 550\n"
                "    <bert@customer.example>: User unknown (in reply to RCPT TO command)\n"
                "\n"
                "<carl@customer.example>: host mx.customer.example[192.0.2.1] said: 550 user unknown\n"
                "    (in reply to end of DATA command)\n"
            ),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Remote-MTA: dns; mx.customer.example\n"
                "Diagnostic-Code: smtp; 550 Requested action aborted\n"
                "\n"
                "Final-Recipient: rfc822; bert@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Remote-MTA: dns; mx.customer.example\n"
                "Diagnostic-Code: smtp; 550 <bert@customer.example>: User unknown\n"
                "\n"
                "Final-Recipient: rfc822; carl@customer.example\n"
                "Action: failed\n"
                "Status: 5.0.0\n"
                "Remote-MTA: dns; mx.customer.example\n"
                "Diagnostic-Code: smtp; 550 user unknown\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "soft", "bert@customer.example": "hard", "carl@customer.example": "soft"},
    ),
    (
        "qmail, three",
        "From: MAILER-DAEMON@x.example\nSubject: failure notice\nReturn-Path: <>\n",
        "",
        [
            (
                "Hi. This is the qmail-send program at x.example.\n"
                "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
                "\n"
                "<anna@customer.example>:\n"
                "192.0.2.1 does not like recipient.\n"
                "Remote host said: 550 5.2.1 <anna@customer.example>... User Unknown\n"
                "Giving up on 192.0.2.1.\n"
                "\n"
                "<bert@customer.example>:\n"
                "192.0.2.1 failed after I sent the message.\n"
                "Remote host said: 552 5.2.2 <bert@customer.example>... Mailbox Full\n"
                "\n"
                "<carl@customer.example>:\n"
                "Sorry, no mailbox here by that name. (#5.1.1)\n"
                "\n"
                "--- Below this line is a copy of the message.\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft", "carl@customer.example": "hard"},
    ),
    (
        "courier, two",
        "From: postmaster@x.example\nSubject: NOTICE: mail delivery status.\nReturn-Path: <>\n",
        "",
        [
            (
                "This is a delivery status notification from x.example,\n"
                "running the Courier mail server, version 0.65.2.\n"
                "\n"
                "                           UNDELIVERABLE MAIL\n"
                "\n"
                "Your message to the following recipients cannot be delivered:\n"
                "\n"
                "<anna@customer.example>:\n"
                "    mx.customer.example [192.0.2.95]:\n"
                ">>> RCPT TO:<anna@customer.example>\n"
                "<<< 550 User Unknown\n"
                "\n"
                "<bert@customer.example>:\n"
                "    mx.customer.example [192.0.2.95]:\n"
                ">>> DATA\n"
                "<<< 554 User Unknown\n"
                "\n"
                "---------------------------------------------------------------------------\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    ),
    (
        "opensmtpd, three",
        "From: Mailer Daemon <MAILER-DAEMON@x.example>\n"
        "Subject: Delivery status notification: error\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "    Hi!\n"
                "\n"
                "    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n"
                "\n"
                "    An error has occurred while attempting to deliver a message for\n"
                "    the following list of recipients:\n"
                "\n"
                "anna@customer.example: 550 5.1.1 <anna@customer.example>... User Unknown\n"
                "bert@customer.example: 550 5.2.2 <bert@customer.example>... Mailbox Full\n"
                "carl@customer.example: 550 5.2.1 <carl@customer.example>... User Unknown\n"
                "\n"
                "    Below is a copy of the original message:\n"
                "\n"
                "Received: x\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft", "carl@customer.example": "soft"},
    ),
    (
        "sendmail-multi",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@x.example>\n"
        "Subject: Returned mail: see transcript for details\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "The original message was received at Thu\n"
                "\n"
                "   ----- The following addresses had permanent fatal errors -----\n"
                "<anna@customer.example>\n"
                "    (reason: 550 5.1.1 <anna@customer.example>... User Unknown)\n"
                "<bert@customer.example>\n"
                "    (reason: 552 5.2.2 <bert@customer.example>... Mailbox Full)\n"
                "\n"
                "   ----- Transcript of session follows -----\n"
                "... while talking to mx.customer.example.:\n"
                ">>> DATA\n"
                "<<< 550 5.1.1 <anna@customer.example>... User Unknown\n"
                "550 5.1.1 <anna@customer.example>... User unknown\n"
                "<<< 552 5.2.2 <bert@customer.example>... Mailbox Full\n"
                "552 5.2.2 <bert@customer.example>... Mailbox full\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    ),
    (
        "exchange-multi",
        "From: System Administrator <postmaster@x.example>\nSubject: Undeliverable: Hello\nReturn-Path: <>\n",
        "",
        [
            (
                "Your message\n"
                "\n"
                "  To:      rep@sender.example\n"
                "  Subject: Hello\n"
                "\n"
                "did not reach the following recipient(s):\n"
                "\n"
                "anna@customer.example on Thu, 29 Apr 2007 16:51:51 -0500\n"
                "    The recipient name is not recognized\n"
                "    MSEXCH:IMS:X 0 (000C05A6) Unknown Recipient\n"
                "bert@customer.example on Thu, 29 Apr 2007 16:51:51 -0500\n"
                "    This message is larger than the current system limit\n"
                "    MSEXCH:IMS:X 0 (000D06B5) too large\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    ),
    (
        "domino-multi",
        "From: postmaster@x.example\n"
        "Subject: DELIVERY FAILURE: User anna (anna@customer.example) not listed in Domino Directory\n"
        "Return-Path: <>\n",
        "",
        [
            (
                "Your message\n"
                "\n"
                "  Subject: Test\n"
                "\n"
                "was not delivered to:\n"
                "\n"
                "  anna@customer.example\n"
                "\n"
                "because:\n"
                "\n"
                "  User anna (anna@customer.example) not listed in Domino Directory\n"
                "\n"
            ),
        ],
        {"anna@customer.example": "hard"},
    ),
    (
        "mixed-actions",
        "From: MAILER-DAEMON@x.example\nSubject: Delivery Status Notification\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            ("Content-Type: text/plain\n\nDelivery failed.\n"),
            (
                "Content-Type: message/delivery-status\n"
                "\n"
                "Reporting-MTA: dns; x.example\n"
                "\n"
                "Final-Recipient: rfc822; anna@customer.example\n"
                "Action: failed\n"
                "Status: 5.1.1\n"
                "\n"
                "Final-Recipient: rfc822; bert@customer.example\n"
                "Action: delivered\n"
                "Status: 2.0.0\n"
                "\n"
                "Final-Recipient: rfc822; carl@customer.example\n"
                "Action: delayed\n"
                "Status: 4.2.0\n"
            ),
        ],
        {"anna@customer.example": "hard", "bert@customer.example": "delivered", "carl@customer.example": "delayed"},
    ),
]


def letter(headers: str, kind: str, parts: list[str]) -> bytes:
    """The whole message; a report of several parts is a multipart of that kind."""
    common = "To: rep@sender.example\nMessage-ID: <report@mx.example>\nDate: Thu, 29 Apr 2010 23:34:45 +0900\nMIME-Version: 1.0\n"
    if not kind:
        return f"{headers}{common}Content-Type: text/plain; charset=utf-8\n\n{parts[0]}".encode()
    body = "".join(f"--B\n{part}\n" for part in parts)
    return f"{headers}{common}Content-Type: multipart/{kind}; boundary=B\n\n{body}--B--\n".encode()


@pytest.mark.parametrize(("name", "headers", "kind", "parts", "recipients"), REPORTS, ids=[row[0] for row in REPORTS])
def test_every_recipient_of_a_report_is_named_with_its_own_fate(
    name: str, headers: str, kind: str, parts: list[str], recipients: dict[str, str]
) -> None:
    """F2, O1: and our letter's Message-ID is found wherever the report carries it."""
    raw = letter(headers, kind, parts)
    found = classify(parse(raw))
    assert found.cls == "bounce", (name, found.evidence)
    assert {one.recipient: one.verdict for one in found.bounces} == recipients
    if b"<own@" in raw:
        assert any(known.startswith("<own@") for known in found.returned.message_ids)


def report(fields: str) -> bytes:
    """A report of one recipient with these fields."""
    return letter(
        "From: postmaster@mx.example\nSubject: Undelivered Mail\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            "Content-Type: text/plain\n\nSee below.\n",
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{fields}",
        ],
    )


@pytest.mark.parametrize(
    ("field", "recipient"),
    [
        ("rfc822; <Anna@Customer.example>", "anna@customer.example"),
        ("RFC822;anna@customer.example.", "anna@customer.example"),
        ("rfc822;<<anna@customer.example>>", "anna@customer.example"),
        ("rfc822; 'anna@customer.example'", "anna@customer.example"),
        ("rfc822;anna@customer.example (Anna)", "anna@customer.example"),
        ("rfc822; Anna Lead <anna@customer.example>", "anna@customer.example"),
        ("rfc822; SMTP:anna@customer.example", "anna@customer.example"),
        ("SMTP:anna@customer.example", "anna@customer.example"),
        ("RFC-822;anna@customer.example", "anna@customer.example"),
        ("LOCAL;anna@customer.example", "anna@customer.example"),
        ("anna@customer.example", "anna@customer.example"),
        ("X400; /S=anna/PRMD=x/C=us; rfc822;anna@customer.example", "anna@customer.example"),
        ("utf-8; änna@customer.example", "änna@customer.example"),
        ("utf-8; anna+tag@customer.example", "anna+tag@customer.example"),
        ("rfc822; o'hara@customer.example", "o'hara@customer.example"),
        ("rfc822; anna=40lead@customer.example", "anna=40lead@customer.example"),
    ],
)
def test_the_recipient_is_read_from_every_form_of_its_field(field: str, recipient: str) -> None:
    """O1: angle brackets, quotes, a dot at the end, names, types of address, letters beyond ASCII."""
    found = classify(parse(report(f"Final-Recipient: {field}\nAction: failed\nStatus: 5.1.1\n")))
    assert [(one.recipient, one.verdict) for one in found.bounces] == [(recipient, "hard")]


def test_the_address_that_we_wrote_to_counts_where_another_was_tried_in_the_end() -> None:
    """F2: a forwarded letter comes back for the address that our lead has, whatever it became on the way."""
    fields = "Original-Recipient: rfc822;anna@customer.example\nFinal-Recipient: rfc822;a.lead@elsewhere.example\n"
    found = classify(parse(report(f"{fields}Action: failed\nStatus: 5.1.1\n")))
    assert [one.recipient for one in found.bounces] == ["anna@customer.example"]


@pytest.mark.parametrize(
    ("action", "status", "verdict"),
    [
        ("failed", "4.4.1", "soft"),
        ("delayed", "4.4.1", "delayed"),
        ("delayed", "5.1.1", "delayed"),
        ("relayed", "2.1.9", "delivered"),
        ("relayed (to mailer)", "2.0.0", "delivered"),
        ("delivered", "2.1.5", "delivered"),
        ("expanded", "2.1.5", "delivered"),
        ("failed", "2.0.0", "soft"),
        ("", "5.1.1", "hard"),
        ("Failed", "5.1.1", "hard"),
        ("failed", "5.1.1 (bad destination mailbox address)", "hard"),
        ("failed", "5.2.2", "soft"),
        ("failed", "5.7.1", "ours"),
        ("failed", "", "soft"),
        ("expired", "5.4.7", "soft"),
    ],
)
def test_an_action_alone_proves_nothing_but_delay_and_delivery(action: str, status: str, verdict: str) -> None:
    """F2, RFC 3464 2.3.3: "failed" with 4.x.x is an attempt given up, not an address that is gone."""
    fields = (f"Action: {action}\n" if action else "") + (f"Status: {status}\n" if status else "")
    found = classify(parse(report(f"Final-Recipient: rfc822; anna@customer.example\n{fields}")))
    assert [one.verdict for one in found.bounces] == [verdict]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (
            "192.0.2.1 does not like recipient.\nRemote host said: 550 5.2.1 <anna@customer.example>... User Unknown",
            "hard",
        ),
        ("192.0.2.1 does not like recipient.\nRemote host said: 550 no - see http://mx.example", "soft"),
        ("192.0.2.1 failed after I sent the message.\nRemote host said: 550 no such user", "soft"),
        ("192.0.2.1 failed on DATA command.\nRemote host said: 554 no such user", "soft"),
        (
            "Sorry, no SMTP connection got far enough; most progress was RCPT response; 192.0.2.1 said: 550 User unknown",
            "hard",
        ),
        ("Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 553 5.1.8 domain not found", "ours"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "hard"),
        ("Sorry, I couldn't find any host named customer.example. (#5.1.2)", "hard"),
        ("Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)", "hard"),
        ("CNAME lookup failed temporarily. (#4.4.3)\nthis message has been in the queue too long.", "soft"),
        ("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)", "soft"),
        ("The users mailfolder is over the allowed quota (size). (#5.2.2)", "soft"),
        ("child status 100...the user's mailfolder is full.", "soft"),
        ("Mailaddress is administratively disabled. (LDAP-ERR #220)", "soft"),
    ],
)
def test_qmail_and_its_clones_tell_at_which_command_they_were_refused(words: str, verdict: str) -> None:
    """F2, MAIL 1.11: hard where the recipient was refused, whatever the words; not after the letter was sent."""
    body = (
        f"Hi. This is the qmail-send program at mx.example.\n\n<anna@customer.example>:\n{words}\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: <own@sender.example>\nFrom: rep@sender.example\n"
    )
    found = classify(parse(letter("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n", "", [body])))
    assert [(one.recipient, one.verdict) for one in found.bounces] == [("anna@customer.example", verdict)]


def test_a_report_inside_a_report_is_read() -> None:
    """O1: some gateways wrap what they were told."""
    inner = (
        "Content-Type: message/rfc822\n\nFrom: Mail Delivery Subsystem <mailer-daemon@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=C\n\n--C\nContent-Type: text/plain\n\nFailed.\n"
        "--C\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: RFC822; anna@customer.example\nAction: failed\nStatus: 5.1.1\n--C--\n"
    )
    headers = "From: Mail Delivery Subsystem <gate@mx.example>\nSubject: Returned mail: User unknown\n"
    found = classify(parse(letter(headers, "mixed", [inner])))
    assert [(one.recipient, one.verdict) for one in found.bounces] == [("anna@customer.example", "hard")]


@pytest.mark.parametrize(
    "line", ["hello world this is text\n", "u7@customer.example said nothing\n", ">>> RCPT TO:<u7@customer.example> "]
)
def test_an_endless_notice_about_a_hundred_recipients_is_read_in_no_time(line: str) -> None:
    """X4: however often the words would have to be looked at."""
    fields = "".join(
        f"Final-Recipient: rfc822; u{number}@customer.example\nAction: failed\nStatus: 5.0.0\n\n"
        for number in range(100)
    )
    raw = letter(
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n",
        "report; report-type=delivery-status",
        [
            f"Content-Type: text/plain\n\n{line * 2600}",
            f"Content-Type: message/delivery-status\n\nReporting-MTA: dns;mx.example\n\n{fields}",
        ],
    )
    start = time.process_time()
    assert len(classify(parse(raw)).bounces) == 100
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("diagnostic", "verdict"),
    [
        ('X-Postfix; unknown user: "anna"', "hard"),
        ("X-Postfix; cannot open maildir file: No space left on device", "soft"),
        ("x-unix; /usr/local/bin/deliver: Permission denied", "soft"),
        ("smtp; 550 5.1.1 rejected", "hard"),
    ],
)
def test_a_program_that_fails_on_the_server_is_no_missing_address(diagnostic: str, verdict: str) -> None:
    """F2: whatever status the server gave it."""
    fields = f"Final-Recipient: rfc822; anna@customer.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: {diagnostic}\n"
    assert [one.verdict for one in classify(parse(report(fields))).bounces] == [verdict]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_a_report_reads_the_same_with_every_end_of_line(ending: bytes) -> None:
    """X1: old tools store mail with carriage returns alone."""
    for _, headers, kind, parts, recipients in REPORTS:
        found = classify(parse(letter(headers, kind, parts).replace(b"\n", ending)))
        assert {one.recipient: one.verdict for one in found.bounces} == recipients
