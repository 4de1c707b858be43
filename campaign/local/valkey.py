"""A private Valkey server, which only rings bells and counts for rate limits: nothing is kept.

It listens on the loopback with a random password, not on a unix socket: redis-py, Celery and
the rate limiter each want a socket written in another way, and `redis://` is understood by all.
"""

import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom

import redis

from campaign.local import binaries
from campaign.local.errors import ServerError
from campaign.local.process import Process, Program

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
"""Below the numbers the system gives to outgoing connections, so a restart finds its port free."""


class Valkey:
    """One server that keeps its configuration and log in `folder`, which is private to us."""

    def __init__(self, folder: Path, keep_open: Sequence[int] = ()) -> None:
        self.config = folder / "valkey.conf"
        self.log = folder / "valkey.log"
        self.folder = folder
        self.password = secrets.token_urlsafe(32)
        self.port = 0
        argv = [str(binaries.valkey()), str(self.config)]
        self.process = Process(Program("broker", argv, {}, grace=3), self.log, keep_open)

    @property
    def url(self) -> str:
        """Its address, the same for redis-py, Celery and the rate limiter."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers. Raises ServerError."""
        for _ in range(5):  # Another program may take the port between our look and its start.
            self.port = free_port()
            self._configure()
            self.process.start()
            if self._answers():
                return
            self.process.stop()
        raise ServerError(f"Valkey did not start (see {self.log})")

    def _configure(self) -> None:
        self.config.touch(mode=0o600)
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            "databases 64",
            'save ""',
            "appendonly no",
            f'dir "{self.folder}"',
        ]
        self.config.write_text("\n".join(lines) + "\n")

    def _answers(self) -> bool:
        """Wait until it answers with our password; False if it ends instead."""
        deadline = time.monotonic() + 10
        while self.process.status() is None and time.monotonic() < deadline:
            try:
                with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                    client.ping()
                return True
            except redis.ConnectionError:
                time.sleep(0.01)
        return False


def free_port() -> int:
    """A port on the loopback that nothing listens on now."""
    while True:
        port = SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
