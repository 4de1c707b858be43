"""Counting: changes of state are folded into counts by the worker, never in a request."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from campaign.extensions import db
from campaign.signatures.models import STATES

# Folding, and comparing the counts with the rows, take turns under this advisory lock: each
# reads the pending changes and the counts as of one moment.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('campaign_count'))")
_BATCH = 20_000

_SUMS = ", ".join(
    f"count(*) FILTER (WHERE new_state = '{s}') - count(*) FILTER (WHERE old_state = '{s}') AS {s}"
    for s in STATES
)
_ADDED = ", ".join(f"{s} = campaign_count.{s} + excluded.{s}" for s in STATES)
# Identity values commit out of order, so a watermark would skip rows; deleting cannot.
_FOLD = text(
    f"""
    WITH taken AS (
        DELETE FROM signature_change WHERE id IN (SELECT id FROM signature_change LIMIT :batch)
        RETURNING campaign_id, old_state, new_state
    ), sums AS (SELECT campaign_id, count(*) AS changes, {_SUMS} FROM taken GROUP BY campaign_id),
    folded AS (
        INSERT INTO campaign_count (campaign_id, {", ".join(STATES)})
        SELECT campaign_id, {", ".join(STATES)} FROM sums
        ON CONFLICT (campaign_id) DO UPDATE SET {_ADDED}, folded_at = now()
    )
    SELECT coalesce(sum(changes), 0) FROM sums
    """
)

_ROWS = ", ".join(f"count(s.id) FILTER (WHERE s.state = '{s}') AS {s}" for s in STATES)
_WAITING = ", ".join(
    f"coalesce((SELECT count(*) FILTER (WHERE w.new_state = '{s}') - count(*) FILTER"
    f" (WHERE w.old_state = '{s}') FROM signature_change w WHERE w.campaign_id = c.id), 0)"
    f" AS waiting_{s}"
    for s in STATES
)
_HELD = ", ".join(f"coalesce(max(n.{s}), 0) AS held_{s}" for s in STATES)
_COMPARE = text(
    f"""
    SELECT c.id, c.slug, {_ROWS}, {_WAITING}, {_HELD}
    FROM campaign c LEFT JOIN signature s ON s.campaign_id = c.id
    LEFT JOIN campaign_count n ON n.campaign_id = c.id GROUP BY c.id ORDER BY c.slug
    """
)
_REPAIR = text(
    f"""
    INSERT INTO campaign_count (campaign_id, {", ".join(STATES)})
    VALUES (:id, {", ".join(f":{s}" for s in STATES)})
    ON CONFLICT (campaign_id) DO UPDATE SET folded_at = now(),
        {", ".join(f"{s} = excluded.{s}" for s in STATES)}
    """
)


@dataclass(frozen=True)
class Drift:
    """A count that is not what the rows say."""

    campaign: str
    state: str
    counted: int
    rows: int


def fold() -> int:
    """Fold the changes of state that wait into the counts. Returns how many there were."""
    total = 0
    while True:
        with db.engine.begin() as connection:
            connection.execute(_LOCK)
            changes = int(connection.execute(_FOLD, {"batch": _BATCH}).scalar_one())
        total += changes
        if changes < _BATCH:
            return total


def check(*, repair: bool = False) -> list[Drift]:
    """Compare every count with the rows; with `repair`, put right what differs.

    Changes that still wait to be folded are no drift. Returns what differed.
    """
    with db.engine.begin() as connection:
        connection.execute(_LOCK)
        return _compare(connection, repair=repair)


def _compare(connection: Connection, *, repair: bool) -> list[Drift]:
    drift = []
    for row in connection.execute(_COMPARE).mappings():
        right = {s: row[s] - row[f"waiting_{s}"] for s in STATES}
        wrong = [s for s in STATES if right[s] != row[f"held_{s}"]]
        drift += [
            Drift(row["slug"], s, row[f"held_{s}"] + row[f"waiting_{s}"], row[s]) for s in wrong
        ]
        if wrong and repair:
            connection.execute(_REPAIR, {"id": row["id"], **right})
    return drift
