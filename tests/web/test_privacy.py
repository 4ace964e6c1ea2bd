"""What people may ask for by law, on the pages, by machine and on the command line (RULES X7, MAIL C4)."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import privacy
from outreach.errors import NotFound, Refused
from outreach.journeys import accounts, bulk, edit_lead, erase
from outreach.store import consents
from outreach.store.batches import Item
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.sent_files import SentFile
from outreach.store.users import User
from tests.web.conftest import Visitor


@pytest.fixture(autouse=True)
def journal(house: Any) -> Iterator[Path]:
    path: Path = house.settings.data / erase.NAME
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def erased_at(house: Any, lead_id: int) -> Any:
    with house.sessions() as session:
        return session.get_one(Lead, lead_id).erased_at


def test_a_lead_is_erased_on_its_page_once_the_address_was_typed(admin: Visitor, house: Any, lead: Lead) -> None:
    """X7: the page says what goes and what stays; afterwards the lead is nowhere to be found."""
    page = admin.get(f"/leads/{lead.id}").text
    assert f'href="/leads/{lead.id}/erase"' in page
    page = admin.get(f"/leads/{lead.id}/erase").text
    assert "What goes, for good" in page
    assert "keyed hash" in page
    refused = admin.post(f"/leads/{lead.id}/erase", {"confirm": "anna@lumen"})
    assert refused.status_code == 422
    assert "Nothing was erased" in refused.text
    assert erased_at(house, lead.id) is None

    done = admin.post(f"/leads/{lead.id}/erase", {"confirm": " Anna@Lumen.example "})
    assert done.headers["Location"].endswith("/leads")
    assert erased_at(house, lead.id) is not None
    again = admin.post(f"/leads/{lead.id}/erase", {"confirm": "anna@lumen.example"})
    assert again.headers["Location"].endswith("/leads")
    assert "erased already" in admin.get("/leads").text
    for path in (f"/leads/{lead.id}", f"/leads/{lead.id}/erase", f"/leads/{lead.id}/data.zip"):
        assert admin.get(path).status_code == 404
    assert "anna@lumen.example" not in admin.get("/leads").text
    assert "Anna Weber" not in admin.get("/search?q=anna").text


def test_a_rep_neither_erases_nor_downloads(rep: Visitor, house: Any, lead: Lead) -> None:
    assert f"/leads/{lead.id}/erase" not in rep.get(f"/leads/{lead.id}").text
    assert rep.get(f"/leads/{lead.id}/erase").status_code == 403
    assert rep.post(f"/leads/{lead.id}/erase", {"confirm": lead.email}).status_code == 403
    assert rep.get(f"/leads/{lead.id}/data.zip").status_code == 403
    assert erased_at(house, lead.id) is None


def test_many_leads_are_erased_together_after_their_number_was_typed(admin: Visitor, house: Any, lead: Lead) -> None:
    """X7: as a batch, with progress, which a worker that dies leaves to the next one; nothing takes it back."""
    with house.sessions.begin() as session:
        now = house.now(session)
        bo = Lead(email="bo@lead.example", name="Bo", created_at=now, last_activity_at=now)
        session.add(bo)
        session.flush()
        ids = [str(lead.id), str(bo.id)]
    admin.get("/leads")
    page = admin.post("/leads/many", {"do": "erase", "lead": ids})
    assert "Type 2, the number of leads" in page.text
    assert admin.post("/leads/many/do", {"do": "erase", "lead": ids, "confirm": "3"}).status_code == 422
    begun = admin.post("/leads/many/do", {"do": "erase", "lead": ids, "confirm": "2"})
    assert begun.status_code == 303
    while bulk.work(house):
        pass
    assert all(erased_at(house, int(one)) for one in ids)
    with house.sessions() as session:
        assert {(item.state, item.text) for item in session.query(Item)} == {("done", "erased")}
    page = admin.get(begun.headers["Location"]).text
    assert "Undo" not in page
    assert "anna@lumen.example" not in page


def test_the_archive_holds_all_that_is_kept_and_nothing_of_others(
    admin: Visitor, ada: User, house: Any, lead: Lead
) -> None:
    """GDPR Art. 15 and 20: every row, the mails as they came, the files that went out."""
    raw = b"From: anna@lumen.example\r\nTo: hello@outreach.test\r\nSubject: Hi\r\n\r\nPlease call.\r\n"
    with house.sessions.begin() as session:
        now = house.now(session)
        edit_lead.note(session, lead.id, "Likes tea", session.merge(ada), now)
        session.add(InboundMail(sha256="x", source="smtp", raw=raw, received_at=now, lead_id=lead.id, subject="Hi"))
        letter = Message(
            kind="own",
            to_address=lead.email,
            lead_id=lead.id,
            subject="Tea",
            body="Dear Anna",
            due_at=now,
            queued_at=now,
        )
        other = Lead(email="bo@lead.example", name="Bo Other", created_at=now, last_activity_at=now)
        session.add_all([letter, other])
        session.flush()
        session.add(
            SentFile(message_id=letter.id, number=1, name="../tea.pdf", type="application/pdf", content=b"%PDF tea")
        )
    answer = admin.client.get(f"/leads/{lead.id}/data.zip")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        names = packed.namelist()
        told = json.loads(packed.read("data.json"))["tables"]
        assert packed.read(next(one for one in names if one.startswith("mail-in/"))) == raw
        assert packed.read(next(one for one in names if one.startswith("files-out/"))) == b"%PDF tea"
    assert all("/" not in one.partition("/")[2] for one in names)
    assert told["leads"][0]["email"] == "anna@lumen.example"
    assert told["messages"][0]["body"] == "Dear Anna"
    assert any("Likes tea" in row["text"] for row in told["events"])
    assert "Bo Other" not in json.dumps(told)


def test_a_machine_erases_with_the_address_as_confirmation_and_reads_all_that_is_kept(
    app: Any, house: Any, lead: Lead
) -> None:
    """X7, Art. 15: the API."""
    with house.sessions.begin() as session:
        token = accounts.create_token(session, "shop")
    machine, head = app.test_client(), {"Authorization": f"Bearer {token}"}
    told = machine.get("/api/v1/leads/anna@lumen.example/data", headers=head).json
    assert told["leads"][0]["name"] == "Anna Weber"
    assert machine.post(f"/api/v1/leads/{lead.id}/erase", headers=head, json={}).status_code == 400
    assert erased_at(house, lead.id) is None
    done = machine.post(f"/api/v1/leads/{lead.id}/erase", headers=head, json={"confirm": "anna@lumen.example"})
    assert (done.status_code, done.json["lead"]) == (200, lead.id)
    assert erased_at(house, lead.id) is not None
    assert machine.post("/api/v1/leads/anna@lumen.example/erase", headers=head, json={}).status_code == 404


def test_an_operator_erases_and_holds_a_journal_against_the_database(
    house: Any, lead: Lead, journal: Path, tmp_path: Path
) -> None:
    """X7, RELIABILITY fault 37: `outreach lead data`, `erase`, `erase-again`."""
    with house.sessions.begin() as session:
        privacy.packed(session, house, "anna@lumen.example", str(tmp_path / "anna.zip"))
        assert "Erased" in privacy.erased(session, house, str(lead.id))
    assert (tmp_path / "anna.zip").stat().st_mode & 0o777 == 0o600
    assert journal.stat().st_mode & 0o777 == 0o600
    assert privacy.erased_again(house, str(journal)).startswith("1 erasures")
    with house.sessions() as session, pytest.raises(NotFound):
        privacy.erased(session, house, "anna@lumen.example")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"at": "today"}\n')
    with pytest.raises(Refused, match="no journal"):
        privacy.erased_again(house, str(broken))


def test_whoever_was_erased_and_comes_again_is_shown_so_and_opened_by_a_persons_word(
    rep: Visitor, house: Any, lead: Lead
) -> None:
    """X7: the objection stays until they say otherwise; then a person notes how."""
    with house.sessions.begin() as session:
        privacy.erased(session, house, str(lead.id))
        now = house.now(session)
        anew = Lead(email="anna@lumen.example", name="Anna", created_at=now, last_activity_at=now)
        session.add(anew)
        session.flush()
        consents.recall(session, anew.email, now)
        number = anew.id
    page = rep.get(f"/leads/{number}").text
    assert "They had their data erased" in page
    assert rep.post(f"/leads/{number}/contact", {"do": "again", "reason": "asked by phone"}).status_code == 303
    with house.sessions() as session:
        assert consents.reasons_of(session, ["anna@lumen.example"]) == {}
