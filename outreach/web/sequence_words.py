"""A sequence in words: what starts and stops it, what its branches ask, when its steps run."""

from datetime import time

from outreach.core.sequences import (
    Action,
    Block,
    Condition,
    Delay,
    EntryRule,
    Finish,
    Kind,
    Lanes,
    Schedule,
    Sequence,
    Step,
    StopMap,
    Unit,
)

KINDS: dict[Kind, tuple[str, str, str]] = {
    Kind.EMAIL: ("mail", "blue", "E-mail"),
    Kind.CALL: ("phone", "green", "Call task"),
    Kind.TEXT: ("message", "purple", "Text message"),
    Kind.VOICE: ("microphone", "teal", "Voice message"),
    Kind.LETTER: ("printer", "orange", "Printed letter"),
    Kind.SOCIAL: ("world-share", "teal", "Social touch"),
    Kind.VIDEO: ("player-play", "purple", "Personal video"),
    Kind.TASK: ("checklist", "teal", "Task"),
    Kind.WAIT: ("hourglass", "grey", "Wait"),
    Kind.IF: ("arrows-split-2", "orange", "Branch"),
    Kind.BREAKUP: ("door-exit", "red", "Break-up e-mail"),
    Kind.GOAL: ("target", "green", "Goal"),
    Kind.HANDOVER: ("transfer", "green", "Hand-over"),
}
"""Icon, tone and name of each kind of step."""

CLASSES = [
    ("inbound", "Inbound: they asked for help"),
    ("sales", "Sales"),
    ("reengagement", "Re-engagement"),
    ("nurture", "Nurture programme"),
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def title(step: Step, letters: dict[str, str]) -> str:
    """What a step is called: its letter's name or subject, the first words of its script, else its id in words."""
    if step.is_mail:
        letter = step.mail.variants[0]
        if len(step.mail.variants) > 1:
            return f"{len(step.mail.variants)} letters against each other"
        return letters.get(letter.template, spoken(letter.template)) if letter.template else letter.subject or "E-mail"
    if isinstance(step.payload, Lanes):
        return sentence(condition(step.payload.condition)) + "?"
    return spoken(step.id)


def spoken(key: str) -> str:
    """`call-new-lead` as people read it: `Call new lead`."""
    return sentence(key.replace("-", " ").replace("_", " "))


def sentence(words: str) -> str:
    """With a capital letter at the start."""
    return words[:1].upper() + words[1:]


def condition(test: Condition) -> str:
    """`clicked pricing` as `clicked “pricing”`; parts joined by and / or."""
    if test.kind in ("all", "any"):
        return (" and " if test.kind == "all" else " or ").join(condition(part) for part in test.parts)
    if test.kind == "not":
        return "not " + " or ".join(condition(part) for part in test.parts)
    words = {
        "clicked": "clicked “{0}”" if test.name else "clicked a link",
        "replied": "replied: {0}" if test.name else "replied",
        "visited": "visited {0}",
        "submitted": "sent the form “{0}”",
        "tag": "has the tag “{0}”",
        "segment": "is in the segment “{0}”",
        "stage": "stands at “{0}”",
        "has": "has a {0}",
        "prefers": "prefers {0}",
        "score": "score {1} {2}",
        "field": "{0} {1} {2}",
        "outcome": "{0}: {2}",
        "attempts": "call attempts {1} {2}",
    }
    op = _OPERATORS.get(test.op, test.op)
    return words.get(test.kind, test.kind + " {0}").format(test.name, op, test.value).strip()


_OPERATORS = {">=": "at least", "<=": "at most", ">": "over", "<": "under", "=": "is", "!=": "is not"}


def starts(sequence: Sequence, forms: dict[str, str]) -> list[tuple[str, str]]:
    """What starts it: (icon, words); the forms that are set to start it (key and name) among them."""
    found = [("forms", f"Form “{name}” is sent") for name in forms.values()]
    named = {*forms, *forms.values()}
    found += [_entry(rule) for rule in sequence.enter.on if not (rule.kind == "form" and rule.name in named)]
    return found


def _entry(rule: EntryRule) -> tuple[str, str]:
    offset = f" {'minus' if rule.sign < 0 else 'plus'} {rule.offset}" if rule.offset else ""
    return {
        "form": ("forms", f"Form “{rule.name}” is sent"),
        "segment": ("filter", f"enters the segment “{rule.name}”"),
        "tag": ("tag", f"gets the tag “{rule.name}”"),
        "stage": ("layout-kanban", f"stage becomes “{rule.name}”"),
        "clicked": ("click", f"clicks “{rule.name}”"),
        "visited": ("world", f"visits {rule.name}"),
        "replied": ("message-2", f"replies “{spoken(rule.name)}”" if rule.name else "replies"),
        "score": ("trending-up", f"the score reaches {rule.name}"),
        "date": ("calendar", f"{spoken(rule.name)}{offset}"),
        "import": ("upload", "imported"),
        "api": ("plug", "another system says so"),
        "nurture_return": ("seedling", "back from nurture"),
    }.get(rule.kind, ("bolt", f"{rule.kind} {rule.name}".strip()))


def unless(sequence: Sequence) -> list[str]:
    """What keeps somebody out."""
    return [{"customer": "not a customer"}.get(name, f"not {name}") for name in sequence.enter.unless]


def _named(stop: StopMap) -> list[tuple[str, Action]]:
    """What may stop a sequence (X1), each with what it does."""
    stages = [(f"stage becomes “{stage}”", action) for stage, action in stop.stage]
    return [
        ("lead replies", stop.reply),
        ("interview is booked", stop.meeting),
        ("call is answered", stop.call_connected),
        ("link is clicked", stop.click),
        ("colleague replies", stop.colleague_reply),
        ("deal is won", stop.won),
        *stages,
    ]


def stops(stop: StopMap) -> list[str]:
    """What stops it at once (X1), what always does (X7) at the end."""
    return [*(words for words, action in _named(stop) if action.do == "stop"), "lead opts out", "address bounces"]


def otherwise(stop: StopMap) -> list[str]:
    """What does something else than stopping it: `colleague replies: pause`."""
    words = {"pause": "pause", "ask": "ask the rep", "goto": "go to “{}”"}
    return [f"{what}: {words[a.do].format(a.step)}" for what, a in _named(stop) if a.do in words]


def finish(end: Finish | None) -> str:
    """What happens after the last step."""
    if end is None:
        return "Ends; listed as excluded with the reason “no programme set”"
    grace = f"After {end.grace}: " if end.grace else ""
    if end.then == "nurture":
        return f"{grace}move to nurture" + (f", “{end.programme}”" if end.programme else "")
    return grace + (f"hand over to “{end.to}”" if end.then == "handover" else "end")


def wait(step: Step, sequence: Sequence, before: Step | None) -> str:
    """The pill before a step: `Wait 2 business days`; empty when it follows at once."""
    if not sequence.from_enrolment or before is None:
        return f"Wait {step.delay}" if step.delay.amount else ""
    if step.delay == before.delay or not step.delay.amount:
        return ""
    return f"Until {later(step.delay)}"


def later(delay: Delay) -> str:
    """`day 4`, `business day 4`, `45 minutes after the start`."""
    if delay.unit is Unit.DAYS:
        return f"day {delay.amount}"
    return f"business day {delay.amount}" if delay.unit is Unit.BUSINESS_DAYS else f"{delay} after the start"


def when(step: Step, sequence: Sequence) -> str:
    """When a step runs, on its card: `Day 2 · 10:00 lead time`."""
    parts = ["at once, day and night"] if step.at_once else []
    if sequence.from_enrolment and not step.at_once:
        parts.append(_day(step.delay))
    if isinstance(step.at, time):
        zone = {"lead": "lead time", "account": "our time"}.get(sequence.schedule.zone, sequence.schedule.zone)
        parts.append(f"{step.at:%H:%M} {zone}")
    elif step.at == "vary":
        parts.append("another hour and weekday each time")
    return " · ".join(parts)


def _day(delay: Delay) -> str:
    if delay.unit is Unit.DAYS:
        return f"Day {delay.amount}"
    if delay.unit is Unit.BUSINESS_DAYS:
        return f"Business day {delay.amount}"
    return f"Day 0 · after {delay}" if delay.amount else "Day 0"


def blocks(day: tuple[Block, ...]) -> str:
    """`09:00-12:00, 13:00-17:00`; empty for a closed day."""
    return ", ".join(f"{_clock(block.start)}-{_clock(block.end)}" for block in day)


def hours(schedule: Schedule) -> str:
    """The sending hours in one line: `Mon-Fri 09:00-17:00, lead time`."""
    groups: list[tuple[int, int, str]] = []
    for number, day in enumerate(schedule.week):
        text = blocks(day)
        if text and groups and groups[-1][1] == number - 1 and groups[-1][2] == text:
            groups[-1] = (groups[-1][0], number, text)
        elif text:
            groups.append((number, number, text))
    spans = [f"{_days(first, last)} {text}" for first, last, text in groups]
    zone = {"lead": "lead time", "account": "our time"}.get(schedule.zone, schedule.zone)
    return f"{'; '.join(spans)}, {zone}"


def _days(first: int, last: int) -> str:
    return DAYS[first][:3] if first == last else f"{DAYS[first][:3]}-{DAYS[last][:3]}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
