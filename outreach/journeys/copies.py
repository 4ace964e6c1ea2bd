"""Who else gets a rep's own mail (Cc). Everybody gets a letter of their own: one recipient a letter, one Message-ID a recipient
(MAIL O1), the same people in sight at the top of each. So every copy has its own answer of the server, its own bounce, its own
receipt; what becomes of it says nothing of the lead."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys.cleaning import address
from outreach.journeys.house import House
from outreach.journeys.ours import is_ours
from outreach.mail import addresses, headers
from outreach.mail.addresses import Mailbox
from outreach.mail.parse import Unreadable, parse
from outreach.store import consents, mailboxes, messages
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message

MOST = 20
COPY = "copy"
HEAD = 60_000
"""Bytes of a mail in which its addresses are looked for."""
_OF_TOKENS = ("r", "b", "u")


def to_all(session: Session, house: House, lead: Lead, mail: InboundMail) -> str:
    """“Reply to all”: To and Cc of a mail as text for the field, without us, whom the answer goes to, and who takes no mail."""
    if headers.needs_smtputf8(mail.from_address):
        return ""
    head = bytes(mail.raw[:HEAD])
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := head.find(mark)) >= 0]
    try:
        seen = parse(head[: min(ends, default=len(head))] + b"\r\n\r\n")
    except Unreadable:
        return ""
    everybody = {box.address.lower(): box for box in (*seen.to, *seen.cc)}
    if mail.from_address.lower() != lead.email and lead.email:
        everybody.setdefault(lead.email, Mailbox(lead.email, lead.name))
    out = {mail.from_address.lower(), *consents.reasons_of(session, list(everybody)), *_dead(session, lead)}
    left = [
        box
        for each, box in everybody.items()
        if each not in out
        and not headers.needs_smtputf8(each)
        and not is_ours(session, each)
        and not _made_by_us(session, house, each)
    ]
    return ", ".join(written(box.name, box.address) for box in left[:MOST])


def _dead(session: Session, lead: Lead) -> set[str]:
    """Addresses whose copies came back from the lead's earlier letters."""
    return {
        row.to_address.lower()
        for row in every(session, messages.of_lead(session, lead.id))
        if row.delivered == "bounced"
    }


def _made_by_us(session: Session, house: House, one: str) -> bool:
    """A signed address of ours, or one of our mailboxes with something behind a plus."""
    local, _, domain = one.rpartition("@")
    name, plus, _ = local.partition("+")
    if not plus:
        return False
    return (domain == house.settings.reply_domain and name in _OF_TOKENS) or (
        f"{name}@{domain}" in mailboxes.addresses(session)
    )


def written(name: str, one: str) -> str:
    """A person in the field, so that reading it again finds the same."""
    quoted = name.replace("\\", "").replace('"', "")
    return (
        f'"{quoted}" <{one}>'
        if quoted and any(x in quoted for x in ",;:<>@()")
        else f"{quoted} <{one}>"
        if quoted
        else one
    )


def chosen(session: Session, lead: Lead, addressee: str, text: str) -> list[tuple[str, str]]:
    """(name, address) of the people in the field. Raises Refused, naming it, for what is no address or may not be written to."""
    text = " ".join(text.split())
    found = addresses.mailboxes(text)
    if len(found) != addresses.entries(text):
        raise Refused(
            f"Not every address under Cc can be read: “{text[:120]}”. Write them like ann@example.com, with commas between.",
            field="cc",
        )
    people: dict[str, str] = {}
    for box in found:
        one = address(box.address)
        if one not in (addressee.lower(), *mailboxes.addresses(session)):
            people.setdefault(one, box.name[:200])
    if beyond := next((one for one in (addressee, *people) if people and headers.needs_smtputf8(one)), ""):
        raise Refused(
            f"{beyond} has letters before the @ that few mail servers take: a mail with Cc cannot name it. Write to each alone.",
            field="cc",
        )
    if len(people) > MOST:
        raise Refused(f"These are {len(people)} people under Cc; {MOST} is the most.", field="cc")
    for one, why in consents.reasons_of(session, list(people)).items():
        raise Refused(f"Nothing may be sent to {one}: {why}. Take the address out of Cc.", field="cc")
    return [(name, one) for one, name in people.items()]


def of(letter: Message) -> list[tuple[str, str]]:
    """Whom a rep's mail is copied to, as (name, address)."""
    return [(str(name), str(one)) for name, one in letter.extra.get("cc", ())]


def every(session: Session, letters: Iterable[Message]) -> list[Message]:
    """The copies of these letters, in the order of the field."""
    ids = [number for letter in letters for number in letter.extra.get("copies", ())]
    return list(session.scalars(select(Message).where(Message.id == func.any(ids)).order_by(Message.id))) if ids else []


def add(session: Session, letter: Message, name: str) -> list[Message]:
    """A letter for everybody under Cc, beside the one to the lead (of that name) that is in the session already."""
    to = letter.extra.get("to") or [name, letter.to_address]
    made = [
        Message(
            kind=COPY, lane=letter.lane, at_once=True, state="queued", user_id=letter.user_id, mailbox_id=letter.mailbox_id,
            to_address=one, subject=letter.subject, body=letter.body, references=letter.references, due_at=letter.due_at,
            queued_at=letter.queued_at, settled=True,
            extra={**{k: v for k, v in letter.extra.items() if k in ("references", "cc", "later")}, "to": to, "copy_of": letter.id},
        )
        for _name, one in of(letter)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    if made:
        letter.extra = {**letter.extra, "copies": [row.id for row in made]}
    return made
