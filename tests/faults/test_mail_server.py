"""The mail server is away, says no, says nothing, hangs up: each letter ends as it must, and nobody has to help.

RULES F1-F5, DESIGN 4, RELIABILITY 4 faults 20 to 26; business time is moved where a retry waits.
"""

import email
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from outreach.journeys import moveclock
from outreach.reports import health, why
from tests.conftest import free_port, start_system
from tests.faults.acts import Scene, until
from tests.mail.smtp_stage import DROP, HANG, Script, stage


class BrokenMail:
    """A system that sends to a mail server on a stage, which can be taken away and brought back."""

    def __init__(self, scene: Scene, port: int, script: Script) -> None:
        self.scene, self.port, self.script = scene, port, script
        self._open = ExitStack()

    def away(self) -> None:
        """Nobody listens any more; open lines break."""
        self._open.close()

    def back(self) -> None:
        """Well again, whatever was wrong."""
        self.away()
        calm = Script()
        for name in ("greeting", "mail", "rcpt", "data", "letter"):
            setattr(self.script, name, getattr(calm, name))
        self._open.enter_context(stage(self.script, self.port))

    def taken(self) -> Counter[str]:
        """How often a letter to each lead reached its final dot."""
        letters = [email.message_from_bytes(letter) for letter in list(self.script.letters)]
        return Counter(parseaddr(str(letter["To"]))[1].lower() for letter in letters)

    def letter(self, who: str) -> Any:
        """The row of the answer to this lead."""
        found = self.scene.rows("SELECT * FROM messages WHERE to_address = :who ORDER BY id LIMIT 1", who=who)
        return found[0] if found else None

    def is_in(self, who: str, *states: str) -> bool:
        """The answer to this lead is in one of these states."""
        row = self.letter(who)
        return row is not None and row.state in states

    def why(self, who: str) -> dict[str, Any]:
        """What `outreach why` says."""
        with self.scene.house.sessions() as session:
            return why.explain(session, who, self.scene.house.now(session))

    def advance(self, **span: int) -> None:
        """What `outreach clock advance` does."""
        moveclock.advance(self.scene.house, timedelta(**span))

    def health(self) -> health.Health:
        """What the page Health shows."""
        with self.scene.house.sessions() as session:
            return health.look(session, self.scene.house, self.scene.house.now(session))

    def tell_at_once(self) -> None:
        """End the breaker's real pause: a test does not wait for it."""
        with self.scene.house.sessions.begin() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE mailboxes SET paused_until = NULL, failures = 0"))


@pytest.fixture(scope="module")
def _system() -> Iterator[BrokenMail]:
    port, script = free_port(), Script()
    with tempfile.TemporaryDirectory(prefix="outreach-mail-", dir="/tmp") as folder:
        variables = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "OUTREACH_MOVABLE_CLOCK": "1"}
        system = start_system(Path(folder) / "data", **variables)
        broken = BrokenMail(Scene.of(system), port, script)
        try:
            broken.back()
            broken.scene.warm_up()
            until(lambda: set(broken.scene.posted) <= set(broken.taken()), 60, "the first answers")
            yield broken
        finally:
            broken.away()
            broken.scene.house.engine.dispose()
            system.stop()


@pytest.fixture
def broken_mail(_system: BrokenMail) -> Iterator[BrokenMail]:
    """The system with a mail server that is well; made well again afterwards."""
    _system.back()
    _system.tell_at_once()
    _system.scene.forget_times()
    yield _system
    assert _system.scene.took == [] or _system.scene.was_quick(), (
        "the form answers at once whatever the mail server does"
    )


def test_a_server_that_is_away_holds_the_mail_and_recovers_by_itself(broken_mail: BrokenMail) -> None:
    """F4: held, told once in words, sent when it is back."""
    broken_mail.away()
    leads = [f"away{number}@lead.test" for number in range(4)]
    assert [broken_mail.scene.post(lead) for lead in leads] == [201] * 4
    box = until(lambda: next((box for box in broken_mail.health().boxes if box.paused_until), None), what="the pause")
    assert "does not answer" in box.paused_reason
    assert not broken_mail.health().well
    doctor = broken_mail.scene.system.command("doctor")
    assert doctor.returncode == 1
    assert "mail server refuses us" in doctor.stdout
    assert {broken_mail.letter(lead).state for lead in leads} <= {"queued", "claimed"}
    broken_mail.back()
    until(lambda: all(broken_mail.is_in(lead, "sent") for lead in leads), 40, "the mail after the pause")
    assert {lead: broken_mail.taken()[lead] for lead in leads} == dict.fromkeys(leads, 1)
    until(lambda: not any(box.paused_until for box in broken_mail.health().boxes), what="the end of the batch")


@pytest.mark.parametrize("stage_of", ["mail", "rcpt", "data", "letter"])
def test_a_temporary_no_is_tried_again_after_two_minutes(broken_mail: BrokenMail, stage_of: str) -> None:
    """F1: 451 keeps the place; the retry is due 2 minutes later."""
    lead = f"later-{stage_of}@lead.test"
    setattr(broken_mail.script, stage_of, "451 4.3.0 not now")
    assert broken_mail.scene.post(lead) == 201
    row = until(lambda: (r := broken_mail.letter(lead)) and r.attempts and r.state == "queued" and r, what="the 451")
    assert "not now" in row.reason
    assert 60 < (row.due_at - row.first_tried_at).total_seconds() < 240
    told = broken_mail.why(lead)["enrolments"][0]
    assert (told["state"], "not now" in told["sentence"]) == ("failed: temporary", True)
    taken = broken_mail.taken()[lead]
    assert taken == (stage_of == "letter")
    broken_mail.back()
    broken_mail.advance(minutes=4)
    assert broken_mail.is_in(lead, "sent")
    assert broken_mail.letter(lead).message_id == row.message_id, "a retry keeps its Message-ID (MAIL O1)"
    assert broken_mail.taken()[lead] == taken + 1


def test_a_letter_that_the_server_hangs_up_on_lets_all_others_go_first(broken_mail: BrokenMail) -> None:
    """F1, F4: 421 rests the mailbox; when one recipient alone is answered so, only its own letter waits."""
    broken_mail.script.rcpt = lambda line: "421 4.7.0 too busy" if "stubborn" in line else "250 2.1.5 ok"
    assert broken_mail.scene.post("stubborn@lead.test") == 201
    until(lambda: (r := broken_mail.letter("stubborn@lead.test")) and r.attempts, what="the first 421")
    assert broken_mail.scene.posts("behind", 3) == [201] * 3
    others = [f"behind{number}@lead.test" for number in range(3)]
    until(lambda: all(broken_mail.is_in(lead, "sent") for lead in others), 40, "the letters behind it")
    assert broken_mail.is_in("stubborn@lead.test", "queued")
    told = broken_mail.why("stubborn@lead.test")["enrolments"][0]
    assert told["state"] == "failed: temporary"
    assert "too busy" in told["sentence"]
    broken_mail.back()
    broken_mail.advance(minutes=4)
    assert broken_mail.is_in("stubborn@lead.test", "sent")


@pytest.mark.parametrize("stage_of", ["rcpt", "letter"])
def test_an_unknown_address_is_dead_and_its_sequence_stops(broken_mail: BrokenMail, stage_of: str) -> None:
    """F2: 550 5.1.1 at once."""
    lead = f"nobody-{stage_of}@lead.test"
    setattr(broken_mail.script, stage_of, "550 5.1.1 no such user here")
    assert broken_mail.scene.post(lead) == 201
    until(lambda: broken_mail.is_in(lead, "failed"), what="the refusal")
    told = until(
        lambda: (w := broken_mail.why(lead))["enrolments"][0]["ended_at"] and w, what="the end of the sequence"
    )
    assert told["lead"]["address"] == "dead"
    assert "bounce" in told["enrolments"][0]["state"]
    assert "no such user" in broken_mail.letter(lead).reason
    broken_mail.back()
    before = broken_mail.taken()[lead]
    broken_mail.advance(hours=1)
    assert broken_mail.taken()[lead] == before


def test_a_server_that_hangs_before_the_end_of_the_letter_gets_it_again(broken_mail: BrokenMail) -> None:
    """Rule G: what broke before the final dot was surely not accepted."""
    broken_mail.script.rcpt = HANG
    assert broken_mail.scene.post("hang-early@lead.test") == 201
    until(lambda: broken_mail.is_in("hang-early@lead.test", "claimed"), what="the try")
    assert broken_mail.scene.posts("meanwhile", 4) == [201] * 4
    broken_mail.back()
    everybody = ["hang-early@lead.test", *(f"meanwhile{number}@lead.test" for number in range(4))]
    until(lambda: all(broken_mail.is_in(lead, "sent") for lead in everybody), 40, "the letters")
    assert {broken_mail.taken()[lead] for lead in everybody} == {1}


@pytest.mark.parametrize(("name", "silence"), [("drop", DROP), ("hang", HANG)])
def test_no_answer_after_the_letter_is_unsure_and_never_sent_again(
    broken_mail: BrokenMail, name: str, silence: str
) -> None:
    """F5: nobody knows whether it arrived; it is shown, and the lead's history says it."""
    lead = f"unsure-{name}@lead.test"
    broken_mail.script.letter = silence
    assert broken_mail.scene.post(lead) == 201
    until(lambda: broken_mail.taken()[lead] == 1, what="the letter")
    broken_mail.back()
    until(lambda: broken_mail.is_in(lead, "unsure"), what="the state")
    assert lead in [line.to for line in broken_mail.health().unsure]
    assert any("Nobody knows" in decision["text"] for decision in broken_mail.why(lead)["decisions"])
    assert broken_mail.scene.post(f"after-{name}@lead.test") == 201
    until(lambda: broken_mail.is_in(f"after-{name}@lead.test", "sent"), 40, "the next letter")
    broken_mail.advance(hours=3)
    assert broken_mail.taken()[lead] == 1


def test_a_refused_login_pauses_and_alerts_instead_of_knocking_on(broken_mail: BrokenMail) -> None:
    """RELIABILITY 4, fault 25: 535 pauses the mailbox for a quarter of an hour, one alert."""
    broken_mail.script.mail = "530 5.7.0 authentication required"
    connections = broken_mail.script.connections
    assert broken_mail.scene.post("login@lead.test") == 201
    box = until(lambda: next((box for box in broken_mail.health().boxes if box.paused_until), None), what="the pause")
    assert "refuses the login" in box.paused_reason
    assert broken_mail.script.connections - connections <= 2
    broken_mail.back()
    broken_mail.tell_at_once()
    until(lambda: broken_mail.is_in("login@lead.test", "sent"), 40, "the letter after the password was mended")
    assert broken_mail.taken()["login@lead.test"] == 1


def test_every_letter_reached_its_dot_once_or_was_asked_for_again(broken_mail: BrokenMail) -> None:
    """Invariant I1 over all the faults above: each Message-ID was accepted at most once."""
    rows = broken_mail.scene.rows("SELECT message_id FROM messages WHERE state = 'sent' AND kind = 'step'")
    said = Counter(email.message_from_bytes(letter)["Message-ID"].strip() for letter in broken_mail.script.letters)
    asked_again = {who for (who,) in broken_mail.scene.rows("SELECT message_id FROM messages WHERE attempts > 1")}
    assert all(said[row.message_id] == 1 for row in rows if row.message_id not in asked_again)
