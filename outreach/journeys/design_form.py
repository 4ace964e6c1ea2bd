"""A marketer shapes a form: its words, fields and options, and what it starts."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.store import forms, sequences, templates
from outreach.store.forms import Form
from outreach.store.sequences import SequenceRow

KINDS = {
    "text": "One line",
    "email": "E-mail address",
    "tel": "Phone number",
    "textarea": "Several lines",
    "select": "Choice from a list",
    "radio": "Choice by buttons",
    "date": "Date",
    "checkbox": "Tick box",
}
KNOWN = {
    "name": ("Your name", "text"),
    "email": ("E-mail", "email"),
    "phone": ("Phone", "tel"),
    "company": ("Company", "text"),
    "topic": ("What is it about?", "select"),
    "message": ("Your message", "textarea"),
    "needed_by": ("When do you need it?", "text"),
    "budget": ("Is there a budget?", "text"),
    "reach_by": ("How shall we reach you?", "radio"),
}
"""Fields whose answers have a place of their own on the lead: key -> (label, kind)."""
REACH_BY = [{"value": value, "label": value.capitalize()} for value in ("phone", "text", "email")]
OPTION = ("value", "label", "paragraph", "question", "material_title", "material_url")
MOST_DAYS = 60
MOST_FIELDS = 30
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Draft:
    """A form as it was posted."""

    name: str
    title: str
    intro: str
    button: str
    thanks: str
    consent_text: str
    sequence_id: int | None
    letter: str
    active: bool
    fields: list[dict[str, Any]] = field(default_factory=list)
    confirm: bool = False
    confirm_days: str = ""
    """As it was typed; empty: as before."""


def new(session: Session, name: str, now: datetime) -> Form:
    """A form with the usual fields, closed until it is switched on. Raises Refused."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("Give the form a name, for example “Ask for a quote”.")
    keys = ("name", "email", "phone", "message")
    fields = [{"key": key, "label": KNOWN[key][0], "kind": KNOWN[key][1], "required": key != "phone"} for key in keys]
    consent = "Yes, send me useful articles now and then. I can stop them at any time."
    form = Form(
        key=_free_key(session, name), name=name, title=name, fields=fields + _consent(consent), active=False,
        created_at=now, consent_text=consent,
    )  # fmt: skip
    session.add(form)
    session.flush()
    return form


def save(session: Session, form: Form, draft: Draft) -> dict[str, str]:
    """Take a draft over; returns what is wrong by field name, and then nothing is taken over."""
    errors = faults(session, draft)
    if errors:
        return errors
    form.name, form.title, form.intro, form.button = draft.name, draft.title, draft.intro, draft.button or "Send"
    form.thanks, form.consent_text, form.active = draft.thanks, draft.consent_text, draft.active
    form.sequence_id, form.letter = draft.sequence_id, draft.letter
    form.confirm, form.confirm_days = draft.confirm, int(draft.confirm_days or form.confirm_days)
    form.fields = [one for one in draft.fields if one["key"] != "consent"] + _consent(draft.consent_text)
    return {}


def _consent(words: str) -> list[dict[str, Any]]:
    """The tick box belongs to its words: there is one where there are words."""
    return [{"key": "consent", "label": "Educational mail", "kind": "checkbox", "required": False}] if words else []


def faults(session: Session, draft: Draft) -> dict[str, str]:
    """What is wrong with a draft, by the name of the input."""
    errors: dict[str, str] = {}
    if not draft.name:
        errors["name"] = "Give the form a name."
    if draft.sequence_id is not None and session.get(SequenceRow, draft.sequence_id) is None:
        errors["sequence_id"] = "This sequence does not exist any more; choose another one."
    if draft.letter and templates.by_key(session, draft.letter) is None:
        errors["letter"] = "This letter does not exist any more; choose another one."
    if draft.confirm_days and not (draft.confirm_days.isdecimal() and 1 <= int(draft.confirm_days) <= MOST_DAYS):
        errors["confirm_days"] = f"Write a whole number of days from 1 to {MOST_DAYS}."
    keys = [one["key"] for one in draft.fields]
    if not {"email", "phone"} & set(keys):
        errors["fields"] = "Ask for an e-mail address or a phone number; without one nobody can answer."
    for number, one in enumerate(draft.fields):
        errors |= _field_faults(number, one, keys)
    return errors


def _field_faults(number: int, one: dict[str, Any], keys: list[str]) -> dict[str, str]:
    errors = {}
    if not one["label"]:
        errors[f"f_{number}_label"] = "Say what to fill in."
    if keys.count(one["key"]) > 1:
        errors[f"f_{number}_label"] = f"There are two fields with the key “{one['key']}”."
    if one["kind"] in ("select", "radio"):
        values = [option["value"] for option in one.get("options", [])]
        if not values:
            errors[f"f_{number}_options"] = "Give at least one option."
        elif len(set(values)) < len(values):
            errors[f"f_{number}_options"] = "Two options have the same value."
    return errors


def rearranged(fields: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    """The fields after `up:N`, `down:N`, `remove:N`, `option:N` or `add:KEY` (`add:own` for one of your own)."""
    act, _, where = what.partition(":")
    fields = [dict(one) for one in fields]
    if act == "add" and len(fields) < MOST_FIELDS:
        return [*fields, _fresh(where, fields)]
    number = int(where) if where.isascii() and where.isdigit() else -1
    if not 0 <= number < len(fields):
        return fields
    if act == "remove":
        del fields[number]
    elif act == "option" and len(fields[number].get("options", [])) < MOST_OPTIONS:
        fields[number]["options"] = [*fields[number].get("options", []), _fresh_option(fields[number])]
    elif act in ("up", "down"):
        other = number + (1 if act == "down" else -1)
        if 0 <= other < len(fields):
            fields[number], fields[other] = fields[other], fields[number]
    return fields


def _fresh(key: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    taken = {one["key"] for one in fields}
    if key in KNOWN and key not in taken:
        label, kind = KNOWN[key]
        fresh: dict[str, Any] = {"key": key, "label": label, "kind": kind, "required": False}
    else:
        number = next(n for n in range(1, 99) if f"question_{n}" not in taken)
        fresh = {"key": f"question_{number}", "label": "A new question", "kind": "text", "required": False}
    if fresh["kind"] in ("select", "radio"):
        fresh["options"] = list(REACH_BY) if key == "reach_by" else [_fresh_option(fresh)]
    return fresh


def _fresh_option(one: dict[str, Any]) -> dict[str, str]:
    taken = {option["value"] for option in one.get("options", [])}
    number = next(n for n in range(1, 999) if f"option-{n}" not in taken)
    return {"value": f"option-{number}", "label": f"Option {number}"}


def slug(text: str) -> str:
    """A short key for addresses: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "form"


def _free_key(session: Session, name: str) -> str:
    wanted = slug(name)
    for number in range(1, 100):
        key = wanted if number == 1 else f"{wanted}-{number}"
        if forms.by_key(session, key) is None:
            return key
    raise Refused(f"There are too many forms named “{name}”; choose another name.")


def starts(session: Session) -> list[SequenceRow]:
    """Sequences that a form may start: published, for sales."""
    rows = sequences.all_sequences(session)
    return [row for row in rows if row.current_version_id and not row.archived_at and row.class_ != "nurture"]
