"""The strict reader: every refusal names file, line and remedy (SEQUENCE.md)."""

from datetime import date, time

import pytest

from outreach.core.sequences import Action, Again, Block, Condition, Delay, EntryRule, Finish, Kind, Unit
from outreach.documents import DocumentError, Known, read, warnings

HEAD = "outreach: 1\nname: Test\n"
STEPS = "steps:\n  - {id: a, email: {template: x}}\n"

WHOLE = """
outreach: 1                       # format
name: Inbound 0-2-4-6-8
class: inbound
anchor: enrolment
schedule:
  zone: lead
  windows:
    mon-fri: ["09:00-17:00"]
  holidays: lead
  closed: [2026-12-24, 2026-12-31]
min_gap: 1 business day
enter:
  on: [form contact, segment "Price readers", tag event-2026, stage Quoted, clicked pricing, visited /pricing,
       "date trial_ends - 3 days", import, api, nurture return]
  unless: [customer]
  again: if not active
stop: {reply: stop, meeting: stop, call_connected: ask, click: continue, colleague_reply: pause, won: stop}
react:
  - {when: clicked pricing, do: {task: "Call: looked at the prices", hot: true}}
  - {when: replied not_now, do: {handover: nurture}}
steps:
  - id: answer
    email: {template: instant-answer}
    after: 0 minutes
    at_once: true
  - id: call-now
    call: {script: call-new-lead, timeout: 1 business day, then: continue}
    after: 0 minutes
    block: false
  - id: day-2
    email: {template: day-2, thread: reply, fallback_subject: "Your request"}
    after: 2 days
    at: "10:00"
  - id: ask
    if: {any: [clicked pricing, score >= 50]}
    then:
      - {id: call-hot, call: {script: call-hot}, after: 1 hour}
    else:
      - id: story
        email:
          variants: [{template: story-a, weight: 1}, {template: story-b, weight: 1}]
        after: 2 business days
  - {id: hold-on, wait: {until: clicked pricing, at_most: 5 days}}
  - id: goodbye
    breakup: {template: break-up}
    after: 8 days
positive:
  - {id: yes-1, call: {script: warm}, after: 1 hour}
negative:
  - {id: no-1, email: {subject: Thank you, body: "Dear {{ first_name | default('friend') }}"}, after: 1 day}
finish: {grace: 2 days, then: nurture, programme: Educational}
"""


def refusal(text):
    with pytest.raises(DocumentError) as caught:
        read(text, "test.yaml")
    return caught.value


def test_the_whole_document_is_read():
    sequence = read(WHOLE)
    assert (sequence.name, sequence.klass, sequence.anchor) == ("Inbound 0-2-4-6-8", "inbound", "enrolment")
    assert sequence.schedule.week[0] == (Block(540, 1020),)
    assert sequence.schedule.closed == (date(2026, 12, 24), date(2026, 12, 31))
    assert sequence.enter.on[1] == EntryRule("segment", "Price readers")
    assert sequence.enter.on[6] == EntryRule("date", "trial_ends", -1, Delay(3, Unit.DAYS))
    assert sequence.enter.on[9] == EntryRule("nurture_return")
    assert sequence.step("day-2").at == time(10)
    lanes = sequence.step("ask").payload
    assert [part.kind for part in lanes.condition.parts] == ["clicked", "score"]
    assert [variant.template for variant in sequence.step("story").mail.variants] == ["story-a", "story-b"]
    assert sequence.step("goodbye").kind is Kind.BREAKUP
    assert sequence.finish == Finish(Delay(2, Unit.DAYS), "nurture", "Educational")


def test_what_is_absent_has_its_default():
    """D2, D9, M3, P7, X1, SEQUENCE.md."""
    sequence = read(HEAD + STEPS)
    assert (sequence.klass, sequence.anchor) == ("sales", "previous_step")
    assert sequence.enter.again == Again("if not active")
    assert sequence.stop.reply == Action("stop")
    assert sequence.stop.call_connected == Action("ask")
    assert sequence.min_gap == Delay(1, Unit.BUSINESS_DAYS)
    assert sequence.finish is None


def test_yes_no_on_off_and_no_are_text():
    """YAML 1.2 core schema."""
    sequence = read(
        HEAD.replace("Test", "yes")
        + "schedule: {holidays: [NO]}\n"
        + "steps:\n  - {id: on, email: {template: off}, off: false}\n"
    )
    assert sequence.name == "yes"
    assert sequence.schedule.holidays == ("NO",)
    assert sequence.steps[0].mail.variants[0].template == "off"


REFUSED = [
    # (document, line, a part of the sentence)
    ("", 1, "empty"),
    ("name: X\n" + STEPS, 1, "key outreach is missing"),
    ("outreach: 2\nname: X\n" + STEPS, 1, "Format 2 is not known"),
    ("outreach: true\nname: X\n" + STEPS, 1, "Format True is not known"),
    ("outreach: 1\n" + STEPS, 1, "key name is missing"),
    (HEAD, 1, "key steps is missing"),
    (HEAD + "steps: []\n", 3, "no steps"),
    (HEAD + "colour: red\n" + STEPS, 3, "Unknown key 'colour'"),
    (HEAD + "name: Again\n" + STEPS, 3, "stands twice"),
    (HEAD.replace("Test", "2026") + STEPS, 2, "name must be text"),
    (HEAD + "class: cold\n" + STEPS, 3, "class 'cold' is not known"),
    (HEAD + "class: newsletter\n" + STEPS, 3, "class 'newsletter' is not known"),
    (HEAD + "anchor: start\n" + STEPS, 3, "anchor 'start'"),
    (HEAD + "min_gap: soon\n" + STEPS, 3, "no delay"),
    (HEAD + "schedule:\n  zone: Mars/Base\n" + STEPS, 4, "zone 'Mars/Base' is not known"),
    (HEAD + "schedule:\n  windows: {}\n" + STEPS, 4, "no open block"),
    (HEAD + "schedule:\n  windows: {mon: []}\n" + STEPS, 4, "no open block"),
    (HEAD + 'schedule:\n  windows:\n    mon: ["17:00-09:00"]\n' + STEPS, 5, "ends before it begins"),
    (HEAD + 'schedule:\n  windows:\n    mon: ["22:00-02:00"]\n' + STEPS, 5, "ends before it begins"),
    (HEAD + 'schedule:\n  windows:\n    mon: ["09:00-25:00"]\n' + STEPS, 5, "beyond the end of the day"),
    (HEAD + 'schedule:\n  windows:\n    mon: ["09:00-12:00", "11:00-13:00"]\n' + STEPS, 5, "overlap"),
    (
        HEAD + 'schedule:\n  windows:\n    mon-fri: ["09:00-12:00"]\n    tue: ["13:00-14:00"]\n' + STEPS,
        6,
        "stands twice",
    ),
    (HEAD + 'schedule:\n  windows:\n    monday: ["09:00-12:00"]\n' + STEPS, 5, "no day"),
    (HEAD + "schedule:\n  holidays: [XX]\n" + STEPS, 4, "holidays of 'XX'"),
    (HEAD + "schedule:\n  holidays: mine\n" + STEPS, 4, "holidays 'mine'"),
    (HEAD + "schedule:\n  closed: [24.12.2026]\n" + STEPS, 4, "no date"),
    (HEAD + "schedule:\n  closed: [20261224]\n" + STEPS, 4, "no date"),
    (HEAD + "schedule:\n  closed: [2026-W52-4]\n" + STEPS, 4, "no date"),
    (HEAD + "schedule:\n  closed: [2026-02-29]\n" + STEPS, 4, "no date"),
    (HEAD + "enter: {on: [letter x]}\n" + STEPS, 3, "no way in"),
    (HEAD + "enter: {again: sometimes}\n" + STEPS, 3, "not known"),
    (HEAD + "stop: {open: stop}\n" + STEPS, 3, "Nothing reacts to an open"),
    (HEAD + "stop: {reply: maybe}\n" + STEPS, 3, "not known"),
    (HEAD + "stop: {reply: goto b}\n" + STEPS, 3, "no step with this id"),
    (HEAD + "stop: {reply: goto positive}\n" + STEPS, 3, "no such track"),
    (HEAD + "react:\n  - {when: opened, do: {hot: true}}\n" + STEPS, 4, "B2"),
    (HEAD + "react:\n  - {when: clicked, do: {}}\n" + STEPS, 4, "do is empty"),
    (HEAD + "finish: {then: party}\n" + STEPS, 3, "not known"),
    (HEAD + "finish: {then: end, programme: X}\n" + STEPS, 3, "programme goes with"),
    (HEAD + "steps:\n  - {email: {template: x}}\n", 4, "no id"),
    (HEAD + "steps:\n  - {id: a}\n", 4, "no kind"),
    (HEAD + "steps:\n  - {id: a, email: {template: x}, call: {script: y}}\n", 4, "exactly one"),
    (HEAD + STEPS + "  - {id: a, email: {template: x}, after: 1 day}\n", 5, "stands twice"),
    (HEAD + "steps:\n  - {id: positive, email: {template: x}}\n", 4, "cannot be used"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: 2 weeks}\n", 5, "no delay"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: 2}\n", 5, "after must be text"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: -1 days}\n", 5, "no delay"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: 1 day, at: noon}\n", 5, "no time of day"),
    (HEAD + STEPS + '  - {id: b, email: {template: x}, after: 1 hour, at: "10:00"}\n', 5, "at goes with"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: 1 day, at_once: true}\n", 5, "first step only"),
    (HEAD + STEPS + "  - {id: b, email: {template: x}, after: 1 day, block: true}\n", 5, "block means nothing"),
    (HEAD + "steps:\n  - {id: a, email: {}}\n", 4, "template or a body"),
    (HEAD + "steps:\n  - {id: a, email: {template: x, body: y}}\n", 4, "template or a body"),
    (HEAD + "steps:\n  - {id: a, email: {body: y}}\n", 4, "needs a subject"),
    (HEAD + "steps:\n  - {id: a, email: {subject: s, body: 'Dear {{ frist_name }}'}}\n", 4, "'frist_name'"),
    (HEAD + "steps:\n  - {id: a, task: 'Look at {{ nonsense.here }}'}\n", 4, "'nonsense.here'"),
    (HEAD + "steps:\n  - {id: a, email: {template: x, thread: old}}\n", 4, "thread 'old'"),
    (HEAD + "steps:\n  - {id: a, email: {variants: []}}\n", 4, "variants is empty"),
    (HEAD + "steps:\n  - {id: a, email: {variants: [{template: x, weight: 0}]}}\n", 4, "weight must be"),
    (HEAD + "steps:\n  - {id: a, wait: {until: clicked}}\n", 4, "for ever"),
    (HEAD + "steps:\n  - {id: a, if: clicked}\n", 4, "without then and else"),
    (HEAD + "steps:\n  - {id: a, if: {all: []}, then: []}\n", 4, "no conditions"),
    (HEAD + "steps:\n  - {id: a, if: score is high, then: []}\n", 4, "no number"),
    (HEAD + "steps:\n  - {id: a, if: outcome b = no answer, then: []}\n", 4, "no step"),
    (HEAD + "steps:\n  - {id: a, if: prefers pigeon, then: []}\n", 4, "one of phone, text, email"),
    (HEAD + "steps:\n  - {end: true}\n", 4, "outside of a lane"),
    (HEAD + "steps:\n  - {id: a, call: {script: x, then: cry}}\n", 4, "then 'cry'"),
    (HEAD + "steps: &s\n  - {id: a, email: {template: x}}\n", 3, "Anchors"),
    (HEAD + "steps:\n  - {id: a, email: {template: *x}}\n", 4, "Anchors"),
    (HEAD + "steps: !!seq\n  - {id: a, email: {template: x}}\n", 3, "Tags"),
    ("%YAML 1.1\n---\n" + HEAD + STEPS, 1, "Directives"),
    (HEAD + STEPS + "---\nname: Two\n", 1, "more than one document"),
    (HEAD + "steps:\n  - {id: a, email: {template: x}\n", 5, "no YAML"),
    (HEAD + "\tsteps: x\n", 3, "no YAML"),
    ("- a\n- b\n", 1, "must be a mapping"),
    (HEAD + "1: x\n" + STEPS, 3, "A key must be text"),
]


@pytest.mark.parametrize(("text", "line", "part"), REFUSED)
def test_a_fault_is_refused_with_its_line_and_a_remedy(text, line, part):
    error = refusal(text)
    assert part in error.problem
    assert (error.file, error.line) == ("test.yaml", line)
    assert error.remedy or "write" in error.problem or "one of" in error.problem or "use" in error.problem
    assert str(error).startswith(f"test.yaml:{line}: ")


CLOSE = [
    STEPS + "  - {id: b, email: {template: y}}\n",
    STEPS + "  - {id: b, email: {template: y}, after: 0 days}\n",
    STEPS + "  - {id: b, breakup: {template: y}, after: 0 minutes}\n",
    STEPS + "  - {id: c, call: {script: s}, block: false}\n  - {id: b, email: {template: y}}\n",
    STEPS + "  - id: i\n    if: has phone\n    then:\n      - {id: b, email: {template: y}}\n",
    STEPS + "  - id: i\n    if: has phone\n    then: [{id: c, call: {script: s}}]\n  - {id: b, email: {template: y}}\n",
    "anchor: enrolment\n" + STEPS + "  - {id: b, email: {template: y}}\n",
    "anchor: enrolment\nsteps:\n  - {id: a, email: {template: x}, after: 2 days}\n  - {id: b, email: {template: y}, after: 2 days}\n",
]
CLOSE.append(
    "anchor: enrolment\nsteps:\n  - {id: a, email: {template: x}, after: 2 hours}\n  - {id: b, email: {template: y}, after: 120 minutes}\n"
)
APART = [
    STEPS + "  - {id: c, call: {script: s}}\n  - {id: b, email: {template: y}, after: 1 minute}\n",
    STEPS + "  - {id: c, call: {script: s}}\n  - {id: b, email: {template: y}}\n",
    STEPS + "  - {id: w, wait: 1 day}\n  - {id: b, email: {template: y}}\n",
    "steps:\n  - {id: c, call: {script: s}}\n" + STEPS.removeprefix("steps:\n"),
    STEPS + "  - id: i\n    if: has phone\n    then: [{id: b, email: {template: y}, after: 1 hour}]\n",
    "anchor: enrolment\n"
    + STEPS
    + "  - {id: c, call: {script: s}}\n  - {id: b, email: {template: y}, after: 2 days}\n",
    'anchor: enrolment\nsteps:\n  - {id: a, email: {template: x}, after: 2 days, at: "09:00"}\n'
    '  - {id: b, email: {template: y}, after: 2 days, at: "15:00"}\n',
]


@pytest.mark.parametrize("steps", CLOSE)
def test_two_letters_with_no_delay_between_them_are_refused(steps):
    """D10."""
    assert "(D10)" in refusal(HEAD + steps).problem


@pytest.mark.parametrize("steps", APART)
def test_no_delay_beside_a_step_of_another_channel_is_legal(steps):
    """D10."""
    read(HEAD + steps)


def test_a_document_over_256_kb_is_refused():
    assert "256 kB" in refusal(HEAD + "# " + "x" * 300_000 + "\n" + STEPS).problem


def test_a_document_that_nests_without_end_is_refused():
    assert "nested too deeply" in refusal(HEAD + "steps: " + "[" * 500 + "\n").problem


def test_a_leads_own_field_may_be_used_with_its_prefix():
    read(HEAD + "steps:\n  - {id: a, email: {subject: s, body: 'Your {{ fields.boat }}'}}\n")
    read(HEAD + "steps:\n  - {id: a, email: {subject: s, body: '{{ boat }}'}}\n", catalogue=frozenset({"boat"}))


def test_conditions_are_read_as_they_are_written():
    text = (
        HEAD
        + "steps:\n  - id: i\n    if: {all: [in segment Price readers, {not: field plan contains pro}, replied]}\n    then: []\n"
    )
    parts = read(text).steps[0].payload.condition.parts
    assert parts[0] == Condition("segment", "Price readers")
    assert parts[1].parts[0] == Condition("field", "plan", "contains", "pro")
    assert parts[2] == Condition("replied")


def test_names_that_do_not_exist_are_warnings():
    known = Known(frozenset({"x"}), frozenset({"Other"}), frozenset(), frozenset(), frozenset(), frozenset())
    found = warnings(read(WHOLE), known)
    assert "There is no link 'pricing' yet." in found
    assert "There is no segment 'Price readers' yet." in found
    assert "There is no sequence 'Educational' yet." in found
    assert any("no template 'day-2' yet" in each for each in found)
