"""Delivery reports: which recipients failed, and with which words (MAIL 1.9 step 3, 1.11).

In this order: our own reader of RFC 3464 fields (also where they stand in plain text, or in parts with another type);
``X-Failed-Recipients``; the words of the servers' own letters, by family; flufl.bounce, wrapped and for recipients only;
the recipient of the returned letter.  Verdicts come from ``core.bounces`` alone: ``Action: failed`` proves nothing.
"""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from outreach.core import bounces as rules

from .addresses import domain, in_text, local_part, mailboxes
from .notices import MAX_BODY, MAX_RECIPIENTS, Told, from_words, is_delay, listed, notice, plain
from .parse import MESSAGE_ID, Inbound


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one recipient. ``recipient`` is the address that the letter was sent to, in lower case."""

    recipient: str
    status: str | None
    verdict: rules.Verdict
    action: str = ""
    diagnostic: str = ""
    smtp_code: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What the report says of our letter: for matching (M2, M5)."""

    message_ids: tuple[str, ...] = ()
    envelope_id: str = ""
    recipients: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()


# --- fields of RFC 3464 -------------------------------------------------------------------------------------------

FIELD: Final = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?(.*)$")
REPORT_FIELDS: Final = frozenset(
    {
        "original-envelope-id",
        "reporting-mta",
        "dsn-gateway",
        "received-from-mta",
        "arrival-date",
        "original-recipient",
        "final-recipient",
        "action",
        "status",
        "remote-mta",
        "diagnostic-code",
        "last-attempt-date",
        "final-log-id",
        "will-retry-until",
        "x-actual-recipient",
        "x-display-name",
        "x-supplementary-info",
        "x-original-message-id",
    }
)


def fields_of(block: str) -> dict[str, str]:
    """The unfolded fields of a block, whatever ends its lines; the first of a name counts."""
    found: dict[str, str] = {}
    last = ""
    for line in block.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        match = FIELD.match(line)
        if match:
            last = match[1].lower()
            if last in found:
                last = ""
                continue
            found[last] = match[2].strip()
        elif last and line[:1] in " \t" and len(found[last]) < 8192:
            found[last] = f"{found[last]} {line.strip()}"
    return found


def address_of(field: str) -> str:
    """The address of ``rfc822; <user@host>`` and its many misspellings; empty when it holds none."""
    value = re.sub(
        r"^\s*(?:rfc[- ]?\d+|smtp|utf-?8|unknown|internet|local|dns)\s*;", "", field, flags=re.IGNORECASE
    ).strip()
    value = re.sub(r"^(?:smtp|mailto):", "", value.strip("\"' "), flags=re.IGNORECASE)
    boxes = mailboxes(value)
    if boxes:
        return plain(boxes[0].address)
    found = in_text(value, 1)
    return found[0].lower() if found else ""


@dataclass(frozen=True, slots=True)
class _Group:
    fields: dict[str, str]

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def recipient(self) -> str:
        return next(
            (
                found
                for name in ("original-recipient", "final-recipient", "x-actual-recipient")
                if (found := address_of(self.get(name)))
            ),
            "",
        )


def _report_texts(inbound: Inbound) -> list[str]:
    """The machine-readable parts; else the text, when the fields stand in it."""
    typed = [part.text for part in inbound.parts if part.type == "text/delivery-status"]
    if any(re.search(r"^(?:final|original)-recipient:", text, re.I | re.M) for text in typed):
        return typed
    loose = [
        part.text
        for part in inbound.parts
        if not part.enclosed
        and (part.type.startswith(("text/plain", "application/octet", "message/")) or part.undivided or part.packed)
    ]
    found = [text for text in loose if re.search(r"^(?:final|original)-recipient:", text, re.I | re.M)]
    return typed + found if found else typed


@lru_cache(maxsize=8)
def _groups(text: str) -> list[_Group]:
    normal = text[: 256 * 1024].replace("\r\n", "\n").replace("\r", "\n")
    groups: list[_Group] = []
    for block in re.split(r"\n[ \t]*\n", re.sub(r"\n\s{2,}\n", "\n\n", normal))[:2000]:
        for piece in (
            re.split(r"\n(?=final-recipient:)", block, flags=re.I)
            if block.lower().count("\nfinal-recipient:") > 1
            else [block]
        ):
            fields = fields_of(piece.strip("\n"))
            if REPORT_FIELDS & fields.keys():
                groups.append(_Group(fields))
            if len(groups) > MAX_RECIPIENTS:
                return groups
    return groups


def read_report(inbound: Inbound) -> tuple[Bounce, ...]:
    """The recipients of RFC 3464 fields, each once."""
    found: dict[str, Bounce] = {}
    pending: dict[str, str] = {}
    told = Told(notice(inbound))
    for text in _report_texts(inbound):
        for group in _groups(text):
            if not group.recipient:
                pending = pending or {
                    key: group.get(key) for key in ("action", "status", "diagnostic-code") if group.get(key)
                }
                continue
            if group.recipient not in found:
                found[group.recipient] = _from_group(_Group({**pending, **group.fields}), told)
    return tuple(found.values())[:MAX_RECIPIENTS]


def _from_group(group: _Group, told: Told) -> Bounce:
    diagnostic = re.sub(r"^\s*[\w./-]+\s*;\s*", "", group.get("diagnostic-code")).strip()
    field_status = rules.enhanced_code(group.get("status"))
    status = choose_status(diagnostic, field_status)
    code = rules.reply_code(diagnostic) or rules.reply_code(re.sub(r"\d\.\d+\.\d+", "", group.get("status")))
    action = re.split(r"[\s(;]", group.get("action").lower() + " ")[0]
    words = f"{diagnostic} {group.get('status')} {group.get('x-supplementary-info')}"
    if status in rules.HARD_CODES and not diagnostic:
        words = f"{words} {told.beside(group.recipient)}"  # a footer of the server's must not overrule the code
    elif len(re.sub(r"[\W\d]+", "", diagnostic)) < 12 or rules.is_generic(status):
        words = f"{words} {told.explanation(group.recipient)}"
    refused = told.stage(group.recipient, diagnostic)
    verdict = _verdict(action, status, code, words, refused)
    if verdict == "hard" and LOCAL_PROGRAM.match(group.get("diagnostic-code")) and not rules.denies(words):
        verdict = "soft"
    return Bounce(group.recipient, status, verdict, action, diagnostic, code)


# What a program on the reporting server said, not a mail server: a full disk or a missing right is no missing address.
LOCAL_PROGRAM: Final = re.compile(r"\s*x-(?:unix|postfix)\s*;\s*\S", re.I)


def _verdict(action: str, status: str | None, code: int | None, words: str, refused: rules.Stage) -> rules.Verdict:
    if action.startswith("delay"):
        return "delayed"
    if action.startswith(("deliver", "relay", "expand")) and (status is None or status.startswith("2")):
        return "delivered"
    verdict = rules.verdict(status, code, words, refused)
    return "soft" if verdict == "delivered" and action.startswith("fail") else verdict


def choose_status(diagnostic: str, field: str | None) -> str | None:
    """MAIL 1.11: the diagnostic's own code unless it says nothing, else the Status field, else what there is."""
    own = rules.enhanced_code(diagnostic)
    if not rules.is_generic(own):
        return own
    if not rules.is_generic(field):
        return field
    return own or field


# --- what the letter was ------------------------------------------------------------------------------------------


def returned(inbound: Inbound, ours: re.Pattern[str] | None = None) -> Returned:
    """Ids, recipients and senders of the letter that this report returns, wherever it stands."""
    ids: dict[str, None] = {}
    envelope_id = ""
    recipients: dict[str, None] = {}
    senders: dict[str, None] = {}
    for text in _report_texts(inbound):
        for group in _groups(text):
            envelope_id = envelope_id or group.get("original-envelope-id")
            ids.update(dict.fromkeys(ids_of(group.get("x-original-message-id"))))
    for headers in returned_headers(inbound):
        ids.update(dict.fromkeys(ids_of(headers.get("message-id", ""))))
        for name, into in (
            ("to", recipients),
            ("x-original-to", recipients),
            ("from", senders),
            ("return-path", senders),
        ):
            for box in mailboxes(headers.get(name, ""), 20):
                into.setdefault(plain(box.address))
    return Returned(tuple(ids), envelope_id, tuple(recipients), tuple(senders))


def ids_of(value: str) -> list[str]:
    """The ids of a Message-ID field; one whose brackets a server took off gets them back."""
    bare = value.strip()
    return MESSAGE_ID.findall(value) or (
        [f"<{bare}>"] if re.fullmatch(r"[^\s<>@]{1,250}@[^\s<>@]{1,250}", bare) else []
    )


def returned_headers(inbound: Inbound) -> list[dict[str, str]]:
    """The headers of the letters that come back, names in lower case: carried, alone, or written into the text."""
    found: list[dict[str, str]] = []
    for part in inbound.parts:
        if part.type in {"text/rfc822-headers", "text/global-headers", "message/rfc822-headers"} and not part.enclosed:
            # Where no empty line parts them the letter's headers stand among those of the part.
            found.append(fields_of(part.text[:MAX_BODY]) or _named(part.headers))
        elif part.depth and part.headers and not part.type.startswith("text/delivery"):
            headers = _named(part.headers)
            if "message-id" in headers or ("from" in headers and part.enclosed):
                found.append(headers)
    if not found:
        for part in inbound.parts:
            if (
                part.undivided
                or part.packed
                or part.type.startswith(("text/plain", "application/octet-stream", "application/partial", "message/"))
            ):
                found.extend(_inlined(part.text[: 4 * MAX_BODY]))
    return found


def _named(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Headers by their name in lower case; the first of a name counts."""
    return {key.lower(): value for key, value in reversed(headers)}


def _inlined(text: str) -> list[dict[str, str]]:
    """The header block of a returned letter that stands inside the text, quoted or not."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    normal = re.sub(r"^[ \t]*(?:>+|\|)[ \t]?", "", normal, flags=re.M)
    place = re.search(r"^[ \t]{0,8}message-id:[ \t]*\n?[ \t]*<?[^\s<>]+@?[^\s<>]*>?", normal, re.I | re.M)
    if not place:
        return []
    start = normal.rfind("\n\n", 0, place.start()) + 2 if "\n\n" in normal[: place.start()] else 0
    end = normal.find("\n\n", place.end())
    block = normal[start : end if end > 0 else None]
    indent = re.match(r"[ \t]*", normal[place.start() :])
    if indent and indent[0]:
        block = re.sub(rf"^{re.escape(indent[0])}", "", block, flags=re.M)
    return [fields_of(block)]


# --- all together -------------------------------------------------------------------------------------------------


def bounces(inbound: Inbound, our_domains: frozenset[str] = frozenset()) -> tuple[Bounce, ...]:
    """Every recipient that the report speaks of, with its verdict; empty when none can be told."""
    reported = read_report(inbound)
    if reported:
        return reported
    letter = returned(inbound)
    text = notice(inbound)
    ignored = _not_recipients(inbound, letter, text, our_domains)
    named = _failed_header(inbound) or from_words(text, ignored)
    if letter.recipients and len(named) > 1:
        sure = {*letter.recipients, *listed(text, ignored)}  # a copy's recipients stand in no header of the letter
        named = tuple(found for found in named if found in sure) or named
    named = named or tuple(plain(found) for found in in_text(inbound.subject, 5) if plain(found) not in ignored)
    named = named or _by_flufl(inbound, text, ignored) or tuple(r for r in letter.recipients if r not in ignored)[:1]
    named = named or from_words(text, ignored - {hint.lower() for hint in inbound.envelope_hints})
    told, late = Told(text), is_delay(inbound.subject, text)
    return tuple(_in_words(told, recipient, late) for recipient in named[:MAX_RECIPIENTS])


def named_in_words(inbound: Inbound, our_domains: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The failed recipients that the server's own words name, whatever else the message holds."""
    text = notice(inbound)
    return from_words(text, _not_recipients(inbound, returned(inbound), text, our_domains))


def _failed_header(inbound: Inbound) -> tuple[str, ...]:
    values = inbound.all_headers("x-failed-recipients")
    return tuple(dict.fromkeys(plain(address) for value in values for address in in_text(value, MAX_RECIPIENTS)))


def _not_recipients(inbound: Inbound, letter: Returned, text: str, our_domains: frozenset[str]) -> frozenset[str]:
    own = {hint.lower() for hint in inbound.envelope_hints} - set(letter.recipients)
    own |= {box.address.lower() for box in (*inbound.to, *inbound.cc)}
    own |= set(letter.senders) - set(letter.recipients)
    own |= {found.strip("<>").lower() for found in letter.message_ids}
    own |= {address.lower() for address in (inbound.from_address, inbound.sender, inbound.reply_to) if address}
    spoken_of = in_text(text)
    daemons = {
        found.lower()
        for found in spoken_of
        if re.match(r"(?:postmaster|mailer-daemon|abuse|hostmaster|helpdesk|support)$", local_part(found), re.I)
    } - set(letter.recipients)
    ours = {found.lower() for found in spoken_of if domain(found) in our_domains}
    return frozenset(own | daemons | ours)


def _in_words(told: Told, recipient: str, late: bool) -> Bounce:
    words = told.explanation(recipient)
    bare = words.replace(recipient, " ")
    status, code = rules.enhanced_code(bare), rules.reply_code(re.sub(r"\d+\.\d+\.\d+\.\d+", " ", bare))
    if late:
        return Bounce(recipient, status, "delayed", "delayed", words.strip()[:1000], code)
    verdict = rules.verdict(status, code, bare, told.stage(recipient, words))
    return Bounce(
        recipient, status, "soft" if verdict == "delivered" else verdict, "failed", words.strip()[:1000], code
    )


def _by_flufl(inbound: Inbound, notice_text: str, ignored: frozenset[str]) -> tuple[str, ...]:
    """flufl.bounce knows some old families; it raises on odd input, so that nothing of it is trusted but addresses."""
    try:
        from email import message_from_string

        from flufl.bounce import all_failures

        logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it tells of each detector that raises
        text = notice_text[:16384]
        source = "\n".join(
            f"{key}: {' '.join(value.split())}"
            for key, value in inbound.headers
            if key.lower() in {"from", "subject", "to"} and value.isascii()
        )
        temporary, permanent = all_failures(message_from_string(f"{source}\n\n{text}"))
        found = [
            item.decode("ascii", "ignore") if isinstance(item, bytes) else str(item)
            for item in (*permanent, *temporary)
        ]
    except Exception:
        return ()
    return tuple(sorted({plain(item) for item in found if "@" in item} - ignored))
