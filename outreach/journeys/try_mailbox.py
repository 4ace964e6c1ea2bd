"""Try a mailbox's servers: what happened, and what to do about it, in plain words. Sends no letter, changes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from outreach.mail import imap
from outreach.mail.smtp import SmtpLink, Timeouts

QUICK = Timeouts(connect=8, greeting=8, command=8, begin_data=8, letter=8)

REMEDIES = (
    (r"OUTREACH_PRIVATE_HOSTS|cloud service", "Choose another server, or ask the operator to allow private addresses."),
    (r"name or service not known|nodename nor servname|no address|name resolution|getaddrinfo",
     "No server has this name. Compare it with your provider's page; a letter may be missing."),
    (r"connection refused", "Nothing listens on this port. Usual ones: 587 with STARTTLS, 465 with TLS; for reading 993 with TLS."),
    (r"says nothing",
     "The port may want TLS from the first byte, or the server is busy. Try TLS with 465, or STARTTLS with 587."),
    (r"timed out|did not answer in time|unreachable|no route",
     "A firewall may block the port; many hosting companies block 25. Try 587 or 465, or ask your hosting company."),
    (r"wrong.version|record layer|unexpected eof|does not speak TLS",
     "The port speaks another encryption: 465 and 993 want TLS, 587 and 143 want STARTTLS."),
    (r"self.signed|local issuer|unknown ca",
     "Nobody that this machine knows has signed its certificate. Let it have one of a public authority, or start outreach with"
     " SSL_CERT_FILE at a file that holds its own authority."),
    (r"certificate|hostname mismatch",
     "The certificate is for another name or has run out. Use the name that is in the certificate, or have it renewed."),
    (r"no encryption|refuses encryption", "Choose TLS with port 465, or a server that offers STARTTLS."),
    (r"SmtpClientAuthentication is disabled|5\.7\.139|5\.7\.30",
     "Microsoft has switched passwords off for this account. Press “Connect with Microsoft” instead."),
    (r"534|5\.7\.9|application-specific|app password|less secure|web.?login",
     "Google wants an app password (Google account > Security > App passwords), or press “Connect with Google”."),
    (r"does not let|535|authentication|credentials|not let .* in|login",
     "Copy user name and password once more. With two-step verification most providers want an app password."),
    (r"refuses our sender|5\.7\.60|not owned|sender address rejected",
     "The account may not send from this address. Verify the address or domain with your provider first."),
    (r"\b45[01]\b|greylist|try again later|temporar",
     "The server asks to come back later (greylisting). That is normal: letters are tried again by themselves."),
    (r"\b550\b.*relay|relay", "The server does not carry mail for us: sign in with user name and password."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try found."""

    kind: str
    ok: bool
    sentence: str
    remedy: str = ""
    folders: tuple[str, ...] = ()


def sending(url: str, sender: str, recipient: str, token: Callable[[bool], str] | None = None) -> Tried:
    """Connect, sign in and offer an envelope."""
    try:
        link = SmtpLink(url, timeouts=QUICK, token=token)
    except ValueError as fault:
        return Tried("smtp", False, str(fault))
    try:
        probe = link.probe(sender, recipient)
    finally:
        link.close()
    return _tried("smtp", probe.ok, probe.sentence)


def receiving(url: str, token: Callable[[], str] | None = None) -> Tried:
    """Connect, sign in and look into the inbox."""
    probe = imap.probe(url, token=token, timeout=8)
    tried = _tried("imap", probe.ok, probe.sentence)
    return Tried("imap", tried.ok, tried.sentence, tried.remedy, probe.folders)


def remedy(sentence: str) -> str:
    """What to do about a server's refusal; empty when we know no better than its own words."""
    return next((words for pattern, words in REMEDIES if re.search(pattern, sentence, re.I)), "")


def _tried(kind: str, ok: bool, sentence: str) -> Tried:
    return Tried(kind, ok, sentence, "" if ok else remedy(sentence))
