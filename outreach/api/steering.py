"""One lead by machine: why, enrol, pause, resume, skip, stop. A lead is named by its address or its number."""

from collections.abc import Callable
from typing import Literal, TypeVar

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from outreach.api.views import blueprint, plain
from outreach.errors import NotFound, Refused
from outreach.http.access import with_token
from outreach.http.house import current_house, now
from outreach.http.numbers import whole
from outreach.http.transactions import poke, transaction
from outreach.journeys import enrol, forecast, pausing, steer
from outreach.reports import why
from outreach.store import enrolments, leads, pauses, sequences
from outreach.store.enrolments import Enrolment
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow
from outreach.store.users import User

Given = TypeVar("Given", bound=BaseModel)


class Asked(BaseModel):
    """What every action takes: of one sequence (by name), or of all that the lead is in; and the reason."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    sequence: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=300)


class AskedPause(Asked):
    until: AwareDatetime | None = None


class AskedResume(Asked):
    choice: Literal["continue", "restart", "stop"] = "continue"


class AskedEnrol(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    sequence: str = Field(min_length=1, max_length=120)


@blueprint.get("/leads/<who>/why")
@with_token
def explain(who: str) -> ResponseReturnValue:
    """What happened, what comes next and when, what holds it, and what would change it."""
    session, lead = transaction(), named_lead(who)
    told = why.of_lead(session, lead, now())
    for each in told["enrolments"]:
        row = session.get_one(Enrolment, each["id"])
        try:
            coming = forecast.forecast(session, current_house(), lead, row, now())
        except Refused as refused:
            coming = [forecast.Coming(now(), "hold", str(refused))]
        each["coming"] = [
            {"at": one.at, "kind": one.kind, "step": one.step_key or None, "rule": one.rule, "text": one.title}
            for one in coming
        ]
    told["paused_by"] = [
        {
            "id": row.id,
            "scope": row.scope,
            "reason": row.reason,
            "by": row.by_name,
            "since": row.since,
            "until": row.until,
        }
        for row in pauses.holding(session, "lead", lead.id, now())
    ]
    return jsonify(plain(told))


@blueprint.post("/leads/<who>/enrol")
@with_token
def enter(who: str) -> ResponseReturnValue:
    """Start a sequence: 201 with the enrolment, 409 with the rule when the lead may not enter."""
    asked, errors = _asked(AskedEnrol)
    if asked is None:
        return jsonify(errors=errors), 422
    session, lead, row = transaction(), named_lead(who), _sequence(asked.sequence)
    done = enrol.enrol(session, current_house(), lead, row, now())
    if done.enrolment is None:
        session.commit()  # the refusal is kept in the timeline (P7)
        return jsonify(refused=done.refused, rule=done.rule), 409
    poke("advance")
    poke("deliver_urgent")
    return jsonify(enrolment=done.enrolment.id), 201


@blueprint.post("/leads/<who>/pause")
@with_token
def pause(who: str) -> ResponseReturnValue:
    """Pause the lead, or only one sequence of it, with reason and optional end (P2)."""
    asked, errors = _asked(AskedPause)
    if asked is None:
        return jsonify(errors=errors), 422
    session, house, lead, by = transaction(), current_house(), named_lead(who), _machine()
    if asked.sequence:
        rows = _running(lead, asked.sequence)
        words = [steer.pause(session, house, row.id, by, now(), reason=asked.reason, until=asked.until) for row in rows]
        return jsonify(done=words)
    done = pausing.pause(session, house, "lead", lead.id, by, now(), reason=asked.reason, until=asked.until)
    return jsonify(pause=done.pause.id, done=[done.pause.reason])


@blueprint.post("/leads/<who>/resume")
@with_token
def resume(who: str) -> ResponseReturnValue:
    """Lift what pauses the lead (or one sequence of it) and go on: continue, restart or stop (P3)."""
    asked, errors = _asked(AskedResume)
    if asked is None:
        return jsonify(errors=errors), 422
    session, house, lead, by, choice = transaction(), current_house(), named_lead(who), _machine(), asked.choice
    held = [] if asked.sequence else pauses.holding(session, "lead", lead.id, now())
    for row in held:
        pausing.lift(session, house, row.id, by, now(), choice=choice)
    words = [
        steer.resume(session, house, enrolment.id, by, now(), choice=choice)
        for enrolment in _running(lead, asked.sequence)
        if enrolment.ended_at is None and enrolment.state.startswith(("paused", "waiting: approval", "failed"))
    ]
    poke("advance")
    return jsonify(lifted=[row.id for row in held], done=words)


@blueprint.post("/leads/<who>/skip")
@with_token
def skip(who: str) -> ResponseReturnValue:
    """Skip the step that is next (P5)."""
    return _each(who, lambda asked, row: steer.skip(
        transaction(), current_house(), row.id, _machine(), now(), reason=asked.reason
    ))  # fmt: skip


@blueprint.post("/leads/<who>/stop")
@with_token
def stop(who: str) -> ResponseReturnValue:
    """End it; queued letters and open tasks are cancelled (X8)."""
    return _each(who, lambda asked, row: steer.stop(
        transaction(), current_house(), row.id, _machine(), now(), reason=asked.reason
    ))  # fmt: skip


def _each(who: str, act: Callable[[Asked, Enrolment], str]) -> ResponseReturnValue:
    asked, errors = _asked(Asked)
    if asked is None:
        return jsonify(errors=errors), 422
    words = [act(asked, row) for row in _running(named_lead(who), asked.sequence)]
    poke("advance")
    return jsonify(done=words)


def _asked(kind: type[Given]) -> tuple[Given | None, dict[str, str]]:
    try:
        return kind.model_validate(request.get_json(silent=True) or {}), {}
    except ValidationError as error:
        return None, {str(e["loc"][-1]) if e["loc"] else "body": e["msg"] for e in error.errors()}


def named_lead(who: str) -> Lead:
    """The lead of this address or number. Raises NotFound."""
    session = transaction()
    found = session.get(Lead, key) if (key := whole(who)) is not None else None
    found = found or leads.by_email(session, who)
    if found is None or found.erased_at is not None:
        raise NotFound(f"There is no lead {who}. Name it by its address or its number.")
    return found


def _sequence(name: str) -> SequenceRow:
    row = sequences.by_name(transaction(), name)
    if row is None:
        known = ", ".join(one.name for one in sequences.all_sequences(transaction()))
        raise NotFound(f"There is no sequence '{name}'. There are: {known}.")
    return row


def _running(lead: Lead, name: str) -> list[Enrolment]:
    wanted = _sequence(name).id if name else None
    rows = [row for row in enrolments.running(transaction(), lead.id) if wanted in (None, row.sequence_id)]
    if not rows:
        raise Refused("The lead is in no such sequence now." if name else "The lead is in no sequence now.")
    return rows


def _machine() -> User:
    """Who did it, for the timeline: the machine with this token; no row of its own."""
    return User(name=f"{g.api_token.name} (API)", email="", role="manager", active=True)
