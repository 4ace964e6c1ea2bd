"""Every letter: what shall go, what went, what came back, what nobody knows, what could not go; and all of one of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, func, select, text
from sqlalchemy.orm import Session

from outreach.core import states
from outreach.reports import held
from outreach.reports.held import Held
from outreach.store import business_clock, leads, mailboxes, messages, template_files
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.templates import Issue
from outreach.store.users import User

VIEWS = {
    "": "To leads",
    "waiting": "Waiting",
    "sent": "Sent",
    "returned": "Came back",
    "unsure": "Unsure",
    "failed": "Failed",
    "cancelled": "Not sent",
    "ours": "To our people",
}
"""Which letters: those to leads by default; the states ask for notices and tests too."""
FARTHEST = 100_000
"""Letters that are looked through for what no index finds in this order; the next page looks on."""
MOST_WAITING = 10_000
FOUND = 500
"""Leads that a search may find."""
Condition = ColumnElement[bool] | TextClause
_CONDITIONS: dict[str, Condition] = {
    "": Message.kind.not_in(("notice", "test")),
    "ours": Message.kind.in_(("notice", "test")),
    "waiting": text("state = 'queued'"),  # literal, for the partial index
    "sent": text("state = 'sent'"),
    "returned": Message.delivered.in_(tuple(messages.RETURNED)),
    "unsure": text("state = 'unsure'"),
    "failed": Message.state == "failed",
    "cancelled": Message.state == "cancelled",
}
_WALKED = frozenset({"returned", "failed", "cancelled", "ours"})
_KINDS = {
    "answer": "Instant answer",
    "notice": "Notice to our people",
    "test": "Test letter",
    "own": "Written by a rep",
    "copy": "Copy of a rep’s mail",
}
_WORDS = {
    "claimed": "On its way",
    "begun": "On its way",
    "sent": "Sent",
    "unsure": "Unsure",
    "failed": "Failed",
    "cancelled": "Not sent",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One letter. `why` is what there is to know of its state: the server's words, what holds it, the reason."""

    letter: Message
    what: str
    box: str
    state: str
    word: str
    why: str
    at: datetime
    name: str

    @property
    def ours(self) -> bool:
        """It goes to one of our own people; the lead is what it is about."""
        return self.letter.kind in ("notice", "test")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of letters; `more`: the next one starts before this id. `walked`: only so many were looked through."""

    lines: list[Line]
    more: int | None
    walked: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """All of one letter. `files`: their names, as the timeline numbers them; `held`: what it waits for, if it does."""

    line: Line
    files: Sequence[str]
    held: Held | None
    sequence_id: int | None
    issue_id: int | None


def page(
    session: Session,
    now: datetime,
    view: str = "",
    words: str = "",
    mailbox_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """The latest letters first; those that wait: the next to go first (of MOST_WAITING, on one page)."""
    asked = [_CONDITIONS[view]]
    if mailbox_id is not None:
        asked.append(Message.mailbox_id == mailbox_id)
    if words:
        asked.append(_of(session, words))
    if view == "waiting" and not words:
        return Page(_lines(session, _next(session, asked, limit), now), None, False)
    walked = not words and (view in _WALKED or mailbox_id is not None)
    floor = _floor(session, before) if walked else None
    if floor is not None:
        asked.append(Message.id > floor)
    if before is not None:
        asked.append(Message.id < before)
    rows = list(session.scalars(select(Message).where(*asked).order_by(Message.id.desc()).limit(limit + 1)))
    more = rows[limit - 1].id if len(rows) > limit else floor + 1 if floor else None
    return Page(_lines(session, rows[:limit], now), more, bool(floor) and len(rows) <= limit)


def whole(session: Session, message_id: int, now: datetime) -> Whole | None:
    """One letter; None when there is none of this number."""
    letter = session.get(Message, message_id)
    if letter is None:
        return None
    kept = template_files.of_versions(session, {letter.template_version_id} if letter.template_version_id else set())
    files = letter.extra.get("files") or [one.name for one in kept.get(letter.template_version_id or 0, ())]
    enrolment = session.get(Enrolment, letter.enrolment_id) if letter.enrolment_id else None
    (line,) = _lines(session, [letter], now)
    waits = held.of_letter(session, letter, now)
    return Whole(line, files, waits, enrolment.sequence_id if enrolment else None, letter.issue_id)


def _of(session: Session, words: str) -> ColumnElement[bool]:
    """Letters to the leads whose name, company or address begins so, or the one with this Message-ID."""
    if words.startswith("<"):
        named = messages.by_message_id(session, [words])
        return Message.id == (named.id if named else 0)
    if not leads.prefix_query(words):
        return Message.id == 0
    found = session.scalars(select(Lead.id).where(*leads.found_by(words=words)).limit(FOUND))
    return Message.lead_id == func.any(list(found))


def _next(session: Session, asked: Collection[Condition], limit: int) -> list[Message]:
    under_way = select(Message).where(text("state IN ('claimed', 'begun')"), *list(asked)[1:]).order_by(Message.id)
    some = select(Message.id).where(*asked).limit(MOST_WAITING).subquery()
    query = select(Message).where(Message.id.in_(select(some.c.id))).order_by(Message.due_at, Message.rank, Message.id)
    begun = list(session.scalars(under_way.limit(limit)))
    return begun + list(session.scalars(query.limit(limit - len(begun))))


def _floor(session: Session, before: int | None) -> int | None:
    """The id below which this page does not look; None = it looks at all there is."""
    top = before or session.scalar(select(func.max(Message.id))) or 0
    return top - FARTHEST if top > FARTHEST else None


# ---- what a letter is, in words


def _lines(session: Session, letters: Sequence[Message], now: datetime) -> list[Line]:
    sequences = _sequences(session, {row.enrolment_id for row in letters if row.enrolment_id})
    issues = _named(session, Issue, {row.issue_id for row in letters if row.issue_id})
    writers = _named(session, User, {row.user_id for row in letters if row.user_id and row.kind == "own"})
    asked = select(Mailbox).where(Mailbox.id.in_({m.mailbox_id for m in letters}))
    boxes = {row.id: row for row in session.scalars(asked)}
    people = leads.by_ids(session, {row.lead_id for row in letters if row.lead_id})
    real = business_clock.real_now(session)
    lines = []
    for letter in letters:
        box, lead = boxes.get(letter.mailbox_id or 0), people.get(letter.lead_id or 0)
        planned = letter.due_at if letter.state == "queued" else letter.first_tried_at
        lines.append(
            Line(
                letter,
                what=_what(letter, sequences, issues, writers),
                box=box.address if box else "",
                state="returned" if letter.delivered in messages.RETURNED else letter.state,
                word=_word(letter),
                why=_why(letter) or _held_by(letter, box, now, real),
                at=letter.sent_at or planned or letter.queued_at,
                name=lead.name if lead else "",
            )
        )
    return lines


def _held_by(letter: Message, box: Mailbox | None, now: datetime, real: datetime) -> str:
    """What holds the mailbox of a letter that is due; the letter's own page tells more (L5)."""
    if letter.state != "queued" or box is None or letter.due_at > now:
        return ""
    if mailboxes.is_held(box, real):
        return box.paused_reason
    bound = letter.rank > messages.RANK_OWN and box.free_at is not None and box.free_at > now
    return box.free_why if bound else ""


def _what(letter: Message, sequences: dict[int, str], issues: dict[int, str], writers: dict[int, str]) -> str:
    if letter.kind == "step":
        name = sequences.get(letter.enrolment_id or 0, "")
        return f"{name}, {letter.step_key}" if name else "A step of a sequence"
    if letter.kind == "newsletter":
        return f"Newsletter “{issues[letter.issue_id]}”" if letter.issue_id in issues else "Newsletter"
    if letter.kind == "own" and letter.user_id in writers:
        return f"Written by {writers[letter.user_id]}"
    return _KINDS.get(letter.kind, letter.kind)


def _word(letter: Message) -> str:
    if letter.delivered in messages.RETURNED:
        return messages.RETURNED[letter.delivered]
    if letter.state == "queued":
        return "Is tried again" if letter.first_tried_at else "Waits"
    return "Delivered" if letter.delivered and letter.state == "sent" else _WORDS[letter.state]


def _why(letter: Message) -> str:
    if letter.state == "sent" and letter.delivered not in messages.RETURNED:
        return letter.answer
    if states.is_state(letter.reason):
        return states.sentence(letter.reason)
    return letter.reason or (letter.answer if letter.state != "queued" else "")


def _sequences(session: Session, enrolment_ids: Collection[int]) -> dict[int, str]:
    query = select(Enrolment.id, SequenceRow.name).join(SequenceRow, SequenceRow.id == Enrolment.sequence_id)
    return {key: name for key, name in session.execute(query.where(Enrolment.id.in_(enrolment_ids)))}


def _named(session: Session, kind: type[Issue] | type[User], ids: Collection[int]) -> dict[int, str]:
    return (
        {key: name for key, name in session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))} if ids else {}
    )


def boxes(session: Session) -> list[tuple[int, str]]:
    """The mailboxes to choose from, the first hundred by address."""
    rows, _ = mailboxes.page(session, "", 1, 100)
    return sorted(((row.id, row.address) for row in rows), key=lambda one: one[1])


def counts(session: Session) -> dict[str, int]:
    """How many wait and how many are unsure: what somebody may have to look at."""
    found = messages.counts_open(session)
    return {"waiting": sum(found.get(state, 0) for state in messages.UNSENT), "unsure": found.get("unsure", 0)}
