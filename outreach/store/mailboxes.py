"""Mailboxes: accounts that send and receive. Passwords are inside encrypted URLs."""

from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, Interval, LargeBinary, bindparam, case, false, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Id, Json, JsonList, Moment, ask

BY_PERSON = "paused: "
"""How the reason of a pause by a person begins: no answer of a mail server ends or shortens it (P2)."""


class Mailbox(Base):
    """One sending identity. The first (`from_env`) follows SMTP_URL, IMAP_URL and MAIL_FROM until it is edited."""

    __tablename__ = "mailboxes"
    id: Mapped[Id]
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    from_env: Mapped[bool] = mapped_column(default=False)
    preferred: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It sends what no rep's own mailbox does: newsletters, letters of leads whose owner has none."""
    smtp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SMTP URL, encrypted (core secrets); None = SMTP_URL of the settings."""
    imap_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    takes_strangers: Mapped[bool] = mapped_column(default=False)
    daily_limit: Mapped[int] = mapped_column(default=0)
    """Letters in any 24 h; 0 = no limit."""
    minute_limit: Mapped[int] = mapped_column(default=0)
    hour_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    domain_limits: Mapped[Json]
    """Letters an hour to one recipient domain: {"gmail.com": 40, "*": 200}; `*` is for every domain not named (L1)."""
    gap_seconds_min: Mapped[int] = mapped_column(default=0, server_default="0")
    gap_seconds_random: Mapped[int] = mapped_column(default=0, server_default="0")
    """L4: seconds between two letters: the minimum, and what chance may add. Drawn once, kept in `free_at`."""
    ramp_start: Mapped[int] = mapped_column(default=0, server_default="0")
    """L6: letters in 24 h on the mailbox's first day; 0 = no ramp."""
    ramp_step: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many more each following day, up to `daily_limit`."""
    ramp_from: Mapped[datetime | None]
    """When the ramp began (business time); None = when the first letter is claimed."""
    free_at: Mapped[datetime | None]
    """Business time before which limited mail of this mailbox waits (L1, L4); set when letters are claimed."""
    free_why: Mapped[str] = mapped_column(default="", server_default="")
    """One plain sentence: the limit that holds the mail until `free_at` (L5)."""
    first_at: Mapped[datetime | None]
    """The same for first steps alone (L3, L7)."""
    first_why: Mapped[str] = mapped_column(default="", server_default="")
    breaker: Mapped[str] = mapped_column(default="", server_default="")
    """L7: why first steps are stopped: `bounces` or `complaints`; empty = they go."""
    breaker_at: Mapped[datetime | None]
    """When it was stopped, or opened again: the sample begins anew when a person opens it (journeys.breakers)."""
    breaker_why: Mapped[str] = mapped_column(default="", server_default="")
    paused_until: Mapped[datetime | None]
    """Real time; the breaker of a host that does not answer, or of a refused login."""
    paused_reason: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    imap_cursor: Mapped[Json]
    looked_at: Mapped[datetime | None]
    """Real time of the last look, successful or not."""
    read_at: Mapped[datetime | None]
    """Real time of the last successful look into the IMAP folder (X4)."""
    read_error: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    provider: Mapped[str] = mapped_column(default="", server_default="")
    """A key of mail.providers.table; empty = the servers of the settings, or typed in by hand."""
    sign_in: Mapped[str] = mapped_column(default="password", server_default="password")
    """password | google | microsoft (OAuth: `oauth_secret`)."""
    oauth_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Tokens as JSON, sealed (journeys.sign_in_with)."""
    signature: Mapped[str] = mapped_column(default="", server_default="")
    """Text below letters of this mailbox; empty = the owner's."""
    folders: Mapped[JsonList]
    """IMAP folders read beside the inbox."""
    sent_folder: Mapped[str] = mapped_column(default="", server_default="")
    """The folder of sent mail, watched only for a rep's own letters; empty = not watched."""
    created_at: Mapped[Moment]


FOR_EVERYBODY = (Mailbox.preferred.desc(), Mailbox.user_id.is_not(None), Mailbox.id)
"""The order in which a mailbox is looked for that sends when nothing else is chosen (the same in `outbox.ADOPT`)."""


def active(session: Session) -> list[Mailbox]:
    """Mailboxes in use, the first one made first."""
    return list(session.scalars(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id)))


at_domain = func.lower(func.split_part(Mailbox.address, "@", 2))


def of_domain(session: Session, domain: str) -> list[Mailbox]:
    """Mailboxes in use at a domain, the first one made first."""
    return list(session.scalars(select(Mailbox).where(Mailbox.active, at_domain == domain).order_by(Mailbox.id)))


def domains(session: Session) -> list[str]:
    """The domains of all mailboxes in use, each once."""
    return list(
        session.scalars(select(at_domain).where(Mailbox.active).group_by(at_domain).order_by(func.min(Mailbox.id)))
    )


READ_AT = (
    select(Mailbox.id)
    .where(Mailbox.active, at_domain == bindparam("domain"))
    .where(Mailbox.imap_secret.is_not(None) | (Mailbox.from_env & bindparam("env", type_=Boolean())))
    .limit(1)
)


def any_read_at(session: Session, domain: str, *, polls_env: bool) -> bool:
    """Whether a mailbox of this domain is read by IMAP."""
    return ask(session, READ_AT, domain=domain, env=polls_env).first() is not None


BETWEEN_TRIES = timedelta(minutes=15)
"""While letters wait for a mail server that fails, one try follows the other within so long."""


def is_held(box: Mailbox, real: datetime) -> bool:
    """Whether the mail server keeps its mail waiting: during a pause, and between two tries, since it is no better then. Once
    nothing waits any more there are no tries, and nobody knows of a fault."""
    return box.paused_until is not None and box.paused_until > real - (BETWEEN_TRIES if box.failures else timedelta())


TROUBLED = or_(
    func.coalesce(
        Mailbox.paused_until > func.clock_timestamp() - case((Mailbox.failures > 0, BETWEEN_TRIES), else_=timedelta()),
        False,
    ),
    Mailbox.read_error != "",
    Mailbox.breaker != "",
    (Mailbox.sign_in != "password") & Mailbox.oauth_secret.is_(None),
)
"""What wants a look."""


def page(session: Session, words: str, number: int, size: int) -> tuple[list[Mailbox], int]:
    """A page (from 1) of those whose address or name holds the words, those that want a look first and those out of use
    last; and how many there are."""
    fits = or_(Mailbox.address.icontains(words, autoescape=True), Mailbox.name.icontains(words, autoescape=True))
    order = (Mailbox.active.desc(), (Mailbox.active & TROUBLED).desc(), Mailbox.id)
    rows = session.scalars(select(Mailbox).where(fits).order_by(*order).limit(size).offset((number - 1) * size))
    return list(rows), session.scalar(select(func.count()).select_from(Mailbox).where(fits)) or 0


def with_own_server(session: Session) -> Mailbox | None:
    """A mailbox in use whose letters leave by a server of its own, not by that of SMTP_URL; None when there is none."""
    own = or_(Mailbox.smtp_secret.is_not(None), Mailbox.oauth_secret.is_not(None))
    return session.scalar(select(Mailbox).where(Mailbox.active, own).order_by(Mailbox.id).limit(1))


def default(session: Session) -> Mailbox | None:
    """The mailbox that sends when nothing else is chosen."""
    return session.scalar(select(Mailbox).where(Mailbox.active).order_by(*FOR_EVERYBODY).limit(1))


def prefer(session: Session, chosen: Mailbox) -> None:
    """From now on this one sends when nothing else is chosen."""
    session.execute(update(Mailbox).where(Mailbox.preferred, Mailbox.id != chosen.id).values(preferred=False))
    chosen.preferred = True


UNREAD = (
    select(Mailbox.id)
    .where(Mailbox.active, Mailbox.imap_secret.is_not(None) | (Mailbox.from_env & bindparam("env", type_=Boolean())))
    .where(
        Mailbox.read_at.is_(None)
        | (Mailbox.read_at <= func.clock_timestamp() - bindparam("within", type_=Interval(native=True)))
    )
    .limit(1)
)


def any_unread(session: Session, within: timedelta, *, polls_env: bool) -> bool:
    """Whether a mailbox that is read by IMAP was not read within so long (real time)."""
    return ask(session, UNREAD, env=polls_env, within=within).first() is not None


def for_owner(session: Session, user_id: int | None) -> Mailbox | None:
    """The owner's own mailbox, else the default one."""
    own = select(Mailbox).where(Mailbox.active, Mailbox.user_id == user_id).order_by(Mailbox.id).limit(1)
    return (session.scalar(own) if user_id else None) or default(session)


def ids(session: Session) -> list[int]:
    """Every mailbox's id, those out of use too."""
    return list(session.scalars(select(Mailbox.id)))


def by_owner(session: Session) -> dict[int | None, int]:
    """Owner -> the id of their mailbox; None -> the default one. Only mailboxes in use."""
    boxes = active(session)
    found: dict[int | None, int] = {box.user_id: box.id for box in reversed(boxes) if box.user_id}
    everybody = min(boxes, key=lambda box: (not box.preferred, box.user_id is not None, box.id), default=None)
    return found | ({None: everybody.id} if everybody else {})


ADDRESSES = select(Mailbox.address)


def addresses(session: Session) -> frozenset[str]:
    """All our sending addresses, in lower case (X2)."""
    return frozenset(a.lower() for a in ask(session, ADDRESSES).scalars())


class Pace(Base):
    """The next free moment for letters to one recipient domain (L1); mailbox 0 = the whole account."""

    __tablename__ = "paces"
    mailbox_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    domain: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[Moment]
