"""The last marks on a letter: a provider's own headers, and the signatures of the sender's domain (MAIL A7).

`stamp_of` asks once a mailbox and batch; `Stamp.on` is the one call for finished bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys.house import House
from outreach.mail import dkim
from outreach.mail.providers import table
from outreach.store import domains, secrets
from outreach.store.domains import DkimKeyRow
from outreach.store.mailboxes import Mailbox


@dataclass(frozen=True, slots=True)
class Stamp:
    """How the letters of a mailbox are finished."""

    provider: str = ""
    keys: tuple[dkim.DkimKey, ...] = ()

    def on(self, raw: bytes, token: str) -> bytes:
        """The finished letter. `token` is the letter's signed number for the purpose `bounce`."""
        return dkim.signed(table.own_headers(self.provider, token) + raw, self.keys)


def stamp_of(session: Session, house: House, mailbox: Mailbox) -> Stamp:
    """Headers and keys for a mailbox. Keys sign only once DNS shows them, and not where the provider signs itself."""
    if table.of(mailbox.provider).signs:
        return Stamp(mailbox.provider)
    domain = mailbox.address.rpartition("@")[2].lower()
    rows = domains.keys_in_use(session, domain)
    return Stamp(mailbox.provider, tuple(_loaded(r.domain, r.selector, r.private, house.keys) for r in rows))


def new_key(session: Session, house: House, domain: str, kind: str, now: datetime) -> DkimKeyRow:
    """A fresh key of a domain: it signs once DNS shows it, and then takes over from the one before. Raises Refused."""
    if kind not in ("rsa", "ed25519"):
        raise Refused(f"'{kind[:20]}' is no kind of key; choose rsa or ed25519.")
    known = domains.keys(session, domain)
    if any(row.state == "fresh" and row.kind == kind for row in known):
        raise Refused("There is a fresh key already; publish its record, then check again.")
    pem, public = dkim.generate("rsa" if kind == "rsa" else "ed25519")
    row = DkimKeyRow(
        domain=domain.lower(),
        selector=_free_selector({row.selector for row in known}),
        kind=kind,
        private=secrets.seal(pem, house.keys),
        public=public,
        state="fresh",
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def drop_key(session: Session, key_id: int) -> None:
    """Take a key away. Its letters on the way need the record for a few days more: the page says so."""
    row = session.get(DkimKeyRow, key_id)
    if row is not None:
        session.delete(row)


def note_seen(session: Session, domain: str, seen: dict[str, bool | None], now: datetime) -> None:
    """What DNS said of each selector: True = our key, False = surely not, None = nobody knows (nothing changes)."""
    rows = domains.keys(session, domain)
    for row in rows:
        found = seen.get(row.selector)
        if row.state == "fresh" and found:
            _take_over(rows, row, now)
        elif row.state == "used" and found is False:
            row.state, row.changed_at = "fresh", now


def _take_over(rows: list[DkimKeyRow], fresh: DkimKeyRow, now: datetime) -> None:
    for row in rows:
        if row.kind == fresh.kind and row.state == "used":
            row.state, row.changed_at = "retired", now
    fresh.state, fresh.changed_at = "used", now


def _free_selector(taken: set[str]) -> str:
    return next(name for number in range(1, 10_000) if (name := f"outreach{number}") not in taken)


@lru_cache(maxsize=64)
def _loaded(domain: str, selector: str, sealed: bytes, keys: tuple[bytes, ...]) -> dkim.DkimKey:
    """Unsealed and checked once a process: that costs more than ten signatures."""
    return dkim.load(domain, selector, secrets.unseal(sealed, keys))
