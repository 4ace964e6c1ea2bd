"""What a form's answers say to people."""

from outreach.core.answers import OF_THE_LEAD, in_words

FIELDS = [
    {"key": "name", "label": "Your name", "kind": "text"},
    {"key": "topic", "label": "What is it about?", "kind": "select",
     "options": [{"value": "quote", "label": "A price or a quote"}, {"value": "other", "label": "Something else"}]},
    {"key": "needed_by", "label": "When do you need it", "kind": "date"},
    {"key": "urgent", "label": "Urgent", "kind": "checkbox"},
]  # fmt: skip


def test_answers_are_read_in_the_words_and_the_order_of_the_form() -> None:
    given = {
        "urgent": True,
        "extra_field": "20260305",
        "needed_by": "2026-03-05",
        "topic": "quote",
        "name": "Anna",
        "phone": "",
    }
    said = in_words(FIELDS, given, OF_THE_LEAD)
    assert [(one.asked, one.value) for one in said] == [
        ("What is it about?", "A price or a quote"),
        ("When do you need it:", "5 March 2026"),
        ("Urgent:", "yes"),
        ("Extra field:", "20260305"),
    ]


def test_an_option_that_the_form_has_no_more_and_a_day_that_is_none_are_said_as_they_came() -> None:
    said = in_words(FIELDS, {"topic": "training", "needed_by": "soon", "urgent": False})
    assert [one.value for one in said] == ["training", "soon", "no"]
