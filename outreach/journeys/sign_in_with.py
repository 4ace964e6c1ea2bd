"""Mailboxes that sign in with Google or Microsoft: connect, keep tokens sealed, renew them once for everybody.

begin     where to send the browser; state and PKCE verifier are kept in the mailbox's row for 15 minutes
finish    the browser is back: exchange the code, fill in the servers, release what was held (F4)
bearer    a mailbox's access token, renewed when needed; None when it signs in by password
"""

import hmac
import json
import secrets as random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys.house import House
from outreach.mail import oauth
from outreach.mail.imap import ImapError
from outreach.mail.oauth import Client, OAuthRefused, Tokens
from outreach.mail.providers import table
from outreach.store import business_clock, mailboxes, oauth_clients, secrets
from outreach.store.mailboxes import Mailbox
from outreach.store.oauth_clients import OAuthClient

PATIENCE = 900.0
"""Seconds that somebody may take to sign in."""
LOCK = 7_201_543
RETURN_PATH = "/settings/mailboxes/connected"


def save_client(session: Session, house: House, provider: str, client_id: str, client_secret: str, tenant: str) -> None:
    """Keep our registration with a provider; an empty secret keeps the stored one. Raises Refused."""
    row = oauth_clients.of(session, provider)
    if provider not in oauth.PROVIDERS or not client_id or not (client_secret or row):
        raise Refused("Enter the client id and the client secret of your registration.")
    if row is None:
        row = OAuthClient(provider=provider)
        session.add(row)
    row.client_id, row.tenant = client_id[:300], (tenant or "common")[:100]
    if client_secret:
        row.client_secret = secrets.seal(client_secret, house.keys)


def begin(session: Session, house: House, mailbox: Mailbox, provider: str) -> str:
    """The address to send the browser to. Raises Refused without a registration."""
    client = _client(session, house, provider)
    nonce, verifier = random.token_urlsafe(24), oauth.verifier()
    kept = _kept(house, mailbox)
    kept["pending"] = {
        "nonce": nonce,
        "verifier": verifier,
        "provider": provider,
        "until": business_clock.real_now(session).timestamp() + PATIENCE,
    }
    _keep(house, mailbox, kept)
    return oauth.authorize_address(
        client, house.url(RETURN_PATH), f"{mailbox.id}.{nonce}", verifier, hint=mailbox.address
    )


def awaited(session: Session, house: House, state: str) -> tuple[Mailbox, Client, dict[str, Any]]:
    """The mailbox that a returning browser belongs to. Raises Refused when nobody waits for it (forged, late, twice)."""
    number, _, nonce = state.partition(".")
    mailbox = session.get(Mailbox, int(number)) if number.isdecimal() and len(number) < 15 else None
    pending = _kept(house, mailbox).get("pending") if mailbox else None
    now = business_clock.real_now(session).timestamp()
    if mailbox is None or not pending or not hmac.compare_digest(pending["nonce"], nonce) or pending["until"] < now:
        raise Refused("This sign-in has ended or was not begun here. Press “Connect” once more.")
    return mailbox, _client(session, house, pending["provider"]), pending


def prepare(house: House, mailbox: Mailbox, provider: str) -> None:
    """The provider's servers. Until somebody signs in there is no token, so that mail waits and nothing leaves (F4)."""
    row = table.of(provider)
    user = quote(mailbox.address, safe="")
    mailbox.sign_in = mailbox.provider = provider
    mailbox.smtp_secret = secrets.seal(f"{row.smtp_scheme}://{user}@{row.smtp_host}:{row.smtp_port}", house.keys)
    mailbox.imap_secret = secrets.seal(f"imaps://{user}@{row.imap_host}:993", house.keys)


def finish(house: House, mailbox: Mailbox, provider: str, tokens: Tokens) -> None:
    """Servers of the provider, tokens sealed, and mail that was held goes again."""
    prepare(house, mailbox, provider)
    _keep(house, mailbox, _as_dict(tokens))
    mailbox.failures, mailbox.read_error = 0, ""
    if not mailbox.paused_reason.startswith(mailboxes.BY_PERSON):
        mailbox.paused_until, mailbox.paused_reason = None, ""


def exchange(house: House, client: Client, pending: dict[str, Any], code: str) -> Tokens:
    """The tokens for the code; uses the network, so no transaction may be open. Raises OAuthRefused."""
    return oauth.exchange(client, code, pending["verifier"], house.url(RETURN_PATH))


def bearer(house: House, mailbox: Mailbox) -> Callable[[bool], str] | None:
    """What gives a mailbox's access token (`True`: renew it first); None for a password."""
    if mailbox.sign_in not in oauth.PROVIDERS:
        return None
    mailbox_id = mailbox.id

    def token(renew: bool = False) -> str:
        return _access(house, mailbox_id, renew)

    return token


def inbox_bearer(house: House, mailbox: Mailbox) -> Callable[[], str] | None:
    """The same for reading by IMAP: what refuses is an ImapError, as a wrong password is."""
    token = bearer(house, mailbox)
    if token is None:
        return None

    def access() -> str:
        try:
            return token(False)
        except OAuthRefused as refused:
            raise ImapError(str(refused), sign_in=refused.lasting) from refused

    return access


def forget_access(house: House, mailbox: Mailbox) -> None:
    """The server refused the access token although it should hold: the next one is renewed."""
    kept = _kept(house, mailbox)
    if kept.get("access"):
        _keep(house, mailbox, kept | {"access": ""})


def _access(house: House, mailbox_id: int, renew: bool) -> str:
    """(1) The kept token, (2) else one process renews it while the others wait (a lock of its own, no row is held)."""
    with house.sessions() as session:
        before = _tokens(house, session.get_one(Mailbox, mailbox_id))
    if before.fresh and not renew:
        return before.access
    with house.sessions.begin() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:k, :m)"), {"k": LOCK, "m": mailbox_id})
        mailbox = session.get_one(Mailbox, mailbox_id)
        known = _tokens(house, mailbox)
        if known.fresh and known.access != before.access:
            return known.access
        tokens = oauth.refresh(_client(session, house, mailbox.sign_in), known.refresh)
        _keep(house, mailbox, _as_dict(tokens))
        return tokens.access


def _client(session: Session, house: House, provider: str) -> Client:
    row = oauth_clients.of(session, provider)
    if row is None or provider not in oauth.PROVIDERS:
        raise Refused("Enter the client id and secret of your registration first (Settings > Mailboxes).")
    return Client(oauth.PROVIDERS[provider], row.client_id, secrets.unseal(row.client_secret, house.keys), row.tenant)


def _tokens(house: House, mailbox: Mailbox) -> Tokens:
    kept = _kept(house, mailbox)
    if not kept.get("refresh"):
        raise OAuthRefused("The mailbox is not connected yet: connect it under Settings > Mailboxes.", lasting=True)
    return Tokens(kept.get("access", ""), kept["refresh"], kept.get("ends", 0.0))


def _as_dict(tokens: Tokens) -> dict[str, Any]:
    return {"access": tokens.access, "refresh": tokens.refresh, "ends": tokens.ends}


def _kept(house: House, mailbox: Mailbox) -> dict[str, Any]:
    return dict(json.loads(secrets.unseal(mailbox.oauth_secret, house.keys))) if mailbox.oauth_secret else {}


def _keep(house: House, mailbox: Mailbox, kept: dict[str, Any]) -> None:
    mailbox.oauth_secret = secrets.seal(json.dumps(kept), house.keys)


def is_connected(house: House, mailbox: Mailbox) -> bool:
    """Whether somebody has signed in for this mailbox."""
    return bool(_kept(house, mailbox).get("refresh"))
