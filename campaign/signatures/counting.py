"""Counting: changes of state are folded into counts and charts, by the worker, not in a request."""

from __future__ import annotations

from sqlalchemy import Connection, text

from campaign.extensions import db
from campaign.signatures import rebuilding
from campaign.signatures.aggregates import AGGREGATES, FAILED_STEPS, change_steps
from campaign.signatures.models import STATES
from campaign.signatures.models_counted import COUNTED
from campaign.signatures.rebuilding import Drift

# Folding, and putting right what is not as the rows say, take turns under this advisory lock:
# each reads the pending changes and the counts as of one moment.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('campaign_count'))")
_BATCH = 20_000

_SUMS = ", ".join(
    f"count(*) FILTER (WHERE new_state = '{s}') - count(*) FILTER (WHERE old_state = '{s}') AS {s}"
    for s in COUNTED
)
_ADDED = ", ".join(f"{s} = campaign_count.{s} + excluded.{s}" for s in COUNTED)
# One statement, so that a change is in all of the tables or still waits for all of them.
# Identity values commit out of order, so a watermark would skip rows; deleting cannot. An array is
# looked up by the key; IN may be planned for the empty table that this mostly is, and take minutes.
_FOLD = text(
    f"""
    WITH taken AS (
        DELETE FROM signature_change
        WHERE id = ANY(ARRAY(SELECT id FROM signature_change LIMIT :batch)) RETURNING *
    ), failed AS (
        UPDATE outgoing_mail SET counted = true WHERE id IN (SELECT id FROM outgoing_mail
            WHERE state = 'failed' AND NOT counted LIMIT :batch)
        RETURNING kind, signature_id
    ), steps AS MATERIALIZED (
        {change_steps("taken")} UNION ALL {FAILED_STEPS.format("failed")}
    ), sums AS (SELECT campaign_id, {_SUMS} FROM taken GROUP BY campaign_id),
    folded AS (
        INSERT INTO campaign_count (campaign_id, {", ".join(COUNTED)})
        SELECT campaign_id, {", ".join(COUNTED)} FROM sums
        ON CONFLICT (campaign_id) DO UPDATE SET {_ADDED}, folded_at = now()
    ), {", ".join(f"{a.table}_folded AS ({a.add(a.query)})" for a in AGGREGATES)}
    SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM failed)
    """
)

_ROWS = ", ".join(f"count(s.id) FILTER (WHERE s.state = '{s}') AS {s}" for s in STATES)
_PAPER = """(SELECT count(*) FROM paper_signature p WHERE p.campaign_id = c.id
    AND p.state = 'counted') AS paper"""
_WAITING = ", ".join(
    f"coalesce((SELECT count(*) FILTER (WHERE w.new_state = '{s}') - count(*) FILTER"
    f" (WHERE w.old_state = '{s}') FROM signature_change w WHERE w.campaign_id = c.id), 0)"
    f" AS waiting_{s}"
    for s in COUNTED
)
_HELD = ", ".join(f"coalesce(max(n.{s}), 0) AS held_{s}" for s in COUNTED)
_COMPARE = text(
    f"""
    SELECT c.id, c.slug, {_ROWS}, {_PAPER}, {_WAITING}, {_HELD}
    FROM campaign c LEFT JOIN signature s ON s.campaign_id = c.id
    LEFT JOIN campaign_count n ON n.campaign_id = c.id GROUP BY c.id ORDER BY c.slug
    """
)
_REPAIR = text(
    f"""
    INSERT INTO campaign_count (campaign_id, {", ".join(COUNTED)})
    VALUES (:id, {", ".join(f":{s}" for s in COUNTED)})
    ON CONFLICT (campaign_id) DO UPDATE SET folded_at = now(),
        {", ".join(f"{s} = excluded.{s}" for s in COUNTED)}
    """
)


def fold() -> int:
    """Fold what waits into the counts and charts: changes of state, and mails that failed.

    Returns how many there were.
    """
    total = 0
    while True:
        with db.engine.begin() as connection:
            connection.execute(_LOCK)
            changes, failed = connection.execute(_FOLD, {"batch": _BATCH}).one()
        total += int(changes + failed)
        if max(changes, failed) < _BATCH:
            return total


def take_turn(connection: Connection) -> None:
    """Wait until nothing is being folded, and let nothing be until the transaction ends."""
    connection.execute(_LOCK)


def drop_empty() -> None:
    """Drop what counts nobody any more: the last of a mail domain may have been erased."""
    with db.engine.begin() as connection:
        connection.execute(_LOCK)
        for one in AGGREGATES:
            nobody = " AND ".join(f"{figure} = 0" for figure in one.figures)
            connection.execute(text(f"DELETE FROM {one.table} WHERE {nobody}"))


def check(*, repair: bool = False) -> list[Drift]:
    """Compare every count and every chart with the rows; with `repair`, put right what differs.

    Changes that still wait to be folded are no drift. Returns what differed.
    """
    with db.engine.begin() as connection:
        connection.execute(_LOCK)
        drift = _compare(connection, repair=repair)
    # Each comparison is one statement, which sees one moment: folding need not wait for it.
    with db.engine.begin() as connection:
        charts = rebuilding.compare(connection)
    if charts and repair:
        with db.engine.begin() as connection:
            connection.execute(_LOCK)
            charts = rebuilding.repair(connection)
    return drift + charts


def _compare(connection: Connection, *, repair: bool) -> list[Drift]:
    drift = []
    for row in connection.execute(_COMPARE).mappings():
        right = {s: row[s] - row[f"waiting_{s}"] for s in COUNTED}
        wrong = [s for s in COUNTED if right[s] != row[f"held_{s}"]]
        drift += [
            Drift(row["slug"], s, row[f"held_{s}"] + row[f"waiting_{s}"], row[s]) for s in wrong
        ]
        if wrong and repair:
            connection.execute(_REPAIR, {"id": row["id"], **right})
    return drift
