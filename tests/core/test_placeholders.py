"""F3 and MAIL L5: which fields a letter needs, and what of a stranger's words may stand in one."""

import pytest

from outreach.core.enrolments import Facts
from outreach.core.placeholders import cleaned, first_name_of, merge_flags, missing_fields, named, needed
from outreach.core.sequences import Letter


def test_what_is_printed_is_needed_and_what_is_asked_or_has_a_fallback_is_not():
    """F3."""
    text = "Hi {{ first_name }}, {{ company | default('you') }} {% if phone %}{{ phone }}{% endif %} {{ owner.name }}"
    assert needed(text) == {"first_name", "owner.name"}
    assert named(text) == {"first_name", "company", "phone", "owner.name"}


def test_missing_fields_are_named_in_order():
    """F3."""
    letter = Letter(None, "For {{ company }}", "{{ fields.boat }} {{ owner.name }}")
    facts = Facts(email="a@b.test", fields={"owner.name": "Olga"})
    assert missing_fields(letter, None, facts) == ("company", "fields.boat")
    assert missing_fields(letter, None, Facts(fields={"owner.name": "O", "boat": "x"}, company="C")) == ("email",)


def test_a_template_needs_what_it_prints():
    """F3."""
    facts = Facts(email="a@b.test", needs={"x": frozenset({"company"})})
    assert missing_fields(Letter("x"), None, facts) == ("company",)


def test_letters_know_what_was_really_done():
    """SEQUENCE.md: "I tried to call you" appears only when somebody did."""
    assert merge_flags({"c": {"kind": "call", "how": "made"}}) == {"called": False, "left_voicemail": False}
    assert merge_flags({"c": {"kind": "call", "outcome": "no answer"}}) == {"called": True, "left_voicemail": False}
    assert merge_flags({"c": {"kind": "call", "outcome": "left voicemail"}}) == {"called": True, "left_voicemail": True}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ann", "Ann"),
        ("Ann\r\nBcc: evil@x.test", "Ann Bcc: evil@"),
        ("Win at http://evil.test/x now", "Win at now"),
        ("visit evil.test", "visit"),
        ("{{ 7*7 }}<b>x</b>", "7*7 bx/b"),
        ("a\u202eb\u2028c\x00d", "a b c d"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_strangers_value_is_cleaned(value, expected):
    """MAIL L5."""
    assert cleaned(value) == expected


@pytest.mark.parametrize(
    ("name", "first"),
    [("Ann Smith", "Ann"), ("Smith, Ann", "Ann"), ("ann", "ann"), ("", ""), ("12345", ""), ("a@b.test", "")],
)
def test_the_first_name_for_the_greeting(name, first):
    assert first_name_of(name) == first
