"""Everything that is kept of one lead (GDPR Art. 15 and 20): every row of theirs in every table, as plain data, and the mails and
files themselves. Tables are found by what they refer to, so that none that comes later is forgotten."""

import io
import json
import zipfile
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Column, LargeBinary, Table, func, select
from sqlalchemy.orm import Session

from outreach.store.base import Base
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sent_files import SentFile

OURS = frozenset({"search", "lease_owner", "lease_until", "server", "crashes", "mark", "key"})
"""Columns that say nothing of a person."""
WAYS = ("leads", "messages", "inbox", "enrolments", "submissions")
"""Tables through whose rows others belong to a lead."""
NOT_THEIRS = frozenset({"hook_posts", "outlook", "erased_addresses"})

Told = dict[str, list[dict[str, Any]]]


def all_about(session: Session, lead: Lead) -> Told:
    """Table -> rows, the lead's own first."""
    ids: dict[str, list[Any]] = {"leads": [lead.id]}
    people = Base.metadata.tables["leads"]
    told: Told = {"leads": _rows(session, people, people.c.id, [lead.id])}
    for name in WAYS:
        for table in Base.metadata.sorted_tables:
            if table.name in told or table.name in NOT_THEIRS:
                continue
            column = _refers_to(table, name)
            found = _rows(session, table, column, ids.get(name, [])) if column is not None else []
            if found:
                told[table.name] = found
                ids[table.name] = [row["id"] for row in found if "id" in row]
    return told


def archive(session: Session, lead: Lead, now: datetime) -> bytes:
    """The same as a ZIP: `data.json`, every mail that came in as it came, and the files that went out."""
    told = all_about(session, lead)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        head = {"kept of": lead.email or lead.phone or lead.name, "at": now.isoformat(), "tables": told}
        file.writestr("data.json", json.dumps(head, indent=2, ensure_ascii=False))
        for number, raw in session.execute(
            select(InboundMail.id, InboundMail.raw).where(InboundMail.lead_id == lead.id)
        ):
            file.writestr(f"mail-in/{number}.eml", bytes(raw))
        sent = select(SentFile).join(Message, Message.id == SentFile.message_id).where(Message.lead_id == lead.id)
        for one in session.scalars(sent):
            file.writestr(f"files-out/{one.message_id}-{one.number}-{_safe(one.name)}", one.content)
    return packed.getvalue()


def _refers_to(table: Table, name: str) -> Column[Any] | None:
    """The column by which rows of a table belong to rows of `name`."""
    wanted = {"leads": "lead_id", "messages": "message_id", "inbox": "inbound_id", "enrolments": "enrolment_id"}
    found = table.c.get(wanted.get(name, "submission_id"))
    return found if found is not None and isinstance(found.type, BigInteger) else None


def _rows(session: Session, table: Table, column: Column[Any], ids: Collection[Any]) -> list[dict[str, Any]]:
    shown = [one for one in table.c if one.name not in OURS and not isinstance(one.type, LargeBinary)]
    query = select(*shown).where(column == func.any(list(ids))).order_by(*table.primary_key)
    return [{key: _plain(value) for key, value in row._mapping.items()} for row in session.execute(query)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | timedelta) else value


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)[:80] or "file"
