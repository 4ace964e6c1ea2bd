"""What every page shows around itself: navigation, who is signed in, notices, theme, the movable clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request
from markupsafe import Markup

from outreach.http.assets import static_url
from outreach.http.house import current_house, now
from outreach.http.sign_in import current_user
from outreach.http.transactions import transaction
from outreach.journeys import moveclock, ticking
from outreach.reports.today import GROUP_OF, REPLIES
from outreach.store import notices, tasks
from outreach.web.blueprint import blueprint
from outreach.web.filters import page_zone, zone_named

ICON = Markup('<svg class="icon {extra}" aria-hidden="true"><use href="{address}#{name}"/></svg>')


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    path: str
    icon: str
    label: str
    roles: tuple[str, ...] = ()


GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "My day",
        (Place("/", "list-check", "Today"), Place("/replies", "inbox", "Replies"), Place("/leads", "users", "Leads")),
    ),
    (
        "Build",
        (
            Place("/sequences", "route", "Sequences"),
            Place("/templates", "template", "Templates"),
            Place("/newsletters", "news", "Newsletters"),
            Place("/forms", "forms", "Forms"),
            Place("/segments", "filter", "Segments"),
        ),
    ),
    (
        "Measure",
        (
            Place("/forecast", "calendar-event", "Forecast"),
            Place("/experiments", "test-pipe", "Tests"),
            Place("/health", "heartbeat", "Health"),
            Place("/mail", "mail", "Mail"),
        ),
    ),
)
PHONE = (
    Place("/", "list-check", "Today"),
    Place("/leads", "users", "Leads"),
    Place("/sequences", "route", "Sequences"),
    Place("/newsletters", "news", "News"),
    Place("/menu", "menu-2", "More"),
)


def existing(places: tuple[Place, ...]) -> list[Place]:
    """The places whose page exists: no entry leads nowhere."""
    paths = {rule.rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return [place for place in places if place.path in paths]


def groups() -> list[tuple[str, list[Place]]]:
    """The sidebar's three groups, without empty ones."""
    found = [(title, existing(places)) for title, places in GROUPS]
    return [(title, places) for title, places in found if places]


def is_here(path: str) -> bool:
    """Whether the page that is shown belongs to this entry."""
    return request.path == path or (path != "/" and request.path.startswith(path + "/"))


@blueprint.app_template_global()
def icon(name: str, extra: str = "") -> Markup:
    """An icon of the sprite (tools/icons.txt lists them); decorative: say the thing in words beside it."""
    return ICON.format(extra=extra, address=static_url("vendor/icons.svg"), name=name)


@blueprint.app_context_processor
def around() -> dict[str, Any]:
    """Names that every template may use. `shell` is a function: pages without the shell ask the database nothing."""
    chosen = request.cookies.get("theme")
    theme = chosen if chosen in ("light", "dark") else ""
    return {"theme": theme, "user": current_user, "shell": _shell, "is_here": is_here}


def _shell() -> dict[str, Any]:
    session, user = transaction(), current_user()
    movable = not moveclock.unmovable(session, current_house())
    return {
        "groups": groups(),
        "phone": existing(PHONE),
        "counts": counts(user.id) if user else {},
        "unread": notices.unread(session, user.id) if user else 0,
        "movable": movable,
        "now": now(),
        "next": ticking.next_instant(session, now()) if movable else None,
    }


def counts(user_id: int) -> dict[str, int]:
    """What waits behind an entry of the navigation: today's open tasks, and the replies among them."""
    kinds = tasks.open_by_kind(transaction(), user_id, _end_of_today())
    replies = sum(number for kind, number in kinds.items() if GROUP_OF.get(kind) == REPLIES)
    return {"/": sum(kinds.values()), "/replies": replies}


def _end_of_today() -> datetime:
    here = now().astimezone(zone_named(page_zone()))
    return (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
