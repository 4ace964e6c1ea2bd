"""As root: let the engines' unprivileged user reach its folders and programs, and nothing more.

A clone below /root is closed to others. One access-control entry per closed folder lets exactly this user pass
through (not list, not read); where the file system has no such entries we explain instead of opening anything wider.
"""

import contextlib
import os
import shutil
import stat
import struct
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from outreach.errors import Failed

ACL = "system.posix_acl_access"
VERSION = 2
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
NO_ID = 0xFFFFFFFF
EXECUTE = 1
Entry = tuple[int, int, int]


class Someone(Protocol):
    """The user in question."""

    @property
    def name(self) -> str: ...
    @property
    def uid(self) -> int: ...
    @property
    def gid(self) -> int: ...


def open_for(name: str, uid: int, gid: int, folder: Path) -> None:
    """Make every parent of this folder passable for the user. Raises Failed with one sentence."""
    for parent in reversed((folder, *folder.parents)):
        if _passable(parent, uid, gid):
            continue
        if not _let_pass(parent, uid) or not _passable(parent, uid, gid):
            raise Failed(
                f"The engines run as the user '{name}', who may not pass through {parent}; "
                f"allow it (chmod o+x {parent}), set OUTREACH_DATA to a folder elsewhere, or run this as an ordinary user."
            )


def reachable_tree(tree: Path, program: str, engines: Path, account: Someone | None) -> Path:
    """The folder itself, or a copy below `engines` when the user cannot run the program from where it is."""
    if account is None:
        return tree
    with contextlib.suppress(Failed):
        open_for(account.name, account.uid, account.gid, (tree / program).parent)
    if _runs(tree / program, account):
        return tree
    copy = engines / "programs" / f"{tree.name}-{int((tree / program).stat().st_mtime)}"
    if not copy.exists():
        unfinished = copy.with_name(copy.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(tree, unfinished, symlinks=True)
        _readable_for_all(unfinished)
        unfinished.rename(copy)
    if not _runs(copy / program, account):
        raise Failed(f"The user '{account.name}' cannot run {copy / program}; is the disk mounted noexec?")
    return copy


def _readable_for_all(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103  programs, nothing private
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
    tree.parent.chmod(0o755)


def _passable(folder: Path, uid: int, gid: int) -> bool:
    if sys.platform == "linux":
        return _run_as(uid, gid, "/", "test", "-x", str(folder))
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IXOTH)


def _runs(program: Path, account: Someone) -> bool:
    return _run_as(account.uid, account.gid, "/", str(program), "--version")


def _run_as(uid: int, gid: int, cwd: str, *command: str) -> bool:
    try:
        done = subprocess.run(
            command, user=uid, group=gid, extra_groups=[], cwd=cwd, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def _let_pass(folder: Path, uid: int) -> bool:
    """Add `user:uid:--x` to the folder's access-control list (acl(5)); False where there are none."""
    if sys.platform != "linux":
        return False
    try:
        entries = _entries(folder)
        entries = [entry for entry in entries if not (entry[0] == USER and entry[2] == uid) and entry[0] != MASK]
        entries.append((USER, EXECUTE, uid))
        granted = [perm for tag, perm, _ in entries if tag in (USER, GROUP_OBJ, GROUP)]
        entries.append((MASK, _union(granted), NO_ID))
        packed = b"".join(
            struct.pack("<HHI", *entry) for entry in sorted(entries, key=lambda entry: (entry[0], entry[2]))
        )
        os.setxattr(folder, ACL, struct.pack("<I", VERSION) + packed)
    except OSError:
        return False
    return True


def _entries(folder: Path) -> list[Entry]:
    try:
        raw = os.getxattr(folder, ACL)  # type: ignore[attr-defined,unused-ignore]  # Linux alone has it
    except OSError:
        mode = folder.stat().st_mode
        return [(USER_OBJ, mode >> 6 & 7, NO_ID), (GROUP_OBJ, mode >> 3 & 7, NO_ID), (OTHER, mode & 7, NO_ID)]
    return [struct.unpack("<HHI", raw[at : at + 8]) for at in range(4, len(raw), 8)]


def _union(permissions: list[int]) -> int:
    result = 0
    for permission in permissions:
        result |= permission
    return result
