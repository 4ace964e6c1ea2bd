"""Whatever is handed to the reader, it answers with a sequence or with one refusal that names a line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.documents import DocumentError, read, write

SHIPPED = [path.read_text(encoding="utf-8") for path in sorted(Path("templates/sequences").glob("*.yaml"))]
TOKENS = [
    "{", "}", "[", "]", ":", "- ", "\n", "\n  ", "\t", "#", "&a", "*a", "!!str ", "|", ">", "'", '"', "%", "---\n", "...\n", "? ",
    "<<: ", "~", "null", "true", "-1", "0x", "1e999", ".nan", "9" * 5000, "\x00", "\ufeff", "\ud800", "\u2028", "é", "🙂",
    "after: ", "2026-02-30", "24:01", "id: ", "steps:\n", "if: ", "not: ", "then: ", "goto ", "{{ ", " }}", "{% ", "1 day",
]  # fmt: skip


def read_or_refused(text):
    found = None
    try:
        found = read(text, "soup.yaml")
    except DocumentError as error:
        refused = error
    if found is not None:
        assert read(write(found), "soup.yaml") == found
        return
    assert 1 <= refused.line <= text.count("\n") + text.count("\r") + 2
    assert refused.problem
    assert str(refused).startswith(f"soup.yaml:{refused.line}: ")


@st.composite
def spoilt(draw):
    """A shipped document with a few places cut, doubled, swapped or filled with something strange."""
    text = draw(st.sampled_from(SHIPPED))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 30))
        part = text[at : at + length]
        new = draw(st.sampled_from(["", part * 2, part[::-1], *TOKENS]))
        text = text[:at] + new + text[at + length :]
    return text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt())
def test_a_spoilt_document_is_read_or_refused_with_its_line(text):
    """SEQUENCE.md: strict reading, one kind of refusal."""
    read_or_refused(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "surrogateescape")) | st.text(max_size=300))
def test_any_bytes_are_read_or_refused(text):
    read_or_refused(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_any_yaml_words_are_read_or_refused(text):
    read_or_refused("outreach: 1\nname: X\n" + text)


@pytest.mark.parametrize("token", TOKENS)
def test_every_value_may_be_nonsense(token):
    """Each value of a document in turn is one that does not belong there."""
    lines = (
        'outreach: 1\nname: X\nschedule: {windows: {mon: ["09:00-10:00"]}}\nsteps:\n  - {id: a, email: {template: x}}\n'
    )
    for word in ("1\nname", "X", "09:00-10:00", "mon", "id", "email", "template: x", "x}", "a,"):
        read_or_refused(lines.replace(word, token, 1))
