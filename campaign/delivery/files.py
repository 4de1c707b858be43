"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from campaign.delivery.errors import CannotWrite


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses while `path` is written into CannotWrite."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {_reason(error)}") from error


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A new file beside `path`, which takes its place at the end if nothing was raised.

    Only its owner may read it. It is on the disk, folder entry and all, when this returns.
    Raises CannotWrite.
    """
    with writing(path):
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        draft = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield draft
            sync(draft)
            draft.replace(path)
            sync(path.parent)
        finally:
            draft.unlink(missing_ok=True)


def publish(draft: Path, path: Path) -> None:
    """Give a finished file the name `path`, where nothing may be yet. Raises CannotWrite."""
    with writing(path):
        sync(draft)
        try:
            # Unlike a rename, a link never replaces what somebody else has put there meanwhile.
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:
            # Some file systems (memory sticks) have no links.
            if path.exists():
                raise FileExistsError(None, "it exists already") from None
            draft.rename(path)
        sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the folder does not exist"
    return error.strerror or str(error)
