"""The domains that we send from, looked up in DNS: on demand, once a day, and before anything goes out in bulk (MAIL A1).

look        one domain: what DNS says, kept; a change for the worse is told to the administrators, once
check_all   every domain whose last look is a day old (an hour while a fresh key waits to be seen)
warnings    what is known to be wrong, in one sentence each, for pages that are about to send
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from outreach.journeys import notify, posting, signing
from outreach.journeys.house import House
from outreach.mail import dns, dnscheck
from outreach.mail.dns import Ask, is_local
from outreach.mail.dnscheck import Finding, Key, Sender
from outreach.mail.providers import table
from outreach.store import business_clock, domains, mailboxes, secrets
from outreach.store.domains import SendingDomain
from outreach.store.mailboxes import Mailbox

PAGE = "/settings/domains"
DAILY = timedelta(hours=24)
WHILE_WAITING = timedelta(hours=1)
BAD = ("missing", "wrong")


def names(session: Session) -> list[str]:
    """The domains of all mailboxes in use, each once."""
    return mailboxes.domains(session)


def sender_of(session: Session, house: House, domain: str) -> Sender:
    """Everything that a check of this domain has to know."""
    boxes = mailboxes.of_domain(session, domain)
    rows = [table.of(box.provider) for box in boxes]
    hosts = [(host, row if row.key != "generic" else table.at(host)) for box, row in zip(boxes, rows, strict=True)
             if (host := _smtp_host(house, box))]  # fmt: skip
    by_token = bool(boxes) and posting.answers_by_token(session, house, boxes[0])  # alike for all of a domain
    signers = [row for row in rows if row.signs]
    keys = tuple(Key(k.selector, k.kind, k.public) for k in domains.keys(session, domain) if k.state != "retired")
    return Sender(
        domain=domain,
        envelope=house.settings.reply_domain if by_token else domain,
        reply_domain=house.settings.reply_domain if by_token else domain,
        includes=tuple(dict.fromkeys(row.spf for row in (*rows, *(row for _, row in hosts)) if row.spf)),
        keys=keys,
        selectors=tuple(dict.fromkeys(name for row in signers for name in row.selectors)),
        signs_itself=any(not row.signs for row in rows),
        signer=" ".join(dict.fromkeys(f"{row.name}: {row.dkim_words}" for row in signers)),
        servers=tuple(dict.fromkeys(host for host, row in hosts if _belongs(host, domain) and not row.spf)),
        relays=tuple(dict.fromkeys(host for host, row in hosts if not _belongs(host, domain) and row.key == "generic")),
        mail_host=_public_host(house) if by_token else "",
    )


def look(house: House, domain: str, ask: Ask = dns.ask) -> list[Finding]:
    """(1) What we send with, (2) DNS, with no transaction open, (3) keys that are seen sign from now on, (4) kept."""
    with house.sessions() as session:
        sender = sender_of(session, house, domain)
    ask = dns.once(ask)
    findings = dnscheck.check(sender, ask)
    seen = dnscheck.ours_in_dns(sender, ask)
    with house.sessions.begin() as session:
        signing.note_seen(session, domain, seen, house.now(session))
        _keep(session, house, domain, findings)
    return findings


def findings(session: Session, domain: str) -> list[dict[str, Any]]:
    """What the last look found, without what has been done about since: that there is no key."""
    row, keys = domains.by_name(session, domain), domains.keys(session, domain)
    return [
        found for found in (row.findings if row else ()) if not (keys and found["title"] == dnscheck.unsigned(domain))
    ]


def check_all(house: House, ask: Ask = dns.ask) -> int:
    """Every domain that is due; how many were looked up."""
    with house.sessions() as session:
        waiting = due(session)
    for domain in waiting:
        look(house, domain, ask)
    return len(waiting)


def due(session: Session) -> list[str]:
    """Domains whose last look is too long ago."""
    real = business_clock.real_now(session)
    return [name for name in names(session) if not is_local(name) and _is_due(session, name, real)]


def warnings(session: Session, domain: str) -> list[str]:
    """What the last look found wrong with a domain, in one sentence each."""
    if is_local(domain):
        return []
    row = domains.by_name(session, domain)
    if row is None or row.checked_at is None:
        return [f"The DNS records of {domain} were never checked. Do it under Settings > Sending domains."]
    return [f"{found['title']}. {found['why']}" for found in row.findings if found["state"] in BAD]


def _is_due(session: Session, name: str, real: datetime) -> bool:
    row = domains.by_name(session, name)
    if row is None or row.checked_at is None:
        return True
    fresh = any(key.state == "fresh" for key in domains.keys(session, name))
    return real - row.checked_at >= (WHILE_WAITING if fresh else DAILY)


def _keep(session: Session, house: House, domain: str, findings: list[Finding]) -> None:
    row = domains.by_name(session, domain)
    if row is None:
        row = SendingDomain(name=domain, findings=[])
        session.add(row)
    before = _bad_titles(row.findings)
    first = row.checked_at is None
    row.findings = [finding.as_dict() for finding in findings]
    row.checked_at = business_clock.real_now(session)
    worse = sorted(_bad_titles(row.findings) - before)
    if worse and not first:
        notify.tell(session, None, "problem", f"DNS has changed: {'; '.join(worse)}", PAGE, house.now(session))


def _bad_titles(findings: list[Any]) -> set[str]:
    return {str(found["title"]) for found in findings if found["state"] in BAD}


def _smtp_host(house: House, mailbox: Mailbox) -> str:
    url = secrets.unseal(mailbox.smtp_secret, house.keys) if mailbox.smtp_secret else house.settings.smtp_url
    return (urlsplit(url).hostname or "").lower()


def _belongs(host: str, domain: str) -> bool:
    """A server below the domain itself sends directly, so SPF and PTR are about it."""
    return host == domain or host.endswith("." + domain)


def _public_host(house: House) -> str:
    """The name under which our reply server is reached, as far as BASE_URL tells."""
    host = urlsplit(house.settings.base_url).hostname or ""
    return "" if is_local(host) or host.replace(".", "").isdecimal() or ":" in host else host
