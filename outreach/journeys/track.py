"""Somebody, or something, opened a tracked link (RULES B): keep the raw hit, judge it, tell the engine of people only.

A click within seconds of delivery is judged twice: a scanner that opens the whole letter shows itself only by its next
hits. Until `settle` has run, such a click counts for nothing.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core import signals, tracking
from outreach.journeys import applying, visit
from outreach.journeys.house import House
from outreach.store import account, bases, business_clock, events, happenings, links
from outreach.store.leads import Lead
from outreach.store.links import Hit, Link
from outreach.store.messages import Message

log = logging.getLogger(__name__)

LATER = "later: "
LOOK_AROUND = timedelta(minutes=10)
TARGETS = ("http://", "https://", "mailto:", "tel:")


def target(session: Session, link_id: int) -> str | None:
    """Where a tracked link leads: the address kept when the letter was made, of a scheme that is allowed."""
    found = session.get(Link, link_id)
    url = found.url if found else ""
    return url if url.lower().startswith(TARGETS) and url.isprintable() else None


def marked(session: Session, house: House, hit: tracking.Hit, message_id: int | None, url: str) -> str:
    """The target as a person's browser gets it: on our own sites it says who comes (see visit). Machines learn nothing."""
    found = links.with_letter(session, hit.link_id, message_id)
    if found is None or found[1].lead_id is None or tracking.judge_open(hit).kind != tracking.HUMAN:
        return url
    return visit.marked(session, house, url, found[1].lead_id)


def click(session: Session, house: House, hit: tracking.Hit, message_id: int | None, now: datetime) -> None:
    """(1) Judge, (2) keep, (3) take back what came with a scanner, (4) tell the engine of a person.

    `message_id`: the letter, where its link is one that many letters share.
    """
    found = links.with_letter(session, hit.link_id, message_id)
    if found is None:
        return
    link, letter = found
    around = links.clicks_around(session, letter.id, hit.at - LOOK_AROUND)
    verdict = tracking.judge(hit, _since(letter, now), [_as_hit(row, name) for row, name in around])
    rule = ("" if verdict.settled else LATER) + verdict.rule
    session.add(
        Hit(
            message_id=letter.id, link_id=link.id, kind="click", verdict=verdict.kind, rule=rule, method=hit.method,
            agent=hit.agent[:500], ip=hit.ip, at=now, real_at=hit.at,
        )
    )  # fmt: skip
    if verdict.kind == tracking.SCANNER:
        _take_back(around, hit, verdict)
    if verdict.kind == tracking.HUMAN:
        _tell(session, house, letter, link, now)


def opened(session: Session, message_id: int, hit: tracking.Hit, now: datetime) -> None:
    """Keep an open with its class; nothing ever rests on it (B2). Not of somebody who does not want it, or who was erased."""
    letter = session.get(Message, message_id)
    lead = session.get(Lead, letter.lead_id) if letter and letter.lead_id else None
    if lead is None or lead.id not in bases.opens_seen(session, account.get(session), {lead.id: lead}):
        return
    verdict = tracking.judge_open(hit)
    session.add(
        Hit(
            message_id=message_id, kind="open", verdict=verdict.kind, rule=verdict.rule, method=hit.method,
            agent=hit.agent[:500], ip=hit.ip, at=now, real_at=hit.at,
        )
    )  # fmt: skip


def settle(house: House) -> int:
    """Judge again the clicks that were too near to their letter's delivery; how many there were. Safe to run twice."""
    with house.sessions.begin() as session:
        return settle_before(session, house, house.now(session), business_clock.real_now(session))


def settle_before(session: Session, house: House, now: datetime, real_now: datetime) -> int:
    """The same at a given moment, in the caller's transaction."""
    waiting = links.unsettled_clicks(session, real_now - tracking.BURST)
    for row in waiting:
        found = links.with_letter(session, row.link_id or 0, row.message_id)
        if found is None:
            row.rule = row.rule.removeprefix(LATER)
            continue
        link, letter = found
        around = links.clicks_around(session, letter.id, row.real_at - LOOK_AROUND)
        others = [_as_hit(other, name) for other, name in around if other.id != row.id]
        verdict = tracking.judge(_as_hit(row, link.name), timedelta(0), others)
        row.verdict = verdict.kind if verdict.settled else tracking.HUMAN
        row.rule = verdict.rule if verdict.settled else "B3 alone, seconds after delivery"
        if row.verdict == tracking.HUMAN:
            _tell(session, house, letter, link, now)
    return len(waiting)


def _tell(session: Session, house: House, letter: Message, link: Link, now: datetime) -> None:
    if letter.lead_id is None:
        return
    text = f"Clicked “{link.name or link.url[:120]}”" + (f" in “{letter.subject}”." if letter.subject else ".")
    events.record(
        session, now, "click", text, lead_id=letter.lead_id, enrolment_id=letter.enrolment_id, message_id=letter.id,
        step_key=letter.step_key, rule="B3", data={"link": link.id, "url": link.url[:1000], "name": link.name},
    )  # fmt: skip
    happenings.note(session, now, "clicked", link.name or link.url, letter.lead_id, data={"message": letter.id})
    applying.signal(session, house, letter.lead_id, signals.Clicked(link.name or link.url), now, message_id=letter.id)


def _take_back(around: list[tuple[Hit, str]], hit: tracking.Hit, verdict: tracking.Verdict) -> None:
    for row, name in around:
        together = abs(row.real_at - hit.at) <= tracking.BURST
        alike = row.agent == hit.agent and row.ip == hit.ip
        if row.verdict in (tracking.HUMAN, tracking.UNKNOWN) and together and alike and name != hit.link_name:
            row.verdict, row.rule = tracking.SCANNER, verdict.rule


def _since(letter: Message, now: datetime) -> timedelta | None:
    return now - letter.sent_at if letter.sent_at else timedelta(0)


def _as_hit(row: Hit, name: str) -> tracking.Hit:
    return tracking.Hit(row.real_at, row.link_id or 0, row.method, row.agent, row.ip, link_name=name)
