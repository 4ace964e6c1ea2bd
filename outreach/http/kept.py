"""What somebody typed is not lost when its post is refused: the error page shows it, and offers to send it again.

Only for posts that come from our own pages, so that no other site can put words on a page that has a good CSRF token.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

SECRET = re.compile(r"passw|secret|token|key|code|^again$", re.IGNORECASE)
SENT_AGAIN = "sent_again"
"""The field that tells an error page's form from the one that was filled in."""
MOST_FIELDS = 300
WORDS = re.compile(r"\S\s+\S")
"""What looks written: two words. Everything else travels along unseen."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The fields of a refused post. `whole`: nothing is missing (no password, no file), so it can be sent again."""

    address: str
    fields: tuple[tuple[str, str], ...]
    whole: bool

    @property
    def words(self) -> list[tuple[str, str]]:
        """(label, text) of what somebody wrote."""
        return [(name.replace("_", " ").capitalize(), text) for name, text in self.fields if WORDS.search(text)]


def of_request() -> Kept | None:
    """What this request posted, when it came from a form of ours; None when there is nothing to keep."""
    if request.method != "POST" or not from_our_own_page():
        return None
    try:
        given = [
            (name, text) for name, text in request.form.items(multi=True) if name not in ("csrf_token", SENT_AGAIN)
        ]
        files = any(file.filename for file in request.files.values())
    except HTTPException:
        return None  # too large, or no form at all
    fields = tuple((name, text) for name, text in given if not SECRET.search(name))
    if not fields or len(fields) > MOST_FIELDS:
        return None
    address = request.full_path.rstrip("?")
    return Kept(address, fields, whole=len(fields) == len(given) and not files)


def from_our_own_page() -> bool:
    """By the browser's own word (Fetch Metadata), else by the address of the page before."""
    return _ours(request.headers.get("Origin") or request.referrer or "")


def sent_again() -> bool:
    """An error page's “Send again”, and the browser itself says that the page was ours: that stands in for a token that
    a sign-in in another tab has made stale. No other site's page can make a browser say so."""
    return SENT_AGAIN in request.form and _ours(request.headers.get("Origin") or "")


def _ours(page: str) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return bool(page) and urlsplit(page).netloc == request.host
