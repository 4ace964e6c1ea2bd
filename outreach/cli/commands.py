"""The console script: thin commands, each calls one journey or report. Their names are stable, for people's scripts.

Every error is one sentence on standard error; exit code 2 for bad input, 1 when something else is wrong.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from outreach.config import BadSetting
from outreach.errors import OutreachError, Refused

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.wiring import House

BAD_INPUT, FAILED = 2, 1
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class _OneSentence(click.Group):
    """Errors for people become one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as error:
            _fail(str(error), BAD_INPUT)
        except BadSetting as error:
            _fail(str(error), BAD_INPUT)
        except OutreachError as error:
            _fail(str(error), FAILED)
        except Exception as error:
            sentence = _engine_sentence(error)
            if sentence is None:
                raise
            _fail(sentence, FAILED)


@click.group(cls=_OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="outreach")
def outreach() -> None:
    """Follow up every lead, at once and to the end. Commands find the running system through OUTREACH_DATA."""


@outreach.command()
@click.option("--follow-parent", is_flag=True, hidden=True, help="Stop when the process that started this one ends.")
def up(follow_parent: bool) -> None:
    """Run everything: engines, web, workers, clock, local mail server. Ctrl-C stops it."""
    from outreach.cli.supervisor import up as run

    sys.exit(run(follow_parent))


@outreach.command()
def migrate() -> None:
    """Bring the database to this release."""
    from outreach.cli.found import running_settings
    from outreach.store.migrate import upgrade

    upgrade(running_settings().database_url)
    click.echo("The database is at this release.")


# ---- users and tokens ----


@outreach.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", default="", help="The name that letters are signed with.")
@click.option("--role", default="rep", show_default=True, help="admin, manager, marketer or rep.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input (one line).")
def add_user(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Add a user; without a password a one-time link to set one is printed."""
    from outreach.journeys import accounts

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if password_stdin and not password:
        raise Refused(
            "No password came on standard input; give it as one line: echo 'the password' | outreach user add ..."
        )
    with _transaction() as (house, session):
        added = accounts.add_user(session, email, name, role, password)
        session.flush()
        link = None if password else accounts.invite_link(session, house, added)
    click.echo(f"Added {added.email} ({added.role}).")
    if link:
        click.echo(f"They set their password here, once: {link}")


@user.command("list")
def list_users() -> None:
    """Everybody who signs in, or was switched off; and who has a second factor."""
    from outreach.store import second_factors, users

    with _transaction() as (_, session):
        rows = users.all_users(session)
        on = second_factors.having(session, [row.id for row in rows])
    state = {True: "active", False: "switched off"}
    _table(
        ("EMAIL", "NAME", "ROLE", "STATE", "SECOND FACTOR"),
        [
            (
                row.email,
                row.name,
                row.role,
                state[row.active] if row.password_hash else "invited",
                "on" if row.id in on else "off",
            )
            for row in rows
        ],
    )


@user.command("link")
@click.argument("email")
def link_for_user(email: str) -> None:
    """Print a one-time link with which somebody who lost the password sets a new one."""
    from outreach.journeys import accounts

    with _transaction() as (house, session):
        link = accounts.invite_link(session, house, accounts.active_user(session, email))
    click.echo(f"They set their password here, once and soon: {link}")


@user.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second factor away from somebody whose phone and recovery codes are gone; they are told by mail."""
    from outreach.journeys import accounts, second_factor

    with _transaction() as (house, session):
        found = accounts.active_user(session, email)
        second_factor.reset(session, house, found, None)
    house.queue.poke("deliver_urgent")
    click.echo(f"{found.email} is signed out everywhere, and signs in with the password alone again.")


@outreach.group()
def token() -> None:
    """Keys for machines."""


@token.command("list")
def list_tokens() -> None:
    """Names of the tokens that open the API, and when each was last used."""
    from outreach.store.logins import all_api_tokens

    with _transaction() as (_, session):
        rows = [(row.name, _day(row.created_at), _day(row.used_at)) for row in all_api_tokens(session)]
    _table(("NAME", "MADE", "LAST USED"), rows)


@token.command("revoke")
@click.argument("name")
def revoke_token(name: str) -> None:
    """End a token; whatever uses it is refused from now on."""
    from outreach.store.logins import revoke_api_token

    with _transaction() as (_, session):
        if not revoke_api_token(session, name):
            raise Refused(f"There is no token named '{name}'; outreach token list names them.")
    click.echo(f"The token '{name}' opens nothing any more.")


@token.command("create")
@click.argument("name")
def create_token(name: str) -> None:
    """Make a token for the API; it is shown once."""
    from outreach.journeys import accounts

    with _transaction() as (_, session):
        secret = accounts.create_token(session, name)
    click.echo(secret)


@outreach.group()
def secret() -> None:
    """The key that seals stored passwords and signs links."""


@secret.command("rotate")
def rotate_secret() -> None:
    """Make a new secret key. Stop the system first; its next start seals what is stored anew."""
    from outreach import config
    from outreach.cli.found import runs

    settings = config.read()
    if settings.secret_key:
        raise Refused(
            "SECRET_KEY is set: put a new one there and the present one into OLD_SECRET_KEYS, then restart everything."
        )
    if runs(settings.data):
        raise Refused(f"Stop the system on {settings.data} first: it works with the present key.")
    config.rotate_secret(settings.data)
    click.echo(
        f"A new key is in {settings.data / config.SECRET_KEY}; the one before stays in {settings.data / config.OLD_SECRET_KEYS}, "
        "so that links in letters go on working. Start the system: it seals what is stored anew."
    )


@secret.command("reseal")
def reseal() -> None:
    """Seal what is stored with SECRET_KEY, opening it with OLD_SECRET_KEYS (`up` does it by itself)."""
    from outreach.store import sealed

    with _transaction() as (house, session):
        done = sealed.renew(session, house.keys)
    click.echo(f"{done.renewed} of {done.all} stored secrets were sealed anew.")
    if done.unreadable:
        raise Refused(f"{done.unreadable} can be opened with no key that is known: name theirs in OLD_SECRET_KEYS.")


# ---- forms, sequences, leads ----


@outreach.group()
def form() -> None:
    """Forms that bring leads."""


@form.command("list")
def list_forms() -> None:
    """All forms: key, name, address."""
    from outreach.store.forms import all_forms

    with _transaction() as (house, session):
        _table(
            ("KEY", "NAME", "ADDRESS"), [(row.key, row.name, house.url(f"/f/{row.key}")) for row in all_forms(session)]
        )


@outreach.group()
def sequence() -> None:
    """Sequences of touches."""


@sequence.command("list")
def list_sequences() -> None:
    """All sequences: key (of a preset), name, class, version in force, state."""
    from outreach.cli.sequences import listed

    with _transaction() as (_, session):
        _table(("KEY", "NAME", "CLASS", "VERSION", "STATE"), listed(session))


@sequence.command("export")
@click.argument("name")
@click.option("--draft", is_flag=True, help="The draft instead of what is in force.")
def export_sequence(name: str, draft: bool) -> None:
    """Write a sequence as its document to standard output; the same content gives the same bytes."""
    from outreach.cli.sequences import exported

    with _transaction() as (_, session):
        text = exported(session, name, draft)
    click.echo(text, nl=False)


@sequence.command("import")
@click.argument("path", metavar="FILE")
@click.option("--publish", "publishing", is_flag=True, help="Make it live for new leads; those inside stay.")
def import_sequence(path: str, publishing: bool) -> None:
    """Make or update the draft of the sequence that FILE ('-': standard input) names."""
    from outreach.cli.sequences import imported

    with _transaction() as (house, session):
        told = imported(session, house, path, house.now(session), publishing)
    for line in told:
        click.echo(line)


@sequence.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
def check_sequences(paths: tuple[str, ...]) -> None:
    """Read documents as strictly as publishing does, without any database: file, line and remedy of each fault."""
    from outreach.cli.sequences import checked

    faults = 0
    for path in paths:
        try:
            found, remarks = checked(path)
        except Refused as fault:
            click.echo(f"outreach: {fault}", err=True)
            faults += 1
            continue
        steps = sum(1 for _ in found.every_step())
        click.echo(f"{path}: ok, {found.name}, {steps} steps")
        for remark in remarks:
            click.echo(f"{path}: note: {remark}")
    if faults:
        sys.exit(BAD_INPUT)


@outreach.command()
@click.argument("sequence_name", metavar="SEQUENCE")
@click.argument("email")
def enrol(sequence_name: str, email: str) -> None:
    """Start a sequence for a lead, now."""
    from outreach.journeys.enrol import enrol_by_email

    with _transaction() as (house, session):
        enrolled = enrol_by_email(session, house, sequence_name, email, house.now(session))
    if enrolled.enrolment is None:
        raise Refused(f"{email} was not enrolled in {sequence_name}: {enrolled.refused}")
    house.queue.poke("advance")
    click.echo(f"{email} is enrolled in {sequence_name}; outreach why {email} tells what comes next.")


@outreach.command()
@click.argument("email")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def why(email: str, as_json: bool) -> None:
    """Why did (or didn't) something go out to this lead, and what comes next, when?"""
    from outreach.reports.why import explain

    with _transaction() as (house, session):
        told = explain(session, email, house.now(session))
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False, default=_as_text))
        return
    from outreach.cli.telling import lines

    for line in lines(told):
        click.echo(line)


# ---- what the law lets people ask for ----


@outreach.group()
def lead() -> None:
    """One person's data: all that is kept, and its end."""


@lead.command("data")
@click.argument("who", metavar="EMAIL-OR-NUMBER")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
def data_of_lead(who: str, file: str) -> None:
    """Write all that is kept of a lead into FILE, a ZIP."""
    from outreach.cli.privacy import packed

    with _transaction() as (house, session):
        packed(session, house, who, file)
    click.echo(f"{file} holds all that is kept of {who}.")


@lead.command("erase")
@click.argument("who", metavar="EMAIL-OR-NUMBER")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_lead(who: str, yes: bool) -> None:
    """Erase all that is personal of a lead, for good; a mark stays, by which nothing is ever sent there again."""
    from outreach.cli.privacy import erased

    if not yes and click.prompt(f"All that is personal of {who} goes for good. Type {who} to confirm") != who:
        raise Refused("Nothing was erased.")
    with _transaction() as (house, session):
        words = erased(session, house, who)
    click.echo(words)


@lead.command("erase-again")
@click.argument("journal", type=click.Path(exists=True, dir_okay=False))
def erase_again(journal: str) -> None:
    """Erase again, after a restore, whom a copy of the data folder's erasures.jsonl names."""
    from outreach.cli.privacy import erased_again

    click.echo(erased_again(_house(), journal))


# ---- clock ----


@outreach.group()
def clock() -> None:
    """Business time."""


@clock.command("show")
def show_clock() -> None:
    """Business time now, and whether it can be moved."""
    from outreach.journeys import moveclock

    with _transaction() as (house, session):
        now, why = house.now(session), moveclock.unmovable(session, house)
    click.echo(f"{now.isoformat(timespec='seconds')}  {why or 'can be moved'}")


@clock.command("advance")
@click.argument("duration")
def advance_clock(duration: str) -> None:
    """Move business time forward (2d, 3h, 10m), letting everything that falls due happen on the way."""
    from outreach.journeys import moveclock

    length = parse_duration(duration)
    house = _house()
    moveclock.advance(house, length, _tell_progress)
    with house.sessions() as session:
        click.echo(house.now(session).isoformat(timespec="seconds"))


def _tell_progress(now: datetime, *what: Any) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{now:%Y-%m-%d %H:%M} {' '.join(str(part) for part in what)}", err=True)


def parse_duration(text: str) -> timedelta:
    """'2d', '3h', '10m' or a row of them ('1d12h'). Raises Refused."""
    parts = re.findall(r"(\d{1,6})([dhm])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Refused(f"'{text}' is no length of time; write 2d, 3h or 10m.")
    length = timedelta(**_summed(parts))
    if not timedelta(0) < length <= timedelta(days=3660):
        raise Refused(f"'{text}' is not between one minute and ten years.")
    return length


def _summed(parts: list[tuple[str, str]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for number, unit in parts:
        sums[UNITS[unit]] = sums.get(UNITS[unit], 0) + int(number)
    return sums


# ---- rehearsal, doctor and mail ----


@outreach.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rehearse(arguments: tuple[str, ...]) -> None:
    """Play a sequence for a sample lead: what will be sent when (--help lists the options)."""
    from outreach.cli.rehearse import rehearse_main

    sys.exit(rehearse_main(arguments))


@outreach.command()
def doctor() -> None:
    """Check that all is well; each line says ok, warning or failed, with the remedy."""
    from outreach.cli.doctor import examine

    sys.exit(examine())


@outreach.group()
def mail() -> None:
    """Letters as files."""


@mail.command("learn")
@click.option("--use", is_flag=True, help="Use it from now on, when it does better than the rules alone.")
@click.option("--off", is_flag=True, help="Stop using what was learned.")
def learn_senses(use: bool, off: bool) -> None:
    """Learn from corrected replies what replies mean, and say by cross-validation whether that helps."""
    from outreach.journeys import learn

    with _transaction() as (_, session):
        if off:
            click.echo("Off: the rules decide alone." if learn.forget(session) else "It was off already.")
            return
        found = learn.learn(session, use=use)
    click.echo(f"Learned from {found.examples} replies, {found.corrected} of them corrected by people.")
    click.echo(f"Right in cross-validation: {found.right} of {found.examples}; the rules alone: {found.rules_right}.")
    if found.active:
        click.echo("It is used from now on, where the rules are unsure (outreach mail learn --off ends that).")
    elif use:
        click.echo("It does not do better than the rules, so it is not used.")
    elif found.helps:
        click.echo("It would help: outreach mail learn --use.")


@mail.command("explain", context_settings={"ignore_unknown_options": True})
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; there is no other form.")
@click.argument("paths", nargs=-1, required=True, type=click.UNPROCESSED)
def explain_mail(paths: tuple[str, ...], as_json: bool) -> None:
    """How incoming messages are understood; one JSON object a line ('-' reads standard input)."""
    from outreach.mail.explain import explain

    explain(list(paths))


# ---- what commands share ----


def _house() -> "House":
    from outreach import wiring
    from outreach.cli.found import running_settings

    return wiring.build(running_settings())


@contextmanager
def _transaction() -> "Iterator[tuple[House, Session]]":
    from outreach.store import tables  # noqa: F401  what is journalled refers to more of them than a command uses

    house = _house()
    with house.sessions.begin() as session:
        yield house, session


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _engine_sentence(error: Exception) -> str | None:
    """One sentence for a database or queue that is away or not migrated; None for anything else."""
    from redis.exceptions import RedisError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    if isinstance(error, OperationalError):
        return "The database does not answer; see outreach doctor, or start the system with make run."
    if isinstance(error, ProgrammingError) and "UndefinedTable" in type(error.orig).__name__:
        return "The database is not at this release; run outreach migrate."
    if isinstance(error, RedisError):
        return "Redis does not answer; see outreach doctor, or start the system with make run."
    return None


def _fail(sentence: str, code: int) -> None:
    click.echo(f"outreach: {sentence}", err=True)
    sys.exit(code)
