"""Whose turn is it: order of service, limits, breakers, and what is asked once more (RULES L, M4, W5, X7, T3)."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from outreach.journeys import breakers, claiming, deliver, ticking
from outreach.reports import held
from outreach.store import account, consents, outbox
from outreach.store.events import Event
from outreach.store.leads import Lead
from outreach.store.mailboxes import Mailbox
from outreach.store.messages import Message
from outreach.store.notices import Notice
from outreach.store.templates import Issue
from outreach.store.users import User
from tests.mail.smtp_stage import Script, stage

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
RANKS = {"follow-up": 2, "first": 3, "nurture": 4, "newsletter": 5}


class Post:
    """A house with one mailbox, a clock that stands where it is put, and letters of every rank."""

    def __init__(self, house: Any, session: Any) -> None:
        self.house, self.session, self.owner, self.random = house, session, "77", None
        self.at(NOON)
        self.box = self.mailbox("rita@outreach.test")

    def at(self, moment: datetime) -> None:
        """Set business time, and keep it from running on by more than this test takes."""
        self.session.execute(text("DELETE FROM business_clock"))
        ahead = text("INSERT INTO business_clock (id, ahead) VALUES (1, :at - clock_timestamp())")
        self.session.execute(ahead, {"at": moment})
        self.session.commit()
        self.moment = moment

    def later(self, **span: float) -> None:
        self.at(self.moment + timedelta(**span))

    def mailbox(self, address: str, **values: Any) -> Mailbox:
        box = Mailbox(address=address, created_at=NOON, imap_cursor={}, **values)
        self.session.add(box)
        self.session.commit()
        return box

    def limit(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.box, name, value)
        self.session.commit()

    def account(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(account.get(self.session), name, value)
        self.session.commit()

    def queue(self, what: str, count: int = 1, *, to: str = "lead.example", minutes: int = 10, **more: Any) -> None:
        """`what` is a rank's name, or `answer`, `own`, `notice` (sent at once)."""
        values: dict[str, Any] = {"kind": what, "lane": "urgent", "at_once": True}
        if what in RANKS:
            class_ = {"nurture": "nurture", "newsletter": "newsletter"}.get(what, "sales")
            values = {"kind": "step", "class_": class_, "rank": RANKS[what]}
        due = self.moment - timedelta(minutes=minutes)
        for number in range(count):
            row = {"mailbox_id": self.box.id, "due_at": due, "queued_at": due, "extra": {}, "references": []}
            address = f"{what}{number}@{to}"
            self.session.add(Message(**(values | row | {"to_address": address} | more)))
        self.session.commit()

    def claim(self, lane: str = "outbound", size: int = 100) -> list[str]:
        """One claim: the recipients, in order. The letters count as accepted at this moment."""
        self.session.expire_all()
        with self.house.sessions.begin() as session:
            found = claiming.claim(session, self.house, self.owner, lane, size, 0)
            if found is None:
                return []
            rows = {m.id: m for m in session.scalars(select(Message).where(Message.id.in_(found.ids)))}
            for row in rows.values():
                row.state, row.sent_at, row.settled = "sent", self.moment, True
            names = [rows[number].to_address.partition("@")[0] for number in found.ids]
        self.session.expire_all()
        return names

    def due(self) -> list[str]:
        return outbox.due_lanes(self.session, self.house.now(self.session))

    def next_at(self) -> datetime | None:
        return ticking.next_instant(self.session, self.house.now(self.session))


@pytest.fixture
def post(house: Any, session: Any) -> Post:
    return Post(house, session)


def near(one: datetime | None, other: datetime) -> bool:
    """The clock runs on while a test works."""
    return one is not None and abs((one - other).total_seconds()) < 20


# ---- L2


def test_a_letter_knows_its_place_in_the_order_of_service(post: Post) -> None:
    """L2: 0 answers, 1 a rep's own and notices to our people, 2 follow-ups, 4 nurture, 5 newsletters; 3 is said by who queues it."""
    for kind, class_, at_once in (
        ("answer", "inbound", True), ("notice", "", True), ("own", "", True), ("step", "sales", False),
        ("step", "inbound", True), ("step", "nurture", False), ("newsletter", "newsletter", False),
    ):  # fmt: skip
        row = Message(
            kind=kind, class_=class_, at_once=at_once, to_address="a@b.example", due_at=NOON, queued_at=NOON,
            extra={}, references=[],
        )  # fmt: skip
        post.session.add(row)
    post.session.commit()
    assert list(post.session.scalars(select(Message.rank).order_by(Message.id))) == [0, 1, 1, 2, 0, 4, 5]


def test_when_capacity_is_short_the_oldest_follow_up_goes_first_and_the_newsletter_last(post: Post) -> None:
    """L2."""
    for what, minutes in (("newsletter", 50), ("nurture", 40), ("first", 30)):
        post.queue(what, minutes=minutes)
    post.queue("follow-up", minutes=5, to="young.example")
    post.queue("follow-up", minutes=9, to="old.example")
    post.limit(minute_limit=1)
    order = []
    for _ in range(5):
        order += post.claim()
        post.later(seconds=61)
    assert order == ["follow-up0", "follow-up0", "first0", "nurture0", "newsletter0"]
    went = post.session.scalars(select(Message.to_address).where(Message.rank == 2).order_by(Message.sent_at))
    assert list(went) == ["follow-up0@old.example", "follow-up0@young.example"]


def test_an_answer_waits_for_a_few_letters_at_most(post: Post, house: Any) -> None:
    """L2: a sender that has grown used to large batches still takes the urgent lane in small ones: what comes
    meanwhile stands before what waits."""
    sender = deliver.Sender(house)
    sender.size = deliver.LARGEST_BATCH
    sender.hold_lock()
    post.queue("notice", 50)
    first = deliver._claim(sender, "urgent")
    post.queue("answer")
    second = deliver._claim(sender, "urgent")
    sender.close()
    assert first is not None
    assert second is not None
    assert len(first.ids) == deliver.FIRST_BATCH
    assert post.session.get_one(Message, second.ids[0]).kind == "answer"


def test_answers_of_one_mailbox_do_not_wait_while_another_one_s_server_hangs(post: Post, house: Any) -> None:
    """RELIABILITY faults 21, 24: whoever is at a mailbox's server stays there alone; the next sender serves the others."""
    other = post.mailbox("other@sender.example")
    post.queue("answer", 3)
    hanging, free = deliver.Sender(house), deliver.Sender(house)
    hanging.hold_lock()
    free.hold_lock()
    first = deliver._claim(hanging, "urgent")
    assert first is not None
    assert first.mailbox.id == post.box.id
    post.queue("answer", 2)
    assert deliver._claim(free, "urgent") is None
    post.queue("answer", 2, mailbox_id=other.id)
    second = deliver._claim(free, "urgent")
    assert second is not None
    assert (second.mailbox.id, len(second.ids)) == (other.id, 2)
    hanging.end_turn()
    third = deliver._claim(free, "urgent")
    assert third is not None
    assert (third.mailbox.id, len(third.ids)) == (post.box.id, 2)
    hanging.close()
    free.close()
    with house.sessions() as session:
        held = session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 72017"))
    assert held == 0


def test_at_servers_that_failed_last_there_is_one_sender_at_most_however_many_hang(post: Post, house: Any) -> None:
    """RELIABILITY faults 21, 24: two that hang do not keep both senders busy again and again; one that answered is whole at once."""
    second, healthy = post.mailbox("second@sender.example"), post.mailbox("healthy@sender.example")
    for box in (post.box, second):
        box.failures = 2
    post.session.commit()
    for box in (post.box, second, healthy):
        post.queue("answer", 2, mailbox_id=box.id)
    hanging, free = deliver.Sender(house), deliver.Sender(house)
    hanging.hold_lock()
    free.hold_lock()

    at = [deliver._claim(sender, "urgent") for sender in (hanging, free, free)]
    assert [each.mailbox.id if each else None for each in at] == [post.box.id, healthy.id, None]
    assert deliver._claim(hanging, "urgent").mailbox.id == second.id  # from one that failed to the next: the same line
    post.queue("answer", mailbox_id=post.box.id)
    assert deliver._claim(free, "urgent") is None
    post.box.failures = 0
    post.session.commit()
    assert deliver._claim(free, "urgent").mailbox.id == post.box.id
    hanging.end_turn()
    free.close()
    hanging.close()
    with house.sessions() as session:
        held = session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 72017"))
    assert held == 0


def test_answers_and_a_reps_own_mail_wait_for_no_limit_but_count(post: Post) -> None:
    """W5, L1."""
    post.limit(minute_limit=2, gap_seconds_min=600)
    for what in ("own", "answer", "notice"):
        post.queue(what, 2)
    post.queue("follow-up")
    assert post.claim("urgent") == ["answer0", "answer1", "own0", "own1", "notice0", "notice1"]
    assert post.claim() == []
    assert "in any minute" in post.box.free_why


# ---- L1, L4, L5, L6


def test_what_a_limit_holds_is_not_due_and_comes_back_when_there_is_room(post: Post) -> None:
    """L1, L5: three a minute; the rest waits in its line, and the clock knows until when."""
    post.limit(minute_limit=3)
    post.queue("follow-up", 7)
    assert post.due() == ["outbound"]
    assert len(post.claim()) == 3
    assert post.claim() == []
    assert post.due() == []
    assert near(post.box.free_at, post.moment + timedelta(seconds=60))
    assert post.box.free_why == "3 letters in any minute from rita@outreach.test"
    assert near(post.next_at(), post.moment + timedelta(seconds=60))
    assert post.session.scalar(select(Message.due_at).where(Message.state == "queued").limit(1)) < NOON, "D11"
    post.later(seconds=61)
    assert post.due() == ["outbound"]
    assert len(post.claim()) == 3


def test_the_whole_account_has_a_limit_over_all_mailboxes(post: Post) -> None:
    """L1: the strictest applies."""
    other = post.mailbox("max@outreach.test")
    post.account(daily_limit=5)
    post.queue("follow-up", 3)
    post.queue("nurture", 4, mailbox_id=other.id)
    assert sorted(post.claim() + post.claim() + post.claim()) == [
        "follow-up0",
        "follow-up1",
        "follow-up2",
        "nurture0",
        "nurture1",
    ]
    post.session.refresh(other)
    assert other.free_why == "5 letters in any 24 hours from all mailboxes"
    assert near(other.free_at, post.moment + timedelta(hours=24))


def test_letters_of_a_mailbox_keep_their_gap(post: Post) -> None:
    """L4: one at a time; the gap is drawn once and kept."""
    post.limit(gap_seconds_min=60, gap_seconds_random=30)
    post.queue("follow-up", 3)
    assert post.claim() == ["follow-up0"]
    free = post.box.free_at
    assert free is not None
    assert 55 <= (free - post.moment).total_seconds() <= 91
    assert post.claim() == []
    assert post.box.free_at == free
    assert post.box.free_why == "60 to 90 seconds between two letters from rita@outreach.test"
    post.later(seconds=92)
    assert post.claim() == ["follow-up1"]


def test_a_new_mailbox_ramps_up_from_its_first_letter(post: Post) -> None:
    """L6."""
    post.limit(daily_limit=100, ramp_start=2, ramp_step=3)
    post.queue("follow-up", 20)
    assert len(post.claim()) == 2
    assert near(post.box.ramp_from, NOON)
    assert post.claim() == []
    assert "while rita@outreach.test is new" in post.box.free_why
    post.later(hours=24, minutes=1)
    assert len(post.claim()) == 5


def test_letters_to_one_domain_keep_its_pace_and_others_go_on(post: Post) -> None:
    """L1, L5: 60 an hour to one domain: each gets its minute, once; the others go at once."""
    post.limit(domain_limits={"big.example": 60})
    post.queue("follow-up", 3, to="big.example")
    post.queue("nurture", 2, to="small.example")
    assert post.claim() == ["follow-up0", "nurture0", "nurture1"]
    waiting = post.session.execute(select(Message.due_at, Message.reason).where(Message.state == "queued"))
    moments = sorted(waiting.all())
    assert [near(at, post.moment + timedelta(minutes=n)) for n, (at, _) in enumerate(moments, 1)] == [True, True]
    assert {why for _, why in moments} == {"waiting: limit (letters to big.example)"}
    assert post.due() == []
    post.later(seconds=70)
    assert post.claim() == ["follow-up1"]


# ---- L3, L7


def test_new_leads_are_started_up_to_the_days_number_and_follow_ups_go_on(post: Post) -> None:
    """L3."""
    post.account(new_leads_per_day=2)
    post.queue("first", 5)
    post.queue("follow-up", 3)
    assert post.claim() == ["follow-up0", "follow-up1", "follow-up2", "first0", "first1"]
    assert post.claim() == []
    assert (post.box.first_at, post.box.first_why) == (
        datetime(2026, 3, 5, tzinfo=UTC),
        "2 new leads a day may be started",
    )
    assert post.due() == []
    post.queue("follow-up", 1)
    assert post.claim() == ["follow-up0"]
    post.at(datetime(2026, 3, 5, 0, 1, tzinfo=UTC))
    assert post.claim() == ["first0", "first1"] or len(post.claim()) == 0


def sent_before(post: Post, count: int, bounced: int, complained: int = 0) -> None:
    """Letters of the days before."""
    at = post.moment - timedelta(days=1)
    for number in range(count):
        how = "bounced" if number < bounced else "complained" if number < bounced + complained else ""
        post.session.add(
            Message(
                kind="step",
                class_="sales",
                state="sent",
                settled=True,
                mailbox_id=post.box.id,
                delivered=how,
                to_address="x@lead.example",
                sent_at=at,
                due_at=at,
                queued_at=at,
                extra={},
                references=[],
            )
        )
    post.session.commit()


def test_bounces_stop_first_steps_alone_tell_once_and_let_them_go_when_it_is_better(post: Post) -> None:
    """L7: 5 % of the last 100."""
    sent_before(post, 95, 0)
    sent_before(post, 5, 5)
    post.queue("first", 2)
    post.queue("follow-up")
    assert post.claim() == ["follow-up0"]
    assert post.claim() == []
    assert post.box.breaker == "bounces"
    assert "5 of the last 100 letters" in post.box.first_why
    post.later(hours=2)
    assert post.claim() == []
    told = [n.text for n in post.session.scalars(select(Notice).where(Notice.kind == "problem"))]
    assert len(told) == 1
    assert "bounced" in told[0]
    post.later(days=2)
    sent_before(post, 97, 0)
    assert post.claim() == ["first0", "first1"]
    assert post.box.breaker == ""
    assert [e.rule for e in post.session.scalars(select(Event).where(Event.kind == "breaker"))] == ["L7", "L7"]


def test_letters_refused_at_the_door_count_as_bounces(post: Post) -> None:
    """L7: a hard no while handing in is a bounce too."""
    sent_before(post, 60, 0)
    for number in range(4):
        at = post.moment - timedelta(hours=1)
        post.session.add(
            Message(
                kind="step",
                class_="sales",
                state="failed",
                settled=True,
                mailbox_id=post.box.id,
                delivered="bounced",
                to_address=f"gone{number}@lead.example",
                first_tried_at=at,
                due_at=at,
                queued_at=at,
                extra={},
                references=[],
            )
        )
    post.session.commit()
    post.queue("first")
    assert post.claim() == []
    assert "4 of the last 64 letters" in post.box.breaker_why


def test_a_person_may_open_a_breaker_and_it_counts_anew(post: Post) -> None:
    """L7."""
    sent_before(post, 100, 10)
    post.queue("first")
    assert post.claim() == []
    user = User(email="marta@outreach.test", name="Marta", role="admin", working_hours={})
    post.session.add(user)
    post.session.flush()
    breakers.open_again(post.session, post.box, post.house.now(post.session), user)
    post.session.commit()
    assert post.claim() == ["first0"]


# ---- mailboxes


def test_a_letter_without_a_mailbox_gets_its_owners_else_the_first(post: Post) -> None:
    """T3."""
    user = User(email="max@outreach.test", name="Max", role="rep", working_hours={})
    post.session.add(user)
    post.session.flush()
    own = post.mailbox("max@outreach.test", user_id=user.id)
    post.queue("follow-up", mailbox_id=None)
    post.queue("nurture", mailbox_id=None, user_id=user.id)
    post.claim(), post.claim()
    chosen = dict(post.session.execute(select(Message.to_address, Message.mailbox_id)).all())
    assert chosen == {"follow-up0@lead.example": post.box.id, "nurture0@lead.example": own.id}


def test_letters_of_a_mailbox_out_of_use_go_from_another(post: Post) -> None:
    """F4: nothing waits for ever in a line that nobody serves."""
    old = post.mailbox("old@outreach.test", active=False)
    post.queue("follow-up", 2, mailbox_id=old.id)
    assert post.due() == ["outbound"]
    assert len(post.claim()) == 2


def test_a_mailbox_whose_server_is_away_holds_its_own_mail_only(post: Post) -> None:
    """F4."""
    other = post.mailbox("max@outreach.test")
    real = post.session.scalar(text("SELECT clock_timestamp()"))
    post.limit(paused_until=real + timedelta(minutes=5), paused_reason="does not answer")
    post.queue("follow-up", 2)
    post.queue("nurture", 1, mailbox_id=other.id)
    assert post.claim() == ["nurture0"]
    assert post.due() == []


def test_mailboxes_take_turns(post: Post) -> None:
    """A long line of one does not keep the other waiting."""
    other = post.mailbox("max@outreach.test")
    post.queue("follow-up", 6)
    post.queue("nurture", 6, mailbox_id=other.id)
    turns, last = [], 0
    for _ in range(4):
        with post.house.sessions.begin() as session:
            found = claiming.claim(session, post.house, post.owner, "outbound", 2, last)
        assert found is not None
        last = found.mailbox.id
        turns.append(last)
    assert turns == [post.box.id, other.id, post.box.id, other.id]


# ---- asked once more


def test_the_switch_for_everything_leaves_only_notices(post: Post) -> None:
    """P2: what our own people are told still goes."""
    post.queue("answer", 2)
    post.queue("notice")
    post.queue("follow-up")
    post.account(switches={"everything": "fire drill"})
    assert post.claim("urgent") == ["notice0"]
    assert post.claim("urgent") == []
    assert post.claim() == []
    assert post.due() == []
    post.account(switches={})
    assert post.due() == ["outbound", "urgent"] or post.due() == ["urgent", "outbound"]


def issue_letters(post: Post, count: int) -> list[Lead]:
    issue = Issue(name="March", content={}, audience={}, created_at=NOON, state="sending")
    people = [
        Lead(email=f"friend{n}@lead.example", name="F", created_at=NOON, last_activity_at=NOON) for n in range(count)
    ]
    post.session.add_all([issue, *people])
    post.session.flush()
    for lead in people:
        post.session.add(
            Message(
                kind="newsletter",
                class_="newsletter",
                issue_id=issue.id,
                lead_id=lead.id,
                mailbox_id=post.box.id,
                to_address=lead.email,
                due_at=NOON,
                queued_at=NOON,
                extra={},
                references=[],
            )
        )
    post.session.commit()
    return people


def test_the_cap_and_the_opt_out_are_asked_again_when_a_newsletters_turn_comes(post: Post) -> None:
    """M4, M5, X7: between planning and sending things happened."""
    mailed, gone, free = issue_letters(post, 3)
    post.later(minutes=1)
    post.session.add(
        Message(
            kind="step",
            class_="nurture",
            state="sent",
            settled=True,
            lead_id=mailed.id,
            mailbox_id=post.box.id,
            to_address=mailed.email,
            sent_at=NOON,
            due_at=NOON,
            queued_at=NOON,
            extra={},
            references=[],
        )
    )
    consents.suppress(post.session, gone.email, "unsubscribed", "link", NOON)
    post.session.commit()
    assert post.claim() == ["friend2"]
    rows = {m.lead_id: m for m in post.session.scalars(select(Message).where(Message.kind == "newsletter"))}
    assert rows[mailed.id].state == "queued"
    assert near(rows[mailed.id].due_at, NOON + timedelta(days=5))
    assert (rows[gone.id].state, rows[gone.id].reason) == ("cancelled", "unsubscribed.")
    assert free.id in rows


def test_the_opt_out_counts_until_the_last_moment(post: Post) -> None:
    """X7, MAIL U5: after the claim, just before the letter ends."""
    post.queue("follow-up", 1)
    with post.house.sessions.begin() as session:
        claiming.claim(session, post.house, post.owner, "outbound", 5, 0)
    with post.house.sessions.begin() as session:
        consents.suppress(session, "follow-up0@lead.example", "unsubscribed", "link", NOON)
    with post.house.engine.connect() as connection:
        line = outbox.SendingLine(connection)
        number = post.session.scalar(select(Message.id))
        letter = outbox.Begun(number, "<a@b.example>", "Hello", "Hello", (), None)
        assert not line.step(post.owner, letter, NOON, None)
        connection.invalidate()


# ---- a silent server


def test_a_server_that_is_silent_after_a_letter_holds_up_no_other_mailbox(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F4, DESIGN 4: its line is set aside; the answer is heard when it comes, and nothing is sent twice."""
    from outreach.store.secrets import seal

    monkeypatch.setattr(deliver, "SILENCE", 0.2)
    answers = threading.Event()

    def at_last(letter: bytes) -> str:
        answers.wait(30)
        return "250 2.0.0 late, but taken"

    quiet, well = Script(letter=at_last), Script()
    with stage(quiet) as quiet_port, stage(well) as port:
        post.limit(smtp_secret=seal(f"smtp://127.0.0.1:{quiet_port}", post.house.keys))
        other = post.mailbox("max@outreach.test", smtp_secret=seal(f"smtp://127.0.0.1:{port}", post.house.keys))
        post.queue("follow-up", 3, subject="Hi", body="Hello")
        post.queue("nurture", 3, mailbox_id=other.id, subject="Hi", body="Hello")
        sender = deliver.Sender(post.house)
        assert deliver.deliver(sender, "outbound", seconds=5) >= 4
        assert len(well.letters) == 3
        assert len(quiet.letters) == 1
        states = post.session.scalars(
            select(Message.state).where(Message.mailbox_id == post.box.id).order_by(Message.id)
        )
        assert list(states) == ["begun", "queued", "queued"]
        assert len(sender.late) == 1
        answers.set()
        for _ in range(20):
            deliver.deliver(sender, "outbound", seconds=1)
            if not sender.late:
                break
        sender.close()
        post.session.expire_all()
        first = post.session.scalar(select(Message).where(Message.mailbox_id == post.box.id).order_by(Message.id))
        assert first.state == "sent"
        assert "late, but taken" in first.answer
        assert len(quiet.letters) <= 3


# ---- L5: what people are told


def test_a_held_letter_says_which_limit_holds_it_and_when_it_will_go(post: Post) -> None:
    """L5: two a minute; by its place in the line, and nothing is written for those who wait."""
    post.limit(minute_limit=2)
    post.queue("follow-up", 5)
    post.claim(), post.claim()
    waiting = list(post.session.scalars(select(Message).where(Message.state == "queued").order_by(Message.id)))
    now = post.house.now(post.session)
    told = [held.of_letter(post.session, letter, now) for letter in waiting]
    assert [each.state for each in told if each] == ["waiting: limit"] * 3
    assert told[0] is not None
    assert told[0].text == "2 letters in any minute from rita@outreach.test; 0 letters stand before it."
    assert near(told[0].at, post.moment + timedelta(seconds=60))
    assert told[2] is not None
    assert near(told[2].at, post.moment + timedelta(seconds=120))
    assert [letter.due_at < now for letter in waiting] == [True] * 3


def test_a_first_step_that_a_breaker_holds_says_so(post: Post) -> None:
    """L5, L7."""
    sent_before(post, 100, 10)
    post.queue("first")
    post.claim()
    letter = post.session.scalar(select(Message).where(Message.state == "queued"))
    told = held.of_letter(post.session, letter, post.house.now(post.session))
    assert told is not None
    assert told.text.startswith("10 of the last 100 letters from rita@outreach.test bounced")


def test_a_letter_whose_mail_server_is_away_says_so(post: Post) -> None:
    """F4."""
    post.queue("follow-up")
    real = post.session.scalar(text("SELECT clock_timestamp()"))
    post.limit(paused_until=real + timedelta(minutes=5), paused_reason="The mail server does not answer")
    letter = post.session.scalar(select(Message))
    told = held.of_letter(post.session, letter, post.house.now(post.session))
    assert told is not None
    assert (told.state, told.text) == ("failed: temporary", "The mail server does not answer.")
    assert near(told.at, post.moment + timedelta(minutes=5))
