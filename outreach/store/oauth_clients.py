"""Our registration with Google and Microsoft: client id and secret, one of each, entered by the operator."""

from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id


class OAuthClient(Base):
    """A registration. The secret is sealed; Microsoft's tenant is `common` unless the operator has an own one."""

    __tablename__ = "oauth_clients"
    id: Mapped[Id]
    provider: Mapped[str] = mapped_column(unique=True)
    """google | microsoft."""
    client_id: Mapped[str]
    client_secret: Mapped[bytes] = mapped_column(LargeBinary)
    tenant: Mapped[str] = mapped_column(default="common")


def of(session: Session, provider: str) -> OAuthClient | None:
    """The registration with a provider, or None."""
    return session.scalar(select(OAuthClient).where(OAuthClient.provider == provider))
