"""The steps of a document, lanes included."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from outreach.core.sequences import (
    MAIL_KINDS,
    TOUCH_KINDS,
    Goal,
    Handover,
    Kind,
    Lanes,
    Mail,
    Payload,
    Step,
    Touch,
    Until,
    Variant,
)
from outreach.documents import checks, phrases
from outreach.documents.nodes import Node

_KINDS: Final = tuple(kind.value for kind in Kind)
_COMMON: Final = ("id", "after", "at", "at_once", "block", "off")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_RESERVED: Final = ("positive", "negative", "end")
_THENS: Final = ("skip", "continue", "escalate")
_LETTER: Final = ("template", "subject", "body")


def steps(node: Node, what: str, lines: checks.Lines) -> tuple[Step, ...]:
    """A main line or a track: at least one step, and no `end` entry."""
    found, ends = _list(node, what, lines)
    if ends:
        node.refuse("end: true stands outside of a lane.", "It closes a then or an else; finish ends the sequence.")
    if not found:
        node.refuse(f"{what} has no steps.", "Give it at least one.")
    return found


def _list(node: Node, what: str, lines: checks.Lines) -> tuple[tuple[Step, ...], bool]:
    entries = node.entries(what)
    ends = bool(entries) and entries[-1].is_mapping and "end" in entries[-1].value
    if ends:
        last = entries[-1].mapping("the end of a lane", ("end",))
        if not last["end"].flag("end"):
            last["end"].refuse("end: false means nothing.", "Remove the entry.")
    return tuple(_step(each, lines) for each in (entries[:-1] if ends else entries)), ends


def _step(node: Node, lines: checks.Lines) -> Step:
    parts = node.mapping("a step", (*_COMMON, *_KINDS, "then", "else", "end"))
    if "end" in parts:
        node.source.refuse(node.keys["end"], "end: true is not the last entry of its lane.", "Move it to the end.")
    kinds = [kind for kind in _KINDS if kind in parts]
    if len(kinds) != 1:
        has = f"has {' and '.join(kinds)}" if kinds else "has no kind"
        node.refuse(f"A step {has}; it needs exactly one.", f"Kinds are: {', '.join(_KINDS)}.")
    kind = Kind(kinds[0])
    if kind is not Kind.IF and ("then" in parts or "else" in parts):
        node.refuse("then and else belong to an if.", "Write if: CONDITION in this step, or remove them.")
    step_id = _id(node, parts, lines)
    step = Step(
        id=step_id,
        kind=kind,
        payload=_payload(kind, node, parts, lines),
        after=phrases.delay(parts["after"], "after") if "after" in parts else None,
        at=_at(parts["at"]) if "at" in parts else None,
        at_once=parts["at_once"].flag("at_once") if "at_once" in parts else False,
        block=parts["block"].flag("block") if "block" in parts else None,
        off=parts["off"].flag("off") if "off" in parts else False,
    )
    _fits(node, parts, step)
    return step


def _id(node: Node, parts: dict[str, Node], lines: checks.Lines) -> str:
    if "id" not in parts:
        node.refuse("A step has no id.", "Give it one, e.g. id: day-2; it stays the same when you edit.")
    name = parts["id"].text("id")
    if not _ID.fullmatch(name) or name in _RESERVED:
        parts["id"].refuse(f"The id {name!r} cannot be used.", "Use letters, digits, dots, dashes and underscores.")
    if name in lines.steps:
        parts["id"].refuse(
            f"The id {name!r} stands twice.", f"Give each step its own; the first is on line {lines.steps[name]}."
        )
    lines.steps[name] = parts["id"].line
    return name


def _at(node: Node) -> time | str:
    return "vary" if node.value == "vary" else phrases.clock(node, "at")


def _fits(node: Node, parts: dict[str, Node], step: Step) -> None:
    """The keys beside the kind go with it."""
    if step.at is not None and (step.after is None or not step.after.day_level):
        parts["at"].refuse("at goes with a delay in days or business days.", "Write after: 1 day, or remove at.")
    if step.at is not None and step.kind not in MAIL_KINDS | TOUCH_KINDS:
        parts["at"].refuse(f"at means nothing for {step.kind.value}.", "Remove it.")
    if step.block is not None and step.kind not in TOUCH_KINDS:
        parts["block"].refuse(f"block means nothing for {step.kind.value}.", "It belongs to calls and other tasks.")
    if step.at_once and step.kind not in MAIL_KINDS | TOUCH_KINDS:
        parts["at_once"].refuse(f"at_once means nothing for {step.kind.value}.", "Remove it.")


def _payload(kind: Kind, node: Node, parts: dict[str, Node], lines: checks.Lines) -> Payload:
    inner = parts[kind.value]
    if kind in MAIL_KINDS:
        return _mail(inner, kind.value)
    if kind in TOUCH_KINDS:
        return _touch(inner, kind)
    if kind is Kind.WAIT:
        return _wait(inner)
    if kind is Kind.GOAL:
        return Goal(phrases.condition(inner))
    if kind is Kind.HANDOVER:
        return _handover(inner)
    return _lanes(node, parts, lines)


def _mail(node: Node, what: str) -> Mail:
    parts = node.mapping(what, (*_LETTER, "variants", "thread", "fallback_subject"))
    thread = parts["thread"].choice("thread", ("new", "reply")) if "thread" in parts else "new"
    fallback = parts["fallback_subject"].text("fallback_subject") if "fallback_subject" in parts else None
    if "variants" in parts:
        if any(key in parts for key in _LETTER):
            node.refuse(f"{what} has variants beside a letter of its own.", "Move the letter into the variants.")
        variants = tuple(_variant(each, thread) for each in parts["variants"].entries("variants"))
        if not variants:
            parts["variants"].refuse("variants is empty.", "Give it at least one letter.")
    else:
        variants = (_letter(node, {key: parts[key] for key in _LETTER if key in parts}, thread),)
    return Mail(variants, thread, fallback)


def _variant(node: Node, thread: str) -> Variant:
    parts = node.mapping("a variant", (*_LETTER, "weight"))
    weight = parts["weight"].number("weight", 1) if "weight" in parts else 1
    plain = _letter(node, {key: parts[key] for key in _LETTER if key in parts}, thread)
    return Variant(plain.template, plain.subject, plain.body, weight)


def _letter(node: Node, parts: dict[str, Node], thread: str) -> Variant:
    texts = {key: parts[key].text(key) for key in parts}
    if ("template" in texts) == ("body" in texts):
        node.refuse("A letter needs either a template or a body.", "Write template: NAME, or subject: and body:.")
    if "body" in texts and "subject" not in texts and thread == "new":
        node.refuse("A letter that begins a thread needs a subject.", "Add subject:, or write thread: reply.")
    return Variant(texts.get("template"), texts.get("subject"), texts.get("body"))


def _touch(node: Node, kind: Kind) -> Touch:
    if node.is_text:
        return Touch(script=node.text("script")) if kind is Kind.CALL else Touch(body=node.text(kind.value))
    parts = node.mapping(kind.value, ("script", "template", "subject", "body", "timeout", "then"))
    texts = {key: parts[key].text(key) for key in ("script", *_LETTER) if key in parts}
    if "template" in texts and "body" in texts:
        node.refuse("It has a template and a body.", "Keep one of them.")
    timeout = phrases.delay(parts["timeout"], "timeout") if "timeout" in parts else None
    if timeout is not None and not timeout.amount:
        parts["timeout"].refuse("A timeout of nothing.", "Write at least 1 minute.")
    then = parts["then"].choice("then", _THENS) if "then" in parts else None
    return Touch(timeout=timeout, then=then, **texts)


def _wait(node: Node) -> Until:
    if node.is_text:
        return Until(at_most=phrases.delay(node, "wait"))
    parts = node.mapping("wait", ("until", "at_most"))
    if "at_most" not in parts:
        node.refuse("A wait without at_most could last for ever.", "Add at_most: 5 days.")
    until = phrases.condition(parts["until"]) if "until" in parts else None
    return Until(until, phrases.delay(parts["at_most"], "at_most"))


def _handover(node: Node) -> Handover:
    if node.is_text:
        return Handover(node.text("handover"))
    parts = node.mapping("handover", ("to", "programme", "note"))
    if "to" not in parts:
        node.refuse("A handover without to.", "Write to: nurture, to: owner, or a sequence's name.")
    if "programme" in parts and parts["to"].value != "nurture":
        parts["programme"].refuse("programme goes with to: nurture.", "Remove it.")
    texts = {key: parts[key].text(key) for key in parts}
    return Handover(**texts)


def _lanes(node: Node, parts: dict[str, Node], lines: checks.Lines) -> Lanes:
    if "then" not in parts and "else" not in parts:
        node.refuse("An if without then and else.", "Give it at least one lane.")
    then, then_ends = _list(parts["then"], "then", lines) if "then" in parts else ((), False)
    otherwise, otherwise_ends = _list(parts["else"], "else", lines) if "else" in parts else ((), False)
    return Lanes(phrases.condition(parts["if"]), then, otherwise, then_ends, otherwise_ends)
