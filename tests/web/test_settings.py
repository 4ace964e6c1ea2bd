"""Settings: company, profile, users."""

import re
from typing import Any

import pytest

from outreach.journeys import accounts, bulk
from outreach.store import account, leads, logins, users
from outreach.store.leads import Lead
from outreach.store.users import User

PASSWORD = "correct horse battery"
HOURS = {f"hours_{day}": "09:00-17:00" for day in ("mon", "tue", "wed", "thu", "fri")}
COMPANY = {
    "company": "Lumen",
    "sender_name": "The Lumen team",
    "brand_color": "#aa3300",
    "postal_address": "14 Harbour Street\r\nBristol",
    "zone": "Europe/Berlin",
    "country": "DE",
    "region": "BY",
    **HOURS,
    "hours_sat": "9:00-12:00, 13:00-15:30",
}


def test_the_company_is_saved(admin: Any, house: Any) -> None:
    assert admin.post("/settings", COMPANY).status_code == 303
    assert "Saved." in admin.get("/settings").text
    with house.sessions() as session:
        row = account.get(session)
    assert (row.company, row.zone, row.country, row.region) == ("Lumen", "Europe/Berlin", "DE", "BY")
    assert row.postal_address == "14 Harbour Street\nBristol"
    assert row.working_hours["sat"] == ["09:00-12:00", "13:00-15:30"]
    assert "sun" not in row.working_hours


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brand_color", "red; background: url(x)"),
        ("zone", "Mars/Base"),
        ("country", "XX"),
        ("website", "javascript:alert(1)"),
        ("hours_mon", "17:00-09:00"),
        ("hours_mon", "10:00-12:00, 11:00-13:00"),
        ("hours_mon", "all day"),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_nothing_is_lost(
    admin: Any, house: Any, field: str, value: str
) -> None:
    answer = admin.post("/settings", {**COMPANY, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "14 Harbour Street" in answer.text
    with house.sessions() as session:
        assert account.get(session).company == ""


def test_a_rep_has_a_profile_but_no_company_settings(rep: Any) -> None:
    assert rep.get("/settings").headers["Location"] == "/settings/me"
    assert rep.post("/settings", COMPANY).status_code == 403
    assert rep.get("/settings/users").status_code == 403
    assert rep.get("/settings/mailboxes").status_code == 403
    assert rep.get("/settings/domains").status_code == 403


def test_regions_follow_the_country(admin: Any) -> None:
    assert "<option>BY</option>" in admin.get("/settings/regions?country=DE").text
    assert "<option" not in admin.get("/settings/regions?country=SE").text


def test_my_profile_is_saved(rep: Any, rita: User, house: Any) -> None:
    profile = {"name": "Rita R", "phone": "+44 20 7946 0000", "booking_link": "https://meet.example/rita", **HOURS}
    assert rep.post("/settings/me", profile).status_code == 303
    with house.sessions() as session:
        me = session.get_one(User, rita.id)
    assert (me.name, me.phone, me.takes_leads) == ("Rita R", "+44 20 7946 0000", False)


def test_a_new_password_needs_the_present_one_and_signs_other_browsers_out(
    rep: Any, stranger: Any, rita: User, house: Any
) -> None:
    stranger.sign_in(rita.email)
    wrong = {"password": "guess", "new_password": "another long one", "again": "another long one"}
    assert rep.post("/settings/me/password", wrong).status_code == 422
    assert rep.post("/settings/me/password", {**wrong, "password": PASSWORD}).status_code == 303
    assert rep.get("/settings/me").status_code == 200
    assert stranger.get("/settings/me").status_code == 302
    assert stranger.sign_in(rita.email, "another long one").status_code == 303


def test_a_browser_is_signed_out_from_the_list_and_only_ones_own(rep: Any, admin: Any, rita: User, house: Any) -> None:
    with house.sessions() as session:
        (row,) = logins.of_user(session, rita.id)
    admin.post(f"/settings/me/browsers/{row.id}/sign-out")
    assert rep.get("/settings/me").status_code == 200
    rep.post(f"/settings/me/browsers/{row.id}/sign-out")
    assert rep.get("/settings/me").status_code == 302


def test_somebody_is_invited_by_a_link_that_works_once(admin: Any, stranger: Any) -> None:
    page = admin.post("/settings/users", {"name": "Max Market", "email": "max@outreach.test", "role": "marketer"}).text
    path = re.search(r'value="http://outreach.test(/claim/[^"]+)"', page)
    assert path
    assert "max@outreach.test" in stranger.get(path[1]).text
    stranger.post(path[1], {"name": "Max", "password": PASSWORD, "again": PASSWORD})
    assert "Max" in stranger.get("/settings/me").text
    assert stranger.get(path[1]).status_code == 404


def test_a_new_password_by_link_signs_other_browsers_out(rep: Any, stranger: Any, rita: User, house: Any) -> None:
    """A link is given to whoever lost the password, or fears that somebody else knows it."""
    assert rep.get("/settings/me").status_code == 200
    with house.sessions.begin() as session:
        link = accounts.invite_link(session, house, session.get_one(User, rita.id))
    path = link.removeprefix("http://outreach.test")
    stranger.get(path)
    stranger.post(path, {"name": "Rita", "password": "another long one", "again": "another long one"})
    assert stranger.get("/settings/me").status_code == 200
    assert rep.get("/settings/me").status_code == 302


def test_who_was_invited_is_given_leads_once_the_link_is_used(admin: Any, stranger: Any, ada: User, house: Any) -> None:
    """A lead that is given to somebody who never came would be seen by nobody."""

    def owner_of_a_new_lead(email: str) -> str:
        admin.get("/leads/new")
        admin.post("/leads/new", {"name": "Anna", "email": email, "source": "call", "owner": ""})
        with house.sessions() as session:
            return session.get_one(User, leads.by_email(session, email).owner_id).name

    page = admin.post("/settings/users", {"name": "Max", "email": "max@outreach.test", "role": "rep"}).text
    path = re.search(r'value="http://outreach.test(/claim/[^"]+)"', page)
    assert "Once the link is used" in page
    assert [owner_of_a_new_lead(f"lead{number}@acme.example") for number in range(2)] == ["Ada Admin", "Ada Admin"]
    stranger.get(path[1])
    stranger.post(path[1], {"name": "Max", "password": PASSWORD, "again": PASSWORD})
    assert "Once the link is used" not in admin.get("/settings/users").text
    assert owner_of_a_new_lead("later@acme.example") == "Max"


def test_who_uses_a_link_first_gets_what_nobody_owned(stranger: Any, house: Any) -> None:
    """`outreach user add` makes a link as well: what came in before it was used is not left lying."""
    with house.sessions.begin() as session:
        now = house.now(session)
        link = accounts.invite_link(session, house, accounts.add_user(session, "ann@outreach.test", "Ann", "admin"))
        session.add(Lead(email="bo@acme.example", fields={}, created_at=now, last_activity_at=now))
    path = link.removeprefix("http://outreach.test")
    stranger.get(path)
    stranger.post(path, {"name": "Ann", "password": PASSWORD, "again": PASSWORD})
    with house.sessions() as session:
        assert session.get_one(User, leads.by_email(session, "bo@acme.example").owner_id).name == "Ann"


def test_the_same_address_is_not_invited_twice(admin: Any, rita: User) -> None:
    again = admin.post("/settings/users", {"name": "R", "email": "RITA@outreach.test", "role": "rep"})
    assert again.status_code == 422
    assert "There is a user" in again.text


def test_whoever_leaves_hands_over_the_leads(admin: Any, ada: User, rita: User, house: Any) -> None:
    """X10: removing a user asks who takes over; nobody is silently left alone."""
    with house.sessions.begin() as session:
        now = house.now(session)
        lead = Lead(email="anna@lumen.example", owner_id=rita.id, fields={}, created_at=now, last_activity_at=now)
        session.add(lead)
    assert "Ada Admin" in admin.get(f"/settings/users/{rita.id}/leave").text
    assert admin.post(f"/settings/users/{rita.id}/leave").status_code == 404
    assert admin.post(f"/settings/users/{rita.id}/leave", {"heir": str(ada.id)}).status_code == 303
    assert bulk.work(house) is False
    with house.sessions() as session:
        assert session.get_one(Lead, lead.id).owner_id == ada.id
        assert not session.get_one(User, rita.id).active


def test_nobody_takes_their_own_administration_away(admin: Any, ada: User, rita: User) -> None:
    assert admin.post(f"/settings/users/{ada.id}/role", {"role": "rep"}).status_code == 400
    assert admin.post(f"/settings/users/{ada.id}/leave", {"heir": str(rita.id)}).status_code == 400


def test_a_role_is_changed(admin: Any, rita: User, house: Any) -> None:
    admin.post(f"/settings/users/{rita.id}/role", {"role": "manager"})
    with house.sessions() as session:
        assert users.by_email(session, rita.email).role == "manager"  # type: ignore[union-attr]
