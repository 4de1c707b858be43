"""A site as users run it: `campaign up` in a process of its own, its workers, real mail."""

from __future__ import annotations

import http.client
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPMessage
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
import redis

from tests.local.processes import descendants, heed_signals, none_of, until
from tests.support.servers import Database, database_named
from tests.support.smtp import Office, free_port, open_office

ROOT = Path(__file__).parents[2]
# Seconds that a new site may take to answer on a machine with much other work; usually ten.
FIRST_START = 180.0
_sites = count()


@dataclass(frozen=True)
class Answer:
    """What came back for a request; `text` is the body as UTF-8."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def seen(self) -> tuple[object, ...]:
        """All that a client can tell one answer from another by, but for the time of day."""
        headers = [(name, value) for name, value in self.headers.items() if name.lower() != "date"]
        return self.status, tuple(headers), self.body


@dataclass
class Site:
    """A running site, the SMTP server it sends to, and everything it has printed."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    env: dict[str, str]
    office: Office
    log_file: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def database_url(self) -> str:
        return self.env.get("DATABASE_URL") or self._address("database_url")

    @property
    def redis_url(self) -> str:
        return self.env.get("REDIS_URL") or self._address("redis_url")

    @property
    def embedded(self) -> bool:
        """Whether the database and the broker are this site's own processes."""
        return "DATABASE_URL" not in self.env

    def _address(self, name: str) -> str:
        return str(json.loads((self.data_dir / "services.json").read_text())[name])

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(
        self,
        method: str,
        address: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Answer:
        """One request on a connection of its own. A whole address must be one of this site."""
        where = urlsplit(address)
        assert address.startswith(("/", self.base)), f"{address} leads away from {self.base}"
        path = where._replace(scheme="", netloc="").geturl()
        with closing(self.connect(timeout)) as connection:
            connection.request(method, path, body, {"Connection": "close", **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def get(self, address: str, **headers: str) -> Answer:
        return self.request("GET", address, headers=headers)

    def post(
        self, address: str, fields: Mapping[str, str] | None = None, timeout: float = 30
    ) -> Answer:
        """Send a form as a browser does."""
        body = urlencode(fields or {}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", address, body, kind, timeout)

    def post_json(self, address: str, value: object) -> Answer:
        """Send JSON as a script does, asking for JSON."""
        kind = {"Content-Type": "application/json", "Accept": "application/json"}
        return self.request("POST", address, json.dumps(value).encode(), kind)

    def command(
        self, *words: object, check: bool = True, says: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `campaign WORDS` in a second process, which borrows the running services and reads
        what `says` from its standard input."""
        line = [sys.executable, "-m", "campaign", *map(str, words)]
        done = subprocess.run(
            line, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120, input=says
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database itself says."""
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=5) as connection:
            # The text comes from the tests themselves.
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: object) -> Any:
        return self.rows(query, *values)[0][0]

    def answers(self) -> bool:
        """Whether people can read and sign."""
        return self._readiness() is not None

    def is_well(self) -> bool:
        """Whether every part is at work: database, broker, mail, worker and scheduler."""
        parts = [part for part in (self._readiness() or {}).values() if isinstance(part, dict)]
        return bool(parts) and all(part.get("state", "ok") == "ok" for part in parts)

    def _readiness(self) -> dict[str, Any] | None:
        assert self.process.poll() is None, f"the site has ended:\n{self.log}"
        try:
            answer = self.request("GET", "/readyz", timeout=5)
        except (OSError, http.client.HTTPException):
            return None
        return answer.json if answer.status == 200 else None

    def stop(self) -> None:
        """End it as Ctrl-C does, and see that nothing of it is left."""
        below = descendants(self.process.pid)
        assert below, f"the site had ended before:\n{self.log}"
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=30) == 0, self.log
        until(none_of(below))
        until(lambda: not users_of(self.data_dir))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site, behind a proxy, for all tests that leave the others' campaigns alone."""
    with running_site(tmp_path_factory.mktemp("site"), TRUSTED_PROXIES="1") as site:
        yield site


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    """A site under `folder` that answers, with the demo content in a new database.

    `settings` go into its environment. It runs on the embedded default, or on the servers that
    DATABASE_URL and REDIS_URL name.
    """
    # The SMTP server's own account of every line would bury what a failing test has to say.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with ExitStack() as stack:
        office, smtp_port = stack.enter_context(open_office())
        port = int(settings.get("PORT") or free_port())
        env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        env |= {"PORT": str(port), "DATA_DIR": str(folder / "data dir"), "RATE_LIMITS": "off"}
        env |= {"SMTP_URL": f"smtp://127.0.0.1:{smtp_port}"}
        env |= {"WEB_WORKERS": "2", "WORKER_CONCURRENCY": "2", **settings}
        if servers_are_given():
            env |= stack.enter_context(given_services())
        log = stack.enter_context((folder / "site.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "campaign", "up", "--demo"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=heed_signals,
        )
        stack.enter_context(process)
        stack.callback(end, process)
        site = Site(process, port, Path(env["DATA_DIR"]), env, office, folder / "site.log")
        until(site.answers, seconds=FIRST_START)
        yield site
        site.stop()


def servers_are_given() -> bool:
    """Whether sites run on the servers that DATABASE_URL and REDIS_URL name."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


@contextmanager
def given_services() -> Iterator[dict[str, str]]:
    """A database of our own and an empty numbered one on the servers that were named."""
    server, broker = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    name = f"groundswell_site_{secrets.token_hex(4)}"
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # Of the sixteen there are, the first four are for the processes of the tests themselves.
    number = 4 + 4 * worker + next(_sites) % 4
    url = database_named(broker, str(number))
    with Database(server, name), redis.Redis.from_url(url) as client:
        assert client.dbsize() == 0, f"Redis database {number} is not empty"
        yield {"DATABASE_URL": database_named(server, name), "REDIS_URL": url}
        client.flushdb()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a site that a failed test left behind; its guards end the rest."""
    if process.poll() is None:
        process.kill()


def users_of(folder: Path) -> list[int]:
    """Every process that names the folder on its command line or in its environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # It ended while we looked.
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if str(folder).encode() in known:
                found.append(int(process.name))
    return found
