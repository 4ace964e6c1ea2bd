"""The stable writer: read(write(x)) == x, and the same content gives the same bytes."""

from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.core.sequences import (
    STOPS,
    Action,
    Again,
    Block,
    Condition,
    Delay,
    Do,
    Enter,
    EntryRule,
    Finish,
    Goal,
    Handover,
    Kind,
    Lanes,
    Mail,
    Reaction,
    Schedule,
    Sequence,
    Step,
    StopMap,
    Touch,
    Unit,
    Until,
    Variant,
)
from outreach.documents import read, write

words = st.text(st.characters(codec="utf-8", exclude_characters="{}%"), min_size=1, max_size=40).filter(
    lambda text: text.strip() and "{{" not in text
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9 _./-]{0,12}[A-Za-z0-9]", fullmatch=True).map(
    lambda text: " ".join(text.split())
)
keys = st.from_regex(r"[a-z][a-z_]{0,8}[a-z]", fullmatch=True)
some_days = st.builds(Delay, st.integers(1, 30), st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS]))
delays = st.one_of(some_days, st.builds(Delay, st.integers(1, 90), st.sampled_from([Unit.MINUTES, Unit.HOURS])))
bodies = st.one_of(
    words, st.lists(words, min_size=2, max_size=4).map("\n".join), st.just("Hello {{ first_name }},\n\nbye\n")
)

tests = st.one_of(
    st.builds(Condition, st.sampled_from(["clicked", "visited", "submitted", "tag", "segment", "stage"]), names),
    st.builds(Condition, st.just("replied"), st.sampled_from(["", "interested", "not_now"])),
    st.builds(Condition, st.just("has"), st.sampled_from(["phone", "email", "company"])),
    st.builds(Condition, st.sampled_from(["score", "attempts"]), op=st.sampled_from([">=", "<"]), value=st.just("7")),
    st.builds(Condition, st.just("field"), keys, st.sampled_from(["=", "!=", ">", "<", "contains"]), names),
    st.builds(Condition, st.just("field"), keys, st.just("is empty")),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds(
            lambda kind, parts: Condition(kind, parts=tuple(parts)),
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        inner.map(lambda part: Condition("not", parts=(part,))),
    ),
    max_leaves=4,
)
variants = st.one_of(st.builds(Variant, template=names), st.builds(Variant, subject=words, body=bodies))
mails = st.builds(
    Mail,
    st.lists(variants, min_size=1, max_size=3).map(tuple),
    st.sampled_from(["new", "reply"]),
    st.none() | words,
)
touches = st.one_of(
    st.builds(
        Touch, script=words, timeout=st.none() | delays, then=st.sampled_from([None, "skip", "continue", "escalate"])
    ),
    st.builds(Touch, body=bodies),
)
MAILS, TOUCHES = [Kind.EMAIL, Kind.BREAKUP], [Kind.CALL, Kind.TEXT, Kind.VOICE, Kind.LETTER, Kind.SOCIAL, Kind.TASK]
ats = st.one_of(st.none(), st.just("vary"), st.builds(time, st.integers(0, 23), st.integers(0, 59)))
flags = st.booleans()


@st.composite
def steps(draw, number, depth=0):
    """One step with an id of its own; letters always keep a day's distance."""
    after, key = draw(some_days), f"s{number}-{draw(keys)}"
    kind = draw(st.sampled_from([*MAILS, *TOUCHES, Kind.WAIT, Kind.GOAL, Kind.HANDOVER] + [Kind.IF] * (depth < 2)))
    if kind in MAILS:
        return Step(key, kind, draw(mails), after, draw(ats), off=draw(flags))
    if kind in TOUCHES:
        return Step(key, kind, draw(touches), after, draw(ats), block=draw(st.none() | flags))
    if kind is Kind.WAIT:
        return Step(key, kind, Until(draw(st.none() | conditions), draw(delays)))
    if kind is Kind.GOAL:
        return Step(key, kind, Goal(draw(conditions)), draw(st.none() | delays))
    if kind is Kind.HANDOVER:
        return Step(key, kind, draw(st.builds(Handover, names) | st.just(Handover("nurture", "Educational", "now"))))
    lanes = [
        tuple(draw(steps(f"{number}{side}{n}", depth + 1)) for n in range(draw(st.integers(0, 2)))) for side in "te"
    ]
    return Step(key, kind, Lanes(draw(conditions), *lanes, draw(flags), draw(flags)), draw(st.none() | delays))


@st.composite
def weeks(draw):
    def blocks():
        edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=4)))
        return tuple(Block(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))

    week = tuple(blocks() for _ in range(7))
    return week if any(week) else ((Block(540, 1020),),) * 7


entries = st.one_of(
    st.builds(EntryRule, st.sampled_from(["form", "segment", "tag", "stage", "clicked", "visited"]), names),
    st.sampled_from([EntryRule("import"), EntryRule("api"), EntryRule("nurture_return"), EntryRule("date", "ends")]),
    st.builds(EntryRule, st.just("date"), keys, st.sampled_from([1, -1]), some_days),
    st.sampled_from([EntryRule("replied"), EntryRule("replied", "not_now"), EntryRule("score", "50")]),
)
kept_out = st.sampled_from(["customer", "touched in 14 days", "tag partner", "in segment VIP", "partner"])


@st.composite
def stop_rules(draw, actions):
    own = {key: draw(actions) for key in draw(st.lists(st.sampled_from(STOPS), unique=True))}
    stage = tuple((name, draw(actions)) for name in draw(st.lists(st.sampled_from(["lost", "won"]), unique=True)))
    if use := draw(st.none() | names.map(str.strip).filter(bool)):
        return StopMap(**own, stage=stage, use=use, own=tuple(key for key in STOPS if key in own))
    return StopMap(**own, stage=stage)


@st.composite
def sequences(draw):
    actions = st.sampled_from([Action("stop"), Action("pause"), Action("continue"), Action("ask")])
    line = [draw(steps(f"m{n}")) for n in range(draw(st.integers(1, 4)))]
    return Sequence(
        name=draw(words.map(str.strip).filter(lambda text: text and "\n" not in text)),
        steps=tuple(line),
        klass=draw(st.sampled_from(["inbound", "sales", "reengagement", "nurture"])),
        schedule=Schedule(
            draw(st.sampled_from(["lead", "account", "Europe/Berlin"])),
            draw(weeks()),
            draw(st.sampled_from(["lead", "account", "none", ("SE", "DE-BY", "NO")])),
            tuple(sorted(draw(st.sets(st.dates(date(2026, 1, 1), date(2030, 1, 1)), max_size=3)))),
        ),
        min_gap=draw(delays),
        enter=Enter(
            tuple(draw(st.lists(entries, max_size=3))),
            tuple(draw(st.lists(kept_out, max_size=2))),
            draw(st.sampled_from([Again("once"), Again(), Again("always"), Again("after", 90)])),
            draw(st.none() | st.integers(1, 9)),
        ),
        stop=draw(stop_rules(actions)),
        react=tuple(
            draw(
                st.lists(
                    st.builds(Reaction, conditions, st.builds(Do, task=words, hot=flags, tag=st.none() | names)),
                    max_size=2,
                )
            )
        ),
        positive=tuple(draw(steps(f"p{n}")) for n in range(draw(st.integers(0, 1)))),
        negative=tuple(draw(steps(f"n{n}")) for n in range(draw(st.integers(0, 1)))),
        finish=draw(
            st.sampled_from(
                [
                    None,
                    Finish(None, "end"),
                    Finish(Delay(2, Unit.DAYS), "nurture", "E"),
                    Finish(to="X", then="handover"),
                ]
            )
        ),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sequences())
def test_what_is_written_is_read_back_the_same(sequence):
    text = write(sequence)
    assert read(text, "written.yaml") == sequence
    assert write(read(text, "written.yaml")) == text


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "1",
        "1.5",
        "null",
        "~",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "{a",
        "[a",
        "'a'",
        '"a"',
        "a\nb",
        " a\nb",
        "a\n\n b\n\n",
        "\ta",
        "a\u2028b",
        "é ü 漢 😀",
        "a\x85b",
        "\ufeffa",
        "a\r\nb",
        "a \n b",
        "true",
        "0x1f",
        "2026-01-01",
        "---",
        "* a",
        "& a",
        "! a",
        "a\n",
        "% a",
    ],
)
def test_every_text_survives(text):
    step = Step("a", Kind.EMAIL, Mail((Variant(subject=text, body=text),)))
    sequence = Sequence("n", (step, Step("b", Kind.TASK, Touch(body=text))))
    assert read(write(sequence), "t.yaml") == sequence


def test_a_letter_of_several_lines_stays_readable():
    step = Step("a", Kind.EMAIL, Mail((Variant(subject="Hi", body="Hello,\n\nbye\n"),)))
    assert "body: |\n        Hello,\n\n        bye\n" in write(Sequence("n", (step,)))
