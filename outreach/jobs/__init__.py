"""DOOR: the worker. Each job is a function of 3-8 lines that is harmless to lose and harmless to repeat.

Here live the job functions (named in outreach.queue.JOBS), the worker (work.py) and the clock process (clock.py).
No rules and no queries: a job calls one journey, and rings again when there is more.
"""

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.journeys.deliver import Sender
    from outreach.wiring import House


@lru_cache(maxsize=1)
def _house() -> "House":
    """The wired house of this process, built once."""
    from outreach import config, wiring

    return wiring.build(config.load())


def prepare() -> None:
    """Build what jobs need before the first one comes."""
    import_module("outreach.jobs.loaded")
    _house()


@lru_cache(maxsize=1)
def _sender() -> "Sender":
    """This process's way out to the mail servers."""
    from outreach.journeys.deliver import Sender

    return Sender(_house())


def deliver_urgent() -> None:
    """Letters that go at once: auto-responses, a rep's own mail, notices. What follows them has time until the clock
    looks: nobody waits behind it here."""
    from outreach.journeys.deliver import deliver as run

    run(_sender(), "urgent")
    if _sender().late:
        _house().queue.poke("deliver_urgent")


def deliver() -> None:
    """Everything else that is due; in short runs, so that due steps are not kept waiting."""
    from outreach.journeys.deliver import deliver as run

    if run(_sender(), "outbound", seconds=5):
        _house().queue.poke("advance")
        _house().queue.poke("deliver")


def advance() -> None:
    """Due enrolments take their next step; ended letters are told to theirs. Letters that come of it are found by the
    clock: a ring for each run would cost more than the run."""
    from outreach.journeys.advance import BATCH
    from outreach.journeys.advance import advance as run

    if run(_house()) >= BATCH:
        for job in ("deliver", "advance"):
            _house().queue.poke(job)


def receive() -> None:
    """Understand mail that came in."""
    from outreach.journeys.corrections import consult
    from outreach.journeys.receive import receive as run

    house = _house()
    if run(house) or consult(house):
        for job in ("deliver_urgent", "advance", "receive"):
            house.queue.poke(job)


def fetch_mail() -> None:
    """Look into the mailboxes that have IMAP."""
    from outreach.journeys.fetch import fetch

    fetch(_house(), kept=lambda: _house().queue.poke("receive"))


def broadcast() -> None:
    """Newsletter issues whose time has come."""
    from outreach.journeys.broadcast import plan_issues

    if plan_issues(_house()):
        _house().queue.poke("deliver")


def enter() -> None:
    """What follows when something happened to a lead: reactions, and who enters which sequence."""
    from outreach.journeys.enter import handle

    if handle(_house()):
        _house().queue.poke("enter")


def answer_held() -> None:
    """Automatic answers that waited, and forms that stopped answering."""
    from outreach.journeys.held_answers import release

    more = release(_house())
    _house().queue.poke("deliver_urgent")
    if more:
        _house().queue.poke("answer_held")


def look_around() -> None:
    """Members of segments, leads' own dates, places of companies, fading scores."""
    from outreach.journeys.look_around import look_around as run

    run(_house())
    _house().queue.poke("enter")


def sweep() -> None:
    """Settle letters whose sender died or whose lease ran out."""
    from outreach.journeys.ticking import sweep as run

    run(_house())


def read_hooks() -> None:
    """Understand what mail providers posted."""
    from outreach.journeys.hooks import read

    if read(_house()):
        for job in ("receive", "advance", "read_hooks"):
            _house().queue.poke(job)


def check_domains() -> None:
    """Look up in DNS the domains that we send from, each once a day."""
    from outreach.journeys.sending_domains import check_all

    check_all(_house())


def settle_clicks() -> None:
    """Clicks that came too near to the delivery are judged once their letter's other links would have been opened."""
    from outreach.journeys.track import settle

    if settle(_house()):
        _house().queue.poke("advance")


def work_many() -> None:
    """What people asked for many leads at once: publishing to those inside, pausing, bulk actions."""
    from outreach.journeys.bulk import work

    if work(_house()):
        _house().queue.poke("work_many")
    _house().queue.poke("advance")


def look_ahead() -> None:
    """What will go out in the coming week, worked out for the page Forecast."""
    from outreach.journeys.outlook import look_ahead as run

    run(_house())


def watchdog() -> None:
    """Look for what is stuck or contradicts itself; mend what is safe, list the rest for Health."""
    from outreach.journeys.watchdog import look

    if look(_house()):
        _house().queue.poke("advance")


def remember() -> None:
    """A mark in the database and in the data folder: by it a restored backup is known. What it brought back of people whose
    data was erased is erased again."""
    from outreach.journeys.erase import keep_up
    from outreach.journeys.restored import remember as run

    run(_house())
    keep_up(_house())


def count_numbers(sequence_id: int) -> None:
    """Numbers of a sequence (0: of all) that a page found too old."""
    from outreach.reports import sequence_numbers

    with _house().sessions() as session:
        sequence_numbers.count_again(session, _house().queue.redis, sequence_id)
