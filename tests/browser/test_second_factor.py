"""The second factor in a browser: from the picture to the code, on a phone and on a desk, light and dark."""

from typing import Any

import pyotp
import pytest

from outreach.store import account
from outreach.store.users import User

PASSWORD = "correct horse battery"
PAGE = "/settings/me/second-factor"


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 390)])
def test_it_is_set_up_and_asked_for_without_a_fault(
    inside: Any, site: str, ada: User, house: Any, faults: Any, complaints: list[str], theme: str, width: int
) -> None:
    page, found = inside, []
    page.context.add_cookies([{"name": "theme", "value": theme, "url": site}])
    page.set_viewport_size({"width": width, "height": 800})

    def look(name: str) -> None:
        found.extend(f"{name}: {fault}" for fault in faults(page))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name}: wider than the window")

    page.goto(site + PAGE)
    look("off")
    page.fill("#password", PASSWORD)
    page.click("text=Set it up >> nth=-1")
    page.wait_for_selector(".qr")
    look("begun")
    drawn = page.locator(".qr path").nth(-1).bounding_box()
    assert drawn["width"] > 150
    app = pyotp.parse_uri(page.get_attribute("text=Open it in the app", "href"))
    page.fill("#code", app.now())
    page.click("text=Turn it on")
    page.wait_for_selector("#codes")
    look("recovery codes")
    assert page.evaluate("codes => codes.scrollHeight <= codes.clientHeight", page.query_selector("#codes"))
    with page.expect_download() as kept:
        page.click("text=Download")
    codes = page.input_value("#codes").split("\n")
    assert kept.value.path().read_text().split("\n\n")[1].strip().split("\n") == codes
    page.click("text=I have kept them")
    page.wait_for_url(site + PAGE)
    look("on")
    page.context.clear_cookies(name="outreach_login")
    page.goto(site + "/sign-in?next=/settings/users")
    page.fill("#email", ada.email)
    page.fill("#password", PASSWORD)
    page.click("text=Sign in >> nth=-1")
    page.wait_for_url(site + "/sign-in/code?next=*")
    page.wait_for_selector("#code:focus")
    look("code")
    page.click("text=Use a recovery code")
    page.wait_for_selector("input[name=recovery]", state="attached")
    look("recovery code")
    page.fill("#code", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(site + "/settings/users")
    look("users")
    assert found == []
    assert complaints == []


def test_who_must_have_one_begins_there(
    inside: Any, site: str, ada: User, house: Any, faults: Any, complaints: list[str]
) -> None:
    with house.sessions.begin() as session:
        account.get(session).second_factor = "everybody"
    inside.goto(site + "/settings/users")
    assert inside.url.startswith(site + PAGE)
    assert faults(inside) == []
    inside.fill("#password", PASSWORD)
    inside.click("text=Begin")
    inside.wait_for_selector(".qr")
    assert faults(inside) == []
    inside.fill("#code", pyotp.parse_uri(inside.get_attribute("text=Open it in the app", "href")).now())
    inside.click("text=Turn it on")
    inside.click("text=I have kept them")
    inside.wait_for_url(site + "/settings/users")
    assert complaints == []
