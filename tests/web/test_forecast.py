"""/forecast: rung for when it is old, shown with its moment, every number opens its rows."""

import re
from typing import Any

from outreach.journeys import outlook
from outreach.store.tasks import Task

from .conftest import Visitor


def test_the_first_visit_rings_for_it_and_waits(admin: Visitor, house: Any) -> None:
    page = admin.get("/forecast").text
    assert "It is being worked out" in page
    assert 'hx-trigger="every 2s"' in page
    assert house.queue.lengths()["housekeeping"] == 1


def test_numbers_open_their_rows(admin: Visitor, house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        session.add(Task(kind="call", title="Call", due_at=now, created_at=now, memory={}, step_key="call-1"))
    outlook.look_ahead(house)
    page = admin.get("/forecast")
    assert "As of today" in page.text
    assert "hx-trigger" not in page.text.split('id="forecast"')[1][:200]
    address = re.search(r'href="(/forecast/rows\?kind=task[^"]*)"', page.text)
    assert address
    behind = admin.get(address[1].replace("&amp;", "&")).text
    assert "call-1" in behind
    assert admin.get("/forecast", headers={"HX-Request": "true"}).status_code == 286
    assert admin.get("/forecast/rows?kind=task&key=999").status_code == 404
    assert admin.get("/forecast/rows?kind=task&day=2020-01-01").status_code == 404


def test_who_asks_again_gets_a_new_look(admin: Visitor, house: Any) -> None:
    outlook.look_ahead(house)
    house.queue.redis.flushdb()
    assert "being renewed" in admin.get("/forecast?again=1").text
    assert house.queue.lengths()["housekeeping"] == 1
