"""What the tests of core share: a way to play a sequence, and clocks without chance."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from outreach.core.enrolments import Facts
from outreach.core.rehearsal import NoJitter, read_event, rehearse
from outreach.documents import read

NEW_YORK = "America/New_York"


@pytest.fixture(scope="session")
def still():
    """A random source whose every part is 0."""
    return NoJitter()


@pytest.fixture(scope="session")
def lead():
    """Ann in New York, who has everything; keyword arguments change her."""

    def make(**changes):
        known = {"zone": NEW_YORK, "email": "ann@lead.test", "phone": "+12025550123", "company": "Lead Ltd"}
        fields = {"first_name": "Ann", "owner.name": "Olga"}
        return Facts(**{**known, "fields": fields, **changes})

    return make


@pytest.fixture(scope="session")
def play(lead):
    """Rehearse the steps of a document; gives [(local time, kind, step, state, rule)] or, with `full`, the lines."""

    def run(text, *events, start="2026-03-04T10:00", facts=None, full=False, **options):
        facts = facts or lead()
        sequence = text if not isinstance(text, str) else read(document(text), "play.yaml")
        begin = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(facts.zone)).astimezone(UTC)
        happened = [read_event(each, facts.zone) for each in events]
        lines = rehearse(sequence, facts, begin, events=happened, random=NoJitter(), **options)
        return lines if full else [short(line) for line in lines]

    return run


def document(text):
    """The head that every document needs, before what a test wants to say."""
    return text if text.startswith("outreach:") else "outreach: 1\nname: Play\n" + text


def short(line):
    return (f"{line.local:%a %d %b %H:%M}", line.kind, line.step, line.state, line.rule)
