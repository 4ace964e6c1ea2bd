"""Every column that holds a sealed secret, and sealing them all anew when the key changes (RELIABILITY 5.2 #12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.store.base import Base
from outreach.store.domains import DkimKeyRow
from outreach.store.hooks import ProviderHook
from outreach.store.mailboxes import Mailbox
from outreach.store.oauth_clients import OAuthClient
from outreach.store.second_factors import SecondFactor
from outreach.store.secrets import renewed

SEALED: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (Mailbox, ("smtp_secret", "imap_secret", "oauth_secret")),
    (OAuthClient, ("client_secret",)),
    (DkimKeyRow, ("private",)),
    (ProviderHook, ("path_secret", "secret")),
    (SecondFactor, ("secret", "new_secret")),
)


@dataclass
class Renewed:
    """How many secrets there are, were sealed anew, and fit no key that is known (they stay as they are)."""

    all: int = 0
    renewed: int = 0
    unreadable: int = 0


def renew(session: Session, keys: Sequence[bytes]) -> Renewed:
    """Seal with the first key what is sealed with another one. Safe to run at any time, and twice."""
    done = Renewed()
    for model, names in SEALED:
        for name in names:
            _renew_column(session, model.metadata.tables[model.__tablename__], name, keys, done)
    return done


def _renew_column(session: Session, table: Table, name: str, keys: Sequence[bytes], done: Renewed) -> None:
    column, (key,) = table.c[name], tuple(table.primary_key)
    rows = session.execute(select(key, column).where(column.is_not(None)).with_for_update(key_share=True)).all()
    for row_id, sealed in rows:
        done.all += 1
        try:
            fresh = renewed(bytes(sealed), keys)
        except Refused:
            done.unreadable += 1
            continue
        if fresh is not None:
            session.execute(update(table).where(key == row_id).values({name: fresh}))
            done.renewed += 1
