"""Sending domains are looked up daily; a change is told; a published key signs (MAIL A1)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from outreach.journeys import sending_domains, signing
from outreach.mail.dns import DnsSilent
from outreach.store import domains, secrets
from outreach.store.mailboxes import Mailbox
from outreach.store.notices import Notice

DOMAIN = "lumen.systems"
Zone = dict[tuple[str, str], list[str]]


@pytest.fixture
def zone(house: Any) -> Zone:
    with house.sessions.begin() as session:
        row = Mailbox(address=f"ann@{DOMAIN}", created_at=house.now(session), imap_cursor={}, provider="google")
        session.add(row)
        session.add(Mailbox(address="try@lumen.example", created_at=house.now(session), imap_cursor={}))
    return {
        (DOMAIN, "TXT"): ["v=spf1 include:_spf.google.com ~all"],
        ("_spf.google.com", "TXT"): ["v=spf1 ip4:192.0.2.1 ~all"],
        (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=none"],
        (DOMAIN, "MX"): ["1 smtp.google.com."],
        ("outreach.test", "MX"): ["1 mx.outreach.test."],
        ("outreach.test", "TXT"): ["v=spf1 include:_spf.google.com ~all"],
    }


def answers(records: Zone) -> Any:
    def ask(name: str, kind: str) -> tuple[str, ...]:
        return tuple(records.get((name, kind), ()))

    return ask


def told(house: Any) -> list[str]:
    with house.sessions() as session:
        return list(session.scalars(select(Notice.text).where(Notice.kind == "problem")))


def test_each_real_domain_is_looked_up_once_a_day(house: Any, zone: Zone) -> None:
    assert sending_domains.check_all(house, answers(zone)) == 1
    assert sending_domains.check_all(house, answers(zone)) == 0
    with house.sessions.begin() as session:
        row = domains.by_name(session, DOMAIN)
        row.checked_at -= timedelta(hours=25)
    assert sending_domains.check_all(house, answers(zone)) == 1


def test_a_record_that_goes_is_told_once(house: Any, zone: Zone) -> None:
    sending_domains.look(house, DOMAIN, answers(zone))
    assert told(house) == []
    del zone[(f"_dmarc.{DOMAIN}", "TXT")]
    sending_domains.look(house, DOMAIN, answers(zone))
    sending_domains.look(house, DOMAIN, answers(zone))
    assert told(house) == [f"DNS has changed: DMARC of {DOMAIN} is missing"]
    with house.sessions() as session:
        assert any(words.startswith("DMARC of") for words in sending_domains.warnings(session, DOMAIN))


def test_a_key_that_is_published_signs_from_the_next_look_on(house: Any, zone: Zone) -> None:
    with house.sessions.begin() as session:
        box = session.scalars(select(Mailbox).where(Mailbox.address == f"ann@{DOMAIN}")).one()
        box.provider = "generic"
        key = signing.new_key(session, house, DOMAIN, "ed25519", house.now(session))
    sending_domains.look(house, DOMAIN, answers(zone))
    with house.sessions.begin() as session:
        assert not signing.stamp_of(session, house, session.get_one(Mailbox, box.id)).keys
        domains.by_name(session, DOMAIN).checked_at -= timedelta(hours=2)
    zone[(f"{key.selector}._domainkey.{DOMAIN}", "TXT")] = [f"v=DKIM1; k=ed25519; p={key.public}"]
    assert sending_domains.check_all(house, answers(zone)) == 1
    with house.sessions() as session:
        assert signing.stamp_of(session, house, session.get_one(Mailbox, box.id)).keys


def test_a_silent_dns_changes_and_tells_nothing(house: Any, zone: Zone) -> None:
    sending_domains.look(house, DOMAIN, answers(zone))

    def silent(name: str, kind: str) -> tuple[str, ...]:
        raise DnsSilent(name)

    sending_domains.look(house, DOMAIN, silent)
    assert told(house) == []


def test_a_domain_that_was_never_checked_warns_and_a_local_one_does_not(house: Any, zone: Zone) -> None:
    with house.sessions() as session:
        assert "never checked" in sending_domains.warnings(session, DOMAIN)[0]
        assert sending_domains.warnings(session, "lumen.example") == []


def test_a_server_that_was_typed_in_is_known_by_its_name_or_by_its_address(house: Any, zone: Zone) -> None:
    """A1: Google's own include though nobody chose Google; of a stranger's server, the address that it has."""
    with house.sessions.begin() as session:
        session.scalars(select(Mailbox).where(Mailbox.address == f"ann@{DOMAIN}")).one().provider = "generic"
        for number, host in enumerate(("smtp.gmail.com", "smtp.host.systems")):
            row = Mailbox(address=f"box{number}@{DOMAIN}", created_at=house.now(session), imap_cursor={})
            row.smtp_secret = secrets.seal(f"smtp+starttls://u:p@{host}:587", house.keys)
            session.add(row)
    del zone[(DOMAIN, "TXT")]
    zone[("smtp.host.systems", "A")] = ["93.184.215.14"]
    spf = next(found for found in sending_domains.look(house, DOMAIN, answers(zone)) if found.topic == "spf")
    assert spf.record is not None
    assert spf.record.value == "v=spf1 include:_spf.google.com ip4:93.184.215.14 ~all"
    assert "smtp.host.systems itself" in spf.detail


def test_a_page_asks_for_no_key_once_one_was_made(house: Any, zone: Zone) -> None:
    with house.sessions.begin() as session:
        session.scalars(select(Mailbox).where(Mailbox.address == f"ann@{DOMAIN}")).one().provider = "generic"
    sending_domains.look(house, DOMAIN, answers(zone))
    with house.sessions.begin() as session:
        asked = [found["title"] for found in sending_domains.findings(session, DOMAIN)]
        signing.new_key(session, house, DOMAIN, "rsa", house.now(session))
        after = [found["title"] for found in sending_domains.findings(session, DOMAIN)]
    assert [title for title in asked if title not in after] == [f"Letters from {DOMAIN} are not signed"]
