"""Scores: worked out afresh from what leads did, by the account's rules (core.scoring); a change may open a way in."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach.core import scoring
from outreach.core.scoring import Act, Part, Rules
from outreach.errors import Refused
from outreach.journeys.house import House
from outreach.store import account, acts, events, happenings, leads
from outreach.store.leads import Lead
from outreach.store.users import User

log = logging.getLogger(__name__)

AT_ONCE = 500
EVERY = timedelta(days=1)
"""How often points fade for those who did nothing."""
LOOK = "scores"


def rules_of(session: Session) -> Rules:
    """The account's rules; the defaults where nobody set any."""
    try:
        return scoring.read(account.get(session).score_rules)
    except scoring.NotRules:
        log.exception("the rules of the score cannot be read; the defaults count")
        return Rules()


def parts_of(session: Session, lead: Lead, now: datetime) -> list[Part]:
    """What a lead's score is made of."""
    rules = rules_of(session)
    return _parts(session, [lead.id], {lead.id: lead.score_bonus}, rules, now)[lead.id]


def recompute(house: House, lead_ids: Collection[int]) -> None:
    """Work out the scores of these leads again. Safe to run at any time."""
    ids = sorted(lead_ids)
    for start in range(0, len(ids), AT_ONCE):
        with house.sessions.begin() as session:
            recompute_within(session, ids[start : start + AT_ONCE], house.now(session))


def recompute_within(session: Session, lead_ids: Collection[int], now: datetime) -> None:
    """The same in the caller's transaction: (1) lock, in order, (2) work out, (3) write what changed, (4) say so."""
    rules = rules_of(session)
    standing = leads.scores_locked(session, lead_ids)
    if not standing or (rules.silent and not any(score or bonus for score, bonus in standing.values())):
        return
    bonuses = {lead_id: bonus for lead_id, (_, bonus) in standing.items()}
    found = _parts(session, list(standing), bonuses, rules, now)
    changed = {
        lead_id: scoring.total(made) for lead_id, made in found.items() if scoring.total(made) != standing[lead_id][0]
    }
    leads.set_scores(session, changed)
    happenings.note_all(
        session,
        [
            {
                "at": now, "kind": "score", "name": "", "lead_id": lead_id, "key": None,
                "data": {"before": standing[lead_id][0], "after": score},
            }
            for lead_id, score in changed.items() if score > standing[lead_id][0]
        ],
    )  # fmt: skip


def fade(house: House) -> int:
    """Once a day: points of those who did nothing fade too. How many leads were looked at."""
    with house.sessions.begin() as session:
        now, last = house.now(session), happenings.looked(session, LOOK)
        if last is not None and now - last.at < EVERY:
            return 0
        happenings.set_looked(session, LOOK, now)
    count, after = 0, 0
    while True:
        with house.sessions() as session:
            ids = leads.scored_after(session, after, AT_ONCE)
        if not ids:
            return count
        recompute(house, ids)
        count, after = count + len(ids), ids[-1]


def give(session: Session, lead_id: int, points: int, user: User, now: datetime) -> None:
    """A person sets the points by hand. Raises Refused."""
    if not -scoring.HIGHEST <= points <= scoring.HIGHEST:
        raise Refused(f"Give between {-scoring.HIGHEST} and {scoring.HIGHEST} points.")
    lead = leads.locked(session, lead_id)
    if lead is None:
        raise Refused("This lead does not exist any more.")
    if lead.score_bonus == points:
        return
    lead.score_bonus = points
    events.record(
        session, now, "score", f"{user.name} set {points:+d} points by hand.", lead_id=lead.id, actor_id=user.id
    )
    session.flush()
    recompute_within(session, [lead.id], now)
    session.refresh(lead)


def save_rules(session: Session, kept: dict[str, object]) -> None:
    """Keep the account's rules; scores follow with the next happening and the daily look. Raises Refused."""
    try:
        rules = scoring.read(kept)
    except scoring.NotRules as fault:
        raise Refused(str(fault)) from None
    account.get(session).score_rules = scoring.kept(rules)
    happenings.forget_look(session, LOOK)


def _parts(
    session: Session, lead_ids: list[int], bonuses: dict[int, int], rules: Rules, now: datetime
) -> dict[int, list[Part]]:
    since = now - rules.look_back if rules.look_back is not None else None
    did = acts.acts_of(session, lead_ids, since)
    tags = leads.tags_by_lead(session, lead_ids) if rules.tags else {}
    return {
        lead_id: scoring.parts(
            [Act(*each) for each in did.get(lead_id, [])], tags.get(lead_id, []), bonuses[lead_id], rules, now
        )
        for lead_id in lead_ids
    }
