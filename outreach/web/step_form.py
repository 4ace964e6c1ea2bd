"""The editor's form of a step: what was filled in becomes a changed `Step`, with an error per senseless field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from outreach.core.sequences import Delay, Mail, Step, Touch, Unit, Until, Variant

UNITS = [(unit.value, unit.value) for unit in Unit]
THEN = [("skip", "skip it and go on"), ("continue", "go on, keep the task open"), ("escalate", "tell the manager")]
MOST = {Unit.MINUTES: 100_000, Unit.HOURS: 10_000, Unit.DAYS: 1_000, Unit.BUSINESS_DAYS: 500}


@dataclass
class Filled:
    """A form as it came, and what is wrong with it by field name."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A value without the spaces around it and with plain line ends."""
        return self.values.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()

    def delay(self, name: str) -> Delay | None:
        """`name` and `name_unit` as a delay; None when the number is empty."""
        number, unit = self.text(name), self.text(f"{name}_unit")
        if not number:
            return None
        known = Unit(unit) if unit in {one.value for one in Unit} else Unit.DAYS
        if not number.isascii() or not number.isdigit() or int(number) > MOST[known]:
            self.errors[name] = f"“{number}” is no number of {known.value} between 0 and {MOST[known]:,}."
            return None
        return Delay(int(number), known)

    def clock(self, mode: str, name: str) -> time | str | None:
        """The wall-clock time, `vary`, or None."""
        if self.text(mode) == "vary":
            return "vary"
        if self.text(mode) != "time":
            return None
        try:
            return time.fromisoformat(self.text(name)).replace(second=0, microsecond=0)
        except ValueError:
            self.errors[name] = "Write the time as hours and minutes, for example 10:00."
            return None


def fields_of(step: Step) -> list[str]:
    """The fields of a step's form that have a place for an error beside them; `step` is the form itself."""
    if isinstance(step.payload, Until):
        return ["step", "at_most"]
    if isinstance(step.payload, Mail):
        letter = ["template", "subject", "body"] if len(step.payload.variants) == 1 else []
        return ["step", "after", "at", *letter]
    return ["step", "after", "at", "body", "script", "timeout"] if isinstance(step.payload, Touch) else ["step"]


def filled_in(step: Step, values: Mapping[str, str], first: bool) -> tuple[Step, dict[str, str]]:
    """The step as the form wants it, and an error per field. `first`: it is the first step, which may go at once."""
    form = Filled(values)
    changed = replace(step, after=form.delay("after"), at=form.clock("at_mode", "at"), block=_block(form))
    if "after" in form.errors:
        changed = replace(changed, after=step.after)
    if isinstance(step.payload, Mail):
        changed = replace(changed, payload=_mail(step.payload, form), at_once=first and form.text("at_once") == "1")
    elif isinstance(step.payload, Touch):
        changed = replace(changed, payload=_touch(step.payload, form))
    elif isinstance(step.payload, Until):
        changed = replace(changed, payload=_until(step.payload, form))
    if changed.at is not None and not changed.delay.day_level and not form.errors:
        form.errors["at"] = "A time of day needs a delay in days. Choose days or business days, or take the time away."
    return changed, form.errors


def _block(form: Filled) -> bool | None:
    return {"yes": True, "no": False}.get(form.text("block"))


def _mail(mail: Mail, form: Filled) -> Mail:
    fallback = form.text("fallback_subject") or None
    thread = "reply" if form.text("thread") == "reply" else "new"
    changed = replace(mail, thread=thread, fallback_subject=fallback if thread == "reply" else None)
    if len(mail.variants) > 1:
        return changed
    return replace(changed, variants=(_letter(mail.variants[0], form),))


def _letter(letter: Variant, form: Filled) -> Variant:
    if form.text("letter") == "template":
        key = form.text("template")
        if not key:
            form.errors["template"] = "Choose a template, or write the letter here."
            return letter
        return Variant(template=key, weight=letter.weight)
    subject, body = form.text("subject"), form.text("body")
    if not subject:
        form.errors["subject"] = "A letter needs a subject."
    if not body:
        form.errors["body"] = "A letter needs a text."
    return letter if form.errors else Variant(subject=subject, body=body, weight=letter.weight)


def _touch(touch: Touch, form: Filled) -> Touch:
    then = form.text("then")
    changed = replace(
        touch,
        timeout=form.delay("timeout"),
        then=then if then in {key for key, _ in THEN} else None,
    )
    if "script" in form.values:
        changed = replace(changed, script=form.text("script") or None)
    if "body" in form.values:
        changed = replace(changed, body=form.text("body") or None)
    return changed


def _until(wait: Until, form: Filled) -> Until:
    at_most = form.delay("at_most")
    if at_most is None and "at_most" not in form.errors and wait.until is None:
        form.errors["at_most"] = "Say how long to wait."
    return replace(wait, at_most=at_most or wait.at_most)
