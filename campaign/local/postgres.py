"""A private PostgreSQL server on a unix socket, durable by default."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

import psycopg

from campaign.local import binaries
from campaign.local.errors import ServerError
from campaign.local.privileges import as_ordinary_user
from campaign.local.process import Process, Program

NAME = "groundswell"
PORT = 5432
PATIENCE = 60.0
"""Seconds a server may take to recover from a crash before we give up."""

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and details of errors can quote people's data; the log must hold none.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server: its data in `folder`, its socket in `sockets`, both made by the caller.

    `durable=False` is for data that no one keeps: a crash of the machine may lose it.
    """

    def __init__(
        self, folder: Path, sockets: Path, keep_open: Sequence[int] = (), *, durable: bool = True
    ) -> None:
        self.found = binaries.postgres()
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.sockets = sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        postgres = self.found.folder / "postgres"
        self.keep_open = keep_open
        self.durable = durable
        self.prefix = as_ordinary_user(folder, postgres)
        settings = {**SETTINGS, **({} if durable else NOT_DURABLE)}
        settings["unix_socket_directories"] = f'"{sockets}"'
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        argv = [*self.prefix, str(postgres), "-D", str(self.data), *options]
        # SIGINT is PostgreSQL's fast shutdown: it ends connections and writes everything.
        program = Program("database", argv, ENVIRONMENT, stop_signal=SIGINT, grace=10)
        self.process = Process(program, self.log, keep_open)

    def url(self, database: str = NAME) -> str:
        """The address of a database, for libpq and SQLAlchemy alike."""
        return f"postgresql://{NAME}@/{database}?host={quote(str(self.sockets))}&port={PORT}"

    def start(self) -> None:
        """Start the server, with new data if there is none, and wait until it answers.

        The caller must hold the lock on the data folder. Raises ServerError.
        """
        self._check_version()
        if not self.data.exists():
            self._initialise()
        # Every server of ours keeps the lock open, so the one that wrote this file is gone. Its
        # number may belong to another program by now, and PostgreSQL would then refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._start_and_wait()
        self._make_database()

    def _check_version(self) -> None:
        stamp = self.data / "PG_VERSION"
        if stamp.exists() and stamp.read_text().strip() != str(self.found.major):
            raise ServerError(
                f"The data in {self.data} was made by PostgreSQL {stamp.read_text().strip()}, but "
                f"{self.found.folder} is version {self.found.major}. Dump it with the old version "
                "and load it with the new one, or use another DATA_DIR."
            )

    def _initialise(self) -> None:
        """Make new data beside its place and move it there, so that it is whole or absent."""
        unfinished = self.folder / "unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        if self.found.major >= 17:
            locale.append("--locale-provider=builtin")
        # Anyone who can reach the socket is trusted: its folder is open to its owner only.
        account = [f"--username={NAME}", "--auth=trust"]
        initdb = self.found.folder / "initdb"
        sync = [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [*self.prefix, initdb, "-D", unfinished, *account, *locale, *sync],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=self.keep_open,
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL could not make its data: {last_line(done.stderr)}")
        unfinished.rename(self.data)

    def _start_and_wait(self) -> None:
        """Start it, and again if it ends: what a crash left behind may need a moment to go."""
        deadline = time.monotonic() + PATIENCE
        attempts = 0
        while time.monotonic() < deadline:
            if self.process.status() is not None:
                attempts += 1
                if attempts > 4:
                    break
                time.sleep(0.2 * (attempts - 1))
                self.process.start()
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.02)
        self.process.stop()
        reason = last_line(self.log.read_text(errors="replace"))
        raise ServerError(f"PostgreSQL did not start: {reason} (see {self.log})")

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(exists, [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")


ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
"""All that the server sees: settings of ours such as PGPORT or PGTZ must not reach it."""


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
