"""/inbound and /mail/quarantine: strangers' mail is looked at without running, loading or opening any of it."""

import base64
import time
from typing import Any

import pytest

from outreach.journeys import receive
from outreach.mail import showhtml
from outreach.store import inbox
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead

from .conftest import Visitor

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n0000").decode()
HTML = (
    '<html><head><style>p{color:red}</style></head><body onload="evil()"><script>evil()</script><p style="color: red; '
    'background: url(http://tracker.example/a)">Hello <b>you</b></p><img src="http://tracker.example/p.gif"><img src="cid:logo">'
    '<a href="javascript:evil()">x</a><form action="http://evil.example"><input name="a"></form><iframe src="http://evil.example">'
    "</iframe><svg><script>evil()</script></svg></body></html>"
)
RAW = (
    "From: Anna <anna@lumen.example>\r\nTo: hello@outreach.test\r\nSubject: <b>Roof</b>\r\nMessage-ID: <a@lumen.example>\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
    f"{HTML}\r\n--B\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\n{PICTURE}\r\n"
    '--B\r\nContent-Type: text/html; name="../../plan.html"\r\nContent-Disposition: attachment\r\n\r\n<script>evil()</script>\r\n'
    "--B--\r\n"
)


def comes(house: Any, raw: bytes) -> int:
    with house.sessions.begin() as session:
        kept = receive.keep(session, raw, house.now(session), source="imap")
    receive.receive(house)
    assert kept is not None
    return kept


def test_html_is_shown_in_a_closed_frame_without_anything_from_elsewhere(
    admin: Visitor, house: Any, lead: Lead
) -> None:
    """MAIL X5: no script, form, frame; no remote picture until asked; pictures of the mail itself are in the document."""
    number = comes(house, RAW.encode())
    page = admin.get(f"/inbound/{number}?view=letter").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Show pictures (1)" in page
    assert "&lt;b&gt;Roof&lt;/b&gt;" in page

    frame = admin.get(f"/inbound/{number}/letter")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "https:" not in policy
    for bad in ("script", "evil", "onload", "tracker", "<form", "<iframe", "<input", "<svg"):
        assert bad not in frame.text.partition("<body>")[2]
    assert f"data:image/png;base64,{PICTURE}" in frame.text
    assert "<b>you</b>" in frame.text

    asked = admin.get(f"/inbound/{number}/letter?pictures=1")
    assert "http://tracker.example/p.gif" in asked.text
    assert "https:" in asked.headers["Content-Security-Policy"]
    assert "script" not in asked.text.partition("<body>")[2]


def test_files_are_listed_and_only_downloaded(admin: Visitor, house: Any, lead: Lead) -> None:
    """MAIL X6: a safe name, never shown as what it says it is."""
    number = comes(house, RAW.encode())
    page = admin.get(f"/inbound/{number}").text
    assert ">plan.html</a>" in page
    answer = admin.get(f"/inbound/{number}/files/2")
    assert answer.data == b"<script>evil()</script>"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert admin.get(f"/inbound/{number}/files/9").status_code == 404


def test_a_file_goes_with_its_mail_and_leaves_nothing_behind(house: Any, lead: Lead, session: Any) -> None:
    """MAIL X6: its bytes are kept once, in the raw mail; where that is erased, nothing of it stays in any table."""
    from sqlalchemy import text

    columns = session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'bytea' AND table_schema = 'public'"
        )
    ).all()

    def bytes_of_strangers() -> int:
        sums = (f'SELECT coalesce(sum(octet_length("{column}")), 0) FROM {table}' for table, column in columns)
        return sum(int(session.scalar(text(one)) or 0) for one in sums)

    before = bytes_of_strangers()
    number = comes(house, RAW.encode())
    assert session.execute(text("SELECT count(*), min(length(sha256)) FROM attachments")).one() == (2, 64)
    assert bytes_of_strangers() == before + len(RAW)
    session.delete(session.get_one(InboundMail, number))
    session.flush()
    assert session.scalar(text("SELECT count(*) FROM attachments")) == 0
    assert bytes_of_strangers() == before


def test_one_click_changes_what_a_mail_means(admin: Visitor, house: Any, lead: Lead, session: Any) -> None:
    """O10: the reading is changed on the page of the mail, and from there on the lead."""
    number = comes(house, b"From: anna@lumen.example\r\nTo: hello@outreach.test\r\nSubject: Hi\r\n\r\nHm.\r\n")
    admin.get(f"/inbound/{number}")
    answer = admin.post(f"/inbound/{number}/change", {"to": "sense:interested", "back": "lead"})
    assert answer.headers["Location"].endswith(f"/leads/{lead.id}")
    assert session.get_one(InboundMail, number).sense == "interested"
    assert "Ada Admin says" in admin.get(f"/leads/{lead.id}?all=1").text
    admin.post(f"/inbound/{number}/change", {"to": "class:complaint"})
    session.expire_all()
    assert session.get_one(InboundMail, number).class_ == "human"


def test_poison_is_kept_visible_and_does_not_stop_the_others(
    admin: Visitor, house: Any, lead: Lead, session: Any
) -> None:
    """MAIL X4, RELIABILITY 32: quarantined with a reason, its headers looked at safely, downloaded, read again, put away."""
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(1000))
    poison = f"From: <script>evil()</script> <p@x.example>\r\nSubject: <i>deep</i>\r\n{deep}end"
    number = comes(house, poison.encode())
    after = comes(house, b"From: anna@lumen.example\r\nSubject: Hi\r\n\r\nStill here.\r\n")
    assert session.get_one(InboundMail, after).state == "done"

    listed = admin.get("/mail/quarantine").text
    assert "nested" in listed
    assert "&lt;i&gt;deep&lt;/i&gt;" in listed
    assert "<script>evil" not in listed
    assert "<i>deep" not in listed
    shown = admin.get(f"/inbound/{number}").text
    assert "&lt;script&gt;evil()" in shown
    assert "<script>evil()" not in shown
    assert admin.get(f"/inbound/{number}/source").data == poison.encode()
    assert admin.get(f"/inbound/{number}/letter").status_code == 200

    admin.get("/mail/quarantine")
    admin.post(f"/mail/quarantine/{number}", {"choice": "retry"})
    session.expire_all()
    assert session.get_one(InboundMail, number).state == "new"
    receive.receive(house)
    session.expire_all()
    assert session.get_one(InboundMail, number).state == "quarantined"
    admin.post(f"/mail/quarantine/{number}", {"choice": "discard"})
    session.expire_all()
    assert session.get_one(InboundMail, number).state == "discarded"
    assert "deep" not in admin.get("/mail/quarantine").text
    assert admin.get("/mail/received").status_code == 200


def test_received_mail_is_found_by_sender_subject_and_kind(
    admin: Any, house: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes(house, "From: محمد <mo@fine.example>\r\nSubject: 100% done\r\n\r\nYes, call me.\r\n".encode())
    comes(
        house,
        b"From: eva@lumen.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am out of office.\r\n",
    )
    comes(house, b"From: ann@lumen.example\r\nSubject: Roof\r\n\r\nPlease call.\r\n")

    def found(asked: str) -> list[str]:
        page = admin.get(f"/mail/received?{asked}").text
        return [
            name for name in ("mo@", "eva@", "ann@") if name in page or (name == "mo@" and "<bdi>محمد</bdi>" in page)
        ]

    for asked, there in {
        "": ["mo@", "eva@", "ann@"],
        "q=lumen": ["eva@", "ann@"],
        "q=lumen+roof": ["ann@"],
        "q=100%25": ["mo@"],
        "q=%25%25": [],
        "kind=people": ["mo@", "ann@"],
        "kind=nonsense": ["mo@", "eva@", "ann@"],
        "kind=people&q=eva": [],
    }.items():
        assert found(asked) == there, asked
    assert "No mail fits" in admin.get("/mail/received?q=nobody").text
    monkeypatch.setattr(inbox, "FARTHEST", 1)  # so many are looked through at a time; the next page looks on
    first = admin.get("/mail/received?q=mo@fine").text
    assert "fine.example" not in first.replace("mo@fine", "")
    assert "Earlier mail" in first


def test_a_message_that_kills_its_reader_twice_is_set_aside(house: Any, session: Any) -> None:
    """MAIL X4: the try is counted before the reading begins, so that a killed reader leaves a trace."""
    with house.sessions.begin() as other:
        number = receive.keep(other, b"From: a@b.example\r\n\r\nBoo\r\n", house.now(other), source="imap")
    for _ in range(receive.TRIES):
        assert receive._begun(house, number)  # and the reader is killed here
    receive.receive(house)
    row = session.get_one(InboundMail, number)
    assert row.state == "quarantined"
    assert "too much memory" in row.error


@pytest.mark.parametrize("piece", ["<div>", "<b><i>", "<table><tr><td>", "<font></b>", "<a href=x>", "<p><span></div>"])
def test_hostile_html_is_shown_or_refused_at_once(piece: str) -> None:
    """RELIABILITY 5.2 item 6: nh3 is quadratic on unclosed nesting; the gate is not."""
    start = time.process_time()
    found = showhtml.fit(piece * (500_000 // len(piece)), {})
    assert time.process_time() - start < 1.0
    assert found.html == ""
    assert found.why


def test_an_ordinary_newsletter_with_unclosed_paragraphs_is_shown() -> None:
    found = showhtml.fit("<p>One<br>" * 2000 + "<li>x" * 500, {})
    assert "One" in found.html
