"""Secrets are sealed with a key outside of the database, and sealed anew when it changes (RELIABILITY 5.2, item 12)."""

import dataclasses
from datetime import timedelta
from typing import Any

from sqlalchemy import LargeBinary, select

from outreach import wiring
from outreach.clock import real_now
from outreach.journeys import accounts, hooks, second_factor
from outreach.store import sealed, second_factors
from outreach.store.mailboxes import Mailbox
from outreach.store.secrets import seal, unseal
from outreach.store.tables import metadata

OPEN = {
    "inbox.raw", "local_letters.raw", "hook_posts.body", "sent_files.content", "kept_files.content",
    "erased_addresses.mark",
}  # fmt: skip
"""Bytes that are no secrets: mails, files, and marks that are none without the key."""
URL = "smtps://ann:hunter2@mail.example.com:465"
NEW, OLD = b"the key of today, made anew", b"a-secret-for-tests-only"


def test_every_column_of_bytes_is_sealed_or_known_to_be_no_secret() -> None:
    bytes_kept = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    renewed = {f"{model.__tablename__}.{name}" for model, names in sealed.SEALED for name in names}
    assert renewed & OPEN == set()
    assert renewed | OPEN == bytes_kept


def filled(house: Any) -> None:
    with house.sessions.begin() as session:
        now = house.now(session)
        user = accounts.add_user(session, "ada@outreach.test", "Ada", "admin", "correct horse battery")
        second_factor.begin(session, house, user, real_now())
        hooks.open_for(session, house, "postmark", "", now)
        session.add(Mailbox(address="ann@example.com", smtp_secret=seal(URL, [OLD]), imap_cursor={}, created_at=now))


def test_with_a_new_key_everything_is_sealed_anew_and_the_old_one_opens_nothing(house: Any) -> None:
    filled(house)
    with house.sessions.begin() as session:
        done = sealed.renew(session, (NEW, OLD))
    assert (done.renewed, done.unreadable) == (done.all, 0)
    assert done.all >= 3
    with house.sessions() as session:
        kept = session.scalar(select(Mailbox.smtp_secret).where(Mailbox.address == "ann@example.com"))
        waiting = session.scalars(select(second_factors.SecondFactor)).one().new_secret
        again = sealed.renew(session, (NEW,))
    assert unseal(kept, [NEW]) == URL
    assert len(unseal(waiting, [NEW])) == 32
    assert (again.renewed, again.unreadable, again.all) == (0, 0, done.all)


def test_what_no_known_key_opens_is_counted_and_left_as_it_is(house: Any) -> None:
    filled(house)
    with house.sessions.begin() as session:
        before = session.scalars(select(Mailbox.smtp_secret)).all()
        done = sealed.renew(session, (NEW,))
    assert (done.renewed, done.unreadable) == (0, done.all)
    with house.sessions() as session:
        assert session.scalars(select(Mailbox.smtp_secret)).all() == before


def test_links_in_letters_that_went_before_go_on_working(house: Any) -> None:
    """U4: they never run out."""
    settings = house.settings.model_copy(update={"secret_key": NEW.decode(), "old_secret_keys": OLD.decode()})
    after = dataclasses.replace(house, settings=settings, keys=settings.keys)
    assert isinstance(after, wiring.House)
    assert after.number("unsubscribe", house.token("unsubscribe", 7)) == 7
    assert house.number("unsubscribe", after.token("unsubscribe", 7)) is None


def test_an_app_that_was_set_up_before_goes_on_opening_the_door(house: Any) -> None:
    import pyotp

    with house.sessions.begin() as session:
        user = accounts.add_user(session, "ada@outreach.test", "Ada", "admin", "correct horse battery")
        now = real_now()
        second_factor.begin(session, house, user, now)
        app = pyotp.TOTP(second_factor.begun(session, house, user, now).secret)  # type: ignore[union-attr]
        assert second_factor.confirm(session, house, user, app.at(now), now, None)
        session.flush()
        sealed.renew(session, (NEW, OLD))
        after, later = dataclasses.replace(house, keys=(NEW,)), now + timedelta(seconds=30)
        assert second_factor.try_code(session, after, user, app.at(later), later) == "right"
