"""Signing in to mail servers with Google and Microsoft: authorisation code with PKCE (RFC 7636), refresh, XOAUTH2.

Tokens are values here; who keeps them, sealed, is journeys.sign_in_with. Nothing of a token or secret is ever in a sentence.
"""

import http.client
import json
import secrets
import urllib.error
import urllib.request
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from outreach import clock

TIMEOUT = 10.0
LARGEST_ANSWER = 100_000
EARLY = 120.0
"""Seconds before its end at which an access token is taken for ended."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked, and for what."""

    name: str
    authorize: str
    token: str
    scope: str
    extra: Mapping[str, str] = field(default_factory=dict)


GOOGLE = Endpoints(
    "Google",
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://mail.google.com/",
    {"access_type": "offline", "prompt": "consent"},
)
MICROSOFT = Endpoints(
    "Microsoft",
    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    {"prompt": "select_account"},
)
PROVIDERS = {"google": GOOGLE, "microsoft": MICROSOFT}


@dataclass(frozen=True, slots=True)
class Client:
    """Our registration with a provider."""

    endpoints: Endpoints
    client_id: str
    client_secret: str = field(repr=False)
    tenant: str = "common"

    def address(self, template: str) -> str:
        """An endpoint with the tenant filled in."""
        return template.replace("{tenant}", quote(self.tenant or "common", safe=""))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the provider gave. `ends` is a Unix time."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends: float

    @property
    def fresh(self) -> bool:
        """Whether the access token can still be used."""
        return bool(self.access) and self.ends - EARLY > clock.real_now().timestamp()


class OAuthRefused(Exception):
    """The provider gave no token. `lasting`: only a person can mend it (sign in again, correct the registration)."""

    def __init__(self, sentence: str, *, lasting: bool) -> None:
        super().__init__(sentence)
        self.lasting = lasting


def verifier() -> str:
    """A fresh PKCE verifier."""
    return secrets.token_urlsafe(48)


def authorize_address(client: Client, redirect_uri: str, state: str, code_verifier: str, hint: str) -> str:
    """Where the browser is sent to sign in. `hint` is the mailbox's address."""
    challenge = urlsafe_b64encode(sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.endpoints.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": hint,
        **client.endpoints.extra,
    }
    return client.address(client.endpoints.authorize) + "?" + urlencode(asked)


def exchange(client: Client, code: str, code_verifier: str, redirect_uri: str) -> Tokens:
    """The first tokens, for the code that the browser brought back. Raises OAuthRefused."""
    asked = {"grant_type": "authorization_code", "code": code, "code_verifier": code_verifier}
    tokens = _tokens(client, asked | {"redirect_uri": redirect_uri}, "")
    if not tokens.refresh:
        raise OAuthRefused(
            f"{client.endpoints.name} gave no lasting permission (no refresh token). Remove the app's access in your "
            "account there, then connect again.",
            lasting=True,
        )
    return tokens


def refresh(client: Client, refresh_token: str) -> Tokens:
    """Fresh tokens; the refresh token stays the same unless the provider changed it. Raises OAuthRefused."""
    return _tokens(client, {"grant_type": "refresh_token", "refresh_token": refresh_token}, refresh_token)


def xoauth2(user: str, access_token: str) -> str:
    """The initial response of AUTH XOAUTH2."""
    return b64encode(f"user={user}\x01auth=Bearer {access_token}\x01\x01".encode()).decode()


def _tokens(client: Client, asked: dict[str, str], known_refresh: str) -> Tokens:
    answer = _post(client, asked | {"client_id": client.client_id, "client_secret": client.client_secret})
    access = answer.get("access_token")
    if not isinstance(access, str) or not access or not access.isascii():
        raise OAuthRefused(f"{client.endpoints.name} answered without a token.", lasting=False)
    given = answer.get("refresh_token")
    lasts = answer.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, int | float | str) and str(lasts).isdecimal() else 3600.0
    return Tokens(
        access, given if isinstance(given, str) and given else known_refresh, clock.real_now().timestamp() + seconds
    )


def _post(client: Client, asked: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310  the addresses are constants of ours
        client.address(client.endpoints.token),
        data=urlencode(asked).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  the same
            return _object(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            said = _object(error.read(LARGEST_ANSWER))
        raise _refused(client, error.code, str(said.get("error", ""))) from None
    except (OSError, http.client.HTTPException) as error:
        raise OAuthRefused(f"{client.endpoints.name} cannot be reached: {error}", lasting=False) from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(client: Client, status: int, error: str) -> OAuthRefused:
    """The provider's word for what is wrong (RFC 6749 5.2), with the remedy."""
    name = client.endpoints.name
    sentences = {
        "invalid_grant": f"{name} has withdrawn the permission (password changed, access removed or too old). "
        "Connect the mailbox again under Settings > Mailboxes.",
        "invalid_client": f"{name} does not know our client id or secret. Correct them under Settings > Mailboxes.",
        "unauthorized_client": f"{name} does not let this client id sign in this way. Register it as a web application.",
        "redirect_uri_mismatch": f"{name} does not know our return address. Add it to the client's redirect addresses.",
        "interaction_required": f"{name} wants somebody to sign in again. Connect the mailbox under Settings > Mailboxes.",
    }
    if error in sentences:
        return OAuthRefused(sentences[error], lasting=True)
    lasting = status in (400, 401, 403)
    return OAuthRefused(f"{name} refused a token ({status} {error[:60]}).".replace(" )", ")"), lasting=lasting)
