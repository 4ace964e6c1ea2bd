"""/: Today, a rep's one list of the day: replies, new leads, calls and follow-ups, each closed by one key.

Every filing is one POST. htmx gets back the progress, the queue, the next task and a toast; a plain form post is
redirected to the next task.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, make_response, redirect, render_template, request
from flask import session as visit
from werkzeug.wrappers import Response as AnyResponse

from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import copies, corrections, later, meetings, outcomes, strangers, write
from outreach.reports import card as cards
from outreach.reports import today as reports
from outreach.reports.card import Card
from outreach.reports.today import Day
from outreach.store import leads
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.web import composing, scripts, shell
from outreach.web.blueprint import blueprint
from outreach.web.files import chosen_files
from outreach.web.filters import page_zone

SNOOZES = (("1h", "In an hour"), ("3h", "In three hours"), ("tomorrow", "Tomorrow, 9:00"), ("week", "In a week, 9:00"))
MANY = ("admin", "manager")


@blueprint.get("/")
@signed_in
def today() -> str | Response:
    """The list with one task open."""
    return _page("")


@blueprint.get("/today")
@signed_in
def today_again() -> AnyResponse:
    """The page has one address; mails to reps link to `/today?task=7`."""
    task_id = request.args.get("task", type=int)
    return redirect(f"/?t={task_id}" if task_id else "/")


@blueprint.get("/replies")
@signed_in
def replies() -> str | Response:
    """Only what waits for an answer in writing."""
    return _page(reports.REPLIES)


@blueprint.get("/today/queue")
@signed_in
def queue() -> str:
    """The list alone, with its progress: asked for every few seconds."""
    shown = request.args.get("shown", type=int)
    page = _list(_day(), shown, request.args.get("only", ""))
    return render_template("today/fresh.html", **page, counts=shell.counts(this_user().id))


@blueprint.get("/today/<int:task_id>")
@signed_in
def task(task_id: int) -> str | AnyResponse:
    """One task: the right side alone for htmx, else the page with it open."""
    if not request.headers.get("HX-Request"):
        return redirect(f"/?t={task_id}")
    return render_template("today/task.html", **_card(task_id), home="/", only=request.args.get("only", ""))


@blueprint.post("/today/<int:task_id>/outcome")
@signed_in
def file_outcome(task_id: int) -> AnyResponse:
    """Close a task with an outcome (K3), or put it off."""
    before = _day().after(task_id)
    if "snooze" in request.form:
        words = outcomes.snooze(transaction(), task_id, this_user(), _snooze_until(), now())
    else:
        words = _file(task_id, request.form.get("outcome", ""))
    return _next(words, task_id, before.task.id if before else None)


@blueprint.post("/today/<int:task_id>/undo")
@signed_in
def undo(task_id: int) -> AnyResponse:
    """Take the outcome back and open the task again."""
    words = outcomes.undo(transaction(), task_id, this_user(), now())
    return _next(words, None, task_id)


@blueprint.post("/today/<int:task_id>/who")
@signed_in
def who(task_id: int) -> AnyResponse:
    """ "Who is this?": the mail of a stranger gets its lead, becomes one, or is put aside."""
    before = _day().after(task_id)
    choice = request.form.get("who", "")
    if choice == "ignore":
        words = strangers.ignore(transaction(), task_id, this_user(), now())
    elif choice == "make":
        words = strangers.make_lead(transaction(), current_house(), task_id, this_user(), now())
    else:
        words = strangers.choose(transaction(), current_house(), task_id, _chosen_lead(), this_user(), now())
    return _next(words, None, before.task.id if before else None)


def _page(only: str) -> str | Response:
    day = _day(only)
    wanted = request.args.get("t", type=int)
    shown = wanted or (day.items[0].task.id if day.items else None)
    context = _card(shown) if shown else {}
    if wanted and not context:
        abort(404)
    return render_template(
        "today/page.html", **_list(day, shown, only), **context, opened=bool(wanted),
        undo_of=request.args.get("done", type=int),
    )  # fmt: skip


def _day(only: str = "") -> Day:
    only = only or (reports.REPLIES if request.values.get("only") == "replies" else "")
    return reports.day(transaction(), None if _everybody() else this_user().id, now(), page_zone(), only=only)


def _everybody() -> bool:
    """Whether a manager looks at everybody's list: chosen once, kept for the visit."""
    if this_user().role not in MANY:
        return False
    if "whose" in request.args:
        visit["whose"] = request.args["whose"]
    return visit.get("whose") == "all"


def _list(day: Day, shown: int | None, only: str) -> dict[str, object]:
    return {
        "day": day, "shown": shown, "only": "replies" if only else "", "now": now(),
        "home": "/replies" if only else "/", "whose": "all" if _everybody() else "",
        "may_see_all": this_user().role in MANY,
        "first_goal": reports.FIRST_ANSWER_GOAL, "reply_goal": reports.REPLY_GOAL,
    }  # fmt: skip


def _card(task_id: int) -> dict[str, object]:
    """What task.html needs; {} for a task that is not there (for this user)."""
    card = cards.card(transaction(), task_id, now())
    user = this_user()
    if card is None or (card.task.owner_id not in (None, user.id) and user.role not in MANY):
        return {}
    local = now().astimezone(ZoneInfo(page_zone()))
    return {
        "card": card, "script": _script(card), "months": _months(local), "snoozes": SNOOZES,
        "tomorrow": (local + timedelta(days=1)).replace(hour=10, minute=0), "zone_name": page_zone(),
        **_answer(card),
        "guesses": _guesses(card), "senses": corrections.SENSES,
    }  # fmt: skip


def _answer(card: Card) -> dict[str, object]:
    """What an answer starts with: a greeting, or the template that was asked for; and the templates to choose from."""
    if not (card.lead and card.mail):
        return {"reply_text": "", "starts": [], "cc": "", "times": [], "held_mails": []}
    session, user, wanted = transaction(), this_user(), request.args.get("words", type=int)
    text, fault = write.greeting(session, card.lead, user), ""
    if wanted is not None:
        try:
            text = write.words_of(session, current_house(), card.lead, user, wanted)[1]
        except Refused as refused:
            fault = str(refused)
    return {
        "reply_text": text, "reply_fault": fault, "starts": write.starts(session), "times": composing.times(card.lead),
        "cc": copies.to_all(session, current_house(), card.lead, card.mail), "held_mails": later.held_of(session, card.lead.id),
    }  # fmt: skip


def _script(card: Card) -> scripts.Script | None:
    if card.lead is None or card.task.kind in ("reply", "unknown_mail", "who"):
        return None
    return scripts.script_for(transaction(), current_house(), card, card.lead, this_user())


def _guesses(card: Card) -> list[Lead]:
    """Leads that an unknown mail could be from: same domain or name."""
    if card.lead is not None or card.mail is None:
        return []
    searched = request.values.get("q", "").strip()
    domain = card.mail.from_address.rpartition("@")[2].partition(".")[0]
    tries = [searched] if searched else [card.mail.from_name, domain]
    found = {lead.id: lead for words in tries if words for lead in leads.page(transaction(), words=words, limit=6)}
    return list(found.values())[:6]


def _file(task_id: int, outcome: str) -> str:
    """The answer in writing first, when there is one; then the outcome."""
    session, house, user = transaction(), current_house(), this_user()
    note = request.form.get("note", "")[:4000]
    letter = _reply(task_id) if outcome == "replied" else None
    words = outcomes.file_outcome(
        session, house, task_id, outcome, user, now(), note, _back_on(outcome),
        suppress="suppress" in request.form, amount=meetings.parsed(request.form.get("amount", "")),
    )  # fmt: skip
    if outcome in outcomes.FROM_MAIL:
        poke("deliver_urgent")
    poke("advance")
    return composing.on_its_way(letter) if letter is not None and letter.due_at > now() else words


def _reply(task_id: int) -> Message:
    card = cards.card(transaction(), task_id, now())
    if card is None or card.lead is None:
        raise Refused("Nobody belongs to this mail yet: choose the lead first.")
    if card.task.state != "open":
        raise Refused("This was answered already.")
    return write.own_mail(
        transaction(), card.lead, this_user(), request.form.get("subject", ""),
        request.form.get("text", ""), now(), card.mail.id if card.mail else None, chosen_files(),
        cc=request.form.get("cc", "")[:4000], at=composing.chosen_time(card.lead),
    )  # fmt: skip


def _next(words: str, done: int | None, open_next: int | None) -> AnyResponse:
    """The list after a filing, with the next task open."""
    session = transaction()
    session.flush()
    only = request.values.get("only", "")
    home = "/replies" if only == "replies" else "/"
    if not request.headers.get("HX-Request"):
        flash(words, "ok")
        undo = f"&done={done}" if done and _undoable(done) else ""
        return redirect(f"{home}?t={open_next}{undo}" if open_next else home, 303)
    day = _day()
    ids = [item.task.id for item in day.items]
    shown = open_next if open_next in ids else (ids[0] if ids else None)
    page = render_template(
        "today/after.html", **_list(day, shown, "replies" if only == "replies" else ""),
        **(_card(shown) if shown else {}), words=words, undo=f"/today/{done}/undo" if done and _undoable(done) else "",
        counts=shell.counts(this_user().id),
    )  # fmt: skip
    answer = make_response(page)
    answer.headers["HX-Replace-Url"] = f"{home}?t={shown}" if shown else home
    return answer


def _undoable(task_id: int) -> bool:
    task = transaction().get(Task, task_id)
    return task is not None and bool({"undo", "snoozed_from"} & set(task.memory))


def _back_on(outcome: str) -> datetime | None:
    """The moment that comes with an outcome, written in the page's zone."""
    field = outcomes.MOMENTS.get(outcome, "")
    text = request.form.get(field, "").strip() if field else ""
    if not text:
        return None
    zone = ZoneInfo(page_zone())
    try:
        if outcome == "not now":
            year, month = (int(part) for part in text.split("-")[:2])
            return _first_weekday(year, month, zone)
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except (ValueError, OverflowError):
        raise Refused(f"“{text[:40]}” is no date that this page understands.", field=field) from None


def _first_weekday(year: int, month: int, zone: ZoneInfo) -> datetime:
    day = datetime(year, month, 1, 9, tzinfo=zone)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _snooze_until() -> datetime:
    choice, zone = request.form.get("snooze", ""), ZoneInfo(page_zone())
    hours = {"1h": 1, "3h": 3}.get(choice)
    if hours:
        return now() + timedelta(hours=hours)
    days = {"tomorrow": 1, "week": 7}.get(choice)
    if days is None:
        raise Refused("Choose until when to put it off.")
    return datetime.combine(now().astimezone(zone).date() + timedelta(days=days), time(9), zone)


def _months(local: datetime) -> list[tuple[str, str]]:
    """The next twelve months, as (2027-03, March 2027)."""
    first = local.date().replace(day=1)
    found = []
    for _ in range(12):
        first = (first + timedelta(days=32)).replace(day=1)
        found.append((f"{first:%Y-%m}", f"{first:%B %Y}"))
    return found


def _chosen_lead() -> Lead:
    number = request.form.get("who", "")
    lead = transaction().get(Lead, key) if (key := whole(number)) is not None else None
    if lead is None:
        raise Refused("Choose the lead that this mail is from, or make a new one.")
    return lead
