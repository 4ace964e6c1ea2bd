"""One transaction per request; workers are woken after it."""

from typing import Any

from flask.testing import FlaskClient

from outreach.store import account


def company(house: Any) -> str:
    with house.sessions() as session:
        return account.get(session).company


def test_an_answer_that_is_no_error_commits(client: FlaskClient, house: Any) -> None:
    client.post("/rename/Lumen/200")
    assert company(house) == "Lumen"


def test_an_error_rolls_back(client: FlaskClient, house: Any) -> None:
    client.post("/rename/Lumen/422")
    assert company(house) == ""


def test_workers_are_woken_after_the_commit_only(client: FlaskClient, monkeypatch: Any) -> None:
    seen: list[tuple[str, ...]] = []
    house = client.application.extensions["house"]

    def poke(job: str, *ids: int) -> bool:
        seen.append((job, *map(str, ids), company(house)))
        return True

    monkeypatch.setattr(house.queue, "poke", poke)
    client.post("/rename/Ignored/422")
    client.post("/rename/Lumen/200")
    assert seen == [("deliver", "7", "Lumen")]
