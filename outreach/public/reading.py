"""A form post as plain values: the answers, and what the browser told about itself.

Fields whose names begin with `_` are ours (`_sent`, `_zone`, `_locale`, `_page`, `_referrer`); machines may leave
the underscore out for those that are no field of the form.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import available_timezones

from flask import Request

from outreach import clock
from outreach.core import tokens
from outreach.store.forms import Form

HONEYPOT = "homepage"
SHORTEST_FILL = 2.0
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
TOLD = frozenset({"zone", "time_zone", "locale", "page", "referrer", *UTM})
LONGEST = 20_000
YES = frozenset({"on", "true", "yes", "1"})
NO = frozenset({"", "off", "false", "no", "0"})


class NotReadable(ValueError):
    """A body that is no form post; the sentence says what was expected."""


def values(request: Request) -> dict[str, Any]:
    """Every posted value by name: of JSON the object, of a form the last value of each name. Raises NotReadable."""
    if not request.is_json:
        return {name: request.form.getlist(name)[-1] for name in request.form}
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise NotReadable('The body is no JSON object; send one such as {"name": "Ann", "email": "ann@example.com"}.')
    return {str(key): _plain(value) for key, value in found.items()}


def answers(form: Form, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by key, a tick box as True or False. What the form does not ask for is kept too, but ours."""
    own = {field["key"]: field for field in form.fields}
    found = {key: value for key, value in posted.items() if key in own or not _is_ours(key)}
    for key, value in found.items():
        if own.get(key, {}).get("kind") == "checkbox":
            found[key] = _tick(value)
    return found


def with_empty_boxes(form: Form, found: dict[str, Any]) -> dict[str, Any]:
    """A browser sends nothing for a box that was shown and left empty: that is a no. (JSON says true or false itself.)"""
    return {f["key"]: False for f in form.fields if f.get("kind") == "checkbox"} | found


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """All time zones; finding them reads hundreds of files."""
    return frozenset(available_timezones())


def context(form: Form, posted: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """Zone, locale, referrer, page, UTM values, browser, address, and the words beside the consent box."""

    def told(name: str) -> str:
        own = {field["key"] for field in form.fields}
        value = posted.get("_" + name) or ("" if name in own else posted.get(name)) or ""
        return _line(value)

    page = told("page")
    zone = told("zone") or told("time_zone")
    from_page = {key: value for key, value in parse_qsl(urlsplit(page).query)[:100] if key in UTM}
    return {
        "zone": zone if zone in _zones() else "",
        "locale": (told("locale") or (request.accept_languages.best or ""))[:35],
        "referrer": told("referrer"),
        "page": page,
        "utm": {key[4:]: _line(value) for key in UTM if (value := told(key) or from_page.get(key, ""))},
        "agent": _line(request.headers.get("User-Agent", "")),
        "ip": request.remote_addr or "",
        "consent_text": form.consent_text,
    }


def stamp(keys: tuple[bytes, ...]) -> str:
    """The moment at which a page was made, signed: goes into the hidden field `_sent`."""
    return tokens.sign("fill", int(clock.real_now().timestamp() * 10), keys)


def kept_stamp(posted: Mapping[str, Any], keys: tuple[bytes, ...]) -> str:
    """The stamp that was posted, when it is ours; else a new one."""
    sent = str(posted.get("_sent", ""))
    return sent if tokens.verify("fill", sent, keys) is not None else stamp(keys)


def too_quick(posted: Mapping[str, Any], keys: tuple[bytes, ...]) -> bool:
    """Whether the page was filled in faster than a person can, or never shown at all (no valid stamp)."""
    made = tokens.verify("fill", str(posted.get("_sent", "")), keys)
    return made is None or clock.real_now().timestamp() - made / 10 < SHORTEST_FILL


def _is_ours(key: str) -> bool:
    return key.startswith("_") or key in TOLD or key == HONEYPOT


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value[:50] if isinstance(one, str | int | float))
    elif isinstance(value, dict):
        value = ""
    return str(value)[:LONGEST]


def _tick(value: Any) -> Any:
    word = str(value).strip().lower() if not isinstance(value, bool) else ""
    return value if isinstance(value, bool) else True if word in YES else False if word in NO else value


def _line(value: Any) -> str:
    return "".join(c for c in str(value) if c.isprintable())[:1000].strip()
