"""The closed loop (RULES N): ended without reply = in nurture + left out with a reason + exceptions, and who they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.store import kept_reports, loose_ends
from outreach.store.loose_ends import End

FATES = {
    loose_ends.NURTURE: "in a nurture programme",
    loose_ends.EXCLUDED: "left out with a reason",
    loose_ends.EXCEPTION: "exceptions: nobody decided",
}


@dataclass(frozen=True)
class Reason:
    fate: str
    words: str
    count: int


@dataclass(frozen=True)
class Loop:
    """The equation. `at`: when it was counted; the sums of the reasons are the sums of the fates."""

    at: datetime
    days: int
    nurture: int
    excluded: int
    exceptions: int
    reasons: tuple[Reason, ...]

    @property
    def ended(self) -> int:
        """Everybody who came to the end without answering."""
        return self.nurture + self.excluded + self.exceptions

    @property
    def closed(self) -> bool:
        return self.exceptions == 0

    def of(self, fate: str) -> int:
        return {"nurture": self.nurture, "excluded": self.excluded, "exception": self.exceptions}[fate]


def kept(session: Session) -> Loop | None:
    """As it was counted last by the watchdog; None before it came round."""
    found = kept_reports.kept(session, kept_reports.CLOSED_LOOP)
    if found is None:
        return None
    sums = found.data["sums"]
    reasons = tuple(Reason(*each) for each in found.data["reasons"])
    return Loop(found.at, found.data["days"], sums["nurture"], sums["excluded"], sums["exception"], reasons)


def counted(session: Session, now: datetime, days: int = loose_ends.DAYS) -> Loop:
    """Counted now."""
    reasons = tuple(Reason(*each) for each in loose_ends.tally(session, now - timedelta(days=days)))
    sums = {fate: sum(each.count for each in reasons if each.fate == fate) for fate in FATES}
    return Loop(now, days, sums["nurture"], sums["excluded"], sums["exception"], reasons)


def people(
    session: Session, fate: str, now: datetime, days: int = loose_ends.DAYS, reason: str | None = None, limit: int = 500
) -> list[End]:
    """The people behind one number, the latest first."""
    return loose_ends.some(session, fate, now - timedelta(days=days), reason, limit)
