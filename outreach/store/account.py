"""The account: one row of the company's own settings (one installation serves one account)."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from outreach.store.base import Base, Json, JsonList

WORKING_WEEK = {"mon-fri": ["09:00-17:00"]}


class Account(Base):
    """Who we are: used in every letter's footer, in schedules, and as the sender before any user exists."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    company: Mapped[str] = mapped_column(default="")
    sender_name: Mapped[str] = mapped_column(default="")
    brand_color: Mapped[str] = mapped_column(default="#2f55d4")
    logo_url: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    postal_address: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="UTC")
    country: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="en")
    working_hours: Mapped[Json]
    booking_link: Mapped[str] = mapped_column(default="")
    switches: Mapped[Json]
    """Kill switches that are on: name -> reason (e.g. `everything`)."""
    open_pixel: Mapped[bool] = mapped_column(default=False)
    daily_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    """L1: letters of all mailboxes in any 24 h; 0 = no limit."""
    new_leads_per_day: Mapped[int] = mapped_column(default=0, server_default="0")
    """L3: first steps of sales sequences a day (the account's local day); 0 = no limit."""
    domain_limits: Mapped[Json]
    """L1: letters an hour to one recipient domain from all mailboxes; as `Mailbox.domain_limits`."""
    sites: Mapped[JsonList]
    """Hosts of our own pages: links of letters to them say who follows (visits are tied to the lead)."""
    inbox_minutes: Mapped[int] = mapped_column(server_default="15", default=15)
    """X4: follow-ups wait when a mailbox was not read for so long."""
    basis_asked: Mapped[bool] = mapped_column(server_default="false", default=False)
    """MAIL C5: automatic letters need a basis where the lead's law asks for one; who runs the house switches it on."""
    consent_months: Mapped[Json]
    """Jurisdiction -> basis -> months, where they are others than those of core.jurisdictions."""
    cap_day: Mapped[int] = mapped_column(server_default="1", default=1)
    """M4: automatic letters that one person gets at most on one of their days."""
    cap_week: Mapped[int] = mapped_column(server_default="5", default=5)
    """M4: and in any seven of their days."""
    answers_an_hour: Mapped[int] = mapped_column(server_default="30", default=30)
    """MAIL L2: automatic answers to one company's domain in any hour; 0 = no limit."""
    burst_least: Mapped[int] = mapped_column(server_default="60", default=60)
    """MAIL L4: fewer requests of one form in ten minutes are never called a burst; 0 = none is."""
    score_rules: Mapped[Json]
    """What counts how much (core.scoring); empty = its defaults."""
    second_factor: Mapped[str] = mapped_column(default="", server_default="")
    """Who must sign in with a second factor: '' (nobody must), 'leaders' (administrators and managers), 'everybody'."""


def get(session: Session) -> Account:
    """The account's row, made with defaults the first time."""
    row: Account | None = session.info.get("account")
    if row is not None and row in session:
        return row
    row = session.get(Account, 1)
    if row is None:
        made = {"id": 1, "working_hours": dict(WORKING_WEEK), "switches": {}, "sites": [], "score_rules": {}}
        session.execute(insert(Account).values(made).on_conflict_do_nothing())  # two first ones at once are one
        row = session.get_one(Account, 1)
    # A session forgets rows that nobody holds; this one is asked for many times in each transaction.
    session.info["account"] = row
    return row


def zone_of(session: Session, own: str) -> ZoneInfo:
    """W6: somebody's own time zone, else ours. (An account without one, which no page saves, is at Greenwich.)"""
    return ZoneInfo(own or get(session).zone or "UTC")


def brand(row: Account) -> dict[str, Any]:
    """The `brand` merge fields."""
    return {
        "name": row.company or row.sender_name,
        "color": row.brand_color,
        "logo_url": row.logo_url,
        "postal_address": row.postal_address,
        "website": row.website,
    }
