"""A house with as many leads as a bench asks for, made by SQL in a database of its own.

Each lead stands in a sequence, has a letter, events, tags; some have submissions, replies and open tasks. Business time is
Wednesday 10 March 2027, 10:00 UTC; so many enrolments are due in the minute before, the others on later days.
"""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine, text

from outreach import wiring
from outreach.cli.engines import Postgres, Valkey, temporary_place
from outreach.config import Settings
from outreach.journeys import accounts
from outreach.journeys.presets import load_presets
from outreach.store import migrate
from outreach.store.base import Base
from outreach.wiring import House

NOW = "timestamptz '2027-03-10 10:00:00+00'"
MAILBOXES, REPS = 20, 20
SEQUENCE = "Persistence, nurtured"


@contextmanager
def house(leads: int, due: int = 0) -> Iterator[House]:
    """A house on engines of its own, filled; thrown away afterwards."""
    place = temporary_place("outreach-bench-")
    engines = [Postgres(place), Valkey(place)]
    for engine in engines:
        engine.start()
    try:
        url = engines[0].url_of("postgres")
        migrate.upgrade(url)
        with tempfile.TemporaryDirectory() as data:
            settings = Settings(
                database_url=url, redis_url=engines[1].url, secret_key="a-secret-for-benches", data=Path(data)
            )
            built = wiring.build(settings)
            fill(built, leads, due)
            yield built
            built.engine.dispose()
    finally:
        for engine in reversed(engines):
            engine.stop()
        shutil.rmtree(place.data, ignore_errors=True)


def fill(built: House, leads: int, due: int) -> None:
    """The account, people and presets as an installation has them, then the many rows."""
    with built.sessions.begin() as session:
        session.execute(text("DELETE FROM business_clock"))
        session.execute(text(f"INSERT INTO business_clock (id, ahead) VALUES (1, {NOW} - clock_timestamp())"))
        load_presets(session, built, built.now(session))
        accounts.add_user(session, "rep1@bench.example", "Rita Rep", "admin", "a good password")
    with built.engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        for statement in _statements(leads, due):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    with built.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _statements(leads: int, due: int) -> Iterator[str]:
    version = f"(SELECT current_version_id FROM sequences WHERE name = '{SEQUENCE}')"
    sequence = f"(SELECT id FROM sequences WHERE name = '{SEQUENCE}')"
    yield _insert(
        "users",
        f"generate_series(2, {REPS}) n",
        email="'rep' || n || '@bench.example'",
        name="'Rep ' || n",
        role="'rep'",
        working_hours="'{}'",
        takes_leads="true",
        active="true",
    )
    yield _insert(
        "mailboxes",
        f"generate_series(1, {MAILBOXES}) n",
        address="'box' || n || '@bench.example'",
        user_id=f"1 + n % {REPS}",
        active="true",
        created_at=NOW,
    )
    yield _insert(
        "leads",
        f"generate_series(1, {leads}) n",
        email="'lead' || n || '@firm' || n % 50000 || '.example'",
        name=_one_of("Anna Weber", "Ben Okoro", "Carla Rossi", "David Lind", "Eva Novak", "Femi Ade", "Greta Holm")
        + " || ' ' || n % 9973",
        phone="'+4940555' || lpad((n % 100000)::text, 5, '0')",
        company=_one_of("Lumen", "Nordic Roofs", "Alba Foods", "Kite Works", "Harbour") + " || ' ' || n % 50000",
        topic=_one_of("quote", "visit", "prices"),
        owner_id=f"1 + n % {REPS}",
        stage=_one_of("new", "contacted", "contacted", "replied", "nurture", "nurture", "won", "lost"),
        address_state="'ok'",
        zone=_one_of("Europe/Berlin", "Europe/London", "Europe/Athens", "Europe/Stockholm", "Europe/Madrid"),
        zone_source="'browser'",
        country=_one_of("DE", "GB", "GR", "SE", "ES"),
        source="'form contact'",
        fields='\'{"city": "Hamburg"}\'',
        created_at=f"{NOW} - n * interval '31 seconds'",
        last_activity_at=f"{NOW} - n * interval '7 seconds'",
        answered_at=f"CASE WHEN n % 9 = 0 THEN NULL ELSE {NOW} - n * interval '7 seconds' END",
    )
    yield _insert(
        "lead_tags", "leads l WHERE l.id % 3 = 0", lead_id="l.id", tag=_one_of("fair", "vip", "roof", key="l.id / 3")
    )
    yield _insert("lead_tags", "leads l WHERE l.id % 1000 = 0", lead_id="l.id", tag="'rare' || l.id % 7")
    yield _insert(
        "enrolments",
        "leads l",
        lead_id="l.id",
        sequence_id=sequence,
        version_id=version,
        class_="'sales'",
        state="CASE WHEN l.id % 50 = 7 THEN 'paused: manual' WHEN l.id % 50 = 9 THEN 'blocked: missing company'"
        " ELSE 'waiting: delay' END",
        step_key="'story'",
        due_at=f"CASE WHEN l.id <= {due} THEN {NOW} - interval '1 second' * (l.id % 60)"
        f" ELSE {NOW} + interval '1 hour' + interval '5 seconds' * l.id END",
        anchor_at=f"{NOW} - interval '5 days'",
        last_done_at=f"CASE WHEN l.id <= {due} THEN {NOW} - interval '2 days' - interval '1 second' * (l.id % 60)"
        f" ELSE {NOW} - interval '2 days' + interval '1 hour' + interval '5 seconds' * l.id END",
        memory="jsonb_build_object('last', 'call-1', 'done', jsonb_build_object("
        "'idea', jsonb_build_object('at', '2027-03-05T09:30:00+00:00', 'how', 'done', 'kind', 'email'),"
        "'call-1', jsonb_build_object('at', '2027-03-08T09:30:00+00:00', 'how', 'done', 'kind', 'call',"
        " 'outcome', 'no answer')), 'slots', jsonb_build_array(jsonb_build_array('early', 4)),"
        " 'last_message_at', '2027-03-05T09:30:00+00:00')",
        entered_at=f"{NOW} - interval '5 days'",
        why="'The next letter is planned for Wed 10 Mar 2027 at 10:00.'",
        rule="'D3'",
    )
    yield _insert(
        "messages",
        "enrolments e JOIN leads l ON l.id = e.lead_id",
        kind="'step'",
        class_="'sales'",
        lane="'outbound'",
        state="'sent'",
        lead_id="l.id",
        user_id="l.owner_id",
        enrolment_id="e.id",
        step_key="'idea'",
        mailbox_id=f"1 + l.id % {MAILBOXES}",
        to_address="l.email",
        subject="'An idea'",
        extra='\'{"template": "helpful-idea"}\'',
        message_id="'<m' || l.id || '@bench.example>'",
        due_at=f"{NOW} - interval '5 days'",
        queued_at=f"{NOW} - interval '5 days'",
        sent_at=f"{NOW} - interval '5 days' - interval '1 second' * (l.id % 600000)",
        settled="true",
    )
    yield _insert(
        "events",
        "enrolments e CROSS JOIN generate_series(1, 2) n",
        at=f"{NOW} - interval '5 days' + n * interval '1 day' - interval '1 second' * (e.id % 600000)",
        kind="CASE n WHEN 1 THEN 'entered' ELSE 'send' END",
        lead_id="e.lead_id",
        enrolment_id="e.id",
        text="CASE n WHEN 1 THEN 'Entered the sequence.' ELSE 'The letter idea goes now.' END",
        step_key="CASE n WHEN 1 THEN NULL ELSE 'idea' END",
    )
    yield _insert(
        "submissions",
        "leads l WHERE l.id % 5 = 0",
        form_id="(SELECT id FROM forms LIMIT 1)",
        lead_id="l.id",
        fingerprint="'f' || l.id",
        source="'form'",
        state="'open'",
        answers='\'{"topic": "quote"}\'',
        at="l.created_at",
        first_human_at="CASE WHEN l.id % 10 = 0 THEN l.created_at + interval '4 minutes' END",
    )
    yield _insert(
        "inbox",
        "leads l JOIN messages m ON m.lead_id = l.id WHERE l.id % 20 = 0",
        sha256="'s' || l.id",
        source="'smtp'",
        raw="'\\x00'",
        received_at="l.last_activity_at",
        state="'done'",
        class_=_one_of("human", "human", "out-of-office", "bounce", key="l.id / 20"),
        lead_id="l.id",
        message_id="m.id",
        from_address="l.email",
        subject="'Re: An idea'",
        reply_text="'Thank you, tell me more.'",
        sense=_one_of("interested", "question", "not_now", key="l.id / 20"),
    )
    yield _insert(
        "tasks",
        "leads l JOIN enrolments e ON e.lead_id = l.id WHERE l.id % 10 = 0",
        kind=_one_of("call", "reply", "new_lead", "task", key="l.id / 10"),
        state="CASE WHEN l.id % 30 = 0 THEN 'open' ELSE 'done' END",
        lead_id="l.id",
        owner_id="l.owner_id",
        title="'Call ' || l.name",
        due_at=f"{NOW} - interval '1 day' + interval '10 seconds' * (l.id % 100000)",
        created_at=f"{NOW} - interval '2 days'",
        done_at=f"CASE WHEN l.id % 30 = 0 THEN NULL ELSE {NOW} - interval '1 day' END",
        outcome="CASE WHEN l.id % 30 = 0 THEN '' ELSE 'no answer' END",
    )
    yield _insert("suppressions", "leads l WHERE l.id % 200 = 3", email="l.email", reason="'unsubscribed'", at=NOW)


def _one_of(*words: str, key: str = "") -> str:
    """SQL that takes one word after the other by the row's number."""
    number = key or "n"
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])[1 + ({number}) % {len(words)}]"


def _insert(table: str, source: str, /, **values: str) -> str:
    """INSERT ... SELECT; columns that must not be empty and are not named get their type's nothing."""
    columns = Base.metadata.tables[table].columns
    given = {name.rstrip("_"): value for name, value in values.items()}
    for column in columns:
        needed = not column.nullable and column.server_default is None and not column.identity and not column.computed
        if column.name not in given and needed:
            given[column.name] = _nothing(column.type)
    names = ", ".join(f'"{name}"' for name in given)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(given.values())} FROM {source}"


def _nothing(kind: sa.types.TypeEngine[object]) -> str:
    if isinstance(kind, sa.Boolean):
        return "false"
    if isinstance(kind, sa.DateTime):
        return NOW
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return "0"
    return "'[]'" if isinstance(kind, sa.JSON) else "''"


def machine(engine: Engine) -> str:
    """What the figures were measured on."""
    with engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version"))
        size = connection.scalar(text("SELECT pg_size_pretty(pg_database_size(current_database()))"))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}, PostgreSQL {version}, database {size}"


if __name__ == "__main__":
    began = time.monotonic()
    with house(int(os.environ.get("LEADS", "10000")), 1000) as built:
        print(machine(built.engine), f"{time.monotonic() - began:.0f} s")
