"""The data folder: who holds it, and where the holder's servers are to be found."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.local.errors import DataFolderInUseError, LocalError

LOCK = "lock"
ADDRESSES = "services.json"
PATIENCE = 30.0
"""Seconds to wait for what an earlier, killed holder left behind to end."""


def opened(data_dir: Path | str) -> Path:
    """The folder as an absolute path, made private if it is new. Raises LocalError."""
    folder = Path(data_dir).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(f"Cannot use {folder} as data folder: {error.strerror}.") from error
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Hold the folder; give the lock's descriptor, which keeps it held wherever it is inherited.

    A living holder is an error at once; one that was killed gets a moment to be cleaned up.
    Raises DataFolderInUseError.
    """
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LocalError(f"Cannot use the data folder {folder}: {error.strerror}.") from error
    try:
        deadline = time.monotonic() + PATIENCE
        while not try_lock(lock):
            pid = holder(folder)
            if pid and is_alive(pid):
                raise DataFolderInUseError(
                    f"Groundswell is already running on {folder} (process {pid}). "
                    "Stop it first, or choose another folder with DATA_DIR."
                )
            if time.monotonic() > deadline:
                raise DataFolderInUseError(
                    f"Something that process {pid} left behind still uses {folder}. "
                    f"End it first: `fuser -v {folder / LOCK}` names it."
                )
            time.sleep(0.05)
        os.pwrite(lock, f"{os.getpid():<10}".encode(), 0)  # One width, so that no digit is left.
        yield lock
    finally:
        os.close(lock)


def check_free(data_dir: Path | str) -> None:
    """Raise DataFolderInUseError when someone holds the folder."""
    with locked(opened(data_dir)):
        pass


def try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(folder: Path) -> int | None:
    """The process that holds the folder, or last did."""
    with suppress(OSError, ValueError):
        return int((folder / LOCK).read_text())
    return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_addresses(folder: Path, **addresses: str) -> None:
    """Leave the servers' addresses for other commands, readable by us alone."""
    addresses["holder"] = str(os.getpid())
    unfinished = folder / f"{ADDRESSES}.unfinished"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(addresses, file)
    unfinished.rename(folder / ADDRESSES)


def read_addresses(folder: Path) -> dict[str, str]:
    """What the holder, present or past, has left; empty when there is nothing."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / ADDRESSES).read_text())
        if isinstance(found, dict):
            return {str(name): str(value) for name, value in found.items()}
    return {}


def living_addresses(folder: Path) -> dict[str, str]:
    """What the present holder has left; empty while it is starting or when it was killed."""
    found = read_addresses(folder)
    pid = holder(folder)
    return found if pid and is_alive(pid) and found.get("holder") == str(pid) else {}


def forget_addresses(folder: Path) -> None:
    (folder / ADDRESSES).unlink(missing_ok=True)
