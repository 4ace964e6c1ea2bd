"""Caps on what a request may bring."""

from flask.testing import FlaskClient

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_form_with_very_many_fields_is_refused_before_it_is_read(client: FlaskClient) -> None:
    body = "&".join(f"f{n}=1" for n in range(50_000))
    assert client.post("/rename/x/200", data=body, headers=FORM).status_code == 413


def test_a_urlencoded_field_of_two_megabytes_is_refused(client: FlaskClient) -> None:
    assert client.post("/rename/x/200", data="a=" + "x" * 2_000_000, headers=FORM).status_code == 413


def test_a_door_has_its_own_cap(client: FlaskClient) -> None:
    assert client.post("/hook", data="a=" + "x" * 900, headers=FORM).status_code == 200
    assert client.post("/hook", data="a=" + "x" * 1_100, headers=FORM).status_code == 413
    assert client.post("/hook", data=b"x" * 1_100, content_type="application/json").status_code == 413


def test_a_refused_size_is_said_in_words(client: FlaskClient) -> None:
    assert "larger than this page takes" in client.post("/hook", data="a=" + "x" * 1_100, headers=FORM).text
