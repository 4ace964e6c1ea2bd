"""Diary: too many requests. Answers to a company's domain keep a pace, a form that meets a burst stops answering, an address is
confirmed before anything goes there; no request is lost by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

from sqlalchemy import select

from outreach.core import surge
from outreach.journeys import capture, cleaning, held_answers, receive
from outreach.store import account, consents, forms, leads, mailboxes, notices, users
from outreach.store import held_answers as rows
from outreach.store.forms import Form
from outreach.store.held_answers import HeldAnswer
from outreach.store.leads import Lead
from outreach.store.tasks import Task


def limits(world: Any, **values: int) -> None:
    with world.house.sessions.begin() as session:
        us = account.get(session)
        for name, value in values.items():
            setattr(us, name, value)


def post(world: Any, email: str, **answers: Any) -> capture.Captured:
    """A form post, without letting anything else happen."""
    with world.house.sessions.begin() as session:
        form = forms.by_key(session, "contact")
        given = {"name": "Anna Weber", "email": email, "topic": "quote", "consent": True} | answers
        cleaned, errors = cleaning.check(form, given)
        assert not errors
        return capture.submit(session, world.house, form, cleaned, {}, world.house.now(session))


def held(world: Any, **having: Any) -> list[HeldAnswer]:
    with world.house.sessions() as session:
        return list(session.scalars(select(HeldAnswer).filter_by(**having).order_by(HeldAnswer.id)))


def titles(world: Any, lead_id: int) -> list[str]:
    with world.house.sessions() as session:
        return list(session.scalars(select(Task.title).where(Task.lead_id == lead_id, Task.kind == "new_lead")))


def answered(world: Any, domain: str) -> list[datetime]:
    return [m["Date"].datetime for m in world.letters if f"@{domain}" in m["To"]]


def test_answers_to_one_domain_keep_their_pace_and_every_request_is_kept(world: Any) -> None:
    """MAIL L2, L5, W5: thirty an hour and domain unless the account says otherwise; the next ones wait for their hour."""
    limits(world, answers_an_hour=3, burst_least=0)
    world.set_clock("2027-03-23T10:00")
    people = [post(world, f"p{number}@firm.internal") for number in range(7)]
    world.settle()
    assert len(answered(world, "firm.internal")) == 3
    assert [one.enrolment_id is None for one in people] == [False] * 3 + [True] * 4
    assert [titles(world, one.lead_id) for one in people] == [["New request from Anna Weber"]] * 7
    assert "answer held" in world.timeline(people[3].lead_id)
    now = world.read(world.house.now)
    assert [round((one.due_at - now) / timedelta(hours=1)) for one in held(world)] == [1, 1, 1, 2]

    post(world, "anna@another.internal")
    post(world, "anna@gmail.com")
    world.settle()
    assert answered(world, "another.internal")
    assert answered(world, "gmail.com")

    world.live_until("2027-03-23T13:00")
    assert [one.end for one in held(world)] == ["sent"] * 4
    went = sorted(answered(world, "firm.internal"))
    assert len(went) == 7
    for first, fourth in zip(went, went[3:], strict=False):
        # Places keep the hour; a letter may leave some seconds behind its place.
        assert fourth - first >= timedelta(minutes=59)


def test_shared_domains_have_no_pace_of_their_own(world: Any) -> None:
    """MAIL L2: at gmail.com and the like people are counted by their address alone."""
    limits(world, answers_an_hour=1, burst_least=0)
    for domain in ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "web.de", "icloud.com"):
        assert surge.counted(f"a@{domain}") == ""
    for number in range(4):
        post(world, f"p{number}@web.de")
    assert held(world) == []


def test_a_trial_with_names_that_nobody_has_is_answered_as_often_as_it_likes(world: Any) -> None:
    """MAIL L2, L4: where no mail can reach anybody, nobody is flooded (RFC 2606)."""
    limits(world, answers_an_hour=1, burst_least=2)
    for number in range(4):
        post(world, f"p{number}@lead.test")
        post(world, f"p{number}@shop.example.com")
    assert held(world) == []
    assert [surge.is_nobodys(f"a@{domain}") for domain in ("example.org", "myexample.org", "test.de")] == [
        True,
        False,
        False,
    ]


def test_an_answer_that_could_only_go_after_a_day_becomes_a_persons_task(world: Any) -> None:
    """MAIL L2: never dropped: the request, its task and the reason stay; a person sends it, or not."""
    limits(world, answers_an_hour=1, burst_least=0)
    world.set_clock("2027-03-23T10:00")
    people = [post(world, f"p{number}@firm.internal") for number in range(27)]
    assert [one.due_at is None for one in held(world)] == [False] * 24 + [True] * 2
    assert titles(world, people[-1].lead_id) == [
        "New request from Anna Weber: no automatic answer goes, answer in person"
    ]
    rita = world.read(users.by_email, "rita@outreach.test")
    with world.house.sessions.begin() as session:
        words = held_answers.choose(session, world.house, held(world)[-1].id, True, rita, world.house.now(session))
    assert words == "The answer to Anna Weber goes now"
    world.settle()
    assert world.mail_to("p26@firm.internal")
    assert not world.mail_to("p25@firm.internal")


def test_two_web_processes_at_once_never_go_over_the_limit(world: Any) -> None:
    """MAIL L2: posts of one moment are counted one after the other."""
    limits(world, answers_an_hour=5, burst_least=0)
    start = Barrier(6)

    def posts(process: int) -> None:
        start.wait(10)
        for number in range(4):
            post(world, f"p{process}-{number}@firm.internal")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(posts, range(6)))
    places = sorted(world.read(lambda s: s.scalar(select(rows.AnsweredDomain.moments))))
    assert len(places) == 5
    assert len(held(world)) == 24 - 5
    due = sorted(one.due_at for one in held(world))
    for first, sixth in zip(due, due[5:], strict=False):
        assert sixth - first >= timedelta(hours=1)


def test_answers_to_strangers_mail_keep_the_pace_too(world: Any) -> None:
    """MAIL L1, L2: mail with forged senders of one domain makes no flood of answers to it."""
    limits(world, answers_an_hour=1)
    with world.house.sessions.begin() as session:
        box = mailboxes.default(session)
        box.takes_strangers, address = True, box.address
    for number in range(3):
        raw = f"From: p{number}@firm.internal\r\nTo: {address}\r\nSubject: Hello\r\nMessage-ID: <{number}@x>\r\n\r\nA price?\r\n"
        with world.house.sessions.begin() as session:
            receive.keep(session, raw.encode(), world.house.now(session), source="smtp", recipient=address)
    world.settle()
    assert len(answered(world, "firm.internal")) == 1
    assert [one.form_id for one in held(world)] == [None, None]
    lead = world.read(leads.by_email, "p2@firm.internal")
    assert ("reply", "open") in world.tasks(lead.id)
    with world.house.sessions() as session:
        until = world.house.now(session) + timedelta(hours=3)
    world.live_until(until.astimezone(world.zone).replace(tzinfo=None).isoformat())
    assert len(answered(world, "firm.internal")) == 3


def test_a_person_who_was_quicker_makes_the_waiting_answer_needless(world: Any) -> None:
    """MAIL L2: "thank you, we will look at it" does not come after the talk."""
    limits(world, answers_an_hour=1, burst_least=0)
    world.set_clock("2027-03-23T10:00")
    post(world, "p0@firm.internal")
    waits = post(world, "p1@firm.internal")
    with world.house.sessions.begin() as session:
        forms.stop_clocks(session, waits.lead_id, world.house.now(session))
    world.live_until("2027-03-23T12:00")
    assert [one.end for one in held(world)] == ["left"]
    assert not world.mail_to("p1@firm.internal")


def burst(world: Any, number: int = 9) -> list[int]:
    return [post(world, f"p{n}@firm{n}.internal").lead_id for n in range(number)]


def of_managers(world: Any) -> list[str]:
    rita = world.read(users.by_email, "rita@outreach.test")
    with world.house.sessions() as session:
        return [one.text for one in notices.latest(session, rita.id, account_too=True, limit=200)]


def test_a_form_that_meets_a_burst_stops_answering_and_takes_every_lead(world: Any) -> None:
    """MAIL L4, RELIABILITY S7: many times the usual pace, from many addresses; managers are told once; a person says go on."""
    limits(world, burst_least=5)
    world.set_clock("2027-03-23T10:00")
    people = burst(world)
    world.settle()
    assert len([m for m in world.letters if "@firm" in m["To"]]) == 5
    with world.house.sessions() as session:
        form = forms.by_key(session, "contact")
        assert form.stopped_at is not None
        assert rows.waiting(session, form.id) == {"burst": 4}
    assert len([text for text in of_managers(world) if "far more requests than usual" in text]) == 1
    assert titles(world, people[-1]) == ["New request from Anna Weber: no automatic answer went"]
    assert "routed" in world.timeline(people[-1])

    rita = world.read(users.by_email, "rita@outreach.test")
    with world.house.sessions.begin() as session:
        form, now = session.get(Form, form.id), world.house.now(session)
        assert held_answers.choose_all(session, form, True, rita, now) == 4
        held_answers.go_on(session, form, rita, now)
    world.settle()
    assert len([m for m in world.letters if "@firm" in m["To"]]) == 9
    post(world, "next@firm77.internal")
    world.settle()
    assert world.mail_to("next@firm77.internal")


def test_a_form_that_has_become_quiet_goes_on_by_itself_and_leaves_the_choice(world: Any) -> None:
    """MAIL L4: half an hour of quiet; whoever waits still waits for a person, who may leave them unanswered."""
    limits(world, burst_least=5)
    world.set_clock("2027-03-23T10:00")
    burst(world)
    world.settle()
    world.set_clock("2027-03-23T10:20")
    held_answers.release(world.house)
    assert world.read(forms.stopped)
    world.set_clock("2027-03-23T10:41")
    held_answers.release(world.house)
    assert not world.read(forms.stopped)
    assert any("4 people wait" in text for text in of_managers(world))
    assert [one.why for one in held(world, ended_at=None)] == ["burst"] * 4
    post(world, "late@firm88.internal")
    world.settle()
    assert world.mail_to("late@firm88.internal")

    rita = world.read(users.by_email, "rita@outreach.test")
    with world.house.sessions.begin() as session:
        form = forms.by_key(session, "contact")
        assert held_answers.choose_all(session, form, False, rita, world.house.now(session)) == 4
    world.settle()
    assert not world.mail_to("p8@firm8.internal")


def test_what_is_usual_for_a_form_is_no_burst(world: Any) -> None:
    """MAIL L4: twenty times the usual pace, not a fixed number, for forms that meet many."""
    assert surge.burst_above(0, 60) == 60
    assert surge.burst_above(3, 60) == 60
    assert surge.burst_above(90, 60) == 300
    limits(world, burst_least=5)
    world.set_clock("2027-03-20T10:00")
    with world.house.sessions.begin() as session:
        form = forms.by_key(session, "contact")
        form.created_at = world.house.now(session) - timedelta(hours=10)
        lead = Lead(email="old@lead.example", created_at=form.created_at, last_activity_at=form.created_at, fields={})
        session.add(lead)
        session.flush()
        for number in range(30):
            at = form.created_at + timedelta(minutes=10 * number)
            session.add(
                forms.Submission(
                    form_id=form.id, lead_id=lead.id, fingerprint=str(number), answers={}, context={}, at=at
                )
            )
    burst(world)
    assert not world.read(forms.stopped)
    assert held(world) == []


def ask_first(world: Any) -> None:
    with world.house.sessions.begin() as session:
        forms.by_key(session, "contact").confirm = True


def test_an_address_is_confirmed_before_anything_else_goes_there(world: Any, app: Any) -> None:
    """MAIL L4, L5, B4, C4: one letter without a word of the form; looking at the link changes nothing, the button begins the
    sequence and makes the consent count."""
    ask_first(world)
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(
        name="WIN $$$ now", email="anna@lumen.example", message="http://evil.example", company="Evil Ltd"
    )
    (asked,) = [m for m in world.letters if "anna@" in m["To"]]
    words = asked.get_body(("plain",)).get_content() + asked.get_body(("html",)).get_content() + asked["Subject"]
    assert not any(one in words for one in ("WIN", "evil", "Evil", "$$$"))
    assert world.enrolments(lead) == []
    assert world.read(consents.latest, lead, consents.EDUCATION) is None
    world.post_form(name="Anna", email="anna@lumen.example", message="again")
    assert len(world.mail_to("anna@lumen.example")) == 1

    path = next(word for word in words.split() if "/a/confirm/" in word).removeprefix("http://outreach.test")
    page = app.test_client().get(path)
    assert "Yes, it was me" in page.text
    world.settle()
    assert world.enrolments(lead) == []
    assert app.test_client().get(path[:-3]).status_code == 404
    for _ in range(2):
        assert "confirmed" in app.test_client().post(path).text
    world.settle()
    assert [class_ for class_, _ in world.enrolments(lead)] == ["inbound"]
    assert len(world.mail_to("anna@lumen.example")) == 2
    agreed = world.read(consents.latest, lead, consents.EDUCATION)
    assert agreed.granted
    assert agreed.wording
    world.live_until("2027-04-03T10:00")
    world.post_form(name="Anna", email="anna@lumen.example", message="a year later")
    assert "Please confirm" not in world.mail_to("anna@lumen.example")[-1][1]


def test_who_does_not_confirm_gets_nothing_more_and_the_link_runs_out(world: Any, app: Any) -> None:
    """MAIL L4: seven days; the rep's notice and task are there all the same, and no sequence may be started by hand."""
    ask_first(world)
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(name="Anna Weber", email="anna@lumen.example")
    assert titles(world, lead) == ["New request from Anna Weber (address not confirmed yet)"]
    assert world.mail_to("rita@outreach.test")
    (asked,) = [m for m in world.letters if "anna@" in m["To"]]
    path = next(w for w in asked.get_body(("plain",)).get_content().split() if "/a/confirm/" in w)
    world.live_until("2027-04-20T10:00")
    assert [one.end for one in held(world)] == ["expired"]
    assert len(world.mail_to("anna@lumen.example")) == 1
    assert world.enrolments(lead) == []
    late = app.test_client().post(path.removeprefix("http://outreach.test"))
    assert late.status_code == 410
    assert world.enrolments(lead) == []


def test_whom_we_knew_before_loses_nothing_when_a_stranger_types_their_address(world: Any) -> None:
    """MAIL L4: they are asked to confirm the request; the state of their address stays."""
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(name="Anna Weber", email="anna@lumen.example", consent=False)
    world.live_until("2027-05-23T10:00")
    ask_first(world)
    world.post_form(name="Not Anna", email="anna@lumen.example", message="not me")
    assert world.mail_to("anna@lumen.example")[-1][1].startswith("Please confirm")
    known = world.read(leads.by_email, "anna@lumen.example")
    assert (known.id, known.address_state) == (lead, "ok")


def test_who_answers_the_letter_instead_of_pressing_the_button_is_confirmed_and_talks_to_a_person(
    world: Any, app: Any
) -> None:
    """MAIL L4: a reply proves the address; after a person's answer the button begins no sequence."""
    ask_first(world)
    world.set_clock("2027-03-23T10:00")
    lead = world.post_form(name="Anna Weber", email="anna@lumen.example")
    (asked,) = [m for m in world.letters if "anna@" in m["To"]]
    path = next(w for w in asked.get_body(("plain",)).get_content().split() if "/a/confirm/" in w)
    world.answer(asked, "anna@lumen.example", "It was me. Please call.")
    assert world.read(leads.by_email, "anna@lumen.example").address_state == "ok"
    assert ("reply", "open") in world.tasks(lead)
    with world.house.sessions.begin() as session:
        forms.stop_clocks(session, lead, world.house.now(session))
    assert app.test_client().post(path.removeprefix("http://outreach.test")).status_code == 200
    world.settle()
    assert world.enrolments(lead) == []
    assert world.read(consents.latest, lead, consents.EDUCATION).granted
