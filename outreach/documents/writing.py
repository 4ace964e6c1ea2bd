"""A Sequence to its document: the same content gives the same bytes, and `read` of them gives the sequence again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from outreach.core import conditions
from outreach.core.sequences import (
    FORMAT,
    STOPS,
    Block,
    Condition,
    Do,
    Enter,
    EntryRule,
    Finish,
    Goal,
    Handover,
    Kind,
    Lanes,
    Mail,
    Schedule,
    Sequence,
    Step,
    StopMap,
    Touch,
    Until,
    Variant,
    Week,
)
from outreach.documents.nodes import looks_like_text
from outreach.documents.phrases import BARE_ENTRIES, DAYS

Value = Any
"""Text, number, flag, a list of these or a mapping; what `_emit` puts down."""


def write(sequence: Sequence) -> str:
    """The document, in the order of SEQUENCE.md."""
    found: dict[str, Value] = {
        "outreach": FORMAT,
        "name": sequence.name,
        "class": sequence.klass,
        "anchor": sequence.anchor,
        "schedule": _schedule(sequence.schedule),
        "min_gap": str(sequence.min_gap),
        "enter": _enter(sequence.enter),
        "stop": _stop(sequence.stop),
        "react": [{"when": _condition(each.when), "do": _do(each.do)} for each in sequence.react],
        "steps": [_step(step) for step in sequence.steps],
        "positive": [_step(step) for step in sequence.positive],
        "negative": [_step(step) for step in sequence.negative],
        "finish": _finish(sequence.finish) if sequence.finish else None,
    }
    return "\n".join(_lines({key: value for key, value in found.items() if value not in (None, [], {})}, 0)) + "\n"


def _schedule(schedule: Schedule) -> dict[str, Value]:
    found: dict[str, Value] = {"zone": schedule.zone, "windows": _windows(schedule.week)}
    found["holidays"] = list(schedule.holidays) if isinstance(schedule.holidays, tuple) else schedule.holidays
    if schedule.closed:
        found["closed"] = [day.isoformat() for day in schedule.closed]
    return found


def _windows(week: Week) -> dict[str, Value]:
    """Days with the same blocks, one after the other, as one range."""
    found: dict[str, Value] = {}
    day = 0
    while day < 7:
        last = day
        while last < 6 and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            name = DAYS[day] if last == day else f"{DAYS[day]}-{DAYS[last]}"
            found[name] = [_block(block) for block in week[day]]
        day = last + 1
    return found


def _block(block: Block) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (block.start, block.end))


def _enter(enter: Enter) -> dict[str, Value]:
    again = f"after {enter.again.days} days" if enter.again.rule == "after" else enter.again.rule
    found: dict[str, Value] = {"on": [_entry(rule) for rule in enter.on], "unless": list(enter.unless)}
    found = {**{key: value for key, value in found.items() if value}, "again": again}
    return {**found, "company_at_most": enter.company_at_most} if enter.company_at_most else found


def entry_lines(enter: Enter) -> list[str]:
    """Its ways in, as `enter.on` writes them."""
    return [_entry(rule) for rule in enter.on]


def _entry(rule: EntryRule) -> str:
    bare = {kind: text for text, kind in BARE_ENTRIES.items()}
    if rule.kind in bare:
        return bare[rule.kind]
    if rule.kind == "date":
        return f"date {rule.name} {'+' if rule.sign > 0 else '-'} {rule.offset}" if rule.offset else f"date {rule.name}"
    if rule.kind == "score":
        return f"score >= {rule.name}"
    return f'{rule.kind} "{rule.name}"' if " " in rule.name else f"{rule.kind} {rule.name}".strip()


def _stop(stop: StopMap) -> dict[str, Value]:
    plain = StopMap()
    found: dict[str, Value] = {"use": stop.use} if stop.use else {}
    said = [name for name in STOPS if name in stop.own or getattr(stop, name) != getattr(plain, name)]
    found |= {name: str(getattr(stop, name)) for name in said}
    return {**found, "stage": {name: str(action) for name, action in stop.stage}} if stop.stage else found


def _do(do: Do) -> dict[str, Value]:
    names = ("task", "hot", "handover", "goto", "tag", "untag", "stage", "notify")
    return {name: getattr(do, name) for name in names if getattr(do, name)}


def _condition(condition: Condition) -> Value:
    if condition.kind == "not":
        return {"not": _condition(condition.parts[0])}
    if condition.kind in ("all", "any"):
        return {condition.kind: [_condition(part) for part in condition.parts]}
    return conditions.write(condition)


def _finish(finish: Finish) -> dict[str, Value]:
    found: dict[str, Value] = {"grace": str(finish.grace)} if finish.grace else {}
    found["then"] = f"handover {finish.to}" if finish.then == "handover" else finish.then
    return {**found, "programme": finish.programme} if finish.programme else found


def _step(step: Step) -> dict[str, Value]:
    found: dict[str, Value] = {"id": step.id, step.kind.value: _payload(step)}
    if step.after is not None:
        found["after"] = str(step.after)
    if step.at is not None:
        found["at"] = f"{step.at:%H:%M}" if isinstance(step.at, time) else step.at
    if step.at_once:
        found["at_once"] = True
    if step.block is not None:
        found["block"] = step.block
    if step.off:
        found["off"] = True
    if isinstance(step.payload, Lanes):
        found.update(_lanes(step.payload))
    return found


def _payload(step: Step) -> Value:
    payload = step.payload
    if isinstance(payload, Mail):
        return _mail(payload)
    if isinstance(payload, Touch):
        return _touch(payload, step.kind)
    if isinstance(payload, Until):
        until = {} if payload.until is None else {"until": _condition(payload.until)}
        return {**until, "at_most": str(payload.at_most)}
    if isinstance(payload, Handover):
        names = {"to": payload.to, "programme": payload.programme, "note": payload.note}
        return payload.to if payload == Handover(payload.to) else {key: value for key, value in names.items() if value}
    return _condition(payload.condition if isinstance(payload, Goal | Lanes) else payload)


def _lanes(lanes: Lanes) -> dict[str, Value]:
    then: list[Value] = [_step(step) for step in lanes.then] + [{"end": True}] * lanes.then_ends
    otherwise: list[Value] = [_step(step) for step in lanes.otherwise] + [{"end": True}] * lanes.otherwise_ends
    found = {key: lane for key, lane in (("then", then), ("else", otherwise)) if lane}
    return found or {"then": []}


def _mail(mail: Mail) -> dict[str, Value]:
    only = mail.variants[0]
    found: dict[str, Value]
    if len(mail.variants) == 1 and only.weight == 1:
        found = _letter(only)
    else:
        found = {"variants": [{**_letter(each), "weight": each.weight} for each in mail.variants]}
    if mail.thread != "new":
        found["thread"] = mail.thread
    if mail.fallback_subject is not None:
        found["fallback_subject"] = mail.fallback_subject
    return found


def _letter(variant: Variant) -> dict[str, Value]:
    found = {"template": variant.template, "subject": variant.subject, "body": variant.body}
    return {key: value for key, value in found.items() if value is not None}


def _touch(touch: Touch, kind: Kind) -> Value:
    found: dict[str, Value] = {
        "script": touch.script,
        "template": touch.template,
        "subject": touch.subject,
        "body": touch.body,
        "timeout": str(touch.timeout) if touch.timeout else None,
        "then": touch.then,
    }
    kept = {key: value for key, value in found.items() if value is not None}
    return touch.body if kind is Kind.TASK and list(kept) == ["body"] else kept


# YAML, block style; short lists of words and letters in flow style

_WIDTH: Final = 110
_PLAIN = re.compile(r"[A-Za-z0-9_./][\w./ +()@'&=-]*", re.ASCII)
_LITERAL = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff][^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*"
)
_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def _lines(value: Mapping[str, Value], indent: int) -> list[str]:
    """The lines of a mapping."""
    found: list[str] = []
    for key, inner in value.items():
        found.extend(_entry_lines(f"{' ' * indent}{key}:", inner, indent))
    return found


def _entry_lines(head: str, value: Value, indent: int) -> list[str]:
    if _is_literal(value):
        return _literal(head, value, indent + 2)
    flow = _flow(value)
    short = len(head) + 1 + len(flow) <= _WIDTH and not _has_literal(value)
    if not isinstance(value, dict | list) or not value or (short and _is_small(value)):
        return [f"{head} {flow}"]
    if isinstance(value, dict):
        return [head, *_lines(value, indent + 2)]
    return [head, *(line for each in value for line in _item_lines(each, indent + 2))]


def _item_lines(value: Value, indent: int) -> list[str]:
    """The lines of one entry of a block list."""
    if not isinstance(value, dict):
        return [f"{' ' * indent}- {_flow(value)}"]
    inner = _lines(value, indent + 2)
    return [f"{' ' * indent}- {inner[0].lstrip(' ')}", *inner[1:]]


def _is_small(value: Value) -> bool:
    """A mapping of words or a list of words: one line is enough."""
    inner = value.values() if isinstance(value, dict) else value
    return not any(isinstance(each, dict | list) for each in inner)


def _is_literal(value: Value) -> bool:
    """Several lines that a literal block keeps exactly."""
    if not isinstance(value, str) or "\n" not in value or not _LITERAL.fullmatch(value):
        return False
    return not any(line.strip() == "" and line for line in value.split("\n"))


def _has_literal(value: Value) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return any(_is_literal(each) for each in inner)


def _literal(head: str, text: str, indent: int) -> list[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = {0: "|-", 1: "|"}.get(ends, "|+")
    lines = [" " * indent + line if line else "" for line in body.split("\n")]
    return [f"{head} {mark}", *lines, *[""] * max(0, ends - 1)]


def _flow(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_flow(each) for each in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    return _text(value)


def _text(text: str) -> str:
    """Plain where that is safe in every place, else in double quotation marks."""
    if _PLAIN.fullmatch(text) and looks_like_text(text) and text == text.strip() and not _odd(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _odd(text: str) -> bool:
    """Times and dates read better in quotation marks, and other readers take them for numbers."""
    return bool(re.fullmatch(r"[\d:.+-]+|\d\d:\d\d-\d\d:\d\d", text)) or text.startswith(("---", "..."))
