"""The database and the broker, from wherever they come: given, our own, or a neighbour's."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from campaign.local import folder as data_folder
from campaign.local.errors import DataFolderInUseError
from campaign.local.postgres import Postgres
from campaign.local.process import Process
from campaign.local.sockets import socket_folder
from campaign.local.valkey import Valkey

BORROWERS = "borrowers"


@dataclass(frozen=True)
class Services:
    """Where the servers are, and the processes and lock behind those that are ours."""

    database_url: str
    redis_url: str
    processes: tuple[Process, ...] = field(default=(), repr=False)
    keep_open: tuple[int, ...] = field(default=(), repr=False)


@contextmanager
def running(
    data_dir: Path | str,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    durable: bool = True,
) -> Iterator[Services]:
    """Hold the data folder and run there what no address is given for; stop it at the end.

    With both addresses given the folder is not touched. Raises DataFolderInUseError,
    NoBinariesError and ServerError. `durable=False` suits tests: PostgreSQL then does not wait
    for the disk.
    """
    if database_url and redis_url:
        yield Services(database_url, redis_url)
        return
    folder = data_folder.opened(data_dir)
    with ExitStack() as stack:
        lock = stack.enter_context(data_folder.locked(folder))
        private, mark = stack.enter_context(socket_folder())
        processes = []
        if not database_url:
            postgres = Postgres(folder / "postgres", private, [lock, mark], durable=durable)
            stack.callback(postgres.process.stop)
            postgres.start()
            processes.append(postgres.process)
            database_url = postgres.url()
        if not redis_url:
            valkey = Valkey(private, [lock, mark])
            stack.callback(valkey.process.stop)
            valkey.start()
            processes.append(valkey.process)
            redis_url = valkey.url
        data_folder.write_addresses(folder, database_url=database_url, redis_url=redis_url)
        stack.callback(data_folder.forget_addresses, folder)
        yield Services(database_url, redis_url, tuple(processes), (lock, mark))


@contextmanager
def borrow(
    data_dir: Path | str, *, database_url: str | None = None, redis_url: str | None = None
) -> Iterator[Services]:
    """For one command: the servers of whoever holds the folder, or else our own for its duration.

    Raises what `running` raises, and DataFolderInUseError when the holder's servers do not come up.
    """
    if database_url and redis_url:
        yield Services(database_url, redis_url)
        return
    folder = data_folder.opened(data_dir)
    with ExitStack() as stack:
        # Shared by all who use the servers, so that the one who started them can wait for us.
        borrowers = stack.enter_context((folder / BORROWERS).open("a"))
        services = find_or_start(stack, folder, borrowers.fileno(), database_url, redis_url)
        yield services


def find_or_start(
    stack: ExitStack, folder: Path, borrowers: int, database_url: str | None, redis_url: str | None
) -> Services:
    """Borrow from the holder of the folder; become the holder when there is none."""
    deadline = time.monotonic() + data_folder.PATIENCE
    while True:
        fcntl.flock(borrowers, fcntl.LOCK_SH)
        try:
            own = running(folder, database_url=database_url, redis_url=redis_url)
            services = stack.enter_context(own)
        except DataFolderInUseError:
            if found := data_folder.living_addresses(folder):
                return Services(found["database_url"], found["redis_url"])
            if time.monotonic() > deadline:
                raise
            fcntl.flock(borrowers, fcntl.LOCK_UN)
            time.sleep(0.1)
        else:
            # Servers that we started end with us, but not under another command's feet.
            stack.callback(fcntl.flock, borrowers, fcntl.LOCK_EX)
            return services
