"""`outreach doctor`: is all well? One line a check, with the remedy; exit code 1 when something failed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import SQLAlchemyError

from outreach.cli.found import running_settings
from outreach.config import Settings
from outreach.errors import Failed
from outreach.reports import running
from outreach.reports.running import FAILED, OK, WARNING, Check

if TYPE_CHECKING:
    from outreach.wiring import House

LOCAL_ENDS = (".localhost", ".test", ".example", ".invalid", ".local", ".internal")
DNS_SECONDS = 4.0


def examine() -> int:
    """Print every check; 0 when nothing failed."""
    try:
        settings = running_settings()
    except Failed as error:
        click.echo(Check(FAILED, "system is not running", str(error)))
        return 1
    failed = False
    for check in checks(settings):
        click.echo(str(check))
        failed = failed or check.level == FAILED
    return 1 if failed else 0


def checks(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which one would look."""
    from outreach import wiring

    house = wiring.build(settings)
    yield running.database(house.engine)
    yield from running.processes(house.queue.redis)
    yield _mail_server(settings)
    yield running.port(settings.inbound_smtp_listen, "reply server")
    yield _postal_address(house)
    yield from _dns(settings)
    yield running.disk(settings.data)


def _mail_server(settings: Settings) -> Check:
    if settings.mail_is_local:
        return running.port(settings.local_smtp, "local mail server (nothing leaves this machine)")
    from outreach.mail.smtp import SmtpLink

    link = SmtpLink(settings.smtp_url)
    try:
        probe = link.probe(settings.mail_from_address, settings.mail_from_address)
    finally:
        link.close()
    return Check(OK, "mail server answers") if probe.ok else Check(FAILED, "mail server refuses us", probe.sentence)


def _postal_address(house: "House") -> Check:
    from outreach.store import account

    try:
        with house.sessions() as session:
            address = account.get(session).postal_address.strip()
    except SQLAlchemyError:
        return Check(WARNING, "postal address cannot be read", "see the database above")
    if address:
        return Check(OK, "postal address is set")
    return Check(WARNING, "postal address is missing", "the law asks for it in every letter; set it in Settings")


def _dns(settings: Settings) -> Iterator[Check]:
    domain = settings.mail_from_address.rpartition("@")[2].lower()
    if settings.mail_is_local or domain == "localhost" or domain.endswith(LOCAL_ENDS):
        yield Check(OK, f"DNS of {domain} is not needed: mail stays here")
        return
    yield _spf(domain)
    yield _dmarc(domain)
    yield _mx(settings.reply_domain)


def _spf(domain: str) -> Check:
    found = [record for record in _records(domain, "TXT") if record.lower().startswith("v=spf1")]
    if len(found) == 1:
        return Check(OK, f"SPF of {domain} is set")
    remedy = "publish one TXT record that starts with v=spf1 and includes your mail server"
    return Check(WARNING, f"SPF of {domain} is {'there twice' if found else 'missing'}", remedy)


def _dmarc(domain: str) -> Check:
    parts = domain.split(".")
    names = [f"_dmarc.{domain}", *([f"_dmarc.{'.'.join(parts[-2:])}"] if len(parts) > 2 else [])]
    for name in names:
        if any(record.lower().startswith("v=dmarc1") for record in _records(name, "TXT")):
            return Check(OK, f"DMARC of {domain} is set")
    return Check(
        WARNING,
        f"DMARC of {domain} is missing",
        f'publish TXT _dmarc.{domain} "v=DMARC1; p=none; rua=mailto:you@{domain}"',
    )


def _mx(domain: str) -> Check:
    if _records(domain, "MX"):
        return Check(OK, f"MX of {domain} is set")
    return Check(
        WARNING, f"MX of {domain} is missing", "replies need one that leads to your mailbox or to our reply server"
    )


def _records(name: str, kind: str) -> list[str]:
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, kind, lifetime=DNS_SECONDS, search=False)
    except (dns.exception.DNSException, OSError):
        return []
    if kind == "TXT":
        return [b"".join(record.strings).decode(errors="replace") for record in answer]
    return [record.to_text() for record in answer]
