"""`outreach rehearse`: a sequence played for a sample lead. No database, no network, no clock, nothing written.

Standard output carries only the rehearsal's lines; errors go to standard error, with exit code 2.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from outreach import documents
from outreach.core import placeholders, rehearsal, zones
from outreach.core.enrolments import Facts
from outreach.core.sequences import Handover
from outreach.core.sequences import Sequence as SequenceDocument
from outreach.errors import Refused

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
START = "2026-03-04T10:00"
LEAD_KEYS = ("email", "name", "company", "phone", "timezone", "country", "region", "locale", "fields")
SAMPLE_EMAIL = "lead@example.com"
SAMPLE_LEAD = {"email": SAMPLE_EMAIL, "name": "Alex Sample", "company": "Sample Ltd", "phone": "+12025550123"}
HOUSE = {
    "owner": {"name": "Kim Owner", "first_name": "Kim", "phone": "+12025550100", "email": "kim@example.com"},
    "brand": {"name": "Our company", "color": "#1f5f5b", "postal_address": "1 Main Street, Springfield"},
    "booking_link": "https://example.com/book",
    "form_name": "contact",
    "asked_on": "4 March",
}


def rehearse_main(arguments: Sequence[str]) -> int:
    """Run the command with these arguments; the exit code (0, or 2 with one sentence on standard error)."""
    try:
        options = _parser().parse_args(list(arguments))
    except SystemExit as stop:
        return 0 if stop.code in (0, None) else 2
    try:
        lines = _played(options)
    except (Refused, rehearsal.BadEvent, rehearsal.Endless, OSError, UnicodeDecodeError) as error:
        _say(f"outreach rehearse: {error}")
        return 2
    return _print(lines, options.json)


def _print(lines: list[rehearsal.Line], as_json: bool) -> int:
    """The lines, in UTF-8 whatever the terminal's language; a reader that stops reading (`| head`) is no fault."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        for line in lines:
            sys.stdout.write((json.dumps(line.as_json(), ensure_ascii=False) if as_json else _plain(line)) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outreach rehearse", description=__doc__, allow_abbrev=False)
    parser.add_argument("sequence", metavar="FILE.yaml|NAME", help="a document, or the name of a shipped sequence")
    parser.add_argument("--lead", metavar="LEAD.json", help="who it is played for")
    parser.add_argument("--start", default=START, help="when the lead enters, in the lead's zone")
    parser.add_argument("--event", action="append", default=[], help="2026-03-06T11:00 reply, and the like")
    parser.add_argument("--days", type=_days, default=120, help="how far to play (default: %(default)s)")
    parser.add_argument("--tasks", choices=("done", "open"), default="done", help="done when due, or left open")
    parser.add_argument("--no-jitter", action="store_true", help="every random part is 0")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 3650:
        raise ValueError(text)
    return days


def _played(options: argparse.Namespace) -> list[rehearsal.Line]:
    shipped = Shipped()
    sequence = _sequence(options.sequence, shipped)
    facts = facts_of(_lead(options.lead), needs_of(_reachable(sequence, shipped)))
    for remark in documents.warnings(
        sequence, documents.Known(templates=template_names(), programmes=frozenset(shipped))
    ):
        _say(f"outreach rehearse: {remark}")
    start = rehearsal.read_time(options.start, facts.zone)
    events = [rehearsal.read_event(each, facts.zone) for each in options.event]
    for written, event in zip(options.event, events, strict=True):
        if not start <= event.at <= start + timedelta(days=options.days):
            _say(f"outreach rehearse: {written!r} lies outside of the rehearsal and changes nothing.")
    return rehearsal.rehearse(
        sequence,
        facts,
        start,
        events=events,
        days=options.days,
        tasks_done=options.tasks == "done",
        random=rehearsal.NoJitter() if options.no_jitter else Random(),
        programmes=shipped,
    )


class Shipped(Mapping[str, SequenceDocument]):
    """The shipped sequences by name; each is read when it is asked for."""

    def __init__(self, folder: Path = TEMPLATES / "sequences") -> None:
        self._paths = {_name_in(path): path for path in sorted(folder.glob("*.yaml"))}
        self._read: dict[str, SequenceDocument] = {}

    def __getitem__(self, name: str) -> SequenceDocument:
        if name not in self._read:
            path = self._paths[name]
            self._read[name] = documents.read(path.read_text(encoding="utf-8"), path.name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _name_in(path: Path) -> str:
    """The name of a shipped document, without reading all of it."""
    found = re.search(r"^name: *(.+?) *$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].strip("\"'") if found else path.stem


def _sequence(name: str, shipped: Mapping[str, SequenceDocument]) -> SequenceDocument:
    path = Path(name)
    if path.is_file():
        return documents.read(path.read_text(encoding="utf-8"), name)
    stem = TEMPLATES / "sequences" / f"{path.name}.yaml"
    if name == path.name and stem.is_file():
        return documents.read(stem.read_text(encoding="utf-8"), stem.name)
    found = next((each for each in shipped if each.casefold() == name.casefold()), None)
    if found is None:
        raise Refused(f"There is no file and no shipped sequence {name!r}; shipped are: {', '.join(shipped)}.")
    return shipped[found]


def _reachable(sequence: SequenceDocument, shipped: Mapping[str, SequenceDocument]) -> list[SequenceDocument]:
    """The sequence and what it may lead to by name."""
    finish = sequence.finish
    names = {finish.programme or finish.to} if finish else set()
    for step in sequence.every_step():
        if isinstance(step.payload, Handover):
            names.add(step.payload.programme or step.payload.to)
    return [sequence, *(shipped[name] for name in names if name and name in shipped)]


def _lead(path: str | None) -> dict[str, Any]:
    """The lead of a file; without one a sample lead in UTC. Raises Refused."""
    if path is None:
        return dict(SAMPLE_LEAD)
    try:
        lead = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused(f"{path} is no JSON: {error}.") from error
    if not isinstance(lead, dict):
        raise Refused(f"{path} must hold one JSON object with the keys {', '.join(LEAD_KEYS)}.")
    strange = [key for key in lead if key not in LEAD_KEYS]
    if strange:
        raise Refused(f"{path}: unknown key {strange[0]!r}; known are: {', '.join(LEAD_KEYS)}.")
    for key in LEAD_KEYS[:-1]:
        if not isinstance(lead.get(key), str | None):
            raise Refused(f"{path}: {key} must be text or null, not {lead[key]!r}.")
    if not isinstance(lead.get("fields"), dict | None):
        raise Refused(f"{path}: fields must be an object of names and values.")
    return {"email": SAMPLE_EMAIL, **lead}


def facts_of(lead: Mapping[str, Any], needs: Mapping[str, frozenset[str]]) -> Facts:
    """What is known of a rehearsal's lead. Raises Refused for a time zone that does not exist."""
    zone = lead.get("timezone")
    if zone and not zones.is_zone(zone):
        raise Refused(f"The time zone {zone!r} is not known; use an IANA name such as Europe/Berlin.")
    name = lead.get("name") or ""
    own = {key: value for key, value in (lead.get("fields") or {}).items() if value not in (None, "")}
    fields: dict[str, Any] = {**HOUSE, **own, "name": name, "first_name": placeholders.first_name_of(name)}
    found = zones.zone_of(field=zone, country=lead.get("country"), region=lead.get("region"), phone=lead.get("phone"))
    return Facts(
        zone=found.name,
        country=lead.get("country"),
        region=lead.get("region"),
        phone=lead.get("phone"),
        email=lead.get("email"),
        company=lead.get("company"),
        fields={key: value for key, value in fields.items() if value != ""},
        needs=needs,
    )


def template_names(folder: Path = TEMPLATES / "emails") -> frozenset[str]:
    """The letters that are shipped."""
    return frozenset(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else frozenset()


def needs_of(sequences: Sequence[SequenceDocument], folder: Path = TEMPLATES / "emails") -> dict[str, frozenset[str]]:
    """F3: the fields that each shipped letter of these sequences prints without a fallback."""
    names = {
        variant.template
        for sequence in sequences
        for step in sequence.every_step()
        if step.is_mail
        for variant in step.mail.variants
        if variant.template
    }
    return {name: _needed(folder / name) for name in names if (folder / name).is_dir()}


def _needed(letter: Path) -> frozenset[str]:
    texts = [
        path.read_text(encoding="utf-8") for path in (letter / "subject.txt", letter / "body.txt") if path.is_file()
    ]
    return frozenset().union(*(placeholders.needed(text) for text in texts))


def _plain(line: rehearsal.Line) -> str:
    when = f"{line.local:%a %d %b %Y %H:%M}"
    return f"{when}  {line.kind:<9} {line.step or '-':<18} {line.state:<24} {line.rule:<4} {line.text}"


if __name__ == "__main__":
    sys.exit(rehearse_main(sys.argv[1:]))
