"""Where the embedded engines live: folders of their own below the data folder, whose they are, and a short way to their sockets."""

import contextlib
import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from outreach.cli import passage
from outreach.errors import Failed

LONGEST_SOCKET_FOLDER = 80  # the system allows 104 to 108 bytes for the whole path; ours adds up to 20


@dataclass(frozen=True)
class Account:
    """The unprivileged user that the engines run as; only when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Where the engines of one data folder live, and as whom they run."""

    data: Path
    account: Account | None
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.data / "engines" / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "engines" / "valkey"

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"


def prepare_place(data: Path) -> Place:
    """Make the folders of a data folder and say where everything is. Raises Failed with one sentence."""
    account = unprivileged_account() if os.geteuid() == 0 else None
    try:
        make_folder(data, 0o711 if account else 0o700)
        for name in ("engines", "logs", "secrets", "run"):
            make_folder(data / name, 0o711 if account and name == "engines" else 0o700)
        if account:
            passage.open_for(account.name, account.uid, account.gid, data / "engines")
        sockets = _socket_folder(data, account)
        place = Place(data, account, sockets)
        make_folder(place.valkey, 0o700, account)
    except OSError as error:
        raise Failed(
            f"The data folder {data} cannot be used ({error}); make it writable for this user, "
            "or set OUTREACH_DATA to another folder."
        ) from None
    return place


def unprivileged_account() -> Account:
    """`outreach` when the operator made such a user, else `nobody`."""
    for name in ("outreach", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise Failed(
        "We are root and there is no user 'nobody' to run the engines as; make one: useradd --system outreach."
    )


def make_folder(path: Path, mode: int, account: Account | None = None) -> None:
    """A folder of ours; one that exists keeps its contents and, unless it is an engine's own, its permissions."""
    made = not path.exists()
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    if made:
        path.chmod(mode)
    if account and path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)


def _socket_folder(data: Path, account: Account | None) -> Path:
    """A 0700 folder for the sockets with a path short enough for the system; remembered in the data folder."""
    own = data / "engines" / "s"
    if len(os.fsencode(own)) <= LONGEST_SOCKET_FOLDER:
        make_folder(own, 0o700, account)
        return own
    return _short_folder(data, account)


def _short_folder(data: Path, account: Account | None) -> Path:
    memory = data / "engines" / "socket-folder"
    name = f"outreach-{os.getuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:10]}"
    bases = [os.environ.get("XDG_RUNTIME_DIR", "") if account is None else "", "/tmp"]  # noqa: S108  a folder of our own, 0700, in it
    with contextlib.suppress(OSError):
        bases.insert(0, str(Path(memory.read_text().strip()).parent))
    owner = account.uid if account else os.getuid()
    for base in filter(None, bases):
        folder = Path(base) / name
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or not _own_folder(folder, owner, account):
            continue
        memory.write_text(str(folder))
        return folder
    raise Failed(
        f"No short path for the sockets was found ({', '.join(filter(None, bases))} cannot be used); "
        f"set OUTREACH_DATA to a folder whose path has fewer than {LONGEST_SOCKET_FOLDER - 12} letters."
    )


def _own_folder(folder: Path, owner: int, account: Account | None) -> bool:
    """Make the folder, or see that the one there is truly ours (in /tmp anybody may have put something)."""
    try:
        os.mkdir(folder, 0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = os.lstat(folder)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700
