"""A rep sends files along: chosen on a page, refused in words, on the wire byte for byte, and handed out again."""

import email
import io
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import select

from outreach.journeys import enclosures, posting
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.users import User
from tests import judge
from tests.web.conftest import Visitor
from tests.web.test_today import Desk

PDF = b"%PDF-1.7\n\x00\xff offer"


@pytest.fixture
def desk(house: Any, rita: User) -> Desk:
    return Desk(house, rita)


def files(*given: tuple[str, bytes, str]) -> list[tuple[io.BytesIO, str, str]]:
    return [(io.BytesIO(content), name, kind) for name, content, kind in given]


def on_the_wire(house: Any, letter: Message) -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of each file in the letter as it leaves; the judge has looked at it."""
    with house.sessions() as session:
        now = house.now(session)
        box = session.scalar(select(Mailbox)) or Mailbox(address="rita@lumen-roofs.com", created_at=now)
        session.add(box)
        session.flush()
        the_desk = posting.Desk(session, house, box, [letter.id], now)
        raw = the_desk.write(the_desk.drafts[0]).raw
    judge.look(raw)
    parts = email.message_from_bytes(raw, policy=default).iter_attachments()  # type: ignore[attr-defined]
    return [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in parts]


def test_files_go_with_a_mail_of_ones_own_and_stay_with_it(rep: Visitor, desk: Desk) -> None:
    """MAIL O8, X6: names made safe, a text in another charset made plain bytes, bytes untouched; later they are downloads."""
    anna, kenji = desk.lead("Anna Weber"), desk.lead("Kenji Mori")
    rep.get(f"/leads/{anna}")
    chosen = files(
        ("../Angebot März.pdf", PDF, "application/pdf"),
        ("x.html", b"<script>", "text/html"),
        ("old.csv", b"caf\xe9", "text/csv"),
    )
    given = {"subject": "The offer", "text": "Here it is.", "files": chosen}
    assert rep.post(f"/leads/{anna}/write", given).status_code == 303
    letter = next(m for m in desk.all(Message) if m.kind == "own")
    assert on_the_wire(desk.house, letter) == [
        ("Angebot März.pdf", "application/pdf", PDF), ("x.html", "text/html", b"<script>"),
        ("old.csv", "application/octet-stream", b"caf\xe9"),
    ]  # fmt: skip
    page = rep.get(f"/leads/{anna}").text
    assert "Angebot März.pdf" in page
    again = rep.client.get(f"/leads/{anna}/mail/{letter.id}/files/1")
    assert (again.data, again.mimetype) == (PDF, "application/octet-stream")
    assert again.headers["Content-Disposition"].startswith("attachment")
    for wrong in (f"/leads/{kenji}/mail/{letter.id}/files/1", f"/leads/{anna}/mail/{letter.id}/files/4"):
        assert rep.get(wrong).status_code == 404


def test_a_file_goes_with_an_answer_in_its_thread(rep: Visitor, desk: Desk) -> None:
    """T1: the thread stays; without a file nothing changes."""
    anna = desk.lead("Anna Weber")
    number = desk.task("reply", anna, inbound_id=desk.mail(anna, "Can you send the plan?"))
    assert 'enctype="multipart/form-data"' in rep.get(f"/?t={number}").text
    plan = files(("plan.pdf", PDF, "application/pdf"))
    rep.post(f"/today/{number}/outcome", {"outcome": "replied", "text": "Here it is.", "files": plan})
    letter = next(m for m in desk.all(Message) if m.kind == "own")
    assert letter.extra["references"] == ["<ours-1@outreach.test>", "<their-1@lumen.example>"]
    assert on_the_wire(desk.house, letter) == [("plan.pdf", "application/pdf", PDF)]


def test_an_empty_field_is_no_file(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("Anna Weber")
    rep.get(f"/leads/{anna}")
    given = {"subject": "A question", "text": "Hello", "files": files(("", b"", "application/octet-stream"))}
    rep.post(f"/leads/{anna}/write", given)
    letter = next(m for m in desk.all(Message) if m.kind == "own")
    assert "files" not in letter.extra
    assert on_the_wire(desk.house, letter) == []


@pytest.mark.parametrize(
    ("count", "size", "words"),
    [
        (1, enclosures.LARGEST_FILES + 1, "15.0 MB together; 15 MB is the most"),
        (enclosures.MOST_FILES + 1, 1, "These are 11 files; 10 is the most"),
    ],
)
def test_what_servers_would_not_take_is_refused_in_words(
    rep: Visitor, desk: Desk, count: int, size: int, words: str
) -> None:
    """The text stays in its field; nothing was sent."""
    anna = desk.lead("Anna Weber")
    rep.get(f"/leads/{anna}")
    chosen = files(*[(f"{number}.bin", b"x" * size, "application/octet-stream") for number in range(count)])
    answer = rep.post(f"/leads/{anna}/write", {"subject": "Files", "text": "All of them", "files": chosen})
    assert answer.status_code == 422
    assert words in answer.text
    assert "All of them" in answer.text
    assert desk.all(Message) == []


def test_two_clicks_are_one_mail(rep: Visitor, desk: Desk) -> None:
    """The same words again at once are the mail that is on its way; other words, or other files, are another."""
    anna = desk.lead("Anna Weber")
    rep.get(f"/leads/{anna}")
    given = {"subject": "A question", "text": "Hello"}
    for _ in range(2):
        assert rep.post(f"/leads/{anna}/write", given).status_code == 303
    assert len(desk.all(Message)) == 1
    rep.post(f"/leads/{anna}/write", given | {"files": files(("plan.pdf", PDF, "application/pdf"))})
    rep.post(f"/leads/{anna}/write", given | {"text": "Hello again"})
    assert len(desk.all(Message)) == 3
