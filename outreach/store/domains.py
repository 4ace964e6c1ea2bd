"""Domains that we send from: their DKIM keys, and what DNS said about them last."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, JsonList, Moment


class SendingDomain(Base):
    """A domain, and the findings of the last look into DNS."""

    __tablename__ = "sending_domains"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    findings: Mapped[JsonList]
    """One dict per finding: `topic, state, title, why, record` (mail.dnscheck.Finding)."""
    checked_at: Mapped[datetime | None]
    """Real time."""


class DkimKeyRow(Base):
    """A key pair. `fresh`: not yet seen in DNS; `used`: signs; `retired`: signs no more, its record may stay a week."""

    __tablename__ = "dkim_keys"
    __table_args__ = (UniqueConstraint("domain", "selector"),)
    id: Mapped[Id]
    domain: Mapped[str]
    selector: Mapped[str]
    kind: Mapped[str]
    """rsa | ed25519."""
    private: Mapped[bytes] = mapped_column(LargeBinary)
    """PEM, sealed (store.secrets)."""
    public: Mapped[str]
    """The `p=` of the DNS record."""
    state: Mapped[str] = mapped_column(default="fresh")
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]


def by_name(session: Session, name: str) -> SendingDomain | None:
    """What is known of a domain."""
    return session.scalar(select(SendingDomain).where(SendingDomain.name == name.lower()))


def keys(session: Session, domain: str) -> list[DkimKeyRow]:
    """Every key of a domain, the newest first."""
    return list(
        session.scalars(select(DkimKeyRow).where(DkimKeyRow.domain == domain.lower()).order_by(DkimKeyRow.id.desc()))
    )


def keys_in_use(session: Session, domain: str) -> list[DkimKeyRow]:
    """The keys that sign the letters of a domain: one of each kind at most, RSA first (everybody can verify it)."""
    found = [row for row in keys(session, domain) if row.state == "used"]
    newest = {row.kind: row for row in reversed(found)}
    return [newest[kind] for kind in ("rsa", "ed25519") if kind in newest]
