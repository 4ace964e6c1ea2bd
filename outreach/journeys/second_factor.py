"""The second factor at the sign-in: codes of an authenticator app (RFC 6238), recovery codes, and who must have one.

Codes go by real time, as sign-ins do (DESIGN 3): the door says it as `real_now`. Whatever changes is journalled, and the
user gets a letter about it.
"""

import re
import secrets as chance
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import security
from outreach.journeys.house import House
from outreach.store import account, events, logins, second_factors
from outreach.store.logins import Login
from outreach.store.secrets import seal, unseal
from outreach.store.users import User

Tried = Literal["right", "wrong", "shut"]
DIGITS = 6
"""Of an app's code: what every app can show."""
RECOVERY_CODES = 10
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: none that is taken for another. Sixteen of them are 79 random bits, so a plain hash keeps them."""
REQUIRED = {"": "nobody", "leaders": "administrators and managers", "everybody": "everybody"}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Begun:
    """What an app is told: the secret, and the same as an address that it reads from a QR code."""

    secret: str
    address: str


def is_asked(session: Session, user: User) -> bool:
    """Whether this user gives a code after the password."""
    return second_factors.is_on(session, user.id)


def must_have(session: Session, user: User) -> bool:
    """Whether the account asks it of this user."""
    wanted = account.get(session).second_factor
    return wanted == "everybody" or (wanted == "leaders" and user.role in second_factors.LEADERS)


def begin(session: Session, house: House, user: User, real_now: datetime) -> None:
    """A new secret for an app. It holds once the app's first code is given; one that holds already does so until then."""
    second_factors.begin(session, user.id, seal(pyotp.random_base32(), house.keys), real_now)


def begun(session: Session, house: House, user: User, real_now: datetime) -> Begun | None:
    """What the app is to be told, while its first code is waited for."""
    sealed = second_factors.new_secret(second_factors.of(session, user.id), real_now)
    if sealed is None:
        return None
    secret, issuer = unseal(sealed, house.keys), account.get(session).company or "outreach"
    return Begun(secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer.replace(":", " ")))


def give_up(session: Session, user: User) -> None:
    """Forget the new secret that was begun with."""
    row = second_factors.locked(session, user.id)
    if row is not None:
        row.new_secret = row.new_at = None


def confirm(
    session: Session, house: House, user: User, given: str, real_now: datetime, here: Login | None
) -> list[str] | None:
    """The app's first code: (1) from now on it is asked for, (2) other browsers are signed out, (3) fresh recovery codes,
    returned to be shown once. None when the code is wrong."""
    row = second_factors.locked(session, user.id)
    sealed = second_factors.new_secret(row, real_now)
    if row is None or sealed is None:
        raise Refused("That took more than an hour. Begin again with a new picture.")
    step = _step(unseal(sealed, house.keys), _plain(given), real_now, after=0)
    if step is None:
        return None
    before = row.secret is not None
    row.secret, row.since, row.last_step, row.new_secret, row.new_at = sealed, real_now, step, None, None
    logins.revoke_all(session, user.id, but=here)
    words = "The second factor is on another app or device now." if before else "The second factor was turned on."
    security.note(session, house, user, words, user, tell=True)
    return _fresh_codes(session, user)


def try_code(session: Session, house: House, user: User, given: str, real_now: datetime) -> Tried:
    """(1) Five wrong codes close this door, from whatever address they come: who tries knows the password. (2) A code of
    the app or a recovery code, each once. (3) What failed is counted (the door commits it), and the user is told when it
    closes, once a day."""
    who = f"code|{user.id}"
    if logins.shut(session, who, real_now):
        return "shut"
    if _opens(session, house, user, _plain(given), real_now):
        logins.forget_failures(session, who)
        return "right"
    logins.note_failure(session, who)
    session.flush()
    if logins.failures(session, who, real_now, DAY) == logins.TRIES:
        words = "Somebody gave the right password and then five wrong codes. If it was not you, change the password."
        security.note(session, house, user, words, None, tell=True)
    return "wrong"


def new_codes(session: Session, house: House, user: User) -> list[str]:
    """Ten fresh recovery codes, to be shown once; those before open nothing any more."""
    security.note(
        session, house, user, "New recovery codes were made; those before open nothing any more.", user, tell=True
    )
    return _fresh_codes(session, user)


def turn_off(session: Session, house: House, user: User, here: Login | None) -> None:
    """The password is enough again. Raises Refused where the account asks for a second factor."""
    if must_have(session, user):
        raise Refused("Your company asks for a second factor: it can move to another device, but not be turned off.")
    _remove(session, user, here)
    security.note(session, house, user, "The second factor was turned off.", user, tell=True)


def reset(session: Session, house: House, user: User, by: User | None) -> None:
    """For somebody whose phone and recovery codes are gone: signed out everywhere, the password is enough once more.
    `by`: an administrator, or None for the operator. Raises Refused."""
    if not is_asked(session, user):
        raise Refused(f"{user.name} has no second factor.")
    if by is not None and by.id == user.id:
        raise Refused("Your own second factor is turned off under My profile, with the password and a code.")
    _remove(session, user, None)
    security.note(
        session, house, user, "The second factor was taken away, and every browser signed out.", by, tell=True
    )


def require(session: Session, house: House, whom: str, by: User) -> None:
    """Who must have one: a key of REQUIRED. Raises Refused."""
    if whom not in REQUIRED:
        raise Refused(f"'{whom[:30]}' is nobody; choose one of the list.")
    row = account.get(session)
    if row.second_factor == whom:
        return
    row.second_factor = whom
    words = f"A second factor is asked of {REQUIRED[whom]} now."
    events.record(session, house.now(session), "security", words, actor_id=by.id)


def _opens(session: Session, house: House, user: User, given: str, real_now: datetime) -> bool:
    row = second_factors.locked(session, user.id)
    if row is None or row.secret is None:
        return False
    if len(given) == DIGITS:
        step = _step(unseal(row.secret, house.keys), given, real_now, row.last_step)
        row.last_step = step or row.last_step
        return step is not None
    if not second_factors.use_recovery_code(session, user.id, logins.hashed(given), real_now):
        return False
    left = second_factors.recovery_codes_left(session, user.id)
    security.note(session, house, user, f"A recovery code was used; {left} are left.", user, tell=True)
    return True


def _step(secret: str, code: str, real_now: datetime, after: int) -> int | None:
    """The time step that a code belongs to: this one, the one before or the one behind it (clocks differ, RFC 6238 5.2),
    and none of those up to `after`, whose codes were taken already."""
    totp = pyotp.TOTP(secret)
    here = totp.timecode(real_now)
    fitting = [step for step in (here - 1, here, here + 1) if strings_equal(totp.generate_otp(step), code)]
    return next((step for step in fitting if step > after), None)


def _fresh_codes(session: Session, user: User) -> list[str]:
    codes = ["-".join("".join(chance.choice(SIGNS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)]
    second_factors.set_recovery_codes(session, user.id, [logins.hashed(_plain(code)) for code in codes])
    return codes


def _plain(given: str) -> str:
    """As typed, without spaces and hyphens, in small letters."""
    return re.sub(r"[\s-]", "", given[:100]).lower()


def _remove(session: Session, user: User, here: Login | None) -> None:
    second_factors.remove(session, user.id)
    logins.revoke_all(session, user.id, but=here)
