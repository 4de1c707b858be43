"""Who makes an export, and how far it is: the row, as the worker that has claimed it sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaign.delivery.session import Session

MAX_ATTEMPTS = 5

# A lease ends when the session that took it is gone (its worker died) or, should the session
# hang, after ten minutes. Times are the database's, never a machine's.
#
# The cut-off is set once: to the moment of the order or, should a transaction from before it still
# be open, to just before that one, which may yet bring a signature of an earlier moment. So
# whatever carries a time up to the cut-off is there to be read, and nothing of the kind follows.
_CLAIM = """
UPDATE export SET state = 'running', attempts = attempts + 1, leased_by = pg_backend_pid(),
    due_at = now() + interval '10 minutes',
    cut_off = coalesce(cut_off, least(requested_at, (
        SELECT min(xact_start) - interval '1 microsecond' FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
            AND pid <> pg_backend_pid())))
WHERE id = (
    SELECT id FROM export
    WHERE (state = 'requested' AND due_at <= now())
        OR (state = 'running' AND (due_at <= now()
            OR leased_by NOT IN (SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL)))
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
_MINE = "WHERE id = %(id)s AND state = 'running' AND leased_by = pg_backend_pid() RETURNING *"
_BEGUN = f"""
UPDATE export SET total = %(total)s, done = 0, through = %(through)s, last = %(last)s,
    written = %(written)s
{_MINE}
"""
_GOT_ON = f"""
UPDATE export SET done = %(done)s, through = %(through)s, written = %(written)s, attempts = 0,
    due_at = now() + interval '10 minutes'
{_MINE}
"""
_PUT_BACK = f"""
UPDATE export SET state = 'requested', leased_by = NULL, due_at = now(), attempts = 0 {_MINE}
"""
_FAILED = f"UPDATE export SET state = 'failed', leased_by = NULL, error = %(error)s {_MINE}"


class Gone(Exception):
    """The export is not this worker's any more: it was cancelled, or others have taken it over."""


def claim(pg: Session) -> Any:
    """The export that has waited longest and that nobody makes, now this session's; or None."""
    return pg.execute(_CLAIM).fetchone()


def begun(pg: Session, row: Any, total: int, through: int, last: int, written: int) -> Any:
    """Record how much there is to do. Returns the row. Raises Gone, as the following do."""
    values = {"total": total, "through": through, "last": last, "written": written}
    return _record(pg, _BEGUN, row, values)


def got_on(pg: Session, row: Any, done: int, through: int, written: int) -> Any:
    """Record a part that is on the disk. Returns the row."""
    return _record(pg, _GOT_ON, row, {"done": done, "through": through, "written": written})


def put_back(pg: Session, row: Any) -> None:
    """Let another worker go on from here."""
    _record(pg, _PUT_BACK, row, {})


def failed(pg: Session, row: Any, reason: str) -> None:
    """It will not be made."""
    _record(pg, _FAILED, row, {"error": reason})


def _record(pg: Session, query: str, row: Any, values: Mapping[str, object]) -> Any:
    found = pg.execute(query, {**values, "id": row.id}).fetchone()
    if found is None:
        raise Gone
    return found
