"""Webhooks of mail providers (MAIL X8): checked, kept raw, understood later, each event once.

let_in    the post's address and signature are right: keep it and answer at once
read      understand kept posts: delivered, bounced and complained go the way of delivery reports, mail the way of IMAP
open_for  let a provider post: a fresh secret address; `close_for` takes it back
"""

import secrets as random
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import delivery_reports, notify, opt_out, receive, settle
from outreach.journeys.house import House
from outreach.mail.providers import brevo, mailgun, postmark, sendgrid, ses, table
from outreach.mail.providers.told import NotUnderstood, Post, Told
from outreach.store import business_clock, hooks, messages, secrets
from outreach.store.hooks import HookPost, ProviderHook
from outreach.store.leads import Lead
from outreach.store.leads import locked as locked_lead
from outreach.store.messages import Message

ADAPTERS = {"ses": ses, "postmark": postmark, "sendgrid": sendgrid, "mailgun": mailgun, "brevo": brevo}
NEEDS_SECRET = {"sendgrid": "verification key", "mailgun": "HTTP webhook signing key"}
"""Without it their events are refused. It may come later: SendGrid shows it only once it knows the address."""
UNSIGNED = {"postmark": "user and password", "brevo": "bearer token"}
"""They sign nothing: their address is secret, and this may be added."""
TRIES = 2
KEPT = timedelta(days=30)
log = structlog.get_logger()


def open_for(session: Session, house: House, provider: str, secret: str, now: datetime) -> ProviderHook:
    """Let a provider post, or change its secret; the address stays. Raises Refused."""
    if provider not in ADAPTERS:
        raise Refused(f"'{provider[:30]}' posts no webhooks that we know.")
    row = hooks.hook_of(session, provider)
    if row is None:
        path = random.token_urlsafe(24)
        row = ProviderHook(provider=provider, path_secret=secrets.seal(path, house.keys), topic="", created_at=now)
        session.add(row)
    if secret:
        row.secret = secrets.seal(secret, house.keys)
    session.flush()
    return row


def close_for(session: Session, provider: str) -> None:
    """Its posts are refused from now on."""
    row = hooks.hook_of(session, provider)
    if row is not None:
        session.delete(row)


def address_of(house: House, row: ProviderHook) -> str:
    """Where the provider is to post. Mailgun sends raw mail only to addresses that end in `mime`."""
    path = f"/hooks/{row.provider}/{secrets.unseal(row.path_secret, house.keys)}"
    return house.url(path + ("/mime" if row.provider == "mailgun" else ""))


def let_in(session: Session, house: House, provider: str, path_secret: str, post: Post) -> bool | None:
    """None: nobody lives at this address. False: not the provider's post. True: kept (or known already)."""
    row = hooks.hook_of(session, provider)
    if row is None or not random.compare_digest(
        secrets.unseal(row.path_secret, house.keys).encode(), path_secret.encode("utf-8", "replace")
    ):
        return None
    secret = secrets.unseal(row.secret, house.keys) if row.secret else ""
    real = business_clock.real_now(session)
    if not ADAPTERS[provider].verified(post, secret, real.timestamp()) or not _topic_fits(row, post):
        return False
    row.last_at = real
    values = {
        "provider": provider,
        "sha256": sha256(post.body).hexdigest(),
        "content_type": post.content_type[:300],
        "body": post.body,
        "received_at": house.now(session),
        "state": "new",
        "tries": 0,
        "error": "",
    }
    hooks.keep(session, values)
    return True


def refusal(session: Session, provider: str) -> str:
    """Why a post with the right address was not let in, for whoever reads the provider's log."""
    row, what = hooks.hook_of(session, provider), NEEDS_SECRET.get(provider)
    if what and row is not None and not row.secret:
        words = f"The {what} is not known here yet: enter it under Settings > Provider webhooks."
    elif provider == "ses" and row is not None and row.topic:
        words = (
            "Amazon's signature is missing, wrong or too old, or the post is of another topic than the confirmed one."
        )
    elif provider in UNSIGNED:
        words = f"The {UNSIGNED[provider]} of this post is not what was entered under Settings > Provider webhooks."
    else:
        words = "The signature of this post is missing, wrong or too old."
    log.warning("hook_refused", provider=provider, why=words)
    return words


def confirm_subscription(post: Post, get: Callable[[str], bytes] = ses.fetch) -> bool:
    """Amazon asks whether we want its posts: say yes by opening the address it names. Uses the network."""
    try:
        url = ses.confirmation(post)
        return bool(url and get(url))
    except (NotUnderstood, OSError):
        return False


def read(house: House, limit: int = 50) -> int:
    """Understand kept posts, each in a transaction of its own; how many were looked at."""
    with house.sessions() as session:
        waiting = hooks.waiting(session, limit)
    for post_id in waiting:
        try:
            with house.sessions.begin() as session:
                _understand(session, house, post_id)
        except OperationalError:
            raise  # the database is away: no fault of this post
        except Exception as error:
            log.exception("hook_not_understood", id=post_id)
            with house.sessions.begin() as session:
                _set_aside(session, post_id, f"{type(error).__name__}: {error}")
    if waiting:
        with house.sessions.begin() as session:
            hooks.forget(session, house.now(session) - KEPT)
    return len(waiting)


def read_again(session: Session, post_id: int) -> None:
    """A post that was not understood gets another chance."""
    row = session.get(HookPost, post_id)
    if row is not None and row.state == "failed":
        row.state, row.tries, row.error = "new", 0, ""


def _topic_fits(row: ProviderHook, post: Post) -> bool:
    """Amazon signs for all its customers alike: the first confirmed topic is ours, every other is a stranger's."""
    if row.provider != "ses":
        return True
    topic = ses.topic_of(post)
    if not row.topic and ses.confirmation(post):
        row.topic = topic
    return bool(topic) and row.topic == topic


def _understand(session: Session, house: House, post_id: int) -> None:
    """(1) The post, ours alone, (2) its events in our words, (3) each that is new has its effect."""
    row = hooks.lock_new(session, post_id)
    if row is None:
        return
    try:
        events = ADAPTERS[row.provider].translate(Post({}, row.body, row.content_type))
    except NotUnderstood as error:
        _failed(session, row, str(error))
        return
    for event in events:
        _once(session, house, row, event)
    row.state = "done"


def _once(session: Session, house: House, row: HookPost, event: Told) -> None:
    message = _letter(session, house, event)
    lead = locked_lead(session, message.lead_id) if message and message.lead_id else None
    values = {
        "provider": row.provider, "event_id": event.event_id[:200], "post_id": row.id, "kind": event.kind,
        "message_id": message.id if message else None, "received_at": row.received_at,
    }  # fmt: skip
    if hooks.first_time(session, values):
        _act(session, house, row, event, message, lead)


def _letter(session: Session, house: House, event: Told) -> Message | None:
    """Our letter, by the token of its return address or by its Message-ID; never by an address alone."""
    if event.token and (number := house.number("bounce", event.token)):
        return session.get(Message, number)
    return messages.by_message_id(session, list(event.wire_ids)) if event.wire_ids else None


def _act(
    session: Session, house: House, row: HookPost, event: Told, message: Message | None, lead: Lead | None
) -> None:
    now = house.now(session)
    if event.kind == "mail":
        receive.keep(
            session, event.raw, now, source="hook", recipient=event.recipient, envelope_from=event.sender[:320]
        )
    elif message is None:
        return
    elif event.kind == "complained":
        settle.arrived(session, message, "they complained about it", now)
        message.delivered = "complained"
        opt_out.complain(session, house, message.to_address, now, message.id, lead.id if lead else None)
    elif event.kind == "opt_out":
        words = f"unsubscribed at {table.of(row.provider).name}"
        opt_out.unsubscribe(session, house, message.to_address, words, now, message.id, lead.id if lead else None)
    elif event.kind != "nothing" and not _somebody_else(event, message):
        data = {"provider": row.provider, "post": row.id}
        delivery_reports.told(session, house, message, lead, event.kind, event.words, now, data)


def _somebody_else(event: Told, message: Message) -> bool:
    """A letter that was forwarded bounces for others: that says nothing about our recipient."""
    return bool(event.recipient) and event.recipient.lower() != message.to_address.lower()


def _set_aside(session: Session, post_id: int, error: str) -> None:
    row = session.get_one(HookPost, post_id)
    row.tries += 1
    row.error = error[:500]
    if row.tries >= TRIES:
        _failed(session, row, error)


def _failed(session: Session, row: HookPost, error: str) -> None:
    row.state, row.error = "failed", error[:500]
    text = f"A webhook of {table.of(row.provider).name} was not understood: {error}"[:500]
    notify.tell(session, None, "problem", text, "/settings/webhooks", row.received_at)
