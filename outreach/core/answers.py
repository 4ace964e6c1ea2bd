"""What somebody answered to a form, in the form's own words: its labels, and the labels of what they chose."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

OF_THE_LEAD: Final = frozenset({"name", "email", "phone", "company", "consent"})
"""Answers that become the lead's own facts and are shown there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A field's label, and what was answered."""

    label: str
    value: str

    @property
    def asked(self) -> str:
        """The label as the beginning of a line: "Budget:", but "What is it about?"."""
        return self.label if self.label.endswith(("?", ":", ".", "!")) else f"{self.label}:"


def in_words(
    fields: Iterable[Mapping[str, Any]], given: Mapping[str, Any], without: Collection[str] = ()
) -> list[Answer]:
    """The answers that say something: those to the form's fields (store.forms.Form) in their order, then all others."""
    known = {field["key"]: field for field in fields}
    told = {key: given[key] for key in (*known, *given) if given.get(key) not in ("", None, []) and key not in without}
    return [Answer(label(known.get(key, {}), key), value(known.get(key, {}), answer)) for key, answer in told.items()]


def label(field: Mapping[str, Any], key: str) -> str:
    """What the field is called; a key that the form does not know reads as words."""
    return str(field.get("label") or key.replace("_", " ").capitalize())


def value(field: Mapping[str, Any], answer: object) -> str:
    """The label of an option, yes or no, a day written out; else the answer as it is."""
    for option in field.get("options") or ():
        if option.get("value") == answer:
            return str(option.get("label") or answer)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if field.get("kind") == "date":
        return _day(str(answer))
    return str(answer)


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"
