"""A small list pasted as CSV: read, shown, then noted line by line; a bad line says why and stops nothing."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import capture
from outreach.journeys.house import House
from outreach.store import leads
from outreach.store.leads import Tag

MOST_LINES = 500
NOTHING = "Paste a list first: a line with the names of the columns, then one line per person."
COLUMNS = {
    "name": ("name", "full name", "contact", "person"),
    "first_name": ("first name", "firstname", "given name"),
    "last_name": ("last name", "lastname", "surname", "family name"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address"),
    "phone": ("phone", "telephone", "tel", "mobile", "phone number"),
    "company": ("company", "organisation", "organization", "firm", "account"),
    "topic": ("topic", "subject", "interest"),
    "message": ("message", "note", "notes", "comment", "remark"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `number` counts the pasted lines from 1; `known` when a lead has this address already."""

    number: int
    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    topic: str = ""
    message: str = ""
    error: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a line. `words`: added, known already, refused and why."""

    line: Line
    lead_id: int | None
    words: str
    good: bool


def read(session: Session, text: str) -> list[Line]:
    """The pasted lines, understood. Raises Refused when there is no header or nothing to read."""
    text = text.replace("\x00", "").lstrip("\ufeff").strip()
    rows = _rows(text)
    if not rows:
        raise Refused(NOTHING)
    columns = [_column(cell) for cell in rows[0]]
    if not {"email", "phone"} & set(columns):
        known = ", ".join(rows[0])[:120]
        raise Refused(
            f"The first line names no column “email” or “phone” (it says: {known}). Add a line with the names."
        )
    if len(rows) - 1 > MOST_LINES:
        raise Refused(f"These are {len(rows) - 1:,} lines; paste at most {MOST_LINES} at a time.")
    seen: set[str] = set()
    return [_line(session, number, columns, row, seen) for number, row in enumerate(rows[1:], 2)]


def run(
    session: Session,
    house: House,
    lines: list[Line],
    *,
    sequence_id: int | None,
    owner_id: int | None,
    tag: str,
    now: datetime,
    actor_id: int,
    by_rules: bool = False,
    basis: str = "",
) -> list[Result]:
    """Note each good line in a savepoint of its own. `by_rules`: the ways in named ``import`` decide about entry (M2).
    `basis`: by what all of them may be written to, as whoever imports says (MAIL C5)."""
    through = "import" if by_rules else ""
    return [_note(session, house, line, sequence_id, owner_id, tag, now, actor_id, through, basis) for line in lines]


def _note(
    session: Session,
    house: House,
    line: Line,
    sequence_id: int | None,
    owner_id: int | None,
    tag: str,
    now: datetime,
    actor_id: int,
    through: str,
    basis: str,
) -> Result:
    if line.error:
        return Result(line, None, line.error, False)
    try:
        with session.begin_nested():
            captured = capture.note_lead(
                session, house, name=line.name, email=line.email, phone=line.phone, company=line.company,
                topic=line.topic, message=line.message, source="import", sequence_id=sequence_id, owner_id=owner_id,
                now=now, actor_id=actor_id, through=through, basis=basis,
            )  # fmt: skip
            if tag:
                session.merge(Tag(lead_id=captured.lead_id, tag=tag))
    except Refused as refused:
        return Result(line, None, str(refused), False)
    words = "known already, brought up to date" if line.known else "added"
    if through:
        words += "; the ways in decide which sequence starts"
    if sequence_id and captured.enrolment_id is None:
        words += "; not enrolled, the lead's page says why"
    return Result(line, captured.lead_id, words, True)


def _rows(text: str) -> list[list[str]]:
    """The cells of every line that has a word. Raises Refused for what is no list of lines."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise Refused(f"The list cannot be read ({error}): look for a quotation mark that is not closed.") from None
    return [row for row in rows if any(cell.strip() for cell in row)]


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _column(cell: str) -> str:
    word = " ".join(cell.replace("_", " ").lower().split())
    return next((key for key, names in COLUMNS.items() if word in names), "")


def _line(session: Session, number: int, columns: list[str], row: list[str], seen: set[str]) -> Line:
    found = {key: " ".join(cell.split())[:1000] for key, cell in zip(columns, row, strict=False) if key}
    name = found.get("name") or f"{found.get('first_name', '')} {found.get('last_name', '')}".strip()
    email = leads.normalised(found.get("email", ""))
    error = _wrong(email, found.get("phone", ""), seen)
    seen.add(email or found.get("phone", ""))
    return Line(
        number=number, name=name[:200], email=email, phone=found.get("phone", ""), company=found.get("company", ""),
        topic=found.get("topic", ""), message=found.get("message", ""), error=error,
        known=bool(email and not error and leads.by_email(session, email)),
    )  # fmt: skip


def _wrong(email: str, phone: str, seen: set[str]) -> str:
    if not email and not phone:
        return "has neither an e-mail address nor a phone number"
    local, _, domain = email.rpartition("@")
    if email and (not local or "." not in domain or " " in email):
        return f"“{email}” is no e-mail address"
    return "stands in the list twice" if (email or phone) in seen else ""
