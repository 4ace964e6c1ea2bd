"""/pauses: everything that is paused and why, with "lift"; pausing at every scope (P2); absences (P4); the stop of all sending."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import remedies
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import current_user, this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import pausing
from outreach.store import inside, mailboxes, pauses, sequences, users
from outreach.store.pauses import Absence, Pause
from outreach.store.users import User
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone

CHOICES = (
    ("tasks", "Their tasks wait for the return; letters go on"),
    ("everything", "All their leads are paused meanwhile"),
    ("hand over", "Their tasks go to somebody else"),
)
MOST_SHOWN = 30
AFTER_LONG = (("continue", "Continue where they stopped"), ("restart", "Start again"), ("stop", "Do not go on"))


@blueprint.get("/pauses")
@signed_in
def pause_list() -> str:
    """All active pauses and absences, and the forms for new ones."""
    session = transaction()
    rows = [one for one in sequences.all_sequences(session) if one.current_version_id and not one.archived_at]
    everybody = [(str(one.id), one.name) for one in users.active_users(session)]
    return render_template(
        "pauses/page.html", absences=_absences(), choices=CHOICES, everybody=everybody,
        others=everybody, today=now().astimezone(ZoneInfo(page_zone())).date(),
        sequences=[(f"sequence-{one.id}", f"Sequence: {one.name}") for one in rows],
        mailboxes=[(f"mailbox-{one.id}", f"Mailbox: {one.address}") for one in mailboxes.active(session)],
        manager=this_user().role in pausing.MANAGERS,
    )  # fmt: skip


@blueprint.post("/pauses")
@signed_in
def pause_make() -> AnyResponse:
    """Pause a lead, a rep, a sequence, a mailbox or everything."""
    scope, _, number = request.form.get("what", "").partition("-")
    subject = whole(number)
    if scope == "enrolment" or (scope != "everything" and subject is None):
        raise Refused("Choose what to pause.")
    until = _morning(request.form.get("until", ""))
    done = pausing.pause(
        transaction(),
        current_house(),
        scope,
        subject,
        this_user(),
        now(),
        reason=request.form.get("reason", ""),
        until=until,
    )
    return _told(done, f"Paused: {pausing.called(transaction(), scope, subject)}.")


@blueprint.post("/pauses/<int:pause_id>/lift")
@signed_in
def pause_lift(pause_id: int) -> AnyResponse:
    """End one pause; no other."""
    choice = request.form.get("choice", "")
    done = pausing.lift(transaction(), current_house(), pause_id, this_user(), now(), choice=choice)
    for job in ("advance", "deliver_urgent", "deliver"):
        poke(job)
    name = pausing.called(transaction(), done.pause.scope, done.pause.subject_id)
    return _told(done, f"Goes on: {name}. Limits hold, so nothing goes out in a burst.")


@blueprint.post("/absences")
@signed_in
def absence_enter() -> AnyResponse:
    """P4."""
    session, form = transaction(), request.form
    rep = _user(form.get("user", "")) or abort(404)
    first, last = _date(form.get("first_day", "")), _date(form.get("last_day", "")) or _date(form.get("first_day", ""))
    if first is None or last is None:
        raise Refused("Write the first and the last day of the absence.")
    pausing.enter_absence(
        session, current_house(), rep, first, last, form.get("choice", ""), this_user(), now(),
        stand_in=_user(form.get("stand_in", "")), reason=form.get("reason", ""),
    )  # fmt: skip
    flash(f"{rep.name} is away then. Calls are planned around these days.", "ok")
    return redirect(_back(), 303)


@blueprint.post("/absences/<int:absence_id>/end")
@signed_in
def absence_end(absence_id: int) -> AnyResponse:
    """Back early, or entered by mistake."""
    pausing.end_absence(transaction(), current_house(), absence_id, this_user(), now())
    flash("The absence is over.", "ok")
    poke("advance")
    return redirect(_back(), 303)


@blueprint.app_template_global()
def active_pauses(scope: str, subject_id: int | None = None) -> list[dict[str, object]]:
    """The pauses of one thing that hold, as the pages show them."""
    user = current_user()
    return [_shown(row, user) for row in pauses.holding(transaction(), scope, subject_id, now())]


@blueprint.app_template_global()
def all_pauses() -> tuple[list[dict[str, object]], int]:
    """The pauses that hold or are to come, the widest first; and how many more there are."""
    rows, more = pauses.active(transaction(), now(), MOST_SHOWN)
    user = current_user()
    return [_shown(row, user) for row in rows], more


@blueprint.app_template_global("remedies")
def what_would_change(state: str) -> list[str]:
    """What would change where an enrolment stands."""
    return remedies.of(state)


@blueprint.app_template_global()
def goes_on_as() -> tuple[tuple[str, str], ...]:
    """P3: the ways to go on after a long pause."""
    return AFTER_LONG


def _shown(row: Pause, user: User | None) -> dict[str, object]:
    session = transaction()
    try:
        name = pausing.called(session, row.scope, row.subject_id)
    except Refused as refused:
        name = str(refused)
    bound = 0 if row.scope in ("everything", "mailbox") else inside.count_bound(session, row.scope, row.subject_id)
    wide = row.scope in ("everything", "mailbox")
    may = user is not None and (not wide or user.role in pausing.MANAGERS)
    return {
        "row": row, "name": name, "bound": bound, "may": may, "asks": pausing.asks(row, now()),
        "begins": row.since > now(),
    }  # fmt: skip


def _absences() -> list[tuple[Absence, str, str]]:
    session = transaction()
    names = {user.id: user.name for user in users.all_users(session)}
    today = now().astimezone(ZoneInfo(page_zone())).date()
    rows = pauses.absences(session, today)
    return [(row, names.get(row.user_id, ""), names.get(row.stand_in_id or 0, "")) for row in rows]


def _told(done: pausing.Paused, words: str) -> AnyResponse:
    if done.batch is not None:
        poke("work_many")
        words += f" {done.bound:,} leads are told one after the other."
    flash(words, "ok")
    return redirect(_back(), 303)


def _back() -> str:
    """Where the form stood; only paths of our own."""
    wanted = request.form.get("back", "")
    return wanted if wanted.startswith("/") and not wanted.startswith("//") else "/pauses"


def _user(text: str) -> User | None:
    return transaction().get(User, key) if (key := whole(text)) is not None else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10]) if text.strip() else None
    except ValueError:
        raise Refused(f"“{text[:40]}” is no date.") from None


def _morning(text: str) -> datetime | None:
    day = _date(text)
    return datetime.combine(day, time(9), ZoneInfo(page_zone())) if day else None
