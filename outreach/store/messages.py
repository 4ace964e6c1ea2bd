"""Messages: the letters that go out. The row is the receipt (F5), written before anything is sent.

States (DESIGN 4): queued -> claimed (lease) -> begun -> sent; unsure, failed, cancelled. The unique constraints make a
second letter of the same step, or of the same newsletter issue, impossible.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.core.tokens import number_in
from outreach.store import wire_ids
from outreach.store.base import Base, Id, Json, JsonList, Moment, changed
from outreach.store.leads import Lead

RESULT = (
    "lead_id IS NOT NULL AND state IN ('sent', 'unsure', 'failed') AND kind IN ('step', 'answer', 'newsletter', 'own')"
)
"""A letter whose end the lead's enrolments have to be told."""
UNSENT = ("queued", "claimed", "begun")
RETURNED = {
    "bounced": "Came back",
    "soft": "Came back for now",
    "complained": "Complaint",
    "refused": "Receiver refused us",
}
"""What may come back of a letter, in words; `delivered` beside them says that a receiver has it."""
RANK_AT_ONCE, RANK_OWN, RANK_FOLLOW_UP, RANK_FIRST, RANK_NURTURE, RANK_NEWSLETTER = range(6)


def _rank(context: Any) -> int:
    """L2 for a new row that does not say its rank."""
    row = context.get_current_parameters()
    return rank_of(row["kind"], row.get("class_", row.get("class")) or "", bool(row.get("at_once")))


def rank_of(kind: str, class_: str, at_once: bool, *, first: bool = False) -> int:
    """L2: which letters go before others when capacity is short; `first`: the first letter of a sales sequence (L3)."""
    if kind in ("own", "copy", "notice"):
        return RANK_OWN
    if at_once or kind in ("answer", "test"):
        return RANK_AT_ONCE
    if class_ in ("nurture", "newsletter"):
        return RANK_NEWSLETTER if kind == "newsletter" else RANK_NURTURE
    return RANK_FIRST if first else RANK_FOLLOW_UP


def _unique(*columns: str) -> Index:
    """Unique where it is set. Every step of a letter's way costs an entry in each index that it is in."""
    there = text(f"{columns[0]} IS NOT NULL")
    return Index(f"uq_messages_{'_'.join(columns)}", *columns, unique=True, postgresql_where=there)


class Message(Base):
    """One letter to one person."""

    __tablename__ = "messages"
    __table_args__ = (
        _unique("enrolment_id", "step_key"),
        _unique("issue_id", "lead_id"),
        Index(
            "ix_messages_turn", "mailbox_id", "lane", "rank", "due_at", "id", postgresql_where=text("state = 'queued'")
        ),
        Index("ix_messages_refused", "mailbox_id", "first_tried_at", postgresql_where=text("delivered = 'bounced'")),
        Index(
            "ix_messages_open", "state", "lease_until", postgresql_where=text("state IN ('claimed','begun','unsure')")
        ),
        Index("ix_messages_lead_id", "lead_id"),
        Index("ix_messages_own_message_id", "message_id", postgresql_where=text("kind = 'own'")),
        Index("ix_messages_sent_at", "mailbox_id", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
        Index("ix_messages_issue_queued", "issue_id", postgresql_where=text("state = 'queued'")),
        Index(
            "ix_messages_unsettled", "id", postgresql_where=text("NOT settled AND state IN ('sent','unsure','failed')")
        ),
    )
    id: Mapped[Id]
    kind: Mapped[str]
    """step | answer | newsletter | own (a rep's mail) | copy (of one, to a person in Cc; it has no lead) | notice (to our
    people) | test."""
    class_: Mapped[str] = mapped_column("class", default="")
    """inbound | sales | reengagement | nurture | newsletter; empty for kinds outside the arbiter."""
    lane: Mapped[str] = mapped_column(default="outbound")
    """urgent (sent at once) | outbound."""
    at_once: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(SmallInteger, default=_rank, server_default="2")
    """L2, the order of service: 0 answers and notices at once, 1 a rep's own mail, 2 a follow-up, 3 a first step,
    4 nurture, 5 newsletter."""
    slot_at: Mapped[datetime | None]
    """The moment that the limit of the recipient's domain gave this letter (L1); `due_at` was moved to it."""
    state: Mapped[str] = mapped_column(default="queued")
    reason: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id", ondelete="SET NULL"))
    step_key: Mapped[str | None]
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailboxes.id", ondelete="SET NULL"))
    """The one that it goes from: chosen when it is queued (`mailboxes.for_owner`, T3), else when its turn comes."""
    template_version_id: Mapped[int | None]
    """No foreign key: versions stay."""
    version_id: Mapped[int | None]
    """The sequence's version in which the step was due (V8); letters of a step alone. No foreign key: versions stay."""
    text_version_id: Mapped[int | None]
    """The version whose texts it was written from: newer than `version_id` after an edit of texts alone (V2)."""
    variant: Mapped[str] = mapped_column(default="")
    to_address: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    """The subject as sent (or as written, for kind own)."""
    body: Mapped[str] = mapped_column(default="")
    """Plain text as written, where the letter has no template; else empty."""
    extra: Mapped[Json]
    """Merge fields that only this letter has (answers, reply thread)."""
    message_id: Mapped[str | None]
    """Message-ID with its angle brackets, set before the first attempt and kept on a retry (MAIL O1)."""
    references: Mapped[JsonList]
    text_sent: Mapped[str] = mapped_column(default="")
    """The plain text as it went out: shown on the timeline, and cut from replies."""
    due_at: Mapped[Moment]
    queued_at: Mapped[Moment]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    """Real time."""
    server: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """Business time of acceptance by the mail server (D3)."""
    answer: Mapped[str] = mapped_column(default="")
    """The server's last words."""
    settled: Mapped[bool] = mapped_column(default=False)
    """The lead's enrolments know how this letter ended."""
    delivered: Mapped[str] = mapped_column(default="")
    """What was told of it later: delivered, one of RETURNED, or empty."""


def finish(session: Session, message_id: int, owner: str, /, **values: Any) -> bool:
    """Leave claimed or begun with these column values, if the row is still ours.

    A sender that was taken for dead and lived on may still say how its letter ended: unsure is left the same way.
    """
    statement = update(Message).where(
        Message.id == message_id, Message.lease_owner == owner, Message.state.in_(("claimed", "begun", "unsure"))
    )
    cleared = {} if values.get("state") == "unsure" else {"lease_owner": None}
    return changed(session, statement.values(lease_until=None, **cleared, **values)) == 1


def readdress(session: Session, lead_id: int, old: str, new: str) -> None:
    """What waits for a lead at an old address goes to the new one."""
    waiting = update(Message).where(Message.lead_id == lead_id, Message.state == "queued", Message.to_address == old)
    session.execute(waiting.values(to_address=new))


def cancel(session: Session, message_id: int, reason: str) -> None:
    """Cancel a letter that has not begun."""
    statement = update(Message).where(Message.id == message_id, Message.state.in_(("queued", "claimed")))
    session.execute(statement.values(state="cancelled", reason=reason, lease_owner=None, lease_until=None))


def cancel_all_of(session: Session, lead_id: int, copies: Collection[int], reason: str) -> None:
    """Cancel all that has not begun of what is for or about a lead, notices to our people and these copies too."""
    statement = update(Message).where(
        (Message.lead_id == lead_id) | Message.id.in_(list(copies)), Message.state.in_(("queued", "claimed"))
    )
    session.execute(statement.values(state="cancelled", reason=reason, lease_owner=None, lease_until=None))


def cancel_unsent(session: Session, enrolment_id: int, reason: str) -> list[int]:
    """Cancel an enrolment's letters that have not begun; their ids."""
    statement = update(Message).where(Message.enrolment_id == enrolment_id, Message.state.in_(("queued", "claimed")))
    return list(session.scalars(statement.values(state="cancelled", reason=reason).returning(Message.id)))


def withdrawn_of(session: Session, enrolment_ids: Collection[int]) -> dict[int, dict[str, Message]]:
    """The cancelled letters of these enrolments, by step: their receipts are used again."""
    query = select(Message).where(
        Message.enrolment_id == func.any(list(enrolment_ids)),
        Message.state == "cancelled",
        Message.step_key.is_not(None),
    )
    found: dict[int, dict[str, Message]] = {}
    for message in session.scalars(query):
        found.setdefault(message.enrolment_id or 0, {})[message.step_key or ""] = message
    return found


def of_lead(session: Session, lead_id: int, limit: int = 200) -> list[Message]:
    """A lead's latest letters, the latest first."""
    query = select(Message).where(Message.lead_id == lead_id).order_by(Message.id.desc())
    return list(session.scalars(query.limit(limit)))


def own_again(session: Session, like: Message, since: datetime) -> Message | None:
    """The same words of the same person to the same lead, queued since then and not taken back."""
    query = select(Message).where(
        Message.kind == "own", Message.lead_id == like.lead_id, Message.user_id == like.user_id,
        Message.subject == like.subject, Message.body == like.body, Message.queued_at >= since,
        Message.state.not_in(("cancelled", "failed")),
    )  # fmt: skip
    return next((row for row in session.scalars(query) if row.extra.get("files") == like.extra.get("files")), None)


def by_message_id(session: Session, ids: list[str]) -> Message | None:
    """The letter with one of these Message-IDs; the earliest in the list wins.

    Ours say which row they belong to; those of a rep's other mail programs are in an index of their own.
    """
    ids = [wire_ids.kept(one) for one in ids]
    named = [number_in(one.strip("<>").partition("@")[0]) for one in ids]
    known = select(Message).where(Message.message_id.in_(ids))
    ours = session.scalars(known.where(Message.id.in_([each for each in named if each and each < 2**63])))
    theirs = session.scalars(known.where(Message.kind == "own"))
    found = {message.message_id: message for message in (*ours, *theirs)}
    return next((found[one] for one in ids if one in found), None)


def last_sent_of(session: Session, enrolment_ids: Collection[int]) -> dict[int, Message]:
    """The last letter really sent in each of these enrolments (T2)."""
    if not enrolment_ids:
        return {}
    query = (
        select(Message)
        .ext(distinct_on(Message.enrolment_id))
        .where(
            Message.enrolment_id == func.any(list(enrolment_ids)),
            Message.state.in_(("sent", "unsure")),
            Message.message_id.is_not(None),
        )
        .order_by(Message.enrolment_id, Message.sent_at.desc().nulls_last())
    )
    return {row.enrolment_id or 0: row for row in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class LetterOfLate:
    """A letter that counts towards the frequency cap (M4, M5)."""

    at: datetime
    class_: str
    at_once: bool
    enrolment_id: int | None
    sent: bool


def letters_since(
    session: Session, lead_ids: Collection[int], since: datetime, sending: Collection[int] | None = None
) -> dict[int, list[LetterOfLate]]:
    """Automatic letters to each of these leads since then, those under way included, and the rep's own mail (M5).

    `sending`: letters whose turn has come; neither they nor what waits in the queue behind them counts.
    """
    moment = func.coalesce(Message.sent_at, Message.due_at)
    automatic = Message.kind.in_(("step", "answer", "newsletter")) & Message.state.in_(
        ("queued", "claimed", "begun", "sent", "unsure")
    )
    query = select(
        Message.lead_id, moment, Message.class_, Message.at_once, Message.enrolment_id, Message.sent_at, Message.kind
    ).where(
        Message.lead_id == func.any(list(lead_ids)),
        automatic | ((Message.kind == "own") & (Message.state == "sent")),
        moment >= since,
    )
    if sending is not None:
        query = query.where(Message.state != "queued", Message.id != func.all(list(sending)))
    found: dict[int, list[LetterOfLate]] = {}
    for lead_id, at, class_, at_once, enrolment_id, sent_at, kind in session.execute(query):
        own = kind == "own"
        letter = LetterOfLate(at, "sales" if own else class_, at_once and not own, enrolment_id, sent_at is not None)
        found.setdefault(lead_id or 0, []).append(letter)
    return found


def unsettled(session: Session, limit: int) -> list[int]:
    """Letters that ended and whose enrolment has not been told, the oldest first."""
    query = select(Message.id).where(~Message.settled, text(RESULT)).order_by(Message.id).limit(limit)
    return list(session.scalars(query))


def claim_ended(session: Session, limit: int, only: Collection[int] | None = None) -> list[tuple[Message, Lead]]:
    """Ended letters whose enrolments were not told, with their leads, both locked; those that others hold are left out."""
    query = select(Message, Lead).join(Lead, Lead.id == Message.lead_id).where(~Message.settled, text(RESULT))
    if only is not None:
        query = query.where(Message.id == func.any(list(only)))
    query = query.order_by(Message.id).limit(limit)
    query = query.with_for_update(of=[Lead, Message], key_share=True, skip_locked=True)
    return [(message, lead) for message, lead in session.execute(query)]


def in_flight(session: Session) -> int:
    """Letters between claim and answer."""
    query = select(func.count()).select_from(Message).where(Message.state.in_(("claimed", "begun")))
    return session.scalar(query) or 0


def counts_open(session: Session) -> dict[str, int]:
    """Letters per state, of the states that still end in another one."""
    query = select(Message.state, func.count()).where(Message.state.in_(("claimed", "begun", "unsure")))
    found = {state: number for state, number in session.execute(query.group_by(Message.state))}
    queued = session.scalar(select(func.count()).select_from(Message).where(text("state = 'queued'"))) or 0
    return found | {"queued": queued}


def count_sent(session: Session) -> int:
    """All letters that went."""
    return session.scalar(select(func.count()).select_from(Message).where(Message.state == "sent")) or 0


def reasons_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Why each of these letters waited when it was looked at last."""
    query = select(Message.id, Message.reason).where(Message.id.in_(ids))
    return {key: reason for key, reason in session.execute(query)}
