"""Pauses (RULES P2) and absences (P4): rows, not flags, so that lifting one lifts no other.

A pause holds from `since` until `ended_at` (lifted) or `until` (it runs out). What it binds is said by `scope` and
`subject_id`: a lead, an enrolment, a rep (the leads that the user owns), a sequence, a mailbox, or everything.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, and_, case, func, literal, or_, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store import users
from outreach.store.base import Base, Id, Moment
from outreach.store.tasks import Task
from outreach.store.users import User

SCOPES = ("enrolment", "lead", "rep", "sequence", "mailbox", "everything")
"""The narrowest first: of several pauses the widest is shown."""
CHOICES = ("continue", "restart", "stop")


class Pause(Base):
    """One pause. `choice`: how those inside go on after a pause of more than 30 days (P3); empty = not said yet."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index("ix_pauses_binding", "scope", "subject_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_pauses_ended_at", "ended_at"),
    )
    id: Mapped[Id]
    scope: Mapped[str]
    subject_id: Mapped[int | None]
    """The id of what is paused; NULL for everything."""
    reason: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    since: Mapped[Moment]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    choice: Mapped[str] = mapped_column(default="")


class Absence(Base):
    """A rep's leave, first and last day included. `choice`: tasks | everything | hand over (P4)."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_user_id_last_day", "user_id", "last_day"),)
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date())
    last_day: Mapped[date] = mapped_column(Date())
    choice: Mapped[str] = mapped_column(default="tasks")
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    pause_id: Mapped[int | None] = mapped_column(ForeignKey("pauses.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Moment]

    def days(self) -> list[date]:
        """Each day of it."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a pause may bind about one enrolment."""

    enrolment_id: int | None
    lead_id: int
    owner_id: int | None
    sequence_id: int | None
    mailbox_id: int | None = None

    def named(self) -> set[tuple[str, int]]:
        """(scope, subject) pairs that bind it."""
        pairs = (
            ("enrolment", self.enrolment_id),
            ("lead", self.lead_id),
            ("rep", self.owner_id),
            ("sequence", self.sequence_id),
            ("mailbox", self.mailbox_id),
        )
        return {(scope, number) for scope, number in pairs if number is not None}


def binding(now: datetime) -> ColumnElement[bool]:
    """A pause that holds at this moment."""
    return and_(Pause.ended_at.is_(None), Pause.since <= now, or_(Pause.until.is_(None), Pause.until > now))


def of(session: Session, bound: Iterable[Bound], now: datetime, since: datetime | None = None) -> list[list[Pause]]:
    """For each, in order: the pauses that bind it now and, with `since`, those that ended after it; the widest first.

    One question for all of them.
    """
    asked = list(bound)
    named = set().union(*(one.named() for one in asked)) if asked else set()
    wanted = [Pause.scope == "everything", *((tuple_(Pause.scope, Pause.subject_id).in_(named),) if named else ())]
    when = binding(now)
    if since is not None:
        over = or_(Pause.ended_at > since, and_(Pause.ended_at.is_(None), Pause.until > since))
        when = or_(when, and_(Pause.since <= now, over))
    rows = session.scalars(select(Pause).where(or_(*wanted), when).order_by(Pause.since, Pause.id))
    found = sorted(rows, key=lambda row: -SCOPES.index(row.scope))
    return [
        [row for row in found if row.scope == "everything" or (row.scope, row.subject_id) in one.named()]
        for one in asked
    ]


def active(session: Session, now: datetime, limit: int) -> tuple[list[Pause], int]:
    """The pauses that hold now or are still to come, the widest first, then the newest; and how many more there are."""
    there = (Pause.ended_at.is_(None), or_(Pause.until.is_(None), Pause.until > now))
    wide = case({scope: number for number, scope in enumerate(SCOPES)}, value=Pause.scope)
    rows = list(session.scalars(select(Pause).where(*there).order_by(wide.desc(), Pause.since.desc()).limit(limit)))
    if len(rows) < limit:
        return rows, 0
    return rows, (session.scalar(select(func.count()).select_from(Pause).where(*there)) or limit) - limit


def holding(session: Session, scope: str, subject_id: int | None, now: datetime) -> list[Pause]:
    """The pauses of one thing that hold now, the oldest first."""
    same = Pause.subject_id.is_(None) if subject_id is None else Pause.subject_id == subject_id
    return list(session.scalars(select(Pause).where(Pause.scope == scope, same, binding(now)).order_by(Pause.id)))


def paused_leads(session: Session, lead_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Those of these leads that are paused themselves."""
    mine = (Pause.scope == "lead", Pause.subject_id == func.any(list(lead_ids)))
    return frozenset(session.scalars(select(Pause.subject_id).where(*mine, binding(now))))


def absences_of(session: Session, user_ids: Iterable[int], from_day: date) -> dict[int, list[Absence]]:
    """The absences of users that end on this day or later."""
    found: dict[int, list[Absence]] = {}
    query = select(Absence).where(Absence.user_id.in_(set(user_ids)), Absence.last_day >= from_day)
    for row in session.scalars(query.order_by(Absence.first_day, Absence.id)):
        found.setdefault(row.user_id, []).append(row)
    return found


def absences(session: Session, from_day: date) -> list[Absence]:
    """Everybody's absences that end on this day or later."""
    return list(session.scalars(select(Absence).where(Absence.last_day >= from_day).order_by(Absence.first_day)))


@dataclass(frozen=True)
class Misplaced:
    """An open task of somebody who is away."""

    task_id: int
    absence: Absence


def tasks_of_absent(session: Session, now: datetime, limit: int = 200) -> list[Misplaced]:
    """P4: open tasks that fall due within an absence of today that moves tasks; replies and new leads wait for nobody
    and go to a stand-in alone."""
    day = timedelta(days=1)
    near = Absence.first_day <= now.date() + day, Absence.last_day >= now.date() - day, Absence.choice != "everything"
    if session.scalar(select(Absence.id).where(*near).limit(1)) is None:
        return []  # asked at every tick: without anybody away no task is looked at
    query = (
        select(Task.id, Absence)
        .join(Absence, Absence.user_id == Task.owner_id)
        .join(User, User.id == Absence.user_id)
        .where(*near, users.day_of(literal(now)).between(Absence.first_day, Absence.last_day))
        .where(Task.state == "open", users.day_of(Task.due_at) <= Absence.last_day)
        .where(or_(Absence.choice == "hand over", Task.kind.not_in(("reply", "new_lead"))))
        .where(or_(Absence.choice != "hand over", Absence.stand_in_id.is_not(None)))
    )
    return [
        Misplaced(task_id, absence)
        for task_id, absence in session.execute(query.order_by(Task.owner_id, Task.due_at, Task.id).limit(limit))
    ]
