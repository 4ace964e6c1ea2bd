"""The shell: navigation, search, notices, theme, the movable clock, moments as words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.store import notices
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.users import User
from outreach.web import filters


def test_every_entry_of_the_navigation_leads_to_a_page(admin: Any, app: Any) -> None:
    from outreach.web import shell

    with app.test_request_context("/menu"):
        places = [place for _, places in shell.groups() for place in places] + shell.existing(shell.PHONE)
    for place in places:
        assert admin.get(place.path).status_code == 200, place.path


def test_the_chosen_theme_is_in_the_first_answer(admin: Any) -> None:
    admin.client.set_cookie("theme", "dark")
    assert '<html lang="en" data-bs-theme="dark" data-chosen>' in admin.get("/menu").text
    admin.client.set_cookie("theme", '"><script>')
    assert "<script>" not in admin.get("/menu").text


def test_a_lead_is_found_by_the_beginnings_of_words(admin: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(name="Anna <b>Weber", company="Lumen", email="anna@lumen.example", fields={}, created_at=now,
                    last_activity_at=now)  # fmt: skip
        session.add(lead)
    for path in ("/search?q=web lum", "/search/suggest?q=anna@lu"):
        found = admin.get(path).text
        assert f"/leads/{lead.id}" in found
        assert "Anna &lt;b&gt;Weber" in found
    assert "Nothing found" in admin.get("/search/suggest?q=zzz").text
    assert admin.get("/search/suggest?q=%25%27").status_code == 200


def test_the_bell_counts_what_is_new_until_it_is_read(admin: Any, ada: User, house: Any) -> None:
    with house.sessions.begin() as session:
        notices.add(session, ada.id, "new_lead", "New lead: <i>Anna</i>", "/leads/1", house.now(session))
    page = admin.get("/notices").text
    assert 'aria-label="Notices, 1 new"' in page
    assert "New lead: &lt;i&gt;Anna" in page
    admin.post("/notices/read")
    assert 'aria-label="Notices"' in admin.get("/notices").text


def test_the_clock_stands_still_once_a_mailbox_sends_for_real(admin: Any, house: Any) -> None:
    """Real people must not get real letters early."""
    with house.sessions.begin() as session:
        session.add(Mailbox(address="real@lumen.example", smtp_secret=b"sealed", created_at=house.now(session)))
    assert "Business time" not in admin.get("/menu").text
    answer = admin.post("/clock/next")
    assert answer.status_code == 400
    assert "real@lumen.example has a mail server of its own" in answer.text


def test_the_clock_bar_is_there_only_with_a_movable_clock(
    admin: Any, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Business time" in admin.get("/menu").text
    monkeypatch.setattr(house.settings, "movable_clock", False)
    assert "Business time" not in admin.get("/menu").text
    assert admin.post("/clock/next").status_code == 400


NOW = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=5), "5 days ago"),
        (-timedelta(seconds=20), "in a moment"),
        (-timedelta(hours=2), "in 2 h"),
        (-timedelta(days=1), "tomorrow"),
        (-timedelta(days=12), "in 12 days"),
    ],
)
def test_a_distance_in_words(monkeypatch: pytest.MonkeyPatch, before: timedelta, words: str) -> None:
    monkeypatch.setattr(filters, "now", lambda: NOW)
    assert filters.ago(NOW - before) == words


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (NOW, "Europe/Berlin", "today 11:42"),
        (NOW - timedelta(days=1), "UTC", "yesterday 10:42"),
        (NOW + timedelta(days=3), "UTC", "Mon 23 Nov, 10:42"),
        (datetime(2025, 3, 1, 8, tzinfo=UTC), "UTC", "Sat 1 Mar 2025, 08:00"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "Asia/Tokyo", "tomorrow 08:30"),
        (NOW, "Nowhere/Place", "today 10:42"),
    ],
)
def test_a_moment_in_words_of_a_zone(monkeypatch: pytest.MonkeyPatch, moment: datetime, zone: str, words: str) -> None:
    monkeypatch.setattr(filters, "now", lambda: NOW)
    assert filters.when(moment, zone) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Marta Silva", "MS"), ("João da Silva Pereira", "JP"), ("anna", "A"), ("", "?"), ("(x) Ö", "Ö")],
)
def test_initials(name: str, letters: str) -> None:
    assert filters.initials(name) == letters
