"""Making exports: in parts that are each on the disk before the next begins.

A worker may be killed at any moment. The next one cuts the file back to the last part on record
and goes on from there. The rows follow from the cut-off alone, so it writes what the first one
would have written. Should the first one live after all and write a little more, it writes the
same bytes to the same places.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import structlog
from sqlalchemy import text

from campaign.accounts.audit import SYSTEM, record
from campaign.delivery import archive, cutting, leasing
from campaign.delivery.choosing import COLUMNS
from campaign.delivery.errors import CannotWrite
from campaign.delivery.exporting import header, write_rows, write_xlsx
from campaign.delivery.files import replaced, sync, writing
from campaign.delivery.keeping import file_of, part_of, remove, remove_drafts
from campaign.delivery.leasing import Gone
from campaign.delivery.session import Session, one, session
from campaign.extensions import db
from campaign.links import settings

PART = 20_000

log = structlog.get_logger()

_READY = text(
    """
    UPDATE export SET state = 'ready', leased_by = NULL, size = :size, sha256 = :sha256,
        ready_at = now(), expires_at = now() + make_interval(days => :days)
    WHERE id = :id AND state = 'running' AND leased_by = :pid
    """
)


def make_due(seconds: float) -> bool:
    """Make exports that are due, and begin no further part after that many seconds.

    Returns whether there may be more to do. Safe to run anywhere, twice.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with session() as pg:
            row = leasing.claim(pg)
            if row is None:
                return False
            with contextlib.suppress(Gone), _telling(pg, row):
                _make(pg, row, until)
    return True


@contextlib.contextmanager
def _telling(pg: Session, row: Any) -> Iterator[None]:
    """Record what cannot be helped by trying again; leave no file of what is not wanted."""
    try:
        yield
    except Gone:
        if _state(pg, row.id) == "cancelled":
            remove(row)
        raise
    except CannotWrite as problem:
        reason = str(problem).replace(f"{part_of(row).parent}{os.sep}", "")
        leasing.failed(pg, row, reason)
        remove(row)
        log.error("export failed", export=row.id)


def _state(pg: Session, export_id: int) -> str:
    return str(one(pg, "SELECT state FROM export WHERE id = %s", [export_id])[0])


def _make(pg: Session, row: Any, until: float) -> None:
    if row.attempts > leasing.MAX_ATTEMPTS:
        raise CannotWrite("given up: its worker ended each time before it got any further")
    part = part_of(row)
    with writing(part):
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Never to append: whoever writes here writes the same bytes to the same places.
        handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            row = _resumed(pg, row, file)
            while row.through < row.last:
                if time.monotonic() > until:
                    leasing.put_back(pg, row)
                    return
                row = _write_part(pg, row, file)
            _finish(pg, row, file)


def _resumed(pg: Session, row: Any, file: BinaryIO) -> Any:
    """The row, with the file as it was after the last part on record; or both at the start."""
    if row.total is not None and file.seek(0, os.SEEK_END) >= row.written > 0:
        file.truncate(row.written)
        file.seek(row.written)
        return row
    total, first, last = one(pg, cutting.counting(row.filters), cutting.values(row))
    file.truncate(0)
    file.seek(0)
    file.write(header(row.columns))
    _to_disk(file)
    sync(part_of(row).parent)
    return leasing.begun(pg, row, total, (first or 1) - 1, last or 0, file.tell())


def _write_part(pg: Session, row: Any, file: BinaryIO) -> Any:
    """Write the signatures of the next numbers, as many as make about `PART` rows."""
    numbers = (row.last - row.through) * PART // max(1, row.total - row.done)
    upto = min(row.last, row.through + max(PART, numbers))
    values = cutting.values(row, through=row.through, upto=upto) | {"done": row.done}
    count = write_rows(pg, cutting.reading(row.columns, row.filters), values, file)
    _to_disk(file)
    return leasing.got_on(pg, row, row.done + count, upto, file.tell())


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _finish(pg: Session, row: Any, file: BinaryIO) -> None:
    path = file_of(row)
    if row.format == "xlsx":
        remove_drafts(row)
        widths = {name: COLUMNS[name].width for name in row.columns}
        with replaced(path) as draft:
            write_xlsx(file, row.done, draft, widths)
    else:
        part_of(row).replace(path)
        sync(path.parent)
    _record_ready(pg, row, path)
    part_of(row).unlink(missing_ok=True)
    log.info("export ready", export=row.id, rows=row.done)


def _record_ready(pg: Session, row: Any, path: Path) -> None:
    found = archive.whole(path)
    values = {"id": row.id, "pid": pg.info.backend_pid, "days": settings().export_days}
    with db.engine.begin() as connection:
        done = connection.execute(_READY, {**values, **vars(found)})
        if not done.rowcount:
            raise Gone
        details = {"rows": row.done, "sha256": found.sha256, "cut-off": row.cut_off.isoformat()}
        record(connection, SYSTEM, "export made", f"export:{row.id}", details)
