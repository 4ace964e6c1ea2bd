"""What happens opens ways into sequences: each once, the highest first, every refusal with its rule (M2, M6, M7, X1, X6)."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach.core.entry import Happening
from outreach.errors import Refused
from outreach.journeys import applying, edit_lead, enrol, enter, import_leads, look_around, scoring
from outreach.store import (
    account,
    business_clock,
    enrolments,
    entries,
    events,
    faults,
    forms,
    happenings,
    leads,
    sequences,
)
from outreach.store import segments as segment_rows
from outreach.store.happenings import WaitingEntry
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.sequences import SequenceRow
from outreach.store.stop_sets import StopSet
from outreach.store.tasks import Task
from outreach.store.users import User

TASK = "steps:\n  - {id: one, task: Look at it, after: 1 minute}\n"


@pytest.fixture
def rita(session: Any, house: Any) -> User:
    user = User(email="rita@outreach.test", name="Rita", role="admin", password_hash="")
    session.add(user)
    session.commit()
    return user


def publish(session: Any, name: str, head: str = "", body: str = TASK, klass: str = "sales") -> SequenceRow:
    now = business_clock.now(session)
    row = SequenceRow(name=name, class_=klass, created_at=now)
    session.add(row)
    session.flush()
    sequences.add_version(session, row, f"outreach: 1\nname: {name}\nclass: {klass}\n{head}{body}", now, None)
    session.commit()
    return row


def person(session: Any, email: str = "ann@acme.test", **values: Any) -> Lead:
    lead = leads.insert_new(session, email, "test", business_clock.now(session))
    for key, value in values.items():
        setattr(lead, key, value)
    session.commit()
    return lead


def handle(house: Any) -> None:
    """Until nothing is open, and once more: the second time changes nothing."""
    for _ in range(10):
        enter.handle(house)
    with house.sessions() as session:
        assert not happenings.any_open(session)


def inside(session: Any, lead: Lead) -> list[tuple[str, str]]:
    """(sequence, state) of all a lead's enrolments, the first first."""
    session.expire_all()
    names = {row.id: row.name for row in sequences.all_sequences(session)}
    return [(names[e.sequence_id], e.state) for e in reversed(enrolments.of_lead(session, lead.id))]


def running(session: Any, lead: Lead) -> list[str]:
    return [name for name, state in inside(session, lead) if not state.startswith("ended")]


def refusals(session: Any, lead: Lead) -> list[tuple[str, str]]:
    found = [event for event in events.of_lead(session, lead.id) if event.kind == "not enrolled"]
    return [(event.rule, event.text) for event in reversed(found)]


# ---- ways in


def test_a_tag_put_on_in_any_way_lets_in_once(session: Any, house: Any) -> None:
    """M2: the tag's row is enough; the database itself says that it happened."""
    publish(session, "Event", "enter: {on: [tag fair], again: once}\n")
    lead = person(session)
    session.execute(text("INSERT INTO lead_tags (lead_id, tag) VALUES (:lead, 'fair')"), {"lead": lead.id})
    session.commit()
    handle(house)
    assert running(session, lead) == ["Event"]
    leads.remove_tag(session, lead.id, "fair")
    leads.add_tag(session, lead.id, "fair")
    session.commit()
    handle(house)
    assert inside(session, lead)[1:] == []
    assert refusals(session, lead)[0][0] == "P7"


def test_of_several_the_highest_in_the_list_wins_and_the_others_say_why(session: Any, house: Any) -> None:
    """M2."""
    for number, name in enumerate(["Low", "Middle", "High"]):
        publish(session, name, "enter: {on: [tag fair]}\n").position = 3 - number
    lead = person(session)
    leads.add_tag(session, lead.id, "fair")
    session.commit()
    handle(house)
    assert running(session, lead) == ["High"]
    assert [rule for rule, _ in refusals(session, lead)] == ["M2", "M2"]
    low = sequences.by_name(session, "Low")
    assert low is not None
    assert [event.lead_id for event in entries.refusals(session, low.id)] == [lead.id]
    assert entries.refusals_by_rule(session, low.id, datetime(2020, 1, 1, tzinfo=UTC)) == {"M2": 1}


@pytest.mark.parametrize(
    ("way", "happened"),
    [
        ("clicked pricing", Happening("clicked", "pricing")),
        ("visited /pricing", Happening("visited", "/pricing/teams")),
        ("import", Happening("import")),
        ("api", Happening("api")),
        ("nurture return", Happening("nurture_return")),
    ],
)
def test_each_way_in_opens(way: str, happened: Happening, session: Any, house: Any) -> None:
    """M2."""
    publish(session, "Way", f"enter: {{on: [{way}]}}\n")
    lead = person(session)
    happenings.note(session, business_clock.now(session), happened.kind, happened.name, lead.id)
    session.commit()
    handle(house)
    assert running(session, lead) == ["Way"]


def test_a_stage_set_by_hand_lets_in_and_stops_by_rule(session: Any, house: Any, rita: User) -> None:
    """X1: `stop.stage` says what a change of stage does."""
    publish(session, "Quote", "enter: {on: [stage interview]}\nstop: {stage: {lost: stop}}\n")
    lead = person(session)
    edit_lead.set_stage(session, lead.id, "interview", rita, business_clock.now(session))
    session.commit()
    handle(house)
    assert running(session, lead) == ["Quote"]
    edit_lead.set_stage(session, lead.id, "lost", rita, business_clock.now(session))
    session.commit()
    handle(house)
    assert inside(session, lead) == [("Quote", "ended: disqualified")]


def test_a_reply_of_a_sense_lets_in_even_when_the_mail_is_understood_in_steps(session: Any, house: Any) -> None:
    """M2: the row counts as it is at the commit, and once."""
    publish(session, "Later", "enter: {on: [replied not_now]}\n", klass="nurture")
    lead = person(session)
    mail = InboundMail(sha256="a", source="smtp", raw=b"", received_at=business_clock.now(session), references=[])
    session.add(mail)
    session.flush()
    mail.class_ = "human"
    session.flush()
    mail.lead_id, mail.sense = lead.id, "not_now"
    session.commit()
    handle(house)
    assert running(session, lead) == ["Later"]


def test_mail_of_our_own_is_no_reply(session: Any, house: Any) -> None:
    """X2: what turns out to be ours before the commit opens nothing."""
    publish(session, "Later", "enter: {on: [replied]}\n", klass="nurture")
    lead = person(session)
    mail = InboundMail(
        sha256="a", source="smtp", raw=b"", received_at=business_clock.now(session), references=[], lead_id=lead.id
    )
    mail.class_ = "human"
    session.add(mail)
    session.flush()
    mail.class_ = "own"
    session.commit()
    handle(house)
    assert running(session, lead) == []


def test_who_comes_back_from_nurture_may_enter_again(session: Any, house: Any, rita: User) -> None:
    """M2: `nurture return`."""
    publish(session, "Back", "enter: {on: [nurture return]}\n")
    lead = person(session, stage="nurture")
    handle(house)
    edit_lead.set_stage(session, lead.id, "replied", rita, business_clock.now(session))
    session.commit()
    handle(house)
    assert running(session, lead) == ["Back"]


def test_new_members_of_a_segment_enter_and_those_that_were_in_it_do_not(session: Any, house: Any) -> None:
    """M2: `segment NAME`: entering it is what happens, not being in it."""
    now = business_clock.now(session)
    rules = {"match": "all", "rules": [{"about": "country", "op": "is", "value": "SE"}]}
    session.add(segment_rows.Segment(name="Swedes", rules=rules, created_at=now))
    publish(session, "Sweden", "enter: {on: [segment Swedes]}\n")
    before = person(session, "old@acme.test", country="SE")
    look_around.refresh_segments(house)
    session.execute(text("DELETE FROM looks"))
    later = person(session, "new@acme.test", country="SE")
    look_around.refresh_segments(house)
    look_around.refresh_segments(house)
    handle(house)
    assert (running(session, before), running(session, later)) == ([], ["Sweden"])


def test_segments_that_take_long_to_look_at_are_looked_at_more_rarely(
    session: Any, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M2 with very many leads: half a minute of looking is followed by ten minutes of rest, then newcomers are found."""
    rules = {"match": "all", "rules": [{"about": "country", "op": "is", "value": "SE"}]}
    session.add(segment_rows.Segment(name="Swedes", rules=rules, created_at=business_clock.now(session)))
    publish(session, "Sweden", "enter: {on: [segment Swedes]}\n")
    session.commit()
    moments = iter((0.0, 30.0))
    with monkeypatch.context() as slow:
        slow.setattr(look_around, "monotonic", lambda: next(moments))
        look_around.refresh_segments(house)
    person(session, "new@acme.test", country="SE")
    session.commit()
    started = business_clock.now(session)
    for minutes, found in ((5, 0), (9, 0), (11, 1)):
        business_clock.move_to(session, started + timedelta(minutes=minutes))
        session.commit()
        assert look_around.refresh_segments(house) == found


def test_a_date_of_the_lead_lets_in_on_its_day_in_the_leads_zone_once_for_each_value(session: Any, house: Any) -> None:
    """M2: `date trial_ends - 3 days`."""
    publish(session, "Trial", "enter: {on: [date trial_ends - 3 days], again: always}\n", klass="nurture")
    at = datetime(2031, 3, 7, 12, tzinfo=UTC)
    business_clock.move_to(session, at)
    early = person(session, "west@acme.test", zone="America/Los_Angeles", fields={"trial_ends": "2031-03-11"})
    due = person(session, "east@acme.test", zone="Pacific/Auckland", fields={"trial_ends": "2031-03-11"})
    odd = person(session, "odd@acme.test", fields={"trial_ends": "2031-03-41"})
    look_around.look_at_dates(house)
    handle(house)
    assert (running(session, early), running(session, due), running(session, odd)) == ([], ["Trial"], [])
    upcoming = happenings.next_look(session, business_clock.now(session))
    assert upcoming == datetime(2031, 3, 8, 8, tzinfo=UTC)
    business_clock.move_to(session, upcoming)
    session.commit()
    assert happenings.look_due(session, business_clock.now(session))
    look_around.look_at_dates(house)
    look_around.look_at_dates(house)
    handle(house)
    assert running(session, early) == ["Trial"]
    early.fields = {"trial_ends": "2031-03-12"}
    business_clock.move_to(session, datetime(2031, 3, 9, 12, tzinfo=UTC))
    session.commit()
    look_around.look_at_dates(house)
    handle(house)
    assert running(session, early) == ["Trial", "Trial"]


def test_a_form_lets_into_the_sequence_that_names_it_with_the_form_s_own_in_the_same_list(
    session: Any, house: Any, rita: User
) -> None:
    """M2, M8: a post is a request; the answer does not wait for a worker."""
    from outreach.journeys import capture

    publish(session, "Named", "enter: {on: [form contact]}\n", klass="inbound").position = 1
    own = publish(session, "Own", klass="inbound")
    now = business_clock.now(session)
    form = forms.Form(key="contact", name="Contact", sequence_id=own.id, created_at=now, fields=[])
    session.add(form)
    session.flush()
    done = capture.submit(session, house, form, {"email": "ann@acme.test", "name": "Ann"}, {}, now)
    session.commit()
    lead = session.get_one(Lead, done.lead_id)
    assert running(session, lead) == ["Named"]
    assert [rule for rule, _ in refusals(session, lead)] == ["M2"]


def test_an_imported_list_enters_by_rule_only_where_that_was_chosen(session: Any, house: Any, rita: User) -> None:
    """M2: "none for now" means none."""
    publish(session, "List", "enter: {on: [import]}\n")
    now = business_clock.now(session)
    for address, by_rules in (("one@acme.test", True), ("two@other.test", False)):
        lines = import_leads.read(session, f"email\n{address}")
        import_leads.run(
            session, house, lines, sequence_id=None, owner_id=None, tag="", now=now, actor_id=rita.id, by_rules=by_rules
        )
    session.commit()
    handle(house)
    assert running(session, leads.must_by_email(session, "one@acme.test")) == ["List"]
    assert running(session, leads.must_by_email(session, "two@other.test")) == []


# ---- classes, places, distance


def test_inbound_holds_a_sales_sequence_and_a_second_sales_sequence_is_refused(
    session: Any, house: Any, rita: User
) -> None:
    """M1, M3: a higher class goes above, the lower one keeps its place."""
    now = business_clock.now(session)
    lead = person(session, phone="+4940123456")
    body = "steps:\n  - {id: one, task: Look, after: 2 hours}\n  - {id: two, task: Again, after: 3 days}\n"
    enrol.enrol(session, house, lead, publish(session, "Sales", body=body), now)
    asked = enrol.enrol(
        session, house, lead, publish(session, "Inbound", klass="inbound"), now, submission_id=_request(session, lead)
    )
    assert asked.enrolment is not None
    assert enrol.enrol(session, house, lead, publish(session, "More"), now).rule == "M1"
    session.commit()
    first = enrolments.running_sales(session, lead.id)
    assert first is not None
    assert first.class_ == "inbound"


def test_whoever_was_touched_lately_stays_out(session: Any, house: Any, rita: User) -> None:
    """M6."""
    row = publish(session, "Wake", "enter: {on: [tag wake], unless: [touched in 14 days]}\n", klass="reengagement")
    lead = person(session)
    now = business_clock.now(session)
    session.add(
        Task(kind="call", state="done", lead_id=lead.id, title="Call", due_at=now, created_at=now,
             done_at=now - timedelta(days=13), done_by=rita.id, memory={})
    )  # fmt: skip
    session.commit()
    assert enrol.enrol(session, house, lead, row, now).rule == "M6"
    assert enrol.enrol(session, house, lead, row, now + timedelta(days=2)).enrolment is not None


def test_who_finds_no_place_for_the_company_waits_and_enters_when_one_is_free(
    session: Any, house: Any, rita: User
) -> None:
    """M7: not lost, and asked again."""
    row = publish(session, "Account", "enter: {on: [tag fair], company_at_most: 1}\n")
    first, second = person(session, "ann@acme.test"), person(session, "bob@acme.test")
    stranger = person(session, "zoe@gmail.com")
    for lead in (first, second, stranger):
        leads.add_tag(session, lead.id, "fair")
    session.commit()
    handle(house)
    assert (running(session, first), running(session, second)) == (["Account"], [])
    assert running(session, stranger) == ["Account"], "a free-mail domain is no company"
    assert refusals(session, second)[0][0] == "M7"
    assert [each.lead_id for each in happenings.waiting_of(session, row.id)] == [second.id]
    enter.place_waiting(house)
    assert running(session, second) == []
    from outreach.core import signals

    applying.signal(session, house, first.id, signals.StoppedBy("Rita"), business_clock.now(session))
    business_clock.move_to(session, business_clock.now(session) + timedelta(hours=2))
    session.commit()
    enter.place_waiting(house)
    assert running(session, second) == ["Account"]
    assert session.scalar(select(WaitingEntry)) is None


def test_a_colleague_s_reply_pauses_the_company_s_other_sequences_and_tells_the_owner(
    session: Any, house: Any, rita: User
) -> None:
    """X1, X6: by domain, free-mail domains excepted; nobody else is touched."""
    row = publish(session, "Sales")
    now = business_clock.now(session)
    people = {name: person(session, f"{name}", owner_id=rita.id) for name in
              ("ann@acme.test", "bob@acme.test", "eve@other.test", "joe@gmail.com")}  # fmt: skip
    for lead in people.values():
        enrol.enrol(session, house, lead, row, now)
    for address, number in (("ann@acme.test", "1"), ("joe@gmail.com", "2")):
        mail = InboundMail(
            sha256=number, source="smtp", raw=b"", received_at=now, references=[], lead_id=people[address].id
        )
        mail.class_ = "human"
        session.add(mail)
    person(session, "max@gmail.com")
    session.commit()
    handle(house)
    states = {address: inside(session, lead)[0][1] for address, lead in people.items()}
    assert states["bob@acme.test"] == "paused: company"
    assert not states["eve@other.test"].startswith("paused")
    from outreach.store.notices import Notice

    told = session.scalars(select(Notice.text).where(Notice.user_id == rita.id)).all()
    assert any("colleague" in words for words in told)


def test_a_kept_set_of_stop_rules_decides_and_its_change_counts_at_once(session: Any, house: Any, rita: User) -> None:
    """X1: reusable sets."""
    session.add(StopSet(name="Careful", rules={"stage": {"lost": "pause"}}))
    publish(session, "Sales", "stop: {use: careful}\n")
    row = sequences.by_name(session, "Sales")
    assert row is not None
    now = business_clock.now(session)
    one, two = person(session, "ann@acme.test"), person(session, "bob@other.test")
    for lead in (one, two):
        enrol.enrol(session, house, lead, row, now)
    edit_lead.set_stage(session, one.id, "lost", rita, now)
    session.commit()
    handle(house)
    assert inside(session, one)[0][1] == "paused: manual"
    session.scalar(select(StopSet)).rules = {"stage": {"lost": "stop"}}
    edit_lead.set_stage(session, two.id, "lost", rita, now)
    session.commit()
    handle(house)
    assert inside(session, two)[0][1] == "ended: disqualified"


def test_reactions_hear_of_tags_scores_and_forms(session: Any, house: Any, rita: User) -> None:
    """X1: `react` at once, beside the steps."""
    publish(
        session,
        "Sales",
        "react:\n  - {when: score >= 40, do: {hot: true}}\n  - {when: tag vip, do: {stage: interview}}\n",
    )
    row = sequences.by_name(session, "Sales")
    assert row is not None
    lead = person(session)
    enrol.enrol(session, house, lead, row, business_clock.now(session))
    leads.add_tag(session, lead.id, "vip")
    scoring.give(session, lead.id, 45, rita, business_clock.now(session))
    session.commit()
    handle(house)
    session.refresh(lead)
    assert (lead.hot, lead.stage, lead.score) == (True, "interview", 45)


# ---- the score


def test_a_score_that_reaches_its_number_lets_in_once(session: Any, house: Any, rita: User) -> None:
    """M2: crossing it is what happens."""
    publish(session, "Hot", "enter: {on: [score >= 50], again: always}\n", klass="nurture")
    lead = person(session)
    for points in (49, 50, 60):
        scoring.give(session, lead.id, points, rita, business_clock.now(session))
        session.commit()
        handle(house)
    assert running(session, lead) == ["Hot"]


def test_points_come_from_acts_fade_and_are_told_by_their_parts(session: Any, house: Any, rita: User) -> None:
    """A form counts 20, a tag 7; after 30 days the form counts half."""
    account.get(session)
    scoring.save_rules(session, {"points": {"submitted": 20}, "tags": {"vip": 7}, "half_days": 30, "most": 5})
    now = business_clock.now(session)
    form = forms.Form(key="quote", name="Quote", created_at=now, fields=[])
    session.add(form)
    session.flush()
    lead = person(session)
    session.add(forms.Submission(form_id=form.id, lead_id=lead.id, fingerprint="x", answers={}, context={}, at=now))
    leads.add_tag(session, lead.id, "vip")
    session.commit()
    handle(house)
    session.refresh(lead)
    assert lead.score == 27
    assert [(part.text, part.points) for part in scoring.parts_of(session, lead, now)] == [
        ("fills in a form", 20), ("has the tag “vip”", 7),
    ]  # fmt: skip
    business_clock.move_to(session, now + timedelta(days=31))
    session.commit()
    scoring.fade(house)
    session.refresh(lead)
    assert lead.score == 17


def test_rules_that_make_no_sense_are_refused(session: Any) -> None:
    """Bad input gets one clear sentence and loses nothing."""
    for wrong in ({"points": {"clicked": 5000}}, {"named": {"opened x": 3}}, {"half_days": -1, "points": {}}):
        with pytest.raises(Refused):
            scoring.save_rules(session, wrong)


def test_each_sequence_is_asked_its_own_conditions(session: Any, house: Any) -> None:
    """M2: who is kept out of the second by its own segment stays out, whatever the first one asks about."""
    for name, tag in (("Partners", "partner"), ("Suppliers", "supplier")):
        rules = {"match": "all", "rules": [{"about": "tag", "op": "is", "value": tag}]}
        session.add(segment_rows.Segment(name=name, rules=rules, created_at=business_clock.now(session)))
    publish(session, "First", "enter: {on: [tag fair], unless: [in segment Partners]}\n").position = 1
    publish(session, "Second", "enter: {on: [tag fair], unless: [in segment Suppliers]}\n").position = 2
    lead = person(session)
    for tag in ("partner", "supplier", "fair"):
        leads.add_tag(session, lead.id, tag)
    session.commit()
    handle(house)
    assert running(session, lead) == []
    assert [rule for rule, _ in refusals(session, lead)] == ["M2", "M2"]


# ---- workers that die


def test_one_that_raises_holds_up_nobody_and_is_tried_again(
    session: Any, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F5's spirit: each happening in a transaction of its own; after five tries it is listed."""
    publish(session, "Event", "enter: {on: [tag fair]}\n")
    bad, good = person(session, "bad@acme.test"), person(session, "good@other.test")
    for lead in (bad, good):
        leads.add_tag(session, lead.id, "fair")
    session.commit()
    begin = applying.begin

    def stumbles(session: Any, house: Any, lead: Lead, *rest: Any, **more: Any) -> Any:
        if lead.id == bad.id:
            raise RuntimeError("the disk is full")
        return begin(session, house, lead, *rest, **more)

    monkeypatch.setattr(applying, "begin", stumbles)
    enter.handle(house)
    assert (running(session, bad), running(session, good)) == ([], ["Event"])
    for _ in range(4):
        session.execute(text("UPDATE happenings SET look_at = now()"))
        session.commit()
        enter.handle(house)
    assert [row.words for row in faults.ask(session, faults.GIVEN_UP)] == ["tag fair: RuntimeError: the disk is full"]
    assert not happenings.any_open(session)


def test_two_workers_at_once_let_in_once(session: Any, house: Any) -> None:
    """F5's spirit: the row is locked after its lead; whoever comes second finds it handled."""
    account.get(session)
    publish(session, "Event", "enter: {on: [tag fair], again: always}\n", klass="nurture")
    people = [person(session, f"lead{number}@acme.test") for number in range(12)]
    for lead in people:
        leads.add_tag(session, lead.id, "fair")
    session.commit()
    workers = [threading.Thread(target=enter.handle, args=(house,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [len(running(session, lead)) for lead in people] == [1] * 12
    assert not happenings.any_open(session)


def test_what_nobody_listens_for_is_done_with_at_once(session: Any, house: Any) -> None:
    """Cost grows with what is listened for."""
    lead = person(session)
    for number in range(300):
        leads.add_tag(session, lead.id, f"tag {number}")
    session.commit()
    assert enter.handle(house)
    assert not enter.handle(house)
    assert not happenings.any_open(session)


def _request(session: Any, lead: Lead) -> int:
    row = forms.Submission(
        lead_id=lead.id,
        fingerprint=f"request {lead.id}",
        source="call",
        answers={},
        context={},
        at=business_clock.now(session),
    )
    session.add(row)
    session.flush()
    return row.id
