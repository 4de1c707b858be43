"""Fetching what was made: only whole and unchanged, and each time on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy import text

from campaign.accounts.audit import Actor, record_alone
from campaign.delivery.keeping import NotNow, file_of
from campaign.delivery.settling import packages
from campaign.errors import GroundswellError, NotFound
from campaign.extensions import db
from campaign.languages import gettext as _

_CHUNK = 1 << 16

log = structlog.get_logger()

_EXPORT = text(
    """
    SELECT e.id, e.token, e.format, e.sha256, e.done,
        CASE WHEN e.state = 'ready' AND e.expires_at <= now() THEN 'expired' ELSE e.state END
            AS state
    FROM export e JOIN campaign c ON c.id = e.campaign_id WHERE e.id = :id AND c.slug = :slug
    """
)
_PACKAGE = text(
    """
    SELECT d.id, d.number, d.state, d.file, d.sha256, d.row_count, o.slug AS official
    FROM delivery d JOIN campaign c ON c.id = d.campaign_id JOIN official o ON o.id = d.official_id
    WHERE d.number = :number AND c.slug = :slug
    """
)


class Damaged(GroundswellError):
    """The file is not there any more, or not what was made."""

    status = 409


@dataclass
class Fetched:
    """A file that is what its record says, opened. Close it, or read it to its end."""

    name: str
    size: int
    file: BinaryIO

    def chunks(self) -> Iterator[bytes]:
        with self.file:
            while chunk := self.file.read(_CHUNK):
                yield chunk


def fetch_export(slug: str, export_id: int, *, actor: Actor) -> Fetched:
    """Open the file of an export, and record that. Raises NotFound, NotNow, Damaged."""
    with db.engine.connect() as connection:
        row = connection.execute(_EXPORT, {"slug": slug, "id": export_id}).one_or_none()
    if row is None:
        raise NotFound
    if row.state != "ready":
        raise NotNow(f"This export is {row.state}: there is no file to fetch.")
    subject, details = f"export:{row.id}", {"campaign": slug, "rows": row.done}
    size, file = _sized(open_checked(file_of(row), row.sha256, subject, actor))
    record_alone(actor, "export downloaded", subject, details)
    return Fetched(f"{slug}-export-{row.id}.{row.format}", size, file)


def fetch_package(slug: str, number: int, *, actor: Actor) -> Fetched:
    """Open the package of a delivery, and record that. Raises NotFound, NotNow, Damaged."""
    with db.engine.connect() as connection:
        row = connection.execute(_PACKAGE, {"slug": slug, "number": number}).one_or_none()
    if row is None:
        raise NotFound
    if row.state not in ("ready", "sent", "acknowledged"):
        raise NotNow(f"Delivery {number} is {row.state}: there is no package to fetch.")
    path = at_hand(row.file)
    subject = f"delivery:{slug}/{number}"
    size, file = _sized(open_checked(path, row.sha256, subject, actor))
    record_alone(actor, "package downloaded", subject, {"rows": row.row_count})
    return Fetched(f"{slug}-{row.official}-{number}.zip", size, file)


def at_hand(file: str | None) -> Path:
    """Where the package of a finished delivery lies. Raises NotNow unless it is in our folder."""
    if file is None:
        raise NotNow(_("Our copy of this package was deleted, as its time was over."))
    path = Path(file)
    if path.parent != packages():
        raise NotNow(_("This package was made on the command line and is kept elsewhere."))
    return path


def open_checked(path: Path, sha256: str, subject: str, actor: Actor) -> BinaryIO:
    """The file, opened at its start, when it is whole. Raises Damaged, on record."""
    try:
        file = path.open("rb")
    except OSError as error:
        _complain(subject, actor, "cannot be opened")
        raise Damaged(_("The file cannot be opened on this machine any more.")) from error
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        _complain(subject, actor, "is not what was made")
        raise Damaged(
            _("The file is not what was made: its SHA-256 differs. It is not handed out.")
        )
    file.seek(0)
    return file


def _sized(file: BinaryIO) -> tuple[int, BinaryIO]:
    size = file.seek(0, 2)
    file.seek(0)
    return size, file


def _complain(subject: str, actor: Actor, what: str) -> None:
    log.error("file refused", subject=subject, reason=what)
    record_alone(actor, "download refused", subject, {"file": what})
