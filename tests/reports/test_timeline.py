"""A lead's timeline says what each line is: mail by its class, happenings by their kind, each with an icon that exists."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import outreach
from outreach.mail import classify
from outreach.reports import timeline
from outreach.store import leads
from outreach.store.inbox import InboundMail

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_an_absence_notice_is_shown_as_one(session: Any, house: Any) -> None:
    """O6: never as a reply, and not as any mail."""
    lead = leads.insert_new(session, "ida@lead.test", "call", NOW)
    assert lead is not None
    session.add(
        InboundMail(sha256="x", source="smtp", raw=b"x", received_at=NOW, state="done", class_="out_of_office",
                    lead_id=lead.id, reply_text="I am back on Monday.", references=[])
    )  # fmt: skip
    session.flush()
    assert [line.text for line in timeline.timeline(session, lead.id)] == ["Out of office: “I am back on Monday.”"]


def test_every_class_of_mail_has_words_of_its_own() -> None:
    """O1: what could not be read belongs to nobody, and stands on no timeline."""
    assert timeline.CLASSES.keys() == set(classify.CLASSES) - {"unreadable"}


def test_every_icon_is_there() -> None:
    sprite = (Path(outreach.__file__).parent / "web/static/vendor/icons.svg").read_text()
    looks = [*timeline.LOOKS.values(), *timeline.CALL_LOOKS.values(), *(each[:2] for each in timeline.CLASSES.values())]
    assert [icon for icon, _ in looks if f'id="{icon}"' not in sprite] == []
