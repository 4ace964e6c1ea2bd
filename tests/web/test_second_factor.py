"""The second factor: set up with an app, asked for at every sign-in, never gone round (RELIABILITY 5.2, item 13)."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from outreach import clock
from outreach.http.access import access_of
from outreach.journeys import accounts, look_around, second_factor
from outreach.store import account, events, logins, second_factors
from outreach.store.messages import Message
from outreach.store.users import User
from tests.house.test_routes import address, rules

PASSWORD = "correct horse battery"
PAGE = "/settings/me/second-factor"
SOON = timedelta(seconds=30)


class RealClock:
    """The real time that web processes read; a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> RealClock:
    found = RealClock(clock.real_now())
    monkeypatch.setattr(clock, "real_now", lambda: found.now)
    return found


class Phone:
    """An authenticator app: it knows what the picture said, and its own clock."""

    def __init__(self, page: str, real: RealClock) -> None:
        said = re.search(r'href="(otpauth://[^"]+)"', page)
        assert said
        self.address = said[1].replace("&amp;", "&")
        self.app, self.real = pyotp.parse_uri(self.address), real

    def code(self, steps: int = 0) -> str:
        return str(self.app.generate_otp(int(self.real.now.timestamp()) // 30 + steps))

    def next_code(self) -> str:
        """What it shows half a minute later."""
        self.real.move(SOON)
        return self.code()


def set_up(browser: Any, real: RealClock) -> tuple[Phone, list[str]]:
    """The app that was set up, and the recovery codes that were shown."""
    browser.get(PAGE)
    assert browser.post(f"{PAGE}/begin", {"password": PASSWORD}).status_code == 303
    phone = Phone(browser.get(PAGE).text, real)
    shown = browser.post(f"{PAGE}/confirm", {"code": phone.code()})
    assert shown.status_code == 200
    return phone, codes_in(shown.text)


def give_password(browser: Any, user: User) -> None:
    assert browser.sign_in(user.email).headers["Location"] == "/sign-in/code"
    browser.get("/sign-in/code")


def codes_in(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", page)))


def letters(house: Any) -> list[str]:
    with house.sessions() as session:
        query = select(Message).where(Message.kind == "notice").order_by(Message.id)
        return [m.extra["fields"]["change"]["words"] for m in session.scalars(query)]


def proof(phone: Phone, **more: str) -> dict[str, str]:
    return {"password": PASSWORD, "code": phone.next_code(), **more}


@pytest.fixture
def phone(rep: Any, house: Any, real: RealClock) -> Phone:
    """Rita's: her second factor is on."""
    _shipped(house)
    return set_up(rep, real)[0]


@pytest.fixture
def halfway(stranger: Any, phone: Phone, rita: User) -> Any:
    """A browser in which Rita's password was given."""
    give_password(stranger, rita)
    return stranger


def _shipped(house: Any) -> None:
    from outreach.journeys.presets import load_presets

    with house.sessions.begin() as session:
        load_presets(session, house, house.now(session))


# ---- setting it up --------------------------------------------------------------------------------------------------


def test_it_holds_once_the_first_code_is_right(rep: Any, stranger: Any, rita: User, real: RealClock) -> None:
    rep.get(PAGE)
    assert "It is off" in rep.get(PAGE).text
    assert rep.post(f"{PAGE}/begin", {"password": "guess"}).status_code == 422
    rep.post(f"{PAGE}/begin", {"password": PASSWORD})
    page = rep.get(PAGE).text
    phone = Phone(page, real)
    assert "<svg" in page
    assert re.sub(" ", "", re.search(r'id="secret">([^<]+)<', page)[1]) == phone.app.secret
    wrong = rep.post(f"{PAGE}/confirm", {"code": "000000" if phone.code() != "000000" else "111111"})
    assert wrong.status_code == 422
    assert 'id="code-error"' in wrong.text
    assert stranger.sign_in(rita.email).headers["Location"] == "/"
    shown = rep.post(f"{PAGE}/confirm", {"code": phone.code()[:3] + " " + phone.code()[3:]})
    assert len(codes_in(shown.text)) == 10
    assert "It is on" in rep.get(PAGE).text


def test_the_address_for_the_app_names_company_and_user(rep: Any, house: Any, rita: User, real: RealClock) -> None:
    with house.sessions.begin() as session:
        account.get(session).company = "Lumen: Light"
    rep.get(PAGE)
    rep.post(f"{PAGE}/begin", {"password": PASSWORD})
    parts = urlsplit(Phone(rep.get(PAGE).text, real).address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query)["issuer"] == ["Lumen  Light"]
    assert parts.path.endswith(":rita%40outreach.test") or parts.path.endswith(":rita@outreach.test")


def test_a_picture_waits_for_an_hour_and_no_longer(rep: Any, house: Any, rita: User, real: RealClock) -> None:
    rep.get(PAGE)
    rep.post(f"{PAGE}/begin", {"password": PASSWORD})
    phone = Phone(rep.get(PAGE).text, real)
    real.move(timedelta(minutes=61))
    late = rep.post(f"{PAGE}/confirm", {"code": phone.code()})
    assert late.status_code == 400
    assert "Begin again" in late.text
    assert "It is off" in rep.get(PAGE).text


def test_what_nobody_confirmed_is_forgotten(house: Any, rita: User, ada: User) -> None:
    with house.sessions.begin() as session:
        for user, hours in ((rita, 2), (ada, 0)):
            second_factors.begin(session, user.id, b"sealed", clock.real_now() - timedelta(hours=hours))
        logins.create_half(session, rita.id, clock.real_now() - timedelta(hours=2))
    look_around.look_around(house)
    with house.sessions() as session:
        assert second_factors.of(session, rita.id) is None
        assert second_factors.of(session, ada.id) is not None
        assert session.scalars(select(logins.HalfLogin)).all() == []


def test_setting_it_up_signs_other_browsers_out_and_is_told(
    rep: Any, stranger: Any, rita: User, house: Any, real: RealClock
) -> None:
    _shipped(house)
    stranger.sign_in(rita.email)
    set_up(rep, real)
    assert rep.get("/settings/me").status_code == 200
    assert stranger.get("/settings/me").status_code == 302
    assert letters(house) == ["The second factor was turned on."]


def test_neither_the_secret_nor_a_recovery_code_can_be_read_in_the_database(
    rep: Any, house: Any, rita: User, real: RealClock
) -> None:
    phone, codes = set_up(rep, real)
    with house.sessions() as session:
        row = second_factors.of(session, rita.id)
        kept = session.scalars(select(second_factors.RecoveryCode.code_hash)).all()
    assert phone.app.secret.encode() not in row.secret
    assert len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert set(kept) == {logins.hashed(code.replace("-", "")) for code in codes}


def test_moving_to_another_device_keeps_the_first_until_the_new_one_works(
    rep: Any, stranger: Any, rita: User, phone: Phone, real: RealClock
) -> None:
    rep.get(PAGE)
    assert rep.post(f"{PAGE}/begin", {"password": PASSWORD}).status_code == 422
    assert rep.post(f"{PAGE}/begin", proof(phone)).status_code == 303
    new = Phone(rep.get(PAGE).text, real)
    give_password(stranger, rita)
    assert stranger.post("/sign-in/code", {"code": phone.next_code()}).status_code == 303
    assert rep.post(f"{PAGE}/confirm", {"code": new.code()}).status_code == 200
    assert stranger.get("/settings/me").status_code == 302
    give_password(stranger, rita)
    assert stranger.post("/sign-in/code", {"code": phone.next_code()}).status_code == 422
    assert stranger.post("/sign-in/code", {"code": new.code()}).status_code == 303


def test_giving_up_leaves_everything_as_it_was(rep: Any, phone: Phone) -> None:
    rep.get(PAGE)
    rep.post(f"{PAGE}/begin", proof(phone))
    assert "Move it to another device" in rep.get(PAGE).text
    rep.post(f"{PAGE}/give-up")
    assert "It is on" in rep.get(PAGE).text


def test_turning_it_off_asks_for_the_password_and_a_code(
    rep: Any, stranger: Any, rita: User, phone: Phone, house: Any
) -> None:
    rep.get(PAGE)
    for wrong in ({"password": "guess", "code": phone.next_code()}, {"password": PASSWORD}):
        assert rep.post(f"{PAGE}/off", wrong).status_code == 422
    assert rep.post(f"{PAGE}/off", proof(phone)).status_code == 303
    assert stranger.sign_in(rita.email).headers["Location"] == "/"
    assert letters(house)[-1] == "The second factor was turned off."
    with house.sessions() as session:
        assert session.scalars(select(second_factors.RecoveryCode)).all() == []


# ---- signing in -----------------------------------------------------------------------------------------------------


def test_the_code_leads_to_the_page_that_was_asked_for(stranger: Any, rita: User, phone: Phone) -> None:
    stranger.get("/sign-in?next=/leads%3Fq%3Da")
    answer = stranger.post("/sign-in", {"email": rita.email, "password": PASSWORD, "next": "/leads?q=a"})
    assert answer.headers["Location"] == "/sign-in/code?next=%2Fleads%3Fq%3Da"
    page = stranger.get(answer.headers["Location"]).text
    for attribute in ('inputmode="numeric"', 'autocomplete="one-time-code"', 'name="next" value="/leads?q=a"'):
        assert attribute in page
    done = stranger.post("/sign-in/code", {"code": phone.next_code(), "next": "/leads?q=a"})
    assert (done.status_code, done.headers["Location"]) == (303, "/leads?q=a")
    assert stranger.get("/leads?q=a").status_code == 200


def test_the_code_leads_to_no_other_host(halfway: Any, phone: Phone) -> None:
    assert "evil" not in halfway.get("/sign-in/code?next=//evil.example/x").text
    done = halfway.post("/sign-in/code", {"code": phone.next_code(), "next": "//evil.example/x"})
    assert done.headers["Location"] == "/x"


def test_between_password_and_code_no_page_opens(halfway: Any, app: Flask) -> None:
    """Whatever asks for a sign-in sends the browser back to it."""
    walked = 0
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        if access and access.kind == "signed in":
            for method in {"GET", "POST"} & (rule.methods or set()):
                data = {"csrf_token": halfway.token} if method == "POST" else None
                answer = halfway.client.open(address(rule), method=method, data=data)
                assert answer.status_code in (302, 303), f"{method} {rule.rule}: {answer.status_code}"
                assert answer.headers["Location"].startswith("/sign-in"), rule.rule
                walked += 1
    assert walked > 100


def test_the_cookie_between_is_out_of_reach_of_scripts_ends_soon_and_is_kept_as_a_hash(
    stranger: Any, rita: User, phone: Phone, house: Any, real: RealClock
) -> None:
    stranger.get("/sign-in")
    answer = stranger.post("/sign-in", {"email": rita.email, "password": PASSWORD})
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("outreach_login_half=")]
    for attribute in ("HttpOnly", "SameSite=Lax", "Max-Age=600"):
        assert attribute in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    with house.sessions() as session:
        assert session.scalars(select(logins.HalfLogin.token_hash)).all() == [logins.hashed(token)]
    stranger.get("/sign-in/code")
    real.move(timedelta(minutes=11))
    assert stranger.get("/sign-in/code").headers["Location"] == "/sign-in"
    late = stranger.post("/sign-in/code", {"code": phone.code()})
    assert late.status_code == 422
    assert "too long" in late.text
    assert stranger.get("/settings/me").status_code == 302


def test_a_code_works_once(halfway: Any, rita: User, phone: Phone, app: Flask) -> None:
    """RFC 6238 5.2: who looks over the shoulder comes too late, also within the half minute."""
    from tests.web.conftest import Visitor

    code = phone.next_code()
    assert halfway.post("/sign-in/code", {"code": code}).status_code == 303
    other = Visitor(app)
    give_password(other, rita)
    assert other.post("/sign-in/code", {"code": code}).status_code == 422
    assert other.post("/sign-in/code", {"code": phone.code(-1)}).status_code == 422
    assert other.post("/sign-in/code", {"code": phone.next_code()}).status_code == 303


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_phone_may_be_half_a_minute_slow_or_fast(
    stranger: Any, rita: User, phone: Phone, real: RealClock, steps: int, status: int
) -> None:
    real.move(timedelta(minutes=5))
    give_password(stranger, rita)
    assert stranger.post("/sign-in/code", {"code": phone.code(steps)}).status_code == status


def test_five_wrong_codes_close_the_door_from_wherever_they_come(
    halfway: Any, rita: User, phone: Phone, house: Any, app: Flask, real: RealClock
) -> None:
    """Giving the password again begins no new count, and neither does another address: who tries has the password."""
    from tests.web.conftest import Visitor

    for number in range(5):
        give_password(halfway, rita)
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        wrong = halfway.post("/sign-in/code", {"code": "nonsense"}, environ_base=elsewhere)
        assert wrong.status_code == 422
        assert 'id="code-error"' in wrong.text
    other = Visitor(app)
    give_password(other, rita)
    shut = other.post("/sign-in/code", {"code": phone.next_code()})
    assert shut.status_code == 429
    assert "15 minutes" in shut.text
    assert letters(house)[-1].startswith("Somebody gave the right password and then five wrong codes.")
    real.move(timedelta(minutes=16))
    give_password(other, rita)
    assert other.post("/sign-in/code", {"code": phone.next_code()}).status_code == 303


def test_a_recovery_code_opens_once(rep: Any, stranger: Any, rita: User, house: Any, real: RealClock) -> None:
    _shipped(house)
    _, codes = set_up(rep, real)
    give_password(stranger, rita)
    assert "Recovery code" in stranger.get("/sign-in/code?recovery=1").text
    typed = codes[3].upper().replace("-", " ")
    assert stranger.post("/sign-in/code", {"code": typed, "recovery": "1"}).status_code == 303
    assert letters(house)[-1] == "A recovery code was used; 9 are left."
    stranger.get("/settings/me")
    stranger.post("/sign-out")
    give_password(stranger, rita)
    again = stranger.post("/sign-in/code", {"code": codes[3], "recovery": "1"})
    assert again.status_code == 422
    assert "Recovery code" in again.text


def test_new_recovery_codes_end_the_old_ones(rep: Any, stranger: Any, rita: User, house: Any, real: RealClock) -> None:
    phone, old = set_up(rep, real)
    rep.get(PAGE)
    assert rep.post(f"{PAGE}/codes", {"password": PASSWORD, "code": "123"}).status_code == 422
    new = codes_in(rep.post(f"{PAGE}/codes", proof(phone)).text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert codes_in(rep.get(PAGE).text) == []
    give_password(stranger, rita)
    assert stranger.post("/sign-in/code", {"code": old[0]}).status_code == 422
    assert stranger.post("/sign-in/code", {"code": new[0]}).status_code == 303


def test_a_link_for_a_new_password_does_not_go_round_it(stranger: Any, rita: User, phone: Phone, house: Any) -> None:
    with house.sessions.begin() as session:
        link = accounts.invite_link(session, house, session.get_one(User, rita.id))
    path = link.removeprefix("http://outreach.test")
    stranger.get(path)
    fresh = "another long one"
    answer = stranger.post(path, {"name": "Rita", "password": fresh, "again": fresh})
    assert answer.headers["Location"] == "/sign-in/code?next=%2Fsettings%2Fme"
    assert stranger.get("/settings/me").status_code == 302
    stranger.get("/sign-in/code")
    assert stranger.post("/sign-in/code", {"code": phone.next_code()}).status_code == 303
    assert stranger.get("/settings/me").status_code == 200


def test_a_new_password_ends_what_is_halfway_in(halfway: Any, rep: Any, phone: Phone) -> None:
    rep.get("/settings/me")
    fresh = "another long one"
    rep.post("/settings/me/password", {"password": PASSWORD, "new_password": fresh, "again": fresh})
    assert halfway.post("/sign-in/code", {"code": phone.next_code()}).status_code == 422


def test_with_another_secret_key_recovery_codes_and_the_operator_still_open_the_door(
    halfway: Any, rep: Any, rita: User, phone: Phone, house: Any
) -> None:
    with house.sessions.begin() as session:
        second_factors.of(session, rita.id).secret = b"sealed with a key that is lost"
    lost = halfway.post("/sign-in/code", {"code": phone.next_code()})
    assert lost.status_code == 400
    assert "SECRET_KEY" in lost.text
    with house.sessions.begin() as session:
        second_factor.reset(session, house, session.get_one(User, rita.id), None)
    assert halfway.sign_in(rita.email).headers["Location"] == "/"


# ---- the administrator ----------------------------------------------------------------------------------------------


def test_an_administrator_sees_who_has_it_and_may_take_it_away(
    admin: Any, rep: Any, rita: User, ada: User, phone: Phone, house: Any
) -> None:
    admin.get("/settings/users")
    page = admin.get("/settings/users").text
    assert "Take the second factor of Rita Rep away" in page
    assert rep.post(f"/settings/users/{ada.id}/second-factor/reset").status_code == 403
    assert admin.post(f"/settings/users/{rita.id}/second-factor/reset").status_code == 303
    assert rep.get("/settings/me").status_code == 302
    assert rep.sign_in(rita.email).headers["Location"] == "/"
    with house.sessions() as session:
        (told,) = session.scalars(select(Message).where(Message.kind == "notice").order_by(Message.id.desc()).limit(1))
        (event, *_) = events.latest_of(session, "security", 5)
    assert told.to_address == rita.email
    assert told.extra["fields"]["change"]["by"] == "Ada Admin"
    assert (event.actor_id, event.data) == (ada.id, {"user": rita.id})
    assert "taken away" in admin.get("/settings/users").text


def test_nobody_takes_their_own_away_without_password_and_code(admin: Any, ada: User, real: RealClock) -> None:
    set_up(admin, real)
    admin.get("/settings/users")
    assert admin.post(f"/settings/users/{ada.id}/second-factor/reset").status_code == 400


def test_whoever_must_have_one_reaches_nothing_else_until_it_is_set_up(
    admin: Any, rep: Any, rita: User, house: Any, app: Flask, real: RealClock
) -> None:
    """Also in browsers that were signed in before it was asked for."""
    set_up(admin, real)
    admin.get("/settings/users")
    assert admin.post("/settings/users/second-factor", {"second_factor": "everybody"}).status_code == 303
    assert "Not set up yet" in admin.get("/settings/users").text
    assert rep.get("/leads?q=a").headers["Location"] == PAGE + "?next=%2Fleads%3Fq%3Da"
    open_to_them, walked = set(), 0
    for rule in rules(app):
        access = access_of(app, rule.endpoint)
        if access and access.kind == "signed in" and not rule.rule.startswith("/sign-out"):
            for method in {"GET", "POST"} & (rule.methods or set()):
                data = {"csrf_token": rep.token} if method == "POST" else None
                answer = rep.client.open(address(rule), method=method, data=data)
                walked += 1
                if not answer.headers.get("Location", "").startswith(PAGE):
                    open_to_them.add(rule.rule)
    assert open_to_them == {PAGE, f"{PAGE}/begin", f"{PAGE}/confirm"}
    assert walked > 100


def test_after_setting_it_up_everything_is_open(rep: Any, house: Any, real: RealClock) -> None:
    with house.sessions.begin() as session:
        account.get(session).second_factor = "everybody"
    rep.get(PAGE + "?next=%2Fleads")
    assert "Your company asks" in rep.get(PAGE + "?next=%2Fleads").text
    begun = rep.post(f"{PAGE}/begin?next=%2Fleads", {"password": PASSWORD})
    assert begun.headers["Location"] == PAGE + "?next=%2Fleads"
    phone = Phone(rep.get(begun.headers["Location"]).text, real)
    shown = rep.post(f"{PAGE}/confirm?next=%2Fleads", {"code": phone.code()}).text
    assert 'href="/leads"' in shown
    assert rep.get("/leads").status_code == 200
    refused = rep.post(f"{PAGE}/off", proof(phone))
    assert refused.status_code == 400
    assert "not be turned off" in refused.text


def test_administrators_and_managers_alone_may_be_asked_for_it(
    admin: Any, rep: Any, ada: User, rita: User, house: Any
) -> None:
    """Whoever becomes one is asked at once."""
    with house.sessions.begin() as session:
        account.get(session).second_factor = "leaders"
    assert rep.get("/settings/me").status_code == 200
    assert admin.get("/settings/users").status_code == 303
    with house.sessions.begin() as session:
        session.get_one(User, rita.id).role = "manager"
    assert rep.get("/settings/me").headers["Location"].startswith(PAGE)


def test_a_script_hears_why_nothing_opens(rep: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        account.get(session).second_factor = "everybody"
    answer = rep.get("/leads", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "second factor" in answer.text


def test_a_machine_s_token_is_not_touched_by_it(app: Flask, house: Any) -> None:
    with house.sessions.begin() as session:
        account.get(session).second_factor = "everybody"
        token = accounts.create_token(session, "shop")
    answer = app.test_client().get("/api/v1/forms", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_nonsense_is_asked_of_nobody(admin: Any, house: Any) -> None:
    admin.get("/settings/users")
    assert admin.post("/settings/users/second-factor", {"second_factor": "dogs"}).status_code == 400
    with house.sessions() as session:
        assert account.get(session).second_factor == ""
