"""Everything personal of one lead, blanked where it lies; what is left are ids, times, states and numbers (RULES X7).

Rows stay, so that what was counted stays counted; only what is of no use without its words goes as a row. Each statement may
be run again. What names the lead in places that are no rows of theirs is found by their addresses.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from outreach.store import corrections
from outreach.store.leads import Alias, Lead
from outreach.store.messages import Message

MY_LETTERS = """WITH mine AS MATERIALIZED (
  SELECT id FROM messages WHERE lead_id = :lead UNION SELECT id FROM messages WHERE id = ANY(:copies))"""
MY_MAIL = """WITH letters AS MATERIALIZED (
  SELECT id FROM messages WHERE lead_id = :lead UNION SELECT id FROM messages WHERE id = ANY(:copies)
), mine AS MATERIALIZED (
  SELECT id FROM inbox WHERE lead_id = :lead OR lower(from_address) = ANY(:addresses)
    OR (message_id = ANY(SELECT id FROM letters)))"""

SHORT = "'reason', 'choice', 'outcome', 'kind', 'scope', 'month', 'state', 'class', 'sense'"
"""Words of an event's data that are ours and are counted; other words in it are not kept."""
KEPT_DATA = f"""coalesce((SELECT jsonb_object_agg(d.key, d.value) FROM jsonb_each(e.data) d
  WHERE jsonb_typeof(d.value) IN ('number', 'boolean', 'null') OR (d.key IN ({SHORT}) AND jsonb_typeof(d.value) = 'string'
    AND length(d.value #>> '{{}}') <= 200 AND NOT (lower(d.value #>> '{{}}') LIKE ANY(:like)))), '{{}}')"""

STATEMENTS: tuple[TextClause, ...] = tuple(
    text(statement)
    for statement in (
        # copies that other people's mails made of themselves for this person, and the lists that name them
        """UPDATE messages m SET to_address = '', extra = m.extra - 'to' - 'cc' FROM messages first
           WHERE first.kind = 'own' AND lower(first.extra ->> 'cc') LIKE ANY(:like) AND m.kind = 'copy'
             AND (m.extra ->> 'copy_of')::bigint = first.id AND lower(m.to_address) = ANY(:addresses)
             AND m.id = ANY(SELECT (c.value #>> '{}')::bigint FROM jsonb_array_elements(first.extra -> 'copies') c)""",
        """UPDATE messages SET extra = jsonb_set(extra, '{cc}', (
             SELECT coalesce(jsonb_agg(c.value), '[]') FROM jsonb_array_elements(extra -> 'cc') c
             WHERE NOT (lower(c.value ->> 1) = ANY(:addresses))))
           WHERE kind = 'own' AND lower(extra ->> 'cc') LIKE ANY(:like)""",
        # what came in
        f"{MY_MAIL} DELETE FROM attachments USING mine WHERE inbound_id = mine.id",
        f"""{MY_MAIL} UPDATE inbox i SET raw = '', envelope_from = '', wire_id = '', "references" = '[]', from_address = '',
             from_name = '', subject = '', reply_text = '', error = '', evidence = '', detail = '{{}}',
             state = CASE WHEN i.state IN ('new', 'quarantined') THEN 'done' ELSE i.state END
           FROM mine WHERE i.id = mine.id""",
        # what went out, and what was kept of it elsewhere
        f"""{MY_LETTERS} DELETE FROM local_letters l USING messages m, mine
           WHERE m.id = mine.id AND m.message_id <> '' AND l.message_id = m.message_id""",
        "DELETE FROM local_letters WHERE envelope_to = ANY(:addresses)",
        f"""{MY_LETTERS} UPDATE hook_posts p SET body = '' FROM hook_events e, mine
           WHERE e.message_id = mine.id AND p.id = e.post_id AND p.state <> 'new'""",
        f"{MY_LETTERS} UPDATE links l SET url = '' FROM mine WHERE l.message_id = mine.id",
        f"{MY_LETTERS} UPDATE hits h SET ip = '', agent = '' FROM mine WHERE h.message_id = mine.id",
        f"{MY_LETTERS} DELETE FROM sent_files f USING mine WHERE f.message_id = mine.id",
        f"""{MY_LETTERS} UPDATE messages m SET to_address = '', subject = '', body = '', text_sent = '', answer = '',
             extra = CASE WHEN m.extra ? 'copy_of' THEN jsonb_build_object('copy_of', m.extra -> 'copy_of') ELSE '{{}}' END,
             "references" = '[]', reason = CASE WHEN m.state = 'unsure' THEN m.reason ELSE '' END
           FROM mine WHERE m.id = mine.id""",
        # the lead's own rows
        """UPDATE events e SET text = '', data = """ + KEPT_DATA + " WHERE e.lead_id = :lead AND e.kind <> 'erased'",
        "UPDATE enrolments SET reason = '', why = '', memory = '{}' WHERE lead_id = :lead",
        "UPDATE tasks SET title = '', script = '', note = '', memory = '{}' WHERE lead_id = :lead",
        """UPDATE submissions SET answers = '{}', fingerprint = 'erased ' || id, context = '{}'
           WHERE lead_id = :lead""",
        "UPDATE consents SET ip = '' WHERE lead_id = :lead",
        "UPDATE visits SET path = '/', referrer = '', agent = '', ip = '' WHERE lead_id = :lead",
        "UPDATE held_answers SET ended_at = :now, \"end\" = 'left' WHERE lead_id = :lead AND ended_at IS NULL",
        """DELETE FROM answered_domains a WHERE domain = ANY(:domains) AND NOT EXISTS (SELECT 1 FROM leads l
           WHERE lower(split_part(l.email, '@', 2)) = a.domain AND l.email <> '' AND l.id <> :lead)""",
        "DELETE FROM happenings WHERE lead_id = :lead",
        "DELETE FROM waiting_entries WHERE lead_id = :lead",
        "DELETE FROM segment_members WHERE lead_id = :lead",
        "DELETE FROM lead_tags WHERE lead_id = :lead",
        "DELETE FROM lead_aliases WHERE lead_id = :lead",
        "UPDATE batch_items SET text = '', before = NULL WHERE lead_id = :lead",
        """UPDATE batches SET title = '', params = '{}' WHERE state NOT IN ('running', 'undoing')
           AND (lower(title) LIKE ANY(:like) OR lower(params::text) LIKE ANY(:like))""",
        """UPDATE pauses SET reason = '' WHERE (scope = 'lead' AND subject_id = :lead)
           OR (scope = 'enrolment' AND subject_id IN (SELECT id FROM enrolments WHERE lead_id = :lead))""",
        "DELETE FROM notices WHERE path = '/leads/' || :lead OR lower(text) LIKE ANY(:like)",
        "DELETE FROM kept_reports WHERE lower(data::text) LIKE ANY(:like)",
        "DELETE FROM suppressions WHERE email = ANY(:addresses)",
        """UPDATE leads SET email = '', name = '', phone = '', phone_bad = false, company = '', title = '', topic = '', zone = '',
             zone_source = '', country = '', region = '', locale = '', reach_by = '',
             best_time = '', score = 0, score_bonus = 0, hot = false, fields = '{}',
             erased_at = coalesce(erased_at, :now) WHERE id = :lead""",
    )
)


def addresses_of(session: Session, lead: Lead) -> list[str]:
    """Every address that was this person's, in small letters, and nobody else's now."""
    written = select(Message.to_address).where(Message.lead_id == lead.id, Message.kind != "notice").distinct()
    aliases = session.scalars(select(Alias.email).where(Alias.lead_id == lead.id))
    found = {one.strip().lower() for one in (lead.email, *aliases, *session.scalars(written))} - {""}
    others = select(Lead.email).where(Lead.email.in_(found), Lead.id != lead.id)
    theirs = select(Alias.email).where(Alias.email.in_(found), Alias.lead_id != lead.id)
    return sorted(found - set(session.scalars(others)) - set(session.scalars(theirs)))


def copies_of(session: Session, lead_id: int) -> list[int]:
    """The copies that mails to this lead made for people in Cc: the same words."""
    query = select(Message.extra["copies"]).where(Message.lead_id == lead_id, Message.extra.has_key("copies"))
    return [int(number) for numbers in session.scalars(query) for number in numbers]


def blank(session: Session, lead: Lead, addresses: Sequence[str], now: datetime) -> None:
    """Blank all that is personal of this lead, whose addresses these were; in the caller's transaction."""
    _unlearn(session, lead.id)
    values = {
        "lead": lead.id, "addresses": list(addresses), "copies": copies_of(session, lead.id), "now": now,
        "domains": sorted({one.rpartition("@")[2] for one in addresses}),
        "like": [f"%{_literal(word)}%" for word in _telling(lead, addresses)],
    }  # fmt: skip
    session.flush()
    for statement in STATEMENTS:
        session.execute(statement, values)
    session.expire_all()


def _telling(lead: Lead, addresses: Sequence[str]) -> Iterator[str]:
    """What says who it is wherever it stands: addresses, the whole name, the number."""
    yield from addresses
    yield from (word.lower() for word in (lead.name.strip(), lead.phone.strip()) if len(word) > 4)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _unlearn(session: Session, lead_id: int) -> None:
    """What was learned from replies forgets the words that only this person used."""
    if corrections.has_learned(session):
        said, others = corrections.features_by(session, lead_id)
        corrections.unlearn(session, said - others)


def is_of_erased(session: Session, message: Message | None) -> bool:
    """Whether a letter was to somebody erased, or is a copy of such a letter."""
    if message is not None and message.kind == "copy":
        message = session.get(Message, message.extra.get("copy_of"))
    lead = session.get(Lead, message.lead_id) if message is not None and message.lead_id else None
    return lead is not None and lead.erased_at is not None


def late(session: Session, message: Message) -> None:
    """What was just heard of a letter to somebody erased: that it was heard stays, its words do not."""
    session.flush()
    _late(session, [message.lead_id] if message.lead_id else [], [message.id])
    session.expire(message)


def again(session: Session, since: datetime) -> None:
    """What a sender or a server wrote down of leads that were erased since then, after they were: its words go as well."""
    if found := list(session.scalars(select(Lead.id).where(Lead.erased_at >= since))):
        _late(session, found, [])


def _late(session: Session, lead_ids: Sequence[int], message_ids: Sequence[int]) -> None:
    session.execute(LATE, {"leads": lead_ids, "ids": message_ids})
    session.execute(LATE_EVENTS, {"leads": lead_ids})


def not_erased(session: Session, born: Mapping[int, datetime]) -> list[int]:
    """Those of these leads that are there, of that birth, and not erased."""
    query = select(Lead.id, Lead.created_at).where(Lead.id.in_(born), Lead.erased_at.is_(None))
    return [number for number, at in session.execute(query) if at == born[number]]


LATE = text(
    "UPDATE messages SET answer = '', text_sent = '', subject = '', to_address = '',"
    " reason = CASE WHEN state = 'unsure' THEN reason ELSE '' END"
    " WHERE id = ANY(:ids) OR (lead_id = ANY(:leads)"
    " AND (answer <> '' OR text_sent <> '' OR subject <> '' OR to_address <> '' OR reason <> ''))"
)
LATE_EVENTS = text("UPDATE events e SET text = '' WHERE lead_id = ANY(:leads) AND kind <> 'erased' AND text <> ''")
