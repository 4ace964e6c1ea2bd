"""The web process: gunicorn with one process of eight threads, on a socket that the supervisor opened."""

import os
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from outreach import config
from outreach.heartbeat import Heart
from outreach.queue import connect

SOCKET = "OUTREACH_WEB_SOCKET"
THREADS = 8


class Web(BaseApplication):
    """gunicorn, told by us instead of by its command line."""

    def __init__(self, bind: str, heartbeat: Path) -> None:
        self.bind = bind
        self.heartbeat = heartbeat
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def _options(self) -> dict[str, Any]:
        return {
            "bind": [self.bind],
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "timeout": 30,
            "graceful_timeout": 8,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._started,
        }

    def _started(self, _worker: Any) -> None:
        settings = config.load()
        Heart("web", connect(settings.redis_url), self.heartbeat).start()

    def load(self) -> Any:
        from importlib import import_module

        return import_module("outreach.app").create_app()


def run(heartbeat: Path) -> None:
    """Serve until told to stop."""
    Web(f"fd://{int(os.environ[SOCKET])}", heartbeat).run()
