"""Today: the list in its order, one task open, outcomes by one key, replies, strangers, undo."""

import re
from datetime import timedelta
from typing import Any

import pytest

from outreach.journeys import presets
from outreach.store import account, inbox, leads
from outreach.store.forms import Submission
from outreach.store.inbox import InboundMail
from outreach.store.leads import Lead
from outreach.store.messages import Message
from outreach.store.tasks import Task
from outreach.store.users import User
from tests.web.conftest import Visitor

HTMX = {"HX-Request": "true"}


class Desk:
    """Rita's desk: makes leads, mails and tasks."""

    def __init__(self, house: Any, rita: User) -> None:
        self.house, self.rita = house, rita
        with house.sessions.begin() as session:
            self.now = house.now(session)
            presets.load_presets(session, house, self.now)
            account.get(session).company = "Northwind"

    def lead(self, name: str, **more: Any) -> int:
        with self.house.sessions.begin() as session:
            row = Lead(
                name=name, email=f"{name.split()[0].lower()}@lumen.example", owner_id=self.rita.id, fields={},
                created_at=self.now, last_activity_at=self.now, **{"phone": "+49 40 5550 1420", **more},
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def task(self, kind: str, lead_id: int | None, minutes: int = 0, **more: Any) -> int:
        with self.house.sessions.begin() as session:
            due = self.now + timedelta(minutes=minutes)
            row = Task(kind=kind, lead_id=lead_id, title=more.pop("title", "To do"), due_at=due, created_at=due,
                       memory={}, **{"owner_id": self.rita.id, **more})  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def mail(
        self, lead_id: int | None, text: str, sender: str = "anna@lumen.example", sense: str = "interested"
    ) -> int:
        with self.house.sessions.begin() as session:
            row = InboundMail(
                sha256=text, source="smtp", raw=b"", received_at=self.now - timedelta(minutes=26), state="done",
                class_="human", lead_id=lead_id, wire_id="<their-1@lumen.example>", references=["<ours-1@outreach.test>"],
                from_address=sender, from_name="Anna Weber", subject="Re: Your request", reply_text=text, sense=sense,
                detail={},
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def get(self, model: Any, number: int) -> Any:
        with self.house.sessions() as session:
            return session.get_one(model, number)

    def all(self, model: Any) -> list[Any]:
        with self.house.sessions() as session:
            return list(session.query(model).order_by(model.id))


@pytest.fixture
def desk(house: Any, rita: User) -> Desk:
    return Desk(house, rita)


def in_order(page: str, *words: str) -> bool:
    places = [page.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def test_an_empty_day_says_so(rep: Visitor, desk: Desk) -> None:
    page = rep.get("/").text
    assert "All done" in page
    assert "0</b> of 0 done" in page


def test_replies_come_before_new_leads_before_calls_before_follow_ups(rep: Visitor, desk: Desk) -> None:
    anna, kenji, sofia, elena = (desk.lead(n) for n in ("Anna Weber", "Kenji Mori", "Sofia Lind", "Elena Rossi"))
    desk.task("task", elena, -60)
    desk.task("call", sofia, -50)
    desk.task("new_lead", kenji, -2)
    desk.task("reply", anna, inbound_id=desk.mail(anna, "Pricing looks fine."))
    page = rep.get("/").text
    queue = page[page.index('id="queue"') : page.index('id="detail"')]
    assert in_order(
        queue, "Replies waiting", "Anna Weber", "New leads", "Kenji Mori", "Calls", "Sofia Lind", "Follow-ups"
    )
    assert "“Pricing looks fine.”" in queue
    assert "26 min" in queue
    assert re.search(r'class="due clock"[^>]*data-since="1\d\d"', queue)


def test_the_first_call_after_a_request_is_a_new_lead_with_a_running_clock(rep: Visitor, desk: Desk) -> None:
    """Nobody has tried yet: the call of the sequence is the first answer. Late counts the hours in which people work."""
    kenji = desk.lead("Kenji Mori")
    with desk.house.sessions.begin() as session:
        session.get_one(User, desk.rita.id).working_hours = {"mon-sun": ["00:00-24:00"]}
        asked = Submission(lead_id=kenji, fingerprint="k", answers={"message": "We lose leads"}, context={},
                           at=desk.now - timedelta(minutes=7))  # fmt: skip
        session.add(asked)
        session.flush()
        number = asked.id
    desk.task("call", kenji, -7, submission_id=number)
    page = rep.get("/").text
    assert in_order(page, "New leads", "Kenji Mori", "“We lose leads”")
    assert "due clock late" in page


def test_the_median_of_first_answers_counts_working_hours_alone(rep: Visitor, desk: Desk) -> None:
    kenji = desk.lead("Kenji Mori")
    morning = (desk.now - timedelta(days=1)).replace(hour=9, minute=3, second=0, microsecond=0)
    with desk.house.sessions.begin() as session:
        us, rita = account.get(session), session.get_one(User, desk.rita.id)
        us.zone, us.working_hours = "UTC", {"mon-sun": ["09:00-17:00"]}
        us.country = ""
        rita.zone, rita.working_hours = "UTC", {}
        session.add(Submission(lead_id=kenji, fingerprint="k", answers={}, context={}, first_human_at=morning,
                               at=morning - timedelta(hours=12)))  # fmt: skip
    assert re.search(r'<b class="ok">3 min</b>', rep.get("/").text)


def test_a_filed_outcome_brings_the_number_beside_today_up_to_date(rep: Visitor, desk: Desk) -> None:
    first, _ = (desk.task("call", desk.lead(name)) for name in ("Anna Weber", "Sofia Lind"))
    assert re.search(r'id="count-today" aria-label="2 open">2</b>', rep.get("/").text)
    answer = rep.post(f"/today/{first}/outcome", {"outcome": "no answer"}, headers=HTMX)
    assert re.search(r'id="count-today" hx-swap-oob="true" aria-label="1 open">1</b>', answer.text)
    assert re.search(r'id="count-replies" hx-swap-oob="true" hidden>', answer.text)


def test_a_call_shows_what_to_say_and_the_number_to_call(rep: Visitor, desk: Desk) -> None:
    sofia = desk.lead("Sofia Lind", company="Nordbyte", zone="Europe/Stockholm", zone_source="browser")
    number = desk.task("call", sofia, script="call-new-lead")
    page = rep.get(f"/?t={number}").text
    assert 'href="tel:+494055501420"' in page
    assert "Sofia, Rita from Northwind." in page
    assert "Stockholm," in page
    assert "{{" not in page


def test_somebody_elses_task_is_not_there_for_a_rep(rep: Visitor, desk: Desk, ada: User) -> None:
    number = desk.task("call", desk.lead("Sofia Lind"), owner_id=ada.id)
    assert rep.get(f"/?t={number}").status_code == 404
    assert "Sofia Lind" not in rep.get("/").text


def test_filing_without_scripts_goes_to_the_next_task_and_offers_undo(rep: Visitor, desk: Desk) -> None:
    first = desk.task("call", desk.lead("Sofia Lind"), -20)
    second = desk.task("call", desk.lead("Daniel Okoye"), -10)
    rep.get("/")
    answer = rep.post(f"/today/{first}/outcome", {"outcome": "no answer", "note": "rang out"})
    assert answer.status_code == 303
    assert answer.location == f"/?t={second}&done={first}"
    page = rep.get(answer.location).text
    assert "Sofia Lind: No answer" in page
    assert f'action="/today/{first}/undo"' in page
    rep.post(f"/today/{first}/undo")
    assert desk.get(Task, first).state == "open"


def test_filing_with_htmx_answers_queue_next_task_and_toast_in_one(rep: Visitor, desk: Desk) -> None:
    first = desk.task("call", desk.lead("Sofia Lind"), -20)
    second = desk.task("call", desk.lead("Daniel Okoye"), -10)
    rep.get("/")
    answer = rep.post(f"/today/{first}/outcome", {"outcome": "no answer"}, headers=HTMX)
    assert answer.headers["HX-Replace-Url"] == f"/?t={second}"
    assert in_order(answer.text, "1</b> of 2 done", "Daniel Okoye", 'id="detail"', "Sofia Lind: No answer", "Undo")
    assert desk.get(Task, first).outcome == "no answer"


def test_a_refused_outcome_says_why_and_changes_nothing(rep: Visitor, desk: Desk) -> None:
    number = desk.task("call", desk.lead("Sofia Lind"))
    rep.get("/")
    answer = rep.post(f"/today/{number}/outcome", {"outcome": "call back at", "back_at": ""}, headers=HTMX)
    assert answer.status_code == 400
    assert answer.text == "Say when to call back."
    assert desk.get(Task, number).state == "open"


def test_call_back_at_puts_a_call_at_that_time(rep: Visitor, desk: Desk) -> None:
    """K3."""
    number = desk.task("call", desk.lead("Sofia Lind"))
    day = (desk.now + timedelta(days=3)).date()
    rep.get("/")
    rep.post(f"/today/{number}/outcome", {"outcome": "call back at", "back_at": f"{day}T10:30"})
    later = desk.all(Task)[-1]
    assert (later.kind, later.due_at.strftime("%H:%M"), later.due_at.date()) == ("call", "10:30", day)


def test_an_answer_goes_in_the_thread_at_once_and_closes_the_reply(rep: Visitor, desk: Desk) -> None:
    """T1, W5: In-Reply-To is their mail; own mail is urgent."""
    anna = desk.lead("Anna Weber")
    number = desk.task("reply", anna, inbound_id=desk.mail(anna, "Can you show it?"))
    page = rep.get(f"/?t={number}").text
    assert "Can you show it?" in page
    assert "Hi Anna," in page
    rep.post(f"/today/{number}/outcome", {"outcome": "replied", "text": "Hi Anna,\r\n\r\ngladly.\r\n\r\nRita"})
    mail = next(m for m in desk.all(Message) if m.kind == "own")
    assert (mail.subject, mail.body, mail.lane) == ("Re: Your request", "Hi Anna,\n\ngladly.\n\nRita", "urgent")
    assert mail.extra["references"] == ["<ours-1@outreach.test>", "<their-1@lumen.example>"]
    assert desk.get(Task, number).outcome == "replied"


def test_an_empty_answer_is_refused(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("Anna Weber")
    number = desk.task("reply", anna, inbound_id=desk.mail(anna, "Can you show it?"))
    rep.get("/")
    answer = rep.post(f"/today/{number}/outcome", {"outcome": "replied", "text": "  "}, headers=HTMX)
    assert answer.status_code == 400
    assert "empty" in answer.text
    assert desk.all(Message) == []


def test_replies_shows_only_what_waits_for_an_answer(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("Anna Weber")
    desk.task("reply", anna, inbound_id=desk.mail(anna, "Can you show it?"))
    desk.task("call", desk.lead("Sofia Lind"))
    desk.task("unknown_mail", None, inbound_id=desk.mail(None, "What does it cost?", "tom@new.example"))
    page = rep.get("/replies").text
    assert "Anna Weber" in page
    assert "Who is this?" in page
    assert "Sofia Lind" not in page
    entry = page[page.index('href="/replies"') :].partition("</a>")[0]
    assert re.search(r">2<", entry), "the number in the navigation is that of the list"


def test_mail_of_a_stranger_gets_its_lead_by_one_click(rep: Visitor, desk: Desk) -> None:
    """5c: "who is this?" is never dropped; the address becomes an alias."""
    anna = desk.lead("Anna Weber", company="Lumen")
    mail = desk.mail(None, "What does it cost?", "a.weber@private.example")
    number = desk.task("unknown_mail", None, inbound_id=mail)
    page = rep.get(f"/?t={number}").text
    assert "Who is this?" in page
    assert f'name="who" value="{anna}"' in page
    rep.post(f"/today/{number}/who", {"who": str(anna)})
    task = desk.get(Task, number)
    assert (task.kind, task.lead_id, task.state) == ("reply", anna, "open")
    with desk.house.sessions() as session:
        found = leads.by_email(session, "a.weber@private.example")
        assert found is not None
        assert found.id == anna
        assert inbox.of_lead(session, anna, 9)[0].id == mail


def test_mail_of_a_stranger_becomes_a_lead(rep: Visitor, desk: Desk) -> None:
    number = desk.task("unknown_mail", None, inbound_id=desk.mail(None, "What does it cost?", "tom@new.example"))
    rep.get(f"/?t={number}")
    rep.post(f"/today/{number}/who", {"who": "make"})
    lead = desk.all(Lead)[-1]
    assert (lead.email, lead.name, lead.source) == ("tom@new.example", "Anna Weber", "mail")
    assert desk.get(Task, number).lead_id == lead.id


def test_mail_of_a_stranger_can_be_put_aside(rep: Visitor, desk: Desk) -> None:
    number = desk.task("unknown_mail", None, inbound_id=desk.mail(None, "Buy our lists", "spam@new.example"))
    rep.get(f"/?t={number}")
    rep.post(f"/today/{number}/who", {"who": "ignore"})
    assert desk.get(Task, number).outcome == "ignored"
    assert desk.all(Lead) == []


def test_snooze_takes_a_task_out_of_the_day(rep: Visitor, desk: Desk) -> None:
    number = desk.task("task", desk.lead("Elena Rossi"))
    rep.get("/")
    rep.post(f"/today/{number}/outcome", {"snooze": "week"})
    assert desk.get(Task, number).due_at > desk.now + timedelta(days=5)
    assert "All done" in rep.get("/").text


def test_the_words_of_a_stranger_are_never_markup(rep: Visitor, desk: Desk) -> None:
    anna = desk.lead("<script>alert(1)</script>")
    number = desk.task("reply", anna, inbound_id=desk.mail(anna, "<img src=x onerror=alert(2)>"))
    page = rep.get(f"/?t={number}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_page_has_no_inline_style_or_script(rep: Visitor, desk: Desk) -> None:
    desk.task("call", desk.lead("Sofia Lind"))
    page = rep.get("/").text
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_a_manager_sees_everybodys_list_until_choosing_again(admin: Any, rita: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        session.add(
            Task(kind="task", title="Send Ida the offer", owner_id=rita.id, due_at=now, created_at=now, memory={})
        )
    assert "Send Ida the offer" not in admin.get("/").text
    assert "Send Ida the offer" in admin.get("/?whose=all").text
    assert "Send Ida the offer" in admin.get("/today/queue").text
    assert "Send Ida the offer" not in admin.get("/?whose=mine").text


def test_a_rep_has_one_list(rep: Any, ada: Any, house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        session.add(
            Task(kind="task", title="Send Ida the offer", owner_id=ada.id, due_at=now, created_at=now, memory={})
        )
    page = rep.get("/?whose=all").text
    assert "Send Ida the offer" not in page
    assert "Everybody" not in page
