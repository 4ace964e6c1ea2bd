"""/sequences/<id>/settings: name, class, what delays count from, sending hours, holidays, gap, and the end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import available_timezones

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import documents
from outreach.core.sequences import CLASSES, ONE_BUSINESS_DAY, Block, Finish, Schedule, Sequence, Week
from outreach.http.access import role, signed_in
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import publish
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint
from outreach.web.sequence_editor import desk_of
from outreach.web.sequences import BUILDERS, find
from outreach.web.step_form import UNITS, Filled

ANCHORS = [
    ("enrolment", "the start (day 0, 2, 4 ...)"),
    ("previous_step", "the step before"),
]
ENDS = [("nurture", "move to a nurture programme"), ("handover", "hand over to another sequence"), ("end", "just end")]


@blueprint.get("/sequences/<int:sequence_id>/settings")
@signed_in
def sequence_settings(sequence_id: int) -> str:
    """The page."""
    return _page(sequence_id, {}, {})


@blueprint.post("/sequences/<int:sequence_id>/settings")
@role(*BUILDERS)
def sequence_settings_save(sequence_id: int) -> AnyResponse:
    """Keep them in the draft."""
    row = find(sequence_id)
    draft = publish.draft_of(transaction(), row)
    edited, errors = filled_in(draft, request.form)
    if not errors:
        try:
            publish.save_draft(transaction(), row, edited)
        except documents.DocumentError as fault:
            errors = {"name": f"{fault.problem} {fault.remedy}"}
    if errors:
        return Response(_page(sequence_id, request.form, errors), 422)
    flash("Kept in the draft.", "ok")
    return redirect(url_for("web.sequence_settings", sequence_id=sequence_id), 303)


def filled_in(draft: Sequence, values: Mapping[str, str]) -> tuple[Sequence, dict[str, str]]:
    """The sequence as the form wants it, and an error per field."""
    form = Filled(values)
    name = " ".join(form.text("name").split())
    if not name:
        form.errors["name"] = "A sequence needs a name."
    edited = replace(
        draft,
        name=name[:120],
        klass=form.text("class") if form.text("class") in CLASSES[:4] else draft.klass,
        anchor=form.text("anchor") if form.text("anchor") in dict(ANCHORS) else draft.anchor,
        schedule=_schedule(draft.schedule, form),
        min_gap=form.delay("min_gap") or ONE_BUSINESS_DAY,
        finish=_finish(form),
    )
    return edited, form.errors


def _schedule(before: Schedule, form: Filled) -> Schedule:
    zone = form.text("zone")
    if zone not in ("lead", "account"):
        zone = form.text("zone_name")
        if zone not in available_timezones():
            form.errors["zone_name"] = f"“{zone}” is no time zone. Write one like Europe/Berlin."
            zone = before.zone
    week: Week = tuple(_day(form, number) for number in range(7))
    if not any(week) and not any(name.startswith("day") for name in form.errors):
        form.errors["day0"] = "At least one day needs hours, or nothing is ever sent."
    return Schedule(zone, week, _holidays(before, form), _closed(form))


def _day(form: Filled, number: int) -> tuple[Block, ...]:
    """`09:00-12:00, 13:00-17:00`; empty is closed."""
    name = f"day{number}"
    found: list[Block] = []
    for part in form.text(name).replace(";", ",").split(","):
        if not part.strip():
            continue
        start, _, end = part.replace("–", "-").partition("-")
        first, last = _minutes(start), _minutes(end)
        if first is None or last is None or first >= last or (found and first < found[-1].end):
            form.errors[name] = f"“{part.strip()}”: write hours like 09:00-17:00, the earlier ones first."
            return ()
        found.append(Block(first, last))
    return tuple(found)


def _minutes(clock: str) -> int | None:
    hours, _, minutes = clock.strip().partition(":")
    if not (hours.isascii() and hours.isdigit() and (minutes or "00").isascii() and (minutes or "00").isdigit()):
        return None
    total = int(hours) * 60 + int(minutes or 0)
    return total if int(minutes or 0) < 60 and total <= 1440 else None


def _holidays(before: Schedule, form: Filled) -> str | tuple[str, ...]:
    choice = form.text("holidays")
    if choice in ("lead", "account", "none"):
        return choice
    places = tuple(part.strip().upper() for part in form.text("holiday_places").split(",") if part.strip())
    if not places:
        form.errors["holiday_places"] = "Name at least one country, for example SE, DE-BY."
    return places or before.holidays


def _closed(form: Filled) -> tuple[date, ...]:
    days: list[date] = []
    for part in form.text("closed").replace(",", " ").split():
        try:
            days.append(date.fromisoformat(part))
        except ValueError:
            form.errors["closed"] = f"“{part}” is no date. Write dates like 2026-12-24."
    return tuple(sorted(set(days)))


def _finish(form: Filled) -> Finish | None:
    then = form.text("then")
    if then not in dict(ENDS):
        return None
    if then == "handover" and not form.text("to"):
        form.errors["to"] = "Name the sequence that takes over."
    return Finish(
        grace=form.delay("grace"),
        then=then,
        programme=(form.text("programme") or None) if then == "nurture" else None,
        to=form.text("to") or None if then == "handover" else None,
    )


def _page(sequence_id: int, values: Mapping[str, str], errors: dict[str, str]) -> str:
    desk = desk_of(find(sequence_id))
    known = {
        "values": values,
        "errors": errors,
        "classes": words.CLASSES,
        "anchors": ANCHORS,
        "ends": ENDS,
        "units": UNITS,
        "days": words.DAYS,
        "blocks": [words.blocks(day) for day in desk.draft.schedule.week],
        "zones": sorted(available_timezones()) if desk.draft.schedule.zone not in ("lead", "account") else [],
    }
    return render_template(
        "sequences/settings.html", desk=desk, words=words, may_edit=this_user().role in BUILDERS, **known
    )
