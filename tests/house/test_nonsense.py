"""Nonsense in a field or an address is answered in a sentence (STYLE: bad input gets a clear error), never by a fault of ours."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

import outreach
from outreach.http import errors
from tests.house.grown import Grown

TEMPLATES = Path(outreach.__file__).parent / "web" / "templates"
NAME = re.compile(r"name=\"([\w-]+)\"|ui\.\w+\('([\w-]+)'")
NOT_PAGES = (
    "/static",
    "/api",
    "/brand",
    "/healthz",
    "/hooks",
    "/sign-out",
    "/settings/domains",
    "/settings/mailboxes",
    "/clock",
)
"""Not for people, the way out, what asks other people's servers, and what waits for workers."""
NONSENSE = ["²", "99999999999999999999", "\x00", "up:²"]
"""Digits that are no number, one that no id can be, what the database cannot keep, a place that is none."""


def fields() -> list[str]:
    """The name of every field of every page."""
    found = {name for path in TEMPLATES.rglob("*.html") for pair in NAME.findall(path.read_text()) for name in pair}
    return sorted(found - {"", "csrf_token", "sent_again"})


def addresses(rules: list[Rule]) -> Iterator[tuple[str, str]]:
    for rule in sorted(rules, key=lambda one: one.rule):
        address = re.sub(r"<int:\w+>", "1", rule.rule)
        address = re.sub(r"<any\(([^,)]*)[^>]*>", r"\1", address)
        address = re.sub(r"<[^>]+>", "x", address)
        for method in ("GET", "POST"):
            if method in (rule.methods or ()) and not rule.rule.startswith(NOT_PAGES):
                yield method, address


def test_no_page_breaks(house: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page once, its fields filled with nonsense of all kinds in turn."""
    grown, broken = Grown(house, app), []
    grown.grow(1, 3)
    monkeypatch.setattr(errors.log, "exception", lambda *words, **more: broken.append(str(more["exc_info"])[:200]))
    names, found = fields(), []
    assert len(names) > 100
    for number, (method, address) in enumerate(addresses(list(app.url_map.iter_rules()))):
        given = {name: NONSENSE[(number + place) % len(NONSENSE)] for place, name in enumerate(names)}
        if method == "GET":
            grown.visitor.get(address, query_string=given)
        else:
            grown.visitor.post(address, given)
        found += [f"{method} {address}: {words}" for words in broken]
        broken.clear()
    assert found == []
