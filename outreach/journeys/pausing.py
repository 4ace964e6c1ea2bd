"""Pauses of every scope (P1 to P3) and absences (P4): begun, lifted, and told to those whom they bind.

A pause is a row and holds at once: every decision and every sending asks for it. Those inside are told one after the
other, so that pages show it; who is not told yet finds it on waking, and no delay runs on (core/reactions).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from outreach.core import signals
from outreach.core.reactions.pauses import LONG_PAUSE
from outreach.errors import Refused
from outreach.journeys import applying, many
from outreach.journeys.house import House
from outreach.store import account, business_clock, enrolments, events, inside, mailboxes, pauses
from outreach.store.batches import Batch
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.pauses import Absence, Pause
from outreach.store.sequences import SequenceRow
from outreach.store.tasks import Task
from outreach.store.users import User

HELD = text(
    "UPDATE messages SET due_at = :now, reason = '' WHERE enrolment_id = ANY(:ids) AND state = 'queued'"
    " AND reason LIKE 'paused%'"
)
"""Letters that waited for a pause are asked again."""
AT_ONCE = 20
"""So many enrolments are told within the request; more are told by a worker."""
NO_END = timedelta(days=3650)
MANAGERS = ("admin", "manager")
CHOICES = ("tasks", "everything", "hand over")
LONGEST_ABSENCE = 366


@dataclass(frozen=True)
class Paused:
    """What pausing or lifting did: `bound` enrolments are concerned; `batch` tells them when they are many."""

    pause: Pause
    bound: int
    batch: Batch | None


def pause(
    session: Session,
    house: House,
    scope: str,
    subject_id: int | None,
    user: User,
    now: datetime,
    *,
    reason: str = "",
    until: datetime | None = None,
    since: datetime | None = None,
) -> Paused:
    """P2: pause a lead, an enrolment, a rep, a sequence, a mailbox or everything, with reason, author, optional end.

    (1) may they; (2) the row, which holds from now on; (3) what switches sending off at once; (4) tell those inside.
    """
    if scope not in pauses.SCOPES:
        raise Refused(f"“{scope}” cannot be paused; choose one of {', '.join(pauses.SCOPES)}.")
    if until is not None and until <= (since or now):
        raise Refused("The pause would end before it begins; choose a later date.")
    if scope in ("everything", "mailbox") and user.role not in MANAGERS:
        raise Refused("Only a manager or an administrator may do this.")
    reason = " ".join(reason.split())[:300]
    if scope == "everything" and not reason:
        raise Refused("Say why everything is paused: everybody asks.")
    name = called(session, scope, subject_id)
    row = Pause(
        scope=scope, subject_id=subject_id, reason=reason or f"Paused by {user.name}.", by_name=user.name,
        since=since or now, until=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _switch(session, row, now)
    _event(session, row, f"{user.name} paused {name}: {row.reason}", user, now, "P2")
    if row.since > now or scope in ("everything", "mailbox"):
        return Paused(row, 0, None)
    return _tell(session, house, row, f"Pausing {name}", user, now)


def lift(session: Session, house: House, pause_id: int, user: User, now: datetime, *, choice: str = "") -> Paused:
    """P3: end a pause; no other one is ended by it. After more than 30 days `choice` says how those inside go on."""
    row = session.get(Pause, pause_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        raise Refused("This pause is over already.")
    if row.scope in ("everything", "mailbox") and user.role not in MANAGERS:
        raise Refused("Only a manager or an administrator may do this.")
    if choice and choice not in pauses.CHOICES:
        raise Refused(f"“{choice}” is no way to go on; choose {', '.join(pauses.CHOICES)}.")
    if not choice and asks(row, now):
        raise Refused("It was paused for more than 30 days. Choose: continue, restart or stop.")
    row.ended_at, row.choice = max(now, row.since), choice
    session.flush()
    _switch(session, row, now)
    name = called(session, row.scope, row.subject_id)
    _event(session, row, f"{user.name} lifted the pause of {name}: {row.reason}", user, now, "P3")
    if row.scope == "mailbox":
        return Paused(row, 0, None)
    return _tell(session, house, row, f"Going on: {name}", user, now)


def asks(row: Pause, now: datetime) -> bool:
    """P3: whether lifting needs a choice."""
    return now - row.since > LONG_PAUSE


def called(session: Session, scope: str, subject_id: int | None) -> str:
    """What is paused, in words. Raises Refused when it does not exist."""
    if scope == "everything":
        return "everything"
    found: object = None
    if scope == "lead":
        lead = session.get(Lead, subject_id)
        found = (lead.name or lead.email or lead.phone) if lead else None
    elif scope == "rep":
        user = session.get(User, subject_id)
        found = f"{user.name}'s leads" if user else None
    elif scope == "sequence":
        row = session.get(SequenceRow, subject_id)
        found = f"“{row.name}”" if row else None
    elif scope == "mailbox":
        box = session.get(Mailbox, subject_id)
        found = box.address if box else None
    else:
        enrolment = session.get(Enrolment, subject_id)
        found = _named_enrolment(session, enrolment) if enrolment else None
    if found is None:
        raise Refused(f"This {scope} does not exist any more.")
    return str(found)


def _named_enrolment(session: Session, row: Enrolment) -> str:
    lead, sequence = session.get_one(Lead, row.lead_id), session.get_one(SequenceRow, row.sequence_id)
    return f"“{sequence.name}” for {lead.name or lead.email or lead.phone}"


def _event(session: Session, row: Pause, words: str, user: User, now: datetime, rule: str) -> None:
    lead_id = row.subject_id if row.scope == "lead" else None
    data = {"pause": row.id, "scope": row.scope, "subject": row.subject_id}
    data["until"] = row.until.isoformat() if row.until else None
    kind = "pause" if row.ended_at is None else "resume"
    if row.scope != "enrolment":  # the enrolment's own decision tells it
        events.record(session, now, kind, words, lead_id=lead_id, actor_id=user.id, rule=rule, data=data)


def _switch(session: Session, row: Pause, now: datetime) -> None:
    """What sending itself looks at: the switch for everything, and the mailbox's own pause (real time)."""
    if row.scope == "everything":
        us = account.get(session)
        holding = pauses.holding(session, "everything", None, now)
        others = {key: value for key, value in us.switches.items() if key != "everything"}
        us.switches = others | ({"everything": holding[0].reason} if holding else {})
        if not holding:
            _wake_letters(session, "sending is switched off", now)
    if row.scope == "mailbox":
        box = session.get_one(Mailbox, row.subject_id)
        holding = pauses.holding(session, "mailbox", box.id, now)
        if not holding:
            _wake_letters(session, box.paused_reason, now)
            box.paused_until, box.paused_reason, box.failures = None, "", 0
            return
        real = business_clock.real_now(session)
        ends = [each.until for each in holding]
        known = [end for end in ends if end is not None]
        box.paused_until = real + ((max(known) - now) if len(known) == len(ends) else NO_END)
        box.paused_reason = f"{mailboxes.BY_PERSON}{holding[0].reason}"


def _wake_letters(session: Session, reason: str, now: datetime) -> None:
    """Letters that waited for this go on at once, within the limits."""
    if reason:
        session.execute(
            text("UPDATE messages SET due_at = :now, reason = '' WHERE state = 'queued' AND reason = :reason"),
            {"now": now, "reason": reason},
        )


def _tell(session: Session, house: House, row: Pause, title: str, user: User, now: datetime) -> Paused:
    """Everybody whom it binds: a few at once, many by a worker."""
    scope, subject = row.scope, row.subject_id
    bound = inside.count_bound(session, scope, subject)
    if bound <= AT_ONCE:
        for lead_id, enrolment_id in inside.bound_ids(session, scope, subject, AT_ONCE):
            _told(session, house, lead_id, enrolment_id, now, user.id)
        return Paused(row, bound, None)
    params = {"pause": row.id, "gather": {"scope": scope, "subject": subject}}
    batch = many.begin(session, "pauses", title, params, user.id, now)
    many.lined_up(batch, bound, now)
    return Paused(row, bound, batch)


def _gather(session: Session, batch: Batch) -> int:
    found = batch.params["gather"]
    return inside.line_up_paused(session, batch.id, found["scope"], found["subject"])


def _told(session: Session, house: House, lead_id: int, enrolment_id: int, now: datetime, actor_id: int | None) -> str:
    decided = applying.signal(
        session, house, lead_id, signals.PausesChanged(), now, enrolment_id=enrolment_id, actor_id=actor_id
    )
    session.execute(HELD, {"now": now, "ids": [enrolment_id]})
    return decided[0].text if decided else "has left the sequence in the meantime"


def tell(work: many.Work) -> many.Done:
    """One enrolment hears of a pause that began or ended."""
    return many.Done(
        _told(work.session, work.house, work.lead.id, work.item.enrolment_id or 0, work.now, work.batch.actor_id)
    )


def tell_together(works: list[many.Work]) -> list[many.Done | str]:
    """The same for many."""
    if not works:
        return []
    session, now, numbers = works[0].session, works[0].now, [work.item.enrolment_id or 0 for work in works]
    rows = enrolments.locked(session, numbers)
    told = [(work.lead, rows[n]) for work, n in zip(works, numbers, strict=True) if n in rows and not rows[n].ended_at]
    by = works[0].batch.actor_id
    decided = applying.signal_many(session, works[0].house, told, signals.PausesChanged(), now, actor_id=by)
    session.execute(HELD, {"now": now, "ids": list(decided)})
    return [many.Done(decided[n].text) if n in decided else "has left the sequence in the meantime" for n in numbers]


many.ACTIONS["pauses"] = many.Action(tell, together=tell_together, gather=_gather)


# --- absences (P4) -----------------------------------------------------------------------------------------------------


def enter_absence(
    session: Session,
    house: House,
    rep: User,
    first_day: date,
    last_day: date,
    choice: str,
    user: User,
    now: datetime,
    *,
    stand_in: User | None = None,
    reason: str = "",
) -> Absence:
    """P4: a rep is away, first and last day included. `choice`:

    tasks: their tasks wait for the return, letters go on; everything: their leads are paused meanwhile; hand over:
    their tasks go to `stand_in`. Calls are planned around the days in any case (W9).
    """
    if user.id != rep.id and user.role not in MANAGERS:
        raise Refused("Only a manager or an administrator may enter the absence of somebody else.")
    if last_day < first_day or (last_day - first_day).days > LONGEST_ABSENCE:
        raise Refused("The last day comes before the first, or more than a year later; correct one of them.")
    zone = account.zone_of(session, rep.zone)
    if last_day < now.astimezone(zone).date():
        raise Refused("This absence is over already.")
    if choice not in CHOICES:
        raise Refused(f"Choose what happens meanwhile: {', '.join(CHOICES)}.")
    if choice == "hand over" and (stand_in is None or stand_in.id == rep.id or not stand_in.active):
        raise Refused("Choose somebody else, who is active, to stand in.")
    row = Absence(
        user_id=rep.id, first_day=first_day, last_day=last_day, choice=choice, reason=" ".join(reason.split())[:300],
        stand_in_id=stand_in.id if stand_in and choice == "hand over" else None, by_name=user.name, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    starts, returns = (datetime.combine(day, time(0), zone) for day in (first_day, last_day + timedelta(days=1)))
    if choice == "everything":
        words = row.reason or f"{rep.name} is away."
        manager = user if user.role in MANAGERS or user.id == rep.id else rep
        row.pause_id = pause(
            session, house, "rep", rep.id, manager, now, reason=words, until=returns, since=max(starts, now)
        ).pause.id
    else:
        _tasks_meanwhile(session, rep, stand_in if choice == "hand over" else None, starts, returns, now)
    words = f"{rep.name} is away {first_day} to {last_day}: {choice}"
    events.record(session, now, "absence", words, actor_id=user.id, rule="P4", data={"absence": row.id})
    return row


def end_absence(session: Session, house: House, absence_id: int, user: User, now: datetime) -> None:
    """Back early, or entered by mistake; a pause that belongs to it is lifted. Tasks stay where they are."""
    row = session.get(Absence, absence_id)
    if row is None:
        raise Refused("This absence does not exist any more.")
    if user.id != row.user_id and user.role not in MANAGERS:
        raise Refused("Only a manager or an administrator may end the absence of somebody else.")
    held = session.get(Pause, row.pause_id) if row.pause_id else None
    if held is not None and held.ended_at is None:
        lift(session, house, held.id, user, now, choice="continue")
    zone = account.zone_of(session, session.get_one(User, row.user_id).zone)
    today = now.astimezone(zone).date()
    if row.first_day >= today:
        session.delete(row)
    else:
        row.last_day = today - timedelta(days=1)


def _tasks_meanwhile(
    session: Session, rep: User, stand_in: User | None, starts: datetime, returns: datetime, now: datetime
) -> None:
    """Tasks that fall into the absence go to the stand-in, or wait for nine o'clock of the day of the return."""
    mine = (Task.owner_id == rep.id) & (Task.state == "open") & (Task.due_at < returns)
    if stand_in is not None:
        values: dict[str, object] = {"owner_id": stand_in.id}
    else:
        mine &= Task.due_at >= max(starts, now)
        values = {"due_at": returns + timedelta(hours=9)}
    session.execute(update(Task).where(mine).values(values))


def keep_absences(session: Session, now: datetime) -> int:
    """P4: tasks that came up for somebody who is away go to the stand-in, or wait for the return; how many."""
    moved = 0
    for task in pauses.tasks_of_absent(session, now):
        absence, rep = task.absence, session.get_one(User, task.absence.user_id)
        returns = datetime.combine(absence.last_day + timedelta(days=1), time(0), account.zone_of(session, rep.zone))
        row = session.get_one(Task, task.task_id, with_for_update=True)
        if row.state != "open" or row.owner_id != rep.id:
            continue
        if absence.choice == "hand over" and absence.stand_in_id:
            row.owner_id = absence.stand_in_id
        else:
            row.due_at = returns + timedelta(hours=9)
        moved += 1
    return moved
