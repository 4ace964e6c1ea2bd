"""What a stranger may try with a form, a page and a log (RELIABILITY 5.2, items 5, 7, 15 and 22)."""

import html
import logging
import re
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from outreach.store.leads import Lead
from outreach.store.messages import Message
from tests.house.grown import Grown
from tests.house.test_nonsense import addresses

MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}"
FIELDS = [
    {"key": "name", "label": "Your name", "kind": "text", "required": True},
    {"key": "email", "label": "E-mail", "kind": "email", "required": True},
    {"key": "message", "label": "Your message", "kind": "textarea"},
]
TYPED = (
    "UPDATE leads SET name = :x, company = :x, title = :x, topic = :x, best_time = :x, source = :x, locale = 'xx',"
    " fields = jsonb_build_object('own', CAST(:x AS text))",
    "UPDATE inbox SET from_name = :x, subject = :x, reply_text = :x, error = :x, evidence = :x, from_address = :x",
    "UPDATE messages SET subject = :x, answer = :x, reason = :x, text_sent = :x",
    "UPDATE tasks SET title = :x, note = :x, script = :x",
    "UPDATE events SET text = :x",
    "UPDATE notices SET text = :x",
    "UPDATE enrolments SET reason = :x, why = :x",
    "UPDATE batches SET title = :x",
    "UPDATE forms SET name = :x, title = :x, intro = :x, thanks = :x, consent_text = :x",
    "UPDATE issues SET name = :x, subject = :x",
)


def test_what_strangers_and_people_typed_is_words_on_every_page(house: Any, app: Any) -> None:
    """Item 5: markup in every column that somebody else fills, on every page that answers; it is shown, and does nothing."""
    grown = Grown(house, app)
    grown.grow(1, 4)
    with house.sessions.begin() as session:
        for statement in TYPED:
            session.execute(text(statement), {"x": MARKUP})
    seen, live = 0, []
    for method, address in addresses(list(app.url_map.iter_rules())):
        if method == "GET":
            answer = grown.visitor.get(address.replace("/1", f"/{grown.lead}"))
            page = answer.text if answer.mimetype == "text/html" else ""
            seen += html.escape("<img src=x onerror=alert(1)>") in page
            live += [address] if "<img src=x" in page or "<script>alert" in page or ">49<" in page else []
    assert live == []
    assert seen > 8, "pages that show what was typed"


def form(house: Any, key: str) -> None:
    from outreach.store.forms import Form

    with house.sessions.begin() as session:
        row = Form(key=key, name=key, title="Talk to us", fields=FIELDS, created_at=house.now(session))
        row.letter = "instant-answer"
        session.add(row)


def letters_to(house: Any, address: str) -> int:
    with house.sessions() as session:
        query = select(Message.id).where(Message.to_address == address, Message.kind.in_(("step", "answer")))
        return len(session.scalars(query).all())


def test_a_victims_address_in_hundreds_of_posts_gets_one_letter(house: Any, app: Any) -> None:
    """Item 7, MAIL L4, O9: from many places, each with other words; no word of them is in it."""
    form(house, "contact")
    client = app.test_client()
    statuses = set()
    for number in range(150):
        answers = {
            "name": f"WIN {number} http://evil.example",
            "email": "Victim@Kund.example",
            "message": f"buy {number}",
        }
        place = {"REMOTE_ADDR": f"192.0.2.{number % 200}"}
        statuses.add(client.post("/f/contact", json=answers, environ_base=place).status_code)
    assert statuses == {201, 429}
    assert letters_to(house, "victim@kund.example") == 1


def test_an_address_has_a_limit_over_all_forms(house: Any, app: Any) -> None:
    """MAIL L4: an installation with many forms is no way round the limit of each."""
    for number in range(14):
        form(house, f"form-{number}")
    client = app.test_client()
    for number in range(14):
        answers = {"name": "Anna", "email": "victim@kund.example", "message": f"words {number}"}
        client.post(f"/f/form-{number}", json=answers, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    assert 0 < letters_to(house, "victim@kund.example") <= 10


def test_a_foreign_host_name_reaches_no_letter(house: Any, app: Any) -> None:
    """Item 15: links are made from BASE_URL alone; the request itself is refused."""
    form(house, "contact")
    answers = {"name": "Anna", "email": "anna@kund.example", "message": "Hello"}
    answer = app.test_client().post("/f/contact", json=answers, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert letters_to(house, "anna@kund.example") == 0
    assert house.url("/u/x") == "http://outreach.test/u/x"


SECRETS = ("correct-horse-canary", "canary-words-of-a-letter", "canary.person@kund.example", "canarytoken234567canary")


def test_no_log_line_holds_a_password_a_token_or_the_words_of_a_lead(
    house: Any, app: Any, session: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Item 22: signing in, a form, links, a webhook, mail that breaks its reader, and a row that the database refuses."""
    from outreach.journeys import receive

    form(house, "contact")
    client = app.test_client()
    caplog.set_level(logging.DEBUG)
    client.post("/sign-in", data={"email": SECRETS[2], "password": SECRETS[0]})
    client.post("/f/contact", json={"name": SECRETS[1], "email": SECRETS[2], "message": SECRETS[1]})
    client.post("/f/contact", data="{" + SECRETS[1], content_type="application/json")
    for path in ("u", "a", "c", "o", "hooks/mailgun"):
        client.get(f"/{path}/{SECRETS[3]}")
        client.post(f"/{path}/{SECRETS[3]}", data=SECRETS[1])
    with house.sessions.begin() as opened:
        raw = f"From: {SECRETS[2]}\r\nSubject: {SECRETS[1]}\r\n\r\n{SECRETS[1]}\r\n".encode()
        receive.keep(opened, raw, house.now(opened), source="imap")

    class Broken(Exception):
        pass

    def breaks(*_all: Any, **_named: Any) -> Any:
        words = SECRETS[1]
        raise Broken(len(words))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(receive.parse, "parse", breaks)
        receive.receive(house)
    session.add(Lead(email=SECRETS[2], name=SECRETS[1]))
    with pytest.raises(IntegrityError, match="last_activity_at") as refused:
        session.flush()
    session.rollback()
    told = caplog.text + "".join(capfd.readouterr())
    assert "inbound_failed" in told, "something was logged at all"
    assert [secret for secret in SECRETS if secret in told] == []
    assert not re.search(r"\[parameters: \{.*canary", str(refused.value), re.S), (
        "what is logged of a fault names no value"
    )
