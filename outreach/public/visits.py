"""/o.js: a small script for your own pages, and /o/visit: where it says which page a known lead looks at.

No cookie. Without the visitor's consent nothing is stored in the browser either: only the page that a letter's link led
to is told. Browsers that ask not to be followed (Global Privacy Control, Do Not Track) are not.
"""

import json
import re
from urllib.parse import urlsplit

from flask import Response, render_template, request
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from outreach import clock
from outreach.core.tracking import Hit
from outreach.http.access import anyone
from outreach.http.house import current_house, now
from outreach.http.limits import visitor
from outreach.http.transactions import transaction
from outreach.journeys import visit
from outreach.public.blueprint import blueprint
from outreach.public.flood import too_much

BODY = 4_000
PER_VISITOR = RateLimitItemPerMinute(120)
PER_LEAD = RateLimitItemPerHour(300)
LONGEST = 500
CACHED = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}


@blueprint.get("/o.js")
@anyone("the script for our own pages; the same for everybody")
def visit_script() -> Response:
    """`<script src="…/o.js" defer></script>`."""
    script = render_template("public/o.js", address=current_house().settings.base_url)
    return Response(script, mimetype="text/javascript", headers=CACHED)


@blueprint.post("/o/visit")
@anyone("a page says that a known lead looks at it", csrf=False, body=BODY)
def visit_kept() -> Response:
    """Always 204: the answer tells a stranger nothing. What is not wanted, not ours or too much is not kept."""
    done = Response(status=204, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})
    if request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1":
        return done
    told = _told()
    lead_id = current_house().number(visit.PURPOSE, told.get("o", ""))
    path, site = _path(told.get("path", "")), _site()
    if lead_id is None or not path or not site:
        return done
    if too_much(PER_VISITOR, visitor(), "visit") or too_much(PER_LEAD, "visits", str(lead_id)):
        return done
    referrer = urlsplit(told.get("from", "")).hostname or ""
    visit.keep(transaction(), lead_id, site, path, referrer[:200], _hit(), now())
    return done


def _told() -> dict[str, str]:
    """The body is JSON, sent as plain text so that the browser asks nobody first."""
    try:
        found = json.loads(request.get_data(cache=False).decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return {key: text for key, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def _path(path: str) -> str:
    """Without query and fragment: they may hold anything."""
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    return path[:LONGEST] if path.startswith("/") and path.isprintable() else ""


def _site() -> str:
    """Which site: browsers say it truly, in a header that scripts cannot set."""
    return (urlsplit(request.headers.get("Origin", "")).hostname or "")[:253]


def _hit() -> Hit:
    headers = request.headers
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")).lower()
    return Hit(
        at=clock.real_now(),
        link_id=0,
        agent=headers.get("User-Agent", ""),
        ip=request.remote_addr or "",
        language=bool(headers.get("Accept-Language")),
        prefetch="prefetch" in purpose or "prerender" in purpose,
    )
