"""A mailbox is set up, changed and taken out of use by an administrator.

save      a mailbox's address, owner, servers, folders and pace, from a form; new ones too
prefer    it sends for everybody who has no mailbox of their own; the first real one does so by itself
remove    out of use: another mailbox takes over what waits; nothing is lost, threads begin anew (T3)
"""

import re
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outreach.core.companies import FREE_MAIL
from outreach.errors import Refused
from outreach.journeys.configure import Answers, Errors
from outreach.journeys.house import House
from outreach.mail import hosts, imap, smtpurl
from outreach.mail.providers import table
from outreach.store import events, mailboxes, secrets
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.users import User

SCHEMES = {
    "smtp": {"smtp+starttls": "STARTTLS (usually 587)", "smtps": "TLS (usually 465)", "smtp": "Not encrypted (25)"},
    "imap": {"imaps": "TLS (usually 993)", "imap+starttls": "STARTTLS (usually 143)", "imap": "Not encrypted (143)"},
}
NUMBERS = {
    "daily_limit": "letters in 24 hours",
    "hour_limit": "letters an hour",
    "minute_limit": "letters a minute",
    "gap_seconds_min": "seconds",
    "gap_seconds_random": "seconds",
    "ramp_start": "letters",
    "ramp_step": "letters",
}
LONGEST = {"name": 100, "signature": 2_000, "sent_folder": 200, "folders": 1_000}
MOST = 1_000_000
_PACE = re.compile(r"([a-z0-9.-]+\.[a-z0-9-]+|\*)[\s:=]+(\d{1,7})", re.I)


def save(session: Session, house: House, row: Mailbox, answers: Answers, now: datetime) -> Errors:
    """A mailbox from a form; empty passwords keep what is stored. What was held for its sake goes again."""
    address, errors = _address(session, row, answers)
    user_id = _owner(session, answers, errors)
    urls = {kind: _server(house, row, answers, kind, errors) for kind in ("smtp", "imap")}
    numbers = {name: _number(answers, name, words, errors) for name, words in NUMBERS.items()}
    paces = _paces(_text(answers, "domain_limits"), errors)
    errors |= _too_long(answers)
    if errors:
        return errors
    row.address, row.name, row.user_id = address, _text(answers, "name"), user_id
    row.signature, row.sent_folder = _text(answers, "signature"), _text(answers, "sent_folder")
    row.folders = [name.strip() for name in re.split(r"[,\n]", _text(answers, "folders")) if name.strip()][:20]
    row.takes_strangers = answers.get("takes_strangers") == "1"
    if row.sign_in == "password":
        row.smtp_secret = secrets.seal(urls["smtp"], house.keys) if urls["smtp"] else None
        row.imap_secret = secrets.seal(urls["imap"], house.keys) if urls["imap"] else None
    if numbers["ramp_start"] != row.ramp_start:
        row.ramp_from = now if numbers["ramp_start"] and row.id else None  # a new one's begins with its first letter
    for name, number in numbers.items():
        setattr(row, name, number)
    row.domain_limits = paces
    row.failures, row.read_error = 0, ""
    if not row.paused_reason.startswith(mailboxes.BY_PERSON):
        row.paused_until, row.paused_reason = None, ""
    return {}


def fresh(provider: str, now: datetime) -> Mailbox:
    """A mailbox that is not saved yet, with careful limits: new senders are watched, so it begins small (L6)."""
    careful = table.of(provider).own_inbox
    return Mailbox(
        address="", name="", provider=provider, sign_in="password", imap_cursor={}, folders=[], domain_limits={},
        signature="", sent_folder="", takes_strangers=False, active=True, failures=0, paused_reason="", read_error="",
        daily_limit=200 if careful else 0, hour_limit=0, minute_limit=0, gap_seconds_min=0,
        gap_seconds_random=0, ramp_start=20 if careful else 0, ramp_step=10 if careful else 0, created_at=now,
    )  # fmt: skip


def prefer(session: Session, row: Mailbox, user: User, now: datetime) -> None:
    """Letters that no rep's own mailbox sends leave from this one; those that wait already keep theirs. Raises Refused."""
    if not row.active:
        raise Refused(f"{row.address} is out of use.")
    mailboxes.prefer(session, row)
    words = f"{user.name} let {row.address} send for everybody who has no mailbox of their own."
    events.record(session, now, "mailbox", words, actor_id=user.id, data={"mailbox": row.id})


def takes_over(session: Session, house: House, row: Mailbox) -> bool:
    """Whether a mailbox that reaches the world now sends for everybody, because what did so kept letters on this machine."""
    before = mailboxes.default(session)
    if not (row.smtp_secret or row.oauth_secret) or not house.settings.mail_is_local or before is row:
        return False
    if before is not None and (before.smtp_secret or before.oauth_secret):
        return False
    mailboxes.prefer(session, row)
    return True


def remove(session: Session, row: Mailbox, heir: Mailbox, user: User, now: datetime) -> int:
    """Take a mailbox out of use; how many waiting letters the heir took over. Raises Refused."""
    if heir.id == row.id or not heir.active:
        raise Refused("Choose another mailbox, one in use, to take over.")
    if row.from_env:
        raise Refused("This mailbox follows SMTP_URL and MAIL_FROM of the settings; change it there.")
    waiting = update(Message).where(Message.mailbox_id == row.id, Message.state == "queued")
    moved = len(session.scalars(waiting.values(mailbox_id=heir.id).returning(Message.id)).all())
    if row.preferred:
        mailboxes.prefer(session, heir)
    row.active, row.smtp_secret, row.imap_secret, row.oauth_secret = False, None, None, None
    words = f"{user.name} took the mailbox {row.address} out of use; {heir.address} takes over."
    events.record(
        session, now, "mailbox", words, actor_id=user.id, rule="X10", data={"mailbox": row.id, "moved": moved}
    )
    return moved


def server_url(house: House, row: Mailbox, answers: Answers, kind: str) -> tuple[str, Errors]:
    """The URL that a form's parts make (`smtp_host`, `smtp_port`, ...); "" when no host is given."""
    host, scheme = _text(answers, f"{kind}_host"), _text(answers, f"{kind}_scheme")
    if not host:
        return "", {}
    if not re.fullmatch(r"[\w.:\[\]-]+", host) or scheme not in SCHEMES[kind]:
        return "", {f"{kind}_host": f"'{host[:60]}' is no host name; give one such as mail.example.com."}
    port = _text(answers, f"{kind}_port")
    if port and not (port.isdecimal() and 1 <= int(port) <= 65_535):
        return "", {f"{kind}_port": f"'{port[:20]}' is no port; leave it empty for the usual one."}
    user, secret = _text(answers, f"{kind}_user"), answers.get(f"{kind}_password", "")
    if kind == "imap" and not user:
        user, secret = _text(answers, "smtp_user"), secret or answers.get("smtp_password", "")
    if user and not secret:
        stored = server_parts(house, row, kind)
        if stored.get("secret") and stored["host"] != host:
            return "", {f"{kind}_password": "This is another server: enter its password. The stored one stays here."}
        secret = stored.get("secret", "")
    who = f"{quote(user, safe='')}:{quote(secret, safe='')}@" if user else ""
    url = f"{scheme}://{who}{host}{':' + port if port else ''}"
    try:
        (smtpurl if kind == "smtp" else imap).parse_url(url)
    except ValueError as fault:
        return "", {f"{kind}_host": str(fault)}
    return url, _literal(host, kind)


def server_parts(house: House, row: Mailbox, kind: str) -> dict[str, str]:
    """The parts of a mailbox's stored server URL: scheme, host, port, user, secret; {} when none is stored."""
    sealed = row.smtp_secret if kind == "smtp" else row.imap_secret
    if not sealed:
        return {}
    parts = urlsplit(secrets.unseal(sealed, house.keys))
    return {
        "scheme": parts.scheme,
        "host": parts.hostname or "",
        "port": str(parts.port or ""),
        "user": unquote(parts.username or ""),
        "secret": unquote(parts.password or ""),
    }


def stored_url(house: House, row: Mailbox, kind: str) -> str:
    """The stored URL of a server; empty when none is."""
    sealed = row.smtp_secret if kind == "smtp" else row.imap_secret
    return secrets.unseal(sealed, house.keys) if sealed else ""


def suggested_parts(provider: str, kind: str, region: str = "") -> dict[str, str]:
    """What a provider's servers are, for a new form."""
    row = table.of(provider)
    if kind == "smtp":
        host = table.smtp_host(row, region or next(iter(row.regions), ""))
        port = str(row.smtp_port) if host else ""
        return {"scheme": row.smtp_scheme, "host": host, "port": port, "user": row.smtp_user}
    return {"scheme": "imaps", "host": row.imap_host, "port": "993" if row.imap_host else "", "user": ""}


def paces_text(paces: dict[str, int]) -> str:
    """The limits per recipient domain, one a line, as they are typed."""
    return "\n".join(f"{domain} {number}" for domain, number in sorted(paces.items(), key=lambda pair: pair[0] == "*"))


def _server(house: House, row: Mailbox, answers: Answers, kind: str, errors: Errors) -> str:
    if row.sign_in != "password":
        return ""
    url, wrong = server_url(house, row, answers, kind)
    errors |= wrong
    return url


def _literal(host: str, kind: str) -> Errors:
    """An address typed in is judged at once; a name when it is connected to."""
    try:
        words = hosts.refused(host.strip("[]"))
    except ValueError:
        return {}
    return {f"{kind}_host": words} if words else {}


def _address(session: Session, row: Mailbox, answers: Answers) -> tuple[str, Errors]:
    address = _text(answers, "address").lower()
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if not re.fullmatch(r"[^@\s<>]+@[a-z0-9.-]+", address):
            return "", {"address": f"'{address[:60]}' is no e-mail address; give one such as hello@example.com."}
    sender, domain = table.of(row.provider), address.rpartition("@")[2]
    if domain in FREE_MAIL and not sender.own_inbox:
        words = f"{sender.name} cannot send as {domain}: {domain} asks everybody to refuse such mail. Use a domain of your own."
        return address, {"address": words}
    taken = session.scalar(select(Mailbox).where(Mailbox.address == address, Mailbox.id != (row.id or 0)))
    if taken is None:
        return address, {}
    if taken.active:
        return address, {"address": f"There is a mailbox {address} already."}
    return address, {"address": f"{address} was taken out of use. Put it back into use from the list of mailboxes."}


def _owner(session: Session, answers: Answers, errors: Errors) -> int | None:
    text = _text(answers, "user_id")
    if not text:
        return None
    user = session.get(User, int(text)) if text.isdecimal() and len(text) < 15 else None
    if user is None or not user.active:
        errors["user_id"] = "Choose somebody who works here, or nobody."
        return None
    return user.id


def _paces(text: str, errors: Errors) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in filter(None, (part.strip() for part in re.split(r"[,\n]", text))):
        match = _PACE.fullmatch(line)
        if match is None:
            errors["domain_limits"] = f"“{line[:60]}”: write a domain and a number, such as gmail.com 40, or * 200."
        else:
            found[match[1].lower()] = int(match[2])
    return found


def _number(answers: Answers, name: str, words: str, errors: Errors) -> int:
    text = _text(answers, name) or "0"
    if not text.isdecimal() or int(text) > MOST:
        errors[name] = f"'{text[:20]}' is no number of {words}; 0 means none."
        return 0
    return int(text)


def _too_long(answers: Answers) -> Errors:
    return {
        name: f"At most {most} characters; this has {len(_text(answers, name))}."
        for name, most in LONGEST.items()
        if len(_text(answers, name)) > most
    }


def _text(answers: Answers, name: str) -> str:
    return answers.get(name, "").replace("\r\n", "\n").strip()


def heirs(session: Session, row: Mailbox) -> list[Mailbox]:
    """Who may take over from a mailbox."""
    return [box for box in mailboxes.active(session) if box.id != row.id]
