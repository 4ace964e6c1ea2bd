"""A lead's timeline: events, letters, replies and submissions in one line of time, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.tasks import OUTCOMES
from outreach.store import events, forms, inbox, messages, template_files
from outreach.store.events import Event
from outreach.store.forms import Submission
from outreach.store.inbox import InboundMail
from outreach.store.messages import Message

QUIET = frozenset({"plan", "hold", "branch", "block", "resume", "send"})
"""Decisions that the short timeline leaves out: they plan, they do not happen."""
TOLD_ELSEWHERE = frozenset({"own mail", "sent", "submission", "replied"})
"""Kinds whose letter, reply or submission stands on the line itself."""
LOOKS = {
    "answer": ("corner-up-left", "teal"), "archived": ("archive", "grey"), "block": ("hand-stop", "orange"),
    "bounced": ("mail-x", "red"), "calendar": ("calendar-event", "teal"), "cancelled": ("mail-x", "grey"),
    "click": ("click", "purple"), "complained": ("alert-triangle", "red"), "corrected": ("pencil", "grey"),
    "delivery": ("mail-question", "orange"), "edited": ("pencil", "grey"), "entered": ("route", "teal"),
    "error": ("alert-circle", "red"), "excluded": ("ban", "grey"), "experiment": ("test-pipe", "grey"),
    "failed": ("mail-x", "red"), "finish": ("flag", "purple"), "hold": ("clock", "yellow"), "hot": ("flame", "red"),
    "issue skipped": ("news", "grey"), "left company": ("user-off", "orange"), "matched": ("user-check", "teal"),
    "not enrolled": ("ban", "orange"), "note": ("note", "yellow"), "out of office": ("plane-departure", "yellow"),
    "pause": ("player-pause", "yellow"), "plan": ("calendar", "grey"), "problem": ("alert-circle", "red"),
    "received": ("mail", "grey"), "repaired": ("lifebuoy", "grey"), "resume": ("player-play", "grey"),
    "routed": ("user-check", "blue"), "score": ("trending-up", "grey"), "settled": ("mail-check", "grey"),
    "skip": ("player-skip-forward", "grey"), "snoozed": ("clock-pause", "grey"), "stage": ("flag", "blue"),
    "stop": ("player-stop", "grey"), "tag": ("tag", "blue"), "task": ("checklist", "blue"),
    "task cancelled": ("x", "grey"), "task expired": ("hourglass", "grey"), "undone": ("arrow-back-up", "grey"),
    "unsubscribed": ("mail-off", "orange"), "unsure": ("mail-question", "orange"), "visit": ("world", "purple"),
}  # fmt: skip
"""Kind of an event -> icon, colour."""
CALL_LOOKS = {
    "no answer": ("phone-x", "grey"), "left voicemail": ("microphone", "blue"), "wrong number": ("phone-off", "red"),
    "interview booked": ("calendar-plus", "green"), "interview held": ("circle-check", "green"),
    "won": ("trophy", "green"), "do not contact": ("ban", "red"),
}  # fmt: skip
CLASSES = {
    "human": ("corner-up-left", "teal", "Replied"),
    "out_of_office": ("plane-departure", "yellow", "Out of office"),
    "acknowledgement": ("robot", "grey", "Automatic answer"),
    "left_company": ("user-off", "orange", "Left the company"),
    "bounce": ("mail-x", "red", "Came back"),
    "complaint": ("alert-triangle", "red", "Complaint"),
    "challenge": ("shield-lock", "yellow", "Asks to confirm"),
    "calendar": ("calendar-event", "teal", "Calendar"),
    "receipt": ("mail-opened", "grey", "Read receipt"),
    "unsubscribe": ("mail-off", "orange", "Wants no more mail"),
    "list": ("news", "grey", "Newsletter or list"),
}
"""Class of a mail that came in -> icon, colour, words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `letter` and `reply` name the row whose text can be opened."""

    at: datetime
    icon: str
    tone: str
    text: str
    detail: str = ""
    letter: Message | None = None
    reply: InboundMail | None = None
    files: tuple[str, ...] = ()
    """What the letter carried."""
    rule: str = ""
    quiet: bool = False


def timeline(session: Session, lead_id: int, *, limit: int = 200, everything: bool = False) -> list[Entry]:
    """The latest entries; `everything` shows planning too (why / why not)."""
    lines = [_event(e) for e in events.of_lead(session, lead_id, limit) if e.kind not in TOLD_ELSEWHERE]
    sent = [m for m in messages.of_lead(session, lead_id, limit) if m.kind not in ("notice", "test")]
    carried = template_files.of_versions(session, {m.template_version_id for m in sent if m.template_version_id})
    lines += [_letter(m, [one.name for one in carried.get(m.template_version_id or 0, ())]) for m in sent]
    lines += [_reply(mail) for mail in inbox.of_lead(session, lead_id, limit)]
    lines += [_submission(session, one) for one in forms.submissions_of(session, lead_id)[:limit]]
    shown = [line for line in lines if everything or not line.quiet]
    return sorted(shown, key=lambda line: line.at, reverse=True)[:limit]


def _event(event: Event) -> Entry:
    icon, tone = LOOKS.get(event.kind, ("activity", "grey"))
    if event.kind == "outcome":
        outcome = str(event.data.get("outcome", ""))
        reached = outcome in OUTCOMES and OUTCOMES[outcome].reached
        icon, tone = CALL_LOOKS.get(outcome, ("phone-check", "green") if reached else ("check", "grey"))
    return Entry(event.at, icon, tone, event.text, rule=event.rule, quiet=event.kind in QUIET)


def _letter(letter: Message, carried: Sequence[str]) -> Entry:
    subject = f"“{letter.subject}”" if letter.subject else "a letter"
    look = {
        "sent": ("send", "blue", f"Sent {subject}"),
        "queued": ("mail-forward", "blue", f"On its way: {subject}"),
        "claimed": ("mail-forward", "blue", f"On its way: {subject}"),
        "begun": ("mail-forward", "blue", f"On its way: {subject}"),
        "unsure": ("mail-question", "orange", f"Not sure whether it went out: {subject}"),
        "failed": ("mail-x", "red", f"Could not be sent: {subject}"),
        "cancelled": ("mail-off", "grey", f"Not sent: {subject}"),
    }[letter.state]
    later = letter.state == "queued" and letter.extra.get("later") and not letter.attempts
    if later:
        look = ("clock", "blue", f"Goes later: {subject}")
    if letter.delivered in messages.RETURNED:
        look = ("mail-x", "red", f"{messages.RETURNED[letter.delivered]}: {subject}")
    elif letter.delivered and letter.state == "sent":
        look = ("mail-check", "blue", f"Delivered {subject}")
    detail = letter.reason if letter.state in ("failed", "cancelled", "unsure") else ""
    if copied := letter.extra.get("cc"):
        detail = ". ".join(filter(None, (detail, "Copies to " + ", ".join(one for _, one in copied))))
    files = tuple(letter.extra.get("files") or carried)
    return Entry(
        letter.sent_at or (letter.due_at if later else letter.queued_at), *look, detail=detail, letter=letter, files=files,
        quiet=letter.state == "cancelled" and not letter.extra.get("later"),
    )  # fmt: skip


def _reply(mail: InboundMail) -> Entry:
    icon, tone, word = CLASSES.get(mail.class_, ("mail", "grey", "Mail"))
    said = " ".join((mail.reply_text or mail.subject).split())[:160]
    return Entry(mail.received_at, icon, tone, f"{word}: “{said}”" if said else word, reply=mail)


def _submission(session: Session, one: Submission) -> Entry:
    form = session.get(forms.Form, one.form_id) if one.form_id else None
    words = f"Filled in “{form.title or form.name}”" if form else f"Came by {one.source}"
    message = str(one.answers.get("message", "")).strip()
    return Entry(one.at, "forms", "green", words, detail=message[:300])
