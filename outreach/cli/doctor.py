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
    yield from _mailboxes(house)
    yield _postal_address(house)
    yield from basis(house)
    yield from marks(house)
    yield from _dns(house)
    yield running.disk(settings.data)


def _mail_server(settings: Settings) -> Check:
    if settings.mail_is_local:
        return running.port(settings.local_smtp, "local mail server (what it takes stays on this machine)")
    from outreach.mail.smtp import SmtpLink

    link = SmtpLink(settings.smtp_url)
    try:
        probe = link.probe(settings.mail_from_address, settings.mail_from_address)
    finally:
        link.close()
    return Check(OK, "mail server answers") if probe.ok else Check(FAILED, "mail server refuses us", probe.sentence)


def _mailboxes(house: "House") -> Iterator[Check]:
    """The mailboxes in use as on the first page of Mailboxes: those that want a look stand there."""
    from outreach.reports import mailboxes as report

    polls, sends = bool(house.settings.imap_url), bool(house.settings.submission_url)
    try:
        with house.sessions() as session:
            page = report.page(session, house.now(session), polls_env=polls, env_sends=sends)
    except SQLAlchemyError:
        yield Check(WARNING, "mailboxes cannot be read", "see the database above")
        return
    for one in page.shown:
        if one.level == "ok":
            yield Check(OK, f"mailbox {one.box.address} works")
        elif one.level != "off":
            yield Check(WARNING, f"mailbox {one.box.address}: {one.state.lower()}", one.sentence)
    if page.pages > 1:
        yield Check(OK, f"{page.total - len(page.shown)} more mailboxes are on the page Mailboxes")


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


def basis(house: "House") -> Iterator[Check]:
    """MAIL C5: a house in a country whose law asks for a basis switches that on, or knows why not."""
    from outreach.store import account, bases

    try:
        with house.sessions() as session:
            us = account.get(session)
            home = bases.rules_of(us).of("")
    except SQLAlchemyError:
        return
    if home.key and not us.basis_asked:
        what = f"{home.name} asks for a basis of automatic letters ({home.law}), and nothing looks for one"
        yield Check(WARNING, what, "switch it on under Settings, Consent")


def marks(house: "House") -> Iterator[Check]:
    """X7: marks of erased addresses recognise nobody under another key."""
    from outreach.store import erased

    try:
        with house.sessions() as session:
            strange = erased.of_other_keys(session)
    except SQLAlchemyError:
        yield Check(WARNING, "marks of erased addresses cannot be read", "see the database above")
        return
    if strange:
        words = f"{strange} marks of erased addresses were made with another SECRET_KEY"
        yield Check(
            WARNING, words, "they recognise nobody: mail could go to people who were erased; restore the old key"
        )


def _dns(house: "House") -> Iterator[Check]:
    """The same checks as on the page Sending domains, asked now."""
    from outreach.journeys import sending_domains
    from outreach.mail.dns import is_local

    try:
        with house.sessions() as session:
            names = sending_domains.names(session)
    except SQLAlchemyError:
        yield Check(WARNING, "sending domains cannot be read", "see the database above")
        return
    for name in names:
        if is_local(name):
            yield Check(OK, f"DNS of {name} is not needed: the name is local")
            continue
        for found in sending_domains.look(house, name):
            record = f"publish {found.record.type} {found.record.name} “{found.record.value}”" if found.record else ""
            remedy = " ".join(filter(None, (found.detail, record)))
            yield Check(OK if found.state == "ok" else WARNING, found.title, "" if found.state == "ok" else remedy)
