"""A lead's browser shows one of our own pages: keep the visit with its class (B1), tell the engine of people only.

Only for browsers that say who they are: by the token of a letter's link or of a form. Nobody else is kept.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from outreach.core import tracking
from outreach.journeys.house import House
from outreach.store import account, events, happenings, leads, visits
from outreach.store.account import Account
from outreach.store.visits import Visit

PURPOSE = "visit"
AGAIN = timedelta(minutes=10)
"""The same page within so long is one visit."""
PARAMETER = "o"


def token(house: House, lead_id: int) -> str:
    """What ties a browser to a lead; it opens nothing and reveals nothing."""
    return house.token(PURPOSE, lead_id)


def is_ours(us: Account, host: str) -> bool:
    """Whether this host is one of our own sites: named in the settings (its subdomains too), or our website."""
    host = host.lower().partition(":")[0].removeprefix("www.")
    own = [*(str(site) for site in us.sites), urlsplit(us.website).hostname or ""]
    names = [name.lower().removeprefix("www.") for name in own if name]
    return bool(host) and any(host == name or host.endswith("." + name) for name in names)


def marked(session: Session, house: House, url: str, lead_id: int) -> str:
    """A link's target with the token that tells our page who follows it; other people's sites get none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not is_ours(account.get(session), parts.hostname or ""):
        return url
    query = "&".join(filter(None, (parts.query, f"{PARAMETER}={token(house, lead_id)}")))
    return parts._replace(query=query).geturl()


def keep(
    session: Session, lead_id: int, site: str, path: str, referrer: str, hit: tracking.Hit, now: datetime
) -> Visit | None:
    """(1) A page of ours, (2) not the same one a moment ago, (3) keep with the verdict, (4) tell of a person."""
    lead = leads.locked(session, lead_id) if is_ours(account.get(session), site) else None
    if lead is None or lead.erased_at is not None:
        return None
    before = visits.latest(session, lead_id, site, path)
    if before is not None and now - before.at < AGAIN:
        return None
    verdict = tracking.judge_visit(hit)
    visit = Visit(
        lead_id=lead_id, site=site, path=path, referrer=referrer, at=now, real_at=hit.at, verdict=verdict.kind,
        rule=verdict.rule, agent=hit.agent[:500], ip=hit.ip,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    if verdict.kind == tracking.HUMAN:
        lead.last_activity_at = now
        events.record(
            session, now, "visit", f"Visited {path} on {site}.", lead_id=lead_id, rule="B1", data={"path": path}
        )
        happenings.note(session, now, "visited", path, lead_id, data={"visit": visit.id})
    return visit
