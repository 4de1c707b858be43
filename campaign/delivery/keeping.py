"""Where the files of exports lie, and when they go: each when its time is over, or earlier."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text

from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.errors import GroundswellError, NotFound
from campaign.extensions import db
from campaign.links import settings

FOLDER = "exports"

_LOCKED = text(
    "SELECT e.id, e.state, e.token, e.format FROM export e JOIN campaign c ON c.id = e.campaign_id"
    " WHERE e.id = :id AND c.slug = :slug FOR UPDATE OF e"
)
_SET = text("UPDATE export SET state = :state, leased_by = NULL WHERE id = :id")
_OVER = text(
    """
    UPDATE export SET state = 'expired'
    WHERE id IN (SELECT id FROM export WHERE state = 'ready' AND (expires_at <= now()
            OR campaign_id IN (SELECT campaign_id FROM retention WHERE ended_at IS NOT NULL))
        FOR UPDATE SKIP LOCKED)
    RETURNING id, token, format
    """
)
_KEPT = text("SELECT token FROM export WHERE state IN ('requested', 'running', 'ready')")
_OURS = re.compile(r"\.?([0-9a-f]{64})\..*")


class NotNow(GroundswellError):
    """The export is not in a state in which that can be done."""

    status = 409


def file_of(row: Any) -> Path:
    """The file of an export that is ready. Nobody outside can guess its name."""
    return settings().data_dir / FOLDER / f"{row.token}.{row.format}"


def part_of(row: Any) -> Path:
    """The rows of an export that is being made."""
    return settings().data_dir / FOLDER / f"{row.token}.part"


def remove(row: Any) -> None:
    """Remove the files of an export. What cannot be removed now, the next sweep will."""
    with contextlib.suppress(OSError):
        for path in file_of(row).parent.glob(f"*{row.token}*"):
            path.unlink(missing_ok=True)


def remove_drafts(row: Any) -> None:
    """Remove the unfinished workbooks of workers that were killed."""
    for path in file_of(row).parent.glob(f".{row.token}*"):
        path.unlink(missing_ok=True)


def cancel(slug: str, export_id: int, *, actor: Actor) -> None:
    """Stop an export that is not ready yet. Raises NotFound, NotNow."""
    _end(slug, export_id, ("requested", "running"), "cancelled", actor)


def delete(slug: str, export_id: int, *, actor: Actor) -> None:
    """Delete the file of an export; that it was made stays on record. Raises NotFound, NotNow."""
    _end(slug, export_id, ("ready",), "deleted", actor)


def _end(slug: str, export_id: int, states: Sequence[str], state: str, actor: Actor) -> None:
    with db.engine.begin() as connection:
        row = connection.execute(_LOCKED, {"slug": slug, "id": export_id}).one_or_none()
        if row is None:
            raise NotFound
        if row.state == state:
            return
        if row.state not in states:
            raise NotNow(f"This export is {row.state}; it cannot be {state} any more.")
        connection.execute(_SET, {"id": export_id, "state": state})
        record(connection, actor, f"export {state}", f"export:{export_id}", {"campaign": slug})
    remove(row)


def expire() -> int:
    """Delete the files whose time is over. Returns how many."""
    with db.engine.begin() as connection:
        rows = _expired(connection)
    for row in rows:
        remove(row)
    return len(rows)


def _expired(connection: Connection) -> Sequence[Row[Any]]:
    rows = connection.execute(_OVER).all()
    for row in rows:
        record(connection, SYSTEM, "export expired", f"export:{row.id}")
    return rows


def sweep() -> int:
    """Remove what no export on record has any more: a crash can leave such a file behind."""
    folder = settings().data_dir / FOLDER
    # First the files, then the rows: whatever is begun meanwhile has its row before its file.
    found = list(folder.iterdir()) if folder.is_dir() else []
    with db.engine.connect() as connection:
        kept = set(connection.execute(_KEPT).scalars())
    gone = [path for path in found if (ours := _OURS.fullmatch(path.name)) and ours[1] not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
