"""A letter as blocks: what is not touched stays byte for byte, and words with marks say all that they stand for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.mail import blocks, mjml
from outreach.mail.templating import TemplateError

LETTERS = sorted(Path("templates/emails").glob("*/body.mjml")) + sorted(Path("templates/emails").glob("_*.mjml"))
LETTER = """<!-- layout: personal -->
<mj-section>
  <mj-column>
    <mj-text>
      <p>Hello {{ first_name|default("you") }},</p>
      <p>See <a href="{{ brand.url }}">our page</a> &amp; <strong>call</strong>.</p>
      {% if company %}
      <ul>
        <li>For {{ company }}</li>
        <li>For all</li>
      </ul>
      {% endif %}
    </mj-text>
    <mj-button mj-class="quiet" href="{{ booking_link|default('#') }}">Book</mj-button>
    <!-- a remark --><mj-image src="https://p.example/a.png" />
    <mj-table><tr><td>1</td></tr></mj-table>
  </mj-column>
</mj-section>
"""


def posted(source: str) -> dict[str, str]:
    """What a form with these blocks posts when nothing was typed."""
    fields = {}
    for block in blocks.of(source):
        said = {"words": block.words} if block.words is not None else {"html": block.html}
        fields |= {f"b_{block.number}_{key}": value for key, value in {**said, **block.values}.items()}
    return fields


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.parent.name if path.name == "body.mjml" else path.stem)
def test_a_shipped_letter_that_nobody_changed_stays_as_it_was(path: Path) -> None:
    source = path.read_text()
    assert blocks.changed(source, posted(source)) == source
    texts = [block for block in blocks.of(source) if block.kind == "text"]
    assert all(block.words is not None or "style=" in block.html or "<br" in block.html for block in texts)


def test_words_have_marks_for_paragraphs_lists_links_and_stress() -> None:
    text, button, image, table = blocks.of(LETTER)
    assert text.words == (
        'Hello {{ first_name|default("you") }},\n\nSee [our page]({{ brand.url }}) & **call**.\n\n{% if company %}\n\n'
        "- For {{ company }}\n- For all\n\n{% endif %}"
    )
    assert (button.words, button.values["href"]) == ("Book", "{{ booking_link|default('#') }}")
    assert (image.values["src"], image.values["alt"]) == ("https://p.example/a.png", "")
    assert (table.name, table.words) == ("Table", None)


def test_a_change_touches_its_own_place_alone() -> None:
    done = blocks.changed(
        LETTER, {"b_1_words": "Book & talk", "b_1_href": 'https://x.example/?a=1&b="2"', "b_2_alt": "A <roof>"}
    )
    assert '<mj-button mj-class="quiet" href=\'https://x.example/?a=1&amp;b="2"\'>Book &amp; talk</mj-button>' in done
    assert '<mj-image src="https://p.example/a.png" alt="A &lt;roof&gt;" />' in done
    assert done.replace("Book &amp; talk", "Book").startswith(LETTER[: LETTER.index("<mj-button")])
    assert blocks.of(done)[1].values["href"] == 'https://x.example/?a=1&b="2"'
    assert mjml.lint(done) == []


def test_new_words_wear_the_clothes_of_the_old_ones() -> None:
    done = blocks.changed(LETTER, {"b_0_words": "## News\n\nOne *line*\nand <b>\n\n- a\n- b"})
    assert done[done.index("<mj-text>") : done.index("    <mj-button")] == (
        "<mj-text>\n      <h2>News</h2>\n      <p>One <i>line</i><br />and &lt;b&gt;</p>\n      <ul>\n        <li>a</li>\n"
        "        <li>b</li>\n      </ul>\n    </mj-text>\n"
    )
    bare = "<mj-text>Hello</mj-text>"
    assert blocks.changed(bare, {"b_0_words": "Hi **you**"}) == "<mj-text>Hi <b>you</b></mj-text>"


def test_a_condition_is_set_and_taken_away() -> None:
    done = blocks.changed(LETTER, {"b_1_show-if": 'company == "x"'})
    assert "show-if='company == \"x\"'" in done
    assert blocks.changed(done, {"b_1_show-if": ""}) == LETTER


def test_neighbours_change_places_and_nobody_leaves_a_condition_or_a_remark_behind() -> None:
    places = [(block.up, block.down) for block in blocks.of(LETTER)]
    assert places == [(False, True), (True, False), (False, True), (True, False)]
    assert blocks.moved(blocks.moved(LETTER, 0, True), 1, False) == LETTER
    assert [block.kind for block in blocks.of(blocks.moved(LETTER, 0, True))] == ["button", "text", "image", "table"]
    assert blocks.moved(LETTER, 1, True) == LETTER


@pytest.mark.parametrize("kind", blocks.KINDS)
def test_what_is_added_is_whole_and_can_be_taken_away_again(kind: str) -> None:
    done = blocks.added(LETTER, 1, kind)
    assert mjml.lint(done) == []
    assert blocks.of(done)[2].kind == kind
    assert blocks.removed(done, 2) == LETTER


@pytest.mark.parametrize(
    "source", ["<mj-text>open", "a < b", "<mj-section><mj-text></mj-section></mj-text>", "<!-- open"]
)
def test_a_broken_source_has_no_blocks_and_says_why(source: str) -> None:
    with pytest.raises(TemplateError):
        blocks.of(source)


@pytest.mark.parametrize("words", ["5 * 3 * 2", "a_b **", "[x] (y)", "# not a heading here?\nno", "- a\nb", "* x"])
def test_text_that_looks_like_marks_is_never_changed_by_looking_at_it(words: str) -> None:
    source = f"<mj-text><p>{words}</p></mj-text>"
    assert blocks.changed(source, posted(source)) == source


@given(st.text(alphabet="ab *[]()#-<>&\"'{}%\n=/:", max_size=60))
def test_whatever_is_typed_gives_a_source_that_can_be_read(words: str) -> None:
    """MAIL X1 in spirit: no typing breaks the letter's tags; typed twice is typed once."""
    if "{" in words or "}" in words:
        words = words.replace("{", "").replace("}", "")
    source = "<mj-section><mj-column><mj-text>\n  <p>Old</p>\n</mj-text></mj-column></mj-section>"
    done = blocks.changed(source, {"b_0_words": words})
    blocks.of(done)
    assert mjml.lint(done) == []
    again = blocks.of(done)[0]
    if again.words is not None:
        assert blocks.changed(done, {"b_0_words": again.words}) == done
