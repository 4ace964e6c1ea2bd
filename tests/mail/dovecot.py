"""A throw-away Dovecot as an unprivileged user: IMAP and LMTP on free ports of this machine (MAIL 4.1)."""

import grp
import os
import pwd
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

BINARY = shutil.which("dovecot") or next((path for path in ("/usr/sbin/dovecot",) if Path(path).exists()), None)
CONFIGURATION = """
base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
mail_location = maildir:{d}/mail/%Ln
first_valid_uid = {uid}
last_valid_uid = {uid}
first_valid_gid = {gid}
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = {d}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%Ln allow_all_users=no
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Dovecot:
    """The running server; its only user is ``replies`` with the password ``secret``."""

    def __enter__(self) -> "Dovecot":
        root = os.getuid() == 0
        self.uid, self.gid = (65534, 65534) if root else (os.getuid(), os.getgid())
        self.home = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
        self.imap, self.lmtp = free_port(), free_port()
        for name in ("run", "mail"):
            (self.home / name).mkdir()
        (self.home / "users").write_text("replies:{PLAIN}secret::::::\n")
        (self.home / "dovecot.conf").write_text(
            CONFIGURATION.format(
                d=self.home,
                user=pwd.getpwuid(self.uid).pw_name,
                group=grp.getgrgid(self.gid).gr_name,
                uid=self.uid,
                gid=self.gid,
                imap=self.imap,
                lmtp=self.lmtp,
            )
        )
        for path in (self.home, *self.home.rglob("*")):
            os.chown(path, self.uid, self.gid)
        assert BINARY is not None
        prefix = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"] if root else []
        self.process = subprocess.Popen([*prefix, BINARY, "-F", "-c", str(self.home / "dovecot.conf")])
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                for port in (self.imap, self.lmtp):
                    socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
            else:
                return
        log = self.home / "dovecot.log"
        raise RuntimeError(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")

    @property
    def url(self) -> str:
        return f"imap://replies:secret@127.0.0.1:{self.imap}/"

    def deliver(self, raw: bytes, to: str = "replies@example.test", sender: str = "lead@example.org") -> None:
        """By LMTP, as a mail server would."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [to], raw)

    def number_anew(self) -> None:
        """Changes UIDVALIDITY, as a restored or moved mailbox does."""
        for path in (self.home / "mail").rglob("dovecot*"):
            if path.name == "dovecot-uidlist":
                head, _, rest = path.read_text().partition("\n")
                numbered = re.sub(r"V(\d+)", lambda found: f"V{int(found[1]) + 1000}", head, count=1)
                path.write_text(f"{numbered}\n{rest}")
            elif path.is_file():
                path.unlink()
