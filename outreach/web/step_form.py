"""The editor's form of a step: what was filled in becomes a changed `Step`, with an error per senseless field."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from outreach.core.sequences import Condition, Delay, Goal, Handover, Lanes, Mail, Step, Touch, Unit, Until, Variant
from outreach.web.condition_form import NotACondition, condition_of

UNITS = [(unit.value, unit.value) for unit in Unit]
THEN = [("skip", "skip it and go on"), ("continue", "go on without it"), ("escalate", "go on, and tell the manager")]
NEVER = Condition("never")
"""Stands for no condition while a form is read."""
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
        return ["step", "at_most", "condition"]
    if isinstance(step.payload, Goal | Lanes):
        return ["step", "after", "condition"]
    if isinstance(step.payload, Handover):
        return ["step", "after", "to"]
    if isinstance(step.payload, Mail):
        several = [f"v{number}" for number in range(len(step.payload.variants))]
        letter = ["template", "subject", "body"] if len(several) == 1 else several
        return ["step", "after", "at", *letter]
    return ["step", "after", "at", "body", "script", "timeout"] if isinstance(step.payload, Touch) else ["step"]


def filled_in(step: Step, values: Mapping[str, str], first: bool) -> tuple[Step, dict[str, str]]:
    """The step as the form wants it, and an error per field. `first`: it is the first step, which may go at once."""
    form = Filled(values)
    changed = replace(step, at=form.clock("at_mode", "at"), block=_block(form))
    if "after" in values:
        changed = replace(changed, after=form.delay("after"))
    if "after" in form.errors:
        changed = replace(changed, after=step.after)
    if isinstance(step.payload, Mail):
        changed = replace(changed, payload=_mail(step.payload, form), at_once=first and form.text("at_once") == "1")
    elif isinstance(step.payload, Touch):
        changed = replace(changed, payload=_touch(step.payload, form))
    elif isinstance(step.payload, Until):
        changed = replace(changed, payload=_until(step.payload, form))
    elif isinstance(step.payload, Goal | Lanes):
        asks = _condition(form, step.payload.condition)
        changed = replace(changed, payload=replace(step.payload, condition=asks or step.payload.condition))
    elif isinstance(step.payload, Handover):
        changed = replace(changed, payload=_handover(step.payload, form))
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
        return replace(changed, variants=tuple(_variant(one, form, f"v{n}") for n, one in enumerate(mail.variants)))
    return replace(changed, variants=(_letter(mail.variants[0], form),))


def _variant(letter: Variant, form: Filled, name: str) -> Variant:
    """One of several letters (B5): its words or template, and its weight."""
    if f"{name}_letter" not in form.values:
        return letter
    weight = form.text(f"{name}_weight")
    if not weight.isascii() or not weight.isdigit() or not 1 <= int(weight) <= 100:
        form.errors[name] = f"“{weight}” is no weight between 1 and 100."
        return letter
    if form.text(f"{name}_letter") == "template":
        key = form.text(f"{name}_template")
        if not key:
            form.errors[name] = "Choose a template, or write the letter here."
        return Variant(template=key, weight=int(weight)) if key else letter
    subject, body = form.text(f"{name}_subject"), form.text(f"{name}_body")
    if not subject or not body:
        form.errors[name] = "A letter needs a subject and a text."
        return letter
    return Variant(subject=subject, body=body, weight=int(weight))


def _condition(form: Filled, before: Condition, *, needed: bool = True) -> Condition | None:
    """What the lines state; conditions within conditions stay as they are."""
    if "condition" not in form.values:
        return before
    try:
        found = condition_of(form.text("condition"), form.text("condition_joined"))
    except NotACondition as fault:
        form.errors["condition"] = f"{fault}."
        return before
    if found is None and needed:
        form.errors["condition"] = "Write at least one condition, for example clicked pricing."
    return found


def _handover(handover: Handover, form: Filled) -> Handover:
    to = form.text("to")
    if to == "sequence":
        to = form.text("to_name")
    if not to:
        form.errors["to"] = "Name who takes over."
        return handover
    programme = form.text("programme") if to == "nurture" else ""
    return Handover(to=to, programme=programme or None, note=form.text("note") or None)


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
    if at_most is None and "at_most" not in form.errors and wait.at_most is None:
        form.errors["at_most"] = "Say how long to wait."
    until = wait.until
    if "condition" in form.values:
        until = _condition(form, until, needed=False) if until else _condition(form, NEVER, needed=False)
        until = None if until is NEVER else until
    return replace(wait, at_most=at_most or wait.at_most, until=until)
