"""The row of a delivery: how far it is, whatever happens to the process that makes it."""

from __future__ import annotations

import shutil
from pathlib import Path

from campaign.delivery import archive
from campaign.delivery.numbering import Target
from campaign.delivery.session import Session, one

INTERRUPTED = "the process that compiled it ended before it was finished"

_INSERT = """
INSERT INTO delivery (campaign_id, official_id, number, everything, made_by)
SELECT %s, %s, coalesce(max(number), 0) + 1, %s, %s FROM delivery WHERE campaign_id = %s
RETURNING id, number
"""
_FAILED = """
UPDATE delivery SET state = 'failed', error = %s, numbers = NULL, row_count = NULL, sha256 = NULL
WHERE id = %s AND state IN ('requested', 'compiling')
"""


def insert(pg: Session, to: Target, *, everything: bool, made_by: str) -> tuple[int, int]:
    """A new delivery, requested. Returns its id and number. Call with the campaign's lock."""
    campaign = to.campaign.id
    id_, number = one(pg, _INSERT, [campaign, to.official_id, everything, made_by, campaign])
    return id_, number


def record_ready(pg: Session, delivery_id: int) -> None:
    """The package is in its place."""
    pg.execute("UPDATE delivery SET state='ready', ready_at=now() WHERE id = %s", [delivery_id])


def record_failed(pg: Session, delivery_id: int, reason: str) -> None:
    """There will be no package; its signatures are free for the next delivery."""
    pg.execute(_FAILED, [reason, delivery_id])


def working_folder(path: Path, delivery_id: int) -> Path:
    """Where the package that is to be at `path` is made: out of sight, in its file system."""
    return path.parent / f".{path.name}.{delivery_id}.part"


def settle(pg: Session, to: Target) -> None:
    """Finish or give up what a process that is gone had begun for this official.

    Call with the official's lock, which says that nobody is at it. A package that is whole and in
    its place is ready; anything else has failed, and the next delivery holds its signatures.
    """
    query = """
        SELECT id, file, sha256 FROM delivery
        WHERE campaign_id = %s AND official_id = %s AND state = 'compiling' ORDER BY id
        """
    for row in pg.execute(query, [to.campaign.id, to.official_id]).fetchall():
        path = Path(row.file)
        shutil.rmtree(working_folder(path, row.id), ignore_errors=True)
        if row.sha256 and path.is_file() and archive.whole(path).sha256 == row.sha256:
            record_ready(pg, row.id)
        else:
            record_failed(pg, row.id, INTERRUPTED)
