"""A sequence played for one lead with the rows of this installation: its versions, templates, programmes and people.

The engine is core.rehearsal over its store in memory; nothing is written and nothing is sent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import publicholidays, rehearsal
from outreach.core.enrolments import Facts
from outreach.core.planning import calendar_of
from outreach.core.rehearsal import Line
from outreach.core.sequences import Handover, Sequence
from outreach.errors import Refused
from outreach.journeys import facts, forecast, letters, previews
from outreach.journeys.house import House
from outreach.journeys.letters import Text
from outreach.mail.library import RenderedLetter
from outreach.mail.templating import TemplateError
from outreach.store import sequences
from outreach.store.leads import Lead
from outreach.store.users import User

LONGEST = 400


@dataclass(frozen=True)
class Script:
    """How it is played. Times are the lead's wall clock (`2026-03-04T10:00`); `events` as `outreach rehearse` takes them."""

    start: str
    events: tuple[str, ...] = ()
    days: int = 60
    tasks_done: bool = True
    jitter: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Shown:
    """One line of a rehearsal as people read it. `words`: a letter's subject, else what it is; `fault`: it cannot be shown."""

    number: int
    line: Line
    words: str
    body: str = ""
    fault: str = ""

    @property
    def is_letter(self) -> bool:
        return self.line.letter is not None


@dataclass(frozen=True)
class Side:
    """One rehearsal: a sequence and a lead. `zone`: the lead's; `account_zone`: ours."""

    name: str
    sequence: Sequence
    lead: Lead
    known: Facts
    start: datetime
    end: datetime
    shown: tuple[Shown, ...]

    @property
    def zone(self) -> str:
        return self.known.zone

    @property
    def account_zone(self) -> str:
        return self.known.account_zone

    def count(self, *kinds: str) -> int:
        """How many lines of some kinds."""
        return sum(1 for each in self.shown if each.line.kind in kinds)

    @property
    def letters(self) -> int:
        return sum(1 for each in self.shown if each.is_letter and each.line.kind != "nurture")

    @property
    def end_line(self) -> Line | None:
        """How the sequence itself ends, where that comes into sight."""
        return next((each.line for each in self.shown if each.line.kind in ("finish", "stop")), None)

    def closed(self, day: date) -> str:
        """Why nothing goes on this day: `closed`, or the public holiday; empty on an open day."""
        cal = calendar_of(self.sequence, self.known)
        if cal.blocks(day):
            return ""
        for country, region in cal.places:
            if publicholidays.is_holiday(day, country, region) and cal.week[day.weekday()]:
                return f"public holiday ({country})"
        return "closed"


class Programmes(Mapping[str, Sequence]):
    """The live sequences of this installation by name; each is read when it is asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rows = [row for row in sequences.all_sequences(session) if row.current_version_id and not row.archived_at]
        self._rows = {row.name: row for row in rows}

    def __getitem__(self, name: str) -> Sequence:
        version = sequences.current(self._session, self._rows[name])
        if version is None:
            raise KeyError(name)
        return facts.with_set(self._session, documents.published(version.document))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def play(
    session: Session,
    house: House,
    name: str,
    sequence: Sequence,
    lead: Lead,
    script: Script,
    user: User,
    now: datetime,
) -> Side:
    """Play a sequence for a lead, who may be made up (a Lead that is no row). Raises Refused and rehearsal.BadEvent."""
    if not 1 <= script.days <= LONGEST:
        raise Refused(f"A rehearsal takes 1 to {LONGEST} days, not {script.days}.")
    programmes, sequence = Programmes(session), facts.with_set(session, sequence)
    known = _known(session, house, sequence, lead, programmes, now)
    start = rehearsal.read_time(script.start, known.zone)
    lines = rehearsal.rehearse(
        sequence,
        known,
        start,
        events=[rehearsal.read_event(each, known.zone) for each in script.events],
        days=script.days,
        tasks_done=script.tasks_done,
        random=Random(script.seed) if script.jitter else rehearsal.NoJitter(),
        programmes=programmes,
    )
    played = Side(name, sequence, lead, known, start, start + timedelta(days=script.days), ())
    fields = previews.fields_of(session, house, lead, user)
    return replace(played, shown=tuple(_shown(session, sequence, lines, fields)))


def _known(
    session: Session, house: House, sequence: Sequence, lead: Lead, programmes: Programmes, now: datetime
) -> Facts:
    """The lead as it is today, but fresh: a rehearsal begins before anything has happened."""
    known = facts.gather(session, house, lead, sequence, None, now)
    needs = dict(known.needs)
    for name in _leads_to(sequence, programmes):
        needs |= facts.gather(session, house, lead, programmes[name], None, now).needs
    return replace(
        known, needs=needs, clicks=frozenset(), replies=frozenset(), visits=frozenset(), submitted=frozenset(),
        attempts=0, voicemails=0, suppressed=None, out_of_office=None, mails=(), rivals=frozenset(), hold_until=None,
        pauses=(), inbox_read=True,
    )  # fmt: skip


def _leads_to(sequence: Sequence, programmes: Programmes) -> list[str]:
    """The programmes that this sequence names."""
    finish = sequence.finish
    names = {finish.programme or finish.to} if finish else set()
    for step in sequence.every_step():
        if isinstance(step.payload, Handover):
            names.add(step.payload.programme or step.payload.to)
    return [name for name in names if name is not None and name in programmes]


# What each line says


def _shown(session: Session, sequence: Sequence, lines: list[Line], fields: dict[str, Any]) -> Iterator[Shown]:
    opened: dict[str, str] = {}
    for number, line in enumerate(lines):
        if line.letter is not None:
            yield _letter_line(session, number, line, opened, fields)
        else:
            yield Shown(number, line, _words(sequence, line), _body(session, sequence, line, fields))


def _letter_line(session: Session, number: int, line: Line, opened: dict[str, str], fields: dict[str, Any]) -> Shown:
    """A letter with the subject that the lead will read; a reply carries the subject of its thread (T1)."""
    try:
        subject = letter_of(session, line, fields).subject
    except (Refused, TemplateError) as fault:
        return Shown(number, line, line.step or "", fault=str(fault))
    if line.reply and line.sequence in opened:
        return Shown(number, line, f"Re: {opened[line.sequence]}")
    opened[line.sequence] = subject
    return Shown(number, line, subject)


def letter_of(session: Session, line: Line, fields: dict[str, Any]) -> RenderedLetter:
    """The letter of a line, filled with these merge fields. Raises Refused or TemplateError."""
    letter = line.letter
    if letter is None:
        raise Refused("This line is no letter.")
    text = Text(letter.subject or "", letter.body or "")
    if letter.template:
        text = letters.text_of(session, letter.template)
    return letters.render(session, text, fields | dict(line.flags), preview=True)


def _words(sequence: Sequence, line: Line) -> str:
    """A step in a few words; everything else in its own sentence."""
    step = sequence.step(line.step or "")
    if step is None or line.kind != step.kind.value:
        return line.text
    return forecast.title(step) if step.is_touch else line.text


def _body(session: Session, sequence: Sequence, line: Line, fields: dict[str, Any]) -> str:
    """The words of a text message, post or task for this lead."""
    step = sequence.step(line.step or "")
    if step is None or not step.is_touch or line.kind != step.kind.value or not step.touch.body:
        return ""
    try:
        letter = letters.render(session, Text("Text", step.touch.body), fields, preview=True)
    except TemplateError:
        return step.touch.body
    return letter.text.split("\n--\n")[0].strip()
