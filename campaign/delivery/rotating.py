"""Rotating the key that seals deliveries. What the old one has sealed stays good."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from campaign.accounts.audit import Actor, record_alone
from campaign.delivery.errors import KeyUnusable
from campaign.delivery.files import sync
from campaign.delivery.keyring import PublicKey, current_key, kept, place_of
from campaign.delivery.keys import FILE, draft, new_key, signing_key, using
from campaign.links import settings


def rotate_key(*, actor: Actor) -> PublicKey:
    """Seal with a new key from now on; the public half of the old one is kept, and known.

    Where there was none, the first one is made. Whoever asks while somebody else is at it gets
    the key that comes of that. Raises KeyUnusable.
    """
    data_dir = settings().data_dir
    path = data_dir / FILE
    with using(path):
        before = current_key(data_dir)
        if before is None:
            signing_key(data_dir)
        else:
            with _turn(path.parent):
                now = current_key(data_dir)
                if now is not None and now.raw != before.raw:
                    return now
                _replace(path, before, data_dir)
        made = current_key(data_dir)
    if made is None:
        raise KeyUnusable(f"the sealing key {path} was taken away")
    old = before.fingerprint if before else None
    details = {"fingerprint": made.fingerprint, "before": old}
    record_alone(actor, "sealing key rotated", "key:delivery", details)
    return made


def _replace(path: Path, before: PublicKey, data_dir: Path) -> None:
    """The old key is known as a retired one before anything can be sealed with the new one."""
    retired = replace(before, until=dt.datetime.now(dt.UTC).replace(microsecond=0))
    for target, data in ((place_of(retired, data_dir), kept(retired)), (path, new_key())):
        with draft(target, data) as made:
            made.replace(target)
            sync(target.parent)


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One at a time; the end of the process ends its turn."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
