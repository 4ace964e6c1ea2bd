"""The queue of letters, as the database serves it: whose turn it is, who has taken what, and how full the limits are.

A letter waits in the line of its mailbox, ordered by rank (L2), then by due date. Lines are read through one index, so
that a claim costs what it takes and not what waits.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from outreach.store.leases import ALIVE, RESTARTED, SERVER
from outreach.store.messages import RANK_OWN

LEASE = 60.0
"""Real seconds that a claim lasts; whoever began a letter has 15 minutes for its answer."""
CLAIMS = 72016
"""Class of the advisory locks under which a mailbox's letters are claimed, one claim at a time."""
BYPASS, FIRST, LIMITED = (0, RANK_OWN), 3, (2, 4, 5)


def _waits(mailbox: str, lane: str, ranks: Collection[int], more: str = "") -> str:
    """SQL: whether a letter of these ranks is due in a line (`mailbox`: a column or parameter, or NULL).

    One look into the index for each rank: asked for together, or without an order, all that waits would be read.
    """
    whose = "q.mailbox_id IS NULL" if mailbox == "NULL" else f"q.mailbox_id = {mailbox}"
    looks = [
        f"(SELECT true FROM messages q WHERE q.state = 'queued' AND {whose} AND q.lane = {lane} AND q.rank = {rank}"
        f" AND q.due_at <= :now{more} ORDER BY q.due_at LIMIT 1) IS TRUE"
        for rank in ranks
    ]
    return f"({' OR '.join(looks)})"


OFF = "EXISTS (SELECT 1 FROM account a WHERE a.switches ? 'everything')"
HELD_BY_SWITCH = f" AND (q.kind IN ('notice', 'test') OR NOT {OFF})"


def _ready(lane: str) -> str:
    """SQL condition on mailbox `b`: it can be used now, and a letter may go that nothing holds."""
    free = "(b.free_at IS NULL OR b.free_at <= :now)"
    first = "(b.first_at IS NULL OR b.first_at <= :now)"
    return (
        "b.active AND (b.paused_until IS NULL OR b.paused_until <= clock_timestamp()) AND ("
        + _waits("b.id", lane, BYPASS, HELD_BY_SWITCH)
        + f" OR (NOT {OFF} AND {free} AND ("
        + _waits("b.id", lane, LIMITED)
        + f" OR ({first} AND {_waits('b.id', lane, (FIRST,))}))))"
    )


LOST = (
    "EXISTS (SELECT 1 FROM mailboxes b WHERE b.active) AND ("
    + _waits("NULL", "{lane}", range(6))
    + " OR EXISTS (SELECT 1 FROM mailboxes o WHERE NOT o.active AND "
    + _waits("o.id", "{lane}", range(6))
    + "))"
)
"""SQL: a letter is due that has no mailbox, or one that is not used any more."""

READY = text(f"SELECT b.id FROM mailboxes b WHERE {_ready(':lane')} ORDER BY b.id")
DUE_LANES = text(
    f"SELECT l.lane FROM (VALUES ('urgent'), ('outbound')) AS l(lane) WHERE {LOST.format(lane='l.lane')}"
    f" OR EXISTS (SELECT 1 FROM mailboxes b WHERE {_ready('l.lane')})"
)
ANY_LOST = text(f"SELECT {LOST.format(lane=':lane')}")

ADOPT = text("""
WITH lost AS MATERIALIZED (
  SELECT id FROM messages
  WHERE state = 'queued' AND lane = :lane AND due_at <= :now AND rank IN (0, 1, 2, 3, 4, 5)
    AND (mailbox_id IS NULL OR mailbox_id IN (SELECT id FROM mailboxes WHERE NOT active))
  ORDER BY rank, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
UPDATE messages m SET mailbox_id = coalesce(
  (SELECT s.mailbox_id FROM messages s JOIN mailboxes b ON b.id = s.mailbox_id AND b.active
     AND (b.user_id IS NULL OR m.user_id IS NULL OR b.user_id = m.user_id)
    WHERE s.enrolment_id = m.enrolment_id AND s.state IN ('sent', 'unsure') AND s.message_id IS NOT NULL
    ORDER BY s.sent_at DESC NULLS LAST LIMIT 1),
  (SELECT b.id FROM mailboxes b WHERE b.active AND b.user_id = m.user_id AND m.kind <> 'notice' ORDER BY b.id LIMIT 1),
  (SELECT b.id FROM mailboxes b WHERE b.active ORDER BY b.preferred DESC, b.user_id IS NOT NULL, b.id LIMIT 1))
FROM lost WHERE m.id = lost.id
""")

TAKE = text(f"""
WITH due AS MATERIALIZED (
  SELECT q.id FROM unnest(CAST(:ranks AS int[]), CAST(:caps AS bigint[])) AS k(rank, cap)
  CROSS JOIN LATERAL (
    SELECT m.id FROM messages m
    WHERE m.state = 'queued' AND m.mailbox_id = :mailbox AND m.lane = :lane AND m.rank = k.rank AND m.due_at <= :now
      AND (m.kind IN ('notice', 'test') OR NOT :off)
    ORDER BY m.due_at, m.id LIMIT k.cap FOR UPDATE SKIP LOCKED) q
  LIMIT :limit)
UPDATE messages m SET state = 'claimed', lease_owner = :owner, server = {SERVER},
  lease_until = clock_timestamp() + interval '{LEASE} seconds'
FROM due WHERE m.id = due.id
RETURNING m.id, m.kind, m.rank, m.due_at, m.at_once, m.enrolment_id, m.step_key, m.lead_id, m.issue_id, m.to_address, m.slot_at, m.crashes
""")


class Taken(NamedTuple):
    """A letter under a fresh lease."""

    id: int
    kind: str
    rank: int
    due_at: datetime
    at_once: bool
    enrolment_id: int | None
    step_key: str | None
    lead_id: int | None
    issue_id: int | None
    to_address: str
    slot_at: datetime | None
    crashes: int

    @property
    def limited(self) -> bool:
        """Whether limits hold it (W5: letters sent at once and a rep's own mail pass)."""
        return self.rank not in BYPASS


def due_lanes(session: Session, now: datetime) -> list[str]:
    """Lanes in which a letter may go now: what a limit, a pause or a switch holds is not due."""
    return list(session.scalars(DUE_LANES, {"now": now}))


def next_release(session: Session, now: datetime) -> datetime | None:
    """The next moment at which a limit lets go of letters that are due already."""
    query = text(
        "SELECT min(at) FROM (SELECT b.free_at AS at FROM mailboxes b, (VALUES ('urgent'), ('outbound')) AS l(lane)"
        f" WHERE b.active AND b.free_at > :now AND {_waits('b.id', 'l.lane', (2, 3, 4, 5))}"
        " UNION ALL SELECT b.first_at FROM mailboxes b, (VALUES ('urgent'), ('outbound')) AS l(lane)"
        f" WHERE b.active AND b.first_at > :now AND {_waits('b.id', 'l.lane', (FIRST,))}) AS held"
    )
    return session.scalar(query, {"now": now})


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next queued letter falls due, or is let go by its limit."""
    lines = "(VALUES ('urgent'), ('outbound')) AS l(lane), generate_series(0, 5) AS r(rank), LATERAL (SELECT due_at FROM messages m"
    rest = "AND m.lane = l.lane AND m.rank = r.rank AND m.due_at > :now AND m.state = 'queued' ORDER BY m.due_at LIMIT 1) AS q"
    query = text(
        f"SELECT min(due_at) FROM (SELECT q.due_at FROM mailboxes b, {lines} WHERE m.mailbox_id = b.id {rest}"
        f" UNION ALL SELECT q.due_at FROM {lines} WHERE m.mailbox_id IS NULL {rest}) AS coming"
    )
    found = (session.scalar(query, {"now": now}), next_release(session, now))
    return min((at for at in found if at), default=None)


# ---- claiming


def adopt(session: Session, lane: str, now: datetime, limit: int = 500) -> None:
    """Choose the mailbox of due letters that have none (T3): the thread's, else the owner's, else the default one."""
    if session.scalar(ANY_LOST, {"lane": lane, "now": now}):
        session.execute(ADOPT, {"lane": lane, "now": now, "limit": limit})


def ready(session: Session, lane: str, now: datetime) -> list[int]:
    """Mailboxes with a letter that may go now."""
    return list(session.scalars(READY, {"lane": lane, "now": now}))


def hold_mailbox(session: Session, mailbox_id: int, *, wait: bool) -> bool:
    """Claim this mailbox's letters alone until the transaction ends; False when another does and `wait` is not set."""
    values = {"k": mailbox_id}
    if wait:
        session.execute(text(f"SELECT pg_advisory_xact_lock({CLAIMS}, CAST(:k AS int))"), values)
        return True
    return bool(session.scalar(text(f"SELECT pg_try_advisory_xact_lock({CLAIMS}, CAST(:k AS int))"), values))


def take(
    session: Session,
    mailbox_id: int,
    lane: str,
    owner: str,
    now: datetime,
    caps: dict[int, int],
    limit: int,
    *,
    off: bool,
) -> list[Taken]:
    """Lease due letters of a mailbox, at most `caps[rank]` of each rank and `limit` in all, in the order of L2."""
    if limit <= 0 or not any(caps.values()):
        return []
    ranks = sorted(caps)
    values = {"mailbox": mailbox_id, "lane": lane, "owner": owner, "now": now, "limit": limit, "off": off}
    rows = session.execute(TAKE, values | {"ranks": ranks, "caps": [caps[rank] for rank in ranks]}).all()
    return sorted((Taken(*row) for row in rows), key=lambda row: (row.rank, row.due_at, row.id))


PUT_BACK = text("""
UPDATE messages m SET state = 'queued', lease_owner = NULL, lease_until = NULL, server = NULL,
  due_at = v.due_at, reason = v.reason, slot_at = v.slot_at
FROM unnest(CAST(:ids AS bigint[]), CAST(:dues AS timestamptz[]), CAST(:reasons AS text[]), CAST(:slots AS timestamptz[]))
  AS v(id, due_at, reason, slot_at)
WHERE m.id = v.id AND m.state = 'claimed' AND m.lease_owner = :owner
""")


class Later(NamedTuple):
    """A letter that may not go now: until when, why, and whether that moment is a slot of its domain."""

    id: int
    due_at: datetime
    reason: str
    slot: bool = False


def put_back(session: Session, owner: str, rows: Sequence[Later]) -> None:
    """Claimed letters that have to wait go back into their line, at their moment."""
    if rows:
        session.execute(
            PUT_BACK,
            {
                "owner": owner,
                "ids": [row.id for row in rows],
                "dues": [row.due_at for row in rows],
                "reasons": [row.reason for row in rows],
                "slots": [row.due_at if row.slot else None for row in rows],
            },
        )


def hold_longer(session: Session, owner: str, seconds: float) -> None:
    """What was just claimed is held for so long, where a mail server is known to take its time."""
    session.execute(HOLD_LONGER, {"owner": owner, "seconds": seconds})


HOLD_LONGER = text(
    "UPDATE messages SET lease_until = clock_timestamp() + make_interval(secs => :seconds)"
    " WHERE lease_owner = :owner AND state = 'claimed'"
)


def release(session: Session, owner: str, besides: Collection[int] = ()) -> None:
    """Give back what a living sender claimed and did not begin, also where the sweeper took that sender for dead.

    Only for a sender that has written down the end of every letter that it began (`besides`: those that it waits for):
    the database may have lost a `begun`.
    """
    session.execute(RELEASE, {"owner": owner, "besides": list(besides)})


RELEASE = text(
    "UPDATE messages SET state = 'queued', reason = '', lease_owner = NULL, lease_until = NULL, server = NULL"
    f" WHERE lease_owner = :owner AND (state = 'claimed' OR (state = 'unsure' AND reason = '{RESTARTED}'))"
    " AND id <> ALL(CAST(:besides AS bigint[]))"
)


# ---- the line


def first_steps_wait(session: Session, mailbox_id: int, lane: str, now: datetime) -> bool:
    """Whether a first step of a sales sequence is due in this line."""
    query = text(f"SELECT {_waits(':mailbox', ':lane', (FIRST,))}")
    return bool(session.scalar(query, {"mailbox": mailbox_id, "lane": lane, "now": now}))


def place_in_line(session: Session, message_id: int, most: int = 10_000) -> int:
    """How many letters stand before this one in its mailbox's line (at most so many are counted)."""
    query = text(
        "SELECT count(*) FROM (SELECT 1 FROM messages m, messages q WHERE m.id = :id AND q.state = 'queued'"
        " AND q.mailbox_id = m.mailbox_id AND q.lane = m.lane AND (q.rank, q.due_at, q.id) < (m.rank, m.due_at, m.id)"
        " LIMIT :most) AS before"
    )
    return int(session.scalar(query, {"id": message_id, "most": most}) or 0)


# ---- sending: one statement a letter, on a connection of its own

BEGIN = b"""
WITH done AS (
  UPDATE messages SET state = 'sent', sent_at = $8, answer = $9, reason = '', lease_until = NULL,
    settled = settled OR kind <> 'step'
  WHERE id = $7 AND lease_owner = $2 AND state || '' IN ('begun', 'unsure'))
UPDATE messages m SET state = 'begun', attempts = attempts + 1, first_tried_at = coalesce(first_tried_at, $3),
  lease_until = clock_timestamp() + interval '15 minutes', message_id = $4, subject = $5, text_sent = $6,
  "references" = $10, template_version_id = coalesce($11, template_version_id)
WHERE m.id = $1 AND m.state || '' = 'claimed' AND m.lease_owner = $2 AND m.lease_until > clock_timestamp()
  AND (SELECT e.ended_at FROM enrolments e WHERE e.id = m.enrolment_id) IS NULL
  AND (m.kind IN ('notice', 'test') OR NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.email = lower(m.to_address)))
  AND (m.kind IN ('notice', 'test') OR NOT EXISTS (SELECT 1 FROM account a WHERE a.switches ? 'everything'))
  AND (SELECT b.active AND (b.paused_until IS NULL OR b.paused_until <= clock_timestamp()) FROM mailboxes b
    WHERE b.id = m.mailbox_id) IS NOT FALSE
"""
"""claimed -> begun, looking once more at lease, enrolment, suppression, switches and mailbox (X4, X7); beside it the letter
before is marked sent. Both rows are found by their ids, whatever the planner thinks of how few are claimed just now: `|| ''`
keeps it from the index of open letters, a plain subquery from reading all enrolments. Committed without waiting for the disk:
should the database lose it in a crash, the living sender writes it again, and a dead one's claim keeps the server's identity,
which makes the row unsure instead of queued (DESIGN 4.4)."""
BEGIN_STEP = (
    BEGIN
    + b"""
  AND (m.at_once OR NOT EXISTS (SELECT 1 FROM pauses p
    WHERE p.ended_at IS NULL AND p.since <= $3 AND (p.until IS NULL OR p.until > $3)
      AND (p.scope, p.subject_id) IN (('rep', m.user_id), ('sequence',
        (SELECT e.sequence_id FROM enrolments e WHERE e.id = m.enrolment_id)))))
"""
)
"""A step looks at the pauses that bind many as well (P2; who is paused alone has had the letter taken back). A newsletter is
spared the question: asking costs it a twentieth of the statement even where the answer is not needed."""


class Begun(NamedTuple):
    """What is kept of a letter at the moment it begins."""

    id: int
    message_id: str
    subject: str
    text: str
    references: tuple[str, ...]
    version: int | None
    step: bool = True
    """Whether pauses of a sequence or a rep bind it."""


class Accepted(NamedTuple):
    """A letter that the mail server took: when, and its words."""

    letter: Begun
    at: datetime
    answer: str

    @property
    def id(self) -> int:
        return self.letter.id


class SendingLine:
    """A connection that begins letters: prepared statements, spoken to libpq directly (a cursor would cost as much
    again as the statement), committed by itself without waiting for the disk.

    Raises psycopg.OperationalError when the database is away, another psycopg.Error when it does not take the row.
    """

    def __init__(self, connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        raw.autocommit = True
        raw.execute("SET synchronous_commit = off")
        raw.execute("SET plan_cache_mode = force_generic_plan")
        self._raw = raw.pgconn
        self._done(self._raw.prepare(b"begin", BEGIN))
        self._done(self._raw.prepare(b"begin_step", BEGIN_STEP))

    def step(self, owner: str, letter: Begun, now: datetime, before: Accepted | None) -> bool:
        """Begin a letter, and mark the one before as sent. False = it must not go (drop it)."""
        values = (
            letter.id, owner, now.isoformat(), letter.message_id, letter.subject, letter.text.replace("\x00", ""),
            before.id if before else None, before.at.isoformat() if before else None, before.answer if before else None,
            json.dumps(letter.references) if letter.references else "[]", letter.version,
        )  # fmt: skip
        wire = [None if value is None else str(value).encode("utf-8", "replace") for value in values]
        result = self._done(self._raw.exec_prepared(b"begin_step" if letter.step else b"begin", wire))
        return bool(result.command_tuples == 1)

    def _done(self, result: Any) -> Any:
        if result.status != ExecStatus.COMMAND_OK:
            if self._raw.status != ConnStatus.OK:
                raise OperationalError(self._raw.error_message.decode("utf-8", "replace").strip() or "the line is lost")
            raise error_from_result(result)
        return result


MARK_SENT = text("""
UPDATE messages m SET state = 'sent', sent_at = v.at, answer = v.answer, reason = '', lease_until = NULL,
  settled = m.settled OR m.kind <> 'step'
FROM unnest(CAST(:ids AS bigint[]), CAST(:ats AS timestamptz[]), CAST(:answers AS text[])) AS v(id, at, answer)
WHERE m.id = v.id AND m.lease_owner = :owner AND m.state IN ('claimed', 'begun', 'unsure')
""")
UNMARKED = text(
    "SELECT id, message_id IS NULL FROM messages WHERE id = ANY(:ids) AND (state <> 'sent' OR message_id IS NULL)"
)
"""Of letters that were accepted: those that are not marked so (the last of a batch, and what the database lost when it
died), and whether their beginning was lost too."""
SENT_EVENTS = text("""
INSERT INTO events (at, kind, lead_id, enrolment_id, message_id, step_key, rule, text, data)
SELECT m.sent_at, 'sent', m.lead_id, m.enrolment_id, m.id, m.step_key, '', 'Sent “' || m.subject || '”.',
  jsonb_build_object('kind', m.kind)
FROM messages m WHERE m.id = ANY(CAST(:ids AS bigint[])) AND m.lease_owner = :owner AND m.state = 'sent'
  AND m.lead_id IS NOT NULL AND m.kind <> 'notice'
ORDER BY m.sent_at, m.id
""")


def settle_sent(session: Session, owner: str, done: Sequence[Accepted]) -> None:
    """The end of a batch, durably: what was accepted is sent (written once more where the database lost it), and the
    leads' timelines say so."""
    ids = [each.id for each in done]
    unmarked = {number: lost for number, lost in session.execute(UNMARKED, {"ids": ids})}
    rest = [each for each in done if each.id in unmarked]
    ats, answers = [each.at for each in rest], [each.answer for each in rest]
    session.execute(MARK_SENT, {"owner": owner, "ids": [each.id for each in rest], "ats": ats, "answers": answers})
    for each in rest:
        if unmarked[each.id]:
            session.execute(SAY_AGAIN, _said(each.letter))
    session.execute(SENT_EVENTS, {"owner": owner, "ids": ids})


def _said(letter: Begun) -> dict[str, Any]:
    return {
        "id": letter.id, "message_id": letter.message_id, "subject": letter.subject, "text": letter.text,
        "references": json.dumps(letter.references), "version": letter.version,
    }  # fmt: skip


SAY_AGAIN = text("""
UPDATE messages SET message_id = :message_id, subject = :subject, text_sent = :text,
  "references" = CAST(:references AS jsonb), template_version_id = coalesce(:version, template_version_id)
WHERE id = :id
""")


MISSED_EVENTS = text(f"""
INSERT INTO events (at, kind, lead_id, enrolment_id, message_id, step_key, rule, text, data)
SELECT m.sent_at, 'sent', m.lead_id, m.enrolment_id, m.id, m.step_key, '', 'Sent “' || m.subject || '”.',
  jsonb_build_object('kind', m.kind)
FROM messages m WHERE m.lease_owner = ANY(:owners) AND m.mailbox_id IN (SELECT id FROM mailboxes) AND m.sent_at > :since
  AND m.state = 'sent' AND m.lead_id IS NOT NULL AND m.kind <> 'notice' AND NOT {ALIVE}
  AND NOT EXISTS (SELECT 1 FROM events e WHERE e.lead_id = m.lead_id AND e.kind = 'sent' AND e.message_id = m.id)
""")


def tell_missed(session: Session, owners: Collection[str], since: datetime) -> None:
    """The timeline's lines of letters whose sender died between its last letter and the end of its batch."""
    if owners:
        session.execute(MISSED_EVENTS, {"owners": list(owners), "since": since})


# ---- links


def common_link(session: Session, url: str, name: str) -> int | None:
    """The link of all letters that leads there under this name, if there is one already."""
    query = text(
        "SELECT id FROM links WHERE message_id IS NULL AND md5(url) = md5(:url) AND url = :url AND name = :name"
    )
    return session.scalar(query, {"url": url, "name": name})


def keep_common_link(session: Session, url: str, name: str) -> None:
    """Make sure of it; to be committed at once, for others may wait for it."""
    query = text("INSERT INTO links (url, name) VALUES (:url, :name) ON CONFLICT DO NOTHING")
    session.execute(query, {"url": url, "name": name})


def known_links(session: Session, message_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Message id -> {target: link id} of letters that were written before."""
    query = text("SELECT message_id, url, id FROM links WHERE message_id = ANY(:ids)")
    found: dict[int, dict[str, int]] = {}
    for message_id, url, link_id in session.execute(query, {"ids": list(message_ids)}):
        found.setdefault(message_id, {})[url] = link_id
    return found


def reserve_links(session: Session, count: int) -> list[int]:
    """So many ids for new links, for this process alone."""
    query = text("SELECT nextval('links_id_seq') FROM generate_series(1, :count)")
    return list(session.scalars(query, {"count": count}))


def keep_links(session: Session, links: Sequence[tuple[int, int, str, str]]) -> None:
    """Keep (id, message id, target, name) of new links of single letters."""
    if links:
        ids, messages, urls, names = zip(*links, strict=True)
        session.execute(
            KEEP_LINKS, {"ids": list(ids), "messages": list(messages), "urls": list(urls), "names": list(names)}
        )


KEEP_LINKS = text("""
INSERT INTO links (id, message_id, url, name)
SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:messages AS bigint[]), CAST(:urls AS text[]), CAST(:names AS text[]))
""")

STALE = timedelta(minutes=5)
"""A slot that a domain's limit gave is good for so long: a letter that another limit then kept waits for a new one."""
