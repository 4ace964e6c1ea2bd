"""A newsletter issue goes out: written, tried, then sent to an audience (RULES M3 to M5, class newsletter).

The planner writes message rows in batches; the database forbids a second letter of an issue to one lead, and the issue
remembers the last lead it has planned, so a crash costs nothing. Whoever may not get it is left out with the reason.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import facts, letters
from outreach.journeys.house import House
from outreach.journeys.places import Place, place_of
from outreach.mail import mjml
from outreach.mail.library import LetterSource
from outreach.mail.templating import MissingField, TemplateError
from outreach.store import account, audiences, events, mailboxes, templates
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.templates import Issue
from outreach.store.users import User

BATCH = 500
AHEAD = 500
"""Plan the next batch when fewer letters of the issue wait: follow-ups that fall due meanwhile are not kept behind (L2)."""


# writing


def new_issue(session: Session, now: datetime) -> Issue:
    """A draft that starts from the newsletter template in force."""
    version = templates.current(session, "newsletter")
    issue = Issue(
        name=f"Newsletter of {now:%d %B %Y}".replace(" 0", " "),
        subject=version.subject if version else "{{ issue.title }}",
        mjml=version.mjml if version else "",
        text=version.text if version else "",
        content={"title": "", "intro": "", "items": []},
        audience={"who": "nurture"},
        created_at=now,
    )
    session.add(issue)
    session.flush()
    return issue


def copy_of(session: Session, issue: Issue, now: datetime) -> Issue:
    """A new draft with the same text and audience."""
    fresh = Issue(
        name=f"Copy of {issue.name}"[:120], subject=issue.subject, mjml=issue.mjml, text=issue.text,
        content=dict(issue.content), audience=dict(issue.audience), created_at=now,
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    return fresh


def text_of(issue: Issue) -> letters.Text:
    """The issue's letter."""
    return letters.Text(issue.subject, source=LetterSource(issue.subject, issue.mjml, issue.text or None))


def faults(session: Session, house: House, issue: Issue, now: datetime) -> list[str]:
    """Why the issue cannot go out as it is: each in one sentence; empty when it can."""
    found = []
    if not issue.subject.strip():
        found.append("The subject is empty.")
    if not account.get(session).postal_address.strip():
        found.append("The postal address is missing, and the law asks for it in every letter: set it in Settings.")
    if not audiences.size(session, issue.audience):
        found.append("Nobody is in the audience.")
    found += [f"Line {problem.line}: {problem.message}" for problem in mjml.lint(issue.mjml)]
    return found or _unwritable(session, house, issue, now)


def _unwritable(session: Session, house: House, issue: Issue, now: datetime) -> list[str]:
    people = audiences.batch(session, issue.audience, 0, 1, None) or [letters.sample_lead(now)]
    fields = letters.fields_for(session, house, people[0]) | letters.fields_of_issue(issue)
    try:
        letters.render(session, text_of(issue), fields)
    except MissingField as error:
        return [f"The letter prints {name}, which is not there." for name in error.names]
    except TemplateError as error:
        return [f"The letter cannot be read: {error}"]
    return []


# deciding


def schedule_issue(session: Session, house: House, issue_id: int, at: datetime, user: User, now: datetime) -> Issue:
    """Have it go out at a moment (now, or later). Raises Refused."""
    issue = templates.locked_issue(session, issue_id)
    if issue is None or issue.state != "draft":
        raise Refused("This issue is not a draft any more.")
    if at < now - timedelta(minutes=1):
        raise Refused("That moment has passed; choose a later one.")
    if found := faults(session, house, issue, now):
        raise Refused(" ".join(found))
    issue.state, issue.scheduled_at = "scheduled", max(at, now)
    events.record(session, now, "issue", f"“{issue.name}” was scheduled.", actor_id=user.id, data={"issue": issue.id})
    return issue


def back_to_draft(session: Session, issue_id: int) -> Issue:
    """Take back a scheduled issue that has not begun. Raises Refused."""
    issue = templates.locked_issue(session, issue_id)
    if issue is None or issue.state != "scheduled":
        raise Refused("This issue has begun to go out; it can only be cancelled.")
    issue.state, issue.scheduled_at = "draft", None
    return issue


def cancel(session: Session, issue_id: int, user: User, now: datetime) -> int:
    """Stop an issue: what has not begun is not sent; how many letters that saved. Raises Refused."""
    issue = templates.locked_issue(session, issue_id)
    if issue is None or issue.state not in ("scheduled", "sending"):
        raise Refused("This issue is not going out.")
    issue.state, issue.finished_at = "cancelled", now
    waiting = update(Message).where(Message.issue_id == issue.id, Message.state.in_(("queued", "claimed")))
    values = {"state": "cancelled", "reason": f"cancelled by {user.name}", "lease_owner": None, "lease_until": None}
    saved = len(session.scalars(waiting.values(values).returning(Message.id)).all())
    words = f"“{issue.name}” was cancelled."
    events.record(session, now, "issue", words, actor_id=user.id, data={"issue": issue.id, "saved": saved})
    return saved


# going out


def plan_issues(house: House) -> int:
    """(1) Issues that are due, (2) one batch each, in a transaction of its own; how many people were looked at."""
    with house.sessions() as session:
        due = templates.due_issues(session, house.now(session))
    planned = 0
    for issue_id in due:
        with house.sessions.begin() as session:
            planned += plan_batch(session, issue_id, house.now(session))
    return planned


def plan_batch(session: Session, issue_id: int, now: datetime) -> int:
    """The next letters of an issue, or its end."""
    issue = templates.locked_issue(session, issue_id, wait=False)
    if issue is None or issue.state not in ("scheduled", "sending"):
        return 0
    if issue.state == "scheduled":
        issue.state, issue.started_at = "sending", now
    waiting = _waiting(session, issue)
    if waiting >= AHEAD:
        return 0
    people = audiences.batch(session, issue.audience, issue.planned_up_to, BATCH, issue.started_at)
    if people:
        _write_rows(session, issue, people, now)
        issue.planned_up_to = people[-1].id
    elif not waiting:
        issue.state, issue.finished_at = "sent", now
    return len(people)


def _waiting(session: Session, issue: Issue) -> int:
    letters = select(func.count()).select_from(Message).where(Message.issue_id == issue.id)
    queued = letters.where(text("state = 'queued'")).scalar_subquery()  # as the indexes say it
    under_way = letters.where(text("state IN ('claimed', 'begun')")).scalar_subquery()
    return session.scalar(select(queued + under_way)) or 0


def _write_rows(session: Session, issue: Issue, people: list[Lead], now: datetime) -> None:
    known, us = audiences.known(session, people, now - facts.LOOK_BACK), account.get(session)
    boxes, rows = mailboxes.by_owner(session), []
    for lead in people:
        place = place_of(lead, known, us, now)
        if place.at is None:
            _left_out(session, issue, lead, place, now)
        else:
            rows.append(_row(issue, lead, place, now, boxes))
    if rows:
        session.execute(insert(Message).on_conflict_do_nothing(), rows)


def _row(issue: Issue, lead: Lead, place: Place, now: datetime, boxes: dict[int | None, int]) -> dict[str, object]:
    return {
        "kind": "newsletter", "class_": "newsletter", "lane": "outbound", "lead_id": lead.id, "user_id": lead.owner_id,
        "issue_id": issue.id, "to_address": lead.email, "due_at": place.at, "queued_at": now, "reason": place.text,
        "references": [], "extra": {}, "mailbox_id": boxes.get(lead.owner_id) or boxes.get(None),
    }  # fmt: skip


def _left_out(session: Session, issue: Issue, lead: Lead, place: Place, now: datetime) -> None:
    events.record(
        session, now, "issue skipped", f"“{issue.name}” was not sent: {place.text}", lead_id=lead.id, rule=place.rule,
        data={"issue": issue.id, "reason": place.text},
    )  # fmt: skip
