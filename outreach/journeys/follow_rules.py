"""The account's rules of following: our own sites, how fresh the inbox must be (X4), the cap (M4), the score, stop rules by name (X1)."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from outreach import documents
from outreach.core import scoring
from outreach.core.sequences import STOPS
from outreach.documents import DocumentError
from outreach.errors import Refused
from outreach.journeys import scoring as scores
from outreach.store import account, stop_sets
from outreach.store.stop_sets import StopSet

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)*")
MOST_SITES = 50
ACTIONS = ("continue", "pause", "stop", "ask")
MOST_MINUTES = 1440
MOST_ANSWERS = 10_000


def sites(text: str) -> list[str]:
    """Hosts, one a line or with commas; addresses are cut down to their host. Raises Refused."""
    found = []
    for word in re.split(r"[\s,]+", text.strip().lower()):
        host = re.sub(r"^https?://", "", word).split("/")[0].partition(":")[0].strip(".")
        if not host:
            continue
        if not HOST.fullmatch(host):
            raise Refused(f"“{word[:80]}” is no host name; write one such as shop.example.com.")
        found.append(host)
    if len(found) > MOST_SITES:
        raise Refused(f"These are more than {MOST_SITES} sites.")
    return list(dict.fromkeys(found))


def points(text: str, what: str) -> dict[str, int]:
    """Lines such as ``clicked pricing = 10``. Raises Refused."""
    found: dict[str, int] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, equals, number = line.rpartition("=")
        if not equals or not name.strip() or not re.fullmatch(r"\s*[+-]?\d{1,4}\s*", number):
            raise Refused(f"“{line[:80]}”: write {what} = 10, one a line.")
        found[" ".join(name.split())] = int(number)
    return found


def _named(text: str) -> dict[str, int]:
    found = points(text, "clicked pricing")
    try:
        scoring.read({"named": found})
    except scoring.NotRules as fault:
        raise Refused(str(fault)) from None
    return found


def save(session: Session, given: Mapping[str, str]) -> dict[str, str]:
    """Keep everything of the page, or nothing: what is wrong comes back by field."""
    wrong: dict[str, str] = {}
    kept: dict[str, Any] = {"points": {}}

    def taken(field: str, take: Any) -> Any:
        try:
            return take()
        except Refused as fault:
            wrong[field] = str(fault)
            return None

    us = account.get(session)
    given = {"answers_an_hour": str(us.answers_an_hour), "burst_least": str(us.burst_least)} | dict(given)
    hosts = taken("sites", lambda: sites(given.get("sites", "")))
    minutes = taken("inbox_minutes", lambda: _whole(given, "inbox_minutes", 1, MOST_MINUTES))
    cap_day = taken("cap_day", lambda: _whole(given, "cap_day", 1, 24))
    cap_week = taken("cap_week", lambda: _whole(given, "cap_week", 1, 100))
    answers = taken("answers_an_hour", lambda: _whole(given, "answers_an_hour", 0, MOST_ANSWERS))
    burst = taken("burst_least", lambda: _whole(given, "burst_least", 0, MOST_ANSWERS))
    for kind in scoring.KINDS:
        kept["points"][kind] = taken(kind, lambda kind=kind: _whole(given, kind, -scoring.HIGHEST, scoring.HIGHEST))
    kept["named"] = taken("named", lambda: _named(given.get("named", "")))
    kept["tags"] = taken("tags", lambda: points(given.get("tags", ""), "a tag"))
    kept["half_days"] = taken("half_days", lambda: _whole(given, "half_days", 0, 3650))
    kept["most"] = taken("most", lambda: _whole(given, "most", 1, 100))
    if not wrong:
        taken("named", lambda: scores.save_rules(session, kept))
    if wrong:
        return wrong
    us.sites, us.inbox_minutes, us.cap_day, us.cap_week = hosts, minutes, cap_day, cap_week
    us.answers_an_hour, us.burst_least = answers, burst
    return {}


def save_stops(session: Session, row: StopSet | None, name: str, note: str, rules: Mapping[str, Any]) -> StopSet:
    """A set of stop rules, new or changed; it counts at once in every sequence that uses it. Raises Refused."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Give the set a name: sequences use it by that name.")
    other = stop_sets.by_name(session, name)
    if other is not None and other is not row:
        raise Refused(f"There is a set “{other.name}” already.")
    stage = {key: action for key, action in dict(rules.get("stage", {})).items() if action}
    plain: dict[str, Any] = {key: rules[key] for key in STOPS if rules.get(key)}
    try:
        documents.stop_rules(plain | ({"stage": stage} if stage else {}))
    except DocumentError as fault:
        raise Refused(str(fault)) from None
    row = row or StopSet(name=name, rules={})
    row.name, row.note, row.rules = name, note.strip()[:300], plain | ({"stage": stage} if stage else {})
    session.add(row)
    session.flush()
    return row


def _whole(given: Mapping[str, str], key: str, least: int, most: int) -> int:
    text = given.get(key, "").strip() or "0"
    if not re.fullmatch(r"[+-]?\d{1,5}", text) or not least <= int(text) <= most:
        raise Refused(f"Write a whole number from {least} to {most}.")
    return int(text)
