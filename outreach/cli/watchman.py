"""Waits at the inboxes (IMAP IDLE), so that a reply stops a sequence within seconds and not at the next look.

One thread a mailbox, inside the postman process. It reads nothing: it says that a mailbox is due, and wakes the fetcher.
When a server has no IDLE or the line breaks, the look every minute goes on all the same.
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from outreach.journeys import fetch
from outreach.mail import imap
from outreach.mail.imap import ImapError
from outreach.wiring import House

LOOK_EVERY = 30.0
AFTER_A_FAULT = 60.0
WITHOUT_IDLE = 900.0
MOST_MAILBOXES = 50
log = logging.getLogger(__name__)


class Watchman:
    """Keeps a waiting thread at each mailbox with IMAP until `stop` is set."""

    def __init__(self, house: House, stop: threading.Event) -> None:
        self.house, self.stop = house, stop
        self.waiting: dict[int, threading.Thread] = {}
        self.wanted: dict[int, str] = {}

    def start(self) -> None:
        """Begin; it looks for new and removed mailboxes by itself."""
        threading.Thread(target=self._keep, name="watchman", daemon=True).start()

    def _keep(self) -> None:
        while not self.stop.is_set():
            try:
                self.wanted = fetch.watched(self.house, MOST_MAILBOXES)
            except SQLAlchemyError as error:
                log.warning("the watchman waits for the database: %s", type(error).__name__)
            except Exception:
                log.exception("the watchman cannot tell which mailboxes there are")  # the look every minute goes on
            for number, url in self.wanted.items():
                thread = self.waiting.get(number)
                if thread is None or not thread.is_alive():
                    self.waiting[number] = threading.Thread(
                        target=self._wait, args=(number, url), name=f"idle-{number}", daemon=True
                    )
                    self.waiting[number].start()
            self.stop.wait(LOOK_EVERY)

    def _wait(self, number: int, url: str) -> None:
        """At one mailbox, until it is gone or its address changed."""

        def over() -> bool:
            return self.stop.is_set() or self.wanted.get(number) != url

        while not over():
            pause = AFTER_A_FAULT
            try:
                if not imap.wait_for_mail(url, self._seen(number), over, token=fetch.bearer(self.house, number)):
                    pause = WITHOUT_IDLE
            except (ImapError, SQLAlchemyError) as error:
                log.info("IDLE ended: %s", error if isinstance(error, ImapError) else type(error).__name__)
            except Exception:
                log.exception("waiting at mailbox %s failed", number)
            if not over():
                self.stop.wait(pause)

    def _seen(self, number: int) -> Callable[[], None]:
        def seen() -> None:
            fetch.hurry(self.house, number)
            self.house.queue.poke("fetch_mail")

        return seen
