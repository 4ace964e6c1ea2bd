"""The pages in a real browser: the application served from this process, a signed-in page, and axe."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from outreach.app import create_app
from outreach.journeys import accounts
from outreach.store.users import User

PASSWORD = "correct horse battery"
AXE = (Path(__file__).parent / "vendor" / "axe.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def site(house: Any) -> Iterator[str]:
    """The address of the application, served by threads of this process."""
    server = make_server("127.0.0.1", 0, create_app(house), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def ada(house: Any) -> User:
    """Ada, who administers."""
    with house.sessions.begin() as session:
        return accounts.add_user(session, "ada@outreach.test", "Ada Admin", "admin", PASSWORD)


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """What the browser complained about: errors in the console (CSP violations are there) and uncaught ones."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.fixture
def inside(page: Any, site: str, ada: User, complaints: list[str]) -> Any:
    """A page whose browser is signed in as Ada."""
    page.goto(site + "/sign-in")
    page.fill("#email", ada.email)
    page.fill("#password", PASSWORD)
    page.click("text=Sign in >> nth=-1")
    page.wait_for_url(site + "/")
    return page


@pytest.fixture
def faults() -> Any:
    """A function that gives a page's accessibility faults, one line each."""

    def look(page: Any) -> list[str]:
        page.evaluate(AXE)
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    return look
