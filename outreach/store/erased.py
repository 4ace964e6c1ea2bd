"""Marks of erased addresses: by them an address is known again that is written nowhere any more (MAIL C4, RULES X7).

A mark is an HMAC of the address under a key that is not in the database. It says the number of the erased lead, so that a
way out in an old letter goes on meaning the same person (MAIL U4), and a consent that was kept can still be shown for an
address that somebody names.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Moment, ask

KEYS = "keys"
"""Under this name a session knows the installation's keys (`sessions_for`)."""


class ErasedAddress(Base):
    """One address of somebody whose data was erased."""

    __tablename__ = "erased_addresses"
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key: Mapped[str]
    """Which key made it, in eight signs: marks of another key recognise nobody."""
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    """The erased lead."""
    reason: Mapped[str]
    """As of a suppression: what was said before, else "erased"."""
    at: Mapped[Moment]
    """Since when nothing may be sent there."""
    lifted_at: Mapped[datetime | None]
    """They asked expressly to be written to again."""
    again_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"))
    """The lead that they are since then."""


def mark_of(email: str, key: bytes) -> bytes:
    """The mark of an address, however it was typed."""
    return hmac.digest(key, b"erased address\0" + email.strip().lower().encode(), hashlib.sha256)


def name_of(key: bytes) -> str:
    """A key in eight signs that do not betray it."""
    return hmac.digest(key, b"name of the key of erased addresses", hashlib.sha256).hex()[:8]


def keys_of(session: Session) -> Sequence[bytes]:
    """The installation's keys; the first one makes new marks."""
    found: Sequence[bytes] = session.info.get(KEYS, ())
    return found


REASONS = select(ErasedAddress.mark, ErasedAddress.reason).where(
    ErasedAddress.mark == func.any(bindparam("marks")), ErasedAddress.lifted_at.is_(None)
)


def reasons_of(session: Session, emails: Iterable[str]) -> dict[str, str]:
    """Why nothing goes to those of these addresses that were erased."""
    marks = {mark_of(email, key): email for email in emails if email for key in keys_of(session)}
    found = ask(session, REASONS, marks=list(marks)) if marks else ()
    return {marks[bytes(mark)]: reason for mark, reason in found}


def keep(session: Session, reasons: Mapping[str, tuple[str, datetime]], lead_id: int) -> list[bytes]:
    """Mark addresses with the reason for which nothing goes there, and since when; a mark that was lifted holds again. The
    marks, in the same order."""
    key = keys_of(session)[0]
    marks = [mark_of(email, key) for email in reasons]
    more = {"key": name_of(key), "lead_id": lead_id}
    found = zip(marks, reasons.values(), strict=True)
    keep_marks(session, [{"mark": mark, "reason": reason, "at": at, **more} for mark, (reason, at) in found])
    return marks


def keep_marks(session: Session, rows: Collection[Mapping[str, object]]) -> None:
    """The same of marks that were made before."""
    if rows:
        statement = insert(ErasedAddress)
        again = {name: statement.excluded[name] for name in ("key", "lead_id", "reason", "at")}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["mark"], set_={**again, "lifted_at": None, "again_id": None}
            ),
            list(rows),
        )


def known(session: Session, marks: Collection[bytes]) -> set[bytes]:
    """Those of these marks that are kept, lifted or not."""
    query = select(ErasedAddress.mark).where(ErasedAddress.mark == func.any(list(marks)))
    return {bytes(mark) for mark in session.scalars(query)}


def lift(session: Session, email: str, lead_id: int, at: datetime) -> None:
    """They may be written to again: they are this lead now."""
    marks = [mark_of(email, key) for key in keys_of(session)]
    lifted = update(ErasedAddress).where(ErasedAddress.mark == func.any(marks))
    session.execute(lifted.values(lifted_at=at, again_id=lead_id))


def again(session: Session, lead_id: int) -> list[int]:
    """The leads that an erased lead has become since."""
    query = select(ErasedAddress.again_id).where(
        ErasedAddress.lead_id == lead_id, ErasedAddress.lifted_at.is_not(None), ErasedAddress.again_id.is_not(None)
    )
    return [number for number in session.scalars(query.distinct()) if number is not None]


def objected(session: Session, lead_id: int, reason: str) -> None:
    """An erased person used the way out of an old letter, or complained: only they can take that back."""
    marks = update(ErasedAddress).where(ErasedAddress.lead_id == lead_id)
    session.execute(marks.where(ErasedAddress.reason.in_(("erased", "bounced"))).values(reason=reason))
    session.execute(marks.values(lifted_at=None, again_id=None))


def of_other_keys(session: Session) -> int:
    """Marks that no key of today made: they recognise nobody."""
    names = [name_of(key) for key in keys_of(session)]
    return session.scalar(select(func.count()).select_from(ErasedAddress).where(ErasedAddress.key.not_in(names))) or 0
