"""The document's ways in, `unless`, company places and stop sets: read strictly, written stably (M2, M6, M7, X1)."""

import pytest

from outreach import documents
from outreach.core.sequences import Action, EntryRule
from outreach.documents import DocumentError

DOCUMENT = """outreach: 1
name: Ways
enter:
  on:
    - form contact
    - replied not_now
    - replied
    - score >= 50
    - "segment \\"Price readers\\""
    - visited /pricing
    - date trial_ends - 3 days
    - nurture return
  unless: [customer, touched in 14 days, in segment VIP]
  again: once
  company_at_most: 3
stop:
  use: Careful
  reply: stop
  stage: {lost: stop, interview: pause}
steps:
  - id: one
    email: {subject: Hello, body: Hello}
"""


def test_all_of_it_is_read():
    found = documents.read(DOCUMENT)
    assert found.enter.on[1:4] == (EntryRule("replied", "not_now"), EntryRule("replied"), EntryRule("score", "50"))
    assert found.enter.unless == ("customer", "touched in 14 days", "in segment VIP")
    assert found.enter.company_at_most == 3
    assert (found.stop.use, found.stop.own) == ("Careful", ("reply",))
    assert found.stop.on_stage("lost") == Action("stop")


def test_written_and_read_again_it_is_the_same():
    found = documents.read(DOCUMENT)
    text = documents.write(found)
    assert documents.read(text) == found
    assert documents.write(documents.read(text)) == text


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("replied not_now", "replied maybe", 6, "Senses are: interested"),
        ("score >= 50", "score > 50", 8, "no way in"),
        ("touched in 14 days", "touched a lot", 13, "touched in 14 days"),
        ("company_at_most: 3", "company_at_most: 0", 15, "from 1 up"),
        ("{lost: stop,", "{gone: stop,", 19, "is no stage"),
        ("interview: pause", "interview: goto nowhere", 19, "nowhere"),
        ("  use: Careful", "  use: [Careful]", 17, "must be text"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old, new, line, words):
    with pytest.raises(DocumentError) as fault:
        documents.read(DOCUMENT.replace(old, new))
    assert f":{line}:" in str(fault.value)
    assert words in str(fault.value)


def test_a_kept_set_is_read_by_the_same_rules():
    assert documents.stop_rules({"reply": "pause", "stage": {"lost": "stop"}}).reply == Action("pause")
    for wrong in ({"open": "stop"}, {"reply": "goto one"}, {"use": "Other"}, {"reply": "never"}):
        with pytest.raises(DocumentError):
            documents.stop_rules(wrong)


def test_names_that_do_not_exist_yet_are_warnings_whatever_the_letter_case():
    known = documents.Known(segments=frozenset({"price readers"}), stop_sets=frozenset({"careful"}), tags=frozenset())
    found = documents.warnings(documents.read(DOCUMENT), known)
    assert "There is no segment 'VIP' yet." in found
    assert not [words for words in found if "Price readers" in words or "Careful" in words]
    assert "There is no set of stop rules 'Careful' yet; the defaults count." in documents.warnings(
        documents.read(DOCUMENT), documents.Known(stop_sets=frozenset())
    )
