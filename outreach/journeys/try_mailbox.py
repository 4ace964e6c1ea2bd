"""Try a mailbox's servers and say in one sentence what happened. Sends no letter, changes nothing."""

from outreach.mail import imap
from outreach.mail.smtp import SmtpLink, Timeouts

QUICK = Timeouts(connect=8, greeting=8, command=8, begin_data=8, letter=8)

Tried = tuple[bool, str]


def sending(url: str, sender: str, recipient: str) -> Tried:
    """Connect, sign in and offer an envelope."""
    try:
        link = SmtpLink(url, timeouts=QUICK)
    except ValueError as fault:
        return False, str(fault)
    try:
        probe = link.probe(sender, recipient)
    finally:
        link.close()
    return probe.ok, probe.sentence


def receiving(url: str, _sender: str, _recipient: str) -> Tried:
    """Connect, sign in and look into the inbox."""
    probe = imap.probe(url, timeout=8)
    return probe.ok, probe.sentence
