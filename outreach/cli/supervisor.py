"""`outreach up`: engines, web, workers, clock and the local mail server under one roof.

1. settings, data folder, lock, ports: refuse in one sentence before anything runs
2. start the engines (unless URLs name servers of one's own), migrate, load the presets
3. fork the processes and wait for their first sign of life
4. watch: restart what ends, end what freezes
5. on a signal (or when the parent is gone) stop everybody in order: processes, mail server, engines
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from outreach import config
from outreach.cli import found, lock, preparing, web
from outreach.cli.children import Child, Role
from outreach.cli.engines import Engine, Postgres, Valkey
from outreach.cli.places import Place, prepare_place
from outreach.config import BadSetting, Settings, host_and_port
from outreach.errors import Failed, OutreachError

ROLES = (
    Role("postman", "outreach.cli.postman:run"),
    Role("web", "outreach.cli.web:run"),
    Role("urgent", "outreach.jobs.work:run", ("urgent",)),
    Role("urgent-2", "outreach.jobs.work:run", ("urgent",)),
    Role("outbound", "outreach.jobs.work:run", ("outbound",), patience=5),
    Role("inbound", "outreach.jobs.work:run", ("inbound",)),
    Role("fetching", "outreach.jobs.work:run", ("fetching",)),
    Role("housekeeping", "outreach.jobs.work:run", ("housekeeping",), patience=10),
    Role("clock", "outreach.jobs.clock:run"),
)
PRELOAD = ("outreach.app", "outreach.jobs.loaded", "outreach.jobs.work", "outreach.jobs.clock", "outreach.cli.postman")
GC_THRESHOLD = (50_000, 20, 50)
"""Letters are many small objects that live as long as their batch: looking through them seldom saves a fiftieth."""
LOOK_EVERY = 0.2
SLEPT_SECONDS = 5.0
READY_SECONDS = 60.0
STOP_SECONDS, FOR_THE_POSTMAN, FOR_ENGINES = 27.0, 13.0, 9.0
"""For stopping everything; and what of it is left at least when the postman, then the engines, are asked to stop."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(follow_parent: bool = False) -> int:
    """Run everything until told to stop; the exit code."""
    try:
        supervisor = Supervisor(config.read(), os.getppid() if follow_parent else None)
    except BadSetting as error:
        return _complain(error)
    try:
        supervisor.run()
    except (OutreachError, BadSetting) as error:
        return _complain(error)
    finally:
        supervisor.stop()
    return 0


class Stopped(Exception):
    """A signal asked us to stop."""


class Supervisor:
    """Everything that `up` started, and the order in which it is stopped."""

    def __init__(self, settings: Settings, parent: int | None = None) -> None:
        self.settings = settings
        self.parent = parent
        self.engines: list[Engine] = []
        self.engine_pause: dict[str, float] = {}
        self.children: list[Child] = []
        self.listener: socket.socket | None = None
        self.signals = 0

    def run(self) -> None:
        """Start everything, then watch until a signal comes. Raises Failed."""
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN or number == signal.SIGINT:
                signal.signal(number, self._on_signal)
        with contextlib.suppress(Stopped):
            self._start()
            self._watch()

    # ---- starting ----

    def _start(self) -> None:
        place = prepare_place(self.settings.data)
        lock.take(place.data)
        config.with_secret(self.settings)
        self.listener = self._open_ports()
        self._start_engines(place)
        self._tell_children(self.listener)
        _preload()
        for engine in self.engines:
            engine.wait()
        claim_link = preparing.prepare(self.settings, place.log("prepare"), self._stop_if_asked)
        found.write(self.settings)  # before /healthz can say 200: whoever waits for it may run commands at once
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        for role in ROLES:
            foreign = () if role.name == "web" else (self.listener.fileno(),)
            heartbeat = place.data / "run" / f"{role.name}.alive"
            self.children.append(Child(role, heartbeat, place.log(role.name), foreign))
            self.children[-1].start()
        self._wait_for_life()
        self._greet(claim_link)

    def _open_ports(self) -> socket.socket:
        host, port = host_and_port(self.settings.inbound_smtp_listen)
        _listen(host, port, "INBOUND_SMTP_LISTEN", "INBOUND_SMTP_LISTEN", f"{host}:{port + 1}").close()
        if not self.settings.smtp_url and not self.settings.local_smtp:
            with _listen("127.0.0.1", 0, "OUTREACH_LOCAL_SMTP", "OUTREACH_LOCAL_SMTP", "") as free:
                self.settings.local_smtp = f"127.0.0.1:{free.getsockname()[1]}"
        port = self.settings.port
        return _listen(self.settings.listen, port, "OUTREACH_LISTEN", "OUTREACH_PORT", str(port + 1))

    def _start_engines(self, place: Place) -> None:
        if not self.settings.redis_url:
            self.engines.append(Valkey(place))
            self.settings.redis_url = self.engines[-1].url
        if not self.settings.database_url:
            self.engines.append(Postgres(place))
            self.settings.database_url = self.engines[-1].url
        for engine in self.engines:
            engine.begin()
            self._stop_if_asked()

    def _tell_children(self, listener: socket.socket) -> None:
        os.environ.update(self.settings.environment())
        os.environ[web.SOCKET] = str(listener.fileno())

    def _wait_for_life(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not all(child.beats() for child in self.children):
            self._stop_if_asked()
            for child in self.children:
                if child.ended():
                    raise Failed(
                        f"The {child.role.name} process did not start: {_last_line(child.log)} See {child.log}."
                    )
            if time.monotonic() > deadline:
                late = ", ".join(child.role.name for child in self.children if not child.beats())
                raise Failed(f"These processes did not start in time: {late}; see {self.settings.data / 'logs'}.")
            time.sleep(0.05)

    def _greet(self, claim_link: str | None) -> None:
        _say(f"outreach runs at {self.settings.base_url}  (Ctrl-C stops it; logs in {self.settings.data / 'logs'})")
        if claim_link:
            _say(f"Open this link once to become the first administrator:\n  {claim_link}")

    # ---- watching ----

    def _watch(self) -> None:
        looked = time.monotonic()
        while True:
            self._stop_if_asked()
            if time.monotonic() - looked > SLEPT_SECONDS:
                for child in self.children:
                    child.forgive()
            looked = time.monotonic()
            for engine in self.engines:
                self._look_after_engine(engine)
            for child in self.children:
                _look_after(child)
            time.sleep(LOOK_EVERY)

    def _look_after_engine(self, engine: Engine) -> None:
        if engine.poll() is None:
            return
        due = self.engine_pause.setdefault(engine.name, time.monotonic() + 0.3)
        if time.monotonic() < due:
            return
        self.engine_pause[engine.name] = time.monotonic() + 2.0
        _say(f"{engine.title} ended; starting it again.")
        try:
            engine.begin()
        except Failed as error:
            _say(str(error))

    def _stop_if_asked(self) -> None:
        if self.parent is not None and os.getppid() != self.parent:
            self.signals += 1
        if self.signals:
            raise Stopped

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.signals += 1

    # ---- stopping ----

    def stop(self) -> None:
        """Processes first, then the mail server that they hand letters to, then the engines; nothing stays."""
        asked, end = self.signals, time.monotonic() + STOP_SECONDS
        if self.listener is not None:
            self.listener.close()
        last = [child for child in self.children if child.role.name == "postman"]
        self._end([child for child in self.children if child not in last], asked, end - FOR_THE_POSTMAN)
        self._end(last, asked, end - FOR_ENGINES)
        for engine in self.engines:
            engine.ask_to_stop()
        for engine in self.engines:
            engine.stop(max(end - time.monotonic(), 1.0))
        if self.children:
            found.remove(self.settings.data)

    def _end(self, children: list[Child], asked: int, deadline: float) -> None:
        for child in children:
            child.signal(signal.SIGTERM)
        while any(not child.ended() for child in children):
            if time.monotonic() > deadline or self.signals > asked + 1:
                for child in children:
                    child.kill()
                deadline = time.monotonic() + 2
            time.sleep(0.02)


def _look_after(child: Child) -> None:
    if child.pid and child.ended():
        pause = child.put_off()
        _say(f"The {child.role.name} process ended; starting it again in {pause:g} s. See {child.log}.")
    elif child.pid and child.frozen():
        _say(f"The {child.role.name} process does not answer; ending it.")
        child.kill()
        child.forgive()
    elif not child.pid and time.monotonic() >= child.not_before:
        child.start()


def _preload() -> None:
    """Import what the children need once, before they are forked."""
    for name in PRELOAD:
        importlib.import_module(name)


def _listen(host: str, port: int, host_setting: str, port_setting: str, other: str) -> socket.socket:
    """A listening socket there. Raises Failed when the port is taken or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except PermissionError:
        raise Failed(f"Port {port} needs more rights than we have; set {port_setting} to a port above 1023.") from None
    except OSError as error:
        taken = f"is taken by another program; stop that one, or set {port_setting}={other}"
        wrong = f"cannot be listened on ({error.strerror or error}); set {host_setting} to an address of this machine"
        raise Failed(f"{host}:{port} {taken if _in_use(error) else wrong}.") from None
    return listener


def _in_use(error: OSError) -> bool:
    import errno

    return error.errno == errno.EADDRINUSE


def _last_line(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        if lines:
            return lines[-1].strip().rstrip(".") + "."
    return "it left no words."


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)  # noqa: T201  the terminal is who asked


def _complain(error: Exception) -> int:
    with contextlib.suppress(OSError, ValueError):
        print(f"outreach: {error}", file=sys.stderr, flush=True)  # noqa: T201  the terminal is who asked
    return 1
