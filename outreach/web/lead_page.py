"""/leads/<id>: one lead: facts, timeline, what happens next and why, and everything that a person can do about it."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import abort, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.core import jurisdictions, pipeline, states
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import poke, transaction
from outreach.journeys import edit_lead, enrol, facts, forecast, later, meetings, steer, write
from outreach.reports import card, held, timeline, why
from outreach.store import bases, consents, deals, enrolments, held_answers, leads, sent_files, sequences, tasks, users
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.users import User
from outreach.web import composing
from outreach.web.blueprint import blueprint
from outreach.web.files import carried_file, chosen_files, download
from outreach.web.filters import page_zone


@blueprint.get("/leads/<int:lead_id>")
@signed_in
def lead_page(lead_id: int) -> str:
    """The page; with `words`, a mail to write starts from that template."""
    started = request.args.get("words", type=int)
    if started is None:
        return _page(lead_id, {}, {})
    try:
        subject, text = write.words_of(transaction(), current_house(), _lead(lead_id), this_user(), started)
    except Refused as refused:
        return _page(lead_id, {"text": str(refused)}, {})
    return _page(lead_id, {}, {"subject": subject, "text": text})


@blueprint.post("/leads/<int:lead_id>/facts")
@signed_in
def save_facts(lead_id: int) -> AnyResponse | tuple[str, int]:
    """Facts, owner and stage."""
    given = {key: value for key, value in request.form.items() if key in edit_lead.FACTS}
    session, user = transaction(), this_user()
    wrong = edit_lead.save(session, current_house(), lead_id, given, user, now())
    if wrong:
        return _page(lead_id, wrong, given), 422
    if "owner" in request.form:
        owner = session.get(User, number) if (number := whole(request.form["owner"])) else None
        edit_lead.set_owner(session, current_house(), lead_id, owner, user, now())
    if "stage" in request.form:
        edit_lead.set_stage(session, lead_id, request.form["stage"], user, now())
    poke("advance")
    return _back(lead_id, "Saved")


@blueprint.post("/leads/<int:lead_id>/tags")
@signed_in
def save_tags(lead_id: int) -> AnyResponse:
    """Put tags on, or take one off."""
    if gone := request.form.get("remove", ""):
        edit_lead.tag(transaction(), lead_id, gone, this_user(), now(), remove=True)
    edit_lead.tag(transaction(), lead_id, request.form.get("add", "") if not gone else "", this_user(), now())
    poke("advance")
    return _back(lead_id, "")


@blueprint.post("/leads/<int:lead_id>/write")
@signed_in
def write_mail(lead_id: int) -> AnyResponse | tuple[str, int]:
    """A mail of my own, at once."""
    lead = _lead(lead_id)
    subject, text = request.form.get("subject", ""), request.form.get("text", "")
    cc = request.form.get("cc", "")[:4000]
    try:
        at = composing.chosen_time(lead)
        letter = write.own_mail(
            transaction(), lead, this_user(), subject, text, now(), files=chosen_files(), cc=cc, at=at
        )
    except Refused as refused:
        return _page(lead_id, {"text": str(refused)}, {"subject": subject, "text": text, "cc": cc}), 422
    poke("deliver_urgent")
    return _back(lead_id, composing.on_its_way(letter))


@blueprint.get("/leads/<int:lead_id>/words/<int:template_id>")
@signed_in
def words_of_template(lead_id: int, template_id: int) -> AnyResponse:
    """A letter of the templates as a mail of my own to this lead, to be changed before it goes."""
    subject, text = write.words_of(transaction(), current_house(), _lead(lead_id), this_user(), template_id)
    return jsonify(subject=subject, text=text)


@blueprint.get("/leads/<int:lead_id>/mail/<int:message_id>/files/<int:number>")
@signed_in
def sent_file(lead_id: int, message_id: int, number: int) -> AnyResponse:
    """A file that went to this lead, as a download."""
    _lead(lead_id)
    letter = transaction().get(Message, message_id)
    if letter is None or letter.lead_id != lead_id:
        abort(404)
    file = sent_files.one(transaction(), message_id, number)
    return download(file.content, file.name) if file else carried_file(letter.template_version_id, number)


@blueprint.post("/leads/<int:lead_id>/enrol")
@signed_in
def enrol_lead(lead_id: int) -> AnyResponse:
    """Start a sequence; a refusal is said with its reason."""
    lead, wanted = _lead(lead_id), request.form.get("sequence", "")
    row = transaction().get(SequenceRow, key) if (key := whole(wanted)) is not None else None
    if row is None:
        raise Refused("Choose the sequence to start.")
    entered = enrol.enrol(
        transaction(), current_house(), lead, row, now(), actor_id=this_user().id, **_request_of(lead, row)
    )
    if entered.enrolment is None:
        flash(f"Not enrolled in “{row.name}”: {entered.refused}", "bad")
        return redirect(f"/leads/{lead_id}", 303)
    poke("advance")
    poke("deliver_urgent")
    return _back(lead_id, f"In “{row.name}” now")


@blueprint.post("/leads/<int:lead_id>/enrolments/<int:enrolment_id>")
@signed_in
def steer_enrolment(lead_id: int, enrolment_id: int) -> AnyResponse:
    """Pause, resume, skip the next step, stop."""
    row = transaction().get(Enrolment, enrolment_id)
    if row is None or row.lead_id != lead_id:
        abort(404)
    house, user, what = current_house(), this_user(), request.form.get("do", "")
    reason = request.form.get("reason", "")[:500]
    if what == "pause":
        words = steer.pause(transaction(), house, row.id, user, now(), reason=reason, until=_until())
    elif what in ("continue", "restart"):
        words = steer.resume(transaction(), house, row.id, user, now(), choice=what)
    elif what == "skip":
        words = steer.skip(transaction(), house, row.id, user, now(), reason=reason)
    elif what == "stop":
        words = steer.stop(transaction(), house, row.id, user, now(), reason=reason)
    else:
        raise Refused("Choose pause, resume, skip or stop.")
    poke("advance")
    return _back(lead_id, words)


@blueprint.post("/leads/<int:lead_id>/contact")
@signed_in
def contact(lead_id: int) -> AnyResponse:
    """Do not contact, or lift it."""
    reason = request.form.get("reason", "")[:500]
    if request.form.get("do") == "again":
        edit_lead.may_contact_again(transaction(), lead_id, this_user(), now(), reason)
        return _back(lead_id, "May be contacted again")
    edit_lead.do_not_contact(transaction(), current_house(), lead_id, this_user(), now(), reason)
    return _back(lead_id, "Nobody writes to them any more")


@blueprint.post("/leads/<int:lead_id>/note")
@signed_in
def add_note(lead_id: int) -> AnyResponse:
    """A note on the timeline."""
    edit_lead.note(transaction(), lead_id, request.form.get("note", ""), this_user(), now())
    return _back(lead_id, "Noted")


@blueprint.post("/leads/<int:lead_id>/tasks")
@signed_in
def add_task(lead_id: int) -> AnyResponse:
    """A call or a task of my own."""
    due = _moment(request.form.get("due", "")) or now()
    kind, title = request.form.get("kind", "task"), request.form.get("title", "")
    edit_lead.add_task(transaction(), lead_id, kind, title, due, this_user(), now())
    return _back(lead_id, "Added to the list of the day")


@blueprint.post("/leads/<int:lead_id>/meetings")
@signed_in
def save_meeting(lead_id: int) -> AnyResponse:
    """An interview booked, held, missed or cancelled; a sale won or lost."""
    at, what = _moment(request.form.get("at", "")), request.form.get("do", "")
    words = meetings.record(
        transaction(), current_house(), lead_id, what, this_user(), now(), at=at, amount=request.form.get("amount", "")
    )
    return _back(lead_id, words)


def _page(lead_id: int, errors: dict[str, str], given: dict[str, str]) -> str:
    session, lead = transaction(), _lead(lead_id)
    rows = enrolments.of_lead(session, lead.id)
    everything = request.args.get("all") == "1"
    return render_template(
        "leads/page.html", lead=lead, errors=errors, given=given, everything=everything,
        entries=timeline.timeline(session, lead.id, everything=everything), there=card.there(lead, now()),
        programmes=[_programme(lead, row) for row in rows if row.ended_at is None],
        ended=[card.standing(session, row) for row in rows if row.ended_at is not None],
        open_tasks=tasks.open_of_lead(session, lead.id), tags=sorted(leads.tags_of(session, lead.id)),
        suppression=facts.suppressed(session, lead), owner=session.get(User, lead.owner_id) if lead.owner_id else None,
        owners=[("", "Nobody")] + [(str(u.id), u.name) for u in users.active_users(session)],
        stages=[(stage, stage.capitalize()) for stage in pipeline.STAGES], sequences=_sequences(rows),
        interviews=deals.interviews_of(session, lead.id), deals=deals.deals_of(session, lead.id),
        consent=consents.latest(session, lead.id, consents.EDUCATION), known_bases=jurisdictions.BASES,
        bases=[(purpose, found) for (_, purpose), found in bases.standings(session, [lead], now()).items()], sentence=states.sentence,
        known=card.facts_of(session, lead), closing=write.greeting(session, lead, this_user()), starts=write.starts(session),
        zone_name=page_zone(), times=composing.times(lead), held_mails=later.held_of(session, lead.id),
        held_answers=held_answers.open_of_lead(session, lead.id),
    )  # fmt: skip


def _programme(lead: Lead, row: Enrolment) -> dict[str, object]:
    """A running enrolment with its sentence and its coming steps."""
    session = transaction()
    standing = card.standing(session, row)
    try:
        coming = forecast.forecast(session, current_house(), lead, row, now())
    except Refused as refused:
        coming = [forecast.Coming(now(), "hold", str(refused))]
    waits = held.of_enrolment(session, row.id, now()) if row.memory.get("under_way") else None
    return {
        "at": standing,
        "coming": coming,
        "sentence": waits.text if waits else why.sentence(row),
        "held": waits is not None or (why.is_held(row) and row.state != states.OUT_OF_OFFICE),
        "next": _next_step(row),
    }


def _next_step(row: Enrolment) -> str:
    """The step that is next in words for people."""
    document = card.sequence_of(transaction(), row)
    step = document.step(row.step_key or "") if document else None
    return forecast.title(step) if step else "the end of the sequence"


def _sequences(rows: list[Enrolment]) -> list[SequenceRow]:
    inside = {row.sequence_id for row in rows if row.ended_at is None}
    found = sequences.all_sequences(transaction())
    return [s for s in found if s.current_version_id and not s.archived_at and s.id not in inside]


def _request_of(lead: Lead, row: SequenceRow) -> dict[str, int]:
    """M8: class inbound rests on what they asked; the latest request counts."""
    found = [s for s in card.requests_of(transaction(), lead.id) if s.source not in ("card", "import")]
    return {"submission_id": found[0].id} if row.class_ == "inbound" and found else {}


def _lead(lead_id: int) -> Lead:
    lead = transaction().get(Lead, lead_id)
    if lead is None or lead.erased_at:
        abort(404)
    return lead


def _until() -> datetime | None:
    """The end of a pause: nine o'clock of the day that was given."""
    text = request.form.get("until", "").strip()
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(9), ZoneInfo(page_zone()))
    except ValueError:
        raise Refused(f"“{text[:40]}” is no date.") from None


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(page_zone()))
    except (ValueError, OverflowError):
        raise Refused(f"“{text[:40]}” is no date and time.") from None


def _back(lead_id: int, words: str) -> AnyResponse:
    if words:
        flash(words, "ok")
    return redirect(f"/leads/{lead_id}", 303)
