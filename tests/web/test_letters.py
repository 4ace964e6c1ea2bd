"""Templates as a marketer sees them: the gallery, the source editor with checks and preview, versions."""

from typing import Any

import pytest

from outreach.journeys import author, letters, presets
from outreach.store import messages, templates
from outreach.store.templates import Template

BODY = (
    "<mj-section><mj-column><mj-text><p>Hi {{ first_name }}</p></mj-text>"
    '<mj-image src="https://pictures.example/a.png" /></mj-column></mj-section>'
)


@pytest.fixture
def shipped(house: Any) -> dict[str, int]:
    """The letters that come with the system: key -> id."""
    with house.sessions.begin() as session:
        presets.load_presets(session, house, house.now(session))
        return templates.ids(session)


def in_force(house: Any, key: str) -> Any:
    with house.sessions() as session:
        return templates.current(session, key)


def test_the_gallery_groups_the_letters_and_says_what_sends_them(admin: Any, shipped: dict[str, int]):
    page = admin.get("/templates").text
    for words in ("Break-up letter", "Newsletter", "Educational letters", "Notices to our own people", "Layout"):
        assert words in page
    assert "Inbound 0-2-4-6-8" in page


@pytest.mark.parametrize(
    "key", ["break-up", "newsletter", "notice-new-lead", "_layout.mjml", "_footer.txt", "instant-answer"]
)
def test_every_kind_of_template_opens_with_its_source_and_renders(admin: Any, shipped: dict[str, int], key: str):
    page = admin.get(f"/templates/{shipped[key]}").text
    assert "rendered in" in page
    letter = admin.get(f"/templates/{shipped[key]}/letter")
    assert letter.status_code == 200
    assert "cannot be shown" not in letter.text
    assert "style-src 'unsafe-inline'" in letter.headers["Content-Security-Policy"]
    assert "script-src" not in letter.headers["Content-Security-Policy"]


def test_the_page_itself_keeps_a_strict_policy(admin: Any, shipped: dict[str, int]):
    """CodeMirror's style sheet comes by a nonce; nothing inline is allowed."""
    policy = admin.get(f"/templates/{shipped['day-2']}").headers["Content-Security-Policy"]
    assert "style-src 'self' 'nonce-" in policy
    assert "unsafe-inline" not in policy


def test_saving_makes_a_version_that_is_in_force_at_once(admin: Any, house: Any, shipped: dict[str, int]):
    """V2, V8."""
    path = f"/templates/{shipped['day-2']}"
    admin.get(path)
    form = {"subject": "New subject", "mjml": BODY, "text": "", "preview": "The first line"}
    assert admin.post(path, form).status_code == 303
    version = in_force(house, "day-2")
    assert (version.number, version.subject, version.preview) == (2, "New subject", "The first line")
    admin.post(path, form)
    assert in_force(house, "day-2").number == 2


def test_an_earlier_version_is_restored_as_the_next_one(admin: Any, house: Any, shipped: dict[str, int]):
    path = f"/templates/{shipped['day-2']}"
    first = in_force(house, "day-2")
    admin.get(path)
    admin.post(path, {"subject": "New subject", "mjml": BODY})
    assert "New subject" in admin.get(f"{path}/versions").text
    admin.post(f"{path}/versions/{first.id}/restore")
    version = in_force(house, "day-2")
    assert (version.number, version.subject, version.mjml) == (3, first.subject, first.mjml)


def test_an_earlier_version_is_looked_at_before_it_is_restored(
    admin: Any, rep: Any, house: Any, shipped: dict[str, int]
):
    path = f"/templates/{shipped['day-2']}"
    first = in_force(house, "day-2")
    admin.get(path)
    admin.post(path, {"subject": "New <b>subject", "mjml": BODY})
    page = admin.get(f"{path}/versions/{first.id}").text
    assert "</b>Subject: New &lt;b&gt;subject</del>" in page
    assert f"</b>Subject: {first.subject}</ins>".replace("'", "&#39;") in page
    assert "Restore" in page
    assert "Restore" not in rep.get(f"{path}/versions/{first.id}").text
    assert "sandbox" in admin.get(f"{path}/versions/{first.id}/letter").headers["Content-Security-Policy"]
    live = admin.get(f"{path}/versions/{in_force(house, 'day-2').id}").text
    assert "Nothing differs" in live
    assert "</button>" not in live.partition("<main")[2].partition("</main>")[0]
    assert admin.get(f"/templates/{shipped['day-4']}/versions/{first.id}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"mjml": "<mj-section>\n<mj-column>\n</mj-section>"}, "Line 2: &lt;mj-column&gt; is not closed"),
        ({"mjml": "<mj-section></mj-section>\n{% if %}"}, "Line 2"),
        ({"subject": ""}, "A letter needs a subject."),
        ({"subject": "{{ first_name"}, "not closed"),
        ({"text": "{% include 'x' %}"}, "not available"),
        ({"mjml": BODY + "\n<mj-raw>{{ frist_name }}</mj-raw>"}, "Line 2: there is no merge field “frist_name”"),
        ({"subject": "Hi {{ frist_name }}"}, "there is no merge field “frist_name”"),
        ({"mjml": ""}, "This letter has no words."),
        ({"mjml": "<mj-section><mj-column><mj-text> </mj-text></mj-column></mj-section>"}, "This letter has no words."),
        ({"mjml": BODY + "<mj-raw><script>go()</script></mj-raw>"}, "No mail program runs &lt;script&gt;"),
        ({"mjml": BODY + "<mj-raw><a href='javascript:go()'>Go</a></mj-raw>"}, "A link cannot run javascript"),
    ],
)
def test_a_source_that_would_stop_letters_is_refused_and_stays_in_the_field(
    admin: Any, house: Any, shipped: dict[str, int], changed: dict[str, str], words: str
):
    path = f"/templates/{shipped['day-2']}"
    admin.get(path)
    answer = admin.post(path, {"subject": "My subject", "mjml": BODY, "text": ""} | changed)
    assert answer.status_code == 422
    assert words in answer.text
    assert in_force(house, "day-2").number == 1


def test_every_letter_that_comes_with_the_system_could_be_saved_as_it_is(session: Any, shipped: dict[str, int]):
    """F3: no shipped letter asks for a field that nothing fills, breaks off or says nothing."""
    blocks = letters.includes(session)
    for template in session.query(Template):
        text = templates.current(session, template.key)
        written = author.Written(text.subject, text.mjml, text.text, text.preview)
        assert author.faults(template, written, blocks) == {}, template.key
        assert author.strange(text.mjml) == [], template.key


def test_a_strange_field_with_a_fallback_a_shared_block_or_an_image_alone_is_a_letter(
    admin: Any, house: Any, shipped: dict[str, int]
):
    path = f"/templates/{shipped['day-2']}"
    admin.get(path)
    for number, mjml in enumerate(
        (
            BODY + "<mj-raw>{{ nobody|default('x') }}</mj-raw>",
            '<mj-section><mj-column><mj-include path="_signature.mjml" /></mj-column></mj-section>',
            '<mj-section><mj-column><mj-image src="https://pictures.example/a.png" /></mj-column></mj-section>',
        ),
        2,
    ):
        assert admin.post(path, {"subject": "My subject", "mjml": mjml, "text": ""}).status_code == 303
        assert in_force(house, "day-2").number == number


def test_a_letter_that_gmail_would_cut_is_refused_before_anybody_gets_it(
    admin: Any, house: Any, shipped: dict[str, int]
):
    """MAIL O14: what is cut off at its end is the way out of the list."""
    path = f"/templates/{shipped['day-2']}"
    admin.get(path)
    long = BODY.replace("Hi ", "Hi " + "long words " * 10_000, 1)
    answer = admin.post(path, {"subject": "My subject", "mjml": long, "text": ""})
    assert answer.status_code == 422
    assert "Gmail cuts letters at 102 kB" in answer.text
    assert in_force(house, "day-2").number == 1


def test_the_check_names_faults_with_their_lines_and_what_to_look_at(admin: Any, shipped: dict[str, int]):
    path = f"/templates/{shipped['day-2']}/check"
    admin.get("/menu")
    good = admin.post(path, {"subject": "Hello {{ first_name }}", "mjml": BODY, "lead": "0"}).get_json()
    assert good["ok"]
    assert good["subject"] == "Hello Anna"
    for words in ("Subject 10 characters", "1 image without alternative text", "Unsubscribe link present",
                  "pictures.example", "Gmail clips at 102 kB"):  # fmt: skip
        assert words in good["checks"]
    bad = admin.post(path, {"subject": "S", "mjml": "<mj-section>\n<mj-text>{{ first_nam }}</mj-text>\n"}).get_json()
    assert not bad["ok"]
    assert (bad["problems"][0]["line"], bad["problems"][0]["severity"]) == (1, "error")
    odd = admin.post(path, {"subject": "S", "mjml": BODY + "\n<mj-raw>{{ nobody }}</mj-raw>"}).get_json()
    assert {"line": 2, "column": 1, "message": "There is no merge field “nobody”", "severity": "warning"} in odd[
        "problems"
    ]


def test_the_preview_shows_what_is_being_written_and_its_preview_line(admin: Any, shipped: dict[str, int]):
    admin.get("/menu")
    form = {"subject": "S", "mjml": BODY, "preview": "For {{ company }}", "lead": "0"}
    html = admin.post(f"/templates/{shipped['day-2']}/preview", form).text
    assert "Hi Anna" in html
    assert "For Lumen Logistics" in html


def test_a_script_in_a_source_never_runs_in_the_preview(admin: Any, shipped: dict[str, int]):
    admin.get("/menu")
    form = {"subject": "S", "mjml": "<mj-section><mj-raw><script>alert(1)</script></mj-raw></mj-section>"}
    answer = admin.post(f"/templates/{shipped['day-2']}/preview", form)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_a_test_goes_to_myself_as_it_stands_in_the_editor(admin: Any, ada: Any, house: Any, shipped: dict[str, int]):
    admin.get("/menu")
    form = {"subject": "Unsaved {{ first_name }}", "mjml": BODY, "lead": "0"}
    admin.post(f"/templates/{shipped['day-2']}/test", form)
    with house.sessions() as session:
        letter = session.query(messages.Message).filter_by(kind="test").one()
    assert letter.to_address == ada.email
    assert letter.extra["rendered"]["subject"] == "[Test] Unsaved Anna"
    assert in_force(house, "day-2").number == 1


def test_a_new_template_is_a_copy_with_a_key_of_its_own(admin: Any, house: Any, shipped: dict[str, int]):
    admin.get("/templates/new")
    form = {"name": "Break up", "kind": "letter", "from": str(shipped["break-up"])}
    answer = admin.post("/templates/new", form)
    assert answer.status_code == 303
    with house.sessions() as session:
        copy = session.get_one(Template, int(answer.location.rpartition("/")[2]))
    assert copy.key == "break-up-2"
    assert in_force(house, copy.key).mjml == in_force(house, "break-up").mjml
    assert admin.post("/templates/new", {"name": " ", "kind": "letter"}).status_code == 422


def test_a_template_that_is_sent_cannot_be_archived(admin: Any, shipped: dict[str, int]):
    admin.get("/templates")
    answer = admin.post(f"/templates/{shipped['day-2']}/archive")
    assert "It is sent by" in admin.get(answer.location).text
    assert "one-key letters" in admin.get(f"/templates/{shipped['cant-help']}/versions").text
    mine = admin.post("/templates/new", {"name": "Only mine", "kind": "letter"}).location
    assert 'href="' + mine in admin.get("/templates").text
    admin.post(f"{mine}/archive")
    assert 'href="' + mine not in admin.get("/templates").text


def test_a_rep_may_look_and_not_change(rep: Any, shipped: dict[str, int]):
    page = rep.get(f"/templates/{shipped['day-2']}")
    assert page.status_code == 200
    assert 'id="save-button"' not in page.text
    assert rep.post(f"/templates/{shipped['day-2']}", {"subject": "S", "mjml": BODY}).status_code == 403


def test_a_letter_is_changed_as_blocks_without_scripts_and_saved(admin: Any, house: Any, shipped: dict[str, int]):
    """What was typed goes into the source at every button; nothing is saved before Save."""
    path = f"/templates/{shipped['break-up']}"
    before = in_force(house, "break-up").mjml
    page = admin.get(f"{path}?view=visual").text
    assert 'name="b_1_words" value="Yes, please talk to me"' in page
    given = {"subject": "Shall I?", "mjml": before, "b_1_words": "Yes, call me"}
    page = admin.post(f"{path}/blocks", given | {"do": "down:1"}).text
    assert page.index("Later, ask me again") < page.index("Yes, call me")
    assert 'aria-label="Visual"' in page
    assert in_force(house, "break-up").mjml == before
    assert admin.post(path, given).status_code == 303
    assert in_force(house, "break-up").mjml == before.replace("Yes, please talk to me", "Yes, call me")


def test_a_fault_in_the_source_is_said_in_the_place_of_the_blocks(admin: Any, shipped: dict[str, int]):
    path = f"/templates/{shipped['break-up']}"
    admin.get(path)
    given = {"subject": "x", "mjml": "<mj-text>5 < 6</mj-text>", "do": "remove:0"}
    told = admin.post(f"{path}/blocks", given, headers={"Accept": "application/json"}).get_json()
    assert told["mjml"] == given["mjml"]
    assert "stands alone" in told["blocks"]
    assert 'data-tab="visual"' not in admin.get(f"/templates/{shipped['_footer.txt']}").text
