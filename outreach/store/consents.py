"""Consent evidence and suppressions: who may be written to, and who may not, ever."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.core import jurisdictions
from outreach.store import erased
from outreach.store.base import Base, Id, Moment, ask
from outreach.store.leads import normalised

EDUCATION = jurisdictions.EDUCATION
"""The purpose under which consent to nurture and newsletters is kept."""


class Consent(Base):
    """What a lead agreed to (or refused), with the words that were shown (MAIL C4)."""

    __tablename__ = "consents"
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    granted: Mapped[bool]
    wording: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]
    channel: Mapped[str] = mapped_column(default="email", server_default="email")
    basis: Mapped[str] = mapped_column(default="consent", server_default="consent")
    """One of core.jurisdictions: consent unless a person stated another one."""
    expires_at: Mapped[datetime | None]
    """An end that was agreed on; what the law says beside it is worked out when it is asked."""


class Suppression(Base):
    """An address that gets no automatic mail any more (X7). The row survives the lead."""

    __tablename__ = "suppressions"
    email: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    """unsubscribed | complained | bounced | do not contact | erased."""
    source: Mapped[str] = mapped_column(default="")
    at: Mapped[Moment]


REASONS = select(Suppression.email, Suppression.reason).where(Suppression.email == func.any(bindparam("emails")))


def state(session: Session, lead_id: int, basis: str, source: str, at: datetime) -> None:
    """By what a lead may be written to for every purpose, as whoever brought them in says (`source`: import, api). What is
    said of a whole list takes back no lead's own no."""
    for purpose in (jurisdictions.FOLLOW_UP, jurisdictions.EDUCATION):
        said, words = latest(session, lead_id, purpose), "said when they were brought in"
        if said is not None and not said.granted:
            continue
        session.add(
            Consent(lead_id=lead_id, purpose=purpose, granted=True, basis=basis, wording=words, source=source, at=at)
        )
    session.flush()


def suppress(session: Session, email: str, reason: str, source: str, at: datetime) -> None:
    """Suppress an address; the first reason stays."""
    row = {"email": normalised(email), "reason": reason, "source": source, "at": at}
    session.execute(insert(Suppression).values(row).on_conflict_do_nothing())


def suppression(session: Session, email: str) -> Suppression | None:
    """Why this address is suppressed, or None."""
    return session.get(Suppression, normalised(email))


def recall(session: Session, email: str, at: datetime) -> None:
    """An address comes in again: what its mark says of it (X7) is a suppression from now on, which everybody sees."""
    for address, reason in erased.reasons_of(session, [email]).items():
        suppress(session, address, reason, "known again by its mark", at)


def reasons_of(session: Session, emails: Collection[str]) -> dict[str, str]:
    """Why addresses are suppressed, by the address as it was given; those that are not are left out."""
    kept = {normalised(email): email for email in emails if email}
    if not kept:
        return {}
    marked = erased.reasons_of(session, kept)
    found = ask(session, REASONS, emails=list(kept))
    return {kept[email]: reason for email, reason in (*marked.items(), *found)}


def since(session: Session, reasons: Mapping[str, str], now: datetime) -> dict[str, tuple[str, datetime]]:
    """With each address and reason since when it holds: since it was suppressed, else since now."""
    query = select(Suppression.email, Suppression.at).where(Suppression.email == func.any(list(reasons)))
    held = {email: at for email, at in session.execute(query)}
    return {email: (reason, held.get(email, now)) for email, reason in reasons.items()}


def latest(session: Session, lead_id: int, purpose: str) -> Consent | None:
    """The lead's last word on a purpose."""
    query = select(Consent).where(Consent.lead_id == lead_id, Consent.purpose == purpose)
    return session.scalar(query.order_by(Consent.at.desc(), Consent.id.desc()).limit(1))


def last_words(session: Session, lead_ids: Collection[int], purpose: str) -> dict[int, bool]:
    """Lead -> whether they agreed to a purpose, by their last word on it."""
    query = (
        select(Consent.lead_id, Consent.granted)
        .where(Consent.lead_id == func.any(list(lead_ids)), Consent.purpose == purpose)
        .ext(distinct_on(Consent.lead_id))
        .order_by(Consent.lead_id, Consent.at.desc(), Consent.id.desc())
    )
    return {lead_id: granted for lead_id, granted in session.execute(query)}


def of_leads(session: Session, lead_ids: Collection[int]) -> list[Consent]:
    """Every word of these leads, the oldest first."""
    query = select(Consent).where(Consent.lead_id == func.any(list(lead_ids)))
    return list(session.scalars(query.order_by(Consent.at, Consent.id)))
