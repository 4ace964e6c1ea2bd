"""The timeline of the sequence editor: one `Card` per step, with its wait, its words, its numbers and its lanes."""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.core.sequences import Goal, Handover, Kind, Lanes, Sequence, Step, Touch, Until
from outreach.reports.sequence_numbers import StepNumbers
from outreach.web import sequence_words as words

GOOD_REPLY_RATE = 0.08


@dataclass(frozen=True)
class Number:
    """One figure on a card."""

    label: str
    value: str
    good: bool = False


@dataclass(frozen=True)
class Lane:
    """One side of a branch, or a track."""

    key: str
    label: str
    cards: tuple["Card", ...]
    ends: bool = False


@dataclass(frozen=True)
class Card:
    """A step as the timeline shows it. `movable`: it stands in the main line."""

    id: str
    kind: Kind
    icon: str
    tone: str
    label: str
    wait: str
    when: str
    title: str
    sub: str
    reply: bool
    off: bool
    movable: bool
    numbers: tuple[Number, ...]
    lanes: tuple[Lane, ...] = ()


@dataclass(frozen=True)
class Board:
    """What all cards of one page share."""

    sequence: Sequence
    letters: Mapping[str, str]
    subjects: Mapping[str, str]
    numbers: Mapping[str, StepNumbers]


def timeline(board: Board) -> tuple[Card, ...]:
    """The main line."""
    return _cards(board, board.sequence.steps, movable=True)


def tracks(board: Board) -> tuple[Lane, ...]:
    """The tracks that a reply's sense, an outcome or a `goto` can enter."""
    named = (("positive", "Positive track"), ("negative", "Negative track"))
    lists = ((key, label, getattr(board.sequence, key)) for key, label in named)
    return tuple(Lane(key, label, _cards(board, steps, movable=False)) for key, label, steps in lists if steps)


def _cards(board: Board, steps: tuple[Step, ...], *, movable: bool) -> tuple[Card, ...]:
    before = (None, *steps)
    return tuple(_card(board, step, last, movable) for step, last in zip(steps, before, strict=False))


def _card(board: Board, step: Step, before: Step | None, movable: bool) -> Card:
    icon, tone, label = words.KINDS[step.kind]
    return Card(
        id=step.id,
        kind=step.kind,
        icon=icon,
        tone=tone,
        label=label,
        wait=words.wait(step, board.sequence, before) if step.kind is not Kind.WAIT else "",
        when=words.when(step, board.sequence) if movable else "",
        title=_wait_title(step.payload) if isinstance(step.payload, Until) else words.title(step, dict(board.letters)),
        sub=_sub(board, step),
        reply=step.is_mail and step.mail.thread == "reply",
        off=step.off,
        movable=movable,
        numbers=_numbers(step, board.numbers.get(step.id, StepNumbers())),
        lanes=_lanes(board, step),
    )


def _wait_title(wait: Until) -> str:
    most = f"at most {wait.at_most}" if wait.until else str(wait.at_most)
    return f"Wait until {words.condition(wait.until)}, {most}" if wait.until else f"Wait {most}"


def _sub(board: Board, step: Step) -> str:
    """The line below the title: the subject, or the first words of what is to be done."""
    payload = step.payload
    if step.is_mail:
        letter = step.mail.variants[0]
        subject = board.subjects.get(letter.template, "") if letter.template else (letter.body or "").strip()
        prefix = "Re: " if step.mail.thread == "reply" and letter.template and subject else ""
        return prefix + " ".join(subject.split())[:140]
    if isinstance(payload, Touch):
        text = payload.body or payload.script or payload.template or ""
        return words.spoken(text) if text and " " not in text else " ".join(text.split())[:140]
    if isinstance(payload, Goal):
        return words.sentence(words.condition(payload.condition))
    if isinstance(payload, Handover):
        return f"To {payload.to}" + (f", “{payload.programme}”" if payload.programme else "")
    return ""


def _numbers(step: Step, found: StepNumbers) -> tuple[Number, ...]:
    if step.is_mail and found.sent:
        rate = found.replied / found.sent
        figures = [Number("Sent", f"{found.sent:,}"), Number("Replied", f"{rate:.1%}", rate >= GOOD_REPLY_RATE)]
        return (*figures, Number("Booked", str(found.booked))) if found.booked else tuple(figures)
    if step.is_touch and found.tasks:
        figures = [Number("Tasks", f"{found.tasks:,}"), Number("Done", f"{found.done / found.tasks:.0%}")]
        if step.kind is Kind.CALL and found.done:
            figures.append(Number("Reached", f"{found.reached / found.done:.0%}", found.reached > 0))
        return tuple(figures)
    return (Number("Here now", f"{found.standing:,}"),) if found.standing else ()


def _lanes(board: Board, step: Step) -> tuple[Lane, ...]:
    if not isinstance(step.payload, Lanes):
        return ()
    lanes = step.payload
    return (
        Lane("yes", "Yes", _cards(board, lanes.then, movable=False), lanes.then_ends),
        Lane("no", "No", _cards(board, lanes.otherwise, movable=False), lanes.otherwise_ends),
    )
