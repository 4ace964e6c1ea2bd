"""What the engine has to know of a lead and the house right now, read afresh before every decision (X4)."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach import documents
from outreach.core.enrolments import Facts, Pausing, SentMail, Snapshot
from outreach.core.sequences import Sequence, Week
from outreach.core.tasks import OUTCOMES
from outreach.journeys import letters
from outreach.journeys.house import House
from outreach.store import account, business_clock, consents, enrolments, leads, mailboxes, messages, tasks
from outreach.store.account import Account
from outreach.store.enrolments import Enrolment
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Hit, Link, Message
from outreach.store.sequences import VersionRow
from outreach.store.users import User

EDUCATION = "educational mail"
"""The purpose under which consent to nurture and newsletters is kept."""
LOOK_BACK = timedelta(days=31)
INBOX_FRESH = timedelta(minutes=15)
"""X4: real time; a mailbox with IMAP that was not read for so long holds follow-ups."""


def snapshot(row: Enrolment) -> Snapshot:
    """The row as the engine sees it."""
    return Snapshot(
        id=row.id,
        state=row.state,
        step_key=row.step_key,
        due_at=row.due_at,
        anchor_at=row.anchor_at,
        last_done_at=row.last_done_at,
        reason=row.reason,
        memory=row.memory,
    )


def sequence_of(session: Session, row: Enrolment) -> Sequence:
    """The version that this enrolment points to (V1)."""
    version = session.get_one(VersionRow, row.version_id)
    return parsed(version.document)


@lru_cache(maxsize=256)
def parsed(document: str) -> Sequence:
    """A kept document; it was checked when it was published, so merge fields are not asked for again."""
    return documents.read(document, "published")


def gather(
    session: Session, house: House, lead: Lead, sequence: Sequence, row: Enrolment | None, now: datetime
) -> Facts:
    """The facts of a decision. `row` is None for a lead that is about to enter."""
    us = account.get(session)
    owner = session.get(User, lead.owner_id) if lead.owner_id else None
    fields = _flat(letters.fields_for(session, house, lead, owner=owner))
    clicks, replies = _acts(session, lead, row)
    calls = tasks.calls_of(session, lead.id)
    return Facts(
        zone=lead.zone or us.zone,
        country=lead.country or None,
        region=lead.region or None,
        account_zone=us.zone,
        account_country=us.country or None,
        account_region=us.region or None,
        rep_zone=(owner.zone or us.zone) if owner else None,
        rep_week=week(owner.working_hours or us.working_hours) if owner else None,
        phone=lead.phone or None,
        phone_bad=lead.phone_bad,
        email=lead.email or None,
        company=lead.company or None,
        fields=fields,
        needs=_needs(session, sequence),
        tags=leads.tags_of(session, lead.id),
        stage=lead.stage,
        prefers=lead.reach_by or None,
        score=lead.score,
        clicks=clicks,
        replies=replies,
        attempts=sum(1 for c in calls if c.outcome in OUTCOMES and OUTCOMES[c.outcome].attempt),
        voicemails=sum(1 for c in calls if c.outcome == "left voicemail"),
        suppressed=suppressed(session, lead),
        mails=sent_mails(session, lead.id, now, besides=row.id if row else None),
        rivals=frozenset(e.class_ for e in enrolments.running(session, lead.id) if row is None or e.id != row.id),
        pauses=_pauses(us),
        inbox_read=inbox_read(session, house),
    )


def suppressed(session: Session, lead: Lead) -> str | None:
    """X7: why this person gets no automatic mail; None = may be written to."""
    if lead.erased_at:
        return "erased"
    if lead.do_not_contact:
        return "do not contact"
    found = consents.suppression(session, lead.email) if lead.email else None
    if found:
        return found.reason
    return "bounced" if lead.address_state == "dead" else None


def refused_education(session: Session, lead: Lead) -> str | None:
    """The lead's last word on educational mail, where it was a no; silence is none (the programme can be left at once)."""
    said = consents.latest(session, lead.id, EDUCATION)
    return "no consent to educational mail" if said is not None and not said.granted else None


def sent_mails(session: Session, lead_id: int, now: datetime, besides: int | None = None) -> tuple[SentMail, ...]:
    """M4, M5: automatic letters of late, those under way and the rep's own mail included.

    Letters of enrolment `besides` that are still on their way are left out: they are what is being decided.
    """
    rows = messages.automatic_times(session, lead_id, now - LOOK_BACK, besides)
    own = messages.own_times(session, lead_id, now - LOOK_BACK)
    return tuple(SentMail(at, klass, at_once) for at, klass, at_once in rows) + tuple(
        SentMail(at, "sales") for at in own
    )


def inbox_read(session: Session, house: House) -> bool:
    """X4: every mailbox with IMAP was read within the last minutes (real time)."""
    real = business_clock.real_now(session)
    watched = [m for m in mailboxes.active(session) if m.imap_secret or (m.from_env and house.settings.imap_url)]
    return all(m.read_at is not None and real - m.read_at < INBOX_FRESH for m in watched)


def week(hours: dict[str, Any]) -> Week:
    """Working hours as kept (`{"mon-fri": ["09:00-17:00"]}`) as a week."""
    return documents.week(hours)


def _pauses(us: Account) -> tuple[Pausing, ...]:
    """P2: the switch for everything."""
    reason = us.switches.get("everything")
    return (Pausing("everything", str(reason)),) if reason else ()


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested merge fields by dotted name."""
    flat: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _needs(session: Session, sequence: Sequence) -> dict[str, frozenset[str]]:
    """F3: for each template of the sequence, the fields it prints without a fallback."""
    keys = {variant.template for step in sequence.every_step() if step.is_mail for variant in step.mail.variants}
    texts = letters.texts_of(session, {key for key in keys if key})
    return {key: letters.needed(texts[key]) if key in texts else frozenset({f"template {key}"}) for key in keys if key}


def _acts(session: Session, lead: Lead, row: Enrolment | None) -> tuple[frozenset[str], frozenset[str]]:
    """Names of links the person clicked, and the senses of replies, since the enrolment began."""
    since = row.entered_at if row else lead.created_at
    clicked = (
        select(Link.name)
        .join(Hit, Hit.link_id == Link.id)
        .join(Message, Message.id == Link.message_id)
        .where(Message.lead_id == lead.id, Hit.verdict == "human", Hit.kind == "click", Hit.at >= since)
    )
    replied = select(InboundMail.sense).where(
        InboundMail.lead_id == lead.id, InboundMail.class_ == "human", InboundMail.received_at >= since
    )
    return frozenset(session.scalars(clicked)), frozenset(session.scalars(replied))
