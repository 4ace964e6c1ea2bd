"""Merge fields (RELIABILITY 5.1, RULES F3, MAIL L6): what letters need works, everything else is refused, fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from outreach.mail import templating
from outreach.mail.templating import MissingField, TemplateError, check, names_used, render

FIELDS: dict[str, Any] = {
    "first_name": "Åsa",
    "company": "Öberg & Söner",
    "topic": {"title": "roof", "items": "tiles"},
    "answers": [{"label": "A", "value": "1"}, {"label": "B", "value": "2"}],
    "score": 60,
    "empty": "",
    "absent": None,
    "called": True,
}

ORDINARY = {
    "Hello {{ first_name }},": "Hello Åsa,",
    "{{ nick|default('there') }}": "there",
    "{% if called %}I called{% else %}I wrote{% endif %}": "I called",
    "{% for a in answers %}{{ loop.index }}. {{ a.label }}={{ a.value }}{% if not loop.last %}, {% endif %}{% endfor %}": (
        "1. A=1, 2. B=2"
    ),
    "{{ topic.title|upper }} {{ topic['title'] }} {{ topic.items }}": "ROOF roof tiles",
    "{{ 'yes' if score > 50 and first_name != 'Bo' else 'no' }}": "yes",
    "{% if nothing.at.all %}x{% elif first_name in ['Åsa', 'Bo'] %}y{% endif %}": "y",
    "{{ answers|length }} {{ answers[0].label }} {{ first_name|truncate(2, true, '', 0) }}": "2 A Ås",
    "{# a note #}{% raw %}{{ as is }}{% endraw %}": "{{ as is }}",
    "a\n{% if called %}\nb\n{% endif %}\nc": "a\nb\nc",
}

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ first_name.__class__ }}",
    "{{ topic['__class__'] }}",
    "{{ first_name|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum(n=200000) }}",
    "{{ namespace() }}",
    "{{ joiner }}{{ joiner() }}",
    "{{ first_name.upper() }}",
    "{{ topic.update({'a': 1}) }}",
    "{{ answers|map(attribute='__class__')|list }}",
    "{{ answers|selectattr('label')|list }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ '{0.__class__}'.format(first_name) }}",
    "{{ 'a' * 2000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ first_name ~ first_name }}",
    "{{ first_name|center(1000000000) }}",
    "{{ first_name|ljust(1000000000) }}",
    "{{ first_name|replace('a', 'aaaaaaaaaa') }}",
    "{{ first_name|indent(1000000000) }}",
    "{{ first_name|wordwrap(1) }}",
    "{{ answers|batch(1000000000, 'x')|list }}",
    "{{ company|safe }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% for a in answers %}{% for b in answers %}x{% endfor %}{% endfor %}",
    "{% for a in [1, 2] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% set a = 'x' %}{{ a }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'x' %}{% block a %}{% endblock %}",
    "{% autoescape false %}{{ company }}{% endautoescape %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call x() %}{% endcall %}",
    "{% do x %}",
    "{{ answers[0:1] }}",
    "{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}",
    "{{ " + "not " * 400 + "x }}",
    "{{ a" + ".b" * 900 + " }}",
    "{{ not " * 20_000,
    "{% if a %}" * 5_000,
    "{{ x }}" * 20_000,
    "{{ '" + "x" * 150_000 + "' }}",
    "x" * 200_001,
]


@pytest.mark.parametrize(("source", "shown"), ORDINARY.items())
def test_what_a_letter_needs_works(source: str, shown: str) -> None:
    assert render(source, FIELDS, False) == shown


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:40])
def test_what_a_letter_does_not_need_is_refused_at_once(source: str) -> None:
    """RELIABILITY 5.1: code, calls, floods and towers; each well under the time that anyone would notice."""
    started = time.process_time()
    with pytest.raises(TemplateError) as refused:
        render(source, FIELDS, True)
    assert time.process_time() - started < 1.0
    assert refused.value.message


def test_a_field_with_methods_is_not_called_and_not_shown() -> None:
    """Only plain data gets in; an object of ours is refused by its name."""

    class Lead:
        def delete(self) -> str:
            raise AssertionError("called")

    with pytest.raises(TemplateError, match="lead"):
        render("{{ lead.delete }}", {"lead": Lead()}, False)
    with pytest.raises(MissingField):
        render("{{ topic.keys }} {{ topic.get }} {{ first_name.upper }}", FIELDS, False)


def test_all_missing_fields_are_named_at_once() -> None:
    """F3: absent, None and empty are all missing; each once, in order, with its full name."""
    with pytest.raises(MissingField) as missing:
        render("{{ empty }}{{ absent }}{{ topic.paragraph|upper }}{{ who.is.it }}{{ empty }}", FIELDS, True)
    assert missing.value.names == ("empty", "absent", "topic.paragraph", "who.is.it")


def test_asking_for_a_field_is_not_printing_it() -> None:
    """F3: a condition, a comparison or a default never blocks a letter."""
    source = (
        "{% if x or topic.y %}1{% endif %}{% if z > 3 %}2{% endif %}{% for a in b %}3{% endfor %}{{ c|default('4') }}"
    )
    assert render(source, FIELDS, False) == "4"


def test_a_preview_leaves_the_gap_and_names_it() -> None:
    gaps: list[str] = []
    assert render("Hello {{ nick }}!", FIELDS, True, gaps) == "Hello !"
    assert gaps == ["nick"]


def test_a_stranger_s_words_are_escaped_in_html_and_plain_in_text() -> None:
    """L6: also when a value pretends to be safe already."""
    fields = {"x": "<script>&", "y": Markup("<b>")}
    assert render("{{ x }}{{ y }}", fields, True) == "&lt;script&gt;&amp;&lt;b&gt;"
    assert render("{{ x }}{{ y }}", fields, False) == "<script>&<b>"


def test_a_stranger_s_words_are_never_a_template() -> None:
    assert render("{{ x }}", {"x": "{{ first_name }}{% if %}"}, False) == "{{ first_name }}{% if %}"


def test_the_finished_letter_is_counted_as_it_grows() -> None:
    """RELIABILITY 5.1: 500 kB is the end, wherever it comes from."""
    with pytest.raises(TemplateError, match="500 kB"):
        render("{{ x }}" * 40, {"x": "a" * 20_000}, False)


def test_a_fault_names_its_line() -> None:
    with pytest.raises(TemplateError) as refused:
        check("one\n{% if called %}\nthree {{ x.y() }}\n{% endif %}\n")
    assert refused.value.line == 3
    with pytest.raises(TemplateError) as unclosed:
        check("one\ntwo {{ first_name")
    assert unclosed.value.line == 2


def test_a_list_is_not_printed() -> None:
    with pytest.raises(TemplateError, match="cannot be printed"):
        render("{{ answers }}", FIELDS, False)


def test_the_fields_of_a_source_are_known() -> None:
    source = (
        "{{ topic.title }}{% for a in answers %}{{ a.label }}{{ brand.name }}{% endfor %}{% if called %}{% endif %}"
    )
    assert names_used(source) == {"topic.title", "answers", "brand.name", "called"}


class TestShared:
    """What many letters have in common is read into the template once: the letter is the same, gaps and faults included."""

    KNOWN: ClassVar[dict[str, Any]] = {
        "issue": {
            "title": "Sun & shade", "count": 3, "price": 1.5, "flag": True, "empty": "",
            "items": [{"title": "<One>", "url": "https://x.example/?a=1&b=2"}, {"title": "Two"}], "words": ["a", "b & c"],
        },
        "brand": {"name": "Nordic"},
    }  # fmt: skip
    OWN: ClassVar[dict[str, Any]] = {"name": "Åsa <b>", "city": "Lund", "rows": [{"title": "own"}], "issue_name": "x"}
    ATOMS = (
        "{{ issue.title }}", "{{ issue['title']|upper }}", "{{ name }}", "{{ nobody|default('you') }}", "{{ nobody }}",
        "{{ issue.empty|default(brand.name) }}", "{{ issue.nothing }}", "{{ issue.count }} {{ issue.price|round(0) }}",
        "{{ issue.title|truncate(5) }} & <i>", "{{ issue.items }}", "{{ issue.items[1].title }}", "{{ issue.words[0] }}",
        "{% if issue.count > 2 %}many{% else %}few{% endif %}", "{% if issue.nothing or city == 'Lund' %}yes{% endif %}",
        "{{ brand.name if issue.flag else city }}", "{% if issue.flag is defined and not rows %}A{% elif name %}B{% endif %}",
        "{% for item in issue.items %}{{ loop.index }}/{{ loop.length }} {{ item.title }} {{ item.url|default('-') }} {{ name }}"
        "{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for item in issue.items %}{{ item.url }}{% endfor %}", "{% for word in issue.words %}{{ word }};{% endfor %}",
        "{% for issue in rows %}{{ issue.title }}{% endfor %}{{ issue.title }}", "{% for x in issue.none %}x{% else %}none{% endfor %}",
        "{% for row in rows %}{{ row.title }}{{ brand.name }}{{ loop.first }}{% endfor %}", "{{ loop }}", "\n", "plain",
    )  # fmt: skip

    @staticmethod
    def outcome(make: Callable[[list[str]], str]) -> object:
        gaps: list[str] = []
        try:
            return make(gaps), gaps
        except TemplateError as fault:
            return str(fault)

    @given(st.lists(st.sampled_from(ATOMS), max_size=6), st.booleans())
    def test_the_letter_is_the_same(self, atoms: list[str], html: bool) -> None:
        source, shared = "".join(atoms), templating.Shared(self.KNOWN)
        plain = self.outcome(lambda gaps: templating.render(source, self.OWN | self.KNOWN, html, gaps))
        settled = self.outcome(
            lambda gaps: templating.render(source, templating.prepared(self.OWN, shared), html, gaps, shared)
        )
        assert settled == plain

    def test_equal_fields_are_one_and_others_are_not_mixed_up(self) -> None:
        one, same, other = (templating.Shared({"issue": {"title": title}}) for title in ("A", "A", "B"))
        assert one == same
        assert hash(one) == hash(same)
        for shared, title in ((one, "A"), (same, "A"), (other, "B")):
            fields = templating.prepared({}, shared)
            assert templating.render("{{ issue.title }}", fields, False, shared=shared) == title
