"""Tell our own people: a line under the bell, and where it matters a letter (O9: auto-generated)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.journeys.house import House
from outreach.store import notices, templates, users
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.users import User


def tell(session: Session, user_id: int | None, kind: str, text: str, path: str, now: datetime) -> None:
    """A line under the bell of a user (None: of the administrators)."""
    notices.add(session, user_id, kind, text, path, now)


def tell_managers(session: Session, kind: str, text: str, path: str, now: datetime) -> None:
    """The same for every manager, or for the administrators where nobody manages (K1)."""
    ids: list[int | None] = [user.id for user in users.managers(session)]
    for user_id in ids or [None]:
        tell(session, user_id, kind, text, path, now)


def write(
    session: Session,
    house: House,
    user: User | None,
    template: str,
    extra: dict[str, Any],
    now: datetime,
    lead: Lead | None = None,
) -> None:
    """A letter to a user, or to the account's sender while there is no user; goes at once."""
    mark = templates.marks(session, [template]).get(template)
    if mark is None:
        return
    session.add(
        Message(
            kind="notice",
            lane="urgent",
            at_once=True,
            user_id=user.id if user else None,
            lead_id=lead.id if lead else None,
            to_address=user.email if user else house.settings.mail_from_address,
            template_version_id=mark[0],
            extra={"fields": extra, "template": template},
            references=[],
            due_at=now,
            queued_at=now,
        )
    )
