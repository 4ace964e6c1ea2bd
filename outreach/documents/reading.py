"""A document to a Sequence, strictly: every fault has a line and a remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from outreach.core.pipeline import STAGES
from outreach.core.placeholders import CATALOGUE
from outreach.core.publicholidays import known_countries
from outreach.core.sequences import (
    CLASSES,
    FORMAT,
    ONE_BUSINESS_DAY,
    STOPS,
    Action,
    Block,
    Do,
    Enter,
    Finish,
    Reaction,
    Schedule,
    Sequence,
    StopMap,
)
from outreach.core.zones import is_zone
from outreach.documents import checks, phrases
from outreach.documents.nodes import Node, Source, load
from outreach.documents.steps import steps

_TOP: Final = (
    "outreach",
    "name",
    "class",
    "anchor",
    "schedule",
    "min_gap",
    "enter",
    "stop",
    "react",
    "steps",
    "positive",
    "negative",
    "finish",
)
_DOES: Final = ("task", "hot", "handover", "goto", "tag", "untag", "stage", "notify")
_PLACE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,6})?")


@lru_cache(maxsize=1024)
def published(document: str) -> Sequence:
    """A document as a version keeps it, read once a process. Raises DocumentError."""
    return read(document, "published")


def read(text: str, file: str = "sequence.yaml", catalogue: frozenset[str] = CATALOGUE) -> Sequence:
    """The sequence that a document states. Raises DocumentError.

    `catalogue`: the merge fields that letters may use (a lead's own fields as ``fields.NAME``).
    """
    root = load(text, Source(file))
    top = root.mapping("the document", _TOP)
    _format(root, top)
    for key in ("name", "steps"):
        if key not in top:
            root.refuse(f"The key {key} is missing.", f"Add {key}: to the document.")
    anchor = top["anchor"].choice("anchor", ("enrolment", "previous_step")) if "anchor" in top else "previous_step"
    line = checks.Lines()
    sequence = Sequence(
        name=_name(top["name"]),
        klass=top["class"].choice("class", CLASSES[:4]) if "class" in top else "sales",
        anchor=anchor,
        schedule=_schedule(top["schedule"]) if "schedule" in top else Schedule(),
        min_gap=phrases.delay(top["min_gap"], "min_gap") if "min_gap" in top else ONE_BUSINESS_DAY,
        enter=_enter(top["enter"]) if "enter" in top else Enter(),
        stop=_stop(top["stop"], line) if "stop" in top else StopMap(),
        react=_react(top["react"], line) if "react" in top else (),
        steps=steps(top["steps"], "steps", line),
        positive=steps(top["positive"], "positive", line) if "positive" in top else (),
        negative=steps(top["negative"], "negative", line) if "negative" in top else (),
        finish=_finish(top["finish"]) if "finish" in top else None,
    )
    checks.check(sequence, line, Source(file), catalogue)
    return sequence


def _format(root: Node, top: dict[str, Node]) -> None:
    if "outreach" not in top:
        root.refuse("The key outreach is missing.", "Begin the document with: outreach: 1")
    if top["outreach"].value != FORMAT or isinstance(top["outreach"].value, bool):
        top["outreach"].refuse(f"Format {top['outreach'].value!r} is not known.", "This version reads: outreach: 1")


def _name(node: Node) -> str:
    name = node.text("name").strip()
    if len(name) > 120 or "\n" in name:
        node.refuse("The name is too long.", "Use one line of at most 120 characters.")
    return name


def _schedule(node: Node) -> Schedule:
    parts = node.mapping("schedule", ("zone", "windows", "holidays", "closed"))
    plain = Schedule()
    closed = (
        [phrases.day_of(each, "A closure date") for each in parts["closed"].entries("closed")]
        if "closed" in parts
        else []
    )
    return Schedule(
        zone=_zone(parts["zone"]) if "zone" in parts else plain.zone,
        week=_week(parts["windows"]) if "windows" in parts else plain.week,
        holidays=_holidays(parts["holidays"]) if "holidays" in parts else plain.holidays,
        closed=tuple(sorted(set(closed))),
    )


def _zone(node: Node) -> str:
    name = node.text("zone")
    if name not in ("lead", "account") and not is_zone(name):
        node.refuse(f"The zone {name!r} is not known.", "Use lead, account or an IANA name such as Europe/Berlin.")
    return name


def _week(node: Node) -> tuple[tuple[Block, ...], ...]:
    week: list[tuple[Block, ...] | None] = [None] * 7
    for name, inner in node.mapping("windows").items():
        blocks = _blocks(inner)
        for day in phrases.weekdays(name, node.keys[name], node):
            if week[day] is not None:
                node.source.refuse(
                    node.keys[name], f"{phrases.DAYS[day]} stands twice in windows.", "Give each day once."
                )
            week[day] = blocks
    if not any(week):
        node.refuse("The schedule has no open block.", 'Open at least one day, e.g. mon-fri: ["09:00-17:00"].')
    return tuple(blocks or () for blocks in week)


def week(hours: Mapping[str, str | list[str]], what: str = "working hours") -> tuple[tuple[Block, ...], ...]:
    """Working hours such as ``{"mon-fri":

    ["09:00-17:00"]}``, by the rules of a schedule's windows. Raises DocumentError.
    """
    source = Source(what)
    entries = {
        day: Node(1, source, [Node(1, source, each) for each in ([blocks] if isinstance(blocks, str) else blocks)])
        for day, blocks in hours.items()
    }
    return _week(Node(1, source, entries, dict.fromkeys(entries, 1)))


def _blocks(node: Node) -> tuple[Block, ...]:
    entries = [node] if node.is_text else node.entries("A day's windows")
    blocks = [(phrases.block(each), each) for each in entries]
    blocks.sort(key=lambda pair: pair[0])
    for (earlier, _), (later, where) in pairwise(blocks):
        if later.start < earlier.end:
            where.refuse("Two windows of one day overlap.", "Join them into one.")
    return tuple(block for block, _ in blocks)


def _holidays(node: Node) -> str | tuple[str, ...]:
    if node.is_text:
        return node.choice("holidays", ("lead", "account", "none"))
    found = []
    for each in node.entries("holidays"):
        code = each.text("A country")
        country, _, region = code.partition("-")
        known = known_countries()
        if not _PLACE.fullmatch(code) or country not in known or (region and region not in known[country]):
            each.refuse(f"The holidays of {code!r} are not known.", "Use codes such as SE, or DE-BY for a region.")
        found.append(code)
    return tuple(found)


def _enter(node: Node) -> Enter:
    parts = node.mapping("enter", ("on", "unless", "again", "company_at_most"))
    most = parts["company_at_most"].number("company_at_most", 1) if "company_at_most" in parts else None
    return Enter(
        on=tuple(phrases.entry(each) for each in parts["on"].entries("on")) if "on" in parts else (),
        unless=tuple(phrases.unless(each) for each in parts["unless"].entries("unless")) if "unless" in parts else (),
        again=phrases.again(parts["again"]) if "again" in parts else Enter().again,
        company_at_most=most,
    )


def _stop(node: Node, lines: checks.Lines) -> StopMap:
    """X1. `use` names a set of the account; what stands beside it is the sequence's own and goes before the set's."""
    if node.is_mapping and any(key in node.value for key in ("open", "opened")):
        node.refuse("Nothing reacts to an open (B2).", "Use click, reply or meeting.")
    parts = dict(node.mapping("stop", (*STOPS, "stage", "use")))
    use = parts.pop("use").text("use").strip() if "use" in parts else None
    stage = _stages(parts.pop("stage"), lines) if "stage" in parts else ()
    found = {key: _action(inner, key, lines) for key, inner in parts.items()}
    own = tuple(key for key in STOPS if key in found) if use else ()
    return StopMap(**found, stage=stage, use=use, own=own)


def _stages(node: Node, lines: checks.Lines) -> tuple[tuple[str, Action], ...]:
    stages = node.mapping("stage")
    for name in stages:
        if name not in STAGES:
            node.source.refuse(node.keys[name], f"{name!r} is no stage.", f"Stages are: {', '.join(STAGES)}.")
    return tuple((name, _action(inner, name, lines)) for name, inner in stages.items())


def _action(node: Node, key: str, lines: checks.Lines) -> Action:
    action = phrases.action(node, key)
    if action.step is not None:
        lines.gotos.append((action.step, node.line))
    return action


def stop_rules(rules: Mapping[str, Any], what: str = "the set") -> StopMap:
    """Stop rules kept as plain data, read like a document's `stop:`. Raises DocumentError. A set goes to no step."""
    source, lines = Source(what), checks.Lines()
    found = _stop(_plain_node(dict(rules), source), lines)
    if lines.gotos or found.use:
        source.refuse(1, "A set of stop rules goes to no step and uses no other set.", "Say that in the sequence.")
    return found


def stops_of(rules: Mapping[str, Any], what: str = "the stop rules") -> StopMap:
    """A sequence's own stop rules as plain data; whether its steps exist is asked when the document is read."""
    return _stop(_plain_node(dict(rules), Source(what)), checks.Lines())


def enter_rules(rules: Mapping[str, Any], what: str = "the ways in") -> Enter:
    """Ways in as plain data, read like a document's `enter:`. Raises DocumentError."""
    return _enter(_plain_node(dict(rules), Source(what)))


def _plain_node(value: Any, source: Source) -> Node:
    """Plain data as a node of a document, for the readers of its parts."""
    if isinstance(value, Mapping):
        inner = {key: _plain_node(each, source) for key, each in value.items()}
        return Node(1, source, inner, dict.fromkeys(value, 1))
    if isinstance(value, list):
        return Node(1, source, [_plain_node(each, source) for each in value])
    return Node(1, source, value)


def _react(node: Node, lines: checks.Lines) -> tuple[Reaction, ...]:
    return tuple(_reaction(each, lines) for each in node.entries("react"))


def _reaction(node: Node, lines: checks.Lines) -> Reaction:
    parts = node.mapping("a reaction", ("when", "do"))
    for key in ("when", "do"):
        if key not in parts:
            node.refuse(f"A reaction without {key}.", "Write {when: clicked pricing, do: {hot: true}}.")
    does = parts["do"].mapping("do", _DOES)
    if not does:
        parts["do"].refuse("do is empty.", f"Give it one of: {', '.join(_DOES)}.")
    if "goto" in does:
        lines.gotos.append((does["goto"].text("goto"), does["goto"].line))
    texts = {key: does[key].text(key) for key in _DOES if key in does and key != "hot"}
    do = Do(hot=does["hot"].flag("hot") if "hot" in does else False, **texts)
    return Reaction(phrases.condition(parts["when"]), do)


def _finish(node: Node) -> Finish:
    parts = node.mapping("finish", ("grace", "then", "programme"))
    grace = phrases.delay(parts["grace"], "grace") if "grace" in parts else None
    then = parts["then"].text("then") if "then" in parts else "end"
    if "programme" in parts and then != "nurture":
        parts["programme"].refuse("programme goes with then: nurture.", "Remove it, or write then: nurture.")
    if then in ("nurture", "end"):
        programme = parts["programme"].text("programme") if "programme" in parts else None
        return Finish(grace, then, programme)
    if not then.startswith("handover ") or not then[9:].strip():
        parts["then"].refuse(f"then {then!r} is not known.", "Use nurture, end, or handover NAME.")
    return Finish(grace, "handover", to=then[9:].strip())
