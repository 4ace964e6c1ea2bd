"""Static files with the content's hash in their address."""

from flask.testing import FlaskClient

from outreach.http.assets import FOLDER, static_url


def test_a_hashed_address_may_be_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(static_url("app.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"


def test_an_address_without_a_hash_is_kept_for_an_hour(client: FlaskClient) -> None:
    assert "max-age=3600" in client.get("/static/app.css").headers["Cache-Control"]


def test_nothing_outside_the_folder_is_served(client: FlaskClient) -> None:
    assert (FOLDER.parent / "blueprint.py").exists()
    for path in ("/static/../blueprint.py", "/static/%2e%2e/blueprint.py", "/static//etc/passwd"):
        assert client.get(path).status_code in (308, 404)
