"""People of this installation: the first administrator, users, passwords, machine keys."""

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from outreach.errors import Refused
from outreach.journeys import security
from outreach.journeys.house import House
from outreach.store import account, business_clock, logins, mailboxes, users
from outreach.store.leads import Lead
from outreach.store.tasks import Task
from outreach.store.users import User

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 500
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def claim_link(session: Session, house: House) -> str | None:
    """A fresh one-time link to become the first administrator; None once there is a user. Earlier links stop working."""
    if users.any_user(session):
        return None
    return house.url("/claim/" + logins.make_link(session, None, business_clock.real_now(session)))


def invite_link(session: Session, house: House, user: User, by: User | None = None) -> str:
    """A one-time link with which a user sets a password: three days for the first one, half an hour for a new one.
    Earlier ones stop working."""
    lasts = logins.RESET if user.password_hash else logins.INVITED
    words = "A one-time link to set a password was made."
    security.note(session, house, user, words, by, tell=bool(user.password_hash))
    return house.url("/claim/" + logins.make_link(session, user.id, business_clock.real_now(session), lasts))


def claim(session: Session, house: House, token: str, name: str, email: str, password: str) -> User:
    """Use a one-time link: make the first administrator, or set an invited user's name and password (and sign out whoever
    was in with an old one).

    Whoever is the first to be in inherits the leads and tasks that nobody owned. Raises Refused.
    """
    now = business_clock.real_now(session)
    link = logins.link(session, token, now)
    if link is None:
        raise Refused("This link was used already or has expired. Ask an administrator for a new one.")
    if link.user_id is None:
        if users.any_user(session):
            raise Refused("This installation was claimed already. Sign in, or ask an administrator for an invitation.")
        user = add_user(session, email, name, "admin", password)
        _inherit(session, user)
    else:
        user, first = session.get_one(User, link.user_id), not users.anybody_in(session)
        if not user.active:
            raise Refused("This user is switched off. Ask an administrator.")
        words = "A password was set with a one-time link."
        security.note(session, house, user, words, None, tell=bool(user.password_hash))
        user.name = name.strip() or user.name
        set_password(user, password)
        logins.revoke_all(session, user.id)
        if first:
            _inherit(session, user)
    link.used_at = now
    return user


def add_user(session: Session, email: str, name: str, role: str, password: str = "") -> User:
    """A new user; without a password one waits for an invitation link. Raises Refused."""
    email = email.strip().lower()
    if "@" not in email.strip("@"):
        raise Refused(f"'{email}' is no e-mail address; give one such as ann@example.com.")
    if role not in users.ROLES:
        raise Refused(f"'{role}' is no role; choose one of {', '.join(users.ROLES)}.")
    if users.by_email(session, email):
        raise Refused(f"There is a user {email} already; change that one, or give another address.")
    first = not users.any_user(session)
    week = dict(account.get(session).working_hours)
    user = User(email=email, name=name.strip() or email.partition("@")[0], role=role, working_hours=week)
    user.takes_leads = role in ("admin", "rep", "manager") if first else role == "rep"
    if password:
        set_password(user, password)
    session.add(user)
    session.flush()
    if first:
        _inherit(session, user)
    return user


def active_user(session: Session, email: str) -> User:
    """Who signs in with this address. Raises Refused."""
    user = users.by_email(session, email)
    if user is None or not user.active:
        raise Refused(f"No user signs in with {email}; Settings, Users lists them.")
    return user


def set_password(user: User, password: str) -> None:
    """Set a password; refuses one that is too short or endless."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(f"The password does not fit. {length_problem(password)}")
    user.password_hash = _hasher.hash(password)


def length_problem(password: str) -> str:
    """What is said of a password that is too short or endless."""
    wanted = f"most {LONGEST_PASSWORD}" if len(password) > LONGEST_PASSWORD else f"least {SHORTEST_PASSWORD}"
    return f"At {wanted} characters; this has {len(password)}."


def authenticate(session: Session, email: str, password: str) -> User | None:
    """The active user with these credentials. Takes as long for an unknown address as for a wrong password."""
    user = users.by_email(session, email)
    known = user is not None and user.active and bool(user.password_hash)
    try:
        right = _hasher.verify(user.password_hash if user and known else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    if not (user and known and right):
        return None
    if _hasher.check_needs_rehash(
        user.password_hash
    ):  # a release that hashes harder: as hard as for an unknown address
        user.password_hash = _hasher.hash(password)
    return user


def prove(session: Session, user: User, password: str, real_now: datetime) -> str:
    """A signed-in user gives the password once more, before what a stranger at their desk must not do: "" when it is
    right, else what is wrong. Five wrong ones close this door too; the door commits that one more failed."""
    who = f"password|{user.id}"
    if logins.shut(session, who, real_now):
        return "Too many failed tries. Wait 15 minutes."
    if authenticate(session, user.email, password) is None:
        logins.note_failure(session, who)
        return "This is not your present password."
    logins.forget_failures(session, who)
    return ""


def create_token(session: Session, name: str) -> str:
    """A machine's key, shown once. Raises Refused when the name is taken."""
    name = name.strip()
    if not name:
        raise Refused("Give the token a name that says which system uses it.")
    if session.scalar(select(func.count()).select_from(logins.ApiToken).where(logins.ApiToken.name == name)):
        raise Refused(f"There is a token named '{name}' already; choose another name.")
    return logins.make_api_token(session, name)


def may_leave(session: Session, user: User, heir: User) -> None:
    """X10: somebody else, who is active, takes over, and an administrator remains. Raises Refused."""
    if heir.id == user.id or not heir.active:
        raise Refused("Choose somebody else, who is active, to take over the leads.")
    admins = select(func.count()).select_from(User).where(User.active, User.role == "admin", User.id != user.id)
    if user.role == "admin" and not session.scalar(admins):
        raise Refused("This is the last administrator; make somebody else an administrator first.")


def switch_off(session: Session, user: User) -> None:
    """They cannot sign in any more and are given no leads; what they have is handed over by journeys/handing_over."""
    user.active = False
    logins.revoke_all(session, user.id)
    logins.drop_links(session, user.id)


def _inherit(session: Session, user: User) -> None:
    session.execute(update(Lead).where(Lead.owner_id.is_(None)).values(owner_id=user.id))
    session.execute(update(Task).where(Task.owner_id.is_(None), Task.state == "open").values(owner_id=user.id))


def ensure_mailbox(session: Session, house: House, now: datetime) -> None:
    """The mailbox that follows SMTP_URL, IMAP_URL and MAIL_FROM: made at the first start, kept up to date after."""
    address = house.settings.mail_from_address.lower()
    mailbox = session.scalar(select(mailboxes.Mailbox).where(mailboxes.Mailbox.from_env))
    if mailbox is None:
        session.add(mailboxes.Mailbox(address=address, from_env=True, imap_cursor={}, created_at=now))
    elif mailbox.address != address and not mailbox.smtp_secret:
        mailbox.address = address
