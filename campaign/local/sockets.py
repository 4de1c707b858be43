"""A short private folder for sockets and what else lives only as long as the servers."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.local.errors import ServerError

PREFIX = "gs-"
LONGEST = 80
"""A socket's whole path may have 103 to 107 bytes, and PostgreSQL adds `/.s.PGSQL.5432`."""
YOUNG = 60.0
"""Seconds that a folder may take from being made to being locked."""


@contextmanager
def socket_folder() -> Iterator[tuple[Path, int]]:
    """A new folder, removed at the end, and a descriptor that marks it as used where inherited.

    Those that killed holders left are removed too. Raises ServerError when no short path is left.
    """
    parent = parent_folder()
    remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    mark = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield folder, mark
    finally:
        os.close(mark)
        shutil.rmtree(folder, ignore_errors=True)


def parent_folder() -> Path:
    """The system's folder for such things, or /tmp when its path is too long."""
    # What is made in it is private and has a new name.
    for parent in (tempfile.gettempdir(), "/tmp"):  # nosec B108
        if len(os.fsencode(parent)) <= LONGEST and os.access(parent, os.W_OK):
            return Path(parent)
    raise ServerError("There is no folder for sockets: /tmp cannot be written.")


def remove_abandoned(parent: Path) -> None:
    """Remove our folders that nothing uses any more."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            if found.st_uid == os.geteuid() and time.time() - found.st_mtime > YOUNG:
                mark = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(mark)
