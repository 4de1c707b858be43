"""Run the whole site in the foreground: the servers, then the children, with one log.

What dies is started again; Ctrl-C, SIGTERM and the end of the terminal stop everything, the
children before the servers. If the launcher itself is killed, the guards of its processes stop
them.
"""

import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from campaign.local import folder, guard
from campaign.local.errors import PortInUseError
from campaign.local.process import Process, Program
from campaign.local.services import Services, running
from campaign.local.supervisor import Log, kill_strays, supervise

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A program of ours; `env` is added to the environment and the addresses of the servers."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def up(
    data_dir: Path | str,
    children: Sequence[Child],
    *,
    host: str,
    port: int,
    prepare: Callable[[Services], None],
    on_ready: Callable[[], None],
    database_url: str | None = None,
    redis_url: str | None = None,
) -> None:
    """Run the children until told to stop by Ctrl-C, SIGTERM or the end of the terminal.

    The servers whose address is not given are run first, under `data_dir`; then `prepare` is
    called with the addresses, then the children are started in their order, and `on_ready` is
    called once when the port answers. Raises DataFolderInUseError and PortInUseError before
    anything is started, NoBinariesError and ServerError when a server cannot run, and what
    `prepare` raises.
    """
    if not (database_url and redis_url):
        folder.check_free(data_dir)
    check_port(host, port)
    guard.adopt_orphans()
    with (
        stopping_on_signals(),
        running(data_dir, database_url=database_url, redis_url=redis_url) as services,
    ):
        prepare(services)
        run(children, services, Readiness(host, port, on_ready))


def run(children: Sequence[Child], services: Services, readiness: "Readiness") -> None:
    """Run the children beside the servers until an exception ends it; stop the children then."""
    servers = services.processes
    log = Log([server.program.name for server in servers] + [child.name for child in children])
    processes = [child_process(child, services, log) for child in children]
    try:
        supervise([*servers, *processes], log, readiness.look)
    finally:
        for process in reversed(processes):
            process.begin_stop()
        for process in reversed(processes):
            process.stop()
        kill_strays([*servers, *processes])


def child_process(child: Child, services: Services, log: Log) -> Process:
    """The child as a process that knows where the servers are."""
    addresses = {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **addresses, **child.env}
    program = Program(child.name, child.argv, env)
    return Process(program, lambda line: log.say(child.name, line), services.keep_open)


def check_port(host: str, port: int) -> None:
    """Raise PortInUseError, saying why, when the address cannot be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As servers do: connections that are merely fading out do not occupy the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Port {port} on {host} is already in use. Stop what is using it, "
                "or choose another port with PORT."
            ) from error
        raise PortInUseError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


class Stopped(BaseException):
    """Someone asked us to stop. Not an Exception: nothing on the way out may swallow it."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Leave the block, whatever it is doing, on the first of the signals; ignore the others."""

    def stop(*_: object) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    # One that is ignored already, as SIGHUP is under nohup, was not meant for us.
    heeded = [number for number in STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.getsignal(number) for number in heeded}
    for number in heeded:
        signal.signal(number, stop)
    try:
        with suppress(Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Readiness:
    """Calls `on_ready` once, as soon as the address accepts connections."""

    def __init__(self, host: str, port: int, on_ready: Callable[[], None]) -> None:
        # To listen on "every address" means to be reached on the loopback.
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104
        self.address = (everywhere.get(host, host), port)
        self.on_ready: Callable[[], None] | None = on_ready

    def look(self) -> None:
        if self.on_ready:
            with suppress(OSError), socket.create_connection(self.address, timeout=0.5):
                on_ready, self.on_ready = self.on_ready, None
                on_ready()
