"""What has to be in order before a sequence or a newsletter writes to people outside (MAIL A1, C1)."""

from sqlalchemy.orm import Session

from outreach.core.sequences import MAIL_KINDS, Sequence
from outreach.errors import Refused
from outreach.journeys import sending_domains
from outreach.journeys.house import House
from outreach.store import account, mailboxes

NO_ADDRESS = "Every letter must show your postal address, and there is none yet. Fill it in under Settings > Company."


def leaves(session: Session, house: House) -> bool:
    """Whether letters reach people outside: by the settings' server, or by one that a mailbox has."""
    return not house.settings.mail_is_local or any(box.smtp_secret for box in mailboxes.active(session))


def warnings(session: Session, house: House) -> list[str]:
    """One sentence each: a missing postal address, and what DNS says of the domains that are written from."""
    found = [] if account.get(session).postal_address.strip() else [NO_ADDRESS]
    if leaves(session, house):
        for domain in sending_domains.names(session):
            found += sending_domains.warnings(session, domain)
    return found


def writes(sequence: Sequence) -> bool:
    """Whether it has a letter by mail."""
    return any(step.kind in MAIL_KINDS for step in sequence.every_step())


def check(session: Session, house: House, sequence: Sequence) -> None:
    """C1, asked before a sequence goes live, whoever publishes it: raises Refused where its letters would leave without a
    postal address. On a trial system that is only a warning."""
    if writes(sequence) and leaves(session, house) and not account.get(session).postal_address.strip():
        raise Refused(NO_ADDRESS)
