"""Files that go with every letter of a template: put in on its page, on the wire, in versions, on the lead's timeline."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from outreach import documents
from outreach.journeys import deliver, enclosures
from outreach.store import secrets, sequences, template_files, templates
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.sequences import SequenceRow
from outreach.store.template_files import KeptFile
from outreach.store.users import User
from tests.mail.smtp_stage import Script, stage
from tests.web.conftest import Visitor
from tests.web.test_files_of_mail import PDF, files, on_the_wire
from tests.web.test_today import Desk


@pytest.fixture
def desk(house: Any, rita: User) -> Desk:
    return Desk(house, rita)


def page_of(desk: Desk, key: str) -> str:
    with desk.house.sessions() as session:
        return f"/templates/{templates.ids(session)[key]}"


def queued(desk: Desk, lead: int, key: str, address: str = "anna@lumen.example", **more: Any) -> Message:
    """A letter of a template, as a step makes it."""
    with desk.house.sessions.begin() as session:
        now = desk.house.now(session)
        row = Message(
            kind="step", class_="sales", lane="outbound", state="queued", lead_id=lead, to_address=address,
            references=[], extra={"template": key}, due_at=now, queued_at=now, **more,
        )  # fmt: skip
        session.add(row)
    return row


def add(admin: Visitor, path: str, *given: tuple[str, bytes, str]) -> Any:
    admin.get(path)
    return admin.post(path + "/files", {"files": files(*given)})


def test_a_price_list_goes_with_every_letter_from_now_on(admin: Visitor, desk: Desk) -> None:
    """MAIL O8, V2, V8: a saved text carries its files; later edits keep them; an earlier version has none."""
    path, anna = page_of(desk, "day-2"), desk.lead("Anna Weber")
    assert on_the_wire(desk.house, queued(desk, anna, "day-2")) == []
    assert add(admin, path, ("../Prices März.pdf", PDF, "application/pdf")).status_code == 303
    page = admin.get(path).text
    assert "Prices März.pdf" in page
    assert admin.client.get(path + "/files/1").data == PDF
    with desk.house.sessions() as session:
        text = templates.current(session, "day-2")
        values = {"subject": "Anew", "mjml": text.mjml, "text": text.text, "preview": text.preview}
    assert admin.post(path, values).status_code == 303
    assert on_the_wire(desk.house, queued(desk, anna, "day-2")) == [("Prices März.pdf", "application/pdf", PDF)]
    versions = admin.get(path + "/versions").text
    assert versions.count("Prices März.pdf") == 2
    with desk.house.sessions() as session:
        first = templates.versions(session, int(path.rpartition("/")[2]))[-1].id
    admin.post(f"{path}/versions/{first}/restore")
    assert on_the_wire(desk.house, queued(desk, anna, "day-2")) == []


def test_a_file_is_removed_and_what_was_sent_keeps_it(admin: Visitor, desk: Desk) -> None:
    """What a letter carried is known by the version that it was written from."""
    path, anna = page_of(desk, "break-up"), desk.lead("Anna Weber")
    add(admin, path, ("one.pdf", PDF, "application/pdf"), ("two.pdf", PDF, "application/pdf"))
    with desk.house.sessions() as session:
        version = templates.current(session, "break-up").id
        assert len(session.scalars(select(KeptFile)).all()) == 1
    sent = queued(desk, anna, "break-up", template_version_id=version, text_sent="Hello")
    admin.get(path)
    assert admin.post(path + "/files/1/remove").status_code == 303
    assert [name for name, _, _ in on_the_wire(desk.house, queued(desk, anna, "break-up"))] == ["two.pdf"]
    with desk.house.sessions.begin() as session:
        session.get_one(Message, sent.id).state = "sent"
    page = admin.get(f"/leads/{anna}").text
    assert f'href="/leads/{anna}/mail/{sent.id}/files/1"' in page
    assert "one.pdf" in page
    assert admin.client.get(f"/leads/{anna}/mail/{sent.id}/files/1").data == PDF
    assert admin.get(f"/leads/{anna}/mail/{sent.id}/files/3").status_code == 404


def test_two_clicks_add_a_file_once_and_what_is_too_large_is_not_kept(admin: Visitor, desk: Desk) -> None:
    path = page_of(desk, "day-2")
    large = ("prices.pdf", PDF + b"x" * 3_000_000, "application/pdf")
    for _ in range(2):
        add(admin, path, large)
    add(admin, path, ("more.pdf", PDF + b"y" * 3_000_000, "application/pdf"))
    with desk.house.sessions() as session:
        version = templates.current(session, "day-2")
        assert [one.name for one in template_files.of_version(session, version.id)] == ["prices.pdf"]
        assert len(session.scalars(select(KeptFile)).all()) == 1


def test_a_test_letter_and_a_copy_carry_the_files_too(admin: Visitor, desk: Desk) -> None:
    path = page_of(desk, "day-2")
    add(admin, path, ("prices.pdf", PDF, "application/pdf"))
    admin.get(path)
    with desk.house.sessions() as session:
        text = templates.current(session, "day-2")
        admin.post(path + "/test", {"subject": text.subject, "mjml": text.mjml, "text": text.text})
    (test,) = (row for row in desk.all(Message) if row.kind == "test")
    assert [name for name, _, _ in on_the_wire(desk.house, test)] == ["prices.pdf"]
    admin.get("/templates/new")
    copied = admin.post("/templates/new", {"name": "A copy", "kind": "letter", "from": path.rpartition("/")[2]})
    assert "prices.pdf" in admin.get(copied.headers["Location"]).text


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("day-2", [b"x" * (enclosures.LARGEST_OF_TEMPLATE + 1)], "5 MB is the most"),
        ("day-2", [b"x"] * 11, "10 is the most"),
        ("day-2", [], "Choose a file first"),
        ("newsletter", [b"x"], "Put a link into this one"),
        ("notice-new-lead", [b"x"], "Put a link into this one"),
    ],
)
def test_what_cannot_go_along_is_refused_in_words(
    admin: Visitor, desk: Desk, key: str, given: list[bytes], words: str
) -> None:
    path = page_of(desk, key)
    add(admin, path, *((f"{number}.pdf", content, "application/pdf") for number, content in enumerate(given)))
    assert words in admin.get(path).text
    assert admin.get(path + "/files/1").status_code == 404


def test_only_those_who_build_change_files(rep: Visitor, desk: Desk) -> None:
    path = page_of(desk, "day-2")
    rep.get(path)
    assert rep.post(path + "/files", {"files": [(io.BytesIO(PDF), "x.pdf")]}).status_code == 403


def test_letters_with_large_files_go_out_a_few_at_a_time(
    admin: Visitor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY I10: a batch is in memory at once; what is too much goes back and is taken next. Nobody is left out."""
    monkeypatch.setattr(deliver, "HEAVIEST_BATCH", 1_000_000)
    path, script = page_of(desk, "day-2"), Script(offers=("PIPELINING", "SIZE 30000000"))
    add(admin, path, ("prices.pdf", PDF * 40_000, "application/pdf"))
    letters = [queued(desk, desk.lead(f"Lead{number}"), "day-2", f"lead{number}@lumen.example") for number in range(5)]
    written: list[int] = []
    whole = deliver._written
    monkeypatch.setattr(deliver, "_written", lambda *given: written.append(len(ready := whole(*given))) or ready)
    with stage(script) as port:
        with desk.house.sessions.begin() as session:
            for box in session.scalars(select(Mailbox)):
                session.delete(box)
            address = secrets.seal(f"smtp://127.0.0.1:{port}", desk.house.keys)
            session.add(Mailbox(address="us@lumen-roofs.com", created_at=desk.house.now(session), smtp_secret=address))
        sender = deliver.Sender(desk.house)
        deliver.deliver(sender, "outbound")
        sender.close()
    assert len(script.letters) == len(letters)
    assert max(written) == 2


def test_a_step_that_sends_the_letter_says_what_it_carries(admin: Visitor, desk: Desk) -> None:
    """Whoever builds a sequence sees it beside the preview."""
    add(admin, page_of(desk, "day-2"), ("prices.pdf", PDF, "application/pdf"))
    with desk.house.sessions() as session:
        for row in session.scalars(select(SequenceRow)):
            for step in documents.published(sequences.current(session, row).document).steps:
                if step.is_mail and step.mail.variants[0].template == "day-2":
                    shown = admin.get(f"/sequences/{row.id}?step={step.id}").text
                    assert "Carries prices.pdf" in shown
                    return
    pytest.fail("no sequence sends this letter")
