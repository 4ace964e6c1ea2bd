"""Delivery reports in the shapes that servers give them: part by part, with every recipient named (MAIL 1.9, 1.11)."""

import base64
import gzip
import time
from pathlib import Path

import pytest

from outreach.mail.classify import classify
from outreach.mail.parse import parse

SAMPLES = Path(__file__).parents[1] / "samples" / "reports"

# Each file there: its recipients, and what became of each.
REPORTS: dict[str, dict[str, str]] = {
    "x6": {"anna@customer.example": "soft"},
    "exchange-words-then-code": {"anna@customer.example": "hard"},
    "sendmail-v5-two": {"anna@one.example": "hard", "bert@two.example": "hard"},
    "mcafee": {"anna@customer.example": "hard"},
    "kddi": {"anna@customer.example": "soft"},
    "ezweb": {"anna@customer.example": "hard"},
    "ezweb-mail": {"anna@customer.example": "ours"},
    "ezweb-first": {"anna@customer.example": "soft"},
    "sendgrid": {"anna@customer.example": "hard"},
    "exchange-2003-two": {"anna@customer.example": "hard", "bert@customer.example": "hard"},
    "x3": {"anna@customer.example": "soft"},
    "zoho": {"anna@customer.example": "soft", "bert@customer.example": "soft"},
    "mailru": {"anna@customer.example": "hard"},
    "mfilter": {"anna@customer.example": "soft"},
    "notes-ja": {"anna@customer.example": "hard"},
    "marshal": {"anna@customer.example": "hard"},
    "bigfoot": {"anna@customer.example": "hard"},
    "barracuda": {"anna@customer.example": "ours"},
    "1und1": {"anna@customer.example": "soft"},
    "sendmail-pipelined": {"anna@customer.example": "hard"},
    "sendmail-after-data": {"anna@customer.example": "soft"},
    "gmx": {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    "exim-two": {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    "three-fates": {"anna@customer.example": "soft", "bert@second.example": "delayed", "carl@third.example": "soft"},
    "facebook": {"anna@customer.example": "soft"},
    "bare-words": {"anna@customer.example": "soft"},
    "sendmail-v5-three": {"anna@one.example": "ours", "bert@two.example": "hard", "carl@three.example": "hard"},
    "mail-local": {"anna@customer.example": "hard"},
    "dragon-rcpt": {"anna@customer.example": "hard"},
    "dragon-data": {"anna@customer.example": "soft"},
    "hotmail-domain": {"anna@customer.example": "hard"},
    "critical-path": {"anna@customer.example": "delayed"},
    "interscan-ja": {"anna@customer.example": "hard"},
    "verizon-re": {"000000000000@vtext.example": "soft"},
    "mimecast": {"anna@customer.example": "hard"},
    "telekom": {"anna@customer.example": "soft"},
    "postfix-three": {
        "anna@customer.example": "soft",
        "bert@customer.example": "hard",
        "carl@customer.example": "soft",
    },
    "postfix-three-fields": {
        "anna@customer.example": "soft",
        "bert@customer.example": "hard",
        "carl@customer.example": "soft",
    },
    "qmail-three": {"anna@customer.example": "hard", "bert@customer.example": "soft", "carl@customer.example": "hard"},
    "courier-two": {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    "opensmtpd-three": {
        "anna@customer.example": "hard",
        "bert@customer.example": "soft",
        "carl@customer.example": "soft",
    },
    "sendmail-multi": {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    "exchange-multi": {"anna@customer.example": "hard", "bert@customer.example": "soft"},
    "domino-multi": {"anna@customer.example": "hard"},
    "undivided": {"anna@customer.example": "hard"},
    "no-semicolon": {"anna@customer.example": "soft"},
    "to-a-postmaster": {"postmaster@office.customer.example": "soft"},
    "from-the-mailbox-itself": {"anna@customer.example": "soft"},
    "mixed-actions": {
        "anna@customer.example": "hard",
        "bert@customer.example": "delivered",
        "carl@customer.example": "delayed",
    },
}


def letter(headers: str, kind: str, parts: list[str]) -> bytes:
    """The whole message; a report of several parts is a multipart of that kind."""
    common = "To: rep@sender.example\nMessage-ID: <report@mx.example>\nDate: Thu, 29 Apr 2010 23:34:45 +0900\nMIME-Version: 1.0\n"
    if not kind:
        return f"{headers}{common}Content-Type: text/plain; charset=utf-8\n\n{parts[0]}".encode()
    body = "".join(f"--B\n{part}\n" for part in parts)
    return f"{headers}{common}Content-Type: multipart/{kind}; boundary=B\n\n{body}--B--\n".encode()


@pytest.mark.parametrize(("name", "recipients"), REPORTS.items())
def test_every_recipient_of_a_report_is_named_with_its_own_fate(name: str, recipients: dict[str, str]) -> None:
    """F2, O1: and our letter's Message-ID is found wherever the report carries it."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    found = classify(parse(raw))
    assert found.cls == "bounce", (name, found.evidence)
    assert {one.recipient: one.verdict for one in found.bounces} == recipients
    if b"<own@" in raw:
        assert any(known.startswith("<own@") for known in found.returned.message_ids)


def test_every_sample_of_a_report_has_its_line() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == REPORTS.keys()


FAILED = "I wasn't able to deliver your message to the following addresses.\n"
COPY = "--- Below this line is a copy of the message.\n\nMessage-ID: <own@sender.example>\nFrom: rep@sender.example\n"
IN_ROWS = {
    "qmail": f"{FAILED}\n<anna@one.example>:\nSorry, no mailbox here.\n\n<bert@two.example>:\nSorry, no space left.\n\n",
    "exim": (
        "The following address(es) failed:\n\n  anna@one.example\n    550 no such user\n"
        "  bert@two.example\n    552 mailbox full\n\n"
    ),
}


@pytest.mark.parametrize("words", IN_ROWS.values(), ids=IN_ROWS)
def test_a_recipient_of_a_blind_copy_is_named_as_well(words: str) -> None:
    """F2: the letter's own header names one of the two; each has a row of its own in the report."""
    raw = letter(
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice\nReturn-Path: <>\n",
        "",
        [f"{words}{COPY}To: anna@one.example\n"],
    )
    assert {one.recipient for one in classify(parse(raw)).bounces} == {"anna@one.example", "bert@two.example"}


def test_a_report_whose_inner_boundary_is_not_told_is_read_as_words() -> None:
    """O1: a server that does not indent the second line of a field hides all parts below it."""
    raw = letter(
        "From: postmaster@mx.example\nSubject: Re:Your message\n",
        "mixed",
        [
            "Content-Type: multipart/alternative;\nboundary=I\n\n--I\nContent-Type: text/plain\n\nError: Invalid user address\n"
            "550 no such user here\n\nRCPT TO: anna@customer.example\n--I--\n"
        ],
    )
    found = classify(parse(raw))
    assert (found.cls, [one.recipient for one in found.bounces]) == ("bounce", ["anna@customer.example"])


def test_a_letters_headers_are_found_where_no_empty_line_parts_them_from_the_parts_own() -> None:
    """M2: the id is that of the letter, not lost with the empty line."""
    raw = letter(
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n",
        "report; report-type=delivery-status",
        [
            "Content-Type: text/plain\n\nSee below.\n",
            "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; anna@customer.example\nAction: failed\nStatus: 5.2.2\n",
            "Content-Type: text/rfc822-headers\nFrom: rep@sender.example\nMessage-ID: <own@sender.example>\n",
        ],
    )
    assert classify(parse(raw)).returned.message_ids == ("<own@sender.example>",)


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
    for name, recipients in REPORTS.items():
        raw = (SAMPLES / f"{name}.eml").read_bytes()
        found = classify(parse(raw.replace(b"\n", ending)))
        assert {one.recipient: one.verdict for one in found.bounces} == recipients


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("550 Brugeren findes ikke", "hard"),
        ("550 Mottakeren finnes ikke", "hard"),
        ("550 Användaren finns inte", "hard"),
        ("550 Nie ma takiego uzytkownika", "hard"),
        ("550 Uzivatel neexistuje", "hard"),
        ("550 destinatario inesistente", "hard"),
        ("550 Dieser Nutzer ist hier nicht bekannt", "hard"),
        ("550 Le compte demandé est introuvable", "hard"),
        ("550 No se ha encontrado el buzón", "hard"),
        ("550 L'indirizzo non è stato trovato", "hard"),
        ("550 Endereço inexistente", "hard"),
        ("550 Onbekende ontvanger", "hard"),
        ("550 Okänd användare", "hard"),
        ("550 Ukendt bruger", "hard"),
        ("550 Osoitetta ei löydy", "hard"),
        ("550 Neznámý uživatel", "hard"),
        ("550 Utilizator necunoscut", "hard"),
        ("550 Alıcı bulunamadı", "hard"),
        ("550 Άγνωστος χρήστης", "hard"),
        ("550 Неизвестный пользователь", "hard"),
        ("550 Адресата не знайдено", "hard"),
        ("550 账户不存在", "hard"),
        ("550 존재하지 않는 계정입니다", "hard"),
        ("550 Unbekannter Absender", "soft"),
        ("550 Adresse IP inconnue", "soft"),
        ("550 L'adresse de l'expéditeur n'existe pas", "soft"),
        ("550 Remitente no encontrado: dirección inexistente del remitente desconocido", "soft"),
        ("550 Неизвестный отправитель", "soft"),
        ("550 Too many invalid recipients", "soft"),
    ],
)
def test_an_unknown_recipient_is_unknown_in_any_language(words: str, verdict: str) -> None:
    """F2: where the recipient was refused, and nobody counted."""
    fields = "Final-Recipient: rfc822; anna@customer.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; "
    raw = report(f"{fields}{words} (in reply to RCPT TO command)")
    assert [one.verdict == "hard" for one in classify(parse(raw)).bounces] == [verdict == "hard"]


def test_parts_of_a_report_that_were_packed_are_read() -> None:
    """O1, M2: by gzip, as far as a plain part is read."""
    fields = b"Final-Recipient: rfc822; anna@customer.example\nAction: failed\nStatus: 5.1.1\n"
    headers = b"Message-ID: <own@sender.example>\nTo: anna@customer.example\n"
    verdict = classify(
        parse(
            letter(
                "From: postmaster@mx.example\nSubject: Undelivered Mail\nReturn-Path: <>\n",
                "report; report-type=delivery-status",
                ["Content-Type: text/plain\n\nSee below.\n", packed(fields), packed(headers)],
            )
        )
    )
    assert [(one.recipient, one.verdict) for one in verdict.bounces] == [("anna@customer.example", "hard")]
    assert verdict.returned.message_ids == ("<own@sender.example>",)


def test_a_packed_part_is_opened_up_to_what_a_letter_may_hold() -> None:
    """X1: a small file that grows to a gigabyte is read for its first megabyte."""
    bomb = packed(b"Final-Recipient: rfc822; anna@customer.example\nStatus: 5.1.1\n" + b" " * 50_000_000)
    start = time.process_time()
    raw = letter(
        "From: postmaster@mx.example\nSubject: Undelivered Mail\n", "report; report-type=delivery-status", [bomb]
    )
    assert all(len(part.text) <= 1024 * 1024 for part in parse(raw).parts)
    assert time.process_time() - start < 1


def packed(content: bytes) -> str:
    written = base64.encodebytes(gzip.compress(content)).decode()
    return f'Content-Type: application/gzip; name="part.gz"\nContent-Transfer-Encoding: base64\n\n{written}'
