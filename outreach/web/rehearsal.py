"""/sequences/<id>/rehearsal: what will be sent, when and why not, before anybody gets it; side by side with another.

Every choice stands in the address, so a rehearsal can be sent to a colleague. Nothing is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale
from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from outreach import documents
from outreach.core import rehearsal, zones
from outreach.core.conditions import SENSES
from outreach.core.sequences import Sequence
from outreach.core.tasks import OUTCOMES
from outreach.errors import Refused
from outreach.http.access import signed_in
from outreach.http.headers import LETTER_PREVIEW, allow
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.sign_in import this_user
from outreach.http.transactions import transaction
from outreach.journeys import letters, previews, publish, rehearsals
from outreach.journeys.rehearsals import Script, Shown, Side
from outreach.mail.templating import TemplateError
from outreach.store import sequences
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow, VersionRow
from outreach.web import sequence_words as words
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone, zone_named
from outreach.web.sequence_editor import desk_of
from outreach.web.sequences import BUILDERS, find
from outreach.web.settings import country_choices, zone_choices

LENGTHS = ((14, "2 weeks"), (30, "30 days"), (60, "60 days"), (90, "90 days"), (180, "half a year"), (365, "a year"))
SPARE_EVENTS = 2
MADE_UP = {"name": "Anna Weber", "company": "Lumen Logistics", "phone": "+49 40 555 0163", "country": "DE"}
HAPPENS = (
    ("reply", "They reply", "e.g. interested, not_now, question"),
    ("out_of_office", "Out-of-office", "return date, or none"),
    ("click", "They click a link", "the link’s name"),
    ("call", "A call’s outcome", "e.g. interested, no answer"),
    ("meeting", "A meeting is booked", ""),
    ("bounce", "The letter bounces", "hard or soft"),
    ("unsubscribe", "They unsubscribe", ""),
    ("complaint", "They report spam", ""),
    ("won", "The deal is won", ""),
    ("pause", "Somebody pauses", ""),
    ("resume", "Somebody resumes", ""),
    ("skip", "The next step is skipped", ""),
    ("timezone", "Their time zone changes", "e.g. Europe/Berlin"),
)
WITHOUT_DETAIL = frozenset(kind for kind, _, detail in HAPPENS if not detail)
LOOKS = {
    **{kind.value: (icon, tone) for kind, (icon, tone, _) in words.KINDS.items()},
    "nurture": ("seedling", "green"), "hold": ("clock-pause", "yellow"), "block": ("hand-stop", "orange"),
    "skip": ("player-skip-forward", "grey"), "pause": ("player-pause", "yellow"), "resume": ("player-play", "blue"),
    "stop": ("player-stop", "red"), "finish": ("flag", "purple"),
}  # fmt: skip

UNPLAYABLE = (Refused, rehearsal.BadEvent, rehearsal.Endless, documents.DocumentError)
"""Why there is nothing to show, each with one sentence."""


@dataclass(frozen=True)
class Day:
    """One day of the calendar: what each side does on it, and why it is closed for each."""

    day: date
    inside: bool
    closed: tuple[str, ...]
    chips: tuple[tuple[int, Shown], ...]


@dataclass(frozen=True)
class Month:
    name: str
    weeks: tuple[tuple[Day, ...], ...]


@blueprint.get("/sequences/<int:sequence_id>/rehearsal")
@signed_in
def sequence_rehearsal(sequence_id: int) -> str | Response:
    """The page: who, when and what happens on top; the calendar and the list below."""
    row, given = find(sequence_id), request.args
    allow(frame_src="'self'")
    try:
        desk = desk_of(row)
    except documents.DocumentError as error:
        flash(f"The draft cannot be read any more: {error}", "bad")
        return redirect(url_for("web.sequence_text", sequence_id=sequence_id))
    fault, sides = "", []
    try:
        sides = _sides(row, given)
    except UNPLAYABLE as error:
        fault = str(error)
    return render_template(
        "rehearsal/page.html", desk=desk, may_edit=this_user().role in BUILDERS, sides=sides, fault=fault,
        months=list(_months(sides)), moved=_moved(sides), **_choices(row, given),
    )  # fmt: skip


@blueprint.get("/sequences/<int:sequence_id>/rehearsal/letter")
@signed_in
def sequence_rehearsal_letter(sequence_id: int) -> Response:
    """One letter of the rehearsal that the same address shows, as its own document for the frame."""
    row, number = find(sequence_id), request.args.get("line", -1, type=int)
    try:
        side = _sides(row, request.args)[request.args.get("side", 0, type=int)]
        line = side.shown[number].line if 0 <= number < len(side.shown) else abort(404)
        fields = previews.fields_of(transaction(), current_house(), side.lead, this_user())
        html = rehearsals.letter_of(transaction(), line, fields).html
    except (
        Refused,
        rehearsal.BadEvent,
        rehearsal.Endless,
        TemplateError,
        IndexError,
        documents.DocumentError,
    ) as fault:
        abort(404, str(fault))
    return Response(html, mimetype="text/html", headers={"Content-Security-Policy": LETTER_PREVIEW})


# What was asked for


def _sides(row: SequenceRow, given: "MultiDict[str, str]") -> list[Side]:
    """The rehearsal, and the one that it is compared with."""
    script = _script(given)
    name, sequence = _chosen(row, given.get("what", "draft" if row.draft or not row.current_version_id else ""))
    against = given.get("against", "")
    first = _play(name, sequence, _lead(given, ""), script)
    if against == "lead":
        other = _lead(given, "2")
        second = _play(name, sequence, other, script)
        return [replace(first, name=_place(first.lead)), replace(second, name=_place(other))]
    if not against:
        return [first]
    return [first, _play(*_chosen(row, against), _lead(given, ""), script)]


def _play(name: str, sequence: Sequence, lead: Lead, script: Script) -> Side:
    return rehearsals.play(transaction(), current_house(), name, sequence, lead, script, this_user(), now())


def _place(lead: Lead) -> str:
    country = dict(country_choices()).get(lead.country, lead.country or "no country")
    return f"{country}, {lead.zone}"


def _script(given: "MultiDict[str, str]") -> Script:
    return Script(
        start=given.get("start", "") or _start(),
        events=tuple(_events(given)),
        days=given.get("days", 60, type=int),
        tasks_done=given.get("tasks", "done") != "open",
        jitter="jitter" in given,
        seed=given.get("seed", 1, type=int),
    )


def _start() -> str:
    """The next full hour of a morning: now, when it is one."""
    here = now().astimezone(zone_named(page_zone()))
    return f"{here:%Y-%m-%d}T10:00"


def _events(given: "MultiDict[str, str]") -> Iterator[str]:
    """`event_at`, `event` and `event_detail` stand in rows; a row without a kind is none."""
    rows = zip(given.getlist("event_at"), given.getlist("event"), given.getlist("event_detail"), strict=False)
    for at, kind, detail in rows:
        if not kind:
            continue
        if not at:
            raise Refused("Say when it happens, or take the event out.")
        detail = "" if kind in WITHOUT_DETAIL else " ".join(detail.split())
        yield f"{at} {kind} {_said(kind, detail)}".strip()


def _said(kind: str, detail: str) -> str:
    """A detail as people write it: `Not now` is `not_now`."""
    return re.sub(r"[ -]", "_", detail.lower()) if kind in ("reply", "call", "bounce") else detail


def _chosen(row: SequenceRow, what: str) -> tuple[str, Sequence]:
    """`draft`, empty (what is live), `version:7` of this sequence, or `sequence:3`: what is live of another one."""
    session = transaction()
    kind, _, number = what.partition(":")
    if kind == "draft":
        return "Draft", publish.draft_of(session, row)
    if kind == "sequence":
        other = session.get(SequenceRow, key) if (key := whole(number)) is not None else None
        if other is None:
            raise Refused("There is no such sequence to compare with.")
        return other.name, publish.published(session, other) or publish.draft_of(session, other)
    if kind == "version":
        version = session.get(VersionRow, key) if (key := whole(number)) is not None else None
        if version is None or version.sequence_id != row.id:
            raise Refused("There is no such version of this sequence.")
        return f"Version {version.number}", publish.read(version.document, row.name)
    live = sequences.current(session, row)
    return (f"Version {live.number}, live", publish.read(live.document, row.name)) if live else _chosen(row, "draft")


def _lead(given: "MultiDict[str, str]", suffix: str) -> Lead:
    """A lead that is there, or one made up from the form; the second of a comparison differs in place alone."""
    chosen = given.get("lead", "", type=str)
    stored = previews.sample(transaction(), number, now()) if (number := whole(chosen)) else None
    if stored is not None and stored.id is not None and not suffix:
        return stored
    country = given.get(f"country{suffix}", MADE_UP["country"] if not suffix else "US").upper()[:2]
    zone = given.get(f"zone{suffix}", "").strip()
    if zone and not zones.is_zone(zone):
        raise Refused(f"“{zone}” is no time zone; write a name such as Europe/Berlin, or leave it empty.")
    made = letters.sample_lead(now())
    base = stored if stored is not None and stored.id is not None else None
    made.name = base.name if base else given.get("name", MADE_UP["name"]).strip()[:80]
    made.company = base.company if base else given.get("company", MADE_UP["company"]).strip()[:80]
    made.phone = base.phone if base else given.get("phone", MADE_UP["phone"]).strip()[:40]
    made.country, made.region = country, given.get(f"region{suffix}", "").strip().upper()[:3]
    made.zone = zone or zones.zone_of(country=country, region=made.region, account=page_zone()).name
    return made


# What the page shows


def _choices(row: SequenceRow, given: "MultiDict[str, str]") -> dict[str, object]:
    """The form as it was filled in, with two spare rows for events."""
    session = transaction()
    rows = list(zip(given.getlist("event_at"), given.getlist("event"), given.getlist("event_detail"), strict=False))
    events = [each for each in rows if each[1]] + [("", "", "")] * SPARE_EVENTS
    versions = [(f"version:{v.id}", f"Version {v.number}") for v in sequences.versions(session, row.id)]
    others = [
        (f"sequence:{one.id}", one.name)
        for one in sequences.all_sequences(session)
        if one.id != row.id and not one.archived_at
    ]
    samples = previews.samples(session)
    wanted = given.get("lead", "0")
    stored = previews.sample(session, number, now()) if (number := whole(wanted)) else None
    if stored is not None and stored.id and all(each.id != stored.id for each in samples):
        samples = [stored, *samples]
    return {
        "given": given,
        "what": given.get("what", "draft" if row.draft or not row.current_version_id else ""),
        "whats": [("draft", "The draft"), *([("", "What is live")] if row.current_version_id else []), *versions],
        "against": given.get("against", ""),
        "againsts": [
            ("", "Nothing"),
            ("lead", "The same in another country"),
            ("draft", "The draft"),
            *versions,
            *others,
        ],
        "samples": samples,
        "lead": wanted if stored is not None and stored.id else "0",
        "made_up": {key: given.get(key, value) for key, value in MADE_UP.items()},
        "start": given.get("start", "") or _start(),
        "days": given.get("days", 60, type=int),
        "lengths": LENGTHS,
        "events": events,
        "happens": HAPPENS,
        "countries": [("", "No country"), *country_choices()],
        "zones": zone_choices(),
        "details": _details(),
        "looks": LOOKS,
        "query": request.query_string.decode("ascii", "replace"),
    }


@cache
def _details() -> list[str]:
    """What may be written beside an event."""
    return [*SENSES, "none", "hard", "soft", *(outcome for outcome in OUTCOMES if outcome != "done")]


def _moved(sides: list[Side]) -> dict[tuple[int, int], str]:
    """How the second rehearsal differs from the first, by (side, line): only here, sooner or later."""
    if len(sides) != 2:
        return {}
    first, second = ({_same(each): each for each in side.shown if each.line.step} for side in sides)
    found = {(0, each.number): "only here" for key, each in first.items() if key not in second}
    for key, each in second.items():
        before = first.get(key)
        words = "only here" if before is None else _distance(before.line.local, each.line.local)
        if words:
            found[1, each.number] = words
    return found


def _same(shown: Shown) -> tuple[str, str]:
    return shown.line.kind, shown.line.step or ""


def _distance(one: datetime, other: datetime) -> str:
    """How much later the other wall clock is: `2 days later`, `30 min sooner`; empty when they agree."""
    days = (other.date() - one.date()).days
    minutes = round((other.replace(tzinfo=None) - one.replace(tzinfo=None)).total_seconds() / 60)
    way = "later" if minutes > 0 else "sooner"
    if days:
        return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {way}"
    if not minutes:
        return ""
    return f"{abs(minutes)} min {way}" if abs(minutes) < 60 else f"{round(abs(minutes) / 60)} h {way}"


def _months(sides: list[Side]) -> Iterator[Month]:
    """The months from the first line to the last, week by week from Monday."""
    placed: dict[date, list[tuple[int, Shown]]] = {}
    for number, side in enumerate(sides):
        for shown in side.shown:
            if shown.line.kind not in ("hold", "if", "wait", "goal"):
                placed.setdefault(shown.line.local.date(), []).append((number, shown))
    if not placed:
        return
    first, last = min(placed).replace(day=1), max(placed)
    month_names = Locale("en").months["stand-alone"]["wide"]
    while first <= last:
        following = (first + timedelta(days=32)).replace(day=1)
        yield Month(f"{month_names[first.month]} {first.year}", tuple(_weeks(first, following, placed, sides)))
        first = following


def _weeks(
    first: date, following: date, placed: dict[date, list[tuple[int, Shown]]], sides: list[Side]
) -> Iterator[tuple[Day, ...]]:
    monday = first - timedelta(days=first.weekday())
    while monday < following:
        days = [monday + timedelta(days=offset) for offset in range(7)]
        yield tuple(
            Day(
                day,
                day.month == first.month,
                tuple(side.closed(day) for side in sides) if day.month == first.month else (),
                tuple(placed.get(day, ())) if day.month == first.month else (),
            )
            for day in days
        )
        monday += timedelta(days=7)


@blueprint.app_template_filter()
def at_zone(moment: datetime, zone: str) -> str:
    """A moment as `Mon 9 Mar, 10:00` there, with its year left to the heading."""
    there = moment.astimezone(zone_named(zone))
    return f"{there:%a} {there.day} {there:%b}, {there:%H:%M}"
