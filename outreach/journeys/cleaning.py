"""A form's answers, cleaned: what is wrong is said field by field, and nothing is lost."""

import re
import unicodedata
from typing import Any

from email_validator import EmailNotValidError, validate_email

from outreach.errors import Refused
from outreach.store.forms import Form

LONGEST = {"text": 200, "email": 254, "tel": 40, "textarea": 5000, "date": 40, "select": 200, "radio": 200}


def check(form: Form, answers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The cleaned answers and, by field, what is wrong with the others. Unknown keys are kept as further answers."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    known = {field["key"] for field in form.fields}
    for field in form.fields:
        if field.get("kind") == "checkbox" and not field.get("required") and answers.get(field["key"]) is None:
            continue  # not asked, so neither yes nor no
        try:
            cleaned[field["key"]] = _value(field, answers.get(field["key"]))
        except Refused as error:
            errors[field["key"]] = str(error)
    for key in [k for k in answers if k not in known][:40]:
        if isinstance(answers[key], str | int | float | bool) and re.fullmatch(r"[A-Za-z][\w-]{0,60}", key):
            cleaned[key] = clean(str(answers[key]))[:2000]
    return cleaned, errors


def _value(field: dict[str, Any], raw: Any) -> Any:
    kind, label = field.get("kind", "text"), field.get("label", field["key"])
    if kind == "checkbox":
        return _truth(raw, label, bool(field.get("required")))
    if raw is not None and not isinstance(raw, str | int | float):
        raise Refused(f"{label}: send text, not {type(raw).__name__}.")
    value = clean("" if raw is None else str(raw), lines=kind == "textarea")
    if not value:
        if field.get("required"):
            raise Refused("Please choose one." if kind in ("select", "radio") else "Please fill this in.")
        return ""
    if len(value) > LONGEST.get(kind, 200):
        raise Refused(f"This has {len(value)} characters; {LONGEST.get(kind, 200)} are allowed.")
    if kind == "email":
        return address(value)
    if kind == "tel":
        return phone_number(value)
    if kind in ("select", "radio"):
        return _choice(field, value)
    return value


def _truth(raw: Any, label: str, required: bool) -> bool:
    value = raw is True or str(raw).strip().lower() in ("true", "1", "on", "yes", "y")
    if (
        not value
        and raw not in (None, False, "", 0)
        and str(raw).strip().lower() not in ("false", "0", "off", "no", "n")
    ):
        raise Refused(f"{label}: send true or false, not '{str(raw)[:40]}'.")
    if required and not value:
        raise Refused("Please tick this to go on.")
    return value


def clean(value: str, *, lines: bool = False) -> str:
    """NFC, without control characters; white space collapsed except line ends in long texts."""
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    kept = "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    if lines:
        return kept.strip()
    return " ".join(kept.split())


def address(value: str) -> str:
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused(f"'{value[:80]}' is no e-mail address. Please check it, for example ann@example.com.") from None
    return found.normalized.lower()


def phone_number(value: str) -> str:
    digits = sum(c.isdigit() for c in value)
    if not 5 <= digits <= 20 or re.search(r"[^\d\s+()./x#-]", value, re.IGNORECASE):
        raise Refused(f"'{value[:40]}' is no phone number. Digits, spaces and + are enough.")
    return value


def _choice(field: dict[str, Any], value: str) -> str:
    allowed = [str(o["value"]) for o in field.get("options", [])]
    if value not in allowed:
        raise Refused(f"'{value[:60]}' is not one of: {', '.join(allowed)}.")
    return value
