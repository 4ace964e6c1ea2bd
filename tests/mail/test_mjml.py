"""MJML to HTML (UI.md 4): every pitfall of the compiler has its test, and none kills the process."""

from __future__ import annotations

import time

import pytest

from outreach.mail.mjml import Problem, compile_mjml, lint, text_of
from outreach.mail.templating import TemplateError, render

LAYOUT = """<mjml>\r
  <mj-head>\r
    <mj-attributes>  <!-- a note -->\r
\t<mj-all font-family="Arial" /> </mj-attributes>\r
  </mj-head>\r
  <mj-body> <mj-include path="body" /> <mj-include path="_footer.mjml" /></mj-body>\r
</mjml>\r
"""
FOOTER = "<mj-section><mj-column><mj-text>foot {{ brand.name }}</mj-text></mj-column></mj-section>"
BLOCKS = {"_layout.mjml": LAYOUT, "_footer.mjml": FOOTER, "_a.mjml": '<mj-include path="_a.mjml" />'}
FIELDS = {"brand": {"name": "Nordic"}, "x": 1, "y": 2, "url": "https://a.example/?b=1&c=2"}


def section(inside: str) -> str:
    return f"<mj-section>\n<mj-column>\n{inside}\n</mj-column>\n</mj-section>\n"


def test_a_body_becomes_a_letter_in_its_layout() -> None:
    """Pitfalls 2, 3, 4: CRLF, tabs, comments in mj-attributes, includes with the container's width kept."""
    html = render(compile_mjml(section("<mj-text>Hello</mj-text>"), BLOCKS), FIELDS, True)
    assert "Hello" in html
    assert "foot Nordic" in html
    assert html.count("max-width:600px") >= 2
    assert "font-family:Arial" in html


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Pitfall 6."""
    assert "fonts.googleapis.com" not in compile_mjml(section("<mj-text>Hello</mj-text>"), BLOCKS)


def test_merge_tags_come_through_untouched() -> None:
    """Pitfall 8: comparisons, quotes and ampersands inside tags, escaped by an editor or not."""
    source = section(
        "<mj-text color=\"{{ brand.color|default('#123456') }}\">{% if x < y %}less{% endif %}{% if x &lt; y and 3 &gt; 2 %}"
        '!{% endif %}</mj-text><mj-button href="{{ url }}">{{ "a" if x else "b" }}</mj-button>'
    )
    html = render(compile_mjml(source, BLOCKS), FIELDS, True)
    assert "less!" in html
    assert "color:#123456" in html
    assert 'href="https://a.example/?b=1&amp;c=2"' in html


def test_a_set_aside_tag_cannot_be_forged() -> None:
    """Text that looks like our own mark stays text."""
    html = compile_mjml(section("<mj-text>@@J0@@ {{ x }}</mj-text>"), BLOCKS)
    assert html.count("{{ x }}") == 1


def test_show_if_puts_a_condition_around_a_block() -> None:
    source = '<mj-section show-if="x &gt; 5"><mj-column><mj-text>secret</mj-text></mj-column></mj-section>'
    source += section('<mj-image show-if="not x" src="https://a.example/i.png" /><mj-text show-if="x">open</mj-text>')
    html = render(compile_mjml(source, BLOCKS), FIELDS, True)
    assert "secret" not in html
    assert "i.png" not in html
    assert "open" in html
    assert "show-if" not in html


def test_loops_between_sections_repeat_them() -> None:
    """Pitfall 9."""
    source = "{% for a in rows %}\n" + section("<mj-text>{{ a }}</mj-text>") + "{% endfor %}\n"
    assert "two" in render(compile_mjml(source, BLOCKS), {**FIELDS, "rows": ["one", "two"]}, True)


def test_style_rules_keep_their_signs() -> None:
    """mj-style with `>` escaped by an editor."""
    source = "<mjml><mj-head><mj-style>.a &gt; td { color: red; }</mj-style></mj-head><mj-body>"
    html = compile_mjml(source + section("<mj-text>x</mj-text>") + "</mj-body></mjml>", {})
    assert ".a > td" in html


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        ("<mj-section>\n  <mj-column>\n</mj-section>", 2, 3, "<mj-column> is not closed before </mj-section>"),
        ("<mj-section>\n", 1, 1, "<mj-section> is not closed"),
        ("x\n</mj-section>", 2, 1, "</mj-section> was never opened"),
        (section("<mj-text>\n1 < 2</mj-text>"), 4, 3, "stands alone"),
        (section("<mj-text color=red>x</mj-text>"), 3, 1, "no quotes"),
        ("<mj-sektion></mj-sektion>", 1, 1, "There is no <mj-sektion>"),
        ("a\n<!-- b", 2, 1, "comment is not closed"),
        ('<?xml version="1.0"?>', 1, 1, "XML declaration"),
        ("<mj-text><![CDATA[x]]></mj-text>", 1, 10, "CDATA"),
        ("a\n\n{{ first_name", 3, 1, "not closed"),
        ("a\n{{ x() }}", 2, 1, "not available"),
        ("{% if x %}", 1, 1, "endif"),
        ('a\n<mj-section show-if="x("></mj-section>', 2, 1, "show-if"),
        ('a\n<mj-include path="_nothing.mjml" />', 2, 1, "There is no shared block"),
        ("<mjml>\n<mj-head>\n<div>x</div></mj-head></mjml>", 3, 1, "MJML"),
    ],
)
def test_a_fault_is_told_with_its_place(source: str, line: int, column: int, words: str) -> None:
    """Pitfall 7: lines that people can find, where the compiler would say nothing or an offset."""
    found = lint(source, BLOCKS)
    assert len(found) == 1
    assert (found[0].line, found[0].column) == (line, column), found
    assert words in found[0].message
    with pytest.raises(TemplateError) as refused:
        compile_mjml(source, BLOCKS)
    assert refused.value.line == line


@pytest.mark.parametrize(
    "source",
    [
        "<mj-section>" * 30_000,
        "<mjml><mj-body>" + "<mj-wrapper>" * 200 + "</mj-wrapper>" * 200 + "</mj-body></mjml>",
        section("<mj-text>" + "<b>" * 5_000 + "</b>" * 5_000 + "</mj-text>"),
        "<a " * 100_000,
        "<a '\"" * 60_000,
        "<!--" * 50_000,
        "<mj-style>" * 30_000,
        "<mj-style " * 30_000 + "</mj-style>",
        "<mj-attributes/>" * 20_000,
        '<mj-include path="' * 20_000,
        "<mj-include " + 'path="" ' * 40_000 + ">",
        "x" * 400_001,
        '<mj-include path="_a.mjml" />',
        "{{" * 90_000,
        section("<mj-text>" + "{% if x %}" * 15_000 + "</mj-text>"),
    ],
    ids=lambda source: source[:25],
)
def test_a_tower_is_refused_before_it_kills_the_process(source: str) -> None:
    """Pitfall 1: depth 80, 400 kB, five levels of blocks; and the check itself is quick."""
    started = time.monotonic()
    with pytest.raises(TemplateError):
        compile_mjml(source, BLOCKS)
    assert time.monotonic() - started < 2.0


def test_a_good_letter_has_no_problems() -> None:
    assert lint(section("<mj-text>Hello<br><img src='x'> &nbsp; &amp; a > b</mj-text>"), BLOCKS) == []
    assert lint(section('<mj-include path="_elsewhere.mjml" />')) == []


def test_problems_are_plain_values() -> None:
    assert lint("</p>") == [Problem(1, 1, "</p> was never opened")]


def test_a_letter_is_compiled_once() -> None:
    source = section("<mj-text>once</mj-text>")
    assert compile_mjml(source, BLOCKS) is compile_mjml(source, dict(BLOCKS))


def test_the_text_part_says_what_the_html_says() -> None:
    html = render(
        compile_mjml(section('<mj-text>Hello <a href="https://a.example/">you</a></mj-text>'), BLOCKS), FIELDS, True
    )
    text = text_of(html)
    assert "Hello [you](https://a.example/)" in text
    assert "foot Nordic" in text
    assert "\n\n\n" not in text
