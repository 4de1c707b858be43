"""What becomes of a delivery that was not finished: ready after all, begun anew, or failed."""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from campaign.accounts.audit import SYSTEM, Actor, record
from campaign.delivery import archive, leaves
from campaign.delivery.encrypting import remove
from campaign.delivery.records import READY, Begun, working_folder
from campaign.delivery.targets import Target
from campaign.errors import GroundswellError
from campaign.extensions import db
from campaign.links import settings

INTERRUPTED = "the process that compiled it ended before it was finished"
# One that was killed is begun anew, but not for ever: its package may be the killer.
MAX_ATTEMPTS = 3

_OURS = "WHERE id = :id AND file = :file AND state = 'compiling'"
_WITHOUT = """numbers = NULL, paper_numbers = NULL, row_count = NULL, size = NULL, sha256 = NULL,
    root = NULL, statement = NULL"""
_READY = text(f"{READY} {_OURS}")
_FAILED = text(f"UPDATE delivery SET state = 'failed', error = :reason, {_WITHOUT} {_OURS}")
# It waits half a minute, then twice as long each time, up to an hour.
_PUT_BACK = text(
    f"""
    UPDATE delivery SET state = 'requested', error = :reason, attempts = :attempts, file = NULL,
        step = '', done = 0, total = NULL, {_WITHOUT},
        due_at = now() + least(due_at - requested_at + interval '30 seconds', interval '1 hour')
    {_OURS}
    """
)
_CLEARED = text(
    f"UPDATE delivery SET file = NULL, {_WITHOUT}"
    " WHERE id = :id AND file = :file AND state = 'cancelled'"
)
_ROW = text("SELECT id, number, file, sha256, state, attempts FROM delivery WHERE id = :id")
_LEFT = text(
    """
    SELECT id, number, file, sha256, state, attempts FROM delivery
    WHERE campaign_id = :campaign AND official_id = :official
        AND (state = 'compiling' OR state = 'cancelled' AND file IS NOT NULL)
    ORDER BY id
    """
)

_COMPILING = text("SELECT id, file FROM delivery WHERE state = 'compiling'")


def packages() -> Path:
    """The folder of packages that workers make."""
    return settings().data_dir / "packages"


@contextlib.contextmanager
def settled(begun: Begun) -> Iterator[None]:
    """Whatever is raised within, the row of the delivery tells; nothing stays `compiling`."""
    try:
        yield
    except BaseException as error:
        # Without the database nothing can be recorded; the next compilation settles it then.
        with contextlib.suppress(SQLAlchemyError):
            _give_up(begun, error)
        raise


def settle(to: Target) -> None:
    """Finish or give up what a process that is gone had begun for this official.

    Call with the official's lock, which says that nobody is at it. A package that is whole and in
    its place is ready. Any other is begun anew by a worker, if one had begun it and unless that
    was often enough; else it has failed, and the next delivery holds its signatures.
    """
    values = {"campaign": to.campaign.id, "official": to.official_id}
    with db.engine.connect() as connection:
        rows = connection.execute(_LEFT, values).all()
    for row in rows:
        shutil.rmtree(working_folder(Path(row.file), row.id), ignore_errors=True)
        left = _Left(row, f"delivery:{to.campaign.slug}/{row.number}", SYSTEM)
        by_worker = Path(row.file).parent == packages()
        if left.is_over():
            continue
        if by_worker and row.attempts < MAX_ATTEMPTS:
            left.put_back(INTERRUPTED, row.attempts)
        else:
            left.fail(INTERRUPTED)


def sweep_folders() -> int:
    """Remove working folders that nobody works in: a full disk or a crash can leave such behind.

    Packages are left alone, also those that the database does not know: it may have been restored.
    """
    # First the folders, then the rows: whatever is begun meanwhile has its row before its folder.
    found = list(packages().glob(".*.part")) if packages().is_dir() else []
    with db.engine.connect() as connection:
        rows = connection.execute(_COMPILING).all()
    used = {working_folder(Path(row.file), row.id) for row in rows}
    gone = [folder for folder in found if folder not in used]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def _give_up(begun: Begun, error: BaseException) -> None:
    with db.engine.connect() as connection:
        row = connection.execute(_ROW, {"id": begun.id}).one()
    left = _Left(row, begun.subject, begun.actor)
    if row.file != str(begun.path) or left.is_over():
        return
    known = isinstance(error, GroundswellError | OSError)
    reason = str(error).replace(str(begun.path), "the package") if known else INTERRUPTED
    if begun.waits and is_full(error):
        left.put_back(reason, 0)
    # As good as a worker that was killed: whoever comes next settles it.
    elif not (begun.waits and isinstance(error, psycopg.OperationalError | OperationalError)):
        left.fail(reason)


@dataclass(frozen=True)
class _Left:
    """A delivery that nobody compiles any more, and who says so."""

    row: Any
    subject: str
    actor: Actor

    def is_over(self) -> bool:
        """Whether nothing is left to be decided: it was cancelled, or it is ready after all."""
        path = Path(self.row.file)
        whole = bool(self.row.sha256) and path.is_file()
        whole = whole and archive.whole(path).sha256 == self.row.sha256
        if self.row.state == "cancelled":
            if whole:
                remove(path)
            self._record(_CLEARED)
        elif whole:
            self._record(_READY, "delivery compiled")
        return self.row.state == "cancelled" or whole

    def put_back(self, reason: str, attempts: int) -> None:
        """A worker begins it anew, a while later."""
        self._record(_PUT_BACK, "delivery put back", reason=reason, attempts=attempts)

    def fail(self, reason: str) -> None:
        """There will be no package; its signatures are free for the next delivery."""
        self._record(_FAILED, "delivery failed", reason=reason)

    def _record(self, query: Any, action: str = "", **values: Any) -> None:
        with db.engine.begin() as connection:
            ours = {"id": self.row.id, "file": self.row.file}
            done = connection.execute(query, {**ours, **values}).rowcount
            if done and query is not _READY:
                leaves.drop(connection, self.row.id)
            if done and action:
                record(connection, self.actor, action, self.subject, values)


def is_full(error: BaseException | None) -> bool:
    """Whether there was no room for a file: there may be later."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False
