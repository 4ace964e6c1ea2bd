"""A sender dies, or stands still for longer than its lease, at each line where it matters (RELIABILITY 3.4 and 4, faults 1 to 7)."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach import wiring
from outreach.journeys import deliver, ticking
from outreach.mail.smtp import SmtpLink
from outreach.store.messages import Message
from tests.mail.line import line_of
from tests.mail.smtp_stage import Script

PEOPLE = [f"lead{number}@kund.example" for number in range(4)]
POINTS = {
    "after the claim": (deliver, "_written", "before", 1),
    "before a letter begins": (deliver.Batch, "begin", "before", 2),
    "after it has begun, before its bytes": (deliver.Batch, "begin", "after", 2),
    "after its last dot, before the answer": (SmtpLink, "_final_answer", "before", 2),
    "after the answer, before it is written down": (SmtpLink, "send", "after", 2),
    "before the end of the batch is written down": (deliver, "_finish", "before", 1),
    "after it was written down": (deliver, "_finish", "after", 1),
}


@pytest.fixture
def script(house: Any, session: Any) -> Iterator[Script]:
    with line_of(house, session, PEOPLE) as played:
        yield played


def send_until(house: Any, point: str, what: signal.Signals) -> int:
    """A process that sends the letters and gets this signal there; its number."""
    place, name, when, nth = POINTS[point]
    child = os.fork()
    if child:
        return child
    try:
        whole, calls = getattr(place, name), iter(range(1, 1000))

        def there(*arguments: Any, **named: Any) -> Any:
            now = next(calls) == nth
            if now and when == "before":
                os.kill(os.getpid(), what)
            done = whole(*arguments, **named)
            if now and when == "after":
                os.kill(os.getpid(), what)
            return done

        setattr(place, name, there)
        sender = deliver.Sender(wiring.build(house.settings))
        deliver.deliver(sender, "outbound")
        sender.close()
    finally:
        os._exit(0)


def leases_run_out(house: Any) -> None:
    """Real time passes: so much that nobody's claim counts any more; what is found is settled, the rest is sent."""
    with house.sessions.begin() as session:
        session.execute(text("UPDATE messages SET lease_until = clock_timestamp() - interval '1 second'"))
    ticking.sweep(house)
    sender = deliver.Sender(house)
    deliver.deliver(sender, "outbound")
    sender.close()


def states(session: Any) -> Counter[str]:
    session.expire_all()
    return Counter(session.scalars(select(Message.state)))


def accepted(script: Script) -> Counter[str]:
    """How often the mail server took the letter to each of them."""
    return Counter(str(message_from_bytes(raw)["To"]).strip("<>") for raw in script.letters)


def nobody_lost_nobody_twice(session: Any, script: Script) -> None:
    """I1, I2, I3: at most once at the server; whoever has none is shown as unsure; nobody is `sent` whom it did not take."""
    took, found = accepted(script), states(session)
    assert max(took.values()) == 1
    assert set(found) <= {"sent", "unsure"}
    assert found["unsure"] <= 1
    rows = {row.to_address: row.state for row in session.scalars(select(Message))}
    assert {who for who, state in rows.items() if state == "sent"} <= set(took)


@pytest.mark.parametrize("point", POINTS)
def test_a_sender_that_is_killed_there_loses_nothing_and_nothing_goes_twice(
    house: Any, session: Any, script: Script, point: str
) -> None:
    """Faults 1 to 6: kill -9. At most the letter in hand is unsure."""
    child = send_until(house, point, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "the point was reached"
    leases_run_out(house)
    nobody_lost_nobody_twice(session, script)


UNSURE: dict[str, Callable[[int, int], bool]] = {
    "after the claim": lambda took, unsure: (took, unsure) == (4, 0),
    "after it has begun, before its bytes": lambda took, unsure: (took, unsure) == (3, 1),
    "after its last dot, before the answer": lambda took, unsure: (took, unsure) == (4, 1),
    "after it was written down": lambda took, unsure: (took, unsure) == (4, 0),
}


@pytest.mark.parametrize("point", UNSURE)
def test_what_surely_did_not_go_goes_and_only_what_may_have_gone_is_unsure(
    house: Any, session: Any, script: Script, point: str
) -> None:
    """Rules D, G, H: (letters that the server took, letters that are unsure) at each point."""
    child = send_until(house, point, signal.SIGKILL)
    os.waitpid(child, 0)
    leases_run_out(house)
    took, unsure = sum(accepted(script).values()), states(session)["unsure"]
    assert UNSURE[point](took, unsure), (took, unsure)


@pytest.mark.parametrize("point", POINTS)
def test_a_sender_that_stood_still_for_longer_than_its_lease_sends_nothing_twice(
    house: Any, session: Any, script: Script, point: str
) -> None:
    """Fault 7, rules C and E: meanwhile another sender serves the queue; then the first one wakes and goes on."""
    child = send_until(house, point, signal.SIGSTOP)
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]), "the point was reached"
    leases_run_out(house)
    os.kill(child, signal.SIGCONT)
    assert os.waitpid(child, 0)[1] == 0
    leases_run_out(house)
    nobody_lost_nobody_twice(session, script)
