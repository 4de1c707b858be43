"""What the benchmarks run against: the embedded servers and the real processes, from nothing.

Everything runs under the guards of `campaign.local`: however this process ends, they end too.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import flask_migrate
import psycopg

from bench.load import HOST, get, load
from bench.memory import peaks
from campaign.app import build_app
from campaign.articles.demo import load_demo
from campaign.commands.processes import server_command
from campaign.extensions import db
from campaign.local.process import Process, Program
from campaign.local.services import Services, running
from campaign.resources import folder
from campaign.settings import Settings, from_environment

CAMPAIGN = "night-buses"
OTHER_CAMPAIGN = "clean-tamsel"
PAGE = f"/campaigns/{CAMPAIGN}"
SIGN = f"{PAGE}/sign"
_ROOT = folder("demo").parent
_FILLED = "filled"
_broker_numbers = count(1)
# For inventing five million signatures; the benchmarks as a whole have a limit of their own.
_PATIENCE = 45 * 60
_CAMPAIGN_COMMAND = (sys.executable, "-m", "campaign")


@dataclass(frozen=True)
class Site:
    """A migrated database with the demo content, and the processes started on it."""

    stack: ExitStack
    env: dict[str, str]
    database_url: str
    folder: Path
    running: dict[str, Process] = field(default_factory=dict)
    peaks: dict[str, list[int]] = field(default_factory=dict)

    def on_new_database(self, name: str) -> Site:
        """The same servers with a database and wake-ups of its own, and the demo content."""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{_FILLED}"')
        # Wake-ups for one site's worker must not reach another's.
        broker = urlsplit(self.env["REDIS_URL"])._replace(path=f"/{next(_broker_numbers)}")
        database = database_named(self.database_url, name)
        env = {**self.env, "DATABASE_URL": database, "REDIS_URL": urlunsplit(broker)}
        return replace(self, database_url=database, env=env)

    def command(self, *words: object) -> None:
        """Run `campaign WORDS`. Raises RuntimeError with what it said when it fails."""
        line = [*_CAMPAIGN_COMMAND, *map(str, words)]
        done = subprocess.run(
            line, cwd=_ROOT, env=self.env, capture_output=True, text=True, timeout=_PATIENCE
        )
        if done.returncode:
            raise RuntimeError(f"campaign {words[0]} failed: {done.stderr.strip()}")

    def start(
        self,
        name: str,
        argv: Sequence[str],
        hear: Callable[[str], None] | None = None,
        **env: str,
    ) -> Process:
        """Run a program until `rest` or the end. `hear` gets each line it prints, or a file."""
        program = Program(name, argv, {**self.env, **env}, grace=10)
        process = Process(program, hear or self.folder / f"{name}.log")
        self.stack.callback(process.stop)
        process.start()
        self.running[name] = process
        return process

    def rest(self) -> None:
        """Note how much memory each running program has held, and stop it."""
        for name, process in self.running.items():
            self.peaks[name] = peaks(process)
            process.stop()
        self.running.clear()

    def web(self, name: str = "web", app: str = "") -> int:
        """Run `campaign web`, or another WSGI factory in the same server. Returns the port."""
        port = free_port()
        argv: Sequence[str] = (*_CAMPAIGN_COMMAND, "web")
        if app:
            argv = server_command(from_environment({**self.env, "PORT": str(port)}), app)
        process = self.start(name, argv, PORT=str(port))
        wait_until_answering(process, port)
        return port

    def worker(self, smtp_port: int) -> None:
        """Run `campaign worker`, sending to an SMTP server on the loopback."""
        argv = (*_CAMPAIGN_COMMAND, "worker")
        self.start("worker", argv, SMTP_URL=f"smtp://{HOST}:{smtp_port}")

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run one statement of the benchmarks' own, and give its rows."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_site(workers: int) -> Iterator[Site]:
    """Servers in a temporary folder, durable as in production, and a database to begin with.

    `workers` is the number of processes of each web server and worker started later.
    """
    with ExitStack() as stack:
        temporary = stack.enter_context(tempfile.TemporaryDirectory(prefix="groundswell-bench-"))
        services = stack.enter_context(running(Path(temporary) / "data"))
        env = _environment(services, temporary, workers)
        site = Site(stack, env, services.database_url, Path(temporary))
        site.sql(f'CREATE DATABASE "{_FILLED}"')
        fill(
            replace(from_environment(env), database_url=database_named(site.database_url, _FILLED))
        )
        yield site.on_new_database("bench")


def fill(settings: Settings) -> None:
    """Migrate the database and load the demo content."""
    with build_app(settings).app_context():
        flask_migrate.upgrade()
        load_demo()
        db.engine.dispose()


def database_named(url: str, name: str) -> str:
    """The same server's address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _environment(services: Services, temporary: str, workers: int) -> dict[str, str]:
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return env | {
        "PYTHONPATH": str(_ROOT),
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "DATA_DIR": temporary,
        "SECRET_KEY": "the key of a benchmark that nobody else ever sees",
        "RATE_LIMITS": "off",
        "WEB_WORKERS": str(workers),
        "WORKER_CONCURRENCY": str(workers),
    }


def wait_until_answering(process: Process, port: int, path: str = PAGE) -> None:
    """Wait for the first good answer. Raises RuntimeError when none comes in half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.status() is None:
        try:
            if load(port, iter([get(path)]), clients=1).answers[200]:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.program.name} did not come up")


def free_port() -> int:
    """A port on the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
