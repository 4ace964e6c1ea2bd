"""The shipped letters: every one renders for somebody who told us everything and for somebody who told us nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from outreach.mail import library, mjml
from outreach.mail.bytecheck import WARN_HTML, faults
from outreach.mail.compose import compose
from outreach.mail.library import LetterSource, render_letter, render_plain, shipped, shipped_includes, shipped_keys
from outreach.mail.templating import MissingField
from tests.mail.cast import ASA, NOBODY, letter

FIRST_LETTERS = ("instant-answer", "form-thanks")
TO_OUR_PEOPLE = ("notice-account", "notice-new-lead", "notice-reply", "notice-unknown")
EXPECTED = {
    "instant-answer", "day-2", "day-4", "day-6", "break-up", "newsletter", "form-thanks", "cant-help",
    "need-more-information", *TO_OUR_PEOPLE, *(f"educational-{number:02}" for number in range(1, 13)),
}  # fmt: skip


def test_the_promised_letters_are_there() -> None:
    assert set(shipped_keys()) >= EXPECTED


@pytest.mark.parametrize("key", shipped_keys())
def test_every_letter_has_its_three_files_and_no_problem(key: str) -> None:
    assert (library.SHIPPED / key / "body.txt").exists()
    assert mjml.lint(shipped(key).mjml, shipped_includes()) == []


@pytest.mark.parametrize("fields", [ASA, NOBODY], ids=["asa", "nobody"])
@pytest.mark.parametrize("key", shipped_keys())
def test_every_letter_renders_and_may_leave(key: str, fields: dict[str, Any]) -> None:
    """O8-O14 and U8, with all fields and with hardly any."""
    fields = {k: v for k, v in fields.items() if key not in TO_OUR_PEOPLE or k != "unsubscribe_url"}
    done = render_letter(shipped(key), fields, shipped_includes())
    assert faults(compose(letter(subject=done.subject, html=done.html, text=done.text))) == []
    assert len(done.html) < WARN_HTML
    assert not done.warnings
    for part in (done.subject, done.html, done.text):
        assert "{{" not in part
        assert "{%" not in part
        assert not re.search(r"\bNone\b(?! of)", part)
    assert not re.search(r"\n{3}| +\n|\s,|\(\)|<p></p>", done.text)
    if key not in TO_OUR_PEOPLE:
        assert fields["unsubscribe_url"] in done.html
        assert fields["unsubscribe_url"] in done.text


@pytest.mark.parametrize("key", shipped_keys())
def test_both_parts_carry_the_same_links(key: str) -> None:
    done = render_letter(shipped(key), ASA, shipped_includes())
    in_html = {url.replace("&amp;", "&") for url in re.findall(r'<a [^>]*href="(https?://[^"]+)"', done.html)}
    in_text = set(re.findall(r"https?://[^\s]+", done.text))
    assert in_html == in_text


@pytest.mark.parametrize("key", FIRST_LETTERS)
def test_a_first_letter_never_echoes_what_a_stranger_wrote(key: str) -> None:
    """MAIL L5: the message, the company and the like are not even mentioned by the template."""
    source = shipped(key)
    for part in (source.subject, source.mjml, source.text or ""):
        assert not re.search(r"\b(message|company|answers|name_raw|budget|needed_by)\b\s*[|}]", part)


def test_the_instant_answer_is_about_what_they_asked_for() -> None:
    done = render_letter(shipped("instant-answer"), ASA, shipped_includes())
    assert "12 kWp" in done.text
    assert "how much power" in done.text
    assert "https://nordic.example/roof?from=mail&size=60" in done.text
    assert "Maja Lind" in done.text
    assert "+46 8 555 01 00" in done.text
    assert done.subject == "Your request: a solar roof"


def test_the_instant_answer_asks_for_a_missing_phone_number() -> None:
    asked = "Which number can I reach you on"
    assert asked in render_letter(shipped("instant-answer"), NOBODY, shipped_includes()).text
    assert asked not in render_letter(shipped("instant-answer"), ASA, shipped_includes()).text


def test_i_tried_to_call_stands_only_where_somebody_did() -> None:
    """SEQUENCE: merge flags."""
    for key in ("day-4", "tried-to-call", "could-not-reach", "follow-up-letter"):
        words = render_letter(shipped(key), ASA, shipped_includes()).text
        assert re.search(r"tried to (call|reach) you", words), key
        quiet = render_letter(shipped(key), {**ASA, "called": False}, shipped_includes()).text
        assert not re.search(r"tried to (call|reach)", quiet), key


def test_the_break_up_letter_has_three_ways_to_answer_that_are_not_tracked() -> None:
    done = render_letter(shipped("break-up"), ASA, shipped_includes())
    for way in ("answer_yes_url", "answer_later_url", "answer_no_url"):
        assert re.search(rf'href="{re.escape(ASA[way])}" rel="no-track"', done.html)
        assert ASA[way] in done.text


def test_a_notice_shows_the_answers_escaped() -> None:
    done = render_letter(shipped("notice-new-lead"), ASA, shipped_includes())
    assert "<b>please</b>" not in done.html
    assert "&lt;b&gt;please" in done.html
    assert "Message: <b>please</b> call" in done.text


def test_a_gap_in_any_part_blocks_the_letter_with_all_its_names() -> None:
    """F3."""
    source = LetterSource(
        "{{ a }}", "<mj-section><mj-column><mj-text>{{ b }}</mj-text></mj-column></mj-section>", "{{ c }}"
    )
    with pytest.raises(MissingField) as missing:
        render_letter(source, NOBODY, shipped_includes())
    assert missing.value.names == ("a", "b", "c")
    assert render_letter(source, NOBODY, shipped_includes(), preview=True).missing == ("a", "b", "c")


def test_a_letter_without_a_text_part_gets_one() -> None:
    source = LetterSource("x", "<mj-section><mj-column><mj-text>Only here</mj-text></mj-column></mj-section>")
    assert "Only here" in render_letter(source, ASA, shipped_includes()).text


def test_a_plain_letter_is_the_same_text_twice() -> None:
    """SEQUENCE `body`: paragraphs, links, the small print."""
    done = render_plain(
        "Re: {{ topic.title }}",
        "Hello {{ first_name }},\n\nsee https://x.example/a?b=1&c=2.\nOr write to maja@nordic.example.\n\n<Maja>",
        ASA,
        shipped_includes(),
    )
    assert done.subject == "Re: a solar roof"
    assert '<a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.<br>' in done.html
    assert '<a href="mailto:maja@nordic.example">' in done.html
    assert "&lt;Maja&gt;" in done.html
    assert ASA["unsubscribe_url"] in done.html
    assert "<Maja>" in done.text
    assert "\n\nUnsubscribe: " in done.text
    assert faults(compose(letter(subject=done.subject, html=done.html, text=done.text))) == []


def test_a_letter_comes_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "subject.txt").write_text("Hello\n")
    (tmp_path / "body.mjml").write_text("<mj-section></mj-section>")
    assert library.load_letter(tmp_path) == LetterSource("Hello", "<mj-section></mj-section>", None)


@pytest.mark.parametrize("key", ["nothing-here", "../emails/day-2", "_layout.mjml", ""])
def test_a_key_is_a_key_and_no_path(key: str) -> None:
    with pytest.raises(LookupError):
        shipped(key)


GREETING = re.compile(r"^Hello.*,\n\n", re.MULTILINE)


@pytest.mark.parametrize("fields", [ASA, NOBODY], ids=["asa", "nobody"])
@pytest.mark.parametrize("key", shipped_keys())
def test_the_text_after_the_greeting_begins_with_a_capital_letter(key: str, fields: dict[str, Any]) -> None:
    text = render_letter(shipped(key), fields, shipped_includes()).text
    for greeting in GREETING.finditer(text):
        assert not text[greeting.end()].islower(), text[: greeting.end() + 40]


def test_the_text_part_of_a_letter_is_read_once_from_its_template() -> None:
    """DESIGN 4: what is made from the MJML, with loops and choices in place, says what the finished letter says."""
    includes = library.shipped_includes()
    fields = {
        "first_name": "Ann",
        "brand": {"name": "Nordic", "postal_address": "Bristol"},
        "unsubscribe_url": "https://x.example/u",
    }
    rows = {
        "issue": {
            "title": "March",
            "items": [{"title": f"Part {n}", "url": f"https://x.example/{n}"} for n in range(3)],
        }
    }
    body = (
        "<mj-section><mj-column><mj-text>Hello {{ first_name }}</mj-text>{% for item in issue.items %}"
        '<mj-text>{{ item.title }} &amp; more</mj-text><mj-button href="{{ item.url }}">Read on</mj-button>{% endfor %}'
        '<mj-text show-if="city">In {{ city }}</mj-text></mj-column></mj-section>'
    )
    words = mjml.words_of(body, includes)
    assert words is not None
    for more in ({}, {"city": "Bristol"}):
        done = library.render_letter(library.LetterSource("Hi", body), fields | rows | more, includes)
        assert done.text.split() == mjml.text_of(done.html).split()
        assert [line for line in done.text.split("\n") if "Part 1" in line] == ["Part 1 & more"]
        assert ("In Bristol" in done.text) == bool(more)


def test_a_choice_inside_an_attribute_is_read_from_each_finished_letter() -> None:
    """A loop or choice that has no place in the text part must not tear it apart."""
    body = (
        '<mj-section><mj-column><mj-text><b class="{% if a %}x{% endif %}">Words</b></mj-text></mj-column></mj-section>'
    )
    assert mjml.words_of(body, library.shipped_includes()) is None
    assert (
        "Words"
        in library.render_letter(
            library.LetterSource("Hi", body), {"a": "1", "brand": {"name": "N"}}, library.shipped_includes()
        ).text
    )
