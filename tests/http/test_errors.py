"""Errors in plain words, for each kind of asker; nothing of the inside leaks."""

import pytest
from flask.testing import FlaskClient


def test_a_browser_gets_a_page(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert "<html" in answer.text


def test_a_machine_gets_json(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.get_json()["error"]["status"] == 404


def test_htmx_gets_one_sentence_for_a_toast(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"HX-Request": "true"})
    assert answer.mimetype == "text/plain"
    assert "does not exist" in answer.text


def test_a_fault_of_ours_says_so_and_hides_the_inside(client: FlaskClient) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert "Something broke on our side" in answer.text


def test_a_wrong_method_names_the_right_one(client: FlaskClient) -> None:
    answer = client.delete("/open")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_the_own_sentence_of_a_view_is_kept(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/gone/{status}")
    assert answer.status_code == status
    assert "The letter that this link was in is gone." in answer.text


def test_the_words_of_the_framework_are_never_shown(client: FlaskClient) -> None:
    assert "requested URL" not in client.get("/nowhere").text
