"""Files that go along with a mail, and what cannot be sent."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from campaign.links import settings


class NotComposed(Exception):
    """A mail that cannot be composed; the message says why, without a personal datum."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes along: its name under DATA_DIR, what it is called there, its SHA-256."""

    path: str
    name: str
    sha256: str


def in_base64(attachment: Attachment) -> bytes:
    """The file in base64, read when its mail is sent: nothing of it is kept. Raises NotComposed."""
    home = settings().data_dir.resolve()
    path = (home / attachment.path).resolve()
    if not path.is_relative_to(home):
        raise NotComposed("the file to attach lies outside DATA_DIR")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotComposed(f"the file to attach cannot be read: {error.strerror}") from None
    if hashlib.sha256(data).hexdigest() != attachment.sha256:
        raise NotComposed("the file to attach is not what it was: its SHA-256 differs")
    return base64.encodebytes(data).strip().replace(b"\n", b"\r\n")
