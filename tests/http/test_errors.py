"""Errors in plain words, for each kind of asker; nothing of the inside leaks."""

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
