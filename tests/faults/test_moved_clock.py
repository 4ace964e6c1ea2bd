"""`outreach clock advance` walks a lead through all days, and the other commands say what they did."""

import json
import time
from typing import Any

from tests.faults.acts import Scene


def test_twenty_days_lead_a_silent_lead_into_nurture(running_system: Any) -> None:
    """Days 0 to 8 of MISSION.md, the break-up letter, grace, then the first educational letter (M4)."""
    scene = Scene.of(running_system)
    assert scene.post("silent@lead.test") == 201
    advanced = running_system.command("clock", "advance", "20d")
    assert advanced.returncode == 0, advanced.stderr
    told = json.loads(running_system.command("why", "silent@lead.test", "--json").stdout)
    classes = {row["class"]: row for row in told["enrolments"]}
    assert classes["inbound"]["ended_at"] is not None
    assert classes["inbound"]["state"] == "ended: no reply"
    assert classes["nurture"]["ended_at"] is None
    assert classes["nurture"]["next_at"] is not None
    sent = [decision for decision in told["decisions"] if decision["kind"] == "sent"]
    inbound = [d for d in sent if d["enrolment"] == classes["inbound"]["id"]]
    nurture = [d for d in sent if d["enrolment"] == classes["nurture"]["id"]]
    assert len(inbound) >= 4, [d["text"] for d in inbound]
    assert len(nurture) >= 1, [d["text"] for d in nurture]
    assert [d["at"] for d in sent] == sorted(d["at"] for d in sent)
    letters = scene.rows("SELECT count(*), count(DISTINCT message_id) FROM local_letters")[0]
    assert letters[0] == letters[1], "a letter reached the mail server twice"
    scene.house.engine.dispose()


def test_a_day_with_nothing_to_do_passes_quickly(running_system: Any) -> None:
    """Well under 5 s; start and imports of the command are what it takes."""
    running_system.command("clock", "advance", "1h")
    began = time.monotonic()
    told = running_system.command("clock", "advance", "1d")
    assert told.returncode == 0, told.stderr
    assert time.monotonic() - began < 10, "generous: the machine is shared"


def test_enrol_tells_what_it_did(running_system: Any) -> None:
    """0 and a sentence; 2 and the reason when it may not be (P3)."""
    scene = Scene.of(running_system)
    assert scene.post("again@lead.test") == 201
    scene.house.engine.dispose()
    unknown = running_system.command("enrol", "inbound-0-2-4-6-8", "stranger@lead.test")
    assert unknown.returncode == 2
    assert "stranger@lead.test" in unknown.stderr
    twice = running_system.command("enrol", "inbound-0-2-4-6-8", "again@lead.test")
    assert twice.returncode == 2
    assert "was not enrolled" in twice.stderr
    keys = [line.split()[0] for line in running_system.command("sequence", "list").stdout.splitlines()[1:]]
    assert len(keys) >= 5
