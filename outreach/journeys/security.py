"""What changes at the sign-in of a user is journalled, and told to whom it is about."""

from sqlalchemy.orm import Session

from outreach.journeys import notify
from outreach.journeys.house import House
from outreach.store import events
from outreach.store.users import User

LETTER = "notice-account"


def note(session: Session, house: House, user: User, words: str, by: User | None, *, tell: bool = False) -> None:
    """An event, listed on Settings, Users. `by`: who did it, None for the operator or nobody known. `tell`: the user gets a
    letter too, since a stranger may have done it."""
    now = house.now(session)
    about = {"user": user.id}
    actor = by.id if by else None
    events.record(session, now, "security", f"{user.name}: {words}", actor_id=actor, data=about)
    if tell:
        who = "" if by is None or by.id == user.id else by.name
        extra = {"change": {"words": words, "by": who}, "profile_url": house.url("/settings/me")}
        notify.write(session, house, user, LETTER, extra, now)
