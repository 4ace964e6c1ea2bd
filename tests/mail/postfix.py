"""A throw-away Postfix in a folder of its own, as root only (its master insists): nothing of the machine's own is touched."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from tests.mail.dovecot import free_port

BINARY = next((path for path in ("/usr/sbin/postfix",) if Path(path).exists()), None)
READY = BINARY is not None and os.getuid() == 0
REASON = "needs root and Postfix: apt-get install postfix"
MAIN = """
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
maillog_file = {d}/mail.log
maillog_file_prefixes = {d}
multi_instance_enable = yes
multi_instance_name = postfix-test
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = {d}/etc
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ replies@{domain}=1 }}
virtual_alias_domains =
virtual_alias_maps = inline:{{ @{domain}=replies@{domain} }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
recipient_delimiter = +
default_transport = smtp:[127.0.0.1]:{world}
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
maximal_queue_lifetime = 0
bounce_queue_lifetime = 0
minimal_backoff_time = 1s
queue_run_delay = 1s
smtp_tls_security_level = none
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Takes mail from this machine; ``domain`` goes to an LMTP server, everything else to one SMTP server ("the world").

    What the world does not take at the first try comes back at once as a delivery report.
    """

    def __init__(self, domain: str, lmtp: int, world: int) -> None:
        self.domain, self.lmtp, self.world, self.port = domain, lmtp, world, free_port()

    def __enter__(self) -> "Postfix":
        self.home = Path(tempfile.mkdtemp(prefix="pf", dir="/tmp"))
        self.home.chmod(0o755)
        etc = self.home / "etc"
        for name in ("etc", "queue", "data"):
            (self.home / name).mkdir()
        os.chown(self.home / "data", pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postfix").gr_gid)
        values = {"d": self.home, "domain": self.domain, "lmtp": self.lmtp, "world": self.world, "port": self.port}
        (etc / "main.cf").write_text(MAIN.format(**values))
        (etc / "master.cf").write_text(MASTER.format(**values))
        (etc / "dynamicmaps.cf").write_text("")
        shutil.copy("/etc/postfix/postfix-files", etc / "postfix-files")
        self._postfix("start")
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._postfix("abort")
        shutil.rmtree(self.home, ignore_errors=True)

    def log(self) -> str:
        """What Postfix says it did."""
        path = self.home / "mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _postfix(self, what: str) -> None:
        assert BINARY is not None
        subprocess.run([BINARY, "-c", str(self.home / "etc"), what], check=False, capture_output=True, timeout=60)

    def _wait(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"Postfix did not start: {self.log()}")
