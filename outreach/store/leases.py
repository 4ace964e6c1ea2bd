"""Who holds which letters: the senders that live, and what becomes of the letters of those that died (DESIGN 4)."""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

RECOVERED = "(SELECT coalesce(max(stats_reset), pg_postmaster_start_time()) FROM pg_stat_bgwriter)"
"""When the server last came back from a crash of its own: its start time stays then, its statistics begin anew."""
SERVER = (
    "(SELECT system_identifier::text FROM pg_control_system())"
    f" || '/' || pg_postmaster_start_time()::text || '/' || {RECOVERED}::text"
)
"""The running server's identity: a sweeper that meets another one knows that commits may be gone (DESIGN 4.4)."""
OWNERS = 72015
"""Class of the advisory locks that living senders hold: a sender that died has let go of its lock."""
ALIVE = (
    # A server that has just started knows nobody yet: senders get a moment to come back and write down what they know.
    f"(greatest(pg_postmaster_start_time(), {RECOVERED}) > clock_timestamp() - interval '8 seconds' OR EXISTS ("
    "SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted"
    f" AND l.classid = {OWNERS} AND l.objid::text = m.lease_owner"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())))"
)


def hold_owner_lock(connection: Connection, owner: str) -> None:
    """Hold the lock of a sender for as long as this connection lives; harmless to repeat."""
    connection.execute(text(f"SELECT pg_advisory_lock({OWNERS}, :k)"), {"k": int(owner)})
    connection.commit()


LINES = 72017
"""Class of the advisory locks under which urgent letters of a mailbox are handed in, by one sender at a time."""
DOUBTFUL = 0
"""The line of all mailboxes whose server failed last: whoever is at one of them holds it beside the mailbox's own."""


def take_line(connection: Connection, mailbox_id: int) -> bool:
    """Be the one who hands in a mailbox's urgent letters, until `leave_line` or the end of the connection."""
    taken = connection.scalar(text(f"SELECT pg_try_advisory_lock({LINES}, :k)"), {"k": mailbox_id})
    connection.commit()
    return bool(taken)


def leave_line(connection: Connection, mailbox_id: int) -> None:
    """Let others hand them in."""
    connection.execute(text(f"SELECT pg_advisory_unlock({LINES}, :k)"), {"k": mailbox_id})
    connection.commit()


SWEEP_BEGUN = text(
    "UPDATE messages m SET state = 'unsure', reason = 'the sender died between the letter and the answer',"
    f" lease_until = NULL WHERE state = 'begun' AND (lease_until < clock_timestamp() OR NOT {ALIVE}) RETURNING id"
)
RESTARTED = "the database restarted while the letter was claimed"
"""The reason of letters that may have begun: what the database knew of them last may be gone."""


SWEEP_OTHER_SERVER = text(
    f"UPDATE messages m SET state = 'unsure', reason = '{RESTARTED}', lease_until = NULL"
    f" WHERE state = 'claimed' AND server <> {SERVER} AND (lease_until < clock_timestamp() OR NOT {ALIVE}) RETURNING id"
)
SUSPECT, POISON = 2, 5
"""So many senders died with a letter in hand: it goes alone from then on, so that the others of its batch are innocent; and
then it is given up (RELIABILITY 3.6)."""
SWEEP_POISON = text(
    "UPDATE messages m SET state = 'failed', crashes = crashes + 1, lease_owner = NULL, lease_until = NULL,"
    f" reason = 'set aside: {POISON} senders ended while they had this letter in hand'"
    f" WHERE state = 'claimed' AND crashes >= {POISON - 1} AND NOT {ALIVE} RETURNING id"
)
SWEEP_CLAIMED = text(
    f"UPDATE messages m SET state = 'queued', crashes = crashes + CASE WHEN {ALIVE} THEN 0 ELSE 1 END,"
    " lease_owner = NULL, lease_until = NULL"
    f" WHERE state = 'claimed' AND (lease_until < clock_timestamp() OR NOT {ALIVE}) RETURNING id"
)


def forsaken_owners(session: Session) -> list[str]:
    """Senders that left letters behind, as `sweep` judges it."""
    query = f"SELECT DISTINCT lease_owner FROM messages m WHERE state IN ('claimed', 'begun') AND NOT {ALIVE}"
    return [owner for owner in session.scalars(text(query)) if owner]


def sweep(session: Session) -> dict[str, list[int]]:
    """Settle letters whose sender is dead or whose lease ran out: begun -> unsure; claimed -> queued (nothing was sent),
    or unsure when the database restarted meanwhile, because its last commits may be gone (DESIGN 4.4); failed when one
    sender after the other ended over it."""
    begun = list(session.scalars(SWEEP_BEGUN))
    other = list(session.scalars(SWEEP_OTHER_SERVER))
    poison = list(session.scalars(SWEEP_POISON))
    return {"unsure": begun + other, "failed": poison, "queued": list(session.scalars(SWEEP_CLAIMED))}


def forsaken(session: Session) -> bool:
    """Whether a letter waits for `sweep`."""
    query = f"SELECT 1 FROM messages m WHERE state IN ('claimed', 'begun') AND (lease_until < clock_timestamp() OR NOT {ALIVE}) LIMIT 1"
    return session.scalar(text(query)) is not None
