"""The API on one lead and on sequences as text: why, enrol, pause, resume, skip, stop; read, write, check, publish."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from outreach import clock, documents
from outreach.core import editing, remedies
from outreach.core.states import SENTENCES, ended
from outreach.journeys import accounts, advance
from outreach.store import consents, logins
from outreach.store.consents import Consent
from outreach.store.logins import ApiToken
from outreach.store.mailboxes import Mailbox
from outreach.store.sequences import SequenceRow
from tests.journeys.people import START, Office, three_letters


class Machine:
    """Another system with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        given = {"json": body} if isinstance(body, dict) else {"data": body} if body else {}
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **given, **more)


@pytest.fixture
def office(house: Any) -> Office:
    return Office(house)


@pytest.fixture
def machine(office: Office, app: Any) -> Machine:
    with office.house.sessions.begin() as session:
        token = accounts.create_token(session, "shop")
    return Machine(app.test_client(), token)


def enter(office: Office, name: str) -> int:
    """A lead that waits for the second letter."""
    with office.house.sessions.begin() as session:
        row = session.query(SequenceRow).first() or office.sequence(session)
        found = office.inside(session, row, name).id
    while advance.advance(office.house):
        pass
    return found


def test_why_tells_what_comes_when_and_what_would_change_it(machine: Machine, office: Office) -> None:
    number = enter(office, "anna")
    for who in ("anna@lumen.example", str(office.enrolment(number).lead_id)):
        told = machine.ask("GET", f"/leads/{who}/why").json
        (one,) = told["enrolments"]
        assert (one["sequence"], one["next_step"], one["state"]) == ("Cadence", "two", "waiting: delay")
        assert [each["step"] for each in one["coming"]][:2] == ["two", "three"]
        assert one["would_change"]
    assert machine.ask("GET", "/leads/nobody@lead.example/why").status_code == 404


def test_every_state_says_what_would_change_it() -> None:
    """S."""
    for state in SENTENCES:
        full = f"{state} company" if state == "blocked: missing" else state
        assert len(remedies.of(full)) > (0 if ended(state) else 1), state


def test_pause_and_resume_by_machine_keep_who_and_why(machine: Machine, office: Office) -> None:
    """P2."""
    number = enter(office, "anna")
    paused = machine.ask("POST", "/leads/anna@lumen.example/pause", {"reason": "stock is empty"})
    assert paused.status_code == 200
    assert office.enrolment(number).state == "paused: manual"
    told = machine.ask("GET", "/leads/anna@lumen.example/why").json
    assert [(one["by"], one["reason"]) for one in told["paused_by"]] == [("shop (API)", "stock is empty")]
    resumed = machine.ask("POST", "/leads/anna@lumen.example/resume").json
    assert len(resumed["lifted"]) == 1
    assert office.enrolment(number).state == "waiting: delay"


def test_skip_and_stop_name_the_sequence_or_take_all(machine: Machine, office: Office) -> None:
    """P5, X8."""
    number = enter(office, "anna")
    machine.ask("POST", "/leads/anna@lumen.example/skip", {"sequence": "Cadence", "reason": "said so by phone"})
    assert office.enrolment(number).step_key == "three"
    machine.ask("POST", "/leads/anna@lumen.example/stop", {"reason": "ordered"})
    row = office.enrolment(number)
    assert (row.state, row.reason) == ("ended: manual", "ordered")
    again = machine.ask("POST", "/leads/anna@lumen.example/stop")
    assert again.status_code == 400


def test_a_refused_entry_names_its_rule_and_is_kept(machine: Machine, office: Office) -> None:
    """P7, M1."""
    enter(office, "anna")
    refused = machine.ask("POST", "/leads/anna@lumen.example/enrol", {"sequence": "Cadence"})
    assert refused.status_code == 409
    assert refused.json["rule"] in ("M1", "P7")
    kinds = [one["kind"] for one in machine.ask("GET", "/leads/anna@lumen.example/why").json["decisions"]]
    assert "not enrolled" in kinds
    assert machine.ask("POST", "/leads/anna@lumen.example/enrol", {}).status_code == 422


@pytest.mark.parametrize(("basis", "goes"), [("", False), ("consent", True)])
def test_who_hands_a_lead_in_says_by_what_it_may_be_written_to(
    machine: Machine, office: Office, basis: str, goes: bool
) -> None:
    """MAIL C5: a number in Germany, no request of theirs."""
    office.asks_for_a_basis()
    with office.house.sessions.begin() as session:
        office.sequence(session)
    lead = {"email": "ida@holm.example", "phone": "+49 40 555 0163", "sequence": "Cadence", "basis": basis}
    assert machine.ask("POST", "/leads", lead).status_code == 201
    while advance.advance(office.house):
        pass
    told = machine.ask("GET", "/leads/ida@holm.example/why").json
    assert ("missing basis" not in str(told)) is goes
    assert machine.ask("POST", "/leads", {**lead, "basis": "luck"}).status_code == 422
    # Said later, it lets go what waited, also within the ten minutes in which the same post is one.
    assert machine.ask("POST", "/leads", {**lead, "basis": "contract"}).status_code == 201
    while advance.advance(office.house):
        pass
    assert machine.ask("GET", "/leads/ida@holm.example/why").json["enrolments"][0]["state"] != "blocked: missing basis"


def test_what_is_said_of_a_list_takes_back_nobodys_own_no(office: Office, session: Any) -> None:
    """MAIL C5."""
    lead = office.lead(session, "anna")
    for granted in (False, True):
        session.add(Consent(lead_id=lead.id, purpose=consents.EDUCATION, granted=granted, at=START))
        session.flush()
        consents.state(session, lead.id, "consent", "import", START)
        assert consents.latest(session, lead.id, consents.EDUCATION).granted is granted


def no_letter_leaves_without_a_postal_address(machine: Machine, office: Office, text: str) -> None:
    """MAIL C1, also where a machine publishes."""
    with office.house.sessions.begin() as session:
        box = Mailbox(address="hello@lumen-roofs.com", created_at=START, smtp_secret=b"sealed")
        session.add(box)
    refused = machine.ask("PUT", "/sequences/By machine?publish=1", {"document": text})
    assert refused.status_code == 422
    assert "postal address" in refused.json["errors"]["document"]
    with office.house.sessions.begin() as session:
        session.delete(session.get_one(Mailbox, box.id))


def test_a_sequence_is_written_checked_and_read_with_the_same_bytes(machine: Machine, office: Office) -> None:
    text = documents.write(three_letters("By machine"))
    made = machine.ask("PUT", "/sequences/By machine?publish=1", text, content_type="application/yaml")
    assert (made.status_code, made.json["version"], made.json["draft"]) == (201, 1, False)
    read = machine.ask("GET", "/sequences/By machine", headers={"Accept": "application/yaml"})
    assert read.text == text
    changed = documents.write(editing.remove(three_letters("By machine"), "three"))
    draft = machine.ask("PUT", "/sequences/By machine", {"document": changed})
    assert draft.json["changes"] == ["E-mail “three” is taken out"]
    assert machine.ask("GET", "/sequences/By machine").json["document"] == text, "the draft is not in force"
    no_letter_leaves_without_a_postal_address(machine, office, changed)
    wrong = machine.ask("POST", "/sequences/check", {"document": text.replace("days", "moons")})
    assert wrong.status_code == 422
    assert wrong.json["line"] > 1


def test_two_requests_with_one_token_need_not_wait_for_each_other(machine: Machine, office: Office) -> None:
    """When a token was used is noted beside its work: a long request holds up no other one."""
    with office.house.sessions() as slow:
        secret = machine.headers["Authorization"].removeprefix("Bearer ")
        assert logins.api_token(slow, secret, clock.real_now()) is not None
        with office.house.sessions() as quick:
            quick.execute(text("SET LOCAL lock_timeout = '100ms'"))
            assert logins.api_token(quick, secret, clock.real_now()) is not None


def test_when_a_token_was_used_is_real_time(machine: Machine, office: Office) -> None:
    """Like sign-ins, keys live by the real clock, which nobody moves."""
    machine.ask("GET", "/forms")
    with office.house.sessions() as session:
        used = session.scalars(select(ApiToken.used_at)).one()
        assert used is not None
        assert abs(clock.real_now() - used) < timedelta(minutes=5)
